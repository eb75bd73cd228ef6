//! ICE61: rows of the Upgrade table do what they say.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice61>

use std::collections::HashSet;

use super::ice24::product_version;
use crate::validate::standard::is_public;
use crate::validate::{Place, Report, View};

/// The products are only detected.
const ONLY_DETECT: i32 = 0x2;
/// The highest version is itself looked for.
const MAX_INCLUSIVE: i32 = 0x200;

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let secure: HashSet<&str> = view.property("SecureCustomProperties").split(';').collect();
    let ours = product_version(view.property("ProductVersion"));
    let mut seen = HashSet::new();
    for upgrade in view.rows("Upgrade") {
        let property = upgrade.text("ActionProperty");
        let place = || Place::field(&upgrade, "ActionProperty");
        if !is_public(property) {
            report.error(place(), format!("`{property}` must not have small letters"));
        }
        if !secure.contains(property) {
            report.error(place(), format!("`{property}` must be in the SecureCustomProperties property"));
        }
        if !view.property(property).is_empty() {
            report.error(place(), format!("`{property}` must not be in the Property table"));
        }
        if !seen.insert(property) {
            report.error(place(), format!("`{property}` is used by another row"));
        }
        let version = |column: &str, report: &mut Report<'_>| {
            let text = upgrade.text(column);
            let version = product_version(text);
            if !text.is_empty() && version.is_none() {
                report.error(Place::field(&upgrade, column), format!("`{text}` is no product version"));
            }
            version
        };
        let (min, max) = (version("VersionMin", report), version("VersionMax", report));
        if let (Some(min), Some(max)) = (min, max)
            && max < min
        {
            report
                .error(Place::field(&upgrade, "VersionMax"), "the highest version is lower than the lowest");
        }
        let bits = upgrade.bits("Attributes");
        if upgrade.text("UpgradeCode") == view.property("UpgradeCode") && bits & ONLY_DETECT == 0 {
            let newer = match (max, ours) {
                (Some(max), Some(ours)) => max > ours || (max == ours && bits & MAX_INCLUSIVE != 0),
                _ => true,
            };
            if newer {
                report.warning(
                    Place::field(&upgrade, "VersionMax"),
                    "it also removes products of this version or a newer one",
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{add, found, set};

    #[test]
    fn ice61() {
        let code = "{1123ABCD-4567-89EF-0123-456789ABCDEF}";
        let old = format!("{code}..2.1.0..256");
        assert_eq!(
            found("ICE61", |db| set(db, "Property", "SecureCustomProperties", "Value", "NEWERFOUND")),
            [format!("error Upgrade {old} ActionProperty")]
        );
        assert_eq!(
            found("ICE61", |db| add(db, "Property", row!["OLDERFOUND", "x"])),
            [format!("error Upgrade {old} ActionProperty")]
        );
        assert_eq!(
            found("ICE61", |db| set(db, "Upgrade", &old, "Attributes", 0x300)),
            [format!("warning Upgrade {code}..2.1.0..768 VersionMax")]
        );
        assert_eq!(
            found("ICE61", |db| set(db, "Upgrade", &old, "VersionMax", "")),
            [format!("warning Upgrade {code}....256 VersionMax")]
        );
        assert_eq!(
            found("ICE61", |db| set(db, "Upgrade", &old, "VersionMin", "2.2")),
            [format!("error Upgrade {code}.2.2.2.1.0..256 VersionMax")]
        );
        assert_eq!(
            found("ICE61", |db| set(db, "Upgrade", &old, "VersionMin", "300.0")),
            [format!("error Upgrade {code}.300.0.2.1.0..256 VersionMin")]
        );
        assert_eq!(found("ICE61", |db| set(db, "Upgrade", &old, "ActionProperty", "NEWERFOUND")).len(), 1);
        // Small letters, and so not the name that is listed.
        assert_eq!(found("ICE61", |db| set(db, "Upgrade", &old, "ActionProperty", "olderFOUND")).len(), 2);
    }
}
