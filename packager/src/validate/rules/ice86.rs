//! ICE86: conditions ask for Privileged, not for AdminUser.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice86>

use crate::formats::msidb::Category;
use crate::formats::msidb::condition;
use crate::validate::{Place, Report, View};

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    for (record, column, text) in view.texts(&[Category::Condition]) {
        if condition::parse(text).unwrap_or_default().iter().any(|symbol| symbol.name == "AdminUser") {
            report.warning(
                Place::field(&record, column),
                "it uses AdminUser; Privileged is mostly what is meant",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{add, found};

    #[test]
    fn ice86() {
        assert_eq!(
            found("ICE86", |db| add(db, "LaunchCondition", row!["AdminUser", "No."])),
            ["warning LaunchCondition AdminUser Condition"]
        );
    }
}
