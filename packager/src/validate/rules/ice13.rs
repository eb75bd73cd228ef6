//! ICE13: no dialog is in an execute sequence.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice13>

use crate::validate::{Place, Report, View};

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let dialogs = view.by_key("Dialog");
    for table in ["AdminExecuteSequence", "AdvtExecuteSequence", "InstallExecuteSequence"] {
        for step in view.rows(table).filter(|step| dialogs.contains_key(step.first())) {
            report.error(Place::row(&step), "dialogs are not shown from an execute sequence");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{add, found};

    #[test]
    fn ice13() {
        let shown = found("ICE13", |db| {
            add(db, "Dialog", row!["Hello", 50, 50, 100, 100, 3, "", "Ok", "", ""]);
            add(db, "InstallExecuteSequence", row!["Hello", "", 10]);
            add(db, "InstallUISequence", row!["Hello", "", 10]);
        });
        assert_eq!(shown, ["error InstallExecuteSequence Hello"]);
    }
}
