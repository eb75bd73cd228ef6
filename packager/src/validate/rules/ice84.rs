//! ICE84: actions that every installation needs have no condition.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice84>

use crate::validate::{Place, Report, View};

const REQUIRED: [&str; 11] = [
    "CostFinalize",
    "CostInitialize",
    "FileCost",
    "InstallFinalize",
    "InstallInitialize",
    "InstallValidate",
    "ProcessComponents",
    "PublishFeatures",
    "PublishProduct",
    "RegisterProduct",
    "UnpublishFeatures",
];

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    for table in ["AdminExecuteSequence", "AdvtExecuteSequence", "InstallExecuteSequence"] {
        for step in view.rows(table) {
            if REQUIRED.contains(&step.first()) && step.is_set("Condition") {
                report.warning(
                    Place::field(&step, "Condition"),
                    "this action is required and should have no condition",
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::validate::testing::{found, set};

    #[test]
    fn ice84() {
        assert_eq!(
            found("ICE84", |db| set(db, "InstallExecuteSequence", "PublishProduct", "Condition", "NOT A")),
            ["warning InstallExecuteSequence PublishProduct Condition"]
        );
    }
}
