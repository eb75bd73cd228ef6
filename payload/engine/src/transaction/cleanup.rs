//! What is left when the outcome is settled. Nothing here can fail the run.

use alloc::string::String;
use alloc::vec::Vec;

use packager_shared::path;
use packager_shared::plan::{Arch, Scope};
use packager_shared::sort;
use packager_shared::template::Dir;

use super::compare::Difference;
use super::{Change, Transaction, deferral, journal};
use crate::System;
use crate::facts::{self, Step};
use crate::purge;
use crate::system::{Result, Stat};
use crate::text;

impl<S: System> Transaction<'_, S> {
    /// Deletes what was put aside, the work folder, and folders that are empty now.
    pub fn clean_up(&mut self, change: &Change<'_, S>, difference: &Difference) {
        self.journal = None;
        // The journal goes after them: while it is there, somebody will do this.
        for step in &change.old.steps {
            if let Step::Purge(folder) = step
                && change.new.steps.is_empty()
            {
                purge(self.system, change.dir, change.scope, folder);
            }
        }
        let own = core::mem::take(&mut self.own_aside);
        self.still_runs = remove_work_folder(self.system, &self.work, change.scope, true, &own);
        let mut folders: Vec<String> = Vec::new();
        for file in &difference.remove {
            let mut folder = path::parent(file);
            while let Some(below) = folder {
                folders.push(path::join(change.dir, below));
                folder = path::parent(below);
            }
            if let Some((top, _)) = file.split_once('\\') {
                folders.push(path::join(change.dir, top));
            }
        }
        let stays = |step: &Step| change.new.steps.iter().any(|other| other.same_target(step));
        for step in &change.old.steps {
            if let Step::Files(folder, _, true) = step
                && change.new.steps.is_empty()
                && !path::same(folder, change.dir)
            {
                folders.push(folder.clone());
            }
            if let Step::Directory(dir, levels) = step
                && !stays(step)
            {
                add_levels(&mut folders, dir, *levels);
            }
        }
        deepest_first(&mut folders);
        let wanted = |folder: &str| {
            change
                .new
                .steps
                .iter()
                .any(|step| matches!(step, Step::Directory(dir, _) if path::same(dir, folder)))
        };
        for folder in folders {
            if !wanted(&folder) {
                self.remove_if_empty(&folder);
            }
        }
        if change.new.index.entries.is_empty() {
            self.remove_install_dir(change);
        }
    }

    fn remove_if_empty(&mut self, folder: &str) -> bool {
        match self.system.list(folder) {
            Ok(names) if names.is_empty() => self.system.remove_dir(folder).is_ok(),
            _ => false,
        }
    }

    /// The install directory and what is above it, up to the directory that is not ours.
    fn remove_install_dir(&mut self, change: &Change<'_, S>) {
        let mut folder = change.dir;
        while self.remove_if_empty(folder) || matches!(self.system.stat(folder), Ok(None)) {
            match path::parent(folder) {
                Some(parent) if !change.anchor.is_empty() && !path::same(parent, change.anchor) => {
                    folder = parent
                }
                _ => return,
            }
        }
    }
}

/// Adds a folder and those above it, so many in all.
pub fn add_levels(folders: &mut Vec<String>, dir: &str, levels: usize) {
    let mut level = Some(dir);
    for _ in 0..levels {
        folders.extend(level.map(String::from));
        level = level.and_then(path::parent);
    }
}

