//! ICE14: no feature is its own parent, and a root feature follows no parent.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice14>

use crate::validate::{Place, Report, View};

const FOLLOW_PARENT: i32 = 2;

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    for feature in view.rows("Feature") {
        let parent = feature.text("Feature_Parent");
        if parent == feature.first() {
            report.error(Place::field(&feature, "Feature_Parent"), "a feature cannot be its own parent");
        }
        if parent.is_empty() && feature.bits("Attributes") & FOLLOW_PARENT != 0 {
            report.error(
                Place::field(&feature, "Attributes"),
                "a root feature has no parent to follow (bit 2)",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::validate::testing::{found, set};

    #[test]
    fn ice14() {
        assert_eq!(
            found("ICE14", |db| set(db, "Feature", "Main", "Feature_Parent", "Main")),
            ["error Feature Main Feature_Parent"]
        );
        assert_eq!(
            found("ICE14", |db| set(db, "Feature", "Main", "Attributes", 2)),
            ["error Feature Main Attributes"]
        );
    }
}
