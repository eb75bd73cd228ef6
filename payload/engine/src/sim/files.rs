//! The simulated file system: names and what they are; contents are kept apart, as open files keep theirs.

use std::collections::BTreeMap;
use std::string::String;
use std::vec::Vec;

use packager_shared::path::{parent, same};
use packager_shared::plan::{Arch, Scope};
use packager_shared::template::Dir;

use super::world::World;
use super::{ACCESS_DENIED, EXISTS, NOT_EMPTY, NOT_FOUND, PATH_NOT_FOUND, SHARING, fail, lower};
use crate::system::{Result, Stat};

/// What a path is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// A file.
    File {
        /// Names its content.
        id: u64,
        /// Last write, FILETIME.
        modified: u64,
        /// For administrators and the system alone.
        protected: bool,
    },
    /// A directory.
    Dir {
        /// For administrators and the system alone.
        protected: bool,
        /// A junction or symbolic link.
        link: bool,
    },
}

/// Paths, by canonical form, with the case they were made with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    nodes: BTreeMap<String, (String, Node)>,
}

impl Tree {
    /// What a path is.
    pub fn get(&self, path: &str) -> Option<&Node> {
        self.nodes.get(&lower(path)).map(|(_, node)| node)
    }

    /// Whether a file is there that no other path names.
    pub fn has_one_name(&self, path: &str) -> bool {
        let Some(Node::File { id, .. }) = self.get(path) else { return false };
        let same = |node: &Node| matches!(node, Node::File { id: other, .. } if other == id);
        self.nodes.values().filter(|(_, node)| same(node)).count() == 1
    }

    /// Puts something at a path. A file inherits its folder's protection.
    pub fn insert(&mut self, path: &str, mut node: Node) {
        if let Node::File { protected, .. } = &mut node {
            *protected |= self.is_protected(parent(path).unwrap_or_default());
        }
        self.nodes.insert(lower(path), (String::from(path), node));
    }

    /// Whether a path or a folder above it is for administrators and the system alone.
    pub fn is_protected(&self, path: &str) -> bool {
        match self.get(path) {
            Some(Node::File { protected: true, .. } | Node::Dir { protected: true, .. }) => true,
            Some(Node::Dir { .. }) => parent(path).is_some_and(|parent| self.is_protected(parent)),
            _ => false,
        }
    }

    /// Gives a file its folder's protection.
    pub fn inherit(&mut self, path: &str) {
        let inherited = self.is_protected(parent(path).unwrap_or_default());
        if let Some((_, Node::File { protected, .. })) = self.nodes.get_mut(&lower(path)) {
            *protected = inherited;
        }
    }

    /// Removes a path.
    pub fn remove(&mut self, path: &str) {
        self.nodes.remove(&lower(path));
    }

    /// Renames a file, with its protection.
    pub fn rename(&mut self, from: &str, to: &str) {
        if let Some((_, node)) = self.nodes.remove(&lower(from)) {
            self.nodes.insert(lower(to), (String::from(to), node));
        }
    }

    /// Names directly below a directory.
    pub fn children(&self, path: &str) -> Vec<String> {
        let mut prefix = lower(path);
        prefix.push('\\');
        let below = self.nodes.iter().filter(|(key, _)| key.starts_with(&prefix));
        let names = below.filter_map(|(_, (path, _))| path.get(prefix.len()..));
        names.filter(|name| !name.contains('\\')).map(String::from).collect()
    }

    /// Sets the time of a file by its content's name.
    pub fn set_modified(&mut self, wanted: u64, time: u64) {
        for (_, node) in self.nodes.values_mut() {
            if let Node::File { id, modified, .. } = node
                && *id == wanted
            {
                *modified = time;
            }
        }
    }

    /// Everything, by canonical path.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &Node)> {
        self.nodes.iter().map(|(path, (_, node))| (path, node))
    }
}

