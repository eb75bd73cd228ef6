//! ICE77: deferred custom actions stand between InstallInitialize and InstallFinalize.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice77>

use crate::validate::{Place, Report, View};

const IN_SCRIPT: i32 = 0x400;

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let actions = view.by_key("CustomAction");
    for table in ["AdminExecuteSequence", "InstallExecuteSequence"] {
        let numbers = view.sequence(table);
        for step in view.rows(table) {
            let number = step.bits("Sequence");
            let deferred =
                actions.get(step.first()).is_some_and(|action| action.bits("Type") & IN_SCRIPT != 0);
            if !deferred || number <= 0 {
                continue;
            }
            for (name, sound) in [
                ("InstallInitialize", numbers.get("InstallInitialize").map(|&start| start < number)),
                ("InstallFinalize", numbers.get("InstallFinalize").map(|&end| number < end)),
            ] {
                let side = if name == "InstallInitialize" { "after" } else { "before" };
                let why = match sound {
                    Some(true) => continue,
                    Some(false) => format!("it is deferred, so it has to come {side} {name}"),
                    None => format!("it is deferred, and the sequence has no {name}"),
                };
                report.error(Place::field(&step, "Sequence"), why);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::validate::testing::{found, remove, set};

    #[test]
    fn ice77() {
        let table = "InstallExecuteSequence";
        let place = ["error InstallExecuteSequence Do Sequence"];
        assert_eq!(found("ICE77", |db| set(db, table, "Do", "Sequence", 1499)), place);
        assert_eq!(found("ICE77", |db| set(db, table, "Do", "Sequence", 6601)), place);
        assert_eq!(found("ICE77", |db| remove(db, table, "InstallFinalize")).len(), 2);
    }
}
