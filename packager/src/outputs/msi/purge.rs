//! Folders that go with all that is in them on uninstall.
//!
//! No table of Windows Installer does that, and nothing brings them back: so it is a commit action, which runs when
//! everything else has worked (Microsoft: "Commit Custom Actions"). By then the installed bootstrap is gone, so the
//! DLL in the Binary table does it. What is in use goes at the next restart. "Rollback and commit do not run while
//! rollback is disabled" (Microsoft: "RollbackDisabled Property"): then a deferred action does the same.

use packager_shared::plan::{Condition, Op, Scope};
use packager_shared::template::{Dir, Part, Template};

use super::actions::{self, ROLLBACK_DISABLED};
use super::builder::Builder;
use super::rows::{Cell, row};
use super::secrets::{LIBRARY, LIBRARY_ACTION};
use super::sequences::Step;
use super::settings::set_property;

/// Behind everything else that is deferred, each in a place of its own.
const FIRST: i32 = 6410;

/// Adds the actions; returns where they stand.
pub fn write(builder: &mut Builder<'_>) -> Vec<Step> {
    let plan = &builder.release.package.target;
    let folders: Vec<(&Template, Option<&Condition>)> = plan.ops.iter().filter_map(purged).collect();
    let context = if plan.product.scope == Scope::Machine { actions::NO_IMPERSONATE } else { 0 };
    let kind = LIBRARY_ACTION | actions::DEFERRED | actions::IGNORE_EXIT_CODE | context;
    let mut steps = Vec::new();
    for (number, (path, when)) in folders.into_iter().enumerate() {
        let folder = builder.directories.template(path);
        let action = format!("Purge.{number}");
        let condition = match when {
            Some(when) => {
                format!("REMOVE~=\"ALL\" AND NOT UPGRADINGPRODUCTCODE AND ({})", builder.condition(when))
            }
            None => "REMOVE~=\"ALL\" AND NOT UPGRADINGPRODUCTCODE".to_owned(),
        };
        let data = format!("{};[{folder}]", levels(path, &plan.install_dir));
        let at_once = format!("PurgeAtOnce.{number}");
        let no_rollback = format!("{condition} AND {ROLLBACK_DISABLED}");
        for (action, kind, condition) in
            [(action, kind | actions::COMMIT, condition), (at_once, kind, no_rollback)]
        {
            let find = set_property(builder, &format!("Find.{action}"), &action, &data);
            builder.rows.push("CustomAction", row![&action, kind, LIBRARY, "PurgeFolder"]);
            for action in [find, action] {
                let sequence = FIRST + steps.len() as i32;
                steps.push(Step { action, condition: condition.clone(), sequence });
            }
        }
    }
    // The secrets' actions may have brought it; the bootstrap may be there, too.
    let there = builder.rows.table("Binary").iter().any(|row| row.first() == Some(&Cell::from(LIBRARY)));
    if !steps.is_empty() && !there {
        builder.rows.push("Binary", vec![LIBRARY.into(), Cell::Stream]);
    }
    steps
}

/// How many folders above it go with it when they are empty: RemoveFolders was there before it went.
fn levels(path: &Template, install_dir: &Template) -> usize {
    let names = |template: &Template| {
        let text = template.0.iter().map(|part| if let Part::Text(text) = part { text.as_str() } else { "" });
        text.collect::<String>().split('\\').filter(|name| !name.is_empty()).count()
    };
    match path.0.first() {
        Some(Part::Dir(Dir::InstallDir)) => names(path) + names(install_dir) - 1,
        _ => names(path).saturating_sub(1),
    }
}

fn purged(op: &Op) -> Option<(&Template, Option<&Condition>)> {
    match op {
        Op::Directory { path, purge: true, .. } => Some((path, None)),
        Op::When(when, inner) => purged(inner).map(|(path, _)| (path, Some(when))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use packager_shared::plan::{Arch, Replaces};

    use super::super::Rows;
    use super::*;
    use crate::outputs::sample;

    fn rows(more: Option<Op>) -> Rows {
        let mut package = sample::package(Arch::X64);
        let path = Template(vec![Part::Dir(Dir::ProgramData), Part::Text("\\Example".into())]);
        package.target.settings.clear();
        package.target.ops = vec![Op::Directory { path, acl: None, purge: true }];
        package.target.ops.extend(more);
        let files = sample::files();
        super::super::plan(sample::release(&package, &files)).unwrap().rows
    }

    #[test]
    fn the_library_comes_along_beside_the_bootstrap() {
        let old = Replaces { name: "Old".into(), services: vec!["Old".into()], ..Replaces::default() };
        let rows = rows(Some(Op::Replaces(old)));
        let mut names: Vec<_> = rows.table("Binary").iter().map(|row| row[0].clone()).collect();
        names.sort_by_key(|name| format!("{name:?}"));
        assert_eq!(names, [Cell::from("Bootstrap"), Cell::from(LIBRARY)]);
    }

    #[test]
    fn without_rollback_there_is_no_commit() {
        let rows = rows(None);
        let kind = |name: &str| {
            rows.table("CustomAction").iter().find(|row| row[0] == Cell::from(name)).map(|row| row[1].clone())
        };
        assert_eq!(kind("Purge.0"), Some(Cell::Int(1 | 0x40 | 0x200 | 0x400 | 0x800)));
        assert_eq!(kind("PurgeAtOnce.0"), Some(Cell::Int(1 | 0x40 | 0x400 | 0x800)));
        let condition = "REMOVE~=\"ALL\" AND NOT UPGRADINGPRODUCTCODE AND RollbackDisabled";
        let sequence = rows.table("InstallExecuteSequence");
        let step = sequence.iter().find(|row| row[0] == Cell::from("PurgeAtOnce.0")).unwrap();
        assert_eq!(step[1], Cell::from(condition));
    }
}
