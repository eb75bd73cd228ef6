//! Shortcut and Environment rows, and CreateFolder for directories that exist even if empty.

use std::collections::BTreeSet;

use packager_shared::plan::{EnvironmentAction, Op, Scope};
use packager_shared::template::{Dir, Template};

use super::builder::Builder;
use super::directories;
use super::formatted;
use super::rows::{Cell, row};
use super::short_names::with_short_names;
use crate::plan::ids::{self, Kind};

/// A shortcut as the plan has it.
#[derive(Clone, Copy, Debug)]
pub struct Shortcut<'a> {
    /// Known folder.
    pub folder: Dir,
    /// Sub-folder of it.
    pub subfolder: &'a str,
    /// Name without `.lnk`.
    pub name: &'a str,
    /// Program below the install directory.
    pub target: &'a str,
    /// Arguments.
    pub arguments: &'a Template,
    /// Tool tip.
    pub description: &'a str,
}

/// Adds a shortcut to the component of its target. It is not advertised: it works for every user at once and
/// never starts a repair.
pub fn shortcut(builder: &mut Builder<'_>, shortcut: Shortcut<'_>) {
    let component = builder.file_key(shortcut.target);
    let directory = builder.directories.known_below(shortcut.folder, shortcut.subfolder);
    let key = ids::row_key("s", Kind::File, &format!("{directory}\\{}.lnk", shortcut.name));
    let name = with_short_names(&[shortcut.name]).pop().unwrap_or_default();
    let folder = shortcut.target.rsplit_once('\\').map_or("", |(folder, _)| folder);
    let working_directory = builder.directories.payload(folder);
    builder.rows.push(
        "Shortcut",
        row![
            key,
            directory,
            name,
            &component,
            format!("[#{component}]"),
            formatted::template(shortcut.arguments, builder.folders()),
            formatted::literal(shortcut.description),
            Cell::Null, // Hotkey
            Cell::Null, // Icon_: the target's own
            Cell::Null, // IconIndex
            1,          // SW_SHOWNORMAL
            working_directory,
        ],
    );
}

/// Adds an environment variable or a part of one.
pub fn environment(builder: &mut Builder<'_>, name: &str, value: &Template, action: EnvironmentAction) {
    // `=` create and set on install, `-` remove on uninstall, `*` the machine's environment. A list keeps its
    // other parts through `[~]` (Microsoft: "Environment Table").
    let machine = if builder.release.package.target.product.scope == Scope::Machine { "*" } else { "" };
    let text = formatted::template(value, builder.folders());
    let target = format!("{machine}{name}\\{text}");
    let key = ids::row_key("e", Kind::Environment, &target);
    let value = match action {
        EnvironmentAction::Set => text,
        EnvironmentAction::Append => format!("[~];{text}"),
        EnvironmentAction::Prepend => format!("{text};[~]"),
    };
    directory_component(builder, &key, (Kind::Environment, &target), "INSTALLDIR");
    builder.rows.push("Environment", row![&key, format!("=-{machine}{name}"), value, &key]);
}

/// Adds the directories that exist even if empty, the deepest first: see [`folders_on_the_way`].
pub fn directories(builder: &mut Builder<'_>, ops: &[Op]) {
    let mut paths: Vec<&Template> = ops
        .iter()
        .filter_map(|op| match op {
            Op::Directory { path, .. } => Some(path),
            _ => None,
        })
        .collect();
    paths.sort_by_key(|path| std::cmp::Reverse(directories::canonical(path).matches('\\').count()));
    for path in paths {
        directory(builder, path);
    }
}

fn directory(builder: &mut Builder<'_>, path: &Template) {
    let target = directories::canonical(path);
    let key = ids::row_key("c", Kind::Directory, &target);
    let directory = builder.directories.template(path);
    directory_component(builder, &key, (Kind::Directory, &target), &directory);
}

/// Makes every folder that holds no file of its own one that RemoveFolders takes away when it is empty: those on
/// the way to the install directory, and the shortcuts'. RemoveFiles looks after the others.
///
/// CreateFolder rows are worked through in the order of their keys, which is the order in which their strings
/// come first: the deepest folder has to.
pub fn folders_on_the_way(builder: &mut Builder<'_>) {
    let Some(bootstrap) = builder.release.bootstrap() else { return };
    let component = builder.file_key(&bootstrap.path);
    let column = |table, column: usize| -> BTreeSet<Cell> {
        builder.rows.table(table).iter().filter_map(|row| row.get(column).cloned()).collect()
    };
    let mut taken = column("Component", 2);
    taken.extend(column("CreateFolder", 0));
    for folder in builder.directories.own() {
        if !taken.contains(&Cell::Text(folder.clone())) {
            builder.rows.push("CreateFolder", row![folder, &component]);
        }
    }
    if builder.folders().user {
        // In a profile every folder has to be named, also those that others use: empty ones alone go (ICE64).
        for (number, folder) in builder.directories.made().into_iter().enumerate() {
            let row = row![format!("Folder{number:05}"), &component, Cell::Null, folder, ON_REMOVE];
            builder.rows.push("RemoveFile", row);
        }
    }
}

/// msidbRemoveFileInstallModeOnRemove.
const ON_REMOVE: i32 = 2;

/// A component whose key path is its directory, which ICE18 wants to be created.
fn directory_component(builder: &mut Builder<'_>, key: &str, identity: (Kind, &str), directory: &str) {
    let view = builder.native_view();
    builder.component(key, identity, directory, view, 0, None);
    builder.rows.push("CreateFolder", row![directory, key]);
}
