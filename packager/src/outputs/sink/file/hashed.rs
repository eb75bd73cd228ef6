//! A file that is hashed while it is written. With a long one another thread does that: SHA-256 takes about as long as
//! the disk.

use std::fs::File;
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{Builder, JoinHandle};

use sha2::{Digest as _, Sha256};

/// Bytes that are collected before the system is asked to write.
const PIECE: usize = 256 << 10;
/// Pieces that may wait to be hashed.
const WAITING: usize = 4;

/// A file being written from its start.
pub(super) struct HashedFile {
    file: File,
    buffer: Vec<u8>,
    bytes: u64,
    hash: Hash,
}

enum Hash {
    Here(Sha256),
    There(SyncSender<Arc<Vec<u8>>>, JoinHandle<Sha256>),
}

impl HashedFile {
    pub fn new(file: File) -> Self {
        Self { file, buffer: Vec::new(), bytes: 0, hash: Hash::Here(Sha256::new()) }
    }

    /// Passes on what is collected.
    fn put(&mut self) -> io::Result<()> {
        let piece = Arc::new(std::mem::take(&mut self.buffer));
        match &mut self.hash {
            Hash::Here(hash) => hash.update(&*piece),
            // It goes on as long as there is a sender. If it panicked, that is passed on in the end.
            Hash::There(sender, _) => drop(sender.send(Arc::clone(&piece))),
        }
        self.file.write_all(&piece)
    }

    /// Writes what is left, and gives size and SHA-256.
    pub fn finish(mut self) -> io::Result<(u64, [u8; 32])> {
        self.put()?;
        let hash = match self.hash {
            Hash::Here(hash) => hash,
            Hash::There(sender, thread) => {
                drop(sender);
                thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            }
        };
        Ok((self.bytes, hash.finalize().into()))
    }
}

impl Write for HashedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.buffer.len() >= PIECE {
            self.hash.go_there();
            self.put()?;
        }
        if self.buffer.capacity() == 0 && self.bytes > 0 {
            self.buffer.reserve_exact(PIECE);
        }
        let count = bytes.len().min(PIECE - self.buffer.len());
        self.buffer.extend_from_slice(bytes.get(..count).unwrap_or_default());
        self.bytes += count as u64;
        Ok(count)
    }

    /// Nobody reads it before it is finished.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Hash {
    /// Leaves the rest to another thread, if there can be one.
    fn go_there(&mut self) {
        let Self::Here(begun) = self else { return };
        let (sender, receiver) = sync_channel(WAITING);
        let begun = begun.clone();
        let thread = Builder::new().name("hash".to_owned()).spawn(move || hash(begun, &receiver));
        if let Ok(thread) = thread {
            *self = Self::There(sender, thread);
        }
    }
}

fn hash(mut hash: Sha256, pieces: &Receiver<Arc<Vec<u8>>>) -> Sha256 {
    pieces.iter().for_each(|piece| hash.update(&*piece));
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn size_and_digest_are_those_of_what_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        for (length, step) in [
            (0, 1),
            (1, 1),
            (PIECE - 1, 1000),
            (PIECE, PIECE),
            (PIECE + 1, 77_777),
            (9 * PIECE + 5, 3 * PIECE),
        ] {
            let bytes: Vec<u8> = (0..length).map(|at| (at * at % 251) as u8).collect();
            let mut file = HashedFile::new(File::create(&path).unwrap());
            bytes.chunks(step).for_each(|piece| file.write_all(piece).unwrap());
            let digest: [u8; 32] = Sha256::digest(&bytes).into();
            assert_eq!(file.finish().unwrap(), (length as u64, digest), "{length}");
            assert!(std::fs::read(&path).unwrap() == bytes, "{length}");
        }
    }

    #[test]
    fn what_is_not_finished_leaves_no_thread_behind() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = HashedFile::new(File::create(folder.path().join("file")).unwrap());
        file.write_all(&vec![1; 3 * PIECE]).unwrap();
        let Hash::There(sender, thread) = file.hash else { panic!("hashed here") };
        drop(sender);
        thread.join().unwrap();
    }
}
