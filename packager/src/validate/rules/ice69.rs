//! ICE69: formatted text refers to its own component.
//!
//! `[$component]` and `[#file]` are empty when that component is there already and not touched.
//! <https://learn.microsoft.com/windows/win32/msi/ice69>

use std::collections::{HashMap, HashSet};

use crate::formats::msidb::formatted::{self, Reference};
use crate::validate::{Place, Report, Severity, View};

/// Table and the formatted columns of it that are looked at.
const COLUMNS: [(&str, &[&str]); 9] = [
    ("Environment", &["Value"]),
    ("IniFile", &["Section", "Key", "Value"]),
    ("MsiServiceConfig", &["Argument"]),
    ("Registry", &["Key", "Name", "Value"]),
    ("RemoveIniFile", &["Section", "Key", "Value"]),
    ("RemoveRegistry", &["Key", "Name"]),
    ("ServiceControl", &["Name", "Arguments"]),
    ("ServiceInstall", &["Name", "DisplayName", "Arguments", "StartName", "Password"]),
    ("Shortcut", &["Target", "Arguments"]),
];

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let files = view.by_key("File");
    let mut features: HashMap<&str, HashSet<&str>> = HashMap::new();
    for row in view.rows("FeatureComponents") {
        features.entry(row.text("Component_")).or_default().insert(row.text("Feature_"));
    }
    for (table, columns) in COLUMNS {
        for row in view.rows(table) {
            let own = row.text("Component_");
            for column in columns {
                for reference in formatted::references(row.text(column)) {
                    let other = match reference {
                        Reference::Component(component) => component,
                        Reference::File(file) => match files.get(file) {
                            Some(file) => file.text("Component_"),
                            None => {
                                report
                                    .error(Place::field(&row, column), format!("there is no file `{file}`"));
                                continue;
                            }
                        },
                        _ => continue,
                    };
                    if other == own {
                        continue;
                    }
                    let same = match (features.get(own), features.get(other)) {
                        (Some(own), Some(other)) => own.intersection(other).next().is_some(),
                        _ => false,
                    };
                    let (severity, relation) =
                        if same { (Severity::Warning, "the same") } else { (Severity::Error, "another") };
                    report.add(
                        severity,
                        Place::field(&row, column),
                        format!(
                            "it belongs to component `{own}` and refers to `{other}` of {relation} feature"
                        ),
                    );
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::validate::testing::{found, remove, set};

    #[test]
    fn ice69() {
        let place = "Registry reg Value";
        assert_eq!(
            found("ICE69", |db| set(db, "Registry", "reg", "Value", "[$exe]")),
            [format!("warning {place}")]
        );
        assert_eq!(
            found("ICE69", |db| set(db, "Registry", "reg", "Value", "[#exe]")),
            [format!("warning {place}")]
        );
        assert_eq!(
            found("ICE69", |db| set(db, "Registry", "reg", "Value", "[#no]")),
            [format!("error {place}")]
        );
        assert!(found("ICE69", |db| set(db, "Registry", "reg", "Value", "[$reg]")).is_empty());
        let other = found("ICE69", |db| {
            set(db, "Registry", "reg", "Value", "[$exe]");
            remove(db, "FeatureComponents", "Main.exe");
        });
        assert_eq!(other, [format!("error {place}")]);
    }
}
