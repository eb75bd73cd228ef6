//! ICE03: every field holds what `_Validation` allows, and every foreign key is there.
//!
//! Text longer than its column is a warning: Windows Installer itself does not mind.
//! <https://learn.microsoft.com/windows/win32/msi/ice03>

use crate::formats::msidb::{Problem, violations};
use crate::validate::{Place, Report, Severity, View};

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    for violation in violations(view.database()) {
        let severity = match violation.problem {
            Problem::TooLong(_) => Severity::Warning,
            _ => Severity::Error,
        };
        let value: String = violation.value.chars().take(120).collect();
        let message = match (violation.column.is_empty(), value.is_empty()) {
            (true, _) => violation.problem.to_string(),
            (false, true) => format!("`{}` {}", violation.column, violation.problem),
            (false, false) => format!("`{value}` {}", violation.problem),
        };
        let place = Place { table: violation.table, row: violation.row, column: violation.column };
        report.add(severity, place, message);
    }
}

#[cfg(test)]
mod tests {
    use crate::formats::msidb::Value;
    use crate::validate::testing::{found, remove, set};

    #[test]
    fn ice03() {
        assert_eq!(
            found("ICE03", |db| set(db, "File", "exe", "FileName", "long name.exe")),
            ["error File exe FileName"]
        );
        assert_eq!(
            found("ICE03", |db| set(db, "Property", "ALLUSERS", "Value", Value::Null)),
            ["error Property ALLUSERS Value"]
        );
        assert_eq!(found("ICE03", |db| remove(db, "Feature", "Main")).len(), 5);
        assert_eq!(found("ICE03", |db| remove(db, "_Validation", "File.FileName")), ["error File FileName"]);
        let long = "x".repeat(200);
        assert_eq!(
            found("ICE03", |db| set(db, "Feature", "Main", "Title", long)),
            ["warning Feature Main Title"]
        );
        assert!(found("ICE03", |db| drop(db.remove_table("_Validation"))).len() > 100);
    }
}
