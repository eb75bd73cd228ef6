//! ICE64: new directories in the user's profile are removed.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice64>

use std::collections::HashSet;

use crate::validate::standard::is_system_folder;
use crate::validate::{Place, Report, View};

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let removed: HashSet<&str> = view
        .rows("RemoveFile")
        .filter(|row| !row.is_set("FileName"))
        .map(|row| row.text("DirProperty"))
        .collect();
    for directory in view.rows("Directory") {
        let name = directory.first();
        if !is_system_folder(name) && view.directories.in_profile(name) && !removed.contains(name) {
            report.error(
                Place::row(&directory),
                "it is in the user's profile and not in the RemoveFile table, so it may stay behind",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::validate::testing::{found, remove};

    #[test]
    fn ice64() {
        assert_eq!(found("ICE64", |db| remove(db, "RemoveFile", "MenuDir")), ["error Directory MenuDir"]);
    }
}
