//! Predecessors: those of Windows Installer are removed by the Upgrade table, the others by the bootstrap in the
//! Binary table, which runs before any file is there. One that is refused is only looked for.

use packager_shared::plan::{Key, Op, Replaces, Root, View};

use super::Result;
use super::builder::Builder;
use super::formatted::literal;
use super::rows::row;
use super::settings::search;
use crate::plan::ids;

/// The bootstrap in the Binary table.
pub const BOOTSTRAP: &str = "Bootstrap";

/// msidbUpgradeAttributes…
const ONLY_DETECT: i32 = 2;
const MIN_INCLUSIVE: i32 = 256;

/// The predecessors of a package.
pub fn all(ops: &[Op]) -> impl Iterator<Item = &Replaces> {
    ops.iter().filter_map(|op| match op {
        Op::Replaces(replaces) => Some(replaces),
        _ => None,
    })
}

/// Adds the rows; returns the properties that must be secure.
pub fn write(builder: &mut Builder<'_>) -> Result<Vec<String>> {
    let plan = &builder.release.package.target;
    let name = literal(&plan.product.name);
    let mut secure = Vec::new();
    for (number, replaces) in (1..).zip(all(&plan.ops)) {
        let mut found = Vec::new();
        let mut property = |kind: &str| {
            let property = format!("PREDECESSOR_{number}_{kind}");
            found.push(property.clone());
            property
        };
        if let Some(code) = &replaces.upgrade_code {
            let none = None::<String>;
            let attributes = MIN_INCLUSIVE | if replaces.refuse { ONLY_DETECT } else { 0 };
            let (code, property) = (ids::braced(code), property("PRODUCT"));
            builder
                .rows
                .push("Upgrade", row![code, "0.0.0", none.clone(), none.clone(), attributes, none, property]);
        }
        if replaces.refuse {
            let key = |view, path: String| Key { root: Root::LocalMachine, view, path };
            if let Some(entry) = &replaces.uninstall_entry {
                for (view, kind) in [(View::Bits32, "ENTRY32"), (View::Bits64, "ENTRY64")] {
                    let path = format!("SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\{entry}");
                    search(builder, &property(kind), &key(view, path), "UninstallString");
                }
            }
            for (place, service) in (1..).zip(&replaces.services) {
                let path = format!("SYSTEM\\CurrentControlSet\\Services\\{service}");
                let key = key(builder.native_view(), path);
                search(builder, &property(&format!("SERVICE{place}")), &key, "ImagePath");
            }
            let condition = format!("Installed OR NOT ({})", found.join(" OR "));
            let predecessor = literal(&replaces.name);
            let places = [("product", name.as_str()), ("predecessor", predecessor.as_str())];
            let message = builder.texts.message("predecessor", &places)?;
            builder.rows.push("LaunchCondition", row![condition, message]);
        }
        secure.extend(found);
    }
    Ok(secure)
}

#[cfg(test)]
mod tests {
    use packager_shared::plan::Arch;

    use super::super::rows::Cell;
    use super::*;
    use crate::outputs::sample;

    fn rows(replaces: Replaces) -> super::super::Rows {
        let mut package = sample::package(Arch::X64);
        package.target.ops = vec![Op::Replaces(replaces)];
        let files = sample::files();
        super::super::plan(sample::release(&package, &files)).unwrap().rows
    }

    const TAKES_OVER_THE_ENGINES: &str = "NOT REMOVE~=\"ALL\" AND INSTALLATION_MANAGER=\"engine\"";

    /// When the bootstrap in the Binary table is run.
    fn takes_over(rows: &super::super::Rows) -> String {
        let sequence = rows.table("InstallExecuteSequence");
        let mut when = ["UndoBootstrapReplace", "BootstrapReplace"].map(|name| {
            let step = sequence.iter().find(|row| row[0] == Cell::from(name)).unwrap();
            format!("{:?}", step[1])
        });
        assert_eq!(when[0], when[1]);
        let quoted = std::mem::take(&mut when[1]).replace("\\\"", "'");
        quoted.split('"').nth(1).unwrap_or_default().replace('\'', "\"")
    }

    fn old(refuse: bool) -> Replaces {
        Replaces {
            name: "Old [Agent]".into(),
            upgrade_code: Some([5; 16]),
            services: vec!["OldAgent".into()],
            refuse,
            ..Replaces::default()
        }
    }

    #[test]
    fn one_that_is_removed_takes_the_bootstrap_along() {
        let rows = rows(old(false));
        let upgrade = rows.table("Upgrade");
        let ours = upgrade.iter().find(|row| row[6] == Cell::from("PREDECESSOR_1_PRODUCT")).unwrap();
        assert_eq!(ours[4], Cell::Int(MIN_INCLUSIVE));
        assert_eq!(rows.table("Binary"), [vec![Cell::from(BOOTSTRAP), Cell::Stream]]);
        let action =
            |name: &str| rows.table("CustomAction").iter().find(|row| row[0] == Cell::from(name)).cloned();
        let target = "/msi replace [InstallReason] /dir \"[INSTALLDIR].\"";
        assert_eq!(
            action("BootstrapReplace"),
            Some(vec![
                "BootstrapReplace".into(),
                Cell::Int(2 | 0x400 | 0x800),
                BOOTSTRAP.into(),
                target.into()
            ])
        );
        assert!(action("UndoBootstrapReplace").is_some() && action("BootstrapCommit").is_some());
        assert_eq!(takes_over(&rows), "NOT REMOVE~=\"ALL\"");
        // Where rollback is disabled no commit action runs, and the journal has to go all the same.
        let at_once = action("BootstrapCommitAtOnce").unwrap();
        assert_eq!(at_once[1], Cell::Int(18 | 0x40 | 0x400 | 0x800));
        let sequence = rows.table("InstallExecuteSequence");
        let step = sequence.iter().find(|row| row[0] == at_once[0]).unwrap();
        assert_eq!(step[1], Cell::from("NOT REMOVE~=\"ALL\" AND RollbackDisabled"));
    }

    #[test]
    fn one_that_is_refused_is_looked_for() {
        let mut refused = old(true);
        refused.uninstall_entry = Some("Old".into());
        let rows = rows(refused);
        assert_eq!(takes_over(&rows), TAKES_OVER_THE_ENGINES);
        let ours = rows.table("Upgrade").iter().find(|row| row[6] == Cell::from("PREDECESSOR_1_PRODUCT"));
        assert_eq!(ours.unwrap()[4], Cell::Int(MIN_INCLUSIVE | ONLY_DETECT));
        let conditions = rows.table("LaunchCondition");
        let condition = "Installed OR NOT (PREDECESSOR_1_PRODUCT OR PREDECESSOR_1_ENTRY32 OR \
                         PREDECESSOR_1_ENTRY64 OR PREDECESSOR_1_SERVICE1)";
        let ours = conditions.iter().find(|row| row[0] == Cell::from(condition)).unwrap();
        assert!(
            matches!(&ours[1], Cell::Text(text) if text.starts_with("Old [\\[]Agent[\\]] must be removed"))
        );
    }

    #[test]
    fn one_of_windows_installer_needs_nothing_else() {
        let rows = rows(Replaces { services: vec![], ..old(false) });
        assert_eq!(takes_over(&rows), TAKES_OVER_THE_ENGINES);
    }
}
