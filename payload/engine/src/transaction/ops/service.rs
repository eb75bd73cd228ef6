//! Services. They are stopped before and started after: see [`crate::transaction::services`].

use alloc::string::String;

use crate::System;
use crate::failure::Outcome;
use crate::system::ServiceConfig;
use crate::text;
use crate::transaction::Transaction;
use crate::transaction::undo::Undo;

/// Creates or changes it.
pub fn apply<S: System>(tx: &mut Transaction<'_, S>, name: &str, config: &ServiceConfig) -> Outcome<()> {
    match tx.system.service_config(name)? {
        Some(old) if old == *config => return Ok(()),
        Some(old) => {
            tx.will(&[Undo::ChangeService(String::from(name), old)])?;
            tx.system.service_change(name, config)?;
        }
        None => {
            tx.will(&[Undo::DeleteService(String::from(name))])?;
            tx.system.service_create(name, config)?;
        }
    }
    tx.count();
    tx.system.log(&text::join(&["configured service ", name]));
    Ok(())
}

/// Deletes it.
pub fn remove<S: System>(tx: &mut Transaction<'_, S>, name: &str) -> Outcome<()> {
    let Some(old) = tx.system.service_config(name)? else { return Ok(()) };
    tx.will(&[Undo::CreateService(String::from(name), old)])?;
    tx.system.service_delete(name)?;
    tx.count();
    tx.system.log(&text::join(&["deleted service ", name]));
    Ok(())
}
