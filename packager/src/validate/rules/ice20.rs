//! ICE20: the dialogs that Windows Installer itself calls for are there, with the controls that it looks for.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice20>; "Error Dialog", "FilesInUse Dialog".

use crate::validate::{Place, Record, Report, View};

/// msidbDialogAttributesError
const ERROR_DIALOG: i32 = 0x1_0000;

const FILES_IN_USE: &str = "FilesInUse";
/// The property of its list.
const PROCESSES: &str = "FileInUseProcess";

/// The last dialogs, by sequence number.
const LAST: [(i32, &str); 3] = [(-1, "succeeds"), (-2, "is cancelled"), (-3, "fails")];

/// The buttons of an error dialog and how each ends it.
const BUTTONS: [(&str, &str); 7] = [
    ("A", "ErrorAbort"),
    ("C", "ErrorCancel"),
    ("I", "ErrorIgnore"),
    ("N", "ErrorNo"),
    ("O", "ErrorOk"),
    ("R", "ErrorRetry"),
    ("Y", "ErrorYes"),
];

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let dialogs = view.by_key("Dialog");
    if dialogs.is_empty() || !view.property("LIMITUI").is_empty() {
        return;
    }
    match dialogs.get(FILES_IN_USE) {
        Some(dialog) => files_in_use(view, dialog, report),
        None => report.error(Place::table("Dialog"), format!("there is no dialog `{FILES_IN_USE}`")),
    }
    match dialogs.get(view.property("ErrorDialog")) {
        Some(dialog) => error_dialog(view, dialog, report),
        None => report.error(
            Place::table("Property"),
            "the property ErrorDialog does not name a dialog: no error can be shown",
        ),
    }
    let actions = view.by_key("CustomAction");
    for table in ["AdminUISequence", "InstallUISequence"] {
        for (number, when) in LAST {
            let shown = |step: &Record<'_>| {
                step.int("Sequence") == Some(number)
                    && (dialogs.contains_key(step.first()) || actions.contains_key(step.first()))
            };
            if !view.rows(table).any(|step| shown(&step)) {
                report.error(
                    Place::table(table),
                    format!("nothing is shown when the installation {when}: no dialog has number {number}"),
                );
            }
        }
    }
}

/// The controls of a dialog.
fn controls<'a>(view: &View<'a>, dialog: &str) -> Vec<Record<'a>> {
    view.rows("Control").filter(|control| control.text("Dialog_") == dialog).collect()
}

/// Whether a button ends its dialog with this argument.
fn ends(view: &View<'_>, button: &Record<'_>, argument: &str) -> bool {
    button.text("Type") == "PushButton"
        && view.rows("ControlEvent").any(|event| {
            event.text("Dialog_") == button.text("Dialog_")
                && event.text("Control_") == button.text("Control")
                && event.text("Event") == "EndDialog"
                && event.text("Argument") == argument
        })
}

fn files_in_use(view: &View<'_>, dialog: &Record<'_>, report: &mut Report<'_>) {
    let controls = controls(view, dialog.first());
    if !view.has("ListBox") {
        report.error(Place::row(dialog), "its list cannot be filled: there is no table ListBox");
    }
    let is_list =
        |control: &Record<'_>| control.text("Type") == "ListBox" && control.text("Property") == PROCESSES;
    if !controls.iter().any(is_list) {
        report.error(Place::row(dialog), format!("it has no ListBox with the property {PROCESSES}"));
    }
    for argument in ["Retry", "Ignore", "Exit"] {
        if !controls.iter().any(|control| ends(view, control, argument)) {
            report.error(Place::row(dialog), format!("no button ends it with `{argument}`"));
        }
    }
}

fn error_dialog(view: &View<'_>, dialog: &Record<'_>, report: &mut Report<'_>) {
    let controls = controls(view, dialog.first());
    let named = |name: &str| controls.iter().find(|control| control.text("Control") == name);
    if dialog.bits("Attributes") & ERROR_DIALOG == 0 {
        report.error(Place::field(dialog, "Attributes"), "the bit of an error dialog is not set");
    }
    if dialog.text("Control_First") != "ErrorText" {
        report.error(Place::field(dialog, "Control_First"), "the first control has to be `ErrorText`");
    }
    if named("ErrorText").is_none_or(|control| control.text("Type") != "Text") {
        report.error(Place::row(dialog), "it has no Text named `ErrorText`");
    }
    if let Some(icon) = named("ErrorIcon").filter(|control| control.text("Type") != "Icon") {
        report.error(Place::field(icon, "Type"), "`ErrorIcon` has to be an Icon");
    }
    let mut places = Vec::new();
    for (name, argument) in BUTTONS {
        match named(name) {
            Some(button) if ends(view, button, argument) => {
                places.push((button, ["Y", "Width", "Height"].map(|column| button.int(column))));
            }
            _ => report.error(
                Place::row(dialog),
                format!("it has no button `{name}` that ends it with `{argument}`"),
            ),
        }
    }
    if let Some((button, _)) =
        places.iter().find(|(_, place)| places.first().is_some_and(|first| first.1 != *place))
    {
        report.error(Place::row(button), "the buttons do not have one height, width and line");
    }
}

#[cfg(test)]
mod tests {
    use crate::formats::msidb::Database;
    use crate::validate::testing::{dialogs, found, remove, set};

    fn broken(change: impl FnOnce(&mut Database)) -> Vec<String> {
        found("ICE20", |db| {
            dialogs(db);
            change(db);
        })
    }

    #[test]
    fn ice20() {
        assert!(found("ICE20", |_| ()).is_empty());
        assert!(broken(|_| ()).is_empty());
        assert_eq!(broken(|db| remove(db, "Dialog", "FilesInUse")), ["error Dialog"]);
        assert_eq!(broken(|db| drop(db.remove_table("ListBox"))), ["error Dialog FilesInUse"]);
        assert_eq!(
            broken(|db| set(db, "Control", "FilesInUse.List", "Property", "OTHER")),
            ["error Dialog FilesInUse"]
        );
        assert_eq!(
            broken(|db| set(db, "ControlEvent", "FilesInUse.Retry.EndDialog.Retry.1", "Argument", "x")),
            ["error Dialog FilesInUse"]
        );
        assert_eq!(broken(|db| remove(db, "Property", "ErrorDialog")), ["error Property"]);
        assert_eq!(
            broken(|db| set(db, "Dialog", "Trouble", "Attributes", 3)),
            ["error Dialog Trouble Attributes"]
        );
        assert_eq!(
            broken(|db| set(db, "Dialog", "Trouble", "Control_First", "Y")),
            ["error Dialog Trouble Control_First"]
        );
        assert_eq!(broken(|db| remove(db, "Control", "Trouble.ErrorText")), ["error Dialog Trouble"]);
        assert_eq!(broken(|db| remove(db, "Control", "Trouble.N")), ["error Dialog Trouble"]);
        assert_eq!(broken(|db| set(db, "Control", "Trouble.N", "Y", 9)), ["error Control Trouble.N"]);
        for table in ["InstallUISequence", "AdminUISequence"] {
            assert_eq!(broken(|db| remove(db, table, "Failed")), [format!("error {table}")]);
        }
        assert!(
            broken(|db| {
                drop(db.remove_table("ListBox"));
                crate::validate::testing::add(db, "Property", crate::row!["LIMITUI", "1"]);
            })
            .is_empty()
        );
    }
}
