//! ICE27: the actions of a sequence are known, in their section, and in order.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice27>; the order comes from the "Sequence Restrictions" of each
//! action's page.

use std::collections::HashMap;

use crate::validate::standard::{ACTIONS, SEQUENCES};
use crate::validate::{Place, Record, Report, View};

/// Actions that write the script of the installation: they belong between InstallInitialize and InstallFinalize.
#[rustfmt::skip]
const SCRIPT: &[&str] = &[
    "AllocateRegistrySpace", "BindImage", "CreateFolders", "CreateShortcuts", "DeleteServices", "DuplicateFiles",
    "InstallAdminPackage", "InstallFiles", "InstallODBC", "InstallSFPCatalogFile", "InstallServices", "MoveFiles",
    "MsiConfigureServices", "MsiPublishAssemblies", "MsiUnpublishAssemblies", "PatchFiles", "ProcessComponents",
    "PublishComponents", "PublishFeatures", "PublishProduct", "RegisterClassInfo", "RegisterComPlus",
    "RegisterExtensionInfo", "RegisterFonts", "RegisterMIMEInfo", "RegisterProduct", "RegisterProgIdInfo",
    "RegisterTypeLibraries", "RegisterUser", "RemoveDuplicateFiles", "RemoveEnvironmentStrings", "RemoveFiles",
    "RemoveFolders", "RemoveIniValues", "RemoveODBC", "RemoveRegistryValues", "RemoveShortcuts", "SelfRegModules",
    "SelfUnregModules", "StartServices", "StopServices", "UnpublishComponents", "UnpublishFeatures",
    "UnregisterClassInfo", "UnregisterComPlus", "UnregisterExtensionInfo", "UnregisterFonts", "UnregisterMIMEInfo",
    "UnregisterProgIdInfo", "UnregisterTypeLibraries", "WriteEnvironmentStrings", "WriteIniValues",
    "WriteRegistryValues",
];

/// The first comes before the second.
#[rustfmt::skip]
const ORDER: &[(&str, &str)] = &[
    ("CostInitialize", "FileCost"), ("FileCost", "CostFinalize"), ("CostInitialize", "CostFinalize"),
    ("CostFinalize", "InstallValidate"), ("InstallValidate", "InstallInitialize"),
    ("InstallInitialize", "InstallFinalize"), ("CostFinalize", "ExecuteAction"),
    ("AppSearch", "CCPSearch"), ("CCPSearch", "RMCCPSearch"), ("CCPSearch", "CostInitialize"),
    ("RMCCPSearch", "CostInitialize"), ("AppSearch", "CostInitialize"),
    ("CostInitialize", "IsolateComponents"), ("IsolateComponents", "CostFinalize"),
    ("CostFinalize", "SetODBCFolders"), ("SetODBCFolders", "InstallValidate"),
    ("CostFinalize", "MigrateFeatureStates"), ("MigrateFeatureStates", "InstallValidate"),
    ("FindRelatedProducts", "MigrateFeatureStates"), ("FindRelatedProducts", "RemoveExistingProducts"),
    ("InstallValidate", "RemoveExistingProducts"),
    ("StopServices", "DeleteServices"), ("StopServices", "RemoveFiles"), ("StopServices", "InstallFiles"),
    ("StopServices", "StartServices"), ("DeleteServices", "InstallServices"), ("InstallFiles", "InstallServices"),
    ("InstallServices", "StartServices"), ("InstallServices", "MsiConfigureServices"),
    ("MsiConfigureServices", "StartServices"), ("WriteRegistryValues", "StartServices"),
    ("SelfUnregModules", "RemoveFiles"), ("UnregisterFonts", "RemoveFiles"), ("RemoveRegistryValues", "WriteRegistryValues"),
    ("RemoveIniValues", "WriteIniValues"), ("RemoveShortcuts", "CreateShortcuts"),
    ("RemoveEnvironmentStrings", "WriteEnvironmentStrings"), ("RemoveDuplicateFiles", "RemoveFiles"),
    ("RemoveFiles", "InstallFiles"), ("RemoveFiles", "RemoveFolders"), ("RemoveFolders", "CreateFolders"),
    ("CreateFolders", "InstallFiles"), ("MoveFiles", "InstallFiles"), ("InstallFiles", "PatchFiles"),
    ("InstallFiles", "DuplicateFiles"), ("InstallFiles", "BindImage"), ("InstallFiles", "CreateShortcuts"),
    ("InstallFiles", "SelfRegModules"), ("InstallFiles", "RegisterFonts"), ("InstallFiles", "RegisterTypeLibraries"),
    ("UnregisterClassInfo", "UnregisterExtensionInfo"), ("UnregisterExtensionInfo", "UnregisterProgIdInfo"),
    ("UnregisterProgIdInfo", "UnregisterMIMEInfo"), ("RegisterClassInfo", "RegisterExtensionInfo"),
    ("RegisterExtensionInfo", "RegisterProgIdInfo"), ("RegisterProgIdInfo", "RegisterMIMEInfo"),
    ("RegisterProduct", "PublishProduct"), ("PublishFeatures", "PublishProduct"),
    ("UnpublishComponents", "UnpublishFeatures"), ("PublishComponents", "PublishFeatures"),
];

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let actions = view.by_key("CustomAction");
    let dialogs = view.by_key("Dialog");
    for table in SEQUENCES {
        let mut steps: HashMap<&str, (i32, Record<'_>)> = HashMap::new();
        for step in view.rows(table) {
            let name = step.first();
            if !ACTIONS.contains(&name) && !actions.contains_key(name) && !dialogs.contains_key(name) {
                report.error(Place::row(&step), "it is no standard action, custom action or dialog");
            }
            if let Some(number) = step.int("Sequence").filter(|&number| number > 0) {
                steps.insert(name, (number, step));
            }
        }
        order(&steps, report);
        sections(table, &steps, report);
    }
}

