//! ICE22: published components belong to the feature that publishes them.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice22>

use std::collections::HashSet;

use crate::validate::{Place, Report, View};

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let mapped: HashSet<(&str, &str)> =
        view.rows("FeatureComponents").map(|row| (row.text("Feature_"), row.text("Component_"))).collect();
    for published in view.rows("PublishComponent") {
        let (feature, component) = (published.text("Feature_"), published.text("Component_"));
        if !mapped.contains(&(feature, component)) {
            let why = format!("feature `{feature}` does not have component `{component}`");
            report.error(Place::row(&published), why);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{GUID, add, found};

    #[test]
    fn ice22() {
        let published = |feature: &'static str| {
            found("ICE22", |db| {
                add(db, "Feature", row!["Other", "", "Other", "", 1, 1, "INSTALLDIR", 0]);
                add(db, "PublishComponent", row![GUID, "q", "exe", "", feature]);
            })
        };
        assert!(published("Main").is_empty());
        assert_eq!(published("Other"), [format!("error PublishComponent {GUID}.q.exe")]);
    }
}
