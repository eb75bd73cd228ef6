//! Where new files come from: the cabinet of a setup EXE, or the plain files of a share.

use alloc::string::String;
use alloc::vec::Vec;

use packager_shared::exit::Exit;
use packager_shared::ids;
use packager_shared::index::{Entry, Index};
use packager_shared::overlay;
use packager_shared::path;
use packager_shared::sort;

use crate::System;
use crate::cabinet::{Blocks, Cabinet, Error, Member};
use crate::failure::{Failure, Outcome};
use crate::image::{FileAt, Image};
use crate::transaction::stage::Staged;

/// A source of files.
pub enum Source<S: System> {
    /// The cabinet in a setup EXE, and how many files the package has: those that are absent on this machine, too.
    Cabinet(Image<S>, usize),
    /// A folder with the files under their own paths.
    Folder(String),
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

impl<S: System> Source<S> {
    /// Writes entries (place in the index, path to write) and verifies each.
    pub fn unpack(&mut self, system: &mut S, index: &Index, wanted: &[(usize, String)]) -> Outcome<()> {
        let size = |place: usize| index.entries.get(place).map_or(0, |entry| entry.size);
        let total = wanted.iter().fold(0u64, |sum, (place, _)| sum.saturating_add(size(*place)));
        let mut meter = Meter { done: 0, total };
        match self {
            Source::Folder(folder) => {
                for (place, target) in wanted {
                    let Some(entry) = index.entries.get(*place) else { continue };
                    cancelled(system)?;
                    copy(system, &path::join(folder, &entry.path), target, entry, &mut meter)?;
                }
                Ok(())
            }
            Source::Cabinet(image, count) => from_cabinet(system, image, (index, *count), wanted, &mut meter),
        }
    }
}

struct Meter {
    done: u64,
    total: u64,
}

impl Meter {
    fn add<S: System>(&mut self, system: &mut S, count: usize) {
        self.done = self.done.saturating_add(count as u64);
        system.progress(self.done, self.total);
    }
}

/// Copies a file, hashing what is written.
fn copy<S: System>(system: &mut S, from: &str, to: &str, entry: &Entry, meter: &mut Meter) -> Outcome<()> {
    let open = |error| Failure::with_exit(Exit::CannotOpen, &error);
    let mut source = system.open(from).map_err(open)?;
    let mut staged = Staged::create(system, to)?;
    let mut buffer = alloc::vec![0; 1 << 16];
    loop {
        let count = system.read(&mut source, &mut buffer).map_err(open)?;
        match buffer.get(..count) {
            Some(piece) if !piece.is_empty() => staged.write(system, entry, piece)?,
            _ => break,
        }
        meter.add(system, count);
    }
    staged.finish(system, entry)
}

/// Copies a file from a share; the copy is what was verified.
pub fn copy_verified<S: System>(system: &mut S, from: &str, to: &str, entry: &Entry) -> Outcome<()> {
    copy(system, from, to, entry, &mut Meter { done: 0, total: entry.size })
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

/// A stretch of a folder, and who wants it: the members with this content.
struct Extent<'a> {
    folder: usize,
    offset: u64,
    end: u64,
    takers: Vec<(&'a Entry, &'a str)>,
}

/// What the cabinet holds, against the index: same names, same sizes, and the number of the package's files. Its order is its own: members
/// of the same content stand together.
fn match_members<'a>(
    cabinet: &Cabinet,
    (index, count): (&'a Index, usize),
    wanted: &'a [(usize, String)],
) -> Outcome<Vec<Extent<'a>>> {
    let damaged = |what| Failure::about(Exit::Damaged, "the package is damaged", what);
    let mut keys: Vec<(String, usize)> =
        index.entries.iter().enumerate().map(|(place, entry)| (ids::file_key(&entry.path), place)).collect();
    sort::by(&mut keys, &mut |a, b| a.0.cmp(&b.0));
    if cabinet.members.len() != count || keys.len() > count {
        return Err(damaged("its cabinet and its index have different numbers of files"));
    }
    let mut extents: Vec<Extent<'a>> = Vec::new();
    // Each member takes its entry out, so that none is there twice.
    let mut seen = alloc::vec![false; keys.len()];
    for member in &cabinet.members {
        let Member { name, size, offset, folder } = member;
        let place = keys.binary_search_by(|(key, _)| key.cmp(name)).ok();
        let place = place.and_then(|found| keys.get(found)).map_or(usize::MAX, |(_, place)| *place);
        let entry = index.entries.get(place).filter(|entry| entry.size == *size);
        let (Some(entry), Some(seen @ false)) = (entry, seen.get_mut(place)) else {
            // Files that hang on a condition are in the cabinet in any case.
            if place == usize::MAX && keys.len() < count {
                continue;
            }
            return Err(damaged("its cabinet holds other files than its index"));
        };
        *seen = true;
        let Ok(found) = wanted.binary_search_by_key(&place, |(place, _)| *place) else { continue };
        let Some((_, target)) = wanted.get(found) else { continue };
        extents.push(Extent {
            folder: *folder,
            offset: *offset,
            end: offset.saturating_add(*size),
            takers: alloc::vec![(entry, target.as_str())],
        });
    }
    if seen.contains(&false) {
        return Err(damaged("its cabinet lacks files of its index"));
    }
    // Files with the same content share a stretch; any other overlap would need reading backwards.
    let order = |extent: &Extent<'_>| (extent.folder, extent.offset, extent.end);
    sort::by(&mut extents, &mut |a, b| order(a).cmp(&order(b)));
    let mut merged: Vec<Extent<'a>> = Vec::new();
    for extent in extents {
        match merged.last_mut() {
            Some(last)
                if last.folder == extent.folder && last.offset == extent.offset && last.end == extent.end =>
            {
                last.takers.extend(extent.takers);
            }
            Some(last) if last.folder == extent.folder && last.end > extent.offset => {
                return Err(damaged("files overlap in its cabinet"));
            }
            _ => merged.push(extent),
        }
    }
    Ok(merged)
}

