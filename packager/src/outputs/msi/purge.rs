//! Folders that go with all that is in them on uninstall.
//!
//! No table of Windows Installer does that, and nothing brings them back: so it is a commit action, which runs when
//! everything else has worked (Microsoft: "Commit Custom Actions"). By then the installed bootstrap is gone, so the
//! DLL in the Binary table does it. What is in use goes at the next restart.

use packager_shared::plan::{Condition, Op, Scope};
use packager_shared::template::{Dir, Part, Template};

use super::actions;
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
    let kind = LIBRARY_ACTION | actions::DEFERRED | actions::COMMIT | actions::IGNORE_EXIT_CODE | context;
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
        let find = set_property(builder, &format!("Find.{action}"), &action, &data);
        builder.rows.push("CustomAction", row![&action, kind, LIBRARY, "PurgeFolder"]);
        for action in [find, action] {
            let sequence = FIRST + steps.len() as i32;
            steps.push(Step { action, condition: condition.clone(), sequence });
        }
    }
    if !steps.is_empty() && builder.rows.table("Binary").is_empty() {
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
