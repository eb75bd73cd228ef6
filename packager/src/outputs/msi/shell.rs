//! Shortcut and Environment rows, and CreateFolder for directories that exist even if empty.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use packager_shared::plan::{Condition, EnvironmentAction, Op, Scope};
use packager_shared::template::{Dir, Template};

use super::builder::Builder;
use super::directories;
use super::formatted;
use super::rows::{Cell, Row, row};
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
    let program = builder.file_key(shortcut.target);
    let directory = builder.directories.known_below(shortcut.folder, shortcut.subfolder);
    let key =
        ids::row_key("s", Kind::File, &builder.identity(&format!("{directory}\\{}.lnk", shortcut.name)));
    let name = with_short_names(&[shortcut.name]).pop().unwrap_or_default();
    let folder = shortcut.target.rsplit_once('\\').map_or("", |(folder, _)| folder);
    let working_directory = builder.directories.payload(folder);
    let (component, target) = if builder.when.is_none() {
        (program.clone(), format!("[#{program}]"))
    } else {
        // A component of its own, which makes the shortcut's folder when that is ours. ICE69: the program is in
        // another one, and is named by its folder.
        let own = if shortcut.subfolder.is_empty() { "INSTALLDIR" } else { &directory };
        directory_component(builder, &key, (Kind::Directory, &key), own);
        let file = shortcut.target.rsplit('\\').next().unwrap_or_default();
        (key.clone(), format!("[{working_directory}]{}", formatted::literal(file)))
    };
    builder.rows.push(
        "Shortcut",
        row![
            key,
            directory,
            name,
            &component,
            target,
            formatted::template(shortcut.arguments, builder.folders()),
            shortcut.description, // Text, not Formatted (Microsoft: "Shortcut Table")
            Cell::Null,           // Hotkey
            Cell::Null,           // Icon_: the target's own
            Cell::Null,           // IconIndex
            1,                    // SW_SHOWNORMAL
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
    let target = builder.identity(&format!("{machine}{name}\\{text}"));
    let key = ids::row_key("e", Kind::Environment, &target);
    let value = match action {
        EnvironmentAction::Set => text,
        EnvironmentAction::Append => format!("[~];{text}"),
        EnvironmentAction::Prepend => format!("{text};[~]"),
    };
    directory_component(builder, &key, (Kind::Environment, &target), "INSTALLDIR");
    builder.rows.push("Environment", row![&key, format!("=-{machine}{name}"), value, &key]);
}

/// A value of an INI file as the plan has it.
#[derive(Clone, Copy, Debug)]
pub struct Ini<'a> {
    /// The file's folder.
    pub folder: &'a Template,
    /// Its name.
    pub file: &'a str,
    /// Section.
    pub section: &'a Template,
    /// Key.
    pub key: &'a Template,
    /// Value.
    pub value: &'a Template,
}

/// Adds a value of an INI file. It goes with its component (Microsoft: "RemoveIniValues Action").
pub fn ini(builder: &mut Builder<'_>, ini: Ini<'_>) {
    const WRITE: i32 = 0; // msidbIniFileActionAddLine
    let text = |template| formatted::template(template, builder.folders());
    let (section, key, value) = (text(ini.section), text(ini.key), text(ini.value));
    let folder = directories::canonical(ini.folder);
    let target = builder.identity(&format!("{folder}\\{}\\[{section}]{key}", ini.file));
    let id = ids::row_key("i", Kind::Ini, &target);
    let name = with_short_names(&[ini.file]).pop().unwrap_or_default();
    let directory = builder.directories.template(ini.folder);
    directory_component(builder, &id, (Kind::Ini, &target), "INSTALLDIR");
    builder.rows.push("IniFile", row![&id, name, directory, section, key, value, WRITE, &id]);
}

