//! ICE25: merge modules that modules need are merged, and none that they cannot stand.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice25>; what languages and versions mean is on the pages
//! "ModuleDependency Table" and "ModuleExclusion Table". That a newer version fills a need, and that a module never
//! excludes itself, they do not say: both keep sound packages free of errors.

use crate::validate::{Place, Record, Report, View};

/// The part of a language id that is the language without its country.
const GROUP: i32 = 0x3ff;

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    for need in view.rows("ModuleDependency") {
        let (id, language) = (need.text("RequiredID"), need.bits("RequiredLanguage"));
        let least = need.text("RequiredVersion");
        let fits = |module: Record<'_>| {
            module.first() == id
                && (language == 0 || speaks(&module, language))
                && (least.is_empty() || version(module.text("Version")) >= version(least))
        };
        if !view.rows("ModuleSignature").any(fits) {
            report.error(
                Place::row(&need),
                format!("the module `{id}` is needed, in language {language} and version `{least}`"),
            );
        }
    }
    for row in view.rows("ModuleExclusion") {
        let (id, language) = (row.text("ExcludedID"), row.bits("ExcludedLanguage"));
        let (least, most) = (row.text("ExcludedMinVersion"), row.text("ExcludedMaxVersion"));
        for module in view.rows("ModuleSignature").filter(|module| module.first() == id) {
            let own = row.first() == id && row.int("ModuleLanguage") == module.int("Language");
            let language = match language {
                0 => false,
                1.. => speaks(&module, language),
                _ => !speaks(&module, language.saturating_neg()),
            };
            let found = version(module.text("Version"));
            let after = least.is_empty() || found >= version(least);
            let before = most.is_empty() || found <= version(most);
            if !own && language && after && before {
                report.error(Place::row(&row), format!("the module `{}` is excluded", module.key()));
            }
        }
    }
}

/// Whether a module is of a language, or of one in a group of languages.
fn speaks(module: &Record<'_>, language: i32) -> bool {
    let own = module.bits("Language");
    own == language || (language <= GROUP && own & GROUP == language)
}

/// The numbers of a version, which compare one by one. What is no number counts as 0.
fn version(text: &str) -> [u32; 4] {
    let mut numbers = [0; 4];
    for (number, part) in numbers.iter_mut().zip(text.split('.')) {
        *number = part.parse().unwrap_or(0);
    }
    numbers
}

#[cfg(test)]
mod tests {
    use crate::formats::msidb::{ColumnType, Database, Value};
    use crate::row;
    use crate::validate::testing::{found, own_table};

    const ID: ColumnType = ColumnType::Str(72);
    const LANGUAGE: ColumnType = ColumnType::Short;
    const VERSION: ColumnType = ColumnType::Str(32);

    fn modules(db: &mut Database) {
        let columns = [("ModuleID", ID), ("Language", LANGUAGE), ("Version", VERSION)];
        let rows = vec![row!["ModuleA", 0, "1.0"], row!["ModuleB", 1033, "1.0"]];
        own_table(db, "ModuleSignature", 2, &columns, rows);
    }

    fn needs(id: &str, language: i32, version: &str) -> usize {
        let columns = [
            ("ModuleID", ID),
            ("ModuleLanguage", LANGUAGE),
            ("RequiredID", ID),
            ("RequiredLanguage", LANGUAGE),
            ("RequiredVersion", VERSION),
        ];
        let row: Vec<Value> = row!["ModuleA", 0, id, language, version];
        let found = found("ICE25", |db| {
            modules(db);
            own_table(db, "ModuleDependency", 4, &columns, vec![row]);
        });
        found.len()
    }

    fn excludes(id: &str, language: i32, least: &str, most: &str) -> usize {
        let columns = [
            ("ModuleID", ID),
            ("ModuleLanguage", LANGUAGE),
            ("ExcludedID", ID),
            ("ExcludedLanguage", LANGUAGE),
            ("ExcludedMinVersion", VERSION),
            ("ExcludedMaxVersion", VERSION),
        ];
        let row: Vec<Value> = row!["ModuleA", 0, id, language, least, most];
        let found = found("ICE25", |db| {
            modules(db);
            own_table(db, "ModuleExclusion", 4, &columns, vec![row]);
        });
        found.len()
    }

    #[test]
    fn ice25() {
        assert!(found("ICE25", modules).is_empty());
        for (id, language, version, errors) in [
            ("ModuleX", 0, "2.0", 1),
            ("ModuleB", 0, "", 0),
            ("ModuleB", 9, "1.0", 0),
            ("ModuleB", 1033, "0.9.9", 0),
            ("ModuleB", 1031, "", 1),
            ("ModuleB", 1033, "1.0.1", 1),
        ] {
            assert_eq!(needs(id, language, version), errors, "{id} {language} {version}");
        }
        for (id, language, least, most, errors) in [
            ("ModuleB", 1033, "", "", 1),
            ("ModuleB", 9, "1.0", "", 1),
            ("ModuleB", -1031, "", "1.0", 1),
            ("ModuleB", 0, "", "", 0),
            ("ModuleB", -1033, "", "", 0),
            ("ModuleB", 1033, "1.1", "", 0),
            ("ModuleB", 1033, "", "0.9", 0),
            ("ModuleA", -1033, "", "", 0),
        ] {
            assert_eq!(excludes(id, language, least, most), errors, "{id} {language} {least} {most}");
        }
    }
}
