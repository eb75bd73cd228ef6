//! The payload of a setup EXE, read once from its start to its end: a cabinet, or solid streams.

use alloc::string::String;
use alloc::vec::Vec;

use packager_shared::ids;
use packager_shared::index::{self, Entry, Index};
use packager_shared::overlay;
use packager_shared::read_at::ReadAt;
use packager_shared::solid::Solid;
use packager_shared::sort;

use packager_shared::exit::Exit;

use super::{Meter, cancelled, copy_file};
use crate::System;
use crate::cabinet::{Blocks, Cabinet, Member};
use crate::failure::{Failure, Outcome};
use crate::image::{FileAt, Image};
use crate::solid::Unpacker;
use crate::transaction::stage::Staged;

/// A stretch of a folder or stream, and who wants it: the files with this content.
struct Extent<'a> {
    part: usize,
    offset: u64,
    end: u64,
    takers: Vec<(&'a Entry, &'a str)>,
}

impl<'a> Extent<'a> {
    fn new(part: usize, offset: u64, entry: &'a Entry, target: &'a str) -> Self {
        let end = offset.saturating_add(entry.size);
        Self { part, offset, end, takers: alloc::vec![(entry, target)] }
    }
}

fn damaged(what: &str) -> Failure {
    Failure::about(Exit::Damaged, "the package is damaged", what)
}

/// What the cabinet holds, against the index: same names, same sizes, and the number of the package's files. Its order is its own: members
/// of the same content stand together.
fn match_members<'a>(
    cabinet: &Cabinet,
    (index, count): (&'a Index, usize),
    wanted: &'a [(usize, String)],
) -> Outcome<Vec<Extent<'a>>> {
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
        extents.push(Extent::new(*folder, *offset, entry, target));
    }
    if seen.contains(&false) {
        return Err(damaged("its cabinet lacks files of its index"));
    }
    Ok(extents)
}

/// Where the wanted files are in solid streams; `whole` is the index with what this machine does not get, too.
fn find_places<'a>(
    solid: &Solid,
    whole: &Index,
    index: &'a Index,
    wanted: &'a [(usize, String)],
) -> Outcome<Vec<Extent<'a>>> {
    let mut extents = Vec::new();
    for (place, target) in wanted {
        let Some(entry) = index.entries.get(*place) else { continue };
        let place = whole.place(&entry.path).and_then(|place| solid.places.get(place).copied().flatten());
        let (part, offset) = match place {
            Some(place) => (place.stream as usize, place.offset),
            None if entry.size == 0 => (0, 0),
            None => return Err(damaged("its streams lack files of its index")),
        };
        extents.push(Extent::new(part, offset, entry, target));
    }
    Ok(extents)
}

