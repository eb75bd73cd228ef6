//! ICE55: what permissions are set on is there, and so are the permissions.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice55>

use std::collections::{HashMap, HashSet};

use crate::validate::{Place, Report, View};

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let mut keys: HashMap<&str, HashSet<&str>> = HashMap::new();
    for row in view.rows("LockPermissions") {
        let (table, object) = (row.text("Table"), row.text("LockObject"));
        let there = keys.entry(table).or_insert_with(|| view.rows(table).map(|row| row.first()).collect());
        if !there.contains(object) {
            let why = format!("there is no `{object}` in the table `{table}`");
            report.error(Place::field(&row, "LockObject"), why);
        }
        if !row.is_set("Permission") {
            report.error(Place::field(&row, "Permission"), "it gives no permission");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::formats::msidb::Value;
    use crate::row;
    use crate::validate::testing::{add, found};

    #[test]
    fn ice55() {
        let lock = |object: &str, table: &str, permission: Value| {
            let row = row![object, table, "", "guest", permission];
            found("ICE55", |db| add(db, "LockPermissions", row))
        };
        let place = "LockPermissions exe.File..guest";
        assert!(lock("exe", "File", Value::Int(1)).is_empty());
        assert!(lock("DataDir", "CreateFolder", Value::Int(1)).is_empty());
        assert_eq!(lock("exe", "File", Value::Null), [format!("error {place} Permission")]);
        assert_eq!(lock("no", "File", Value::Int(1)), ["error LockPermissions no.File..guest LockObject"]);
        assert_eq!(lock("exe", "Nowhere", Value::Int(1)).len(), 1);
    }
}
