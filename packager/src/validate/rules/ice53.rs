//! ICE53: no registry row writes what Windows Installer keeps for itself, or its policies.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice53>

use crate::validate::{Place, Report, View};

/// Keys below which Windows Installer keeps its data and finds its policies, under HKLM and HKCU.
const KEYS: [&str; 4] = [
    r"software\classes\installer",
    r"software\microsoft\installer",
    r"software\microsoft\windows\currentversion\installer",
    r"software\policies\microsoft\windows\installer",
];
/// The same under HKCR.
const CLASSES: [&str; 1] = ["installer"];

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    for value in view.rows("Registry") {
        let key = value.text("Key").to_lowercase();
        let keys: &[&str] = if value.int("Root") == Some(0) { &CLASSES } else { &KEYS };
        let below = |parent: &str| {
            key.strip_prefix(parent).is_some_and(|rest| rest.is_empty() || rest.starts_with('\\'))
        };
        if keys.iter().any(|parent| below(parent)) {
            report.warning(
                Place::row(&value),
                "it writes what Windows Installer keeps for itself, or a policy of it",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::validate::testing::{found, set};

    #[test]
    fn ice53() {
        let key = |root: i32, key: &'static str| {
            found("ICE53", |db| {
                set(db, "Registry", "reg", "Root", root);
                set(db, "Registry", "reg", "Key", key);
            })
        };
        let warned = ["warning Registry reg"];
        assert_eq!(key(1, r"Software\Policies\Microsoft\Windows\Installer"), warned);
        assert_eq!(key(2, r"SOFTWARE\Microsoft\Windows\CurrentVersion\Installer\UserData"), warned);
        assert_eq!(key(0, r"Installer\Products"), warned);
        assert!(key(2, r"SOFTWARE\Microsoft\InstallerTools").is_empty());
        assert!(key(2, r"Installer").is_empty());
    }
}
