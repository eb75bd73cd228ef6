//! ICE10: no feature forbids advertising that its parent asks for.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice10>

use crate::validate::{Place, Report, View};

const FAVOR_ADVERTISE: i32 = 0x4;
const DISALLOW_ADVERTISE: i32 = 0x8;

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let features = view.by_key("Feature");
    for child in view.rows("Feature") {
        let name = child.text("Feature_Parent");
        if name.is_empty() {
            continue;
        }
        let Some(parent) = features.get(name) else {
            let why = format!("its parent `{name}` is not there");
            report.error(Place::field(&child, "Feature_Parent"), why);
            continue;
        };
        let favors = parent.bits("Attributes") & FAVOR_ADVERTISE != 0;
        if favors && child.bits("Attributes") & DISALLOW_ADVERTISE != 0 {
            report.error(
                Place::field(&child, "Attributes"),
                format!("it forbids advertising, and its parent `{name}` favors it"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{add, found, set};

    #[test]
    fn ice10() {
        let pair = |parent: i32, child: i32| {
            found("ICE10", |db| {
                set(db, "Feature", "Main", "Attributes", parent);
                add(db, "Feature", row!["Part", "Main", "Part", "", 1, 1, "INSTALLDIR", child]);
            })
        };
        assert_eq!(pair(4, 8), ["error Feature Part Attributes"]);
        for (parent, child) in [(4, 4), (4, 0), (0, 8), (8, 4)] {
            assert!(pair(parent, child).is_empty());
        }
        let orphan = found("ICE10", |db| set(db, "Feature", "Main", "Feature_Parent", "None"));
        assert_eq!(orphan, ["error Feature Main Feature_Parent"]);
    }
}
