//! What brings each single step back.

use alloc::string::String;
use alloc::vec::Vec;

use packager_shared::exit::Exit;
use packager_shared::path;
use packager_shared::plan::Key;

use super::ops::task;
use super::services::TIMEOUT;
use super::{Transaction, cleanup, deferral, flush, programs};
use crate::System;
use crate::acts::program::Line;
use crate::failure::{Failure, Outcome};
use crate::registry;
use crate::system::{Error, FirewallRule, RegValue, Result, Securable, ServiceConfig, ServiceState};
use crate::text;

/// The way back from one step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undo {
    /// The work folder was created.
    RemoveWorkFolder,
    /// A directory was created.
    RemoveDir(String),
    /// An empty directory was removed.
    CreateDir(String),
    /// A file was renamed: back from the first to the second path.
    Rename(String, String),
    /// A file was written.
    RemoveFile(String),
    /// A small file was removed.
    WriteFile(String, Vec<u8>),
    /// So many levels of a key were created.
    RemoveKey(Key, usize),
    /// An empty key was removed.
    CreateKey(Key),
    /// A value was changed: what it was before.
    Value(Key, String, Option<RegValue>),
    /// A secret was changed: what it was before.
    Secret(Key, String, Option<RegValue>),
    /// A service was created.
    DeleteService(String),
    /// A service was changed: what it was before.
    ChangeService(String, ServiceConfig),
    /// A service was deleted.
    CreateService(String, ServiceConfig),
    /// A service was stopped.
    StartService(String),
    /// A folder goes with all that is in it when the transaction is committed. Until then nothing is done.
    Purge(String),
    /// Rights were changed: what they were before.
    Rights(Securable, String),
    /// A service was started.
    StopService(String),
    /// A rule of the firewall was removed (`true`), or added.
    Firewall(FirewallRule, bool),
    /// A task was changed: what it was before.
    Task(String, Option<Vec<u8>>),
    /// A program was run: with these arguments it takes that back, in so many milliseconds. It must bear being run
    /// when there is nothing to take back.
    Run(String, Line, u32),
}

const ERROR_ALREADY_EXISTS: u32 = 183;

/// Whether state is lost when it cannot be undone. The others are tried once: a service that does not start, or an
/// empty folder that stays, must not keep a machine from its next update.
fn is_vital(undo: &Undo) -> bool {
    !matches!(
        undo,
        Undo::RemoveDir(_)
            | Undo::StartService(_)
            | Undo::StopService(_)
            | Undo::Run(..)
            | Undo::Firewall(..)
            | Undo::Task(..)
            | Undo::Purge(_)
    )
}

