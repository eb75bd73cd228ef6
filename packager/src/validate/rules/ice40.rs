//! ICE40: REINSTALLMODE is not authored, and a part removed from an .ini file is named.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice40>

use crate::validate::{Place, Report, View};

/// Removes a part of a value.
const REMOVE_TAG: i32 = 4;

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    if !view.property("REINSTALLMODE").is_empty() {
        report
            .warning(Place::table("Property"), "REINSTALLMODE is authored; it is meant for the command line");
    }
    for row in view.rows("RemoveIniFile") {
        if row.bits("Action") == REMOVE_TAG && !row.is_set("Value") {
            report.warning(Place::field(&row, "Value"), "the part to remove is not named");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{add, found};

    #[test]
    fn ice40() {
        assert_eq!(
            found("ICE40", |db| add(db, "Property", row!["REINSTALLMODE", "amus"])),
            ["warning Property"]
        );
        assert_eq!(
            found("ICE40", |db| add(db, "RemoveIniFile", row!["r", "a.ini", "", "s", "k", "", 4, "exe"])),
            ["warning RemoveIniFile r Value"]
        );
    }
}
