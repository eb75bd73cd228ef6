//! The state of the simulated machine, and what tests do with it.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::string::String;
use std::vec::Vec;

use packager_shared::args::Ui;
use packager_shared::path::parent;
use packager_shared::plan::Arch;

use super::disk::{Record, Shared};
use super::files::{Node, Tree};
use super::web::Web;
use super::{ACCESS_DENIED, EXISTS, PATH_NOT_FOUND, SimFile, fail, lower};
use crate::system::{Machine, RegValue, RelatedProduct, Result, ServiceConfig, ServiceState};

/// A service of the simulated machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimService {
    /// Its configuration.
    pub config: ServiceConfig,
    /// Whether it runs.
    pub state: ServiceState,
}

/// What goes wrong, counted in mutating calls from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    #[default]
    None,
    /// This call fails with this error code, and does nothing.
    FailAt(u64, u32),
    /// The power goes before this call: it and all after it fail, also reads.
    PowerOffAt(u64),
    /// This call fails with this error code, and the one that is so many calls later too.
    FailTwice(u64, u32, u64),
    /// This call and all after it fail with this error code: a disk that went away.
    FailFrom(u64, u32),
    /// The disk is full from this call on: half of what it writes gets there, and nothing is made anew.
    FullFrom(u64),
}

/// A simulated machine.
#[derive(Clone, Debug)]
pub struct World {
    /// Files and directories.
    pub tree: Shared<Tree>,
    /// Contents, by the file's name for them.
    pub contents: Shared<BTreeMap<u64, Rc<Vec<u8>>>>,
    /// Keys (`HKLM64\software\…`), values by lower-case name.
    pub registry: Shared<BTreeMap<String, BTreeMap<String, RegValue>>>,
    /// Keys that administrators and the system alone may read.
    pub protected_keys: Shared<BTreeSet<String>>,
    /// Keys that are links to others.
    pub links: BTreeSet<String>,
    /// A text that may stand in protected places only; empty: none.
    pub secret: String,
    /// Where it was found that it should not be.
    pub leaks: Vec<String>,
    /// Rights of their own that something has, by lower-case path or key.
    pub rights: Shared<BTreeMap<String, String>>,
    /// Services by lower-case name.
    pub services: Shared<BTreeMap<String, SimService>>,
    /// Windows Installer's products by upgrade code.
    pub products: BTreeMap<String, Vec<RelatedProduct>>,
    /// Files that somebody holds open without sharing, lower case, and who: each has the process id 42.
    pub held: BTreeMap<String, String>,
    /// Files that programs run from: they can be renamed, not deleted. By the name of their content, so that renames
    /// make no difference.
    pub images: BTreeSet<u64>,
    /// When whoever holds files lets them go, on this machine's clock.
    pub held_until: Option<u64>,
    /// Folders that users can write into, lower case. Others are so too, but for `Program Files` and `Windows`.
    pub open: BTreeSet<String>,
    /// Running images: they can be renamed, not deleted. Lower case.
    pub running: BTreeSet<String>,
    /// What is deleted at the next restart.
    pub at_restart: Vec<String>,
    /// Programs that were run, and their command lines.
    pub ran: Vec<(String, String)>,
    /// What those programs were.
    pub ran_images: Vec<Vec<u8>>,
    /// Programs that were run without a window: names and command lines.
    pub runs: Vec<String>,
    /// What `enroll NAME` of such programs left behind, until `unenroll NAME`.
    pub effects: Shared<BTreeSet<String>>,
    /// How many processes of a program run, by its path in lower case.
    pub open_programs: BTreeMap<String, usize>,
    /// Command lines of elevated runs.
    pub elevated: Vec<String>,
    /// A policy lets no program run: Windows' code for that.
    pub forbidden: Option<u32>,
    /// The exit code of every program that is run.
    pub child_code: u32,
    /// Processor and Windows.
    pub machine: Machine,
    /// The run has an administrator's rights.
    pub administrator: bool,
    /// The run is an administrator's, not elevated.
    pub filtered: bool,
    /// Windows Installer is busy.
    pub busy: bool,
    /// Somebody holds the product's lock.
    pub locked: bool,
    /// The person asked to stop.
    pub cancelled: bool,
    /// Free bytes on every volume.
    pub free: u64,
    /// The running program.
    pub own: String,
    /// How much is shown.
    pub ui: Option<Ui>,
    /// The log.
    pub log: Vec<String>,
    /// Where a log would be kept that nobody asked for.
    pub log_place: Option<String>,
    /// Where it is.
    pub kept_log: Option<String>,
    /// What was said.
    pub said: Vec<String>,
    /// How often the environment was announced.
    pub broadcasts: u32,
    /// Milliseconds since the start.
    pub now: u64,
    /// The time of files that are written, FILETIME.
    pub clock: u64,
    /// Rules of the firewall, by name and direction.
    pub firewall: Shared<BTreeMap<(String, bool), String>>,
    /// Definitions of tasks.
    pub tasks: Shared<BTreeMap<String, Vec<u8>>>,
    /// What goes wrong.
    pub fault: Fault,
    /// Mutating calls so far.
    pub mutations: u64,
    /// Contents that are not forced to the disk, and how much of each is.
    pub unflushed: BTreeMap<u64, usize>,
    /// Files that are forced to the disk when the run waits for it: at the very last moment that is allowed.
    pub(super) behind: Vec<SimFile>,
    /// Bytes read from files so far.
    pub bytes_read: u64,
    /// A file that somebody holds open without sharing from this mutating call on.
    pub hold_at: Option<(u64, String)>,
    /// How many reads from a share succeed before its server is gone, and the error that tells.
    pub network: Option<(u64, u32)>,
    /// Services that do not stop, or do not start, lower case.
    pub stubborn: BTreeSet<String>,
    pub(super) record: Option<Record>,
    /// What was done with each file of a server, lower case, since the last launch.
    pub traffic: BTreeMap<String, Traffic>,
    /// Web servers.
    pub web: Web,
    /// What random numbers come from.
    pub seed: u64,
    pub(super) ids: u64,
}

