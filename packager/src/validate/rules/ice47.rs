//! ICE47: no feature has 1600 components or more.
//!
//! The page calls it an error in a sentence and a warning in its example, which says what it is about: Windows 95, 98
//! and Me. The page "FeatureComponents Table" has the limit without a reason.
//! <https://learn.microsoft.com/windows/win32/msi/ice47>

use crate::validate::{Place, Report, View};

const LIMIT: usize = 1600;

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let components = view.grouped("FeatureComponents", "Feature_");
    for feature in view.rows("Feature") {
        let count = components.get(feature.first()).map_or(0, Vec::len);
        if count >= LIMIT {
            report.warning(
                Place::row(&feature),
                format!("it has {count} components; Windows 95, 98 and Me take less than {LIMIT}"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::formats::msidb::Database;
    use crate::row;
    use crate::validate::testing::{add, found};

    #[test]
    fn ice47() {
        let with = |count: usize| {
            found("ICE47", |db: &mut Database| {
                let there = db.rows("FeatureComponents").len();
                for index in there..count {
                    add(db, "FeatureComponents", row!["Main", format!("c{index}")]);
                }
            })
        };
        assert!(with(super::LIMIT - 1).is_empty());
        assert_eq!(with(super::LIMIT), ["warning Feature Main"]);
    }
}
