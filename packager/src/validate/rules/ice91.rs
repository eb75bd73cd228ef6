//! ICE91: files, .ini files and shortcuts that only one user would get.
//!
//! Harmless when the package is only ever installed for one user.
//! <https://learn.microsoft.com/windows/win32/msi/ice91>

use crate::validate::standard::USER_FOLDERS;
use crate::validate::{Place, Report, View};

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let components = view.by_key("Component");
    let mut place = |row: &crate::validate::Record<'_>, column: &str, directory: &str| {
        if let Some(folder) = view.directories.under(directory, USER_FOLDERS) {
            report.warning(
                Place::field(row, column),
                format!("`{directory}` is below {folder}, which is one user's even if ALLUSERS is set"),
            );
        }
    };
    for file in view.rows("File") {
        if let Some(component) = components.get(file.text("Component_")) {
            place(&file, "Component_", component.text("Directory_"));
        }
    }
    for ini in view.rows("IniFile") {
        place(&ini, "DirProperty", ini.text("DirProperty"));
    }
    for shortcut in view.rows("Shortcut") {
        place(&shortcut, "Directory_", shortcut.text("Directory_"));
    }
}

#[cfg(test)]
mod tests {
    use crate::validate::testing::{found, set};

    #[test]
    fn ice91() {
        let user =
            found("ICE91", |db| set(db, "Directory", "INSTALLDIR", "Directory_Parent", "LocalAppDataFolder"));
        assert_eq!(user, ["warning File exe Component_", "warning File txt Component_"]);
        assert_eq!(
            found("ICE91", |db| set(db, "Shortcut", "s", "Directory_", "FavoritesFolder")),
            ["warning Shortcut s Directory_"]
        );
    }
}
