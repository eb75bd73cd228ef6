//! The Directory table: known folders, the way down to the install directory, and the payload's folders.

use std::collections::{BTreeMap, BTreeSet};

use packager_shared::template::{Dir, Part, Template};

use super::formatted::{Folders, USER_PROGRAMS, directory_id};
use super::rows::{Rows, row};
use super::short_names::with_short_names;
use crate::plan::ids::{self, Kind};

/// A folder below another one: id of the parent row and own name.
#[derive(Debug)]
struct Folder {
    parent: String,
    name: String,
}

/// Collects the directories that rows refer to.
#[derive(Debug)]
pub struct Directories {
    which: Folders,
    /// Predefined folders in use, which stand directly under TARGETDIR.
    known: BTreeSet<&'static str>,
    folders: BTreeMap<String, Folder>,
    /// Folders on the way that are Windows' own.
    foreign: BTreeSet<String>,
    install_dir: String,
}

/// Where folders of all users are when the registry does not say: below a predefined folder.
///
/// The predefined ProgramMenuFolder, DesktopFolder and StartupFolder count as parts of a user's profile, and
/// ICE43 then wants a key path under HKCU, which an installation by the system account has no use for.
const COMMON: &[(&str, &str, &[&str])] = &[
    ("CommonPrograms", "CommonAppDataFolder", &["Microsoft", "Windows", "Start Menu"]),
    ("CommonStartup", "CommonAppDataFolder", &["Microsoft", "Windows", "Start Menu", "Programs"]),
    ("CommonDesktop", "WindowsVolume", &["Users", "Public"]),
    (USER_PROGRAMS, "LocalAppDataFolder", &[]),
];

fn last_name(id: &str) -> &'static str {
    match id {
        "CommonPrograms" | USER_PROGRAMS => "Programs",
        "CommonStartup" => "Startup",
        _ => "Desktop",
    }
}

impl Directories {
    /// Starts with the install directory: a known folder and names below it.
    pub fn new(install_dir: &Template, which: Folders) -> Self {
        let mut this = Self {
            foreign: BTreeSet::new(),
            which,
            known: BTreeSet::new(),
            folders: BTreeMap::new(),
            install_dir: canonical(install_dir),
        };
        let (base, names) = split(install_dir);
        let mut parent = this.root(base);
        let mut path = base.map_or_else(String::new, token);
        for (index, name) in names.iter().enumerate() {
            path = format!("{path}\\{name}");
            let id = if index + 1 == names.len() {
                "INSTALLDIR".to_owned()
            } else {
                ids::row_key("d", Kind::Directory, &path)
            };
            this.folders.insert(id.clone(), Folder { parent, name: (*name).to_owned() });
            parent = id;
        }
        this
    }

    /// The unexpanded install directory: what component ids are made from.
    pub fn install_dir(&self) -> &str {
        &self.install_dir
    }

    /// The row of a folder below the install directory; empty is the install directory.
    pub fn payload(&mut self, folder: &str) -> String {
        let base = self.install_dir.clone();
        self.below("INSTALLDIR".to_owned(), base, folder.split('\\'))
    }

    /// The row of a directory that starts with a known folder.
    pub fn template(&mut self, path: &Template) -> String {
        let (base, names) = split(path);
        let root = self.root(base);
        let start = match base {
            Some(Dir::InstallDir) => self.install_dir.clone(),
            other => other.map_or_else(String::new, token),
        };
        self.below(root, start, names.iter().map(String::as_str))
    }

    /// The row of a sub-folder of a known folder.
    pub fn known_below(&mut self, dir: Dir, subfolder: &str) -> String {
        let root = self.root(Some(dir));
        self.below(root, token(dir), subfolder.split('\\'))
    }

