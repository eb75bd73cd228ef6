//! ICE45: bits without a meaning are not set.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice45>; the bits are on the page of each table.

use crate::validate::{Place, Report, View};

/// Table, column, bits that mean something.
const BITS: [(&str, &str, i32); 11] = [
    ("BBControl", "Attributes", 0x00ff_ffff),
    ("Dialog", "Attributes", 0x0001_03ff),
    ("Feature", "Attributes", 0x3f),
    ("File", "Attributes", 0x7607),
    ("MoveFile", "Options", 0x1),
    ("ODBCDataSource", "Registration", 0x1),
    ("RemoveFile", "InstallMode", 0x3),
    ("ServiceControl", "Event", 0xbb),
    ("ServiceInstall", "ServiceType", 0x0133),
    ("ServiceInstall", "ErrorControl", 0x8003),
    ("TextStyle", "StyleBits", 0xf),
];

/// Bits that mean nothing in any control.
const CONTROL_RESERVED: i32 = 0x7f00_0000;

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    for (table, column, meaning) in BITS {
        for row in view.rows(table) {
            let reserved = row.bits(column) & !meaning;
            if reserved != 0 {
                report.error(Place::field(&row, column), format!("the reserved bits {reserved:#x} are set"));
            }
        }
    }
    for control in view.rows("Control") {
        let reserved = control.bits("Attributes") & CONTROL_RESERVED;
        if reserved != 0 {
            report.warning(
                Place::field(&control, "Attributes"),
                format!("the reserved bits {reserved:#x} are set"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{add, found, set};

    #[test]
    fn ice45() {
        assert_eq!(
            found("ICE45", |db| set(db, "File", "exe", "Attributes", 128)),
            ["error File exe Attributes"]
        );
        assert_eq!(
            found("ICE45", |db| set(db, "ServiceControl", "svc", "Event", 4)),
            ["error ServiceControl svc Event"]
        );
        let control = row!["D", "C", "Text", 0, 0, 1, 1, 0x0100_0000, "", "", "", ""];
        assert_eq!(found("ICE45", |db| add(db, "Control", control)), ["warning Control D.C Attributes"]);
    }
}
