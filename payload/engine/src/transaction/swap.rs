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
    /// Removes what is to go, then puts in what is new. All of it is planned and in the journal before it begins.
    pub fn swap(&mut self, dir: &str, index: &Index, difference: &Difference) -> Outcome<()> {
        let mut plan = Plan { aside: 0, moves: Vec::new(), undo: Vec::new(), made: Vec::new() };
        for file in &difference.remove {
            self.put_aside(&mut plan, path::join(dir, file));
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
                Some(_) => self.put_aside(&mut plan, target.clone()),
                None => {}
            }
            self.plan_parents(&mut plan, &target, difference, dir)?;
            let staged = self.staged(*place, entry);
            plan.undo.push(Undo::Rename(target.clone(), staged.clone()));
            plan.moves.push(Move::Rename(staged, target, true));
        }
        let mut arrived = Vec::new();
        self.will(&plan.undo)?;
        for step in plan.moves {
            match step {
                Move::MakeDir(path) => self.system.create_dir(&path)?,
                Move::RemoveDir(path) => self.system.remove_dir(&path)?,
                Move::Rename(from, to, new) => {
                    if let Err(error) = self.system.rename(&from, &to) {
                        let refused = Exit::of_windows_error(error.code) == Exit::InUse;
                        return Err(if refused && !new {
                            self.held(&from, error.code)
                        } else {
                            error.into()
                        });
                    }
                    if new {
                        self.system.log(&text::join(&["wrote ", &to]));
                        arrived.push(to);
                    } else {
                        self.system.log(&text::join(&["put aside ", &from]));
                    }
                }
            }
        }
        // The work folder is for administrators alone; what comes out of it is for whoever may run it.
        Ok(self.system.inherit_rights(&arrived)?)
    }

    /// Renames a file into the work folder.
    fn put_aside(&mut self, plan: &mut Plan, file: String) {
        let aside = text::join(&[&self.work, "\\old\\", &text::number(plan.aside)]);
        plan.aside += 1;
        if self.is_bootstrap(&file) {
            self.own_aside.push(aside.clone());
        }
        plan.undo.push(Undo::Rename(aside.clone(), file.clone()));
        plan.moves.push(Move::Rename(file, aside, false));
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
