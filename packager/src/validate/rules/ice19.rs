//! ICE19: what is advertised belongs to a component with a GUID and a key path that can be advertised.
//!
//! That is a file; for a shortcut it may be a directory, too. The page says "a directory" alone, and its example turns
//! down a registry value only. The tables are those of the page "ICE Reference".
//! <https://learn.microsoft.com/windows/win32/msi/ice19>

use crate::validate::{Place, Record, Report, View};

/// msidbComponentAttributesRegistryKeyPath and msidbComponentAttributesODBCDataSource: the key path is a row of
/// another table. <https://learn.microsoft.com/windows/win32/msi/component-table>
const NOT_A_FILE: i32 = 0x4 | 0x20;

#[derive(Clone, Copy, PartialEq)]
enum Needs {
    File,
    FileOrDirectory,
    Guid,
}

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let components = view.by_key("Component");
    let features = view.by_key("Feature");
    let mut look = |row: &Record<'_>, needs: Needs| {
        // ICE03 reports a component that is not there.
        let Some(component) = components.get(row.text("Component_")) else { return };
        let why = if component.text("ComponentId").is_empty() {
            "has no GUID"
        } else if needs != Needs::Guid && component.bits("Attributes") & NOT_A_FILE != 0 {
            "has a key path that is no file"
        } else if needs == Needs::File && component.text("KeyPath").is_empty() {
            "has its directory as its key path, not a file"
        } else {
            return;
        };
        let why = format!("it is advertised, and its component `{}` {why}", component.first());
        report.error(Place::field(row, "Component_"), why);
    };
    for table in ["Class", "Extension", "TypeLib"] {
        view.rows(table).for_each(|row| look(&row, Needs::File));
    }
    view.rows("PublishComponent").for_each(|row| look(&row, Needs::Guid));
    for shortcut in view.rows("Shortcut").filter(|row| features.contains_key(row.text("Target"))) {
        look(&shortcut, Needs::FileOrDirectory);
    }
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{GUID, add, found, set};

    #[test]
    fn ice19() {
        let extension =
            |component: &str| found("ICE19", |db| add(db, "Extension", row!["x", component, "", "", "Main"]));
        assert!(extension("exe").is_empty());
        for component in ["reg", "data"] {
            assert_eq!(extension(component), [format!("error Extension x.{component} Component_")]);
        }

        let shortcut = |component: &'static str| {
            found("ICE19", |db| {
                set(db, "Shortcut", "s", "Target", "Main");
                set(db, "Shortcut", "s", "Component_", component);
            })
        };
        assert!(shortcut("exe").is_empty() && shortcut("data").is_empty());
        assert_eq!(shortcut("reg"), ["error Shortcut s Component_"]);

        let published = |id: &'static str| {
            found("ICE19", |db| {
                add(db, "PublishComponent", row![GUID, "q", "reg", "", "Main"]);
                set(db, "Component", "reg", "ComponentId", id);
            })
        };
        assert!(published(GUID).is_empty());
        assert_eq!(published("").len(), 1);
    }
}
