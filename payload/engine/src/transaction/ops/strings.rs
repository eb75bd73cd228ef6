//! Strings in a list (REG_MULTI_SZ) that others may have written, too.

use alloc::string::String;
use alloc::vec::Vec;

use packager_shared::exit::Exit;
use packager_shared::plan::Key;

use super::registry::{remove_value, set_value};
use crate::System;
use crate::failure::{Failure, Outcome};
use crate::registry;
use crate::transaction::Transaction;

/// The strings of a value; none when it is absent.
fn list<S: System>(tx: &mut Transaction<'_, S>, key: &Key, name: &str) -> Outcome<Vec<String>> {
    match tx.system.value_get(key, name)? {
        None => Ok(Vec::new()),
        Some(value) if value.kind == registry::MULTI_SZ => Ok(registry::as_strings(&value)),
        // Whatever it is, it is somebody's.
        Some(_) => Err(Failure::about(Exit::Failed, "this registry value is no list of strings", name)),
    }
}

/// Adds those that are not there.
pub fn apply<S: System>(
    tx: &mut Transaction<'_, S>,
    key: &Key,
    name: &str,
    strings: &[String],
    first: bool,
) -> Outcome<()> {
    let old = list(tx, key, name)?;
    let mut new: Vec<String> = strings.iter().filter(|string| !old.contains(string)).cloned().collect();
    if new.is_empty() {
        return Ok(());
    }
    let new = if first {
        new.extend(old);
        new
    } else {
        let mut all = old;
        all.extend(new);
        all
    };
    set_value(tx, key, name, &registry::strings(&new))
}

/// Takes them out again; the value goes when nothing is left in it.
pub fn remove<S: System>(
    tx: &mut Transaction<'_, S>,
    key: &Key,
    name: &str,
    strings: &[String],
) -> Outcome<()> {
    let Ok(old) = list(tx, key, name) else { return Ok(()) };
    let rest: Vec<String> = old.iter().filter(|string| !strings.contains(string)).cloned().collect();
    if rest.is_empty() {
        remove_value(tx, key, name)
    } else if rest != old {
        set_value(tx, key, name, &registry::strings(&rest))
    } else {
        Ok(())
    }
}
