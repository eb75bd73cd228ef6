//! ICE24: product code, upgrade code, version and language are of their kind.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice24>

use crate::formats::msidb::Category;
use crate::validate::{Place, Report, View};

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    for property in view.rows("Property") {
        let value = property.text("Value");
        let why = match property.first() {
            "ProductCode" | "UpgradeCode" if !Category::Guid.accepts(value) => {
                "is no GUID in braces and capitals"
            }
            "ProductVersion" if product_version(value).is_none() => "is no version of at most 255.255.65535",
            "ProductLanguage" if value.parse::<u16>().is_err() => "is no language id",
            _ => continue,
        };
        report.error(Place::field(&property, "Value"), format!("`{value}` {why}"));
    }
}

/// The three numbers of a product version that count. A fourth may follow.
/// <https://learn.microsoft.com/windows/win32/msi/productversion>
pub(super) fn product_version(text: &str) -> Option<[u16; 3]> {
    if !Category::Version.accepts(text) {
        return None;
    }
    let mut numbers = text.split('.').map(|part| part.parse::<u16>().unwrap_or(0));
    let version = [numbers.next()?, numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)];
    (version[0] <= 255 && version[1] <= 255).then_some(version)
}

#[cfg(test)]
mod tests {
    use crate::validate::testing::{found, set};

    #[test]
    fn ice24() {
        for (name, bad) in [
            ("ProductCode", "{0123abcd-4567-89EF-0123-456789ABCDEF}"),
            ("UpgradeCode", "0123ABCD"),
            ("ProductVersion", "256.0.0"),
            ("ProductVersion", "1.x"),
            ("ProductVersion", "1.0.65536"),
            ("ProductLanguage", "en"),
        ] {
            let findings = found("ICE24", |db| set(db, "Property", name, "Value", bad));
            assert_eq!(findings, [format!("error Property {name} Value")], "{bad}");
        }
        assert!(
            found("ICE24", |db| set(db, "Property", "ProductVersion", "Value", "255.255.65535.1")).is_empty()
        );
    }
}
