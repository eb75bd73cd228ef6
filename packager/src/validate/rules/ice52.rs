//! ICE52: searches set public properties.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice52>

use crate::validate::standard::is_public;
use crate::validate::{Place, Report, View};

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    for search in view.rows("AppSearch").filter(|search| !is_public(search.first())) {
        report.warning(
            Place::field(&search, "Property"),
            "a private property: its name should be all capitals",
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{add, found};

    #[test]
    fn ice52() {
        assert_eq!(
            found("ICE52", |db| add(db, "AppSearch", row!["FoundDir", "search"])),
            ["warning AppSearch FoundDir.search Property"]
        );
    }
}
