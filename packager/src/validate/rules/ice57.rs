//! ICE57: a component is of the user or of the machine, not of both.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice57>

use std::collections::HashMap;

use crate::validate::{Place, Report, View};

const REGISTRY_KEY_PATH: i32 = 0x4;
/// HKCU when installed for a user, HKLM when installed for the machine.
const BY_CONTEXT: i32 = -1;
const HKCU: i32 = 1;

/// What a component has.
#[derive(Clone, Copy, Default)]
struct Data {
    user: bool,
    machine: bool,
    either: bool,
}

/// Whose the key path is.
enum KeyPath {
    User,
    Machine,
    Either,
}

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let components = view.by_key("Component");
    let features = view.by_key("Feature");
    let values = view.by_key("Registry");
    let mut data: HashMap<&str, Data> = HashMap::new();
    for value in view.rows("Registry") {
        let data = data.entry(value.text("Component_")).or_default();
        match value.int("Root") {
            Some(HKCU) => data.user = true,
            Some(BY_CONTEXT) => data.either = true,
            _ => data.machine = true,
        }
    }
    let place = |component: &str, directory: &str, data: &mut HashMap<&str, Data>| {
        if let Some(data) = data.get_mut(component) {
            if view.directories.in_profile(directory) { data.user = true } else { data.machine = true }
        }
    };
    for component in components.values() {
        data.entry(component.first()).or_default();
    }
    for file in view.rows("File") {
        if let Some(component) = components.get(file.text("Component_")) {
            place(component.first(), component.text("Directory_"), &mut data);
        }
    }
    for shortcut in view.rows("Shortcut").filter(|shortcut| !features.contains_key(shortcut.text("Target"))) {
        place(shortcut.text("Component_"), shortcut.text("Directory_"), &mut data);
    }
    for component in view.rows("Component").filter(|component| !component.is_set("KeyPath")) {
        place(component.first(), component.text("Directory_"), &mut data);
    }
    for component in view.rows("Component") {
        let Some(data) = data.get(component.first()) else { continue };
        let key_path = if component.bits("Attributes") & REGISTRY_KEY_PATH != 0 {
            match values.get(component.text("KeyPath")).and_then(|value| value.int("Root")) {
                Some(HKCU) => KeyPath::User,
                Some(BY_CONTEXT) => KeyPath::Either,
                _ => KeyPath::Machine,
            }
        } else if view.directories.in_profile(component.text("Directory_")) {
            KeyPath::User
        } else {
            KeyPath::Machine
        };
        let place = Place::row(&component);
        match key_path {
            KeyPath::Machine if data.user && data.machine => {
                report.error(
                    place,
                    "it has data of the user and of the machine, and a key path of the machine",
                );
            }
            KeyPath::User if data.user && data.machine => {
                report
                    .warning(place, "it has data of the user and of the machine, and a key path of the user");
            }
            KeyPath::Machine if data.either => {
                report.error(place, "it has registry rows by context (-1) and a key path of the machine");
            }
            KeyPath::Either if data.user => {
                report.error(place, "it has data of the user and a key path by context (-1)");
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{add, found, set};

    #[test]
    fn ice57() {
        let value = |component: &'static str, root: i32| {
            found("ICE57", |db| add(db, "Registry", row!["new", root, "Software\\A", "b", "c", component]))
        };
        assert_eq!(value("exe", 1), ["error Component exe"]);
        assert_eq!(value("menu", 2), ["warning Component menu"]);
        assert_eq!(value("exe", -1), ["error Component exe"]);
        assert!(value("exe", 2).is_empty());
        let by_context = found("ICE57", |db| set(db, "Registry", "menu", "Root", -1));
        assert_eq!(by_context, ["error Component menu"]);
    }
}
