//! Everything that is no file: one module a kind, each with `apply` and `remove`.
//!
//! Applying what is already so changes nothing and counts nothing.

pub mod config;
pub mod directory;
pub mod environment;
pub mod events;
pub mod files;
pub mod firewall;
pub mod ini;
pub mod registry;
pub mod rights;
pub mod secret;
pub mod service;
pub mod shortcut;
pub mod strings;
pub mod task;

use super::undo::Undo;
use super::{Change, Transaction};
use crate::System;
use crate::facts::Step;
use crate::failure::Outcome;
use crate::system::{Result, Securable, ServiceConfig};

/// Whether applying the change will touch a service's configuration.
pub fn services_change<S: System>(system: &mut S, change: &Change<'_, S>) -> Result<bool> {
    for step in &change.old.steps {
        let Step::Service(name, ..) = step else { continue };
        if !change.new.steps.iter().any(|other| other.same_target(step))
            && system.service_config(name)?.is_some()
        {
            return Ok(true);
        }
    }
    for step in &change.new.steps {
        if let Step::Service(name, wanted, _) = step
            && !system.service_config(name)?.is_some_and(|now| service::is(&now, wanted, known(change, step)))
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// How an earlier install left a service.
fn known<'c, S: System>(change: &Change<'c, S>, step: &Step) -> Option<&'c ServiceConfig> {
    change.old.steps.iter().find_map(|old| match old {
        Step::Service(_, config, _) if old.same_target(step) => Some(config),
        _ => None,
    })
}

/// Makes a directory of the new state, with the rights that the state says.
pub fn apply_directory<S: System>(
    tx: &mut Transaction<'_, S>,
    change: &Change<'_, S>,
    path: &str,
) -> Outcome<()> {
    let rights = change.new.steps.iter().find_map(|step| match step {
        Step::Rights(Securable::Path(of), sddl) if of == path => Some(sddl.as_str()),
        _ => None,
    });
    directory::apply(tx, path, rights)
}

impl<S: System> Transaction<'_, S> {
    /// Removes what the old state has and the new one has not, backwards; then makes the new state true.
    pub fn apply_steps(&mut self, change: &Change<'_, S>) -> Outcome<()> {
        let mut environment = false;
        let uninstalling = change.new.steps.is_empty();
        for step in change.old.steps.iter().rev() {
            if change.new.steps.iter().any(|other| other.same_target(step)) {
                continue;
            }
            match step {
                Step::Directory(..) => {} // cleaned up when all is settled
                // Nothing brings it back, so it is done when all is settled.
                Step::Purge(path) => {
                    if uninstalling {
                        self.will(&[Undo::Purge(path.clone())])?;
                    }
                }
                // What is left after an uninstall is as protected as it was.
                Step::Rights(of, _) => {
                    if !uninstalling {
                        rights::remove(self, of)?;
                    }
                }
                Step::Value(key, name, _) => registry::remove_value(self, key, name)?,
                Step::Strings(key, name, strings, _) => strings::remove(self, key, name, strings)?,
                Step::Remove(key, name, late) => {
                    if *late && uninstalling {
                        registry::remove(self, key, name.as_deref())?;
                    }
                }
                Step::Files(folder, pattern, late) => {
                    if *late && uninstalling {
                        files::remove(self, change, folder, pattern)?;
                    }
                }
                Step::Key(key) => registry::prune(self, key)?,
                Step::Secret(key, name, _) => secret::apply(self, key, name, None)?,
                Step::Environment(key, name, value, action) => {
                    environment |= environment::remove(self, key, name, value, *action)?;
                }
                Step::Ini(entry) => ini::remove(self, entry)?,
                Step::Shortcut(path, folders, _) => shortcut::remove(self, path, *folders)?,
                Step::Service(name, config, _) => service::remove(self, name, config)?,
                Step::Firewall(rule) => firewall::remove(self, rule)?,
                Step::Task(name, _) => task::remove(self, name)?,
                Step::Config(old) => config::remove(self, old)?,
                Step::Events(..) => {} // taken back while its file was there
            }
        }
        for step in &change.new.steps {
            match step {
                Step::Directory(path, _) => apply_directory(self, change, path)?,
                Step::Purge(_) => {}
                Step::Rights(of, sddl) => rights::apply(self, of, sddl)?,
                Step::Value(key, name, value) => registry::set_value(self, key, name, value)?,
                Step::Strings(key, name, strings, first) => {
                    strings::apply(self, key, name, strings, *first)?;
                }
                Step::Remove(key, name, late) => {
                    if !late {
                        registry::remove(self, key, name.as_deref())?;
                    }
                }
                Step::Files(folder, pattern, late) => {
                    if !late {
                        files::remove(self, change, folder, pattern)?;
                    }
                }
                Step::Key(key) => registry::create_key(self, key)?,
                Step::Secret(key, name, value) => secret::apply(self, key, name, value.as_ref())?,
                Step::Environment(key, name, value, action) => {
                    environment |= environment::apply(self, key, name, value, *action)?;
                }
                Step::Ini(entry) => ini::apply(self, entry)?,
                Step::Shortcut(path, _, shortcut) => {
                    let unchanged = change.old.steps.contains(step);
                    shortcut::apply(self, path, shortcut, unchanged)?;
                }
                Step::Service(name, config, _) => service::apply(self, name, config, known(change, step))?,
                Step::Firewall(rule) => {
                    let old = change.old.steps.iter().find_map(|old| match old {
                        Step::Firewall(known) if old.same_target(step) => Some(known),
                        _ => None,
                    });
                    firewall::apply(self, rule, old)?;
                }
                Step::Config(new) => {
                    let old = change.old.steps.iter().find_map(|old| match old {
                        Step::Config(known) if old.same_target(step) => Some(known),
                        _ => None,
                    });
                    config::apply(self, new, old)?;
                }
                Step::Events(..) => events::apply(self, change, step)?,
                Step::Task(name, definition) => {
                    task::apply(self, name, definition, change.old.steps.contains(step))?;
                }
            }
        }
        if environment {
            self.system.broadcast_environment();
        }
        Ok(())
    }
}
