//! The sequence tables, with the numbers that Microsoft suggests ("Suggested InstallExecuteSequence" and its
//! siblings). An action that has no rows to work on is left out.

use super::builder::Builder;
use super::rows::row;

/// An action at a fixed place.
#[derive(Debug)]
pub struct Step {
    /// Its name.
    pub action: String,
    /// When it runs; empty is always.
    pub condition: String,
    /// Its number.
    pub sequence: i32,
}

/// An action between AppSearch and LaunchConditions, in both install sequences, in the order given.
#[derive(Debug)]
pub struct Early {
    /// Its name.
    pub action: String,
    /// When it runs.
    pub condition: String,
}

/// AppSearch stands early, to leave room for one pair of actions a setting before LaunchConditions.
const FIND_RELATED_PRODUCTS: i32 = 10;
const APP_SEARCH: i32 = 20;
const LAUNCH_CONDITIONS: i32 = 690;
const EXECUTE_ACTION: i32 = 5000;

/// How many early actions there is room for.
pub const MOST_EARLY: usize = (LAUNCH_CONDITIONS - APP_SEARCH - 1) as usize;

type Standard = (&'static str, i32, &'static [&'static str]);

/// Name, number, and the tables one of which must have rows (none: always there).
const EXECUTE: &[Standard] = &[
    ("FindRelatedProducts", FIND_RELATED_PRODUCTS, &["Upgrade"]),
    ("AppSearch", APP_SEARCH, &["AppSearch"]),
    ("LaunchConditions", LAUNCH_CONDITIONS, &["LaunchCondition"]),
    ("ValidateProductID", 700, &[]),
    ("CostInitialize", 800, &[]),
    ("FileCost", 900, &[]),
    ("CostFinalize", 1000, &[]),
    ("MigrateFeatureStates", 1200, &["Upgrade"]),
    ("InstallValidate", 1400, &[]),
    ("InstallInitialize", 1500, &[]),
    // Directly after InstallInitialize: the old version is gone, and comes back by rollback if this one fails.
    ("RemoveExistingProducts", 1510, &["Upgrade"]),
    ("ProcessComponents", 1600, &[]),
    ("UnpublishFeatures", 1800, &[]),
    ("StopServices", 1900, &["ServiceControl"]),
    ("DeleteServices", 2000, &["ServiceControl"]),
    ("RemoveRegistryValues", 2600, &["Registry", "RemoveRegistry"]),
    ("RemoveShortcuts", 3200, &["Shortcut"]),
    ("RemoveEnvironmentStrings", 3300, &["Environment"]),
    ("RemoveFiles", 3500, &["File", "RemoveFile"]),
    ("RemoveFolders", 3600, &["CreateFolder"]),
    ("CreateFolders", 3700, &["CreateFolder"]),
    ("InstallFiles", 4000, &["File"]),
    ("CreateShortcuts", 4500, &["Shortcut"]),
    ("WriteRegistryValues", 5000, &["Registry"]),
    ("WriteEnvironmentStrings", 5200, &["Environment"]),
    ("InstallServices", 5800, &["ServiceInstall"]),
    ("MsiConfigureServices", 5850, &["MsiServiceConfig"]),
    ("StartServices", 5900, &["ServiceControl"]),
    ("RegisterUser", 6000, &[]),
    ("RegisterProduct", 6100, &[]),
    ("PublishFeatures", 6300, &[]),
    ("PublishProduct", 6400, &[]),
    ("InstallFinalize", 6600, &[]),
];

const UI: &[Standard] = &[
    ("FindRelatedProducts", FIND_RELATED_PRODUCTS, &["Upgrade"]),
    ("AppSearch", APP_SEARCH, &["AppSearch"]),
    ("LaunchConditions", LAUNCH_CONDITIONS, &["LaunchCondition"]),
    ("ValidateProductID", 700, &[]),
    ("CostInitialize", 800, &[]),
    ("FileCost", 900, &[]),
    ("CostFinalize", 1000, &[]),
    ("MigrateFeatureStates", 1200, &["Upgrade"]),
    // Behind the dialogs and one action a setting.
    ("ExecuteAction", EXECUTE_ACTION, &[]),
];

const ADMIN_EXECUTE: &[Standard] = &[
    ("CostInitialize", 800, &[]),
    ("FileCost", 900, &[]),
    ("CostFinalize", 1000, &[]),
    ("InstallValidate", 1400, &[]),
    ("InstallInitialize", 1500, &[]),
    ("InstallAdminPackage", 3900, &[]),
    ("InstallFiles", 4000, &["File"]),
    ("InstallFinalize", 6600, &[]),
];

const ADMIN_UI: &[Standard] = &[
    ("CostInitialize", 800, &[]),
    ("FileCost", 900, &[]),
    ("CostFinalize", 1000, &[]),
    ("ExecuteAction", 1300, &[]),
];

const ADVERTISE: &[Standard] = &[
    ("CostInitialize", 800, &[]),
    ("CostFinalize", 1000, &[]),
    ("InstallValidate", 1400, &[]),
    ("InstallInitialize", 1500, &[]),
    ("PublishFeatures", 6300, &[]),
    ("PublishProduct", 6400, &[]),
    ("InstallFinalize", 6600, &[]),
];

/// Adds the five sequence tables. `last` is for the end of the one with the user interface.
pub fn write(builder: &mut Builder<'_>, early: &[Early], execute: &[Step], both: &[Step], last: &[Step]) {
    let tables: [(&'static str, &[Standard]); 5] = [
        ("InstallExecuteSequence", EXECUTE),
        ("InstallUISequence", UI),
        ("AdminExecuteSequence", ADMIN_EXECUTE),
        ("AdminUISequence", ADMIN_UI),
        ("AdvtExecuteSequence", ADVERTISE),
    ];
    for (table, actions) in tables {
        for (action, sequence, needs) in actions {
            if needs.is_empty() || needs.iter().any(|table| !builder.rows.table(table).is_empty()) {
                builder.rows.push(table, row![*action, None::<String>, *sequence]);
            }
        }
    }
    for table in ["InstallExecuteSequence", "InstallUISequence"] {
        for (sequence, step) in (APP_SEARCH + 1..).zip(early) {
            builder.rows.push(table, row![&step.action, &step.condition, sequence]);
        }
        for step in both {
            builder.rows.push(table, row![&step.action, &step.condition, step.sequence]);
        }
    }
    for step in last {
        builder.rows.push("InstallUISequence", row![&step.action, &step.condition, step.sequence]);
    }
    for step in execute {
        builder.rows.push("InstallExecuteSequence", row![&step.action, &step.condition, step.sequence]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_grow() {
        for table in [EXECUTE, UI, ADMIN_EXECUTE, ADMIN_UI, ADVERTISE] {
            assert!(table.is_sorted_by_key(|(_, sequence, _)| *sequence));
        }
    }
}
