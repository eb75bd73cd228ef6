//! Where new files come from: the payload of a setup EXE, or the plain files of a share.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`members`] | the files in a cabinet or in solid streams |
//! | [`places`] | folders and web sites with the same release, tried in order |
//! | [`stream`] | one file of a place; a download that breaks is continued |

pub mod members;
pub mod places;
pub mod stream;

use alloc::string::String;
use alloc::vec::Vec;

use packager_shared::exit::Exit;
use packager_shared::index::{Entry, Index};
use packager_shared::path;

use crate::System;
use crate::buffer::{Buffer, PIECE};
use crate::cabinet::Error;
use crate::failure::{Failure, Outcome};
use crate::image::Image;
use crate::transaction::stage::Staged;
use places::Places;

/// A source of files.
pub enum Source<S: System> {
    /// The payload in a setup EXE, and how many files the package has: those that are absent on this machine, too.
    Setup(Image<S>, usize),
    /// Places, and the folder in them that has the files under their own paths.
    Places(Places, String),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Io(_) => Failure::new(Exit::CannotOpen, "the package cannot be read"),
            Error::Damaged(what) => Failure::about(Exit::Damaged, "the package is damaged", what),
        }
    }
}

fn cancelled<S: System>(system: &mut S) -> Outcome<()> {
    if system.cancelled() { Err(Failure::new(Exit::Cancelled, "cancelled")) } else { Ok(()) }
}

/// Waits, and ends early with 1602 when the person wants so.
pub fn wait<S: System>(system: &mut S, mut ms: u32) -> Outcome<()> {
    while ms > 0 {
        cancelled(system)?;
        let slice = ms.min(500);
        system.sleep(slice);
        ms -= slice;
    }
    Ok(())
}

impl<S: System> Source<S> {
    /// Writes entries (place in the index, path to write) and verifies each. All are on the disk then, and closed.
    pub fn unpack(&mut self, system: &mut S, index: &Index, wanted: &[(usize, String)]) -> Outcome<()> {
        let outcome = self.unpack_behind(system, index, wanted);
        let settled = system.settle();
        outcome?;
        Ok(settled?)
    }

    fn unpack_behind(&mut self, system: &mut S, index: &Index, wanted: &[(usize, String)]) -> Outcome<()> {
        let size = |place: usize| index.entries.get(place).map_or(0, |entry| entry.size);
        let total = wanted.iter().fold(0u64, |sum, (place, _)| sum.saturating_add(size(*place)));
        let mut meter = Meter { done: 0, total };
        match self {
            Source::Places(places, folder) => {
                for (place, target) in wanted {
                    let Some(entry) = index.entries.get(*place) else { continue };
                    places.copy(system, &path::join(folder, &entry.path), target, entry, &mut meter)?;
                }
                Ok(())
            }
            Source::Setup(image, count) => {
                members::unpack(system, image, (index, *count), wanted, &mut meter)
            }
        }
    }
}

/// How far it is.
pub struct Meter {
    done: u64,
    total: u64,
}

impl Meter {
    fn add<S: System>(&mut self, system: &mut S, count: usize) {
        self.done = self.done.saturating_add(count as u64);
        system.progress(self.done, self.total);
    }
}

/// Copies a file of this machine, hashing what is written.
fn copy_file<S: System>(
    system: &mut S,
    from: &str,
    to: &str,
    entry: &Entry,
    meter: &mut Meter,
) -> Outcome<()> {
    let open = |error| Failure::with_exit(Exit::CannotOpen, &error);
    let mut source = system.open(from).map_err(open)?;
    let mut staged = Staged::create(system, to)?;
    let mut buffer = Buffer::new(PIECE);
    loop {
        let count = system.read(&mut source, &mut buffer).map_err(open)?;
        match buffer.get(..count) {
            Some(piece) if !piece.is_empty() => staged.write(system, entry, piece)?,
            _ => break,
        }
        meter.add(system, count);
    }
    staged.check(entry)?;
    staged.finish_behind(system)
}

/// Reads a whole file, no more than `most` bytes.
pub fn read_whole<S: System>(system: &mut S, file: &str, most: u64) -> Outcome<Vec<u8>> {
    let open = |error| Failure::with_exit(Exit::CannotOpen, &error);
    let mut opened = system.open(file).map_err(open)?;
    let length = system.length(&mut opened).map_err(open)?;
    if length > most {
        return Err(Failure::about(Exit::Damaged, "a file is longer than it may be", file));
    }
    let mut bytes = alloc::vec![0; usize::try_from(length).unwrap_or(0)];
    let mut at = 0;
    while let Some(rest) = bytes.get_mut(at..).filter(|rest| !rest.is_empty()) {
        match system.read(&mut opened, rest).map_err(open)? {
            0 => return Err(Failure::about(Exit::CannotOpen, "a file ended early", file)),
            count => at += count,
        }
    }
    Ok(bytes)
}
