//! Scheduled tasks.

use alloc::string::String;

use crate::System;
use crate::failure::Outcome;
use crate::text;
use crate::transaction::Transaction;
use crate::transaction::undo::Undo;

/// Registers a task, if it is not there or not the one that was registered before.
pub fn apply<S: System>(
    tx: &mut Transaction<'_, S>,
    name: &str,
    definition: &[u8],
    unchanged: bool,
) -> Outcome<()> {
    let old = tx.system.task_get(name)?;
    if old.is_some() && unchanged {
        return Ok(());
    }
    tx.will(&[Undo::Task(String::from(name), old)])?;
    tx.system.task_set(name, definition)?;
    tx.count();
    tx.system.log(&text::join(&["registered task ", name]));
    Ok(())
}

/// Removes a task.
pub fn remove<S: System>(tx: &mut Transaction<'_, S>, name: &str) -> Outcome<()> {
    let old = tx.system.task_get(name)?;
    if old.is_some() {
        tx.will(&[Undo::Task(String::from(name), old)])?;
        tx.system.task_remove(name)?;
        tx.count();
        tx.system.log(&text::join(&["removed task ", name]));
    }
    Ok(())
}
