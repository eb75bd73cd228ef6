//! ICE38: a component in the user's profile has a registry value of the user as its key path.
//!
//! A file there says nothing about the other users of the machine.
//! <https://learn.microsoft.com/windows/win32/msi/ice38>

use crate::formats::msidb::Map;

use crate::validate::{Place, Record, Report, View};

const REGISTRY_KEY_PATH: i32 = 0x4;

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let values = view.by_key("Registry");
    for component in view.rows("Component") {
        if view.directories.in_profile(component.text("Directory_"))
            && let Err(why) = user_key_path(&component, &values)
        {
            let why = format!(
                "it is installed in the user's profile, so its key path has to be a value under HKCU; {why}"
            );
            report.error(Place::field(&component, "KeyPath"), why);
        }
    }
}

/// Whether the key path is a registry value of the user (HKCU, or -1: HKCU when installed per user).
pub(super) fn user_key_path(component: &Record<'_>, values: &Map<&str, Record<'_>>) -> Result<(), String> {
    let key_path = component.text("KeyPath");
    if component.bits("Attributes") & REGISTRY_KEY_PATH == 0 {
        return Err("it is a file or a directory".to_owned());
    }
    if key_path.is_empty() {
        return Err("it is empty".to_owned());
    }
    let Some(value) = values.get(key_path) else {
        return Err(format!("there is no registry row `{key_path}`"));
    };
    if !matches!(value.int("Root"), Some(-1 | 1)) {
        return Err(format!("the registry row `{key_path}` is not under HKCU"));
    }
    match value.text("Component_") {
        owner if owner == component.first() => Ok(()),
        owner => Err(format!("the registry row `{key_path}` belongs to component `{owner}`")),
    }
}

#[cfg(test)]
mod tests {
    use crate::validate::testing::{found, set};

    #[test]
    fn ice38() {
        let component = ["error Component menu KeyPath"];
        assert_eq!(found("ICE38", |db| set(db, "Component", "menu", "Attributes", 256)), component);
        assert_eq!(found("ICE38", |db| set(db, "Component", "menu", "KeyPath", "")), component);
        assert_eq!(found("ICE38", |db| set(db, "Component", "menu", "KeyPath", "reg")), component);
        assert_eq!(found("ICE38", |db| set(db, "Component", "menu", "KeyPath", "none")), component);
        assert_eq!(found("ICE38", |db| set(db, "Registry", "menu", "Component_", "reg")), component);
        assert!(found("ICE38", |db| set(db, "Registry", "menu", "Root", -1)).is_empty());
    }
}
