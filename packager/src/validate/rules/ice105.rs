//! ICE105: a package for the user or the machine, as the user chooses, does nothing that only an administrator may.
//!
//! Looked at are packages that say they are for both: ALLUSERS is 2 and MSIINSTALLPERUSER is there, as the page
//! "Single Package Authoring" describes. How much a finding weighs the page does not say.
//! <https://learn.microsoft.com/windows/win32/msi/ice-105>

use crate::validate::{Place, Report, View};

/// Folders of the machine.
const FOLDERS: [&str; 9] = [
    "AdminToolsFolder",
    "CommonAppDataFolder",
    "FontsFolder",
    "System16Folder",
    "System64Folder",
    "SystemFolder",
    "TempFolder",
    "WindowsFolder",
    "WindowsVolume",
];
/// msidbCustomActionTypeInScript with msidbCustomActionTypeNoImpersonate: with the rights of the system.
/// <https://learn.microsoft.com/windows/win32/msi/custom-action-security>
const ELEVATED: i32 = 0x400 | 0x800;
/// HKEY_LOCAL_MACHINE in the Registry table.
const MACHINE: i32 = 2;
/// msidbAssemblyAttributesWin32; every other assembly is one of the common language runtime.
const WIN32: i32 = 1;

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    if view.property("ALLUSERS") != "2" || view.property("MSIINSTALLPERUSER").is_empty() {
        return;
    }
    for row in view.rows("CustomAction").filter(|row| row.bits("Type") & ELEVATED == ELEVATED) {
        report.warning(Place::field(&row, "Type"), "it runs with the rights of the system");
    }
    for row in view.rows("Directory").filter(|row| FOLDERS.contains(&row.first())) {
        report.warning(Place::row(&row), "it is a folder of the machine");
    }
    for row in view.rows("MsiAssembly") {
        if row.text("File_Application").is_empty() && row.bits("Attributes") & WIN32 == 0 {
            report.warning(Place::row(&row), "it goes to the global assembly cache");
        }
    }
    for (table, what) in [("ODBCDataSource", "a data source"), ("ServiceInstall", "a service")] {
        for row in view.rows(table) {
            report.warning(Place::row(&row), format!("{what} is not of one user"));
        }
    }
    for row in view.rows("Registry").filter(|row| row.int("Root") == Some(MACHINE)) {
        report.warning(Place::field(&row, "Root"), "it is below HKEY_LOCAL_MACHINE");
    }
}

#[cfg(test)]
mod tests {
    use crate::formats::msidb::Database;
    use crate::row;
    use crate::validate::testing::{add, found, remove, set};

    fn both(db: &mut Database) {
        set(db, "Property", "ALLUSERS", "Value", "2");
        add(db, "Property", row!["MSIINSTALLPERUSER", "1"]);
        for action in ["Do", "Undo"] {
            set(db, "CustomAction", action, "Type", 18 + 0x400);
        }
        remove(db, "ServiceInstall", "svc");
        set(db, "Registry", "reg", "Root", -1);
    }

    #[test]
    fn ice105() {
        // A package of the machine may do all of it.
        assert!(found("ICE105", |_| {}).is_empty());
        let with = |change: fn(&mut Database)| {
            found("ICE105", |db| {
                both(db);
                change(db);
            })
        };
        assert!(with(|_| {}).is_empty());
        assert_eq!(
            with(|db| set(db, "CustomAction", "Do", "Type", 18 + 0xc00)),
            ["warning CustomAction Do Type"]
        );
        assert_eq!(
            with(|db| add(db, "Directory", row!["SystemFolder", "TARGETDIR", "System"])),
            ["warning Directory SystemFolder"]
        );
        assert_eq!(
            with(|db| add(db, "MsiAssembly", row!["exe", "Main", "exe", "", 0])),
            ["warning MsiAssembly exe"]
        );
        assert!(with(|db| add(db, "MsiAssembly", row!["exe", "Main", "exe", "exe", 0])).is_empty());
        assert_eq!(with(|db| set(db, "Registry", "reg", "Root", 2)), ["warning Registry reg Root"]);
        let service = row!["svc", "AcmeAgent", "", 16, 2, 1, "", "", "", "", "", "exe", ""];
        let installs = found("ICE105", |db| {
            both(db);
            add(db, "ServiceInstall", service);
        });
        assert_eq!(installs, ["warning ServiceInstall svc"]);
    }
}
