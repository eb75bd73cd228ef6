//! ICE104: permissions stand in one of the two tables, and what they lock is there.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice-104>

use crate::validate::{Place, Report, View};

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    if view.rows("LockPermissions").next().is_some() && view.rows("MsiLockPermissionsEx").next().is_some() {
        report.error(Place::table("MsiLockPermissionsEx"), "a package cannot have LockPermissions, too");
    }
    for row in view.rows("MsiLockPermissionsEx") {
        let (table, object) = (row.text("Table"), row.text("LockObject"));
        if !view.rows(table).any(|locked| locked.first() == object) {
            report.error(
                Place::field(&row, "LockObject"),
                format!("there is no `{object}` in the table `{table}`"),
            );
        }
        if row.text("SDDLText").is_empty() {
            report.error(Place::field(&row, "SDDLText"), "it is no security descriptor");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{add, found};

    #[test]
    fn ice104() {
        let lock = |object: &str, table: &str| {
            let row = row!["l", object, table, "D:(A;;GA;;;BA)", ""];
            found("ICE104", |db| add(db, "MsiLockPermissionsEx", row))
        };
        assert!(lock("DataDir", "CreateFolder").is_empty());
        assert_eq!(lock("Nothing", "File"), ["error MsiLockPermissionsEx l LockObject"]);
    }
}
