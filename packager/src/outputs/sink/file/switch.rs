//! The moment everything gets its final name.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::super::{SHARE, rank};
use super::{Error, Inner, State, Written, leftover, shown};

/// Renames everything into place, in the order of `list`; whole directories before the first file of a share.
pub(super) fn all(sink: &Inner, state: &State, list: &[Written]) -> Result<(), Error> {
    let in_whole = |path: &str| {
        state.wholes.iter().any(|w| path.strip_prefix(w.as_str()).is_some_and(|rest| rest.starts_with('/')))
    };
    // What can be known to fail is found before anything changes.
    for whole in &state.wholes {
        let target = sink.target(whole);
        if fs::symlink_metadata(&target).is_ok_and(|meta| !meta.is_dir()) {
            return Err(Error::InTheWay { path: shown(&target), is: "not a folder" });
        }
    }
    let files: Vec<&Written> = list.iter().filter(|written| !in_whole(&written.path)).collect();
    for written in &files {
        let target = sink.target(&written.path);
        if fs::symlink_metadata(&target).is_ok_and(|meta| meta.is_dir()) {
            return Err(Error::InTheWay { path: shown(&target), is: "a folder" });
        }
    }

    let mut aside = Vec::new();
    let (before, after): (Vec<_>, Vec<_>) = files.into_iter().partition(|written| rank(written.kind) < SHARE);
    switch_files(sink, &before, &mut aside)?;
    for whole in &state.wholes {
        aside.extend(switch_dir(sink, whole)?);
    }
    switch_files(sink, &after, &mut aside)?;
    // The new is complete; a rest of the old that cannot be removed now goes with the next build.
    for old in aside {
        let _ = leftover::remove(&old);
    }
    Ok(())
}

fn switch_files(sink: &Inner, files: &[&Written], aside: &mut Vec<PathBuf>) -> Result<(), Error> {
    for written in files {
        let (staged, target) = (sink.hidden(&written.path), sink.target(&written.path));
        let Err(e) = fs::rename(&staged, &target) else { continue };
        // On Windows a program that runs can be renamed and not replaced.
        let old = leftover::hidden(&target, &sink.token, leftover::OLD);
        if fs::rename(&target, &old).is_err() {
            return Err(Error::io("replace", shown(&target), e));
        }
        if let Err(e) = fs::rename(&staged, &target) {
            let _ = fs::rename(&old, &target);
            return Err(Error::io("replace", shown(&target), e));
        }
        aside.push(old);
    }
    Ok(())
}

/// Switches one directory, and returns where its predecessor went.
fn switch_dir(sink: &Inner, whole: &str) -> Result<Option<PathBuf>, Error> {
    let (staged, target) = (sink.hidden(whole), sink.target(whole));
    let failed = |e| Error::io("replace", shown(&target), e);
    if !target.exists() {
        fs::rename(&staged, &target).map_err(failed)?;
        return Ok(None);
    }
    // The same content stays where it is: nobody who reads it now notices the build.
    if same(&staged, &target).unwrap_or(false) {
        fs::remove_dir_all(&staged).map_err(failed)?;
        return Ok(None);
    }
    let old = leftover::hidden(&target, &sink.token, leftover::OLD);
    fs::rename(&target, &old).map_err(failed)?;
    if let Err(e) = fs::rename(&staged, &target) {
        let _ = fs::rename(&old, &target);
        return Err(failed(e));
    }
    Ok(Some(old))
}

/// Whether two directories hold the same files with the same bytes.
fn same(a: &Path, b: &Path) -> std::io::Result<bool> {
    let list = |dir: &Path| -> std::io::Result<Vec<_>> {
        let mut names =
            fs::read_dir(dir)?.map(|entry| Ok(entry?.file_name())).collect::<std::io::Result<Vec<_>>>()?;
        names.sort();
        Ok(names)
    };
    let names = list(a)?;
    if names != list(b)? {
        return Ok(false);
    }
    for name in names {
        let (a, b) = (a.join(&name), b.join(&name));
        let (of_a, of_b) = (fs::symlink_metadata(&a)?, fs::symlink_metadata(&b)?);
        let equal = if of_a.is_dir() && of_b.is_dir() {
            same(&a, &b)?
        } else {
            of_a.is_file() && of_b.is_file() && of_a.len() == of_b.len() && same_bytes(&a, &b)?
        };
        if !equal {
            return Ok(false);
        }
    }
    Ok(true)
}

fn same_bytes(a: &Path, b: &Path) -> std::io::Result<bool> {
    const CHUNK: u64 = 1 << 16;
    let (mut a, mut b) = (fs::File::open(a)?, fs::File::open(b)?);
    let (mut of_a, mut of_b) = (Vec::new(), Vec::new());
    loop {
        of_a.clear();
        of_b.clear();
        a.by_ref().take(CHUNK).read_to_end(&mut of_a)?;
        b.by_ref().take(CHUNK).read_to_end(&mut of_b)?;
        if of_a != of_b {
            return Ok(false);
        }
        if of_a.is_empty() {
            return Ok(true);
        }
    }
}