impl<S: System> Transaction<'_, S> {
    /// Undoes everything, the last step first. A step that cannot be undone is logged and does not stop the rest; when
    /// it was one that state hangs on, journal and old files stay, so that a later run can try again: an error.
    /// `keep`: staged files stay, too.
    pub fn roll_back(&mut self, keep: bool) -> Outcome<()> {
        self.system.log("rolling back");
        let hives = flush::hives(&self.undo);
        let mut stuck: Option<String> = None;
        let mut blocked: Vec<String> = Vec::new();
        while let Some(undo) = self.undo.pop() {
            if undo == Undo::RemoveWorkFolder {
                // Without the journal nobody would do again what a loss of power takes.
                flush::all(self.system, &hives);
                self.journal = None;
                if stuck.is_none() {
                    let keep = keep || deferral::is_there(self.system, &self.work);
                    cleanup::empty_work_folder(self.system, &self.work, self.scope, keep);
                }
                continue;
            }
            // What could not come back yet needs its folder when it can.
            if stuck.is_some() && matches!(undo, Undo::RemoveDir(_)) {
                continue;
            }
            // Nor does anything else come to a name where something is in the way: later it would be taken for it.
            if let Undo::Rename(from, to) = &undo
                && [from, to].iter().any(|name| blocked.iter().any(|other| path::same(other, name)))
            {
                blocked.extend([from.clone(), to.clone()]);
                self.unmoved.push(from.clone());
                continue;
            }
            let names =
                if let Undo::Rename(from, to) = &undo { Some([from.clone(), to.clone()]) } else { None };
            let vital = is_vital(&undo);
            let moved = if let Undo::Rename(from, _) = &undo { from.clone() } else { String::new() };
            if let Err(error) = self.undo_one(undo) {
                self.unmoved.push(moved);
                blocked.extend(names.into_iter().flatten());
                if vital && stuck.is_none() {
                    stuck = Some(error.on.clone());
                }
                let code = text::number(u64::from(error.code));
                self.system.log(&text::join(&[
                    "cannot be rolled back: ",
                    error.what,
                    " ",
                    &error.on,
                    ": Windows error ",
                    &code,
                ]));
            }
        }
        match stuck {
            None => Ok(()),
            Some(what) => {
                let mut text = text::join(&["not everything could be brought back, first of all ", &what]);
                text.push_str(&text::join(&["; the old files and the way back are kept in ", &self.work]));
                text.push_str(": leave it there, and run this again when nothing uses these files");
                Err(Failure::with(Exit::Failed, text))
            }
        }
    }

    /// A step that was not taken, or is undone already, leaves nothing to do.
    fn undo_one(&mut self, undo: Undo) -> Result<()> {
        let old = path::join(&self.work, "old\\");
        let system = &mut *self.system;
        match undo {
            Undo::RemoveWorkFolder => Ok(()),
            Undo::RemoveDir(path) => match system.stat(&path)? {
                Some(stat) if stat.directory && !stat.reparse && system.list(&path)?.is_empty() => {
                    system.remove_dir(&path)
                }
                _ => Ok(()),
            },
            Undo::CreateDir(path) => match system.stat(&path)? {
                Some(_) => Ok(()),
                None => system.create_dir(&path),
            },
            Undo::Rename(from, to) => match (system.stat(&from)?, system.stat(&to)?) {
                (Some(_), None) => system.rename(&from, &to),
                // The new file could not go: the old one waits for it.
                (Some(_), Some(_)) if self.unmoved.iter().any(|file| path::same(file, &to)) => {
                    Err(Error::new(ERROR_ALREADY_EXISTS, "rename", &to))
                }
                // Something took the place of a file of ours meanwhile.
                (Some(_), Some(_)) if from.starts_with(&old) => {
                    let aside = text::join(&[&from, "~", &text::number(system.ticks())]);
                    system.rename(&to, &aside)?;
                    system.rename(&from, &to)
                }
                (None, None) if from.starts_with(&old) => {
                    system.log(&text::join(&["lost; run this again with -f, or /repair: ", &to]));
                    Ok(())
                }
                _ => Ok(()),
            },
            Undo::RemoveFile(path) => match system.stat(&path)? {
                Some(_) => system.remove_file(&path),
                None => Ok(()),
            },
            Undo::WriteFile(path, bytes) => {
                if system.stat(&path)?.is_some() {
                    system.remove_file(&path)?;
                }
                let mut file = system.create(&path)?;
                system.write(&mut file, &bytes)?;
                system.flush(&mut file)
            }
            Undo::Purge(_) => Ok(()),
            Undo::Rights(of, sddl) => match system.rights(&of)? {
                Some(_) => system.set_rights(&of, &sddl),
                None => Ok(()),
            },
            Undo::RemoveKey(key, levels) => {
                let mut key = Some(key);
                for _ in 0..levels {
                    let Some(level) = key else { break };
                    system.key_remove_empty(&level)?;
                    key = registry::parent(&level);
                }
                Ok(())
            }
            Undo::CreateKey(key) => system.key_create(&key).map(|_| ()),
            Undo::Value(key, name, Some(value)) => {
                system.key_create(&key)?;
                system.value_set(&key, &name, &value)
            }
            Undo::Secret(key, name, Some(value)) => {
                system.key_protect(&key)?;
                system.value_set(&key, &name, &value)
            }
            Undo::Value(key, name, None) | Undo::Secret(key, name, None) => {
                match system.value_get(&key, &name)? {
                    Some(_) => system.value_remove(&key, &name).map(|_| ()),
                    None => Ok(()),
                }
            }
            Undo::DeleteService(name) => match system.service_state(&name)? {
                Some(state) => {
                    if state == ServiceState::Running {
                        system.service_stop(&name, TIMEOUT)?;
                    }
                    system.service_delete(&name)
                }
                None => Ok(()),
            },
            Undo::ChangeService(name, config) => match system.service_config(&name)? {
                Some(now) if config.password.is_some() || !now.is(&config) => {
                    system.service_change(&name, &config)
                }
                _ => Ok(()),
            },
            Undo::CreateService(name, config) => match system.service_config(&name)? {
                None => system.service_create(&name, &config),
                Some(_) => Ok(()),
            },
            Undo::StartService(name) => match system.service_state(&name)? {
                Some(ServiceState::Stopped) => system.service_start(&name, TIMEOUT),
                _ => Ok(()),
            },
            Undo::Firewall(rule, present) => match (system.firewall_exists(&rule)?, present) {
                (false, true) => system.firewall_add(&rule),
                (true, false) => system.firewall_remove(&rule),
                _ => Ok(()),
            },
            Undo::Task(name, old) => match (system.task_get(&name)?, old) {
                (now, Some(old)) if now.as_ref() != Some(&old) && !old.is_empty() => {
                    task::set(self, &name, &old)
                }
                (Some(_), None) => system.task_remove(&name),
                _ => Ok(()),
            },
            Undo::StopService(name) => match system.service_state(&name)? {
                Some(ServiceState::Running) => system.service_stop(&name, TIMEOUT),
                _ => Ok(()),
            },
            Undo::Run(program, line, timeout_ms) => match system.stat(&program)? {
                Some(_) => programs::run(system, &program, &line, timeout_ms).map(|_| ()),
                None => Ok(()),
            },
        }
    }
}
