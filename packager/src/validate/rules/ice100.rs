//! ICE100: an embedded user interface is one library, and one chainer runs.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice-100>

use std::collections::HashSet;

use crate::validate::{Place, Report, View};

/// msidbEmbeddedUI: the library of the user interface.
/// <https://learn.microsoft.com/windows/win32/msi/msiembeddedui-table>
const EMBEDDED_UI: i32 = 1;

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let mut library = None;
    let mut names = HashSet::new();
    for row in view.rows("MsiEmbeddedUI") {
        let filtered = row.bits("MessageFilter") != 0;
        if row.bits("Attributes") & EMBEDDED_UI != 0 {
            if let Some(other) = library.replace(row.first()) {
                report.error(
                    Place::field(&row, "Attributes"),
                    format!("`{other}` is the library of the user interface already"),
                );
            }
            if !filtered {
                let why = "the library of the user interface asks for no messages";
                report.error(Place::field(&row, "MessageFilter"), why);
            }
        } else if filtered {
            let why = "only the library of the user interface gets messages";
            report.error(Place::field(&row, "MessageFilter"), why);
        }
        let name = row.text("FileName");
        if !names.insert(name.to_lowercase()) {
            report.error(Place::field(&row, "FileName"), format!("another row has the file `{name}`"));
        }
    }
    let chainers = view.rows("MsiEmbeddedChainer").count();
    if chainers > 1 {
        report.warning(
            Place::table("MsiEmbeddedChainer"),
            format!("it has {chainers} rows; the conditions have to let no more than one run"),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::formats::msidb::{ColumnType, Row};
    use crate::row;
    use crate::validate::testing::{found, own_table};

    const NAME: ColumnType = ColumnType::Str(72);

    fn embedded(rows: Vec<Row>) -> Vec<String> {
        let columns = [
            ("MsiEmbeddedUI", NAME),
            ("FileName", NAME),
            ("Attributes", ColumnType::Short),
            ("MessageFilter", ColumnType::Long),
        ];
        found("ICE100", |db| own_table(db, "MsiEmbeddedUI", 1, &columns, rows))
    }

    #[test]
    fn ice100() {
        let (dll, text) = (row!["a", "ui.dll", 3, 512], row!["b", "text.dll", 0, 0]);
        assert!(embedded(vec![dll.clone(), text.clone()]).is_empty());
        assert_eq!(embedded(vec![dll, row!["b", "other.dll", 1, 512]]), ["error MsiEmbeddedUI b Attributes"]);
        assert_eq!(embedded(vec![row!["a", "ui.dll", 1, 0]]), ["error MsiEmbeddedUI a MessageFilter"]);
        assert_eq!(embedded(vec![row!["b", "t.dll", 0, 2]]), ["error MsiEmbeddedUI b MessageFilter"]);
        assert_eq!(embedded(vec![text, row!["c", "TEXT.dll", 0, 0]]), ["error MsiEmbeddedUI c FileName"]);

        let chainers = |names: &[&str]| {
            let rows = names.iter().map(|&name| row![name]).collect();
            found("ICE100", |db| {
                own_table(db, "MsiEmbeddedChainer", 1, &[("MsiEmbeddedChainer", NAME)], rows)
            })
        };
        assert!(chainers(&["a"]).is_empty());
        assert_eq!(chainers(&["a", "b"]), ["warning MsiEmbeddedChainer"]);
    }
}
