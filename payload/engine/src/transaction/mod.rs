//! One change of the machine, done whole or not at all.
//!
//! | module | what it does |
//! | --- | --- |
//! | [`compare`] | finds what differs between the machine and what it shall be |
//! | [`stage`] | puts new files beside the installed ones, hashing while writing |
//! | [`in_use`] | asks what is in use, before anything is renamed |
//! | [`swap`] | renames old files away and new ones in |
//! | [`ops`] | everything that is no file: one module a kind |
//! | [`undo`], [`journal`] | what brings each single step back, also after a power cut |
//! | [`services`] | stops before, starts after |
//! | [`takeover`] | predecessors go, and leave what they know |
//! | [`programs`] | those of the payload are run, others are closed |
//! | [`flush`] | forces the registry to the disk |
//! | [`deferral`] | an update that is put off until the next restart |
//! | [`cleanup`] | removes what is left when the outcome is settled |
//!
//! Nothing outside the work folder `{InstallDir}\.upd` changes before every file is staged and verified and every
//! target has been probed.

pub mod cleanup;
pub mod compare;
pub mod deferral;
pub mod flush;
pub mod in_use;
pub mod journal;
pub mod ops;
pub mod programs;
pub mod services;
pub mod stage;
pub mod swap;
pub mod takeover;
pub mod undo;

use alloc::string::String;
use alloc::vec::Vec;

use packager_shared::exit::Exit;
use packager_shared::ids;
use packager_shared::index::{Entry, Index};
use packager_shared::path;
use packager_shared::plan::{InUse, Scope};

use crate::System;
use crate::acts::Acts;
use crate::facts::Step;
use crate::failure::{Failure, Outcome};
use crate::guard;
use crate::source::Source;
use crate::text;
use deferral::Deferral;
use undo::Undo;

/// A state of the machine: files, and everything else.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// Files below the install directory.
    pub index: Index,
    /// Everything else, in order.
    pub steps: Vec<Step>,
    /// Bytes that must be free beside the files.
    pub reserve: u64,
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
    pub scope: Scope,
    /// What happens about files in use.
    pub in_use: InUse,
    /// The file name of the installed bootstrap, which is no obstacle; empty: there is none.
    pub bootstrap: &'a str,
    /// With this the change can be put off.
    pub deferral: Option<&'a Deferral>,
    /// What is done beside that.
    pub acts: &'a Acts,
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
    /// Programs still run from files that were replaced.
    pub still_runs: bool,
    /// Nothing was changed: it will be after a restart.
    pub put_off: bool,
}

impl Summary {
    /// Whether nothing was changed.
    pub fn is_empty(&self) -> bool {
        *self == Summary::default()
    }
}

/// A transaction under way: every change goes through it, and what undoes it is in the journal before.
pub struct Transaction<'a, S: System> {
    /// The machine.
    pub system: &'a mut S,
    dir: String,
    scope: Scope,
    work: String,
    journal: Option<S::File>,
    /// There is no folder for a journal, and nothing but traces to remove.
    unjournaled: bool,
    undo: Vec<Undo>,
    /// Directories that were made with their rights.
    made: Vec<String>,
    changes: usize,
    /// The installed bootstrap, and where its old images lie.
    own: String,
    own_aside: Vec<String>,
    /// New files that could not be taken out of the way of old ones.
    unmoved: Vec<String>,
    /// Nobody knows whether the journal says that it is committed.
    undecided: bool,
    /// A file in use was in the way.
    blocked: bool,
    /// Programs still run from files that were replaced.
    still_runs: bool,
    /// Files of predecessors that were put aside.
    aside: u64,
    later: takeover::Later,
}

/// Changes the machine from `old` to `new`. On an error it is as it was before.
pub fn run<S: System>(system: &mut S, mut change: Change<'_, S>) -> Outcome<Summary> {
    let difference = compare::compare(system, &change)?;
    let mut tx = Transaction::new(system, change.dir, path::WORK_FOLDER, change.scope);
    if !change.bootstrap.is_empty() {
        tx.own = path::join(change.dir, change.bootstrap);
    }
    let failure = match tx.go(&mut change, &difference) {
        Ok(()) => {
            let steps = tx.changes;
            tx.clean_up(&change, &difference);
            tx.clean_up_predecessors();
            return Ok(Summary {
                written: difference.write.len(),
                removed: difference.remove.len(),
                steps,
                still_runs: tx.still_runs,
                put_off: false,
            });
        }
        Err(failure) => failure,
    };
    tx.system.log(&text::join(&["failed: ", &failure.text]));
    if tx.undecided {
        // The next run reads what the disk has, and either is whole as long as nothing is removed.
        return Err(Failure::with(Exit::Failed, text::join(&[&failure.text, "; the next run settles it"])));
    }
    let deferral = change.deferral.filter(|_| tx.blocked && failure.exit == Exit::InUse);
    // A source that is lost may come back; a folder that was made for this goes.
    let lost = failure.exit == Exit::CannotOpen && tx.undo.first() == Some(&Undo::RemoveWorkFolder);
    if let Err(stuck) = tx.roll_back(lost || deferral.is_some()) {
        return Err(Failure::with(stuck.exit, text::join(&[&failure.text, "; ", &stuck.text])));
    }
    let Some(deferral) = deferral else { return Err(failure) };
    match deferral.put_off(system, change.dir, change.bootstrap, change.scope) {
        Ok(()) => Ok(Summary { put_off: true, ..Summary::default() }),
        Err(error) => {
            system.log(&text::join(&["it cannot be put off: ", &error.text]));
            cleanup::remove_work_folder(
                system,
                &path::join(change.dir, path::WORK_FOLDER),
                change.scope,
                false,
                &[],
            );
            Err(failure)
        }
    }
}

