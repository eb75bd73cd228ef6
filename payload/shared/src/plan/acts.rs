//! What is done on the target beyond files and values: programs that are run, files that are edited, predecessors
//! that are taken over, rules and tasks that Windows keeps.

use alloc::string::String;
use alloc::vec::Vec;

use super::{Key, Root};
use crate::template::Template;

/// When a program of the payload is run: any of the bits.
pub mod run_at {
    /// After a first install.
    pub const AFTER_INSTALL: u8 = 1;
    /// After another version was replaced.
    pub const AFTER_UPGRADE: u8 = 2;
    /// After a repair or a change of settings.
    pub const AFTER_REPAIR: u8 = 4;
    /// Before it is removed from the machine, not when another version replaces it.
    pub const BEFORE_UNINSTALL: u8 = 8;
    /// Before another version replaces it: the old version's program.
    pub const BEFORE_UPGRADE: u8 = 16;
}

/// A program of the payload that is run, without a window and without a shell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunProgram {
    /// Below the install directory.
    pub program: String,
    /// Its arguments, one by one; quoted when they are put together.
    pub args: Vec<Template>,
    /// Bits of [`run_at`].
    pub at: u8,
    /// Arguments of the run that takes it back on rollback; `None`: nothing does.
    pub undo: Option<Vec<Template>>,
    /// A failure does not end the install.
    pub may_fail: bool,
    /// Exit codes that are no failure.
    pub success: Vec<u32>,
    /// Milliseconds after which it is ended, and has failed.
    pub timeout_ms: u32,
}

/// How a configuration file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfigFormat {
    /// `[section]` and `key=value`.
    Ini,
    /// TOML.
    Toml,
    /// JSON.
    Json,
    /// YAML.
    Yaml,
    /// XML: keys are placeholders, values are escaped for XML.
    Xml,
    /// Any text: keys are placeholders.
    Text,
}

/// A file of the payload that takes values from settings; what people changed in it stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Below the install directory; one that is kept.
    pub file: String,
    /// How it is written.
    pub format: ConfigFormat,
    /// Dotted key (or placeholder) and value.
    pub values: Vec<(String, Template)>,
    /// SHA-256 of the payload's file: nobody has written into one that is still so.
    pub pristine: [u8; 32],
    /// The lines of the payload's file with placeholders in them, in formats that have those.
    pub lines: Vec<String>,
    /// The key that remembers which values were written.
    pub marks: Key,
    /// A secret is among the values: [`Config::marks`] is a protected key.
    pub secret: bool,
}

/// A predecessor that is taken over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replaces {
    /// What it is called in messages.
    pub name: String,
    /// A product of Windows Installer.
    pub upgrade_code: Option<[u8; 16]>,
    /// The name of a key below `…\CurrentVersion\Uninstall`, in either view.
    pub uninstall_entry: Option<String>,
    /// Arguments that make its uninstaller silent, for one without `QuietUninstallString`.
    pub uninstall_args: Option<String>,
    /// Services that are stopped and deleted.
    pub services: Vec<String>,
    /// Files that are removed; with a trailing backslash: a folder with all that is in it.
    pub files: Vec<Template>,
    /// Registry keys that are removed with all that is in them, in both views.
    pub keys: Vec<(Root, String)>,
    /// Names of firewall rules that are removed.
    pub firewall: Vec<String>,
    /// While it is there, nothing is installed.
    pub refuse: bool,
}

impl Replaces {
    /// Whether taking it over takes more than Windows Installer's own tables.
    pub fn needs_bootstrap(&self) -> bool {
        let more = self.uninstall_entry.is_some()
            || !self.services.is_empty()
            || !self.files.is_empty()
            || !self.keys.is_empty()
            || !self.firewall.is_empty();
        more && !self.refuse
    }
}

/// The protocol of a firewall rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// All.
    Any,
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
}

/// Profiles of Windows' firewall: any of the bits.
pub mod profile {
    /// Networks of a domain.
    pub const DOMAIN: u8 = 1;
    /// Private networks.
    pub const PRIVATE: u8 = 2;
    /// Public networks.
    pub const PUBLIC: u8 = 4;
    /// All.
    pub const ALL: u8 = 7;
}

/// A rule of Windows' firewall.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirewallRule {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The program it is for, below the install directory.
    pub program: Option<String>,
    /// The service it is for.
    pub service: Option<String>,
    /// Outbound instead of inbound.
    pub outbound: bool,
    /// Blocks instead of allowing.
    pub block: bool,
    /// The protocol.
    pub protocol: Protocol,
    /// Local ports: numbers, ranges, lists; empty is any.
    pub ports: Template,
    /// Remote ports; empty is any.
    pub remote_ports: Template,
    /// Remote addresses; empty is any.
    pub remote: Template,
    /// Bits of [`profile`].
    pub profiles: u8,
    /// Traffic through NAT is accepted.
    pub edge: bool,
}

/// As whom a task runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskAccount {
    /// LocalSystem.
    System,
    /// LocalService.
    LocalService,
    /// NetworkService.
    NetworkService,
    /// Whoever is logged on.
    Users,
}

/// When a task runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// Every so many minutes.
    Every(u32),
    /// Every day at this minute of the day.
    Daily(u16),
    /// When Windows has started.
    Boot,
    /// When somebody logs on.
    Logon,
}

/// A scheduled task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Its name; a backslash makes a folder.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The program.
    pub program: Template,
    /// Its arguments.
    pub args: Template,
    /// When.
    pub triggers: Vec<Trigger>,
    /// Up to so many minutes later, by chance.
    pub jitter_minutes: u32,
    /// As whom.
    pub account: TaskAccount,
    /// Minutes after which it is ended; 0: never.
    pub limit_minutes: u32,
}
