//! ICE46: no property differs from another one in case alone.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice46>

use std::collections::HashMap;

use crate::formats::msidb::Category;
use crate::formats::msidb::condition::{self, SymbolKind};
use crate::formats::msidb::formatted::{self, Reference};
use crate::validate::standard::{EITHER_FOLDERS, MACHINE_FOLDERS, PROPERTIES, TARGETDIR_LIKE, USER_FOLDERS};
use crate::validate::{Place, Report, View};

const FORMATTED: [Category; 4] =
    [Category::Formatted, Category::Template, Category::RegPath, Category::Shortcut];

/// Names by their lower case, each with all its spellings.
#[derive(Default)]
struct Known<'a>(HashMap<String, Vec<&'a str>>);

impl<'a> Known<'a> {
    fn add(&mut self, name: &'a str) {
        let spellings = self.0.entry(name.to_ascii_lowercase()).or_default();
        if !spellings.contains(&name) {
            spellings.push(name);
        }
    }

    /// Another spelling, when this one is unknown.
    fn other(&self, name: &str) -> Option<&'a str> {
        let spellings = self.0.get(&name.to_ascii_lowercase())?;
        if spellings.contains(&name) { None } else { spellings.first().copied() }
    }
}

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let mut known = Known::default();
    for list in [PROPERTIES, TARGETDIR_LIKE, USER_FOLDERS, EITHER_FOLDERS, MACHINE_FOLDERS] {
        list.iter().for_each(|name| known.add(name));
    }
    for property in view.rows("Property") {
        if let Some(other) = known.other(property.first()) {
            report.warning(
                Place::row(&property),
                format!("it differs from the property `{other}` in case alone"),
            );
        }
        known.add(property.first());
    }
    for directory in view.rows("Directory") {
        known.add(directory.first());
    }
    for (record, column, text) in view.texts(&[Category::Condition]) {
        for symbol in condition::parse(text).unwrap_or_default() {
            if symbol.kind == SymbolKind::Property
                && let Some(other) = known.other(symbol.name)
            {
                report.warning(Place::field(&record, column), differs(symbol.name, other));
            }
        }
    }
    for (record, column, text) in view.texts(&FORMATTED) {
        for reference in formatted::references(text) {
            if let Reference::Property(name) = reference
                && let Some(other) = known.other(name)
            {
                report.warning(Place::field(&record, column), differs(name, other));
            }
        }
    }
}

fn differs(name: &str, other: &str) -> String {
    format!("the property `{name}` in it differs from `{other}` in case alone")
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{add, found, set};

    #[test]
    fn ice46() {
        assert_eq!(
            found("ICE46", |db| add(db, "Property", row!["Allusers", "1"])),
            ["warning Property Allusers"]
        );
        assert_eq!(
            found("ICE46", |db| set(db, "InstallExecuteSequence", "Do", "Condition", "NOT Remove")),
            ["warning InstallExecuteSequence Do Condition"]
        );
        assert_eq!(
            found("ICE46", |db| set(db, "Registry", "reg", "Value", "[InstallDir]")),
            ["warning Registry reg Value"]
        );
    }
}
