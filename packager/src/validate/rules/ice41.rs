//! ICE41: classes and extensions belong to the feature that they name.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice41>

use std::collections::HashSet;

use crate::validate::{Place, Report, View};

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let mapped: HashSet<(&str, &str)> =
        view.rows("FeatureComponents").map(|row| (row.text("Feature_"), row.text("Component_"))).collect();
    for row in view.rows("Class").chain(view.rows("Extension")) {
        let (feature, component) = (row.text("Feature_"), row.text("Component_"));
        if !mapped.contains(&(feature, component)) {
            let why = format!("feature `{feature}` does not have component `{component}`");
            report.error(Place::row(&row), why);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{add, found};

    #[test]
    fn ice41() {
        let extension = |feature: &'static str| {
            found("ICE41", |db| {
                add(db, "Feature", row!["Other", "", "Other", "", 1, 1, "INSTALLDIR", 0]);
                add(db, "Extension", row!["aa", "exe", "", "", feature]);
            })
        };
        assert!(extension("Main").is_empty());
        assert_eq!(extension("Other"), ["error Extension aa.exe"]);
    }
}
