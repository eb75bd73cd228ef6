//! What is in use is asked for before anything is renamed.
//!
//! | | a program that runs, a DLL that is loaded | held, and not shared for deleting | the own image |
//! | --- | --- | --- | --- |
//! | abort | in the way: 32 | in the way: 32 | no obstacle |
//! | rename | moved aside, 3010 | in the way: 32 | no obstacle |
//! | restart | moved aside, 3010 | all is put off, 3010 | no obstacle |
//!
//! What is in the way gets some time to go: virus scanners hold a new file for a moment.

use alloc::string::String;

use packager_shared::exit::Exit;
use packager_shared::path;
use packager_shared::plan::InUse;

use super::compare::Difference;
use super::{Change, Transaction};
use crate::System;
use crate::failure::{Failure, Outcome};
use crate::system::Result;
use crate::text;

/// How long all files of a transaction together may be in the way, in milliseconds, and how often is looked.
const PATIENCE: u64 = 5_000;
const PAUSE: u32 = 250;

impl<S: System> Transaction<'_, S> {
    /// Asks for every file that will be renamed whether it can be. Nothing has changed yet when one cannot.
    pub fn probe(&mut self, change: &Change<'_, S>, difference: &Difference) -> Outcome<()> {
        let until = self.system.ticks().saturating_add(PATIENCE);
        for file in difference.remove.iter().chain(&difference.targets) {
            let file = path::join(change.dir, file);
            match self.system.stat(&file)? {
                Some(stat) if !stat.directory => {}
                _ => continue,
            }
            if self.is_bootstrap(&file) {
                continue;
            }
            loop {
                let strict = change.in_use == InUse::Abort;
                let Some(code) = obstacle(self.system, &file, strict)? else { break };
                if self.system.ticks() >= until {
                    return Err(self.held(&file, code));
                }
                self.system.sleep(PAUSE);
            }
        }
        Ok(())
    }

    /// The failure of a file that is in use, with the names of those that use it.
    pub(super) fn held(&mut self, file: &str, code: u32) -> Failure {
        self.blocked = true;
        let mut by = String::new();
        for holder in self.system.holders(file) {
            let pid = text::number(u64::from(holder.pid));
            let comma = if by.is_empty() { "" } else { ", " };
            by.push_str(&text::join(&[comma, &holder.name, " (process ", &pid, ")"]));
        }
        if by.is_empty() {
            by.push_str(&text::join(&[
                "a program that Windows does not name, error ",
                &text::number(u64::from(code)),
            ]));
        }
        Failure::about(Exit::InUse, &text::join(&["in use by ", &by]), file)
    }

    /// Whether it is the program that runs this, or its installed copy: it is always moved aside.
    pub(super) fn is_bootstrap(&mut self, file: &str) -> bool {
        path::same(file, &self.own) || self.system.own_path().is_ok_and(|own| path::same(&own, file))
    }
}

/// Why a file cannot go now: Windows' error.
fn obstacle<S: System>(system: &mut S, file: &str, strict: bool) -> Result<Option<u32>> {
    // ERROR_SHARING_VIOLATION, as writing would get.
    let runs = |system: &mut S| Ok(system.is_running(file)?.then_some(32));
    match system.probe_delete(file) {
        Ok(()) if strict => runs(system),
        Ok(()) => Ok(None),
        Err(error) => match (Exit::of_windows_error(error.code), error.code) {
            (Exit::InUse, code) => Ok(Some(code)),
            // ERROR_ACCESS_DENIED: an image on some systems, which can be renamed; or rights.
            (_, 5) if !strict && system.is_running(file)? => Ok(None),
            (_, 5) => Ok(Some(5)),
            _ => Err(error),
        },
    }
}
