//! ICE82: the actions that register the product go together, and no two actions have one number.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice82>

use std::collections::HashMap;

use crate::validate::standard::SEQUENCES;
use crate::validate::{Place, Report, View};

const TOGETHER: [&str; 4] = ["PublishFeatures", "PublishProduct", "RegisterProduct", "RegisterUser"];

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let table = "InstallExecuteSequence";
    let present = view.by_key(table);
    let missing: Vec<&str> = TOGETHER.into_iter().filter(|action| !present.contains_key(action)).collect();
    match missing.len() {
        0 => {}
        4 if !present.is_empty() => {
            report.warning(Place::table(table), "it has none of the actions that register the product");
        }
        4 => {}
        _ => report.error(
            Place::table(table),
            format!("it has some of the actions that register the product and lacks {}", missing.join(", ")),
        ),
    }
    for table in SEQUENCES {
        let mut seen: HashMap<i32, &str> = HashMap::new();
        for step in view.rows(table) {
            let Some(number) = step.int("Sequence").filter(|&number| number != 0) else { continue };
            if let Some(other) = seen.insert(number, step.first()) {
                report.warning(
                    Place::field(&step, "Sequence"),
                    format!("`{other}` has the same number {number}"),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::validate::testing::{found, remove, set};

    #[test]
    fn ice82() {
        let table = "InstallExecuteSequence";
        assert_eq!(found("ICE82", |db| remove(db, table, "RegisterUser")), ["error InstallExecuteSequence"]);
        let none = found("ICE82", |db| super::TOGETHER.iter().for_each(|action| remove(db, table, action)));
        assert_eq!(none, ["warning InstallExecuteSequence"]);
        let twice = found("ICE82", |db| set(db, table, "Do", "Sequence", 6400));
        assert_eq!(twice, ["warning InstallExecuteSequence Do Sequence"]);
    }
}
