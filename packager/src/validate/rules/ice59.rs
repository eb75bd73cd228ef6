//! ICE59: advertised shortcuts belong to components of the feature that they install.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice59>

use std::collections::HashSet;

use crate::validate::{Place, Report, View};

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let features = view.by_key("Feature");
    let mapped: HashSet<(&str, &str)> =
        view.rows("FeatureComponents").map(|row| (row.text("Feature_"), row.text("Component_"))).collect();
    for shortcut in view.rows("Shortcut") {
        let (feature, component) = (shortcut.text("Target"), shortcut.text("Component_"));
        if features.contains_key(feature) && !mapped.contains(&(feature, component)) {
            let why = format!("it installs feature `{feature}`, which does not have component `{component}`");
            report.error(Place::field(&shortcut, "Target"), why);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{add, found, set};

    #[test]
    fn ice59() {
        let target = |feature: &'static str| {
            found("ICE59", |db| {
                add(db, "Feature", row!["Other", "", "Other", "", 1, 1, "INSTALLDIR", 0]);
                set(db, "Shortcut", "s", "Target", feature);
            })
        };
        assert!(target("Main").is_empty() && target("[INSTALLDIR]a.exe").is_empty());
        assert_eq!(target("Other"), ["error Shortcut s Target"]);
    }
}
