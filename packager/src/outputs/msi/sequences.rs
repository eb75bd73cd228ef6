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
    ("CCPSearch", 692, &["CCPSearch"]),
    ("RMCCPSearch", 694, &["CCPSearch"]),
    ("ValidateProductID", 700, &[]),
    ("CostInitialize", 800, &[]),
    ("FileCost", 900, &[]),
    ("IsolateComponents", 950, &["IsolatedComponent"]),
    ("CostFinalize", 1000, &[]),
    ("SetODBCFolders", 1100, &["ODBCDriver", "ODBCTranslator"]),
    ("MigrateFeatureStates", 1200, &["Upgrade"]),
    ("InstallValidate", 1400, &[]),
    ("InstallInitialize", 1500, &[]),
    // Directly after InstallInitialize: the old version is gone, and comes back by rollback if this one fails.
    ("RemoveExistingProducts", 1510, &["Upgrade"]),
    ("ProcessComponents", 1600, &[]),
    ("UnpublishComponents", 1700, &["PublishComponent"]),
    ("MsiUnpublishAssemblies", 1750, &["MsiAssembly"]),
    ("UnpublishFeatures", 1800, &[]),
    ("StopServices", 1900, &["ServiceControl"]),
    ("DeleteServices", 2000, &["ServiceControl"]),
    ("SelfUnregModules", 2200, &["SelfReg"]),
    ("UnregisterTypeLibraries", 2300, &["TypeLib"]),
    ("RemoveODBC", 2400, &["ODBCDataSource", "ODBCDriver", "ODBCTranslator"]),
    ("UnregisterFonts", 2500, &["Font"]),
    ("RemoveRegistryValues", 2600, &["Registry", "RemoveRegistry"]),
    ("UnregisterClassInfo", 2700, &["Class"]),
    ("UnregisterExtensionInfo", 2800, &["Extension"]),
    ("UnregisterProgIdInfo", 2900, &["ProgId"]),
    ("UnregisterMIMEInfo", 3000, &["MIME"]),
    ("RemoveIniValues", 3100, &["IniFile", "RemoveIniFile"]),
    ("RemoveShortcuts", 3200, &["Shortcut"]),
    ("RemoveEnvironmentStrings", 3300, &["Environment"]),
    ("RemoveDuplicateFiles", 3400, &["DuplicateFile"]),
    ("RemoveFiles", 3500, &["File", "RemoveFile"]),
    ("RemoveFolders", 3600, &["CreateFolder"]),
    ("CreateFolders", 3700, &["CreateFolder"]),
    ("MoveFiles", 3800, &["MoveFile"]),
    ("InstallFiles", 4000, &["File"]),
    ("DuplicateFiles", 4210, &["DuplicateFile"]),
    ("BindImage", 4300, &["BindImage"]),
    ("CreateShortcuts", 4500, &["Shortcut"]),
    ("RegisterClassInfo", 4600, &["Class"]),
    ("RegisterExtensionInfo", 4700, &["Extension"]),
    ("RegisterProgIdInfo", 4800, &["ProgId"]),
    ("RegisterMIMEInfo", 4900, &["MIME"]),
    ("WriteRegistryValues", 5000, &["Registry"]),
    ("WriteIniValues", 5100, &["IniFile"]),
    ("WriteEnvironmentStrings", 5200, &["Environment"]),
    ("RegisterFonts", 5300, &["Font"]),
    ("InstallODBC", 5400, &["ODBCDataSource", "ODBCDriver", "ODBCTranslator"]),
    ("RegisterTypeLibraries", 5500, &["TypeLib"]),
    ("SelfRegModules", 5600, &["SelfReg"]),
    ("InstallServices", 5800, &["ServiceInstall"]),
    ("MsiConfigureServices", 5850, &["MsiServiceConfig"]),
    ("StartServices", 5900, &["ServiceControl"]),
    ("RegisterUser", 6000, &[]),
    ("RegisterProduct", 6100, &[]),
    ("PublishComponents", 6200, &["PublishComponent"]),
    ("MsiPublishAssemblies", 6250, &["MsiAssembly"]),
    ("PublishFeatures", 6300, &[]),
    ("PublishProduct", 6400, &[]),
    ("InstallFinalize", 6600, &[]),
];

const UI: &[Standard] = &[
    ("FindRelatedProducts", FIND_RELATED_PRODUCTS, &["Upgrade"]),
    ("AppSearch", APP_SEARCH, &["AppSearch"]),
    ("LaunchConditions", LAUNCH_CONDITIONS, &["LaunchCondition"]),
    ("CCPSearch", 692, &["CCPSearch"]),
    ("RMCCPSearch", 694, &["CCPSearch"]),
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
    ("RegisterClassInfo", 4600, &["Class"]),
    ("RegisterExtensionInfo", 4700, &["Extension"]),
    ("RegisterProgIdInfo", 4800, &["ProgId"]),
    ("RegisterMIMEInfo", 4900, &["MIME"]),
    ("PublishComponents", 6200, &["PublishComponent"]),
    ("MsiPublishAssemblies", 6250, &["MsiAssembly"]),
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
