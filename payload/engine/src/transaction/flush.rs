//! The registry is forced to the disk before anything hangs on its being there: before the mark that commits, and
//! before the journal of a transaction that was rolled back goes. Windows writes it by itself some time later.
//!
//! So a journal with that mark needs nothing but cleaning up: all values that it tells of are on the disk.

use alloc::string::String;
use alloc::vec::Vec;

use packager_shared::path;
use packager_shared::plan::{Key, Root, View};

use super::undo::Undo;
use crate::System;
use crate::system::{Result, Securable};
use crate::text;

/// Keys of the hives that steps changed: one a hive.
pub fn hives(undo: &[Undo]) -> Vec<Key> {
    let mut out: Vec<Key> = Vec::new();
    for undo in undo {
        let (root, path) = match undo {
            Undo::RemoveKey(key, _)
            | Undo::CreateKey(key)
            | Undo::Value(key, ..)
            | Undo::Secret(key, ..)
            | Undo::Rights(Securable::Key(key), _) => (key.root, key.path.as_str()),
            Undo::DeleteService(_)
            | Undo::ChangeService(..)
            | Undo::CreateService(..)
            | Undo::Firewall(..) => (Root::LocalMachine, "SYSTEM"),
            Undo::Task(..) => (Root::LocalMachine, "SOFTWARE"),
            _ => continue,
        };
        let path = path.split('\\').next().unwrap_or_default();
        if !out.iter().any(|known| known.root == root && path::same(&known.path, path)) {
            out.push(Key { root, view: View::Bits64, path: String::from(path) });
        }
    }
    out
}

/// Forces hives to the disk.
pub fn hard<S: System>(system: &mut S, hives: &[Key]) -> Result<()> {
    hives.iter().try_for_each(|hive| system.registry_flush(hive))
}

/// The same; what fails is logged.
pub fn all<S: System>(system: &mut S, hives: &[Key]) {
    if let Err(error) = hard(system, hives) {
        system.log(&text::join(&["cannot force the registry to the disk: ", &error.on]));
    }
}
