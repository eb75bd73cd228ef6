//! ICE101: names of features have at most 38 characters.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice-101>

use crate::validate::{Place, Report, View};

const MOST: usize = 38;

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    for feature in view.rows("Feature").filter(|feature| feature.first().chars().count() > MOST) {
        report.error(Place::row(&feature), format!("its name has more than {MOST} characters"));
    }
}

#[cfg(test)]
mod tests {
    use crate::validate::testing::{found, set};

    #[test]
    fn ice101() {
        let name = "x".repeat(39);
        assert_eq!(
            found("ICE101", |db| set(db, "Feature", "Main", "Feature", name.as_str())),
            [format!("error Feature {name}")]
        );
    }
}
