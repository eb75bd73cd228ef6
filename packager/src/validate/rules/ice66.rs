//! ICE66: the package asks for a Windows Installer that knows the tables and columns it uses.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice66>; the versions are on the page of each table.

use crate::validate::{Place, Report, View};

/// Table, column (none: the table), version of Windows Installer times 100.
const SINCE: [(&str, &str, i32); 16] = [
    ("IsolatedComponent", "", 110),
    ("MsiAssembly", "", 150),
    ("MsiAssemblyName", "", 150),
    ("MsiFileHash", "", 150),
    ("MsiDigitalCertificate", "", 200),
    ("MsiDigitalSignature", "", 200),
    ("MsiPackageCertificate", "", 400),
    ("Shortcut", "DescriptionResourceDLL", 400),
    ("Shortcut", "DisplayResourceDLL", 400),
    ("CustomAction", "ExtendedType", 450),
    ("MsiEmbeddedChainer", "", 450),
    ("MsiEmbeddedUI", "", 450),
    ("MsiLockPermissionsEx", "", 500),
    ("MsiServiceConfig", "", 500),
    ("MsiServiceConfigFailureActions", "", 500),
    ("MsiShortcutProperty", "", 500),
];

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let schema = view.summary().page_count.unwrap_or(0);
    for (name, column, since) in SINCE {
        let Some(table) = view.database().get(name) else { continue };
        let used = if column.is_empty() { !table.rows().is_empty() } else { table.column(column).is_some() };
        if used && schema < since {
            let what = if column.is_empty() { String::new() } else { format!(" column `{column}` of the") };
            report.warning(
                Place { table: name.to_owned(), row: String::new(), column: column.to_owned() },
                format!("the{what} table `{name}` needs Windows Installer {since}, the package asks for {schema} (Page Count)"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{add, found};

    #[test]
    fn ice66() {
        let with_config = |version: i32| {
            found("ICE66", |db| {
                add(db, "MsiServiceConfig", row!["d", "AcmeAgent", 1, 3, "1", "exe"]);
                db.summary.page_count = Some(version);
            })
        };
        assert!(with_config(500).is_empty());
        assert_eq!(with_config(200), ["warning MsiServiceConfig"]);
    }
}
