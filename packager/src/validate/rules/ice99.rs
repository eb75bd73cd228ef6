//! ICE99: no directory has the name of one of Windows Installer's own properties.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice99>

use crate::validate::standard::PROPERTIES;
use crate::validate::{Place, Report, View};

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    for directory in view.rows("Directory").filter(|directory| PROPERTIES.contains(&directory.first())) {
        report.error(Place::row(&directory), "Windows Installer has a property of this name");
    }
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{add, found};

    #[test]
    fn ice99() {
        assert_eq!(
            found("ICE99", |db| add(db, "Directory", row!["CustomActionData", "INSTALLDIR", "x"])),
            ["error Directory CustomActionData"]
        );
    }
}