    fn below<'a>(&mut self, root: String, start: String, names: impl Iterator<Item = &'a str>) -> String {
        let (mut parent, mut path) = (root, start);
        for name in names.filter(|name| !name.is_empty()) {
            path = format!("{path}\\{name}");
            let id = ids::row_key("d", Kind::Directory, &path);
            self.folders.entry(id.clone()).or_insert(Folder { parent, name: name.to_owned() });
            parent = id;
        }
        parent
    }

    fn root(&mut self, dir: Option<Dir>) -> String {
        let Some(dir) = dir else { return "TARGETDIR".to_owned() };
        let id = directory_id(dir, self.which);
        if let Some((_, base, names)) = COMMON.iter().find(|(common, ..)| *common == id) {
            self.known.insert(base);
            let (mut parent, mut path) = ((*base).to_owned(), format!("<{base}>"));
            for name in *names {
                parent = self.below(parent, path.clone(), std::iter::once(*name));
                path = format!("{path}\\{name}");
                self.foreign.insert(parent.clone());
            }
            self.foreign.insert(id.to_owned());
            self.folders.entry(id.to_owned()).or_insert(Folder { parent, name: last_name(id).to_owned() });
        } else if dir != Dir::InstallDir {
            self.known.insert(id);
        }
        id.to_owned()
    }

    /// Whether a directory is in use that AppSearch should look for in the registry, and its value's name.
    pub fn searched(&self) -> impl Iterator<Item = (&'static str, &'static str)> + '_ {
        [
            ("CommonPrograms", "Common Programs"),
            ("CommonStartup", "Common Startup"),
            ("CommonDesktop", "Common Desktop"),
        ]
        .into_iter()
        .filter(|(id, _)| self.folders.contains_key(*id))
    }

    /// A folder and those it lies in, the deepest first.
    pub fn levels<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = &'a str> {
        std::iter::successors(Some(folder), |id| self.folders.get(*id).map(|folder| folder.parent.as_str()))
    }

    /// The product's own folders, the deepest first.
    pub fn own(&self) -> Vec<String> {
        self.deepest_first(|id| !self.foreign.contains(id))
    }

    fn deepest_first(&self, wanted: impl Fn(&str) -> bool) -> Vec<String> {
        let depth = |id: &str| {
            std::iter::successors(self.folders.get(id), |folder| self.folders.get(&folder.parent)).count()
        };
        let ids = self.folders.keys().filter(|id| wanted(id));
        let mut list: Vec<_> = ids.map(|id| (std::cmp::Reverse(depth(id)), id.clone())).collect();
        list.sort_unstable();
        list.into_iter().map(|(_, id)| id).collect()
    }

    /// Every folder below a known one, the deepest first.
    pub fn made(&self) -> Vec<String> {
        self.deepest_first(|_| true)
    }

    /// Writes the Directory rows.
    pub fn write(self, rows: &mut Rows) {
        rows.push("Directory", row!["TARGETDIR", None::<String>, "SourceDir"]);
        for id in &self.known {
            // The period makes a folder of its own name out of it only in an administrative image.
            rows.push("Directory", row![*id, "TARGETDIR", "."]);
        }
        let mut children: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
        for (id, folder) in &self.folders {
            children.entry(&folder.parent).or_default().push((&folder.name, id));
        }
        for (parent, mut list) in children {
            list.sort_unstable();
            let names: Vec<&str> = list.iter().map(|(name, _)| *name).collect();
            for ((_, id), name) in list.iter().zip(with_short_names(&names)) {
                rows.push("Directory", row![*id, parent, name]);
            }
        }
    }
}

/// `{ProgramFiles}`, as it stands in ids.
fn token(dir: Dir) -> String {
    format!("{{{dir:?}}}")
}

/// A template of a directory as text, for ids.
pub fn canonical(path: &Template) -> String {
    let (base, names) = split(path);
    let mut text = base.map_or_else(String::new, token);
    for name in names {
        text.push('\\');
        text.push_str(&name);
    }
    text
}

/// The known folder at the start and the names below it. The model has refused settings in a directory.
fn split(path: &Template) -> (Option<Dir>, Vec<String>) {
    let mut base = None;
    let mut names = Vec::new();
    for part in &path.0 {
        match part {
            Part::Dir(dir) => base = Some(*dir),
            Part::Text(text) => {
                names.extend(text.split('\\').filter(|name| !name.is_empty()).map(str::to_owned));
            }
            Part::Setting(_) | Part::Optional(..) => {}
        }
    }
    (base, names)
}
