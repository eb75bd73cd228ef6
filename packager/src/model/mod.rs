//! What the manifest means: validated and immutable, the same for every architecture.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`lower`] | from the manifest to the model |
//! | [`acl`] | who may do what: names and SDDL |
//! | [`conditions`] | conditions over settings |
//! | [`values`] | product ids, slugs, versions, names |
//! | [`registry`] | registry roots, keys and values |
//! | [`rules`] | firewall rules and scheduled tasks |
//! | [`raw`] | rows of an MSI that the author wrote |
//! | [`places`] | install directories and other folders |
//! | [`predecessors`] | what is taken over |
//! | [`windows`] | Windows versions and languages by name |

pub mod acl;
pub mod conditions;
pub mod lower;
pub mod places;
pub mod predecessors;
pub mod raw;
pub mod registry;
pub mod rules;
pub mod values;
pub mod windows;

use camino::Utf8PathBuf;
use packager_shared::plan::{Arch, Bootstrap, Condition, Data, Listing, Op, Platform, Root, Scope, Site};
use packager_shared::template::Template;

use crate::plan::Outputs;

/// A manifest's meaning.
#[derive(Clone, Debug)]
pub struct Model {
    /// Reverse-DNS id.
    pub id: String,
    /// The product's name in file names.
    pub slug: String,
    /// Shown name.
    pub name: String,
    /// Shown manufacturer.
    pub manufacturer: String,
    /// Version, padded with zeros.
    pub version: [u16; 4],
    /// Version as written, or as read from a file.
    pub version_text: String,
    /// The architectures packages are made for, each once, in the order of the manifest.
    pub archs: Vec<Arch>,
    /// For all users or for one.
    pub scope: Scope,
    /// What the list of installed programs shows.
    pub listing: Listing,
    /// `.ico` file.
    pub icon: Option<Utf8PathBuf>,
    /// Licence text.
    pub license: Option<Utf8PathBuf>,
    /// What the target must be.
    pub platform: Platform,
    /// Where it is installed.
    pub install_dir: Template,
    /// Folders that exist even if empty ([`Op::Directory`]).
    pub directories: Vec<Op>,
    /// Settings.
    pub settings: Vec<Setting>,
    /// Registry keys and their values.
    pub registry: Vec<RegistryKey>,
    /// Services ([`Op::Service`]).
    pub services: Vec<Op>,
    /// Environment variables ([`Op::Environment`]), then shortcuts ([`Op::Shortcut`]), then values of INI files.
    pub shell: Vec<Op>,
    /// Everything that is done beyond these, in the order of doing.
    pub acts: Vec<Op>,
    /// Files that hang on a condition: globs, resolved against each payload.
    pub groups: Vec<(Condition, Vec<String>)>,
    /// Who may do what with files: globs, resolved against each payload, and SDDL.
    pub rights: Vec<(Vec<String>, String)>,
    /// Detection keys, without the default one.
    pub detect: Vec<(Root, String)>,
    /// The value of a detection key that holds the install directory.
    pub detect_value: String,
    /// Updates.
    pub bootstrap: Bootstrap,
    /// Per-site values.
    pub sites: Vec<Site>,
    /// What is special about each output.
    pub outputs: Outputs,
}

/// A setting.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Upper-case name.
    pub name: String,
    /// What it is when nobody says.
    pub default: String,
    /// An install without a value is refused.
    pub required: bool,
    /// Never shown, logged or put on a command line.
    pub secret: bool,
    /// The values that may be given; empty: any.
    pub allowed: Vec<String>,
    /// Root, key and value name where it is stored.
    pub registry: Option<(Root, String, String)>,
    /// The same of predecessors, in order.
    pub legacy: Vec<(Root, String, String)>,
}

/// A registry key with values.
#[derive(Clone, Debug)]
pub struct RegistryKey {
    /// The root.
    pub root: Root,
    /// The path below it.
    pub path: String,
    /// Which view.
    pub view: ViewChoice,
    /// Value names and data, in the order of the manifest.
    pub values: Vec<(String, Data)>,
    /// What is removed on install: values, or (`None`) the key.
    pub remove: Vec<Option<String>>,
    /// What is removed on uninstall, not on upgrade.
    pub remove_on_uninstall: Vec<Option<String>>,
    /// When it is there; `None`: always.
    pub when: Option<Condition>,
    /// Who may do what in it: SDDL.
    pub acl: Option<String>,
}

/// A registry view as the manifest says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViewChoice {
    /// That of the package's architecture.
    Native,
    /// The 32-bit view.
    Bits32,
    /// The 64-bit view.
    Bits64,
}

#[cfg(test)]
mod tests;