/// Makes the steps of a change true for an installation that Windows Installer manages, files apart; `then` gets the
/// services that were stopped for it. On an error everything is as it was before.
///
/// With a `folder` the journal stays in it: [`journal::recover_in`] brings everything back, [`settle`] gives that
/// up. Without one nothing can be brought back later.
pub fn run_steps<S: System>(
    system: &mut S,
    change: &Change<'_, S>,
    folder: Option<&str>,
    then: impl FnOnce(&mut Transaction<'_, S>, &[String]) -> Outcome<()>,
) -> Outcome<Summary> {
    let mut tx = Transaction::new(system, change.dir, folder.unwrap_or(path::WORK_FOLDER), change.scope);
    tx.unjournaled = folder.is_none();
    let steps = |tx: &mut Transaction<'_, S>| {
        let ran = match ops::services_change(tx.system, change)? {
            true => tx.stop_services(change)?,
            false => Vec::new(),
        };
        ops::events::take_back(tx, change)?;
        tx.apply_steps(change)?;
        then(tx, &ran)
    };
    if let Err(failure) = steps(&mut tx) {
        tx.system.log(&text::join(&["failed: ", &failure.text]));
        return Err(tx.roll_back(false).err().unwrap_or(failure));
    }
    Ok(Summary { steps: tx.changes, ..Summary::default() })
}

/// What of predecessors could not have come back goes, when Windows Installer has settled the rest.
pub fn finish_takeover<S: System>(system: &mut S, change: &Change<'_, S>) -> Outcome<()> {
    let mut tx = Transaction::new(system, change.dir, path::WORK_FOLDER, change.scope);
    tx.unjournaled = true;
    tx.collect_rest(change)?;
    tx.clean_up_predecessors();
    Ok(())
}

/// Gives up the way back that [`run_steps`] left.
pub fn settle<S: System>(system: &mut S, dir: &str, folder: &str, scope: Scope) {
    cleanup::remove_work_folder(system, &path::join(dir, folder), scope, true, &[]);
}

impl<'a, S: System> Transaction<'a, S> {
    fn new(system: &'a mut S, dir: &str, folder: &str, scope: Scope) -> Self {
        Self {
            system,
            dir: String::from(dir),
            scope,
            work: path::join(dir, folder),
            journal: None,
            unjournaled: false,
            undo: Vec::new(),
            made: Vec::new(),
            changes: 0,
            own: String::new(),
            own_aside: Vec::new(),
            unmoved: Vec::new(),
            undecided: false,
            blocked: false,
            still_runs: false,
            aside: 0,
            later: takeover::Later::default(),
        }
    }

    fn go(&mut self, change: &mut Change<'_, S>, difference: &compare::Difference) -> Outcome<()> {
        let files = !difference.write.is_empty() || !difference.remove.is_empty();
        if files {
            self.check_space(change, difference)?;
            self.open_work_folder()?;
            self.stage(&change.new.index, &difference.write, change.source.as_deref_mut())?;
        } else if change.new.steps.is_empty() {
            self.unjournaled = self.system.stat(change.dir)?.is_none();
        } else {
            self.create_dirs(change.dir)?;
        }
        self.run_before(&change.acts.before)?;
        if files {
            self.close_programs(&change.acts.close)?;
        }
        self.take_over(change)?;
        let ran = if files || ops::services_change(self.system, change)? {
            self.stop_services(change)?
        } else {
            Vec::new()
        };
        ops::events::take_back(self, change)?;
        if files {
            self.probe(change, difference)?;
            self.swap(change.dir, &change.new.index, difference)?;
        }
        self.apply_steps(change)?;
        self.start_services(change, &ran)?;
        if files || self.changes > 0 || change.acts.always {
            self.run_after(&change.acts.after)?;
        }
        self.commit()
    }

