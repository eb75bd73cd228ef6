//! A folder goes with all that is in it. Links and junctions are never followed: they go, and what they lead to stays.

use alloc::string::String;
use alloc::vec::Vec;

use packager_shared::path;

use crate::system::{Result, Stat};

/// What it takes of a machine: the engine's whole one, or the few calls that an MSI's library has.
pub trait Folders {
    /// What a path is; reparse points are not followed.
    fn stat(&mut self, path: &str) -> Result<Option<Stat>>;
    /// Names in a directory.
    fn list(&mut self, path: &str) -> Result<Vec<(String, Stat)>>;
    /// Deletes a file, or a link to one.
    fn remove_file(&mut self, path: &str) -> Result<()>;
    /// Deletes an empty directory, or a link to one.
    fn remove_dir(&mut self, path: &str) -> Result<()>;
    /// Something cannot be deleted now.
    fn later(&mut self, path: &str);
}

/// Removes a folder with all that is in it; what cannot be deleted now is handed to [`Folders::later`].
pub fn remove<F: Folders>(machine: &mut F, folder: &str) -> Result<()> {
    // A link on the way would take everything after it to a folder of somebody else.
    let mut above = path::parent(folder);
    while let Some(level) = above {
        if machine.stat(level)?.is_none_or(|stat| stat.reparse) {
            return Ok(());
        }
        above = path::parent(level);
    }
    match machine.stat(folder)? {
        Some(stat) if stat.directory && !stat.reparse => {}
        Some(stat) if stat.directory => return machine.remove_dir(folder),
        _ => return Ok(()),
    }
    // Each folder comes by twice: to be looked into, and when it is empty.
    let mut todo: Vec<(String, bool)> = Vec::from([(String::from(folder), false)]);
    while let Some((dir, empty)) = todo.pop() {
        if empty {
            if machine.remove_dir(&dir).is_err() {
                machine.later(&dir);
            }
            continue;
        }
        let names = machine.list(&dir).unwrap_or_default();
        todo.push((dir.clone(), true));
        for (name, stat) in names {
            let inner = path::join(&dir, &name);
            let done = match (stat.directory, stat.reparse) {
                (true, false) => {
                    todo.push((inner, false));
                    continue;
                }
                (true, true) => machine.remove_dir(&inner),
                (false, _) => machine.remove_file(&inner),
            };
            if done.is_err() {
                machine.later(&inner);
            }
        }
    }
    Ok(())
}
