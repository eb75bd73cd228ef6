//! ICE67: the target of a shortcut that is not advertised cannot move away from it.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice67>

use crate::formats::msidb::formatted::{self, Reference};
use crate::validate::{Place, Report, View};

/// Runs locally or from source, as is decided when it is installed.
const OPTIONAL: i32 = 2;

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let components = view.by_key("Component");
    let files = view.by_key("File");
    for shortcut in view.rows("Shortcut") {
        for reference in formatted::references(shortcut.text("Target")) {
            let owner = match reference {
                Reference::File(file) => files.get(file).map_or("", |file| file.text("Component_")),
                Reference::Component(component) => component,
                _ => continue,
            };
            let Some(component) = components.get(owner) else { continue };
            if owner != shortcut.text("Component_") && component.bits("Attributes") & 3 == OPTIONAL {
                report.warning(
                    Place::field(&shortcut, "Target"),
                    format!("its target is in component `{owner}`, which can run locally or from source"),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::validate::testing::{found, set};

    #[test]
    fn ice67() {
        let optional = found("ICE67", |db| {
            set(db, "Shortcut", "s", "Target", "[#exe]");
            set(db, "Component", "exe", "Attributes", 258);
        });
        assert_eq!(optional, ["warning Shortcut s Target"]);
        assert!(found("ICE67", |db| set(db, "Shortcut", "s", "Target", "[#exe]")).is_empty());
    }
}
