//! What a power cut leaves: everything that was forced to the disk, and of the rest what an honest disk may keep.
//!
//! - Names (create, rename, delete, attributes) are journaled by NTFS in order: after a power cut a prefix of them is
//!   there, and a flush of any file forces all that came before it.
//! - The content of a file is there when the file was flushed; else it is cut short, torn, or zeros.
//! - What lives in the registry (values, services, rules, tasks, what is deleted at the next restart) is there in order
//!   too, and independently of the files: forced by a registry flush alone.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Deref, DerefMut};
use std::rc::Rc;
use std::string::String;
use std::vec::Vec;

use super::files::{Node, Tree};
use super::world::{SimService, World};
use crate::system::RegValue;

/// A part of a machine that its copies share until one of them changes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shared<T>(Rc<T>);

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Clone> DerefMut for Shared<T> {
    fn deref_mut(&mut self) -> &mut T {
        Rc::make_mut(&mut self.0)
    }
}

/// What is on the disk of a machine, as it was before a mutating call.
#[derive(Clone, Debug)]
pub struct Image {
    tree: Shared<Tree>,
    contents: Shared<BTreeMap<u64, Rc<Vec<u8>>>>,
    registry: Shared<BTreeMap<String, BTreeMap<String, RegValue>>>,
    protected_keys: Shared<BTreeSet<String>>,
    rights: Shared<BTreeMap<String, String>>,
    services: Shared<BTreeMap<String, SimService>>,
    firewall: Shared<BTreeMap<(String, bool), String>>,
    tasks: Shared<BTreeMap<String, Vec<u8>>>,
    effects: Shared<BTreeSet<String>>,
    at_restart: Vec<String>,
    unflushed: BTreeMap<u64, usize>,
    ids: u64,
    /// The images since which names and registry are not forced to the disk.
    names_since: usize,
    registry_since: usize,
}

/// The images of a machine before each mutating call.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// In the order of the calls; with [`World::stop_recording`] one more: the end.
    pub images: Vec<Image>,
    names_since: usize,
    registry_since: usize,
}

/// What becomes of what was not forced to the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loss {
    /// Of the names that may be lost so many 255ths are.
    pub names: u8,
    /// The same of the registry.
    pub registry: u8,
    /// What becomes of content: 0 it is there, 1 half of it is, 2 none is, 3 it is zeros, 4 half of it is zeros.
    pub content: u8,
}

impl World {
    /// Keeps an image of the disk before each mutating call.
    pub fn start_recording(&mut self) {
        self.record = Some(Record::default());
    }

    /// The images since [`World::start_recording`], and one of now.
    pub fn stop_recording(&mut self) -> Vec<Image> {
        self.keep_image();
        self.record.take().map(|record| record.images).unwrap_or_default()
    }

    pub(super) fn keep_image(&mut self) {
        let Some(mut record) = self.record.take() else { return };
        record.images.push(Image {
            tree: self.tree.clone(),
            contents: self.contents.clone(),
            registry: self.registry.clone(),
            protected_keys: self.protected_keys.clone(),
            rights: self.rights.clone(),
            services: self.services.clone(),
            firewall: self.firewall.clone(),
            tasks: self.tasks.clone(),
            effects: self.effects.clone(),
            at_restart: self.at_restart.clone(),
            unflushed: self.unflushed.clone(),
            ids: self.ids,
            names_since: record.names_since,
            registry_since: record.registry_since,
        });
        self.record = Some(record);
    }

    /// All names up to now are forced to the disk.
    pub(super) fn force_names(&mut self) {
        if let Some(record) = &mut self.record {
            // The next image is the first that shows it.
            record.names_since = record.images.len();
        }
    }

    /// The whole registry up to now is forced to the disk.
    pub fn force_registry(&mut self) {
        if let Some(record) = &mut self.record {
            record.registry_since = record.images.len();
        }
    }