    fn check_space(&mut self, change: &Change<'_, S>, difference: &compare::Difference) -> Outcome<()> {
        let mut need = (1u64 << 20).saturating_add(change.new.reserve);
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

    /// Creates the work folder with its journal.
    fn open_work_folder(&mut self) -> Outcome<()> {
        // Nothing was changed before this.
        self.system.keep_log();
        let work = self.work.clone();
        // A journal would have been recovered before.
        let reused = self.system.stat(&work)?.is_some() && cleanup::is_ours(self.system, &work)?;
        if reused {
            cleanup::empty_old(self.system, &work, self.scope)?;
        } else if self.system.stat(&work)?.is_some() {
            self.system.log(&text::join(&["removing what an earlier run left behind: ", &work]));
            cleanup::remove_work_folder(self.system, &work, self.scope, false, &[]);
        }
        for level in self.missing_dirs(&self.dir.clone())? {
            self.undo.push(Undo::RemoveDir(level.clone()));
            guard::create_dir(self.system, &level, self.scope)?;
        }
        self.undo.push(Undo::RemoveWorkFolder);
        if !reused {
            self.system.create_protected_dir(&work)?;
            for name in ["new", "old"] {
                self.system.create_dir(&path::join(&work, name))?;
            }
        }
        let mut file = self.system.create(&journal::path_in(&work))?;
        let mut bytes = journal::head(&self.dir);
        bytes.extend(journal::frames(&self.undo));
        self.system.write(&mut file, &bytes)?;
        self.system.flush(&mut file)?;
        self.journal = Some(file);
        Ok(())
    }

    /// Writes the ways back to the disk. Only then their steps may be taken, in this order.
    pub fn will(&mut self, records: &[Undo]) -> Outcome<()> {
        if records.is_empty() {
            return Ok(());
        }
        if self.journal.is_none() && !self.unjournaled {
            self.open_work_folder()?;
        }
        if let Some(file) = &mut self.journal {
            self.system.write(file, &journal::frames(records))?;
            self.system.flush(file)?;
        }
        self.undo.extend_from_slice(records);
        Ok(())
    }

    /// From here on there is no way back.
    fn commit(&mut self) -> Outcome<()> {
        flush::hard(self.system, &flush::hives(&self.undo))?;
        if let Some(file) = &mut self.journal {
            let mut put = |frame: &[u8]| {
                self.system.write(file, frame)?;
                self.system.flush(file)
            };
            if let Err(error) = put(&journal::commit()) {
                // It may be on the disk all the same.
                self.undecided = put(&journal::revoke()).is_err();
                return Err(error.into());
            }
            self.system.log("commit");
        }
        self.undo.clear();
        Ok(())
    }

    /// Where the staged file of an entry lies: named by its content, so that a later run knows it.
    fn staged(&self, place: usize, entry: &Entry) -> String {
        let content = ids::hex(entry.sha256.get(..16).unwrap_or_default());
        text::join(&[&self.work, "\\new\\", &content, ".", &text::number(place as u64)])
    }

    /// What is missing of a directory, the topmost first.
    fn missing_dirs(&mut self, dir: &str) -> Outcome<Vec<String>> {
        let mut missing = Vec::new();
        let mut level = Some(dir);
        while let Some(dir) = level {
            match self.system.stat(dir)? {
                Some(stat) if stat.directory => break,
                Some(_) => {
                    return Err(Failure::about(
                        Exit::Failed,
                        "a file stands where a directory shall be",
                        dir,
                    ));
                }
                None => missing.push(String::from(dir)),
            }
            level = path::parent(dir);
        }
        missing.reverse();
        Ok(missing)
    }

    /// Creates a directory and what is missing above it.
    pub fn create_dirs(&mut self, dir: &str) -> Outcome<()> {
        if self.missing_dirs(dir)?.is_empty() {
            return Ok(());
        }
        // The journal lies in the install directory: making it may make this one.
        if self.journal.is_none() && !self.unjournaled {
            self.open_work_folder()?;
        }
        let missing = self.missing_dirs(dir)?;
        let records: Vec<Undo> = missing.iter().cloned().map(Undo::RemoveDir).collect();
        self.will(&records)?;
        for dir in missing {
            self.system.create_dir(&dir)?;
        }
        Ok(())
    }

    /// Whether nothing can be brought back later.
    pub fn is_unjournaled(&self) -> bool {
        self.unjournaled
    }

    /// Places in the work folder for a file that replaces another, and for that other one.
    pub fn places(&mut self) -> Outcome<(String, String)> {
        if self.journal.is_none() && !self.unjournaled {
            self.open_work_folder()?;
        }
        let number = text::number(self.undo.len() as u64);
        let staged = text::join(&[&self.work, "\\new\\c", &number]);
        // Of an earlier run, which was cut off; only what is named by its content is used again.
        if self.system.stat(&staged)?.is_some() {
            self.system.remove_file(&staged)?;
        }
        Ok((staged, text::join(&[&self.work, "\\old\\c", &number])))
    }

    /// Where in the work folder a file goes that is not known by number.
    pub fn next_aside(&mut self) -> String {
        self.aside += 1;
        text::join(&[&self.work, "\\old\\p", &text::number(self.aside)])
    }

    /// Counts a change that people would call one.
    pub fn count(&mut self) {
        self.changes += 1;
    }
}
