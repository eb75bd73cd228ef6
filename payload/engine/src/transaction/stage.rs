//! New files beside the installed ones, hashed while they are written.

use alloc::string::String;
use alloc::vec::Vec;

use packager_shared::exit::Exit;
use packager_shared::index::{Entry, Index};
use packager_shared::path;
use packager_shared::state::FILE_TIME;
use sha2::{Digest as _, Sha256};

use super::compare::hash_file;
use super::{Transaction, deferral};
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

    /// Compares with the entry.
    pub fn check(&mut self, entry: &Entry) -> Outcome<()> {
        if self.size != entry.size || core::mem::take(&mut self.hash).finalize()[..] != entry.sha256 {
            return Err(mismatch(entry));
        }
        Ok(())
    }

    /// Sets the fixed time, and forces it to the disk.
    pub fn finish(mut self, system: &mut S) -> Outcome<()> {
        system.set_times(&mut self.file, FILE_TIME)?;
        Ok(system.flush(&mut self.file)?)
    }

    /// The same, done with [`System::settle`]: until then it is open.
    pub fn finish_behind(mut self, system: &mut S) -> Outcome<()> {
        system.set_times(&mut self.file, FILE_TIME)?;
        Ok(system.flush_behind(self.file)?)
    }
}

/// What is said of content that is not the release's.
pub fn mismatch(entry: &Entry) -> Failure {
    Failure::about(Exit::Damaged, "a file does not match the release", &entry.path)
}

impl<S: System> Transaction<'_, S> {
    /// Stages the entries at these places. What an earlier run has staged is taken, when it is what is wanted.
    pub fn stage(&mut self, index: &Index, places: &[usize], source: Option<&mut Source<S>>) -> Outcome<()> {
        let mut left = self.leftovers()?;
        let mut names: Vec<(usize, String)> = Vec::new();
        for place in places {
            let Some(entry) = index.entries.get(*place) else { continue };
            let name = self.staged(*place, entry);
            if !self.reuse(&mut left, entry, &name)? {
                names.push((*place, name));
            }
        }
        // What nobody wants goes, unless it is kept for the update that was put off.
        let kept = deferral::is_there(self.system, &self.work);
        for file in left {
            if !kept || names.iter().any(|(_, name)| path::same(name, &file)) {
                self.system.remove_file(&file)?;
            }
        }
        let reused = places.len().saturating_sub(names.len()) as u64;
        if reused > 0 {
            self.system.log(&text::join(&["files staged by an earlier run: ", &text::number(reused)]));
        }
        self.system.log(&text::join(&["staging files: ", &text::number(names.len() as u64)]));
        match source {
            _ if names.is_empty() => Ok(()),
            Some(source) => source.unpack(self.system, index, &names),
            None => Err(Failure::new(Exit::CannotOpen, "there is nothing to install from")),
        }
    }

    /// The files in the folder of staged ones.
    fn leftovers(&mut self) -> Outcome<Vec<String>> {
        let folder = path::join(&self.work, "new");
        let mut files = Vec::new();
        for (name, stat) in self.system.list(&folder)? {
            if !stat.directory {
                files.push(path::join(&folder, &name));
            }
        }
        Ok(files)
    }

    /// Takes a file of an entry's content. Its folder is ours alone, but a loss of power may have cut it short.
    fn reuse(&mut self, left: &mut Vec<String>, entry: &Entry, name: &str) -> Outcome<bool> {
        let Some((content, _)) = name.rsplit_once('.') else { return Ok(false) };
        let same = |file: &String| file.rsplit_once('.').is_some_and(|(other, _)| path::same(other, content));
        // The one of this very name first, or it would stand in the way.
        let place =
            left.iter().position(|file| path::same(file, name)).or_else(|| left.iter().position(same));
        let Some(file) = place.and_then(|place| left.get(place)).cloned() else { return Ok(false) };
        let fits = match self.system.stat(&file)? {
            Some(stat) => !stat.reparse && stat.size == entry.size && stat.modified == FILE_TIME,
            None => false,
        };
        if !fits || hash_file(self.system, &file)? != entry.sha256 {
            return Ok(false);
        }
        if !path::same(&file, name) {
            self.system.rename(&file, name)?;
        }
        left.retain(|other| !path::same(other, &file));
        Ok(true)
    }
}
