//! Services are stopped before files are swapped, and started when everything else is done. Services of others that
//! depend on ours have to stop with them, and are started again with them.

use alloc::string::String;
use alloc::vec::Vec;

use packager_shared::path;
use packager_shared::plan::{Run, Start};

use super::undo::Undo;
use super::{Change, Transaction};
use crate::System;
use crate::facts::Step;
use crate::failure::Outcome;
use crate::system::ServiceState;
use crate::text;

/// How long a service may take to start or stop, in milliseconds.
pub const TIMEOUT: u32 = 60_000;

fn is_in(names: &[String], name: &str) -> bool {
    names.iter().any(|known| path::same(known, name))
}

impl<S: System> Transaction<'_, S> {
    /// Stops the services of both states, and what depends on them. Returns those that ran, in the order in which
    /// they were stopped.
    pub fn stop_services(&mut self, change: &Change<'_, S>) -> Outcome<Vec<String>> {
        let mut ran: Vec<String> = Vec::new();
        for step in change.old.steps.iter().chain(&change.new.steps).rev() {
            let Step::Service(name, ..) = step else { continue };
            if is_in(&ran, name) || self.system.service_state(name)? != Some(ServiceState::Running) {
                continue;
            }
            let mut all = self.system.service_dependents(name)?;
            all.push(name.clone());
            for name in all {
                if self.system.service_state(&name)? == Some(ServiceState::Running) {
                    self.system.log(&text::join(&["stopping service ", &name]));
                    self.will(&[Undo::StartService(name.clone())])?;
                    self.system.service_stop(&name, TIMEOUT)?;
                    ran.push(name);
                }
            }
        }
        Ok(ran)
    }

    /// Starts the services of the new state that shall run, then those of others that ran.
    pub fn start_services(&mut self, change: &Change<'_, S>, ran: &[String]) -> Outcome<()> {
        let mut ours: Vec<&String> = Vec::new();
        for step in change.old.steps.iter().chain(&change.new.steps) {
            if let Step::Service(name, ..) = step {
                ours.push(name);
            }
        }
        for step in &change.new.steps {
            let Step::Service(name, config, run) = step else { continue };
            let wanted = match run {
                Run::Always => true,
                Run::IfItRan => is_in(ran, name),
                Run::Never => false,
            };
            if wanted && config.start != Start::Disabled {
                self.start(name)?;
            }
        }
        for name in ran.iter().rev() {
            if !ours.iter().any(|own| path::same(own, name)) {
                self.start_foreign(name)?;
            }
        }
        Ok(())
    }

    fn start(&mut self, name: &str) -> Outcome<()> {
        if self.system.service_state(name)? == Some(ServiceState::Running) {
            return Ok(());
        }
        self.system.log(&text::join(&["starting service ", name]));
        self.will(&[Undo::StopService(String::from(name))])?;
        self.system.service_start(name, TIMEOUT)?;
        self.count();
        Ok(())
    }

    /// A service of others that ran is started again when what it needs runs: starting it would start that, too.
    /// When it does not start, that is no fault of ours.
    fn start_foreign(&mut self, name: &str) -> Outcome<()> {
        let Some(config) = self.system.service_config(name)? else { return Ok(()) };
        for needed in &config.depends {
            if self.system.service_state(needed)? != Some(ServiceState::Running) {
                self.system.log(&text::join(&["stays stopped: service ", name, ", which needs ", needed]));
                return Ok(());
            }
        }
        self.system.log(&text::join(&["starting service ", name, " again"]));
        self.will(&[Undo::StopService(String::from(name))])?;
        if let Err(error) = self.system.service_start(name, TIMEOUT) {
            let code = text::number(u64::from(error.code));
            self.system.log(&text::join(&["it does not start: Windows error ", &code]));
        }
        Ok(())
    }
}