/// Adds the directories that exist even if empty, the deepest first: see [`folders_on_the_way`].
pub fn directories(builder: &mut Builder<'_>, ops: &[Op]) {
    let mut paths: Vec<(&Template, Option<&Condition>)> = ops
        .iter()
        .filter_map(|op| match op {
            Op::Directory { path, .. } => Some((path, None)),
            Op::When(when, inner) => match &**inner {
                Op::Directory { path, .. } => Some((path, Some(when))),
                _ => None,
            },
            _ => None,
        })
        .collect();
    paths.sort_by_key(|(path, _)| std::cmp::Reverse(directories::canonical(path).matches('\\').count()));
    for (path, when) in paths {
        builder.when = when.cloned();
        directory(builder, path);
    }
    builder.when = None;
}

fn directory(builder: &mut Builder<'_>, path: &Template) {
    let target = builder.identity(&directories::canonical(path));
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
    let uses = Uses::of(builder);
    let mut add = Vec::new();
    for folder in builder.directories.own() {
        if uses.looked_after.contains(&(folder.clone(), !uses.always.contains(&folder))) {
            continue;
        }
        if uses.always.contains(&folder) {
            add.push((folder, component.clone()));
        } else {
            // On the way to nothing but what hangs on conditions: it comes and goes with that.
            let components = uses.sometimes.get(&folder).into_iter().flatten();
            add.extend(components.map(|component| (folder.clone(), component.clone())));
        }
    }
    for (folder, of) in add {
        builder.rows.push("CreateFolder", row![folder, of]);
    }
    if builder.folders().user {
        // In a profile every folder has to be named, also those that others use: empty ones alone go (ICE64).
        for (number, folder) in builder.directories.made().into_iter().enumerate() {
            let row = row![format!("Folder{number:05}"), &component, Cell::Null, folder, ON_REMOVE];
            builder.rows.push("RemoveFile", row);
        }
    }
}

/// What stands in the folders.
#[derive(Default)]
struct Uses {
    /// Folders in which, or below which, something is always there.
    always: HashSet<String>,
    /// Of the others: the components that are sometimes there.
    sometimes: BTreeMap<String, BTreeSet<String>>,
    /// Folders that Windows Installer looks after because of a component of theirs, and whether that hangs on a
    /// condition.
    looked_after: HashSet<(String, bool)>,
}

impl Uses {
    fn of(builder: &Builder<'_>) -> Self {
        let text = |row: &Row, column: usize| match row.get(column) {
            Some(Cell::Text(text)) => text.clone(),
            _ => String::new(),
        };
        let components = builder.rows.table("Component");
        let conditional: HashSet<String> =
            components.iter().filter(|row| row.get(4) != Some(&Cell::Null)).map(|row| text(row, 0)).collect();
        let mut uses = Self::default();
        // Folder, component, and whether it is the component's own.
        let tables = [
            ("Component", 2, 0, true),
            ("CreateFolder", 0, 1, true),
            ("Shortcut", 1, 3, false),
            ("IniFile", 2, 7, false),
        ];
        for (table, folder, component, own) in tables {
            for row in builder.rows.table(table) {
                let (folder, component) = (text(row, folder), text(row, component));
                let conditional = conditional.contains(&component);
                if own {
                    uses.looked_after.insert((folder.clone(), conditional));
                }
                for level in builder.directories.levels(&folder) {
                    if conditional {
                        uses.sometimes.entry(level.to_owned()).or_default().insert(component.clone());
                    } else if !uses.always.insert(level.to_owned()) {
                        break;
                    }
                }
            }
        }
        uses
    }
}

/// msidbRemoveFileInstallModeOnRemove.
const ON_REMOVE: i32 = 2;

/// A component whose key path is its directory, which ICE18 wants to be created.
pub fn directory_component(builder: &mut Builder<'_>, key: &str, identity: (Kind, &str), directory: &str) {
    let view = builder.native_view();
    builder.component(key, identity, directory, view, 0, None);
    builder.rows.push("CreateFolder", row![directory, key]);
}
