//! ICE43: a component with a shortcut in the user's profile has a registry value of the user as its key path.
//!
//! Only shortcuts that are not advertised: those point to a path and not to a feature.
//! <https://learn.microsoft.com/windows/win32/msi/ice43>

use std::collections::HashSet;

use super::ice38::user_key_path;
use crate::validate::{Place, Report, View};

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let components = view.by_key("Component");
    let values = view.by_key("Registry");
    let features = view.by_key("Feature");
    let mut seen = HashSet::new();
    for shortcut in view.rows("Shortcut") {
        let name = shortcut.text("Component_");
        let advertised = features.contains_key(shortcut.text("Target"));
        if advertised || !view.directories.in_profile(shortcut.text("Directory_")) || !seen.insert(name) {
            continue;
        }
        if let Some(component) = components.get(name)
            && let Err(why) = user_key_path(component, &values)
        {
            let why = format!(
                "it has shortcuts that are not advertised, so its key path has to be a value under HKCU; {why}"
            );
            report.error(Place::field(component, "KeyPath"), why);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::validate::testing::{found, set};

    #[test]
    fn ice43() {
        assert_eq!(
            found("ICE43", |db| set(db, "Shortcut", "s", "Component_", "exe")),
            ["error Component exe KeyPath"]
        );
        let advertised = found("ICE43", |db| {
            set(db, "Shortcut", "s", "Component_", "exe");
            set(db, "Shortcut", "s", "Target", "Main");
        });
        assert!(advertised.is_empty());
    }
}
