//! What waits for its turn: in memory while it is short, in a file when it is not.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

use camino::Utf8Path;
use tempfile::SpooledTempFile;

/// Bytes that stay in memory.
const SHORT: usize = 2 << 20;

/// Bytes that are written once, and then read as often as wanted.
#[derive(Debug)]
pub(super) struct Spool {
    store: Store,
    from: u64,
    bytes: u64,
}

#[derive(Debug)]
enum Store {
    Own(SpooledTempFile),
    Kept(File),
}

impl Spool {
    /// An empty one, whose file would be in this folder.
    pub fn new(folder: &Utf8Path) -> Self {
        Self { store: Store::Own(SpooledTempFile::new_in(SHORT, folder)), from: 0, bytes: 0 }
    }

    /// So many bytes from some place on in a file that stays as it is. Nothing is written to it.
    pub fn of(file: File, from: u64, bytes: u64) -> Self {
        Self { store: Store::Kept(file), from, bytes }
    }

    /// Bytes in it.
    pub fn len(&self) -> u64 {
        self.bytes
    }

    /// Passes all of it on.
    pub fn copy_to(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let (from, bytes) = (SeekFrom::Start(self.from), self.bytes);
        match &mut self.store {
            Store::Own(file) => copy(file, from, bytes, out),
            Store::Kept(file) => copy(file, from, bytes, out),
        }
    }
}

fn copy(file: &mut (impl Read + Seek), from: SeekFrom, bytes: u64, out: &mut dyn Write) -> io::Result<()> {
    file.seek(from)?;
    let (mut buffer, mut left) = (vec![0; 1 << 17], bytes);
    while left > 0 {
        let count = left.min(buffer.len() as u64);
        let piece = buffer.get_mut(..count as usize).unwrap_or_default();
        file.read_exact(piece)?;
        out.write_all(piece)?;
        left -= count;
    }
    Ok(())
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Store::Own(file) = &mut self.store else { return Err(io::ErrorKind::ReadOnlyFilesystem.into()) };
        let count = file.write(bytes)?;
        self.bytes += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
