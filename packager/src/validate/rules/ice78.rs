//! ICE78: advertising shows no dialogs.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice78>

use crate::validate::{Place, Report, View};

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    for step in view.rows("AdvtUISequence") {
        report.error(Place::row(&step), "the AdvtUISequence table has to be empty");
    }
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{add, found};

    #[test]
    fn ice78() {
        assert_eq!(
            found("ICE78", |db| add(db, "AdvtUISequence", row!["A", "", 1])),
            ["error AdvtUISequence A"]
        );
    }
}
