//! ICE88: the directory of an .ini file is known.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice88>

use std::collections::HashSet;

use crate::validate::standard::is_system_folder;
use crate::validate::{Place, Report, View};

const SET_PROPERTY: i32 = 51;
const KIND: i32 = 0x3f;

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let mut known: HashSet<&str> = ["Directory", "AppSearch", "Property"]
        .iter()
        .flat_map(|table| view.rows(table))
        .map(|row| row.first())
        .collect();
    known.extend(
        view.rows("CustomAction")
            .filter(|action| action.bits("Type") & KIND == SET_PROPERTY)
            .map(|action| action.text("Source")),
    );
    for ini in view.rows("IniFile") {
        let directory = ini.text("DirProperty");
        if !directory.is_empty() && !known.contains(directory) && !is_system_folder(directory) {
            report.warning(Place::field(&ini, "DirProperty"), format!("nothing sets `{directory}`"));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{add, found};

    #[test]
    fn ice88() {
        let ini = |directory: &str| {
            found("ICE88", |db| add(db, "IniFile", row!["i", "a.ini", directory, "s", "k", "v", 0, "exe"]))
        };
        for known in ["INSTALLDIR", "FOUND_DIR", "WindowsFolder", ""] {
            assert!(ini(known).is_empty(), "{known}");
        }
        assert_eq!(ini("Nowhere"), ["warning IniFile i DirProperty"]);
    }
}