/// How often a file was opened, read and looked at, and how much of it was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Opened for reading.
    pub opens: u64,
    /// Read from.
    pub reads: u64,
    /// Bytes that came.
    pub bytes: u64,
    /// Asked for size and times, or listed.
    pub looks: u64,
}

impl Default for World {
    fn default() -> Self {
        let mut world = Self {
            tree: Shared::default(),
            contents: Shared::default(),
            registry: Shared::default(),
            protected_keys: Shared::default(),
            links: BTreeSet::new(),
            secret: String::new(),
            leaks: Vec::new(),
            rights: Shared::default(),
            services: Shared::default(),
            products: BTreeMap::new(),
            held: BTreeMap::new(),
            held_until: None,
            images: BTreeSet::new(),
            open: BTreeSet::new(),
            running: BTreeSet::new(),
            at_restart: Vec::new(),
            firewall: Shared::default(),
            tasks: Shared::default(),
            ran: Vec::new(),
            ran_images: Vec::new(),
            runs: Vec::new(),
            effects: Shared::default(),
            open_programs: BTreeMap::new(),
            elevated: Vec::new(),
            forbidden: None,
            child_code: 0,
            machine: Machine { arch: Arch::X64, version: (10, 0, 19045), server: false },
            administrator: true,
            filtered: false,
            busy: false,
            locked: false,
            cancelled: false,
            free: u64::MAX,
            own: String::new(),
            ui: None,
            log: Vec::new(),
            log_place: None,
            kept_log: None,
            said: Vec::new(),
            broadcasts: 0,
            now: 0,
            clock: 1_000,
            fault: Fault::None,
            mutations: 0,
            unflushed: BTreeMap::new(),
            behind: Vec::new(),
            bytes_read: 0,
            hold_at: None,
            network: None,
            stubborn: BTreeSet::new(),
            record: None,
            traffic: BTreeMap::new(),
            web: Web::default(),
            seed: 1,
            ids: 0,
        };
        for dir in [
            "C:\\Program Files",
            "C:\\Program Files (x86)",
            "C:\\ProgramData",
            "C:\\ProgramData\\Start",
            "C:\\Windows",
            "C:\\Windows\\Logs",
            "C:\\Windows\\Temp",
            "C:\\Users",
            "C:\\Users\\u",
            "C:\\Users\\u\\Local",
            "C:\\Users\\u\\Local\\Temp",
            "C:\\Users\\u\\Start",
        ] {
            world.tree.insert(dir, Node::Dir { protected: false, link: false });
        }
        world.put("C:\\Windows\\System32\\wevtutil.exe", b"wevtutil");
        for key in ["HKLM64\\software", "HKLM32\\software", "HKCU64\\software", "HKCU64\\environment"] {
            world.registry.insert(String::from(key), BTreeMap::new());
        }
        world
    }
}

