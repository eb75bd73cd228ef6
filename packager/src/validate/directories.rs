//! Where the directories of a package are.
//!
//! <https://learn.microsoft.com/windows/win32/msi/using-the-directory-table>

use std::collections::HashMap;

use crate::formats::msidb::{Database, Value};

/// How far up a chain of parents is followed: Windows paths have at most 260 characters, so at most 130 parts.
const MAX_DEPTH: usize = 130;

/// The `Directory` table.
pub struct Directories<'a> {
    rows: HashMap<&'a str, (Option<&'a str>, &'a str)>,
}

impl<'a> Directories<'a> {
    pub(super) fn new(database: &'a Database) -> Self {
        let rows = database.rows("Directory").iter().filter_map(|row| {
            let key = row.first()?.as_str()?;
            let parent = row.get(1).and_then(Value::as_str).filter(|parent| *parent != key);
            Some((key, (parent, row.get(2).and_then(Value::as_str).unwrap_or(""))))
        });
        Self { rows: rows.collect() }
    }

    /// Whether the table has it.
    #[must_use]
    pub fn has(&self, directory: &str) -> bool {
        self.rows.contains_key(directory)
    }

    /// It and all directories above it, innermost first. Ends early when the chain does not.
    pub fn chain<'s>(&'s self, directory: &'s str) -> impl Iterator<Item = &'s str> + use<'s, 'a> {
        std::iter::successors(Some(directory), |key| self.rows.get(key)?.0).take(MAX_DEPTH)
    }

    /// The first in the chain that is one of these: what decides where the directory is.
    #[must_use]
    pub fn under<'s>(&'s self, directory: &'s str, roots: &[&str]) -> Option<&'s str> {
        self.chain(directory).find(|key| roots.contains(key))
    }

    /// Whether it is in a user's profile: below a folder there, and not below one that is not.
    #[must_use]
    pub fn in_profile(&self, directory: &str) -> bool {
        self.chain(directory).find(|key| super::standard::is_system_folder(key)).is_some_and(|key| {
            super::standard::USER_FOLDERS.contains(&key) || super::standard::EITHER_FOLDERS.contains(&key)
        })
    }

    /// The path on the target, by long or short names, from a standard folder or a root on; lower case.
    #[must_use]
    pub fn target(&self, directory: &str, long: bool) -> String {
        let mut parts = Vec::new();
        for key in self.chain(directory) {
            let Some((parent, default)) = self.rows.get(key) else {
                parts.push(key.to_owned());
                break;
            };
            if parent.is_none() || super::standard::is_system_folder(key) {
                parts.push(key.to_owned());
                break;
            }
            let target = default.split(':').next().unwrap_or("");
            let name = name(target, long);
            if name != "." {
                parts.push(name.to_lowercase());
            }
        }
        parts.reverse();
        parts.join("\\")
    }
}

/// The long or the short part of `short|long`.
#[must_use]
pub fn name(text: &str, long: bool) -> &str {
    match text.split_once('|') {
        Some((short, name)) => {
            if long {
                name
            } else {
                short
            }
        }
        None => text,
    }
}
