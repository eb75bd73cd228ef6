//! ICE95: the controls of billboards fit on every billboard control.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice95>

use crate::validate::{Place, Report, View};

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let smallest = |column: &str| {
        view.rows("Control")
            .filter(|control| control.text("Type") == "Billboard")
            .filter_map(|control| control.int(column))
            .min()
    };
    for (start, extent) in [("X", "Width"), ("Y", "Height")] {
        let Some(room) = smallest(extent) else { continue };
        for control in view.rows("BBControl") {
            let at = control.bits(start);
            let column = if at > room {
                start
            } else if at.saturating_add(control.bits(extent)) > room {
                extent
            } else {
                continue;
            };
            report.warning(
                Place::field(&control, column),
                format!("it ends outside of the smallest billboard control, whose {extent} is {room}"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{add, dialogs, found};

    #[test]
    fn ice95() {
        let board = |x: i32, y: i32, width: i32, height: i32| {
            found("ICE95", |db| {
                dialogs(db);
                for (name, width, height) in [("Wide", 300, 100), ("High", 100, 300)] {
                    let row = row!["Done", name, "Billboard", 0, 0, width, height, 1, "", "", "", ""];
                    add(db, "Control", row);
                }
                add(db, "BBControl", row!["b", "c", "Text", x, y, width, height, 1, ""]);
            })
        };
        assert!(board(0, 0, 100, 100).is_empty());
        assert_eq!(board(200, 0, 100, 100), ["warning BBControl b.c X"]);
        assert_eq!(board(0, 200, 100, 100), ["warning BBControl b.c Y"]);
        assert_eq!(board(50, 0, 100, 50), ["warning BBControl b.c Width"]);
        assert_eq!(board(0, 50, 50, 100), ["warning BBControl b.c Height"]);
        let none = found("ICE95", |db| add(db, "BBControl", row!["b", "c", "Text", 999, 0, 1, 1, 1, ""]));
        assert!(none.is_empty());
    }
}
