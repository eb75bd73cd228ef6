//! Old files out, new files in, by renames on one volume.

use alloc::string::String;
use alloc::vec::Vec;

use packager_shared::exit::Exit;
use packager_shared::index::Index;
use packager_shared::path;

use super::Transaction;
use super::compare::Difference;
use super::undo::Undo;
use crate::System;
use crate::failure::{Failure, Outcome};
use crate::text;

impl<S: System> Transaction<'_, S> {
    /// Asks for every file that will be renamed whether it can be. Nothing has changed yet when one cannot.
    pub fn probe(&mut self, dir: &str, difference: &Difference) -> Outcome<()> {
        for file in &difference.remove {
            self.probe_one(&path::join(dir, file))?;
        }
        for target in &difference.targets {
            self.probe_one(&path::join(dir, target))?;
        }
        Ok(())
    }

    fn probe_one(&mut self, file: &str) -> Outcome<()> {
        match self.system.stat(file)? {
            Some(stat) if !stat.directory => {}
            _ => return Ok(()),
        }
        match self.system.probe_delete(file) {
            Ok(()) => Ok(()),
            Err(error) => {
                // ERROR_ACCESS_DENIED: a loaded image on some systems, or rights; both mean that it cannot go now.
                let exit = match Exit::of_windows_error(error.code) {
                    Exit::Failed if error.code == 5 => Exit::InUse,
                    exit => exit,
                };
                Err(Failure::with_exit(exit, &error))
            }
        }
    }

    /// Removes what is to go, then puts in what is new. All of it is planned and in the journal before it begins.
    pub fn swap(&mut self, dir: &str, index: &Index, difference: &Difference) -> Outcome<()> {
        let mut plan = Plan { aside: 0, moves: Vec::new(), undo: Vec::new(), made: Vec::new() };
        for file in &difference.remove {
            plan.put_aside(&self.work, path::join(dir, file));
        }
        for place in &difference.write {
            let Some(entry) = index.entries.get(*place) else { continue };
            let target = path::join(dir, &entry.path);
            match self.system.stat(&target)? {
                // An empty folder of an earlier release; anything in it is a stranger's, and ends this.
                Some(stat) if stat.directory => {
                    plan.undo.push(Undo::CreateDir(target.clone()));
                    plan.moves.push(Move::RemoveDir(target.clone()));
                }
                Some(_) if entry.keep => continue,
                Some(_) => plan.put_aside(&self.work, target.clone()),
                None => {}
            }
            self.plan_parents(&mut plan, &target, difference, dir)?;
            let staged = self.staged(*place);
            plan.undo.push(Undo::Rename(target.clone(), staged.clone()));
            plan.moves.push(Move::Rename(staged, target, true));
        }
        self.will(&plan.undo)?;
        for step in plan.moves {
            match step {
                Move::MakeDir(path) => self.system.create_dir(&path)?,
                Move::RemoveDir(path) => self.system.remove_dir(&path)?,
                Move::Rename(from, to, new) => {
                    self.system.rename(&from, &to)?;
                    if new {
                        // The work folder is for administrators alone; what comes out of it is for whoever may run it.
                        self.system.inherit_rights(&to)?;
                        self.system.log(&text::join(&["wrote ", &to]));
                    } else {
                        self.system.log(&text::join(&["put aside ", &from]));
                    }
                }
            }
        }
        Ok(())
    }

    /// The folders above a target that will be missing when its turn comes.
    fn plan_parents(
        &mut self,
        plan: &mut Plan,
        target: &str,
        difference: &Difference,
        dir: &str,
    ) -> Outcome<()> {
        let mut missing: Vec<String> = Vec::new();
        let mut level = path::parent(target);
        while let Some(folder) = level {
            if plan.made.iter().rev().any(|made| path::same(made, folder)) {
                break;
            }
            match self.system.stat(folder)? {
                Some(stat) if stat.directory => {
                    // Known to be there, so not asked again.
                    plan.made.push(String::from(folder));
                    break;
                }
                // A file that goes before this comes.
                Some(_)
                    if difference.remove.iter().any(|file| path::same(&path::join(dir, file), folder)) => {}
                Some(_) => {
                    return Err(Failure::about(
                        Exit::Failed,
                        "a file stands where a directory shall be",
                        folder,
                    ));
                }
                None => {}
            }
            missing.push(String::from(folder));
            level = path::parent(folder);
        }
        for folder in missing.into_iter().rev() {
            plan.undo.push(Undo::RemoveDir(folder.clone()));
            plan.moves.push(Move::MakeDir(folder.clone()));
            plan.made.push(folder);
        }
        Ok(())
    }
}

/// One step of a swap.
enum Move {
    MakeDir(String),
    RemoveDir(String),
    /// From, to, and whether it is a new file's last way.
    Rename(String, String, bool),
}

/// All steps of a swap, and the ways back.
struct Plan {
    aside: u64,
    moves: Vec<Move>,
    undo: Vec<Undo>,
    /// Folders that are there, or will be.
    made: Vec<String>,
}

impl Plan {
    /// Renames a file into the work folder.
    fn put_aside(&mut self, work: &str, file: String) {
        let aside = text::join(&[work, "\\old\\", &text::number(self.aside)]);
        self.aside += 1;
        self.undo.push(Undo::Rename(aside.clone(), file.clone()));
        self.moves.push(Move::Rename(file, aside, false));
    }
}
