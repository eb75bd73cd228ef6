//! Environment variables. A value keeps the type it has; a new one is REG_EXPAND_SZ when it has a `%` in it.

use alloc::string::String;
use alloc::vec::Vec;

use packager_shared::path;
use packager_shared::plan::{EnvironmentAction, Key};

use super::registry::{remove_value, set_value};
use crate::System;
use crate::failure::Outcome;
use crate::registry::{self, EXPAND_SZ, SZ};
use crate::system::RegValue;
use crate::transaction::Transaction;

fn kind(old: Option<&RegValue>, text: &str) -> u32 {
    match old {
        Some(old) if matches!(old.kind, SZ | EXPAND_SZ) => old.kind,
        _ if text.contains('%') => EXPAND_SZ,
        _ => SZ,
    }
}

/// Whether a part of a `;` list is this one: case and a trailing backslash do not matter.
fn same_part(a: &str, b: &str) -> bool {
    let trim = |text: &str| String::from(text.trim().strip_suffix('\\').unwrap_or(text.trim()));
    path::same(&trim(a), &trim(b))
}

/// The list with one more part; `None` when it is there already.
fn with_part(list: &str, part: &str, first: bool) -> Option<String> {
    if list.split(';').any(|known| same_part(known, part)) {
        return None;
    }
    if list.is_empty() {
        return Some(String::from(part));
    }
    let mut out = String::from(if first { part } else { list });
    if !out.ends_with(';') {
        out.push(';');
    }
    out.push_str(if first { list } else { part });
    Some(out)
}

/// The list without a part.
fn without_part(list: &str, part: &str) -> String {
    let parts: Vec<&str> = list.split(';').filter(|known| !same_part(known, part)).collect();
    parts.join(";")
}

/// Makes the variable, or its part, what it shall be. Whether anything changed.
pub fn apply<S: System>(
    tx: &mut Transaction<'_, S>,
    key: &Key,
    name: &str,
    value: &str,
    action: EnvironmentAction,
) -> Outcome<bool> {
    let old = tx.system.value_get(key, name)?;
    let list = old.as_ref().and_then(registry::as_string).unwrap_or_default();
    let new = match action {
        EnvironmentAction::Set if old.is_some() && list == value => None,
        EnvironmentAction::Set => Some(String::from(value)),
        EnvironmentAction::Append => with_part(&list, value, false),
        EnvironmentAction::Prepend => with_part(&list, value, true),
    };
    let Some(new) = new else { return Ok(false) };
    set_value(tx, key, name, &registry::string(kind(old.as_ref(), &new), &new))?;
    Ok(true)
}

/// Removes the variable, or its part. Whether anything changed.
pub fn remove<S: System>(
    tx: &mut Transaction<'_, S>,
    key: &Key,
    name: &str,
    value: &str,
    action: EnvironmentAction,
) -> Outcome<bool> {
    let Some(old) = tx.system.value_get(key, name)? else { return Ok(false) };
    let list = registry::as_string(&old).unwrap_or_default();
    let rest = match action {
        EnvironmentAction::Set => String::new(),
        EnvironmentAction::Append | EnvironmentAction::Prepend => without_part(&list, value),
    };
    if rest.is_empty() {
        remove_value(tx, key, name)?;
    } else if rest != list {
        set_value(tx, key, name, &registry::string(old.kind, &rest))?;
    } else {
        return Ok(false);
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_added_once_and_taken_out_again() {
        assert_eq!(with_part("", "C:\\x", false).as_deref(), Some("C:\\x"));
        assert_eq!(with_part("a;b", "c", false).as_deref(), Some("a;b;c"));
        assert_eq!(with_part("a;", "c", false).as_deref(), Some("a;c"));
        assert_eq!(with_part("a", "c", true).as_deref(), Some("c;a"));
        assert_eq!(with_part("a;C:\\X\\", "c:\\x", false), None);
        assert_eq!(without_part("a;c:\\X;b", "C:\\x\\"), "a;b");
        assert_eq!(without_part("a", "a"), "");
    }
}
