//! New files beside the installed ones, hashed while they are written.

use packager_shared::exit::Exit;
use packager_shared::index::{Entry, Index};
use packager_shared::state::FILE_TIME;
use sha2::{Digest as _, Sha256};

use super::Transaction;
use crate::System;
use crate::failure::{Failure, Outcome};
use crate::source::Source;
use crate::text;

/// A file being written.
pub struct Staged<S: System> {
    file: S::File,
    hash: Sha256,
    size: u64,
}

impl<S: System> Staged<S> {
    /// Creates the file.
    pub fn create(system: &mut S, path: &str) -> Outcome<Self> {
        Ok(Self { file: system.create(path)?, hash: Sha256::new(), size: 0 })
    }

    /// Writes more of it; more than the entry announces is damage.
    pub fn write(&mut self, system: &mut S, entry: &Entry, bytes: &[u8]) -> Outcome<()> {
        self.size = self.size.saturating_add(bytes.len() as u64);
        if self.size > entry.size {
            return Err(mismatch(entry));
        }
        self.hash.update(bytes);
        Ok(system.write(&mut self.file, bytes)?)
    }

    /// Forgets what was written: another place is tried. What is longer than what comes now is written over, because
    /// nothing is kept before it has the entry's size.
    pub fn again(&mut self, system: &mut S) -> Outcome<()> {
        (self.hash, self.size) = (Sha256::new(), 0);
        Ok(system.seek(&mut self.file, 0)?)
    }

    /// Compares with the entry, sets the fixed time, and forces it to the disk.
    pub fn finish(&mut self, system: &mut S, entry: &Entry) -> Outcome<()> {
        if self.size != entry.size || core::mem::take(&mut self.hash).finalize()[..] != entry.sha256 {
            return Err(mismatch(entry));
        }
        system.flush(&mut self.file)?;
        Ok(system.set_times(&mut self.file, FILE_TIME)?)
    }
}

/// What is said of content that is not the release's.
pub fn mismatch(entry: &Entry) -> Failure {
    Failure::about(Exit::Damaged, "a file does not match the release", &entry.path)
}

impl<S: System> Transaction<'_, S> {
    /// Stages the entries at these places.
    pub fn stage(&mut self, index: &Index, places: &[usize], source: &mut Source<S>) -> Outcome<()> {
        let count = text::number(places.len() as u64);
        self.system.log(&text::join(&["staging files: ", &count]));
        let names: alloc::vec::Vec<_> = places.iter().map(|place| (*place, self.staged(*place))).collect();
        source.unpack(self.system, index, &names)
    }
}
