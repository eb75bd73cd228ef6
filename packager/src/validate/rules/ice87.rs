//! ICE87: properties that choose features are left to the command line.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice87>

use crate::validate::{Place, Report, View};

const COMMAND_LINE: [&str; 11] = [
    "ADDDEFAULT",
    "ADDLOCAL",
    "ADDSOURCE",
    "ADVERTISE",
    "COMPADDLOCAL",
    "COMPADDSOURCE",
    "FILEADDDEFAULT",
    "FILEADDLOCAL",
    "FILEADDSOURCE",
    "REINSTALL",
    "REMOVE",
];

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    for property in view.rows("Property").filter(|property| COMMAND_LINE.contains(&property.first())) {
        report.warning(Place::row(&property), "it should only be set on a command line");
    }
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{add, found};

    #[test]
    fn ice87() {
        assert_eq!(
            found("ICE87", |db| add(db, "Property", row!["ADDLOCAL", "ALL"])),
            ["warning Property ADDLOCAL"]
        );
    }
}
