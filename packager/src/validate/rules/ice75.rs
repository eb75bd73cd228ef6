//! ICE75: custom actions whose source is an installed file come after CostFinalize.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice75>

use crate::validate::{Place, Report, View};

const KIND: i32 = 0x3f;

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let actions = view.by_key("CustomAction");
    for table in ["AdminExecuteSequence", "AdminUISequence", "InstallExecuteSequence", "InstallUISequence"] {
        let cost_finalize = view.sequence(table).get("CostFinalize").copied();
        for step in view.rows(table) {
            let from_file = actions
                .get(step.first())
                .is_some_and(|action| matches!(action.bits("Type") & KIND, 17 | 18 | 21 | 22));
            let number = step.bits("Sequence");
            if from_file && number > 0 && cost_finalize.is_none_or(|at| number < at) {
                report.error(
                    Place::field(&step, "Sequence"),
                    "its source is an installed file, so it has to come after CostFinalize",
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::validate::testing::{found, remove, set};

    #[test]
    fn ice75() {
        let table = "InstallExecuteSequence";
        assert_eq!(
            found("ICE75", |db| set(db, table, "Do", "Sequence", 999)),
            ["error InstallExecuteSequence Do Sequence"]
        );
        assert_eq!(found("ICE75", |db| remove(db, table, "CostFinalize")).len(), 2);
    }
}
