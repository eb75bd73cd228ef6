//! Secret settings: the key is protected first, then the value is in it. The way back holds the old value, and the
//! journal is in a folder of administrators and the system alone; the log has only names.

use alloc::string::String;

use packager_shared::plan::Key;

use super::registry;
use crate::System;
use crate::failure::Outcome;
use crate::system::RegValue;
use crate::text;
use crate::transaction::Transaction;
use crate::transaction::undo::Undo;

/// Makes a secret what it shall be; `None` takes it away, with its key when nothing else is in it.
pub fn apply<S: System>(
    tx: &mut Transaction<'_, S>,
    key: &Key,
    name: &str,
    value: Option<&RegValue>,
) -> Outcome<()> {
    let old = tx.system.value_get(key, name)?;
    let Some(value) = value else {
        if old.is_some() {
            tx.will(&[Undo::Secret(key.clone(), String::from(name), old)])?;
            tx.system.value_remove(key, name)?;
            tx.count();
            tx.system.log(&text::join(&["removed secret ", &key.path, "\\", name]));
        }
        return registry::prune(tx, key);
    };
    if old.as_ref() == Some(value) {
        // Somebody may have opened the key to others; that is put right, and nothing that would be undone.
        if !tx.system.key_is_protected(key)? {
            tx.system.key_protect(key)?;
            tx.system.log(&text::join(&["protected key ", &key.path]));
        }
        return Ok(());
    }
    let missing = registry::missing_levels(tx, key)?;
    let undo = Undo::Secret(key.clone(), String::from(name), old);
    if missing > 0 {
        tx.will(&[Undo::RemoveKey(key.clone(), missing), undo])?;
    } else {
        tx.will(&[undo])?;
    }
    tx.system.key_protect(key)?;
    tx.system.value_set(key, name, value)?;
    tx.count();
    tx.system.log(&text::join(&["set secret ", &key.path, "\\", name]));
    Ok(())
}