impl World {
    /// Counts a mutating call, and fails it when the fault says so.
    pub(super) fn mutate(&mut self, what: &'static str, on: &str) -> Result<()> {
        let number = self.mutations;
        self.mutations += 1;
        self.keep_image();
        if let Some((at, path)) = &self.hold_at
            && *at == number
        {
            self.held.insert(lower(path), String::from("latecomer.exe"));
        }
        let makes = matches!(what, "create" | "create directory" | "write" | "write INI file");
        match self.fault {
            Fault::FailAt(at, code) if number == at => fail(code, what, on),
            Fault::FailTwice(at, code, later) if number == at || number == at + later => fail(code, what, on),
            Fault::FailFrom(at, code) if number >= at => fail(code, what, on),
            Fault::FullFrom(at) if number >= at && makes => fail(112, what, on),
            Fault::PowerOffAt(at) if number >= at => fail(ACCESS_DENIED, what, on),
            _ => Ok(()),
        }
    }

    /// Whether the power is gone.
    pub fn is_off(&self) -> bool {
        matches!(self.fault, Fault::PowerOffAt(at) if self.mutations > at)
    }

    pub(super) fn next_id(&mut self) -> u64 {
        self.ids += 1;
        self.ids
    }

    pub(super) fn need_parent(&self, what: &'static str, path: &str) -> Result<()> {
        match parent(path) {
            Some(folder) if !matches!(self.tree.get(folder), Some(Node::Dir { .. })) => {
                fail(PATH_NOT_FOUND, what, path)
            }
            _ => Ok(()),
        }
    }

    pub(super) fn make_dir(&mut self, path: &str, protected: bool) -> Result<()> {
        self.mutate("create directory", path)?;
        self.need_parent("create directory", path)?;
        if self.tree.get(path).is_some() {
            return fail(EXISTS, "create directory", path);
        }
        self.tree.insert(path, Node::Dir { protected, link: false });
        Ok(())
    }

    /// Puts a file there, and the folders above it.
    pub fn put(&mut self, path: &str, content: &[u8]) {
        let mut folder = parent(path);
        while let Some(dir) = folder {
            if self.tree.get(dir).is_none() {
                self.tree.insert(dir, Node::Dir { protected: false, link: false });
            }
            folder = parent(dir);
        }
        let id = self.next_id();
        self.tree.insert(path, Node::File { id, modified: self.clock, protected: false });
        self.contents.insert(id, Rc::new(Vec::from(content)));
    }

    /// Has a program hold a file open without sharing.
    pub fn hold(&mut self, path: &str, program: &str) {
        self.held.insert(lower(path), String::from(program));
    }

    /// Has a program run from a file until the machine is restarted.
    pub fn run_from(&mut self, path: &str) {
        if let Some(Node::File { id, .. }) = self.tree.get(path) {
            self.images.insert(*id);
        }
    }

    /// Whether a program runs from a file.
    pub(super) fn is_image(&self, path: &str) -> bool {
        let runs = matches!(self.tree.get(path), Some(Node::File { id, .. }) if self.images.contains(id));
        runs || self.running.contains(&lower(path))
    }

    /// Whether a file is open until the next [`settle`](crate::System::settle).
    pub(super) fn is_behind(&self, path: &str) -> bool {
        self.behind.iter().any(|file| lower(&file.path) == lower(path))
    }

    /// Whether a file is held open without sharing now.
    pub(super) fn is_held(&self, path: &str) -> bool {
        if self.is_behind(path) {
            return true;
        }
        self.held.contains_key(&lower(path)) && self.held_until.is_none_or(|until| self.now < until)
    }

    /// Whether only administrators and the system can write into a folder.
    pub(super) fn is_guarded(&self, path: &str) -> bool {
        let own = self.tree.is_protected(path)
            || self.rights.get(path).is_some_and(|rights| rights == crate::guard::RIGHTS)
            || ["c:\\program files", "c:\\program files (x86)", "c:\\windows"].contains(&path);
        !self.open.contains(path) && (own || parent(path).is_some_and(|parent| self.is_guarded(parent)))
    }

    /// Makes a folder a junction.
    pub fn make_link(&mut self, path: &str) {
        self.tree.insert(path, Node::Dir { protected: false, link: true });
    }

    /// Section, key and value of each line of an INI file.
    pub(super) fn ini(&self, path: &str) -> Vec<(String, String, String)> {
        let text = String::from_utf8(self.content(path).unwrap_or_default()).expect("text");
        let mut section = String::new();
        let mut out = Vec::new();
        for line in text.lines() {
            match (line.strip_prefix('['), line.split_once('=')) {
                (Some(name), _) => section = String::from(name.trim_end_matches(']')),
                (None, Some((key, value))) => {
                    out.push((section.clone(), String::from(key), String::from(value)));
                }
                (None, None) => {}
            }
        }
        out
    }

