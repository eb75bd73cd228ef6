//! ICE34: one button of every group of radio buttons is chosen from the start.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice34>

use crate::validate::{Place, Record, Report, View};

/// msidbControlAttributesIndirect: the property's value is the name of the group's property.
const INDIRECT: i32 = 0x8;

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    for control in view.rows("Control").filter(|control| control.text("Type") == "RadioButtonGroup") {
        let place = || Place::field(&control, "Property");
        let mut property = control.text("Property");
        if property.is_empty() {
            report.error(place(), "a group of radio buttons needs a property");
            continue;
        }
        if control.bits("Attributes") & INDIRECT != 0 {
            let named = view.property(property);
            if named.is_empty() {
                report.error(place(), format!("the property `{property}` names no group"));
                continue;
            }
            property = named;
        }
        let default = view.property(property);
        let own = |button: &Record<'_>| button.text("Property") == property;
        let mut buttons = view.rows("RadioButton").filter(own).peekable();
        if buttons.peek().is_none() {
            report.error(place(), format!("`{property}` has no radio buttons"));
        } else if default.is_empty() {
            report.error(place(), format!("`{property}` has no value to start with"));
        } else if !buttons.any(|button| button.text("Value") == default) {
            report.error(place(), format!("no button of `{property}` has the value `{default}`"));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{add, dialogs, found, remove, set};

    #[test]
    fn ice34() {
        assert!(found("ICE34", dialogs).is_empty());
        let broken = |change: fn(&mut crate::formats::msidb::Database)| {
            found("ICE34", move |db| {
                dialogs(db);
                change(db);
            })
        };
        let error = ["error Control Done.Choice Property"];
        assert_eq!(broken(|db| set(db, "Control", "Done.Choice", "Property", "")), error);
        assert_eq!(broken(|db| set(db, "Property", "CHOICE", "Value", "maybe")), error);
        assert_eq!(broken(|db| remove(db, "Property", "CHOICE")), error);
        assert_eq!(broken(|db| drop(db.remove_table("RadioButton"))), error);
        let indirect = |db: &mut crate::formats::msidb::Database| {
            set(db, "Control", "Done.Choice", "Attributes", 3 | super::INDIRECT);
            set(db, "Control", "Done.Choice", "Property", "Which");
        };
        assert_eq!(
            found("ICE34", |db| {
                dialogs(db);
                indirect(db);
            }),
            error
        );
        let named = found("ICE34", |db| {
            dialogs(db);
            indirect(db);
            add(db, "Property", row!["Which", "CHOICE"]);
        });
        assert!(named.is_empty());
    }
}
