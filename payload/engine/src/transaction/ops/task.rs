//! Scheduled tasks.

use alloc::string::String;

use packager_shared::{path, quote};

use crate::System;
use crate::failure::Outcome;
use crate::secrets::protected_folder;
use crate::system::{Error, Result};
use crate::text;
use crate::transaction::Transaction;
use crate::transaction::undo::Undo;

/// `ERROR_ACCESS_DENIED`
const ACCESS_DENIED: u32 = 5;

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
    set(tx, name, definition)?;
    tx.count();
    tx.system.log(&text::join(&["registered task ", name]));
    Ok(())
}

/// Registers a task. What its definition says will run as the system: it goes by way of a folder that only who may say
/// that can write into.
pub fn set<S: System>(tx: &mut Transaction<'_, S>, name: &str, definition: &[u8]) -> Result<()> {
    if tx.system.machine().version.0 < 6 {
        let units = definition.as_chunks::<2>().0.iter().skip(1).map(|unit| u16::from_le_bytes(*unit));
        let how: String =
            char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        return tx.system.task_set(name, &how);
    }
    let own = match tx.is_unjournaled() {
        true => Some(
            protected_folder(tx.system, tx.scope).map_err(|_| Error::new(ACCESS_DENIED, "create", name))?,
        ),
        false => None,
    };
    let file = path::join(&own.clone().unwrap_or_else(|| path::join(&tx.work, "new")), "task.xml");
    // Of a run that was cut off.
    if own.is_none() && tx.system.stat(&file)?.is_some() {
        tx.system.remove_file(&file)?;
    }
    let mut open = tx.system.create(&file)?;
    let mut done = tx.system.write(&mut open, definition);
    drop(open);
    if done.is_ok() {
        let mut how = String::from("/xml ");
        quote::push_quoted(&mut how, &file);
        done = tx.system.task_set(name, &how);
    }
    let _ = tx.system.remove_file(&file);
    if let Some(folder) = own {
        let _ = tx.system.remove_dir(&folder);
    }
    done
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
