//! ICE05: the properties that every package needs are there.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice05>

use crate::validate::{Place, Report, View};

const REQUIRED: [&str; 5] =
    ["Manufacturer", "ProductCode", "ProductLanguage", "ProductName", "ProductVersion"];

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    for name in REQUIRED {
        if view.property(name).is_empty() {
            report.error(Place::table("Property"), format!("the required property `{name}` is missing"));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::validate::testing::{found, remove};

    #[test]
    fn ice05() {
        assert_eq!(found("ICE05", |db| remove(db, "Property", "Manufacturer")), ["error Property"]);
        assert_eq!(found("ICE05", |db| drop(db.remove_table("Property"))).len(), 5);
    }
}