/// In the order of reading, those of the same content as one.
fn merge(mut extents: Vec<Extent<'_>>) -> Outcome<Vec<Extent<'_>>> {
    // Files with the same content share a stretch; any other overlap would need reading backwards.
    let order = |extent: &Extent<'_>| (extent.part, extent.offset, extent.end);
    sort::by(&mut extents, &mut |a, b| order(a).cmp(&order(b)));
    let mut merged: Vec<Extent<'_>> = Vec::new();
    for extent in extents {
        match merged.last_mut() {
            Some(last)
                if last.part == extent.part && last.offset == extent.offset && last.end == extent.end =>
            {
                last.takers.extend(extent.takers);
            }
            Some(last) if last.part == extent.part && last.end > extent.offset => {
                return Err(damaged("files overlap in it"));
            }
            _ => merged.push(extent),
        }
    }
    Ok(merged)
}

/// What the payload is in.
enum Container {
    Cabinet(Cabinet, Option<Blocks>),
    Solid(Solid, Unpacker),
}

impl Container {
    /// Begins with a folder or a stream.
    fn start(&mut self, part: usize) {
        match self {
            Self::Cabinet(cabinet, blocks) => *blocks = cabinet.folders.get(part).map(Blocks::new),
            Self::Solid(solid, unpacker) => {
                if let Some((at, stream)) = solid.streams.get(part) {
                    unpacker.start(*at, stream);
                }
            }
        }
    }

    /// Unpacks the next bytes of it; `false` after the last.
    fn next<R: ReadAt>(&mut self, reader: &mut R) -> Outcome<bool> {
        Ok(match self {
            Self::Cabinet(_, Some(blocks)) => blocks.next(reader)?,
            Self::Cabinet(_, None) => false,
            Self::Solid(_, unpacker) => unpacker.next(reader)?,
        })
    }

    /// The plain bytes that were unpacked last.
    fn data(&self) -> &[u8] {
        match self {
            Self::Cabinet(_, blocks) => blocks.as_ref().map_or(&[], Blocks::data),
            Self::Solid(_, unpacker) => unpacker.data(),
        }
    }
}

/// Opens what there is, and finds the wanted files in it.
fn open<'a, S: System>(
    system: &mut S,
    image: &mut Image<S>,
    (index, count): (&'a Index, usize),
    wanted: &'a [(usize, String)],
) -> Outcome<(Container, Vec<Extent<'a>>)> {
    let section = |tag| image.overlay.section(tag).copied();
    match (section(overlay::CABINET), section(overlay::SOLID)) {
        (Some(section), None) => {
            let mut reader = FileAt { system, file: &mut image.file };
            let cabinet = Cabinet::open(&mut reader, section.start, section.length)?;
            let extents = match_members(&cabinet, (index, count), wanted)?;
            Ok((Container::Cabinet(cabinet, None), extents))
        }
        (None, Some(section)) => {
            // Files that hang on a condition are in the streams in any case.
            let (whole, _) = index::decode(&image.read(system, overlay::INDEX)?)?;
            let mut reader = FileAt { system, file: &mut image.file };
            let solid = Solid::open(&mut reader, section.start, section.length, &whole)?;
            if solid.heap() > image.overlay.memory {
                return Err(damaged("its streams want more memory than it says"));
            }
            let extents = find_places(&solid, &whole, index, wanted)?;
            let unpacker = Unpacker::new(&solid);
            Ok((Container::Solid(solid, unpacker), extents))
        }
        _ => Err(damaged("it has not one payload")),
    }
}

/// Writes the wanted entries.
pub fn unpack<S: System>(
    system: &mut S,
    image: &mut Image<S>,
    index: (&Index, usize),
    wanted: &[(usize, String)],
    meter: &mut Meter,
) -> Outcome<()> {
    let (mut container, extents) = open(system, image, index, wanted)?;
    let mut part = None;
    // What was unpacked last covers `from..to` of the part.
    let (mut from, mut to) = (0u64, 0u64);
    for extent in merge(extents)? {
        cancelled(system)?;
        let Some(((entry, target), others)) = extent.takers.split_first() else { continue };
        if part != Some(extent.part) && extent.offset < extent.end {
            part = Some(extent.part);
            container.start(extent.part);
            (from, to) = (0, 0);
        }
        let mut staged = Staged::create(system, target)?;
        let mut at = extent.offset;
        while at < extent.end {
            while to <= at {
                if !container.next(&mut FileAt { system, file: &mut image.file })? {
                    return Err(damaged("its files end before the last one"));
                }
                from = to;
                to += container.data().len() as u64;
            }
            let begin = usize::try_from(at - from).unwrap_or(usize::MAX);
            let end = usize::try_from(extent.end.min(to) - from).unwrap_or(usize::MAX);
            let piece = container.data().get(begin..end).unwrap_or_default();
            staged.write(system, entry, piece)?;
            at = extent.end.min(to);
            meter.add(system, piece.len());
        }
        staged.check(entry)?;
        staged.finish_behind(system)?;
        if !others.is_empty() {
            // Windows opens no file for reading that is still open for writing.
            system.settle()?;
        }
        for (entry, other) in others {
            copy_file(system, target, other, entry, meter)?;
        }
    }
    Ok(())
}
