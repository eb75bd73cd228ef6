//! ICE18: an empty directory that is a key path is created.
//!
//! A component without a key path stands for its directory. Windows Installer removes directories that become empty,
//! so one that nothing is put in has to be in the CreateFolder table, or the component is repaired for ever.
//! <https://learn.microsoft.com/windows/win32/msi/ice18>

use std::collections::HashSet;

use crate::validate::{Place, Report, View};

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    // Component and directory of whatever puts or removes something there.
    let mut used: HashSet<(&str, &str)> = HashSet::new();
    for (table, column) in [
        ("CreateFolder", "Directory_"),
        ("RemoveFile", "DirProperty"),
        ("DuplicateFile", "DestFolder"),
        ("MoveFile", "DestFolder"),
    ] {
        used.extend(view.rows(table).map(|row| (row.text("Component_"), row.text(column))));
    }
    let files: HashSet<&str> = view.rows("File").map(|file| file.text("Component_")).collect();
    for component in view.rows("Component") {
        let directory = component.text("Directory_");
        if component.is_set("KeyPath") || files.contains(component.first()) {
            continue;
        }
        if !used.contains(&(component.first(), directory)) {
            report.error(
                Place::field(&component, "KeyPath"),
                format!(
                    "the directory `{directory}` is its key path, is empty, and not in the CreateFolder table"
                ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::validate::testing::{found, remove, set};

    #[test]
    fn ice18() {
        assert_eq!(
            found("ICE18", |db| remove(db, "CreateFolder", "DataDir.data")),
            ["error Component data KeyPath"]
        );
        assert_eq!(
            found("ICE18", |db| set(db, "Component", "reg", "KeyPath", "")),
            ["error Component reg KeyPath"]
        );
        assert!(found("ICE18", |db| set(db, "Component", "exe", "KeyPath", "")).is_empty());
    }
}
