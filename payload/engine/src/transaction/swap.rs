//! Old files out, new files in, by renames on one volume.

use alloc::string::String;

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

    /// Removes what is to go, then puts in what is new.
    pub fn swap(&mut self, dir: &str, index: &Index, difference: &Difference) -> Outcome<()> {
        for file in &difference.remove {
            self.put_aside(&path::join(dir, file))?;
            self.system.log(&text::join(&["removed ", file]));
        }
        for place in &difference.write {
            let Some(entry) = index.entries.get(*place) else { continue };
            let target = path::join(dir, &entry.path);
            match self.system.stat(&target)? {
                // An empty folder of an earlier release; anything in it is a stranger's, and ends this.
                Some(stat) if stat.directory => {
                    self.system.remove_dir(&target)?;
                    self.did(Undo::CreateDir(target.clone()));
                }
                Some(_) => self.put_aside(&target)?,
                None => {}
            }
            if let Some(parent) = path::parent(&target) {
                self.create_dirs(parent)?;
            }
            let staged = self.staged(*place);
            self.system.rename(&staged, &target)?;
            self.did(Undo::Rename(target.clone(), staged));
            // The work folder is for administrators alone; what comes out of it is for everybody who may run it.
            self.system.inherit_rights(&target)?;
            self.system.log(&text::join(&["wrote ", &entry.path]));
        }
        Ok(())
    }

    /// Renames a file into the work folder.
    fn put_aside(&mut self, file: &str) -> Outcome<()> {
        let aside = text::join(&[&self.work, "\\old\\", &text::number(self.old_files.len() as u64)]);
        self.system.rename(file, &aside)?;
        self.did(Undo::Rename(aside.clone(), String::from(file)));
        self.old_files.push(aside);
        Ok(())
    }
}
