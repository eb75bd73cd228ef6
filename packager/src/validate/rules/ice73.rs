//! ICE73: package, product and upgrade code are not those of a sample of the Windows Installer SDK.
//!
//! Looked at are the codes that the page names and the range that it says is reserved; what else is in the original's
//! list is not published. <https://learn.microsoft.com/windows/win32/msi/ice73>

use crate::validate::{Place, Report, View};

const ORCA: &str = "{80F7E030-A751-11D2-A7D4-006097C99860}";
const MSISPY: &str = "{000C1101-0000-0000-C000-000000000047}";
/// What stands before and after the four digits that the samples differ in.
const RANGE: (&str, &str) = ("{8FC7", "-88A0-4B41-82B8-8905D4AA904C}");

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let mut look = |place: Place, code: &str| {
        let code = code.to_ascii_uppercase();
        let reserved = code.strip_prefix(RANGE.0).and_then(|rest| rest.strip_suffix(RANGE.1));
        if code == ORCA || code == MSISPY || reserved.is_some_and(|digits| digits.len() == 4) {
            report.warning(place, format!("`{code}` is the code of a sample of the Windows Installer SDK"));
        }
    };
    look(Place::summary("Revision Number"), &view.summary().revision);
    for property in view.rows("Property") {
        if matches!(property.first(), "ProductCode" | "UpgradeCode") {
            look(Place::field(&property, "Value"), property.text("Value"));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::validate::testing::{GUID, found, set};

    #[test]
    fn ice73() {
        let product =
            |code: &'static str| found("ICE73", |db| set(db, "Property", "ProductCode", "Value", code));
        assert_eq!(product(super::ORCA), ["warning Property ProductCode Value"]);
        assert!(product(GUID).is_empty());
        let upgrade =
            |code: &'static str| found("ICE73", |db| set(db, "Property", "UpgradeCode", "Value", code));
        assert_eq!(upgrade("{8FC70000-88A0-4b41-82B8-8905D4AA904C}"), ["warning Property UpgradeCode Value"]);
        assert!(upgrade("{8FC60000-88A0-4B41-82B8-8905D4AA904C}").is_empty());
        let package = found("ICE73", |db| db.summary.revision = super::MSISPY.into());
        assert_eq!(package, ["warning _SummaryInformation Revision Number"]);
    }
}
