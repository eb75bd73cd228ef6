//! ICE74: there is an upgrade code, and FASTOEM is left to the command line.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice74>

use crate::validate::{Place, Report, View};

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    if !view.property("FASTOEM").is_empty() {
        report.error(Place::table("Property"), "FASTOEM must not be in the Property table");
    }
    match view.property("UpgradeCode") {
        "" => report
            .warning(Place::table("Property"), "UpgradeCode is missing, so the product cannot be upgraded"),
        "{00000000-0000-0000-0000-000000000000}" => {
            report.error(Place::table("Property"), "UpgradeCode is the null GUID");
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{add, found, remove, set};

    #[test]
    fn ice74() {
        assert_eq!(found("ICE74", |db| add(db, "Property", row!["FASTOEM", "1"])), ["error Property"]);
        assert_eq!(found("ICE74", |db| remove(db, "Property", "UpgradeCode")), ["warning Property"]);
        let null = "{00000000-0000-0000-0000-000000000000}";
        assert_eq!(
            found("ICE74", |db| set(db, "Property", "UpgradeCode", "Value", null)),
            ["error Property"]
        );
    }
}
