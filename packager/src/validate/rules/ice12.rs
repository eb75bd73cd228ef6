//! ICE12: actions that set a directory stand on the right side of CostFinalize.
//!
//! Type 35 sets a directory that is resolved, so it comes after; type 51 sets a property, which is only of use for a
//! directory before.
//! <https://learn.microsoft.com/windows/win32/msi/ice12>

use crate::validate::standard::SEQUENCES;
use crate::validate::{Place, Report, View};

const KIND: i32 = 0x3f;

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let actions = view.by_key("CustomAction");
    for action in actions.values().filter(|action| action.bits("Type") & KIND == 35) {
        let directory = action.text("Source");
        if !view.directories.has(directory) {
            report.error(Place::field(action, "Source"), format!("`{directory}` is no directory"));
        }
    }
    for table in SEQUENCES {
        let cost_finalize = view.sequence(table).get("CostFinalize").copied();
        for step in view.rows(table) {
            let (Some(action), Some(number)) = (actions.get(step.first()), step.int("Sequence")) else {
                continue;
            };
            let kind = action.bits("Type") & KIND;
            let sets_directory = kind == 35 || (kind == 51 && view.directories.has(action.text("Source")));
            if !sets_directory || number <= 0 {
                continue;
            }
            let place = Place::field(&step, "Sequence");
            match cost_finalize {
                None => report.error(place, "it sets a directory, and the sequence has no CostFinalize"),
                Some(at) if kind == 35 && number < at => {
                    report.error(
                        place,
                        format!("it sets a directory at {number}; type 35 belongs after CostFinalize ({at})"),
                    );
                }
                Some(at) if kind == 51 && number > at => {
                    report.error(
                        place,
                        format!(
                            "it sets a directory at {number}; type 51 belongs before CostFinalize ({at})"
                        ),
                    );
                }
                Some(_) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{add, found};

    #[test]
    fn ice12() {
        let sets = |kind: i32, source: &'static str, number: i32| {
            found("ICE12", |db| {
                add(db, "CustomAction", row!["Set", kind, source, "x"]);
                add(db, "InstallExecuteSequence", row!["Set", "", number]);
            })
        };
        assert!(sets(51, "INSTALLDIR", 999).is_empty());
        assert!(sets(51, "ANYTHING", 1001).is_empty());
        assert!(sets(35, "INSTALLDIR", 1001).is_empty());
        assert_eq!(sets(51, "INSTALLDIR", 1001), ["error InstallExecuteSequence Set Sequence"]);
        assert_eq!(sets(35, "INSTALLDIR", 999), ["error InstallExecuteSequence Set Sequence"]);
        assert_eq!(sets(35, "Nowhere", 1001), ["error CustomAction Set Source"]);
    }
}
