//! What the actions of an MSI do with one secret: store it, take that back, forget what it was before.
//!
//! Their data is one text, `ROOT;VIEW;NO_ROLLBACK;LENGTH;KEY\NAME;SECRET`: the root's name, `32` or `64`, `1` where
//! Windows Installer keeps no way back, then key and value name with their length in UTF-16 units in front (each
//! may hold any character), and the secret, as it is. An empty secret is taken away.
//!
//! The value as it was stands beside the new one, in the same protected key, until the installation is settled.

use alloc::string::String;
use alloc::vec::Vec;

use packager_shared::plan::{Key, Root, View};

use crate::System;
use crate::registry;
use crate::system::{RegValue, Result};
use crate::text;

/// Starts the name of the value that holds what a secret was before. No setting's value has such a name.
pub const BEFORE: &str = "~before~";

/// REG_NONE: there was no value.
const ABSENT: u32 = 0;

/// The registry as the actions need it. Every [`System`] has it.
pub trait Keys {
    /// [`System::key_protect`]
    fn protect(&mut self, key: &Key) -> Result<usize>;
    /// [`System::key_exists`]
    fn exists(&mut self, key: &Key) -> Result<bool>;
    /// [`System::key_remove_empty`]
    fn remove_empty(&mut self, key: &Key) -> Result<bool>;
    /// [`System::value_get`]
    fn get(&mut self, key: &Key, name: &str) -> Result<Option<RegValue>>;
    /// [`System::value_set`]
    fn set(&mut self, key: &Key, name: &str, value: &RegValue) -> Result<()>;
    /// [`System::value_remove`]
    fn remove(&mut self, key: &Key, name: &str) -> Result<bool>;
}

impl<S: System> Keys for S {
    fn protect(&mut self, key: &Key) -> Result<usize> {
        self.key_protect(key)
    }

    fn exists(&mut self, key: &Key) -> Result<bool> {
        self.key_exists(key)
    }

    fn remove_empty(&mut self, key: &Key) -> Result<bool> {
        self.key_remove_empty(key)
    }

    fn get(&mut self, key: &Key, name: &str) -> Result<Option<RegValue>> {
        self.value_get(key, name)
    }

    fn set(&mut self, key: &Key, name: &str, value: &RegValue) -> Result<()> {
        self.value_set(key, name, value)
    }

    fn remove(&mut self, key: &Key, name: &str) -> Result<bool> {
        self.value_remove(key, name)
    }
}

/// What an action is about.
pub struct Job<'a> {
    key: Key,
    name: String,
    /// There will be no way back, and nobody who forgets.
    settled: bool,
    value: &'a str,
}

impl<'a> Job<'a> {
    /// Reads an action's data.
    pub fn parse(data: &'a str) -> Option<Self> {
        let (root, rest) = data.split_once(';')?;
        let (view, rest) = rest.split_once(';')?;
        let (settled, rest) = rest.split_once(';')?;
        let (length, rest) = rest.split_once(';')?;
        let mut units: usize = length.parse().ok()?;
        let mut end = 0;
        for c in rest.chars() {
            if units == 0 {
                break;
            }
            units = units.checked_sub(c.len_utf16())?;
            end += c.len_utf8();
        }
        let (place, value) = rest.split_at_checked(end).filter(|_| units == 0)?;
        let value = value.strip_prefix(';')?;
        let (path, name) = place.rsplit_once('\\')?;
        let root = match root {
            "HKLM" => Root::LocalMachine,
            "HKCU" => Root::CurrentUser,
            _ => return None,
        };
        let view = match view {
            "32" => View::Bits32,
            "64" => View::Bits64,
            _ => return None,
        };
        let key = Key { root, view, path: String::from(path) };
        Some(Self { key, name: String::from(name), settled: !settled.is_empty(), value })
    }

    fn before(&self) -> String {
        text::join(&[BEFORE, &self.name])
    }

    /// Stores the secret, and what it was before beside it.
    pub fn store<K: Keys>(&self, keys: &mut K) -> Result<()> {
        if self.value.is_empty() && !keys.exists(&self.key)? {
            return Ok(());
        }
        keys.protect(&self.key)?;
        if !self.settled {
            let old = keys.get(&self.key, &self.name)?;
            let old = old.unwrap_or(RegValue { kind: ABSENT, bytes: Vec::new() });
            keys.set(&self.key, &self.before(), &old)?;
        }
        if self.value.is_empty() {
            keys.remove(&self.key, &self.name)?;
        } else {
            keys.set(&self.key, &self.name, &registry::string(registry::SZ, self.value))?;
        }
        if self.settled { self.prune(keys) } else { Ok(()) }
    }

    /// Makes the secret what it was before. Nothing when it was not stored.
    pub fn restore<K: Keys>(&self, keys: &mut K) -> Result<()> {
        match keys.get(&self.key, &self.before())? {
            Some(old) if old.kind == ABSENT => {
                keys.remove(&self.key, &self.name)?;
            }
            Some(old) => {
                keys.protect(&self.key)?;
                keys.set(&self.key, &self.name, &old)?;
            }
            None => {}
        }
        self.forget(keys)
    }

    /// Forgets what the secret was before.
    pub fn forget<K: Keys>(&self, keys: &mut K) -> Result<()> {
        if keys.exists(&self.key)? {
            keys.remove(&self.key, &self.before())?;
        }
        self.prune(keys)
    }

    /// Removes the key and those above it while they are empty and not Windows' own.
    fn prune<K: Keys>(&self, keys: &mut K) -> Result<()> {
        let mut level = Some(self.key.clone());
        while let Some(key) = level {
            if registry::is_well_known(&key) || (keys.exists(&key)? && !keys.remove_empty(&key)?) {
                break;
            }
            level = registry::parent(&key);
        }
        Ok(())
    }
}
