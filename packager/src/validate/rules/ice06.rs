//! ICE06: what `_Validation` describes is there.
//!
//! Rows for tables that the package does not have do not matter.
//! <https://learn.microsoft.com/windows/win32/msi/ice06>

use crate::validate::{Place, Report, View};

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    for rule in view.rows("_Validation") {
        let column = rule.text("Column");
        let Some(table) = view.database().get(rule.text("Table")) else { continue };
        if table.column(column).is_none() {
            report.error(Place::row(&rule), format!("the table `{}` has no column `{column}`", table.name()));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::validate::testing::{found, set};

    #[test]
    fn ice06() {
        assert_eq!(
            found("ICE06", |db| set(db, "_Validation", "File.FileName", "Column", "Name")),
            ["error _Validation File.Name"]
        );
        assert!(found("ICE06", |db| drop(db.remove_table("File"))).is_empty());
    }
}