fn from_cabinet<S: System>(
    system: &mut S,
    image: &mut Image<S>,
    index: (&Index, usize),
    wanted: &[(usize, String)],
    meter: &mut Meter,
) -> Outcome<()> {
    let section = *image
        .overlay
        .section(overlay::CABINET)
        .ok_or_else(|| Failure::new(Exit::Damaged, "the package is damaged: it has no cabinet"))?;
    let cabinet =
        Cabinet::open(&mut FileAt { system, file: &mut image.file }, section.start, section.length)?;
    let mut extents = match_members(&cabinet, index, wanted)?.into_iter().peekable();
    for (number, folder) in cabinet.folders.iter().enumerate() {
        let mut blocks: Option<Blocks> = None;
        // The block that was read last covers `from..to` of the folder.
        let (mut from, mut to) = (0u64, 0u64);
        while let Some(extent) = extents.next_if(|extent| extent.folder == number) {
            cancelled(system)?;
            let Some(((entry, target), others)) = extent.takers.split_first() else { continue };
            let mut staged = Staged::create(system, target)?;
            let mut at = extent.offset;
            while at < extent.end {
                let blocks = blocks.get_or_insert_with(|| Blocks::new(folder));
                while to <= at {
                    if !blocks.next(&mut FileAt { system, file: &mut image.file })? {
                        return Err(Error::Damaged("a folder ends before its last file").into());
                    }
                    from = to;
                    to += blocks.data().len() as u64;
                }
                let begin = usize::try_from(at - from).unwrap_or(usize::MAX);
                let end = usize::try_from(extent.end.min(to) - from).unwrap_or(usize::MAX);
                let piece = blocks.data().get(begin..end).unwrap_or_default();
                staged.write(system, entry, piece)?;
                at = extent.end.min(to);
                meter.add(system, piece.len());
            }
            staged.finish(system, entry)?;
            for (entry, other) in others {
                copy(system, target, other, entry, meter)?;
            }
        }
    }
    Ok(())
}
