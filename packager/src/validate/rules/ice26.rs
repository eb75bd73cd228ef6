//! ICE26: sequences have the actions they need and none that do not belong there.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice26>

use crate::validate::standard::ACTIONS;
use crate::validate::{Place, Report, View};

/// What each sequence cannot do without.
const REQUIRED: [(&str, &[&str]); 4] = [
    ("AdminExecuteSequence", EXECUTE),
    ("AdminUISequence", UI),
    ("InstallExecuteSequence", EXECUTE),
    ("InstallUISequence", UI),
];

const EXECUTE: &[&str] = &[
    "CostFinalize",
    "CostInitialize",
    "FileCost",
    "InstallFinalize",
    "InstallInitialize",
    "InstallValidate",
];
const UI: &[&str] = &["CostFinalize", "CostInitialize", "ExecuteAction", "FileCost"];

/// The standard actions that a sequence of dialogs may have: those that change nothing on the machine.
const ALLOWED_UI: [&str; 14] = [
    "AppSearch",
    "CCPSearch",
    "CostFinalize",
    "CostInitialize",
    "ExecuteAction",
    "FileCost",
    "FindRelatedProducts",
    "ForceReboot",
    "IsolateComponents",
    "LaunchConditions",
    "MigrateFeatureStates",
    "RMCCPSearch",
    "ResolveSource",
    "ValidateProductID",
];

fn prohibited(table: &str, action: &str) -> bool {
    match table {
        "AdminUISequence" | "InstallUISequence" => ACTIONS.contains(&action) && !ALLOWED_UI.contains(&action),
        "InstallExecuteSequence" => matches!(action, "ExecuteAction" | "InstallAdminPackage"),
        // An administrative installation copies files; it registers nothing.
        _ => {
            action == "ExecuteAction"
                || action.starts_with("Register")
                || action.starts_with("Publish")
                || action.starts_with("Unpublish")
        }
    }
}

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    for (table, required) in REQUIRED {
        // Sequences that are not there at all are not run either.
        if view.rows(table).next().is_none() {
            continue;
        }
        let present = view.by_key(table);
        for action in required.iter().filter(|action| !present.contains_key(**action)) {
            report.error(Place::table(table), format!("the action `{action}` is required in this sequence"));
        }
        for step in
            view.rows(table).filter(|step| ACTIONS.contains(&step.first()) && prohibited(table, step.first()))
        {
            report.error(Place::row(&step), "this action is prohibited in this sequence");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{add, found, remove};

    #[test]
    fn ice26() {
        assert_eq!(
            found("ICE26", |db| remove(db, "InstallExecuteSequence", "InstallValidate")),
            ["error InstallExecuteSequence"]
        );
        assert_eq!(
            found("ICE26", |db| add(db, "InstallUISequence", row!["InstallFiles", "", 1100])),
            ["error InstallUISequence InstallFiles"]
        );
        assert_eq!(
            found("ICE26", |db| add(db, "AdminExecuteSequence", row!["RegisterProduct", "", 6000])),
            ["error AdminExecuteSequence RegisterProduct"]
        );
        assert!(found("ICE26", |db| drop(db.remove_table("InstallUISequence"))).is_empty());
    }
}
