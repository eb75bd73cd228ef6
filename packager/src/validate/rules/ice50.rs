//! ICE50: icons of advertised shortcuts have the extension of what they start.
//!
//! The shell shows the menu of the icon file's type.
//! <https://learn.microsoft.com/windows/win32/msi/ice50>

use crate::validate::directories::name;
use crate::validate::{Place, Report, View};

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let components = view.by_key("Component");
    let files = view.by_key("File");
    let features = view.by_key("Feature");
    for shortcut in view.rows("Shortcut") {
        let icon = shortcut.text("Icon_");
        if icon.is_empty() || !features.contains_key(shortcut.text("Target")) {
            continue;
        }
        let shown = extension(icon);
        if shown == "exe" || shown == "ico" {
            continue;
        }
        let target = components
            .get(shortcut.text("Component_"))
            .and_then(|component| files.get(component.text("KeyPath")))
            .map(|file| extension(name(file.text("FileName"), true)));
        let place = Place::field(&shortcut, "Icon_");
        match target {
            Some(target) if target != shown => {
                report.error(
                    place,
                    format!("the icon `{icon}` has not the extension `{target}` of the target"),
                );
            }
            _ => report.warning(place, format!("the icon `{icon}` has neither the extension exe nor ico")),
        }
    }
}

fn extension(name: &str) -> String {
    name.rsplit_once('.').map_or("", |parts| parts.1).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use crate::validate::testing::{found, set};

    #[test]
    fn ice50() {
        let icon = |icon: &'static str, target: &'static str| {
            found("ICE50", |db| {
                set(db, "Shortcut", "s", "Target", target);
                set(db, "Shortcut", "s", "Component_", "exe");
                set(db, "Shortcut", "s", "Icon_", icon);
            })
        };
        assert!(icon("a.ico", "Main").is_empty());
        assert!(icon("a.exe", "Main").is_empty());
        assert!(icon("a.dat", "[INSTALLDIR]agent.exe").is_empty());
        assert_eq!(icon("a.dat", "Main"), ["error Shortcut s Icon_"]);
    }
}