/// Puts folders in the order in which they can be removed, each once.
pub fn deepest_first(folders: &mut Vec<String>) {
    sort::by(folders, &mut |a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    folders.dedup();
}

/// Removes a work folder of an install directory with all that is in it, as far as it goes. An update that was put off
/// is given up. Whether programs still run from what was put aside, but for these files.
///
/// The journal of a rolled-back transaction goes first: without the files that it tells of, it would tell lies. That
/// of a committed one goes last: while it is there, somebody will clean up.
pub fn remove_work_folder<S: System>(
    system: &mut S,
    work: &str,
    scope: Scope,
    committed: bool,
    own: &[String],
) -> bool {
    let mut runs = false;
    let dir = path::parent(work).unwrap_or(work);
    match system.stat(work) {
        Ok(Some(stat)) if stat.directory && !stat.reparse => {}
        Ok(None) => return false,
        _ => {
            system.log(&text::join(&["left behind: ", work]));
            return false;
        }
    }
    deferral::forget(system, work, scope);
    let journal = journal::path_in(work);
    let gone =
        |system: &mut S| matches!(system.stat(&journal), Ok(None)) || system.remove_file(&journal).is_ok();
    if !committed && !gone(system) {
        system.log(&text::join(&["left behind: ", work]));
        return false;
    }
    for name in ["new", "old"] {
        let folder = path::join(work, name);
        // A link goes, and what it leads to stays.
        if matches!(system.stat(&folder), Ok(Some(stat)) if stat.reparse) {
            let _ = system.remove_dir(&folder);
            continue;
        }
        runs |= empty(system, dir, scope, &folder, own);
        let _ = system.remove_dir(&folder);
    }
    for (name, stat) in system.list(work).unwrap_or_default() {
        let file = path::join(work, &name);
        if !stat.directory && !path::same(&file, &journal) {
            let _ = system.remove_file(&file);
        }
    }
    if committed {
        gone(system);
    }
    if let Err(error) = system.remove_dir(work) {
        system.log(&text::join(&["left behind: ", &error.on]));
    }
    runs
}

/// Removes the files of a folder; what is in use is buried. Whether there was such a file, but for these.
fn empty<S: System>(system: &mut S, dir: &str, scope: Scope, folder: &str, own: &[String]) -> bool {
    let mut runs = false;
    for (name, _) in system.list(folder).unwrap_or_default() {
        let file = path::join(folder, &name);
        if system.remove_file(&file).is_err() {
            runs |=
                system.is_running(&file).unwrap_or(false) && !own.iter().any(|own| path::same(own, &file));
            bury(system, dir, scope, &file);
        }
    }
    runs
}

/// What a transaction that was rolled back leaves of its work folder: nothing, or (`keep`) what it has staged.
pub fn empty_work_folder<S: System>(system: &mut S, work: &str, scope: Scope, keep: bool) {
    let staged = path::join(work, "new");
    let nothing = system.list(&staged).map_or(true, |files| files.is_empty());
    if !keep || nothing && !deferral::is_there(system, work) {
        remove_work_folder(system, work, scope, false, &[]);
        return;
    }
    let journal = journal::path_in(work);
    if matches!(system.stat(&journal), Ok(Some(_))) && system.remove_file(&journal).is_err() {
        system.log(&text::join(&["left behind: ", work]));
        return;
    }
    empty(system, path::parent(work).unwrap_or(work), scope, &path::join(work, "old"), &[]);
}

/// Removes what is in the folder of old files, and makes it when it is missing, and what is no staged file: their names
/// are used anew.
pub fn empty_old<S: System>(system: &mut S, work: &str, scope: Scope) -> Result<()> {
    let old = path::join(work, "old");
    if system.stat(&old)?.is_none() {
        return system.create_dir(&old);
    }
    empty(system, path::parent(work).unwrap_or(work), scope, &old, &[]);
    // Staged files have a dot in their name; the others are numbered anew in each run.
    let staged = path::join(work, "new");
    for (name, _) in system.list(&staged)? {
        if !name.contains('.') {
            system.remove_file(&path::join(&staged, &name))?;
        }
    }
    Ok(())
}

/// Whether a work folder is one that this program, or one with its rights, has made: only then what is in it counts.
pub fn is_ours<S: System>(system: &mut S, work: &str) -> Result<bool> {
    for folder in [work, &path::join(work, "new")] {
        let plain = system.stat(folder)?.is_some_and(|stat| stat.directory && !stat.reparse);
        if !plain || !system.is_protected(folder)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Removes a folder with all that is in it; what is in use is deleted at the next restart.
pub fn purge<S: System>(system: &mut S, dir: &str, scope: Scope, folder: &str) {
    struct Whole<'a, S>(&'a mut S, &'a str, Scope);
    impl<S: System> purge::Folders for Whole<'_, S> {
        fn stat(&mut self, path: &str) -> Result<Option<Stat>> {
            self.0.stat(path)
        }
        fn list(&mut self, path: &str) -> Result<Vec<(String, Stat)>> {
            self.0.list(path)
        }
        fn remove_file(&mut self, path: &str) -> Result<()> {
            self.0.remove_file(path)
        }
        fn remove_dir(&mut self, path: &str) -> Result<()> {
            self.0.remove_dir(path)
        }
        fn later(&mut self, path: &str) {
            match self.0.stat(path) {
                Ok(Some(stat)) if !stat.directory => bury(self.0, self.1, self.2, path),
                _ => self.0.log(&text::join(&["left behind: ", path])),
            }
        }
    }
    system.log(&text::join(&["removing with all that is in it: ", folder]));
    if let Err(error) = purge::remove(&mut Whole(system, dir, scope), folder) {
        system.log(&text::join(&["left behind: ", &error.on]));
    }
}

/// Moves a file that is in use (a running image) into a protected folder on the same volume, and has it deleted at
/// the next restart. Only ever given unique names: deleting a real target at restart would destroy a reinstall.
pub fn bury<S: System>(system: &mut S, dir: &str, scope: Scope, file: &str) {
    let own = match scope {
        Scope::Machine => facts::directory(system, Arch::X86, scope, Dir::Windows),
        Scope::User => facts::directory(system, Arch::X86, scope, Dir::LocalAppData),
    };
    let drive = |path: &str| path.get(..2).map(path::lower);
    let base = match own {
        Ok(own) if drive(&own) == drive(dir) => {
            // Where others clean up too; a profile may have its own elsewhere.
            let temp = path::join(&own, "Temp");
            let there = matches!(system.stat(&temp), Ok(Some(stat)) if stat.directory && !stat.reparse);
            if there { temp } else { own }
        }
        _ => String::from(dir.get(..2).unwrap_or_default()),
    };
    let stamp = text::unforeseen(system);
    for attempt in 0..100 {
        let grave = text::join(&[&base, "\\~removed-", &stamp, "-", &text::number(attempt)]);
        if system.create_protected_dir(&grave).is_err() {
            continue;
        }
        let buried = path::join(&grave, "file");
        if system.rename(file, &buried).is_err() {
            let _ = system.remove_dir(&grave);
            break;
        }
        let done = system.delete_at_restart(&buried).and_then(|()| system.delete_at_restart(&grave));
        let told = if done.is_ok() { "deleted at the next restart: " } else { "cannot be deleted: " };
        system.log(&text::join(&[told, &buried]));
        return;
    }
    let _ = system.delete_at_restart(file);
    system.log(&text::join(&["deleted at the next restart: ", file]));
}
