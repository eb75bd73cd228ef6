//! ICE44: events open dialogs that are there.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice44>

use crate::validate::{Place, Report, View};

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let dialogs = view.by_key("Dialog");
    for event in view.rows("ControlEvent") {
        let opens = matches!(event.text("Event"), "NewDialog" | "SpawnDialog" | "SpawnWaitDialog");
        let target = event.text("Argument");
        if opens && !dialogs.contains_key(target) {
            report.error(Place::field(&event, "Argument"), format!("there is no dialog `{target}`"));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{add, dialogs, found};

    #[test]
    fn ice44() {
        assert!(found("ICE44", dialogs).is_empty());
        for event in ["NewDialog", "SpawnDialog", "SpawnWaitDialog"] {
            let opens = |dialog: &'static str| {
                found("ICE44", move |db| {
                    dialogs(db);
                    add(db, "ControlEvent", row!["Done", "Ok", event, dialog, "1", 2]);
                })
            };
            assert!(opens("Failed").is_empty());
            assert_eq!(opens("Nowhere"), [format!("error ControlEvent Done.Ok.{event}.Nowhere.1 Argument")]);
        }
        assert!(
            found("ICE44", |db| {
                dialogs(db);
                add(db, "ControlEvent", row!["Done", "Ok", "Reinstall", "ALL", "1", 2]);
            })
            .is_empty()
        );
    }
}
