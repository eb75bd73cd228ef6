//! RemoveFile rows for files that are no payload.
//!
//! A row alone would not know an uninstall from the removal by a newer version, nor anything of either when its
//! component stays: its folder is a property that is set only when the row shall count (Microsoft: "RemoveFile Table",
//! DirProperty).

use packager_shared::plan::Op;
use packager_shared::template::{Dir, Part, Template};

use super::builder::Builder;
use super::rows::{Cell, row};
use super::sequences::Step;
use super::settings::set_property;

/// Behind CostFinalize, which finds the folders, each action in a place of its own.
const FIRST: i32 = 1100;
/// How many there is room for before MigrateFeatureStates.
pub const MOST: usize = 99;

/// msidbRemoveFileInstallMode…
const ON_INSTALL: i32 = 1;
const ON_REMOVE: i32 = 2;

/// Adds the rows; returns where the actions stand that switch them on.
pub fn write(builder: &mut Builder<'_>) -> Vec<Step> {
    let Some(bootstrap) = builder.release.bootstrap() else { return Vec::new() };
    let component = builder.file_key(&bootstrap.path);
    let plan = &builder.release.package.target;
    let mut steps = Vec::new();
    for (number, op) in (1..).zip(plan.ops.iter().filter(|op| matches!(op, Op::RemoveFiles { .. }))) {
        let Op::RemoveFiles { folder, pattern, on_uninstall } = op else { continue };
        let mut path = vec![Part::Dir(Dir::InstallDir)];
        if !folder.is_empty() {
            path.push(Part::Text(folder.clone()));
        }
        let directory = builder.directories.template(&Template(path));
        let property = format!("RemoveFrom_{number}");
        let condition = match on_uninstall {
            true => "REMOVE~=\"ALL\" AND NOT UPGRADINGPRODUCTCODE",
            false => "NOT REMOVE~=\"ALL\"",
        };
        let action = set_property(builder, &format!("Find{property}"), &property, &format!("[{directory}]"));
        let sequence = FIRST + number;
        steps.push(Step { action, condition: condition.to_owned(), sequence });
        let mode = if *on_uninstall { ON_REMOVE } else { ON_INSTALL };
        // A short name for what has none: no file is looked for by it where there are long ones.
        let name = if is_short(pattern) { pattern.clone() } else { format!("~*.{number:03}|{pattern}") };
        builder.rows.push("RemoveFile", row![format!("Remove_{number}"), &component, name, &property, mode]);
        if *on_uninstall && !folder.is_empty() {
            let id = format!("Remove_{number}_folder");
            builder.rows.push("RemoveFile", row![id, &component, Cell::Null, property, mode]);
        }
    }
    steps
}

/// Whether a pattern is one of an 8.3 name.
fn is_short(pattern: &str) -> bool {
    let good = |text: &str, most| {
        !text.is_empty()
            && text.len() <= most
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"*?_-~!#$&".contains(&b))
    };
    match pattern.split_once('.') {
        Some((name, extension)) => good(name, 8) && good(extension, 3),
        None => good(pattern, 8),
    }
}

#[cfg(test)]
mod tests {
    use packager_shared::plan::Arch;

    use super::*;
    use crate::outputs::sample;

    #[test]
    fn a_row_counts_only_when_its_folder_is_found() {
        let mut package = sample::package(Arch::X64);
        for (folder, pattern, on_uninstall) in [("logs", "*.jsonl", true), ("", "*.tmp", false)] {
            let (folder, pattern) = (folder.into(), pattern.into());
            package.target.ops.push(Op::RemoveFiles { folder, pattern, on_uninstall });
        }
        let files = sample::files();
        let rows = super::super::plan(sample::release(&package, &files)).unwrap().rows;
        let row =
            |id: &str| rows.table("RemoveFile").iter().find(|row| row[0] == Cell::from(id)).cloned().unwrap();
        let cells = |id: &str| row(id)[2..].to_vec();
        let property = || Cell::from("RemoveFrom_1");
        assert_eq!(cells("Remove_1"), [Cell::from("~*.001|*.jsonl"), property(), Cell::Int(2)]);
        assert_eq!(cells("Remove_1_folder"), [Cell::Null, property(), Cell::Int(2)]);
        assert_eq!(cells("Remove_2"), [Cell::from("*.tmp"), Cell::from("RemoveFrom_2"), Cell::Int(1)]);
        let step = |action: &str| {
            let steps = rows.table("InstallExecuteSequence");
            steps.iter().find(|row| row[0] == Cell::from(action)).unwrap()[1..].to_vec()
        };
        let uninstall = "REMOVE~=\"ALL\" AND NOT UPGRADINGPRODUCTCODE";
        assert_eq!(step("FindRemoveFrom_1"), [Cell::from(uninstall), Cell::Int(1101)]);
        assert_eq!(step("FindRemoveFrom_2"), [Cell::from("NOT REMOVE~=\"ALL\""), Cell::Int(1102)]);
    }
}
