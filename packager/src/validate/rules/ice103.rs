//! ICE103: only a dialog with a scrollable text can be printed.
//!
//! That is what the page says of MsiPrint; what the original asks about MsiLaunchApp it does not say, nor how much a
//! finding weighs. <https://learn.microsoft.com/windows/win32/msi/ice-103>

use std::collections::HashSet;

use crate::validate::{Place, Report, View};

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let printable: HashSet<&str> = view
        .rows("Control")
        .filter(|control| control.text("Type") == "ScrollableText")
        .map(|control| control.first())
        .collect();
    for event in view.rows("ControlEvent").filter(|event| event.text("Event") == "MsiPrint") {
        let dialog = event.text("Dialog_");
        if !printable.contains(dialog) {
            let why = format!("the dialog `{dialog}` has no scrollable text to print");
            report.warning(Place::field(&event, "Event"), why);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{add, dialogs, found};

    #[test]
    fn ice103() {
        let prints = |kind: &str| {
            let text = row!["Done", "Licence", kind, 0, 0, 10, 10, 3, "", "", "", ""];
            found("ICE103", |db| {
                dialogs(db);
                add(db, "Control", text);
                add(db, "ControlEvent", row!["Done", "Ok", "MsiPrint", "", "1", 2]);
            })
        };
        assert!(prints("ScrollableText").is_empty());
        assert_eq!(prints("Text").len(), 1);
    }
}
