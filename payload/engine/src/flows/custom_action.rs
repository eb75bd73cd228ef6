//! `/msi …`: what Windows Installer's tables cannot do. Run as a deferred custom action, as the system; never takes
//! the product's lock, because the bootstrap may be waiting for Windows Installer with it.

use alloc::vec::Vec;

use packager_shared::args::MsiAction;
use packager_shared::plan::{Data, Key, Op, Plan};

use super::Ended;
use crate::System;
use crate::failure::Outcome;
use crate::registry;
use crate::system::RegValue;

/// Does, or undoes, the plan's operations that no table of an MSI has: REG_QWORD values.
///
/// Rolling back an install removes them: what an earlier version had was removed by its own uninstall, which
/// Windows Installer rolls back by itself.
pub fn run<S: System>(system: &mut S, plan: &Plan, action: MsiAction) -> Outcome<Ended> {
    let values: Vec<(&Key, &str, u64)> = plan
        .ops
        .iter()
        .filter_map(|op| match op {
            Op::RegistryValue { key, name, data: Data::Qword(value) } => Some((key, name.as_str(), *value)),
            _ => None,
        })
        .collect();
    for (key, name, value) in values {
        match action {
            MsiAction::Install | MsiAction::RollbackUninstall => {
                system.key_create(key)?;
                let bytes = Vec::from(value.to_le_bytes());
                system.value_set(key, name, &RegValue { kind: registry::QWORD, bytes })?;
            }
            MsiAction::Uninstall | MsiAction::RollbackInstall => {
                system.value_remove(key, name)?;
                prune(system, key)?;
            }
        }
    }
    Ok(Ended::done("msi", ""))
}

fn prune<S: System>(system: &mut S, key: &Key) -> Outcome<()> {
    let mut level = Some(key.clone());
    while let Some(key) = level {
        if registry::is_well_known(&key) || !system.key_exists(&key)? || !system.key_remove_empty(&key)? {
            break;
        }
        level = registry::parent(&key);
    }
    Ok(())
}
