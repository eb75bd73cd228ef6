//! Predecessors that a product takes over.

use alloc::string::String;
use alloc::vec::Vec;

use packager_shared::exit::Exit;
use packager_shared::ids;
use packager_shared::path;
use packager_shared::plan::{Key, Op, Plan, Replaces, Root, View};
use packager_shared::template::Dir;

use super::holding;
use crate::System;
use crate::facts::{Facts, directory};
use crate::failure::{Failure, Outcome};
use crate::system::Result;
use crate::text;

/// Where Windows lists what is installed.
const UNINSTALL: &str = "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\";

/// A predecessor, ready to be taken over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Predecessor {
    /// What it is called in messages.
    pub name: String,
    /// `{…}` of a product of Windows Installer.
    pub upgrade_code: Option<String>,
    /// Its keys in the list of installed programs, one a view.
    pub entries: Vec<Key>,
    /// What makes its uninstaller silent.
    pub uninstall_args: Option<String>,
    /// Its services.
    pub services: Vec<String>,
    /// Its files; with a trailing backslash a folder.
    pub files: Vec<String>,
    /// Its registry keys, in both views.
    pub keys: Vec<Key>,
    /// Names of its firewall rules.
    pub firewall: Vec<String>,
    /// While it is there, nothing is installed.
    pub refuse: bool,
    /// `msiexec.exe` in System32.
    pub msiexec: String,
}

/// Folders that are copied: from and to.
pub type Folders = Vec<(String, String)>;

/// The predecessors of a plan, and the folders that are copied from them.
pub fn all<S: System>(
    system: &mut S,
    facts: &Facts<'_>,
    plan: &Plan,
) -> Outcome<(Vec<Predecessor>, Folders)> {
    let (mut predecessors, mut folders) = (Vec::new(), Vec::new());
    for op in &plan.ops {
        match holding(facts, op) {
            Some(Op::Replaces(replaces)) => predecessors.push(one(system, facts, replaces)?),
            Some(Op::Migrate { from, to }) => {
                folders.push((facts.expand_dir(system, from)?, facts.expand_dir(system, to)?));
            }
            _ => {}
        }
    }
    Ok((predecessors, folders))
}

fn both(root: Root, path: &str) -> [Key; 2] {
    [View::Bits64, View::Bits32].map(|view| Key { root, view, path: String::from(path) })
}

fn one<S: System>(system: &mut S, facts: &Facts<'_>, replaces: &Replaces) -> Outcome<Predecessor> {
    let mut files = Vec::new();
    for file in &replaces.files {
        let text = facts.expand(system, file)?;
        if !path::is_local_absolute(text.strip_suffix('\\').unwrap_or(&text)) {
            return Err(Failure::about(Exit::Failed, "not a file on a local drive", &text));
        }
        files.push(text);
    }
    let system32 = directory(system, facts.arch, facts.scope, Dir::System)?;
    Ok(Predecessor {
        name: replaces.name.clone(),
        upgrade_code: replaces.upgrade_code.as_ref().map(ids::braced),
        entries: replaces
            .uninstall_entry
            .iter()
            .flat_map(|entry| both(Root::LocalMachine, &text::join(&[UNINSTALL, entry])))
            .collect(),
        uninstall_args: replaces.uninstall_args.clone(),
        services: replaces.services.clone(),
        files,
        keys: replaces.keys.iter().flat_map(|(root, path)| both(*root, path)).collect(),
        firewall: replaces.firewall.clone(),
        refuse: replaces.refuse,
        msiexec: path::join(&system32, "msiexec.exe"),
    })
}

impl Predecessor {
    /// Whether it has an uninstaller of its own that would be run.
    pub fn has_uninstaller<S: System>(&self, system: &mut S) -> Result<bool> {
        if let Some(code) = &self.upgrade_code
            && !system.related_products(code)?.is_empty()
        {
            return Ok(true);
        }
        for key in &self.entries {
            if system.key_exists(key)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether anything of it is there; of its services these count.
    pub fn is_there<S: System>(&self, system: &mut S, services: &[String]) -> Result<bool> {
        if self.has_uninstaller(system)? {
            return Ok(true);
        }
        for key in &self.keys {
            if system.key_exists(key)? {
                return Ok(true);
            }
        }
        for service in services {
            if system.service_state(service)?.is_some() {
                return Ok(true);
            }
        }
        for file in &self.files {
            if system.stat(file.strip_suffix('\\').unwrap_or(file))?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
