//! ICE94: shortcuts to assemblies of the global cache are advertised.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice94>

use crate::validate::{Place, Report, View};

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let features = view.by_key("Feature");
    let assemblies = view.by_key("MsiAssembly");
    for shortcut in view.rows("Shortcut") {
        let global =
            assemblies.get(shortcut.text("Component_")).is_some_and(|row| !row.is_set("File_Application"));
        if global && !features.contains_key(shortcut.text("Target")) {
            let why = "it is not advertised and points to an assembly in the global assembly cache";
            report.warning(Place::field(&shortcut, "Target"), why);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{add, found, set};

    #[test]
    fn ice94() {
        let shortcut = |application: &'static str, target: &'static str| {
            found("ICE94", |db| {
                add(db, "MsiAssembly", row!["menu", "Main", "", application, ""]);
                set(db, "Shortcut", "s", "Target", target);
            })
        };
        assert_eq!(shortcut("", "[#exe]"), ["warning Shortcut s Target"]);
        assert!(shortcut("exe", "[#exe]").is_empty());
        assert!(shortcut("", "Main").is_empty());
    }
}
