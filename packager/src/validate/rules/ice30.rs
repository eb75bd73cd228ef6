//! ICE30: no two components install the same file.
//!
//! Directories are compared as the Directory table has them, by long and by short names.
//! <https://learn.microsoft.com/windows/win32/msi/ice30>

use std::collections::HashMap;

use crate::validate::directories::name;
use crate::validate::{Place, Record, Report, Severity, View};

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let components = view.by_key("Component");
    for long in [true, false] {
        let mut directories: HashMap<&str, String> = HashMap::new();
        let mut targets: HashMap<(String, String), (Record<'_>, Record<'_>)> = HashMap::new();
        for file in view.rows("File") {
            let Some(&component) = components.get(file.text("Component_")) else { continue };
            let directory = component.text("Directory_");
            let folder =
                directories.entry(directory).or_insert_with(|| view.directories.target(directory, long));
            let target = (folder.clone(), name(file.text("FileName"), long).to_lowercase());
            let Some((other, owner)) = targets.get(&target) else {
                targets.insert(target, (file, component));
                continue;
            };
            if owner.first() == component.first() {
                continue;
            }
            let conditional = [owner, &component].map(|component| component.is_set("Condition"));
            let severity = if conditional == [true, true] { Severity::Warning } else { Severity::Error };
            report.add(
                severity,
                Place::row(&file),
                format!(
                    "with {} file names it is `{}\\{}`, as is file `{}` of component `{}`",
                    if long { "long" } else { "short" },
                    target.0,
                    target.1,
                    other.first(),
                    owner.first()
                ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::validate::testing::{found, set};

    #[test]
    fn ice30() {
        assert_eq!(
            found("ICE30", |db| set(db, "File", "txt", "FileName", "AGENT.EXE|read me.text")),
            ["error File txt"]
        );
        assert_eq!(found("ICE30", |db| set(db, "File", "txt", "FileName", "agent.exe")).len(), 2);
        let elsewhere = found("ICE30", |db| {
            set(db, "File", "txt", "FileName", "agent.exe");
            set(db, "Component", "txt", "Directory_", "DataDir");
        });
        assert!(elsewhere.is_empty());
        let conditional = found("ICE30", |db| {
            set(db, "File", "txt", "FileName", "agent.exe");
            set(db, "Component", "txt", "Condition", "A");
            set(db, "Component", "exe", "Condition", "NOT A");
        });
        assert_eq!(conditional, ["warning File txt", "warning File txt"]);
    }
}
