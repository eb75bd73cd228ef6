//! ICE17: controls have what they depend on in other tables.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice17>

use std::collections::HashSet;

use crate::validate::{Place, Record, Report, View};

/// msidbControlAttributes…: the property is named by another property; the text is the name of a picture.
const INDIRECT: i32 = 0x8;
const BITMAP: i32 = 0x4_0000;
const ICON: i32 = 0x8_0000;

/// The list that Windows Installer fills when there are files in use.
const FILLED_LATER: &str = "FileInUseProcess";

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let events: HashSet<(&str, &str)> =
        view.rows("ControlEvent").map(|event| (event.text("Dialog_"), event.text("Control_"))).collect();
    let pictures = view.by_key("Binary");
    // What a formatted text will name is not known.
    let missing = |name: &str| !pictures.contains_key(name) && !name.contains('[');
    for control in view.rows("Control") {
        let (kind, bits) = (control.text("Type"), control.bits("Attributes"));
        if kind == "PushButton" && !events.contains(&(control.text("Dialog_"), control.text("Control"))) {
            report.error(Place::row(&control), "the button does nothing: it has no row in ControlEvent");
        }
        if matches!(kind, "RadioButtonGroup" | "ListBox" | "ComboBox" | "ListView") {
            list(view, kind, &control, report);
        }
        let picture = match kind {
            "Bitmap" | "Icon" => true,
            "PushButton" | "CheckBox" | "RadioButtonGroup" => {
                if bits & BITMAP != 0 && bits & ICON != 0 {
                    report
                        .error(Place::field(&control, "Attributes"), "its text is both a bitmap and an icon");
                    continue;
                }
                bits & (BITMAP | ICON) != 0
            }
            _ => false,
        };
        if !picture {
            continue;
        }
        if kind == "RadioButtonGroup" {
            let property = control.text("Property");
            for button in view.rows("RadioButton").filter(|button| button.text("Property") == property) {
                if missing(button.text("Text")) {
                    report.error(Place::field(&button, "Text"), "there is no such picture in Binary");
                }
            }
        } else if missing(control.text("Text")) {
            report.error(Place::field(&control, "Text"), "there is no such picture in Binary");
        }
    }
}

fn list(view: &View<'_>, kind: &str, control: &Record<'_>, report: &mut Report<'_>) {
    let table = if kind == "RadioButtonGroup" { "RadioButton" } else { kind };
    let property = control.text("Property");
    let direct = control.bits("Attributes") & INDIRECT == 0 && !property.is_empty();
    if direct && property != FILLED_LATER && !view.by_key(table).contains_key(property) {
        report.warning(Place::field(control, "Property"), format!("the list has no rows in {table}"));
    }
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{add, dialogs, found, remove, set};

    #[test]
    fn ice17() {
        assert!(found("ICE17", dialogs).is_empty());
        let with = |kind: &'static str, bits: i32| {
            found("ICE17", move |db| {
                dialogs(db);
                add(db, "Control", row!["Done", "X", kind, 0, 0, 1, 1, bits, "PROP", "Picture", "", ""]);
            })
        };
        assert_eq!(with("PushButton", 3), ["error Control Done.X"]);
        assert_eq!(with("Bitmap", 3), ["error Control Done.X Text"]);
        assert_eq!(with("Icon", 3), ["error Control Done.X Text"]);
        assert_eq!(with("CheckBox", 0x4_0003), ["error Control Done.X Text"]);
        assert_eq!(with("CheckBox", 0xc_0003), ["error Control Done.X Attributes"]);
        assert!(with("CheckBox", 3).is_empty());
        for list in ["ListBox", "ComboBox", "ListView", "RadioButtonGroup"] {
            assert_eq!(with(list, 3), ["warning Control Done.X Property"]);
            assert!(with(list, 3 | super::INDIRECT).is_empty());
        }
        let removed = found("ICE17", |db| {
            dialogs(db);
            remove(db, "ControlEvent", "Done.Ok.EndDialog.Exit.1");
        });
        assert_eq!(removed, ["error Control Done.Ok"]);
        let radio = found("ICE17", |db| {
            dialogs(db);
            set(db, "Control", "Done.Choice", "Attributes", 3 | super::ICON);
        });
        assert_eq!(radio, ["error RadioButton CHOICE.1 Text", "error RadioButton CHOICE.2 Text"]);
    }
}
