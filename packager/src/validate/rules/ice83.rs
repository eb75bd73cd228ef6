//! ICE83: assemblies are published and unpublished, and the manifest of a Win32 assembly is not its key path.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice83>

use crate::validate::{Place, Report, View};

/// msidbAssemblyAttributesWin32. <https://learn.microsoft.com/windows/win32/msi/msiassembly-table>
const WIN32: i32 = 1;

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let components = view.by_key("Component");
    for assembly in view.rows("MsiAssembly").filter(|row| row.bits("Attributes") & WIN32 != 0) {
        let manifest = assembly.text("File_Manifest");
        let Some(component) = components.get(assembly.text("Component_")) else { continue };
        if !manifest.is_empty() && component.text("KeyPath") == manifest {
            report.error(
                Place::field(&assembly, "File_Manifest"),
                format!("the manifest is the key path of component `{}`", component.first()),
            );
        }
    }
    if view.rows("MsiAssembly").next().is_some() {
        let table = "InstallExecuteSequence";
        let present = view.by_key(table);
        for action in ["MsiPublishAssemblies", "MsiUnpublishAssemblies"] {
            if !present.contains_key(action) {
                let why = format!("it has no {action}, and there are assemblies");
                report.error(Place::table(table), why);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{add, found, remove};

    #[test]
    fn ice83() {
        let table = "InstallExecuteSequence";
        let assembly = |manifest: &'static str, bits: i32, missing: Option<&'static str>| {
            found("ICE83", |db| {
                add(db, "MsiAssembly", row!["exe", "Main", manifest, "", bits]);
                add(db, table, row!["MsiPublishAssemblies", "", 6250]);
                add(db, table, row!["MsiUnpublishAssemblies", "", 1750]);
                if let Some(action) = missing {
                    remove(db, table, action);
                }
            })
        };
        assert!(assembly("txt", 1, None).is_empty());
        assert!(assembly("exe", 0, None).is_empty());
        assert_eq!(assembly("exe", 1, None), ["error MsiAssembly exe File_Manifest"]);
        for action in ["MsiPublishAssemblies", "MsiUnpublishAssemblies"] {
            assert_eq!(assembly("txt", 1, Some(action)), ["error InstallExecuteSequence"]);
        }
    }
}
