//! Services are stopped before files are swapped, and started when everything else is done.

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

impl<S: System> Transaction<'_, S> {
    /// Stops the services of both states. Returns those that ran.
    pub fn stop_services(&mut self, change: &Change<'_, S>) -> Outcome<Vec<String>> {
        let mut ran: Vec<String> = Vec::new();
        for step in change.old.steps.iter().chain(&change.new.steps).rev() {
            let Step::Service(name, ..) = step else { continue };
            if ran.iter().any(|known| path::same(known, name)) {
                continue;
            }
            if self.system.service_state(name)? == Some(ServiceState::Running) {
                self.system.log(&text::join(&["stopping service ", name]));
                self.will(&[Undo::StartService(name.clone())])?;
                self.system.service_stop(name, TIMEOUT)?;
                ran.push(name.clone());
            }
        }
        Ok(ran)
    }

    /// Starts the services of the new state that shall run.
    pub fn start_services(&mut self, change: &Change<'_, S>, ran: &[String]) -> Outcome<()> {
        for step in &change.new.steps {
            let Step::Service(name, config, run) = step else { continue };
            let wanted = match run {
                Run::Always => true,
                Run::IfItRan => ran.iter().any(|known| path::same(known, name)),
                Run::Never => false,
            };
            if !wanted || config.start == Start::Disabled {
                continue;
            }
            if self.system.service_state(name)? == Some(ServiceState::Running) {
                continue;
            }
            self.system.log(&text::join(&["starting service ", name]));
            self.will(&[Undo::StopService(name.clone())])?;
            self.system.service_start(name, TIMEOUT)?;
            self.count();
        }
        Ok(())
    }
}
