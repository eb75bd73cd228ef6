//! ICE62: isolated components are of files, counted, and there when their program is.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice62>

use std::collections::{HashMap, HashSet};

use crate::validate::{Place, Report, View};

/// The key path is a registry value, or an ODBC data source.
const NO_FILE: i32 = 0x4 | 0x20;
const SHARED_DLL_REF_COUNT: i32 = 0x8;
/// Features have at most 16 levels.
const DEEPEST: usize = 16;

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let components = view.by_key("Component");
    let features = view.by_key("Feature");
    let mut of_component: HashMap<&str, HashSet<&str>> = HashMap::new();
    for row in view.rows("FeatureComponents") {
        of_component.entry(row.text("Component_")).or_default().insert(row.text("Feature_"));
    }
    let mut programs: HashMap<(&str, &str), usize> = HashMap::new();
    let directory = |program: &str| components.get(program).map_or("", |row| row.text("Directory_"));
    for row in view.rows("IsolatedComponent") {
        let (shared, program) = (row.text("Component_Shared"), row.text("Component_Application"));
        *programs.entry((shared, directory(program))).or_default() += 1;
    }
    for row in view.rows("IsolatedComponent") {
        let (shared, program) = (row.text("Component_Shared"), row.text("Component_Application"));
        let place = |column| Place::field(&row, column);
        if let Some(component) = components.get(program)
            && (component.bits("Attributes") & NO_FILE != 0 || !component.is_set("KeyPath"))
        {
            report.error(place("Component_Application"), "the program's key path is no file");
        }
        if let Some(component) = components.get(shared) {
            if component.bits("Attributes") & SHARED_DLL_REF_COUNT == 0 {
                report.error(
                    place("Component_Shared"),
                    "the shared component has no count of its users (bit 8)",
                );
            }
            if component.is_set("Condition") {
                let why = "the shared component has a condition, which must never become false after the first install";
                report.warning(place("Component_Shared"), why);
            }
        }
        let none = HashSet::new();
        let of_shared = of_component.get(shared).unwrap_or(&none);
        for feature in of_component.get(program).unwrap_or(&none) {
            let parent = |feature: &&str| features.get(*feature).map(|row| row.text("Feature_Parent"));
            let mut chain = std::iter::successors(Some(*feature), parent).take(DEEPEST);
            if !chain.any(|feature| of_shared.contains(feature)) {
                let why =
                    format!("feature `{feature}` installs the program, and not always the shared component");
                report.error(place("Component_Shared"), why);
            }
        }
        if programs.get(&(shared, directory(program))).is_some_and(|count| *count > 1) {
            let why = format!("another program in `{}` has the same shared component", directory(program));
            report.warning(place("Component_Application"), why);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::formats::msidb::Database;
    use crate::row;
    use crate::validate::testing::{add, found, set};

    fn isolated(change: impl FnOnce(&mut Database)) -> Vec<String> {
        found("ICE62", |db| {
            set(db, "Component", "txt", "Attributes", 256 + 8);
            add(db, "IsolatedComponent", row!["txt", "exe"]);
            change(db);
        })
    }

    #[test]
    fn ice62() {
        let shared = |severity: &str| vec![format!("{severity} IsolatedComponent txt.exe Component_Shared")];
        let program =
            |severity: &str| vec![format!("{severity} IsolatedComponent txt.exe Component_Application")];
        assert!(isolated(|_| ()).is_empty());
        assert_eq!(isolated(|db| set(db, "Component", "txt", "Attributes", 256)), shared("error"));
        assert_eq!(isolated(|db| set(db, "Component", "txt", "Condition", "A")), shared("warning"));
        assert_eq!(isolated(|db| set(db, "Component", "exe", "KeyPath", "")), program("error"));
        assert_eq!(isolated(|db| set(db, "Component", "exe", "Attributes", 4)), program("error"));
        let other = |parent: &'static str| {
            isolated(|db| {
                add(db, "Feature", row!["Other", parent, "Other", "", 1, 1, "INSTALLDIR", 0]);
                add(db, "FeatureComponents", row!["Other", "exe"]);
            })
        };
        assert_eq!(other(""), shared("error"));
        assert!(other("Main").is_empty());
        let two = isolated(|db| {
            let id = "{3123ABCD-4567-89EF-0123-456789ABCDEF}";
            add(db, "Component", row!["two", id, "INSTALLDIR", 256, "", "exe"]);
            add(db, "FeatureComponents", row!["Main", "two"]);
            add(db, "IsolatedComponent", row!["txt", "two"]);
        });
        let again = "warning IsolatedComponent txt.two Component_Application".to_owned();
        assert_eq!(two, [program("warning"), vec![again]].concat());
    }
}
