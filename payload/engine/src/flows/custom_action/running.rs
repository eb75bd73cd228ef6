//! Which services ran before Windows Installer stopped them: a list beside the state that an upgrade takes from the
//! old version to the new one. Windows Installer itself has no event for "started if it ran" ("ServiceControl
//! Table" on Microsoft Learn).

use alloc::string::String;
use alloc::vec::Vec;

use packager_shared::path;
use packager_shared::plan::Plan;
use packager_shared::state;

use crate::System;
use crate::failure::Outcome;
use crate::registry;
use crate::system::ServiceState;
use crate::transaction::Transaction;
use crate::transaction::ops::registry::{remove_value, set_value};

/// Before they are stopped: remembers the plan's services that run, and what depends on them.
pub fn remember<S: System>(system: &mut S, plan: &Plan) -> Outcome<()> {
    let mut names: Vec<String> = Vec::new();
    for service in plan.ops.iter().rev().filter_map(|op| op.service()) {
        if system.service_state(&service.name)? == Some(ServiceState::Running) {
            names.extend(system.service_dependents(&service.name)?);
            names.push(service.name.clone());
        }
    }
    if names.is_empty() {
        return Ok(());
    }
    let key = state::key_of(&plan.product);
    system.key_create(&key)?;
    Ok(system.value_set(&key, state::RUNNING, &registry::strings(&names))?)
}

fn list<S: System>(system: &mut S, plan: &Plan) -> Outcome<Vec<String>> {
    let value = system.value_get(&state::key_of(&plan.product), state::RUNNING)?;
    Ok(value.as_ref().map(registry::as_strings).unwrap_or_default())
}

/// Remembers more of them.
pub fn add<S: System>(tx: &mut Transaction<'_, S>, plan: &Plan, ran: &[String]) -> Outcome<()> {
    let mut names = list(tx.system, plan)?;
    let known = names.len();
    for name in ran {
        if !names.iter().any(|known| path::same(known, name)) {
            names.push(name.clone());
        }
    }
    if names.len() == known {
        return Ok(());
    }
    set_value(tx, &state::key_of(&plan.product), state::RUNNING, &registry::strings(&names))
}

/// Takes the list, which is gone then.
pub fn take<S: System>(tx: &mut Transaction<'_, S>, plan: &Plan) -> Outcome<Vec<String>> {
    let names = list(tx.system, plan)?;
    if !names.is_empty() {
        remove_value(tx, &state::key_of(&plan.product), state::RUNNING)?;
    }
    Ok(names)
}
