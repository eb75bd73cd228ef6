//! ICE21: every component belongs to a feature.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice21>

use std::collections::HashSet;

use crate::validate::{Place, Report, View};

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let mapped: HashSet<&str> = view.rows("FeatureComponents").map(|row| row.text("Component_")).collect();
    for component in view.rows("Component").filter(|component| !mapped.contains(component.first())) {
        report.error(Place::row(&component), "it belongs to no feature, so it is never installed");
    }
}

#[cfg(test)]
mod tests {
    use crate::validate::testing::{found, remove};

    #[test]
    fn ice21() {
        assert_eq!(found("ICE21", |db| remove(db, "FeatureComponents", "Main.exe")), ["error Component exe"]);
    }
}
