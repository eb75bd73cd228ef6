//! The registry of the simulated machine.

use std::collections::BTreeMap;
use std::string::String;

use packager_shared::plan::{Key, Root, View};

use super::world::World;
use super::{NOT_FOUND, fail, lower};
use crate::system::{RegValue, Result};

/// A key's place in the registry of the simulated machine.
pub fn reg(key: &Key) -> String {
    let root = match key.root {
        Root::ClassesRoot => "HKCR",
        Root::CurrentUser => "HKCU",
        Root::LocalMachine => "HKLM",
        Root::Users => "HKU",
    };
    let view = if key.view == View::Bits64 { "64" } else { "32" };
    std::format!("{root}{view}\\{}", lower(&key.path))
}

impl World {
    pub(super) fn create_key(&mut self, key: &Key) -> Result<usize> {
        if self.registry.contains_key(&reg(key)) {
            return Ok(0);
        }
        self.mutate("create key", &key.path)?;
        let mut created = 0;
        let mut level = Some(key.clone());
        while let Some(key) = level {
            if self.registry.contains_key(&reg(&key)) {
                break;
            }
            self.registry.insert(reg(&key), BTreeMap::new());
            created += 1;
            level = crate::registry::parent(&key);
        }
        Ok(created)
    }

    pub(super) fn remove_empty_key(&mut self, key: &Key) -> Result<bool> {
        let name = reg(key);
        let prefix = std::format!("{name}\\");
        let used = self.registry.keys().any(|other| other.starts_with(&prefix));
        match self.registry.get(&name) {
            Some(values) if values.is_empty() && !used => {
                self.mutate("delete key", &key.path)?;
                self.registry.remove(&name);
                self.protected_keys.remove(&name);
                self.rights.remove(&name);
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    pub(super) fn set_value(&mut self, key: &Key, name: &str, value: &RegValue) -> Result<()> {
        self.mutate("set value", name)?;
        // What only some may read is never, not for a moment, where others can read it.
        let text = std::string::String::from_utf8_lossy(&value.bytes).replace('\0', "");
        let bare = !self.protected_keys.contains(&reg(key));
        if bare && !self.secret.is_empty() && text.contains(&self.secret) {
            self.leaks.push(std::format!("{}\\{name}", key.path));
        }
        match self.registry.get_mut(&reg(key)) {
            Some(values) => {
                values.insert(lower(name), value.clone());
                Ok(())
            }
            None => fail(NOT_FOUND, "set value", name),
        }
    }
}