    pub(super) fn note(&mut self, path: &str, what: impl FnOnce(&mut Traffic)) {
        if path.starts_with("\\\\") {
            what(self.traffic.entry(lower(path)).or_default());
        }
    }

    /// What was done with the files below a server's folder, together.
    pub fn traffic_below(&self, folder: &str) -> Traffic {
        let folder = lower(folder);
        let below = self.traffic.iter().filter(|(path, _)| path.starts_with(&folder));
        below.fold(Traffic::default(), |sum, (_, one)| Traffic {
            opens: sum.opens + one.opens,
            reads: sum.reads + one.reads,
            bytes: sum.bytes + one.bytes,
            looks: sum.looks + one.looks,
        })
    }

    /// What is in a file.
    pub fn content(&self, path: &str) -> Option<Vec<u8>> {
        match self.tree.get(path) {
            Some(Node::File { id, .. }) => self.contents.get(id).map(|content| content.to_vec()),
            _ => None,
        }
    }

    /// Everything that a user could tell: files with content and protection, directories, registry, services.
    pub fn snapshot(&self) -> BTreeMap<String, String> {
        let mut out = BTreeMap::new();
        for (path, node) in self.tree.iter() {
            let text = match node {
                Node::File { id, protected, modified } => {
                    let content = self.contents.get(id).map(|content| content.as_slice()).unwrap_or_default();
                    let digest = packager_shared::ids::hex(&packager_shared::ids::sha256(content));
                    std::format!("file {} {digest} {modified} protected={protected}", content.len())
                }
                Node::Dir { protected, link } => std::format!("dir protected={protected} link={link}"),
            };
            out.insert(path.clone(), text);
        }
        for (key, values) in self.registry.iter() {
            let protected = self.protected_keys.contains(key);
            out.insert(key.clone(), String::from(if protected { "protected key" } else { "key" }));
            for (name, value) in values {
                out.insert(std::format!("{key} -> {name}"), std::format!("{value:?}"));
            }
        }
        for (name, rights) in self.rights.iter() {
            out.entry(name.clone()).and_modify(|text: &mut String| text.push_str(rights));
        }
        for (name, service) in self.services.iter() {
            out.insert(std::format!("service {name}"), std::format!("{service:?}"));
        }
        for (rule, line) in self.firewall.iter() {
            out.insert(std::format!("rule {rule:?}"), line.clone());
        }
        for (name, definition) in self.tasks.iter() {
            out.insert(std::format!("task {name}"), std::format!("{definition:?}"));
        }
        for effect in self.effects.iter() {
            out.insert(std::format!("effect {effect}"), String::new());
        }
        out
    }

    /// The machine is switched on again: nothing runs, nothing is held, and what was to be deleted is.
    pub fn restart(&mut self) {
        if self.is_off() {
            // Half of what was written last got to the disk.
            for (id, length) in core::mem::take(&mut self.unflushed) {
                if let Some(content) = self.contents.get_mut(&id) {
                    let half = length + (content.len() - length) / 2;
                    Rc::make_mut(content).truncate(half);
                }
            }
        }
        self.fault = Fault::None;
        self.mutations = 0;
        self.held.clear();
        self.held_until = None;
        self.images.clear();
        self.hold_at = None;
        self.network = None;
        self.stubborn.clear();
        self.running.clear();
        for path in core::mem::take(&mut self.at_restart) {
            if self.tree.children(&path).is_empty() {
                self.tree.remove(&path);
            }
        }
        for service in self.services.values_mut() {
            service.state = match service.config.start {
                packager_shared::plan::Start::Auto | packager_shared::plan::Start::AutoDelayed => {
                    ServiceState::Running
                }
                _ => ServiceState::Stopped,
            };
        }
    }

    /// Runs a program of this machine with a command line (what follows the name).
    pub fn launch(&mut self, program: &str, arguments: &str) -> u32 {
        self.own = String::from(program);
        self.running.clear();
        self.running.insert(lower(program));
        self.log.clear();
        self.said.clear();
        (self.log_place, self.kept_log) = (None, None);
        self.mutations = 0;
        self.bytes_read = 0;
        self.traffic.clear();
        self.runs.clear();
        let line = std::format!("\"{program}\" {arguments}");
        let code = crate::main(self, &line);
        assert!(self.behind.is_empty() || self.is_off(), "files are open to the end: {:?}", self.behind);
        // What is open is closed with the process.
        self.behind.clear();
        self.running.clear();
        code
    }
}