    /// This machine, cut off before a call of which there are images, and switched on again.
    pub fn after_power_cut(&self, images: &[Image], call: usize, loss: Loss) -> Self {
        let now = &images[call];
        let kept = |since: usize, lost: u8| {
            let since = since.min(call);
            &images[call - ((call - since) * usize::from(lost)).div_ceil(255)]
        };
        let (names, keys) = (kept(now.names_since, loss.names), kept(now.registry_since, loss.registry));
        let is_key = |name: &&String| name.starts_with("HK");
        let mut rights = BTreeMap::new();
        for (image, of_keys) in [(names, false), (keys, true)] {
            let these = image.rights.iter().filter(|(name, _)| is_key(name) == of_keys);
            rights.extend(these.map(|(name, text)| (name.clone(), text.clone())));
        }
        let mut contents = now.contents.clone();
        for (id, flushed) in &now.unflushed {
            if let (Some(content), 1..) = (contents.get_mut(id), loss.content) {
                let mut bytes = content[..*flushed].to_vec();
                let rest = &content[*flushed..];
                match loss.content {
                    1 => bytes.extend(&rest[..rest.len() / 2]),
                    3 => bytes.extend(std::iter::repeat_n(0, rest.len())),
                    4 => {
                        bytes.extend(&rest[..rest.len() / 2]);
                        bytes.extend(std::iter::repeat_n(0, rest.len().div_ceil(2)));
                    }
                    _ => {}
                }
                *content = Rc::new(bytes);
            }
        }
        let mut out = Self {
            tree: names.tree.clone(),
            contents,
            registry: keys.registry.clone(),
            protected_keys: keys.protected_keys.clone(),
            rights: Shared(Rc::new(rights)),
            services: keys.services.clone(),
            firewall: keys.firewall.clone(),
            tasks: keys.tasks.clone(),
            at_restart: keys.at_restart.clone(),
            effects: now.effects.clone(),
            unflushed: BTreeMap::new(),
            ids: now.ids,
            record: None,
            ..self.clone()
        };
        out.restart();
        out
    }
}

/// One thing that two machines have not alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unlike {
    /// A path, a key, `key -> value`, `service x`, `rule x`, `task x`, `effect x`.
    pub name: String,
    /// What this machine has.
    pub here: Option<String>,
    /// What the other one has.
    pub there: Option<String>,
}

impl World {
    /// What two machines have not alike: what [`World::snapshot`] tells, without writing all of it down.
    pub fn unlike(&self, other: &Self) -> Vec<Unlike> {
        let mut out = Vec::new();
        let content = |world: &Self, node: &Node| match node {
            Node::File { id, modified, protected } => {
                let bytes = world.contents.get(id).cloned().unwrap_or_default();
                let digest = packager_shared::ids::hex(&packager_shared::ids::sha256(&bytes)[..6]);
                std::format!("file {} {digest} {modified} protected={protected}", bytes.len())
            }
            Node::Dir { protected, link } => std::format!("dir protected={protected} link={link}"),
        };
        let same = |a: &Node, b: &Node| match (a, b) {
            (
                Node::File { id: one, modified: m1, protected: p1 },
                Node::File { id: two, modified: m2, protected: p2 },
            ) => m1 == m2 && p1 == p2 && self.contents.get(one) == other.contents.get(two),
            _ => a == b,
        };
        for (path, node) in self.tree.iter() {
            let theirs = other.tree.get(path);
            if !theirs.is_some_and(|theirs| same(node, theirs)) {
                let there = theirs.map(|node| content(other, node));
                out.push(Unlike { name: path.clone(), here: Some(content(self, node)), there });
            }
        }
        for (path, node) in other.tree.iter().filter(|(path, _)| self.tree.get(path).is_none()) {
            out.push(Unlike { name: path.clone(), here: None, there: Some(content(other, node)) });
        }
        compare(&mut out, "", &self.registry, &other.registry);
        compare(&mut out, "rights of ", &self.rights, &other.rights);
        compare(&mut out, "service ", &self.services, &other.services);
        compare(&mut out, "rule ", &self.firewall, &other.firewall);
        compare(&mut out, "task ", &self.tasks, &other.tasks);
        let flags = |set: &BTreeSet<String>| set.iter().map(|name| (name.clone(), ())).collect();
        compare(&mut out, "effect ", &flags(&self.effects), &flags(&other.effects));
        compare(&mut out, "protected ", &flags(&self.protected_keys), &flags(&other.protected_keys));
        out
    }
}

fn compare<K: Ord + core::fmt::Debug, V: PartialEq + core::fmt::Debug>(
    out: &mut Vec<Unlike>,
    kind: &str,
    ours: &BTreeMap<K, V>,
    theirs: &BTreeMap<K, V>,
) {
    let text = |value: &V| std::format!("{value:?}");
    let name = |key: &K| std::format!("{kind}{key:?}").replace('"', "").replace("\\\\", "\\");
    if ours == theirs {
        return;
    }
    for (key, value) in ours.iter().filter(|(key, value)| theirs.get(key) != Some(value)) {
        let there = theirs.get(key).map(text);
        out.push(Unlike { name: name(key), here: Some(text(value)), there });
    }
    for (key, value) in theirs.iter().filter(|(key, _)| !ours.contains_key(key)) {
        out.push(Unlike { name: name(key), here: None, there: Some(text(value)) });
    }
}
