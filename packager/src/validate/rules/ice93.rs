//! ICE93: no custom action has the name of a standard one.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice93>

use crate::validate::standard::ACTIONS;
use crate::validate::{Place, Report, View};

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    for action in view.rows("CustomAction").filter(|action| ACTIONS.contains(&action.first())) {
        report.warning(Place::row(&action), "a standard action has the same name");
    }
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{add, found};

    #[test]
    fn ice93() {
        assert_eq!(
            found("ICE93", |db| add(db, "CustomAction", row!["InstallFiles", 51, "A", "b"])),
            ["warning CustomAction InstallFiles"]
        );
    }
}
