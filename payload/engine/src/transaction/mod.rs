//! One change of the machine, done whole or not at all.
//!
//! | module | what it does |
//! | --- | --- |
//! | [`compare`] | finds what differs between the machine and what it shall be |
//! | [`stage`] | puts new files beside the installed ones, hashing while writing |
//! | [`swap`] | renames old files away and new ones in |
//! | [`ops`] | everything that is no file: one module a kind |
//! | [`undo`] | what brings each single step back |
//! | [`services`] | stops before, starts after |
//! | [`cleanup`] | removes what is left when the outcome is settled |
//!
//! Nothing outside the work folder `{InstallDir}\.upd` changes before every file is staged and verified and every
//! target has been probed.

pub mod cleanup;
pub mod compare;
pub mod ops;
pub mod services;
pub mod stage;
pub mod swap;
pub mod undo;

use alloc::string::String;
use alloc::vec::Vec;

use packager_shared::exit::Exit;
use packager_shared::index::Index;
use packager_shared::path;

use crate::System;
use crate::facts::Step;
use crate::failure::{Failure, Outcome};
use crate::source::Source;
use crate::text;
use undo::Undo;

/// A state of the machine: files, and everything else.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// Files below the install directory.
    pub index: Index,
    /// Everything else, in order.
    pub steps: Vec<Step>,
}

/// From one state to another.
pub struct Change<'a, S: System> {
    /// The install directory, without trailing backslash.
    pub dir: &'a str,
    /// The directory above it that is not ours; empty: the install directory's parent.
    pub anchor: &'a str,
    /// What is installed, as far as it is known.
    pub old: &'a State,
    /// What shall be installed.
    pub new: &'a State,
    /// Where new files come from.
    pub source: Option<&'a mut Source<S>>,
    /// Hash what is on the disk instead of trusting size and time.
    pub hash: bool,
    /// Machine or user: where images in use are buried.
    pub scope: packager_shared::plan::Scope,
}

/// What a transaction did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Files written.
    pub written: usize,
    /// Files removed.
    pub removed: usize,
    /// Changes to registry, services, shortcuts, directories.
    pub steps: usize,
}

impl Summary {
    /// Whether nothing was changed.
    pub fn is_empty(&self) -> bool {
        *self == Summary::default()
    }
}

/// A transaction under way: every change goes through it and leaves what undoes it.
pub struct Transaction<'a, S: System> {
    /// The machine.
    pub system: &'a mut S,
    work: String,
    guard: Option<S::File>,
    old_files: Vec<String>,
    undo: Vec<Undo>,
    changes: usize,
}

/// Changes the machine from `old` to `new`. On an error it is as it was before.
pub fn run<S: System>(system: &mut S, mut change: Change<'_, S>) -> Outcome<Summary> {
    let difference = compare::compare(system, &change)?;
    let mut tx = Transaction {
        system,
        work: path::join(change.dir, path::WORK_FOLDER),
        guard: None,
        old_files: Vec::new(),
        undo: Vec::new(),
        changes: 0,
    };
    match tx.go(&mut change, &difference) {
        Ok(()) => {
            let summary = Summary {
                written: difference.write.len(),
                removed: difference.remove.len(),
                steps: tx.changes,
            };
            tx.system.log("commit");
            tx.clean_up(&change, &difference);
            Ok(summary)
        }
        Err(failure) => {
            tx.system.log(&text::join(&["failed: ", &failure.text]));
            tx.roll_back();
            Err(failure)
        }
    }
}

impl<S: System> Transaction<'_, S> {
    fn go(&mut self, change: &mut Change<'_, S>, difference: &compare::Difference) -> Outcome<()> {
        let files = !difference.write.is_empty() || !difference.remove.is_empty();
        if files {
            self.check_space(change, difference)?;
            self.open_work_folder(change)?;
            if let Some(source) = change.source.as_deref_mut() {
                self.stage(&change.new.index, &difference.write, source)?;
            } else if !difference.write.is_empty() {
                return Err(Failure::new(Exit::Failed, "there is nothing to install from"));
            }
        } else if !change.new.steps.is_empty() {
            self.create_dirs(change.dir)?;
        }
        let ran = if files || ops::services_change(self.system, change)? {
            self.stop_services(change)?
        } else {
            Vec::new()
        };
        if files {
            self.probe(change.dir, difference)?;
            self.swap(change.dir, &change.new.index, difference)?;
        }
        self.apply_steps(change)?;
        self.start_services(change, &ran)
    }

    fn check_space(&mut self, change: &Change<'_, S>, difference: &compare::Difference) -> Outcome<()> {
        let mut need = 1u64 << 20;
        for place in &difference.write {
            need = need.saturating_add(change.new.index.entries.get(*place).map_or(0, |entry| entry.size));
        }
        let mut existing = change.dir;
        while self.system.stat(existing)?.is_none() {
            match path::parent(existing) {
                Some(parent) => existing = parent,
                None => return Ok(()),
            }
        }
        if self.system.free_space(existing)? < need {
            return Err(Failure::about(Exit::DiskFull, "there is not enough free space", change.dir));
        }
        Ok(())
    }

    /// Creates the work folder and holds its lock file.
    fn open_work_folder(&mut self, change: &Change<'_, S>) -> Outcome<()> {
        self.create_dirs(change.dir)?;
        if self.system.stat(&self.work)?.is_some() {
            self.purge_work_folder()?;
        }
        let work = self.work.clone();
        self.system.create_protected_dir(&work)?;
        self.undo.push(Undo::RemoveWorkFolder);
        self.guard = Some(self.system.create(&path::join(&work, "lock"))?);
        for name in ["new", "old"] {
            self.system.create_dir(&path::join(&work, name))?;
        }
        Ok(())
    }

    /// Removes a work folder that an earlier run left behind.
    fn purge_work_folder(&mut self) -> Outcome<()> {
        let work = self.work.clone();
        self.system.log(&text::join(&["removing the work folder of an earlier run: ", &work]));
        self.guard = None;
        for name in ["lock", "new", "old"] {
            let item = path::join(&work, name);
            match self.system.stat(&item)? {
                Some(stat) if stat.directory && !stat.reparse => {
                    for (name, _) in self.system.list(&item)? {
                        self.system.remove_file(&path::join(&item, &name))?;
                    }
                    self.system.remove_dir(&item)?;
                }
                Some(_) => self.system.remove_file(&item)?,
                None => {}
            }
        }
        Ok(self.system.remove_dir(&work)?)
    }

    /// Where the staged file of an entry lies.
    fn staged(&self, place: usize) -> String {
        text::join(&[&self.work, "\\new\\", &text::number(place as u64)])
    }

    /// Creates a directory and what is missing above it.
    pub fn create_dirs(&mut self, dir: &str) -> Outcome<()> {
        match self.system.stat(dir)? {
            Some(stat) if stat.directory => return Ok(()),
            Some(_) => {
                return Err(Failure::about(Exit::Failed, "a file stands where a directory shall be", dir));
            }
            None => {}
        }
        if let Some(parent) = path::parent(dir) {
            self.create_dirs(parent)?;
        }
        self.system.create_dir(dir)?;
        self.did(Undo::RemoveDir(String::from(dir)));
        Ok(())
    }

    /// Remembers how to undo what was just done.
    pub fn did(&mut self, undo: Undo) {
        self.undo.push(undo);
    }

    /// Counts a change that people would call one.
    pub fn count(&mut self) {
        self.changes += 1;
    }
}
