//! What brings each single step back.

use alloc::string::String;
use alloc::vec::Vec;

use packager_shared::plan::Key;

use super::Transaction;
use super::services::TIMEOUT;
use crate::System;
use crate::registry;
use crate::system::{RegValue, Result, ServiceConfig};
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
    /// A service was created.
    DeleteService(String),
    /// A service was changed: what it was before.
    ChangeService(String, ServiceConfig),
    /// A service was deleted.
    CreateService(String, ServiceConfig),
    /// A service was stopped.
    StartService(String),
    /// A service was started.
    StopService(String),
}

impl<S: System> Transaction<'_, S> {
    /// Undoes everything, the last step first. A step that cannot be undone is logged and does not stop the rest.
    pub fn roll_back(&mut self) {
        self.system.log("rolling back");
        while let Some(undo) = self.undo.pop() {
            if let Err(error) = self.undo_one(undo) {
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
    }

    fn undo_one(&mut self, undo: Undo) -> Result<()> {
        let system = &mut *self.system;
        match undo {
            Undo::RemoveWorkFolder => {
                // Errors in here say where they happened.
                self.remove_work_folder();
                Ok(())
            }
            Undo::RemoveDir(path) => system.remove_dir(&path),
            Undo::CreateDir(path) => system.create_dir(&path),
            Undo::Rename(from, to) => system.rename(&from, &to),
            Undo::RemoveFile(path) => system.remove_file(&path),
            Undo::WriteFile(path, bytes) => {
                let mut file = system.create(&path)?;
                system.write(&mut file, &bytes)
            }
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
            Undo::Value(key, name, Some(value)) => system.value_set(&key, &name, &value),
            Undo::Value(key, name, None) => system.value_remove(&key, &name).map(|_| ()),
            Undo::DeleteService(name) => system.service_delete(&name),
            Undo::ChangeService(name, config) => system.service_change(&name, &config),
            Undo::CreateService(name, config) => system.service_create(&name, &config),
            Undo::StartService(name) => system.service_start(&name, TIMEOUT),
            Undo::StopService(name) => system.service_stop(&name, TIMEOUT),
        }
    }
}
