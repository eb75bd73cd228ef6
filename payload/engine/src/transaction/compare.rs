//! What differs between the machine and what it shall be.

use alloc::string::String;
use alloc::vec::Vec;

use packager_shared::exit::Exit;
use packager_shared::index::{Digest, Entry};
use packager_shared::path;
use packager_shared::plan::Scope;
use packager_shared::state::FILE_TIME;
use sha2::{Digest as _, Sha256};

use super::{Change, Transaction, takeover};
use crate::System;
use crate::buffer::{Buffer, PIECE};
use crate::failure::{Failure, Outcome};

/// Files to write and to remove.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Places of entries in the new index.
    pub write: Vec<usize>,
    /// The paths of those entries.
    pub targets: Vec<String>,
    /// Paths below the install directory.
    pub remove: Vec<String>,
}

/// Compares. Folders that are junctions or symbolic links end it: what lies behind them is not ours.
pub fn compare<S: System>(system: &mut S, change: &Change<'_, S>) -> Outcome<Difference> {
    refuse_links_above(system, change.dir)?;
    let mut out = Difference::default();
    let mut checked = String::new();
    // An uninstaller of a predecessor in the same folder takes whatever it likes.
    let all = takeover::will_uninstall(system, change.acts)?;
    for (place, entry) in change.new.index.entries.iter().enumerate() {
        refuse_links_below(system, change.dir, &entry.path, &mut checked)?;
        let old = change.old.index.find(&entry.path);
        if all || differs(system, &path::join(change.dir, &entry.path), entry, old, change.hash)? {
            out.write.push(place);
            out.targets.push(entry.path.clone());
        }
    }
    for entry in &change.old.index.entries {
        if entry.keep || change.new.index.find(&entry.path).is_some() {
            continue;
        }
        refuse_links_below(system, change.dir, &entry.path, &mut checked)?;
        let found = system.stat(&path::join(change.dir, &entry.path))?;
        if found.is_some_and(|stat| !stat.directory) {
            out.remove.push(entry.path.clone());
        }
    }
    Ok(out)
}

fn differs<S: System>(
    system: &mut S,
    file: &str,
    entry: &Entry,
    old: Option<&Entry>,
    hash: bool,
) -> Outcome<bool> {
    let Some(stat) = system.stat(file)? else { return Ok(true) };
    if stat.directory {
        return Ok(true);
    }
    if entry.keep {
        return Ok(false);
    }
    if stat.size != entry.size || stat.reparse {
        return Ok(true);
    }
    let known = old.is_some_and(|old| old.sha256 == entry.sha256 && old.size == entry.size);
    if known && !hash && stat.modified == FILE_TIME {
        return Ok(false);
    }
    Ok(hash_file(system, file)? != entry.sha256)
}

/// SHA-256 of a file on the disk.
pub fn hash_file<S: System>(system: &mut S, file: &str) -> Outcome<Digest> {
    let mut open = system.open(file)?;
    hash(system, &mut open)
}

/// SHA-256 of the rest of an open file.
pub fn hash<S: System>(system: &mut S, file: &mut S::File) -> Outcome<Digest> {
    let mut hash = Sha256::new();
    let mut buffer = Buffer::new(PIECE);
    loop {
        let count = system.read(file, &mut buffer)?;
        match buffer.get(..count) {
            Some(piece) if !piece.is_empty() => hash.update(piece),
            _ => return Ok(hash.finalize().into()),
        }
    }
}

fn refuse_link<S: System>(system: &mut S, dir: &str) -> Outcome<()> {
    if system.stat(dir)?.is_some_and(|stat| stat.reparse) {
        return Err(Failure::about(Exit::Failed, "a folder is a junction or a symbolic link", dir));
    }
    Ok(())
}

/// Refuses what is a link or lies behind one.
fn refuse_links_above<S: System>(system: &mut S, dir: &str) -> Outcome<()> {
    let mut level = Some(dir);
    while let Some(dir) = level {
        refuse_link(system, dir)?;
        level = path::parent(dir);
    }
    Ok(())
}

/// Refuses what is no part of the install directory and would be written in place when it is a link, lies behind one, or
/// has a second name: that may be the file that was meant. Where a user's own folders lead is his business.
pub fn refuse_links_outside<S: System>(tx: &mut Transaction<'_, S>, path: &str) -> Outcome<()> {
    if tx.scope == Scope::User {
        return Ok(());
    }
    refuse_links_above(tx.system, path)?;
    if tx.system.stat(path)?.is_some() && !tx.system.is_plain(path)? {
        return Err(Failure::about(Exit::Failed, "not an ordinary file with one name (hard links)", path));
    }
    Ok(())
}

/// Refuses links between the install directory and a file. `checked` is the folder that was checked last: the
/// entries are sorted, so most files lie in the same one as their predecessor.
fn refuse_links_below<S: System>(system: &mut S, dir: &str, file: &str, checked: &mut String) -> Outcome<()> {
    let Some((folder, _)) = file.rsplit_once('\\') else { return Ok(()) };
    if checked.as_str() == folder {
        return Ok(());
    }
    let mut level = String::from(dir);
    for part in folder.split('\\') {
        level = path::join(&level, part);
        refuse_link(system, &level)?;
    }
    *checked = String::from(folder);
    Ok(())
}
