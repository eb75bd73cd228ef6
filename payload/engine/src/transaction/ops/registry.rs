//! Registry keys and values. A key goes when its last value and sub-key are gone, and so do the keys above it: that
//! is what Windows Installer does.

use alloc::string::String;
use alloc::vec::Vec;

use packager_shared::plan::Key;

use crate::System;
use crate::failure::Outcome;
use crate::registry;
use crate::sddl;
use crate::system::{RegValue, Securable};
use crate::text;
use crate::transaction::Transaction;
use crate::transaction::undo::Undo;

/// Makes a key exist.
pub fn create_key<S: System>(tx: &mut Transaction<'_, S>, key: &Key) -> Outcome<()> {
    let missing = missing_levels(tx, key)?;
    if missing > 0 {
        tx.will(&[Undo::RemoveKey(key.clone(), missing)])?;
        tx.system.key_create(key)?;
        tx.count();
        tx.system.log(&text::join(&["created key ", &key.path]));
    }
    Ok(())
}

/// How many levels of a key are missing.
pub fn missing_levels<S: System>(tx: &mut Transaction<'_, S>, key: &Key) -> Outcome<usize> {
    let mut missing = 0;
    let mut level = Some(key.clone());
    while let Some(key) = level {
        if tx.system.key_exists(&key)? {
            break;
        }
        missing += 1;
        level = registry::parent(&key);
    }
    Ok(missing)
}

/// Makes a value what it shall be.
pub fn set_value<S: System>(
    tx: &mut Transaction<'_, S>,
    key: &Key,
    name: &str,
    value: &RegValue,
) -> Outcome<()> {
    let old = tx.system.value_get(key, name)?;
    if old.as_ref() == Some(value) {
        return Ok(());
    }
    let missing = missing_levels(tx, key)?;
    let undo = Undo::Value(key.clone(), String::from(name), old);
    if missing > 0 {
        tx.will(&[Undo::RemoveKey(key.clone(), missing), undo])?;
        tx.system.key_create(key)?;
    } else {
        tx.will(&[undo])?;
    }
    tx.system.value_set(key, name, value)?;
    tx.count();
    tx.system.log(&text::join(&["set value ", &key.path, "\\", name]));
    Ok(())
}

/// Removes a value, and its key when nothing is left in it.
pub fn remove_value<S: System>(tx: &mut Transaction<'_, S>, key: &Key, name: &str) -> Outcome<()> {
    let old = tx.system.value_get(key, name)?;
    if old.is_some() {
        tx.will(&[Undo::Value(key.clone(), String::from(name), old)])?;
        tx.system.value_remove(key, name)?;
        tx.count();
        tx.system.log(&text::join(&["removed value ", &key.path, "\\", name]));
    }
    prune(tx, key)
}

/// Removes a value, or (`None`) a key with all that is below it.
pub fn remove<S: System>(tx: &mut Transaction<'_, S>, key: &Key, name: Option<&str>) -> Outcome<()> {
    if let Some(name) = name {
        return remove_value(tx, key, name);
    }
    if !tx.system.key_exists(key)? {
        return Ok(());
    }
    let mut keys = Vec::from([key.clone()]);
    let mut next = 0;
    while let Some(parent) = keys.get(next).cloned() {
        for name in tx.system.key_subkeys(&parent)? {
            keys.push(Key { path: text::join(&[&parent.path, "\\", &name]), ..parent.clone() });
        }
        next += 1;
    }
    // The deepest first, as they are found last.
    for key in keys.iter().rev() {
        let names = tx.system.key_values(key)?;
        let mut records = Vec::from([Undo::CreateKey(key.clone())]);
        for name in &names {
            let old = tx.system.value_get(key, name)?;
            records.push(Undo::Value(key.clone(), name.clone(), old));
        }
        tx.will(&records)?;
        for name in &names {
            tx.system.value_remove(key, name)?;
        }
        tx.system.key_remove_empty(key)?;
    }
    tx.count();
    tx.system.log(&text::join(&["removed key ", &key.path]));
    registry::parent(key).map_or(Ok(()), |parent| prune(tx, &parent))
}

/// Removes a key and those above it while they are empty and not Windows' own.
pub fn prune<S: System>(tx: &mut Transaction<'_, S>, key: &Key) -> Outcome<()> {
    let mut level = Some(key.clone());
    while let Some(key) = level {
        if registry::is_well_known(&key) || !tx.system.key_exists(&key)? {
            return Ok(());
        }
        if !tx.system.key_values(&key)?.is_empty() || !tx.system.key_subkeys(&key)?.is_empty() {
            return Ok(());
        }
        let of = Securable::Key(key.clone());
        match tx.system.rights(&of)? {
            Some(now) if sddl::is_own(&now) => {
                // Undone in reverse: the key, then its rights.
                tx.will(&[Undo::Rights(of, sddl::own(&now)), Undo::CreateKey(key.clone())])?;
            }
            _ => tx.will(&[Undo::CreateKey(key.clone())])?,
        }
        if !tx.system.key_remove_empty(&key)? {
            return Ok(());
        }
        tx.system.log(&text::join(&["removed key ", &key.path]));
        level = registry::parent(&key);
    }
    Ok(())
}