fn order(steps: &HashMap<&str, (i32, Record<'_>)>, report: &mut Report<'_>) {
    for (first, second) in ORDER {
        if let (Some((at, step)), Some((then, _))) = (steps.get(first), steps.get(second))
            && at > then
        {
            report.error(
                Place::field(step, "Sequence"),
                format!("`{first}` ({at}) has to come before `{second}` ({then})"),
            );
        }
    }
}

fn sections(table: &str, steps: &HashMap<&str, (i32, Record<'_>)>, report: &mut Report<'_>) {
    let number = |name: &str| steps.get(name).map(|step| step.0);
    let (initialize, finalize) = (number("InstallInitialize"), number("InstallFinalize"));
    let mut script: Vec<_> =
        SCRIPT.iter().filter_map(|name| steps.get(name).map(|step| (name, step))).collect();
    script.sort_by_key(|(_, step)| step.0);
    match finalize {
        None if !script.is_empty() => {
            report.error(Place::table(table), "it has script actions and no InstallFinalize to run them");
        }
        // Custom actions may be all there is to run: their own rule looks at them.
        Some(_) | None => {}
    }
    for (name, (at, step)) in script {
        let early = initialize.is_some_and(|start| *at < start);
        let late = finalize.is_some_and(|end| *at > end);
        if early || late {
            report.error(
                Place::field(step, "Sequence"),
                format!("`{name}` ({at}) belongs between InstallInitialize and InstallFinalize"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{add, found, remove, set};

    #[test]
    fn ice27() {
        let table = "InstallExecuteSequence";
        assert_eq!(
            found("ICE27", |db| add(db, table, row!["Unheard", "", 10])),
            ["error InstallExecuteSequence Unheard"]
        );
        assert_eq!(
            found("ICE27", |db| set(db, table, "FileCost", "Sequence", 1100)),
            ["error InstallExecuteSequence FileCost Sequence"]
        );
        assert_eq!(
            found("ICE27", |db| set(db, table, "PublishProduct", "Sequence", 6700)),
            ["error InstallExecuteSequence PublishProduct Sequence"]
        );
        assert_eq!(
            found("ICE27", |db| remove(db, table, "InstallFinalize")),
            ["error InstallExecuteSequence"]
        );
    }

    #[test]
    fn tables_name_standard_actions() {
        for name in super::SCRIPT.iter().chain(super::ORDER.iter().flat_map(|(a, b)| [a, b])) {
            assert!(super::ACTIONS.contains(name), "{name}");
        }
    }
}
