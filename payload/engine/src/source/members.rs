//! The cabinet of a setup EXE, read once from its start to its end.

use alloc::string::String;
use alloc::vec::Vec;

use packager_shared::ids;
use packager_shared::index::{Entry, Index};
use packager_shared::overlay;
use packager_shared::sort;

use packager_shared::exit::Exit;

use super::{Meter, cancelled, copy_file};
use crate::System;
use crate::cabinet::{Blocks, Cabinet, Error, Member};
use crate::failure::{Failure, Outcome};
use crate::image::{FileAt, Image};
use crate::transaction::stage::Staged;

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

/// Writes the wanted entries.
pub fn unpack<S: System>(
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
            // Windows opens no file for reading that is still open for writing.
            drop(staged);
            for (entry, other) in others {
                copy_file(system, target, other, entry, meter)?;
            }
        }
    }
    Ok(())
}
