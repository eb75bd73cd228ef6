//! Predecessors are taken over before the product's own files come.
//!
//! First their services stop; then folders are copied; then they are removed. What comes back on rollback: services,
//! files and folders (put aside by renaming, so with their rights; an emptied folder comes back with those that it
//! inherits), registry keys (with the rights that they inherit). What does not: a product whose own uninstaller ran.
//! Files of another volume, and firewall rules, whose definition nobody can tell, go when all the rest is settled.

use alloc::string::String;
use alloc::vec::Vec;

use packager_shared::exit::Exit;
use packager_shared::path;

use super::services::TIMEOUT;
use super::undo::Undo;
use super::{Change, State, Transaction, cleanup, ops};
use crate::System;
use crate::acts::Acts;
use crate::acts::predecessor::Predecessor;
use crate::buffer::{Buffer, PIECE};
use crate::facts::Step;
use crate::failure::{Failure, Outcome};
use crate::system::{FirewallRule, Result, ServiceState};
use crate::text;
use crate::uninstaller;

/// How long an uninstaller may take, in milliseconds.
const UNINSTALL_MS: u32 = 600_000;
/// How long its entry may take to go after that: some uninstallers go on as a copy of themselves.
const GONE_MS: u64 = 120_000;

impl<S: System> Transaction<'_, S> {
    /// Takes over what is there of predecessors.
    pub fn take_over(&mut self, change: &Change<'_, S>) -> Outcome<()> {
        let acts = change.acts;
        let mut found = Vec::new();
        for predecessor in acts.replace.iter().filter(|predecessor| !predecessor.refuse) {
            let services = self.strangers(predecessor, change);
            if predecessor.is_there(self.system, &services)? {
                self.system.log(&text::join(&["taking over ", &predecessor.name]));
                self.count();
                found.push(predecessor);
            }
        }
        for predecessor in &found {
            for service in self.strangers(predecessor, change) {
                self.stop(&service)?;
            }
        }
        for (from, to) in &acts.migrate {
            self.migrate(change, from, to)?;
        }
        for predecessor in found {
            self.uninstall(predecessor, change.acts.within_installer)?;
            for service in self.strangers(predecessor, change) {
                self.stop(&service)?;
                self.delete(&service)?;
            }
            for file in &predecessor.files {
                match file.strip_suffix('\\') {
                    Some(folder) => {
                        self.put_folder_aside(folder, change)?;
                    }
                    None => {
                        self.put_file_aside(file, change)?;
                    }
                }
            }
            for key in &predecessor.keys {
                if self.system.key_exists(key)? {
                    ops::registry::remove(self, key, None)?;
                }
            }
            self.later.rules.extend(predecessor.firewall.iter().cloned());
        }
        Ok(())
    }

    /// Puts away the files that only an older release has, and the folders that are empty then. `own` is what this
    /// release has. A folder that comes back inherits its rights.
    pub fn take_over_older(&mut self, change: &Change<'_, S>, own: &State) -> Outcome<()> {
        let mut folders: Vec<String> = Vec::new();
        for entry in &change.old.index.entries {
            let file = path::join(change.dir, &entry.path);
            match self.system.stat(&file)? {
                Some(stat) if !stat.directory && !stat.reparse => {}
                _ => continue,
            }
            let aside = self.next_aside();
            self.will(&[Undo::Rename(aside.clone(), file.clone())])?;
            self.system.rename(&file, &aside)?;
            self.count();
            let mut folder = path::parent(&entry.path);
            while let Some(below) = folder {
                folders.push(path::join(change.dir, below));
                folder = path::parent(below);
            }
        }
        for step in &change.old.steps {
            if let Step::Directory(dir, levels) = step {
                cleanup::add_levels(&mut folders, dir, *levels);
            }
        }
        cleanup::deepest_first(&mut folders);
        for folder in folders {
            let is = |step: &Step| matches!(step, Step::Directory(dir, _) if path::same(dir, &folder));
            let empty = matches!(self.system.list(&folder), Ok(names) if names.is_empty());
            if empty && !path::same(&folder, change.dir) && !own.steps.iter().any(is) {
                self.will(&[Undo::CreateDir(folder.clone())])?;
                // Somebody's current directory stays.
                let _ = self.system.remove_dir(&folder);
            }
        }
        Ok(())
    }

    /// Finds what of predecessors lies on another volume, and their firewall rules.
    pub fn collect_rest(&mut self, change: &Change<'_, S>) -> Outcome<()> {
        for predecessor in change.acts.replace.iter().filter(|predecessor| !predecessor.refuse) {
            for file in &predecessor.files {
                let elsewhere = drive(file) != drive(change.dir);
                match file.strip_suffix('\\') {
                    // Emptied, but somebody's current directory.
                    Some(folder) if !elsewhere => self.later.folders.push(String::from(folder)),
                    None if !elsewhere => {}
                    Some(folder) => {
                        self.put_folder_aside(folder, change)?;
                    }
                    None => {
                        self.put_file_aside(file, change)?;
                    }
                }
            }
            self.later.rules.extend(predecessor.firewall.iter().cloned());
        }
        Ok(())
    }

    /// Services of a predecessor that are not the product's own.
    fn strangers(&self, predecessor: &Predecessor, change: &Change<'_, S>) -> Vec<String> {
        let ours = |name: &str| {
            let is = |step: &Step| matches!(step, Step::Service(own, ..) if path::same(own, name));
            change.old.steps.iter().chain(&change.new.steps).any(is)
        };
        predecessor.services.iter().filter(|name| !ours(name)).cloned().collect()
    }

    fn stop(&mut self, service: &str) -> Outcome<()> {
        if self.system.service_state(service)? == Some(ServiceState::Running) {
            self.system.log(&text::join(&["stopping service ", service]));
            self.will(&[Undo::StartService(String::from(service))])?;
            self.system.service_stop(service, TIMEOUT)?;
        }
        Ok(())
    }

    fn delete(&mut self, service: &str) -> Outcome<()> {
        if let Some(config) = self.system.service_config(service)? {
            self.will(&[Undo::CreateService(String::from(service), config)])?;
            self.system.service_delete(service)?;
            self.system.log(&text::join(&["deleted service ", service]));
        }
        Ok(())
    }

    /// Lets its own uninstaller remove it.
    fn uninstall(&mut self, predecessor: &Predecessor, within_installer: bool) -> Outcome<()> {
        // Windows Installer removes those by its own tables.
        if let Some(code) = predecessor.upgrade_code.as_ref().filter(|_| !within_installer) {
            for product in self.system.related_products(code)? {
                self.msiexec(predecessor, &product.product_code)?;
            }
        }
        for key in &predecessor.entries {
            if !self.system.key_exists(key)? {
                continue;
            }
            let args = predecessor.uninstall_args.as_deref();
            match uninstaller::find(self.system, key, args)? {
                uninstaller::Way::Product(_) if within_installer => {
                    return Err(Failure::about(
                        Exit::Failed,
                        "Windows Installer cannot remove it while it installs; replace it by its upgrade code",
                        &predecessor.name,
                    ));
                }
                uninstaller::Way::Product(code) => self.msiexec(predecessor, &code)?,
                uninstaller::Way::Program(program, args) => self.run_uninstaller(&program, &args)?,
            }
            self.wait_until_gone(predecessor)?;
        }
        Ok(())
    }

    fn msiexec(&mut self, predecessor: &Predecessor, code: &str) -> Outcome<()> {
        let line = text::join(&["/x ", code, " /qn /norestart"]);
        self.run_uninstaller(&predecessor.msiexec, &line)
    }

    fn run_uninstaller(&mut self, program: &str, line: &str) -> Outcome<()> {
        self.system.log(&text::join(&["running ", program, " ", line]));
        let code = self.system.run_hidden(program, line, UNINSTALL_MS, true)?;
        self.system.log(&text::join(&["it ended with ", &text::number(u64::from(code))]));
        match code {
            // Done; not there; done but for a restart, or with one under way.
            0 | 1605 | 1614 | 3010 | 1641 => Ok(()),
            1618 => Err(Failure::new(Exit::Busy, Exit::Busy.text())),
            code => Err(Failure::about(
                Exit::Failed,
                &text::join(&[
                    "the predecessor's uninstaller ended with code ",
                    &text::number(u64::from(code)),
                ]),
                program,
            )),
        }
    }

    fn wait_until_gone(&mut self, predecessor: &Predecessor) -> Outcome<()> {
        let start = self.system.ticks();
        loop {
            let mut there = false;
            for key in &predecessor.entries {
                there |= self.system.key_exists(key)?;
            }
            if !there {
                return Ok(());
            }
            if self.system.ticks().saturating_sub(start) > GONE_MS {
                let text = "its uninstaller ended, but it is still there";
                return Err(Failure::about(Exit::Failed, text, &predecessor.name));
            }
            self.system.sleep(500);
        }
    }

    /// Whether a path is the product's own: a file of it, or a folder with such files or with the journal.
    fn is_own(&self, path: &str, change: &Change<'_, S>) -> bool {
        let lower = path::lower(path);
        let below = |outer: &str, inner: &str| {
            inner == outer || inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('\\'))
        };
        let dir = path::lower(change.dir);
        if below(&path::lower(&self.work), &lower) || below(&lower, &dir) {
            return true;
        }
        if !below(&dir, &lower) {
            return false;
        }
        change
            .old
            .index
            .entries
            .iter()
            .chain(&change.new.index.entries)
            .any(|entry| below(&lower, &path::lower(&path::join(change.dir, &entry.path))))
    }

    /// Puts a file away; whether it is gone from its place.
    fn put_file_aside(&mut self, file: &str, change: &Change<'_, S>) -> Outcome<bool> {
        match self.system.stat(file)? {
            None => return Ok(true),
            Some(stat) if stat.directory || stat.reparse || self.is_own(file, change) => return Ok(false),
            Some(_) => {}
        }
        if drive(file) != drive(&self.work) {
            self.later.files.push(String::from(file));
            return Ok(false);
        }
        let aside = self.next_aside();
        self.will(&[Undo::Rename(aside.clone(), String::from(file))])?;
        self.system.rename(file, &aside)?;
        self.system.log(&text::join(&["put aside ", file]));
        Ok(true)
    }

    /// Puts away what is in a folder, and the folder when nothing is left in it. Links in it are not followed, and
    /// stay with the folders around them.
    fn put_folder_aside(&mut self, folder: &str, change: &Change<'_, S>) -> Outcome<bool> {
        match self.system.stat(folder)? {
            None => return Ok(true),
            Some(stat) if !stat.directory || stat.reparse => {
                self.system.log(&text::join(&["left as it is: ", folder]));
                return Ok(false);
            }
            Some(_) => {}
        }
        let mut empty = true;
        for (name, stat) in self.system.list(folder)? {
            let path = path::join(folder, &name);
            empty &= if stat.directory && !stat.reparse && !path::same(&path, &self.work) {
                self.put_folder_aside(&path, change)?
            } else {
                self.put_file_aside(&path, change)?
            };
        }
        if !empty {
            self.later.folders.push(String::from(folder));
            return Ok(false);
        }
        if self.is_own(folder, change) {
            return Ok(false);
        }
        self.will(&[Undo::CreateDir(String::from(folder))])?;
        if self.system.remove_dir(folder).is_err() {
            // Somebody's current directory: it is empty, and goes later if it can.
            self.later.folders.push(String::from(folder));
            return Ok(false);
        }
        Ok(true)
    }

    /// Copies a predecessor's folder to where nothing is yet.
    fn migrate(&mut self, change: &Change<'_, S>, from: &str, to: &str) -> Outcome<()> {
        match self.system.stat(from)? {
            Some(stat) if stat.directory && !stat.reparse => {}
            _ => return Ok(()),
        }
        match self.system.stat(to)? {
            None => {}
            Some(stat) if stat.directory && !stat.reparse && self.system.list(to)?.is_empty() => {}
            Some(_) => return Ok(()),
        }
        self.system.log(&text::join(&["copying ", from, " to ", to]));
        self.count();
        // With its rights, if the product says which.
        for step in &change.new.steps {
            if let Step::Directory(path, ..) = step
                && path::same(path, to)
            {
                ops::apply_directory(self, change, path)?;
            }
        }
        self.copy_folder(from, to)
    }

    fn copy_folder(&mut self, from: &str, to: &str) -> Outcome<()> {
        self.create_dirs(to)?;
        for (name, stat) in self.system.list(from)? {
            let (source, target) = (path::join(from, &name), path::join(to, &name));
            if stat.reparse {
                self.system.log(&text::join(&["not copied, it is a link: ", &source]));
            } else if stat.directory {
                self.copy_folder(&source, &target)?;
            } else if self.system.stat(&target)?.is_none() {
                self.copy_file(&source, &target)?;
            }
        }
        Ok(())
    }

    fn copy_file(&mut self, source: &str, target: &str) -> Outcome<()> {
        let mut from = self.system.open(source)?;
        self.will(&[Undo::RemoveFile(String::from(target))])?;
        let mut to = self.system.create(target)?;
        let mut buffer = Buffer::new(PIECE);
        loop {
            let count = self.system.read(&mut from, &mut buffer)?;
            match buffer.get(..count) {
                Some(piece) if !piece.is_empty() => self.system.write(&mut to, piece)?,
                _ => break,
            }
        }
        Ok(self.system.flush(&mut to)?)
    }

    /// What could not come back goes when it need not any more.
    pub fn clean_up_predecessors(&mut self) {
        let later = core::mem::take(&mut self.later);
        for file in &later.files {
            if self.system.remove_file(file).is_err() {
                cleanup::bury(self.system, file, self.scope, file);
            }
        }
        for folder in &later.folders {
            if matches!(self.system.list(folder), Ok(names) if names.is_empty()) {
                let _ = self.system.remove_dir(folder);
            }
        }
        for name in &later.rules {
            for outbound in [false, true] {
                let rule = crate::facts::firewall::named(name, outbound);
                self.remove_rule(&rule);
            }
        }
    }

    fn remove_rule(&mut self, rule: &FirewallRule) {
        if matches!(self.system.firewall_exists(rule), Ok(true)) {
            let told = match self.system.firewall_remove(rule) {
                Ok(()) => "removed firewall rule ",
                Err(_) => "cannot remove firewall rule ",
            };
            self.system.log(&text::join(&[told, &rule.name]));
        }
    }
}

fn drive(path: &str) -> Option<String> {
    path.get(..2).map(path::lower)
}

/// Whether an uninstaller will run, which may take files of the product along.
pub fn will_uninstall<S: System>(system: &mut S, acts: &Acts) -> Result<bool> {
    for predecessor in acts.replace.iter().filter(|predecessor| !predecessor.refuse) {
        if predecessor.has_uninstaller(system)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What goes when all is settled.
#[derive(Debug, Default)]
pub struct Later {
    files: Vec<String>,
    folders: Vec<String>,
    rules: Vec<String>,
}
