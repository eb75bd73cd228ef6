//! Hidden names, and what killed builds leave under them.
//!
//! A build picks a token and holds a lock on `.{token}.packager-lock` in the output directory. What it writes is
//! `.{name}.{token}.packager-new` beside `{name}`; what it moves aside for a moment is
//! `.{name}.{token}.packager-old`. When nobody holds the lock of a token, its build is dead.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::{Error, shown};

/// Suffix of something not yet in place.
pub(super) const NEW: &str = ".packager-new";
/// Suffix of something moved aside while its successor takes its place.
pub(super) const OLD: &str = ".packager-old";
const LOCK: &str = ".packager-lock";

/// Letters and digits in a token.
const TOKEN: usize = 8;

/// Artefacts stand at most this many folders below the output directory (`share/files/{serial}`).
const DEPTH: usize = 3;

/// File systems take names of 255 bytes (or UTF-16 units): this much of the final name still fits.
const NAME: usize = 200;

/// The hidden name beside `target`.
pub(super) fn hidden(target: &Path, token: &str, suffix: &str) -> PathBuf {
    let name = target.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let end = (0..=NAME.min(name.len())).rev().find(|&at| name.is_char_boundary(at)).unwrap_or(0);
    target.with_file_name(format!(".{}.{token}{suffix}", name.get(..end).unwrap_or_default()))
}

/// Takes a new token and its lock.
pub(super) fn lock(root: &Path) -> Result<(NamedTempFile, String), Error> {
    let failed = |e| Error::io("create a temporary file in", shown(root), e);
    let file = tempfile::Builder::new()
        .prefix(".")
        .suffix(LOCK)
        .rand_bytes(TOKEN)
        .tempfile_in(root)
        .map_err(failed)?;
    let token =
        file.path().file_name().and_then(|name| token_of_lock(name.to_str()?)).unwrap_or_default().to_owned();
    // Where locks are not supported, nothing of this build is ever swept away: see `alive`.
    let _ = file.as_file().try_lock();
    Ok((file, token))
}

fn token_of_lock(name: &str) -> Option<&str> {
    let token = name.strip_prefix('.')?.strip_suffix(LOCK)?;
    is_token(token).then_some(token)
}

fn is_token(text: &str) -> bool {
    text.len() == TOKEN && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// The final name, the token and the suffix of a hidden name.
fn parse(name: &str) -> Option<(&str, &str, &'static str)> {
    let inner = name.strip_prefix('.')?;
    for suffix in [NEW, OLD] {
        if let Some((target, token)) = inner.strip_suffix(suffix).and_then(|rest| rest.rsplit_once('.'))
            && is_token(token)
            && !target.is_empty()
        {
            return Some((target, token, suffix));
        }
    }
    None
}

/// Whether the build of a lock file still runs. In doubt it does.
fn alive(lock: &Path) -> bool {
    match fs::File::open(lock) {
        Ok(file) => file.try_lock().is_err(),
        Err(_) => true,
    }
}

/// Removes what dead builds left, and puts back what they had moved aside.
pub(super) fn sweep(root: &Path) -> Result<(), Error> {
    let mut living = BTreeSet::new();
    let mut dead = Vec::new();
    for (path, name) in entries(root)? {
        if let Some(token) = token_of_lock(&name) {
            if alive(&path) {
                living.insert(token.to_owned());
            } else {
                dead.push(path);
            }
        }
    }
    sweep_dir(root, DEPTH, &living)?;
    // Last: while its lock file is there, a token is known to be ours.
    for path in dead {
        let _ = fs::remove_file(path);
    }
    Ok(())
}

/// Removes a file, or a folder with all that is in it.
pub(super) fn remove(path: &Path) -> std::io::Result<()> {
    if fs::symlink_metadata(path)?.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }
}

fn sweep_dir(dir: &Path, depth: usize, living: &BTreeSet<String>) -> Result<(), Error> {
    for (path, name) in entries(dir)? {
        let Ok(meta) = fs::symlink_metadata(&path) else { continue };
        match parse(&name) {
            Some((_, token, _)) if living.contains(token) => {}
            Some((target, _, OLD)) if !dir.join(target).exists() => {
                fs::rename(&path, dir.join(target)).map_err(|e| Error::io("put back", shown(&path), e))?;
            }
            // What is still in use, such as a program renamed aside, goes another time.
            Some(_) => drop(remove(&path)),
            None if meta.is_dir() && depth > 1 => sweep_dir(&path, depth - 1, living)?,
            None => {}
        }
    }
    Ok(())
}

/// Names that are text; others are not ours. A folder that cannot be listed holds nothing of ours either, unless
/// it is the output directory itself, and then creating the lock fails with the reason.
fn entries(dir: &Path) -> Result<Vec<(PathBuf, String)>, Error> {
    let Ok(list) = fs::read_dir(dir) else { return Ok(Vec::new()) };
    Ok(list
        .flatten()
        .filter_map(|entry| Some((entry.path(), entry.file_name().into_string().ok()?)))
        .collect())
}
