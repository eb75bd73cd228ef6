//! ICE32: a key and what refers to it are columns of the same type and width.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice32>

use crate::validate::{Place, Report, View};

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let column = |table: &str, index: usize| view.database().get(table)?.columns().get(index);
    for rule in view.rows("_Validation") {
        let (table, name) = (rule.text("Table"), rule.text("Column"));
        let Some(number) = rule.int("KeyColumn").and_then(|number| usize::try_from(number).ok()) else {
            continue;
        };
        let Some(index) = view.database().get(table).and_then(|table| table.column(name)) else { continue };
        let Some(foreign) = column(table, index) else { continue };
        for other in rule.text("KeyTable").split(';') {
            let Some(key) = number.checked_sub(1).and_then(|index| column(other, index)) else { continue };
            if key.ty != foreign.ty {
                report.error(
                    Place { table: table.to_owned(), column: name.to_owned(), ..Place::default() },
                    format!("it refers to `{other}.{}`, a column of another type or width", key.name),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::formats::msidb::ColumnType;
    use crate::row;
    use crate::validate::testing::{add, found, own_table};

    #[test]
    fn ice32() {
        let refers = |ty: ColumnType| {
            found("ICE32", |db| {
                own_table(db, "Flap", 1, &[("File_", ty)], Vec::new());
                let row = row!["Flap", "File_", "N", "", "", "File", 1, "Identifier", "", ""];
                add(db, "_Validation", row);
            })
        };
        assert!(refers(ColumnType::Str(72)).is_empty());
        for other in [ColumnType::Str(32), ColumnType::Short] {
            assert_eq!(refers(other), ["error Flap File_"]);
        }
    }
}
