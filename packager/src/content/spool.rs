//! What waits for its turn: in memory while it is short, in a file when it is not.

use std::io::{self, Read, Seek, Write};

use camino::Utf8Path;
use tempfile::SpooledTempFile;

/// Bytes that stay in memory.
const SHORT: usize = 4 << 20;

/// Bytes that are written once, and then read as often as wanted.
#[derive(Debug)]
pub(super) struct Spool {
    file: SpooledTempFile,
    bytes: u64,
}

impl Spool {
    /// An empty one, whose file would be in this folder.
    pub fn new(folder: &Utf8Path) -> Self {
        Self { file: SpooledTempFile::new_in(SHORT, folder), bytes: 0 }
    }

    /// Bytes in it.
    pub fn len(&self) -> u64 {
        self.bytes
    }

    /// Passes all of it on.
    pub fn copy_to(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.file.rewind()?;
        let mut buffer = vec![0; 1 << 17];
        loop {
            match self.file.read(&mut buffer)? {
                0 => return Ok(()),
                count => out.write_all(buffer.get(..count).unwrap_or_default())?,
            }
        }
    }
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.file.write(bytes)?;
        self.bytes += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
