//! The simulated file system: names and what they are; contents are kept apart, as open files keep theirs.

use std::collections::BTreeMap;
use std::string::String;
use std::vec::Vec;

use packager_shared::path::{lower, parent};

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
#[derive(Clone, Debug, Default)]
pub struct Tree {
    nodes: BTreeMap<String, (String, Node)>,
}

impl Tree {
    /// What a path is.
    pub fn get(&self, path: &str) -> Option<&Node> {
        self.nodes.get(&lower(path)).map(|(_, node)| node)
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
