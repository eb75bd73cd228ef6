//! `/extract DIR`: the files, and nothing else. Needs no rights and no supported platform.

use alloc::string::String;
use alloc::vec::Vec;

use packager_shared::path;

use super::Ended;
use crate::System;
use crate::failure::Outcome;
use crate::image::{Image, Package};
use crate::source::Source;
use crate::text;

/// Unpacks all files below a directory. Files that are there already end it.
pub fn run<S: System>(system: &mut S, image: Image<S>, package: &Package, dir: &str) -> Outcome<Ended> {
    let dir = dir.strip_suffix('\\').unwrap_or(dir);
    create_dirs(system, dir)?;
    let mut wanted: Vec<(usize, String)> = Vec::new();
    for (place, entry) in package.index.entries.iter().enumerate() {
        let target = path::join(dir, &entry.path);
        if let Some(folder) = path::parent(&target) {
            create_dirs(system, folder)?;
        }
        wanted.push((place, target));
    }
    let mut source = Source::Setup(image, package.index.entries.len());
    source.unpack(system, &package.index, &wanted)?;
    let count = text::number(wanted.len() as u64);
    Ok(Ended::done("extract", &text::join(&["files unpacked: ", &count])))
}

fn create_dirs<S: System>(system: &mut S, dir: &str) -> Outcome<()> {
    if dir.is_empty() || dir.ends_with(':') || system.stat(dir)?.is_some() {
        return Ok(());
    }
    if let Some(parent) = path::parent(dir) {
        create_dirs(system, parent)?;
    }
    Ok(system.create_dir(dir)?)
}
