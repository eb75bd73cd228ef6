//! ICE90: no shortcut is in a directory of the profile that a public property names.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice90>

use crate::validate::standard::is_public;
use crate::validate::{Place, Report, View};

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    for shortcut in view.rows("Shortcut") {
        let directory = shortcut.text("Directory_");
        if !directory.is_empty() && is_public(directory) && view.directories.in_profile(directory) {
            report.warning(
                Place::field(&shortcut, "Directory_"),
                format!(
                    "`{directory}` is a public property below a profile folder, which changes with ALLUSERS"
                ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{add, found, set};

    #[test]
    fn ice90() {
        let public = found("ICE90", |db| {
            add(db, "Directory", row!["MYDIR", "ProgramMenuFolder", "my"]);
            set(db, "Shortcut", "s", "Directory_", "MYDIR");
        });
        assert_eq!(public, ["warning Shortcut s Directory_"]);
        assert!(found("ICE90", |db| set(db, "Shortcut", "s", "Directory_", "INSTALLDIR")).is_empty());
    }
}