impl World {
    pub(super) fn what_is(&self, path: &str) -> Result<Option<Stat>> {
        if self.is_off() {
            return fail(ACCESS_DENIED, "stat", path);
        }
        if path.ends_with(':') {
            return Ok(Some(Stat { directory: true, reparse: false, size: 0, modified: 0, attributes: 16 }));
        }
        let contents = &self.contents;
        Ok(self.tree.get(path).map(|node| match node {
            Node::File { id, modified, .. } => Stat {
                directory: false,
                reparse: false,
                size: contents.get(id).map_or(0, |content| content.len() as u64),
                modified: *modified,
                attributes: 32,
            },
            Node::Dir { link, .. } => {
                Stat { directory: true, reparse: *link, size: 0, modified: 0, attributes: 16 }
            }
        }))
    }

    pub(super) fn rename_file(&mut self, from: &str, to: &str) -> Result<()> {
        self.mutate("rename", from)?;
        self.need_parent("rename", to)?;
        if self.tree.get(from).is_none() {
            return fail(NOT_FOUND, "rename", from);
        }
        if self.is_held(from) {
            return fail(SHARING, "rename", from);
        }
        if !same(from, to) && self.tree.get(to).is_some() {
            return fail(EXISTS, "rename", to);
        }
        if from.get(..2).map(lower) != to.get(..2).map(lower) {
            return fail(17, "rename", from);
        }
        self.tree.rename(from, to);
        if let Some(rights) = self.rights.remove(&lower(from)) {
            self.rights.insert(lower(to), rights);
        }
        if self.running.remove(&lower(from)) {
            self.running.insert(lower(to));
        }
        Ok(())
    }

    pub(super) fn known_folder(&self, dir: Dir, wide: bool, scope: Scope) -> Result<String> {
        let wide = wide && self.machine.arch != Arch::X86;
        let user = scope == Scope::User;
        Ok(String::from(match dir {
            Dir::InstallDir => return fail(PATH_NOT_FOUND, "find folder", "{InstallDir}"),
            Dir::ProgramFiles if wide => "C:\\Program Files",
            Dir::ProgramFiles => "C:\\Program Files (x86)",
            Dir::CommonFiles => "C:\\Program Files\\Common Files",
            Dir::ProgramData => "C:\\ProgramData",
            Dir::Windows => "C:\\Windows",
            Dir::System => "C:\\Windows\\System32",
            Dir::StartMenu if user => "C:\\Users\\u\\Start",
            Dir::StartMenu => "C:\\ProgramData\\Start",
            Dir::Desktop => "C:\\Users\\Public\\Desktop",
            Dir::Startup => "C:\\ProgramData\\Start\\Startup",
            Dir::LocalAppData => "C:\\Users\\u\\Local",
            Dir::AppData => "C:\\Users\\u\\Roaming",
        }))
    }

    pub(super) fn delete_file(&mut self, path: &str) -> Result<()> {
        self.mutate("delete", path)?;
        if self.is_held(path) {
            return fail(SHARING, "delete", path);
        }
        if self.is_image(path) {
            return fail(ACCESS_DENIED, "delete", path);
        }
        match self.tree.get(path) {
            Some(Node::File { .. }) => {
                self.tree.remove(path);
                self.rights.remove(&lower(path));
                Ok(())
            }
            _ => fail(NOT_FOUND, "delete", path),
        }
    }

    pub(super) fn delete_dir(&mut self, path: &str) -> Result<()> {
        self.mutate("remove directory", path)?;
        match self.tree.get(path) {
            // What a link leads to shows below it, and does not keep the link.
            Some(Node::Dir { link: false, .. }) if !self.tree.children(path).is_empty() => {
                fail(NOT_EMPTY, "remove directory", path)
            }
            Some(Node::Dir { .. }) => {
                self.tree.remove(path);
                self.rights.remove(&lower(path));
                Ok(())
            }
            _ => fail(PATH_NOT_FOUND, "remove directory", path),
        }
    }
}
