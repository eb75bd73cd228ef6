//! File, Component, MsiFileHash and Media: one component a file.

use std::collections::HashMap;

use packager_shared::plan::Condition;

use super::builder::{Builder, attributes};
use super::rows::{Cell, row};
use super::short_names::with_short_names;
use super::{Error, Result};
use crate::outputs::Release;
use crate::plan::ids::Kind;

/// msidbFileAttributesVital: the installation fails when this file cannot be installed.
const VITAL: i32 = 512;

/// The first cabinet's stream. A leading `#` in Media.Cabinet says that it is one.
pub const CABINET: &str = "payload.cab";

/// The stream of a cabinet, counted from 1.
pub fn cabinet(number: usize) -> String {
    numbered("payload", number)
}

/// The streams of a release's cabinets, in their order; those of a site are called so.
pub fn cabinets(release: &Release<'_>) -> impl Iterator<Item = String> {
    let all = release.cabinets.len();
    let payload = all.saturating_sub(release.site.map_or(0, |site| site.cabinets));
    (1..=all).map(move |number| match number.checked_sub(payload) {
        Some(own) if own > 0 => numbered("site", own),
        _ => cabinet(number),
    })
}

fn numbered(name: &str, number: usize) -> String {
    if number == 1 { format!("{name}.cab") } else { format!("{name}{number}.cab") }
}

/// Writes the rows of every file.
pub fn write(builder: &mut Builder<'_>) -> Result<()> {
    let groups = &builder.release.package.target.groups;
    let conditions: HashMap<&String, &Condition> =
        groups.iter().flat_map(|group| group.files.iter().map(|file| (file, &group.when))).collect();
    let files = builder.release.files;
    let names = names(files.iter().map(|file| file.path.as_str()));
    for (file, name) in files.iter().zip(names) {
        let row_error = |what| Error::File { path: file.path.clone(), what };
        let sequence = i32::try_from(file.sequence).map_err(|_| row_error("too many files"))?;
        let size = i32::try_from(file.size).map_err(|_| row_error("a file of an MSI is at most 2 GB"))?;
        let key = builder.file_key(&file.path);
        let folder = file.path.rsplit_once('\\').map_or("", |(folder, _)| folder);
        let directory = builder.directories.payload(folder);
        let keep = if file.keep { attributes::PERMANENT | attributes::NEVER_OVERWRITE } else { 0 };
        let target = format!("{}\\{}", builder.directories.install_dir(), file.path);
        let view = builder.native_view();
        builder.when = conditions.get(&file.path).map(|when| (*when).clone());
        builder.component(&key, (Kind::File, &target), &directory, view, keep, Some(&key));
        let version = file.version.as_ref().map(|v| v.version.map(|part| part.to_string()).join("."));
        // ICE60: a versioned file has a language, `0` when it is neutral.
        let language = file.version.as_ref().map(|v| {
            let ids: Vec<String> = v.languages.iter().map(u16::to_string).collect();
            if ids.is_empty() { "0".to_owned() } else { ids.join(",") }
        });
        let versioned = version.is_some();
        builder.rows.push("File", row![&key, &key, name, size, version, language, VITAL, sequence]);
        if !versioned {
            let mut hash = row![&key, 0];
            hash.extend(file.file_hash.map(Cell::Int));
            builder.rows.push("MsiFileHash", hash);
        }
    }
    builder.when = None;
    media(builder)
}

/// A disk for each cabinet: Media.DiskId is 16 bits wide.
fn media(builder: &mut Builder<'_>) -> Result<()> {
    let names: Vec<String> = cabinets(&builder.release).collect();
    for ((number, last), name) in (1..).zip(builder.release.cabinets).zip(names) {
        let too_many = |_| Error::Cabinets { count: builder.release.cabinets.len() };
        let disk = i32::from(i16::try_from(number).map_err(too_many)?);
        let last = i32::try_from(*last).map_err(too_many)?;
        let name = format!("#{name}");
        builder.rows.push("Media", row![disk, last, None::<String>, name, None::<String>, None::<String>]);
    }
    Ok(())
}

/// `short|long` of every file, unique in its folder, in the order of the paths given.
fn names<'a>(paths: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut folders = std::collections::BTreeMap::<String, Vec<(usize, &str)>>::new();
    let mut count = 0;
    for (index, path) in paths.enumerate() {
        let (folder, name) = path.rsplit_once('\\').unwrap_or(("", path));
        folders.entry(folder.to_lowercase()).or_default().push((index, name));
        count = index + 1;
    }
    let mut all = vec![String::new(); count];
    for files in folders.values() {
        let names: Vec<&str> = files.iter().map(|(_, name)| *name).collect();
        for ((index, _), name) in files.iter().zip(with_short_names(&names)) {
            all[*index] = name;
        }
    }
    all
}
