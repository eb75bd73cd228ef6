//! What shall be true on the target machine. Every output is a rendering of this.

mod acts;
mod service;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

pub use self::acts::{
    Config, ConfigFormat, FirewallRule, Protocol, Replaces, RunProgram, Task, TaskAccount, Trigger, profile,
    run_at,
};
pub use self::service::{ErrorControl, Recovery, Run, Service, Start};
pub use crate::condition::Condition;
pub use crate::plan_codec::{ERROR_CONTROLS, STARTS, decode, decode_with_digest, digest, encode};
use crate::template::{Dir, Template};

/// A processor architecture a package is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Arch {
    /// 32-bit Intel.
    X86,
    /// 64-bit Intel and AMD.
    X64,
    /// 64-bit ARM.
    Arm64,
}

/// For whom a product is installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// For all users of the machine.
    Machine,
    /// For the user who installs.
    User,
}

/// A registry view, concrete: `native` is resolved when the plan is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum View {
    /// The 32-bit view (`Wow6432Node` on 64-bit Windows).
    Bits32,
    /// The 64-bit view.
    Bits64,
}

/// A registry root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Root {
    /// HKEY_CLASSES_ROOT
    ClassesRoot,
    /// HKEY_CURRENT_USER
    CurrentUser,
    /// HKEY_LOCAL_MACHINE
    LocalMachine,
    /// HKEY_USERS
    Users,
}

/// A registry key in one view.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The root.
    pub root: Root,
    /// The view.
    pub view: View,
    /// Path below the root, no leading or trailing backslash.
    pub path: String,
}

/// The data of a registry value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data {
    /// REG_SZ
    Sz(Template),
    /// REG_EXPAND_SZ
    ExpandSz(Template),
    /// REG_MULTI_SZ
    MultiSz(Vec<Template>),
    /// REG_DWORD
    Dword(u32),
    /// REG_QWORD
    Qword(u64),
    /// REG_BINARY
    Binary(Vec<u8>),
    /// Strings that are added to a REG_MULTI_SZ of others, and taken out again.
    MultiSzPart {
        /// The strings.
        strings: Vec<Template>,
        /// At the start of the list instead of the end.
        first: bool,
    },
}

/// How an environment variable gets its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnvironmentAction {
    /// The variable is ours alone: set, removed on uninstall.
    Set,
    /// One more part at the end of a `;` list.
    Append,
    /// One more part at the start of a `;` list.
    Prepend,
}

/// One step of what becomes true. Order is the order of doing; undoing goes backwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Op {
    /// A directory that exists even if empty.
    Directory {
        /// Where.
        path: Template,
        /// Its security descriptor (SDDL); `None` inherits.
        acl: Option<String>,
        /// Removed with all that is in it on uninstall, not on upgrade.
        purge: bool,
    },
    /// The security descriptor of one file of the payload.
    FileAcl {
        /// Below the install directory.
        file: String,
        /// SDDL.
        acl: String,
    },
    /// A registry value.
    RegistryValue {
        /// The key.
        key: Key,
        /// The value's name, empty for the default value.
        name: String,
        /// Its data.
        data: Data,
    },
    /// A registry key that exists even if empty.
    RegistryKey {
        /// The key.
        key: Key,
        /// Its security descriptor (SDDL); `None` inherits.
        acl: Option<String>,
    },
    /// Files that are no payload, of one folder: removed.
    RemoveFiles {
        /// The folder, below the install directory; empty: that itself.
        folder: String,
        /// Their names, `*` and `?` for any characters and any one.
        pattern: String,
        /// On uninstall (not on upgrade) instead of on install.
        on_uninstall: bool,
    },
    /// A registry value, or a key with all that is in it, that is removed.
    RegistryRemove {
        /// The key.
        key: Key,
        /// The value; `None`: the whole key.
        name: Option<String>,
        /// On uninstall (not on upgrade) instead of on install.
        on_uninstall: bool,
    },
    /// A value of an INI file that is not the payload's.
    Ini {
        /// The file's folder.
        folder: Template,
        /// The file's name.
        file: String,
        /// Section.
        section: Template,
        /// Key.
        key: Template,
        /// Value.
        value: Template,
    },
    /// An environment variable, of the machine or (scope user) of the user.
    Environment {
        /// The variable.
        name: String,
        /// Its value, or the part of it.
        value: Template,
        /// How.
        action: EnvironmentAction,
    },
    /// A shortcut (`.lnk`), not advertised.
    Shortcut {
        /// The known folder it stands in.
        folder: Dir,
        /// A sub-folder of that, empty for none.
        subfolder: String,
        /// Name without `.lnk`.
        name: String,
        /// The program, relative to the install directory.
        target: String,
        /// Arguments.
        arguments: Template,
        /// Tool tip.
        description: String,
        /// The file with its icon, relative to the install directory; `None`: the program's own.
        icon: Option<String>,
    },
    /// A service.
    Service(Service),
    /// A file takes values from settings.
    Config(Config),
    /// A folder of a predecessor is copied to a new place, where nothing is there yet.
    Migrate {
        /// From where; nothing happens when it is not there.
        from: Template,
        /// To where.
        to: Template,
    },
    /// A rule of the firewall.
    Firewall(FirewallRule),
    /// A scheduled task.
    Task(Task),
    /// A program of the payload is run.
    Run(RunProgram),
    /// A predecessor is taken over.
    Replaces(Replaces),
    /// A program of the payload must end before its files are replaced.
    Close {
        /// Below the install directory.
        program: String,
        /// Milliseconds it gets to end by itself.
        within_ms: u32,
    },
    /// A manifest of events is registered.
    EventProvider {
        /// The manifest, below the install directory.
        manifest: String,
        /// The file with its messages, below the install directory.
        file: String,
    },
    /// Another operation, while a condition holds. Never inside itself.
    When(Condition, Box<Op>),
}

impl Op {
    /// The service that this is about.
    pub fn service(&self) -> Option<&Service> {
        match self {
            Op::Service(service) => Some(service),
            Op::When(_, inner) => inner.service(),
            _ => None,
        }
    }

    /// Whether the tables of an MSI have no way to say this, so that the installed bootstrap does it as a custom
    /// action.
    pub fn needs_bootstrap(&self) -> bool {
        match self {
            // Windows Installer takes its strings out of a list again, but Wine's removes the whole list; a key that is
            // only created (`+`) stays; one that goes (`-`) would go on upgrade, too.
            Op::RegistryValue { data: Data::Qword(_) | Data::MultiSzPart { .. }, .. }
            | Op::RegistryKey { .. }
            // An Icon table would copy it to Windows Installer's own folder: not where the setup EXE finds it.
            | Op::Shortcut { icon: Some(_), .. }
            | Op::RegistryRemove { on_uninstall: true, .. }
            | Op::Config(_)
            | Op::Migrate { .. }
            | Op::Firewall(_)
            | Op::Task(_)
            | Op::Run(_)
            | Op::EventProvider { .. }
            | Op::Close { .. } => true,
            Op::Replaces(replaces) => replaces.needs_bootstrap(),
            Op::Directory { .. }
            | Op::RemoveFiles { .. }
            | Op::FileAcl { .. }
            | Op::RegistryValue { .. }
            | Op::RegistryRemove { .. }
            | Op::Ini { .. }
            | Op::Environment { .. }
            | Op::Shortcut { .. } => false,
            Op::Service(service) => service.needs_bootstrap(),
            // The program of a service lies in a component that is there in any case, and so would the service be.
            Op::When(_, inner) => matches!(**inner, Op::Service(_)) || inner.needs_bootstrap(),
        }
    }
}

/// A setting: a public property of the MSI, `NAME=VALUE` of the EXE.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// Where it is stored and remembered (key and value name); the state key's `Settings` sub-key if `None`.
    pub registry: Option<(Key, String)>,
    /// Where a predecessor kept it (key and value name), in order: asked when nothing is remembered. The views are
    /// concrete, the package's own first.
    pub legacy: Vec<(Key, String)>,
}

/// Files of the payload that are there only while a condition holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileGroup {
    /// The condition.
    pub when: Condition,
    /// Paths below the install directory, sorted.
    pub files: Vec<String>,
}

/// Values of settings for one site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// The site's name.
    pub name: String,
    /// Setting name and value.
    pub values: Vec<(String, String)>,
}

/// A Windows version as `major, minor, build`.
pub type WindowsVersion = (u32, u32, u32);

/// What the target must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Platform {
    /// The oldest Windows.
    pub min: WindowsVersion,
    /// Server editions are accepted.
    pub server: bool,
    /// Client editions are accepted.
    pub client: bool,
    /// Single versions (`major, minor` compared) that are refused.
    pub refuse: Vec<WindowsVersion>,
    /// The least `Release` number of .NET Framework 4 ("How to determine which .NET Framework versions are
    /// installed" on Microsoft Learn).
    pub dotnet_release: Option<u32>,
    /// Free megabytes (2^20 bytes) beside the product's own files on the volume of the install directory.
    pub free_megabytes: u32,
}

/// What Windows' list of installed programs shows beside name, version and manufacturer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// Support page.
    pub url: Option<String>,
    /// Page or file with help.
    pub help: Option<String>,
    /// Page with newer versions.
    pub updates: Option<String>,
    /// Whom to ask.
    pub contact: Option<String>,
    /// Telephone number of support.
    pub phone: Option<String>,
    /// Remarks.
    pub comments: Option<String>,
    /// People cannot remove it there.
    pub no_remove: bool,
    /// It is not in the list at all.
    pub hidden: bool,
}

/// Who the product is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// Reverse-DNS id; never changes.
    pub id: String,
    /// Last label of the id, or `product.slug`.
    pub slug: String,
    /// Shown name.
    pub name: String,
    /// Shown manufacturer.
    pub manufacturer: String,
    /// Version, up to four numbers.
    pub version: [u16; 4],
    /// The version as written in the manifest.
    pub version_text: String,
    /// UUID v5 of the id.
    pub upgrade_code: [u8; 16],
    /// The architecture of this package.
    pub arch: Arch,
    /// Machine or user.
    pub scope: Scope,
    /// What the list of installed programs shows.
    pub listing: Listing,
}

/// What a transaction does about files in use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InUse {
    /// Everything back as it was, exit code 32.
    #[default]
    Abort,
    /// Programs that run keep their old files, which are moved aside.
    Rename,
    /// As [`InUse::Rename`]; when a file cannot even be moved, the whole update waits for the next restart.
    Restart,
}

/// How the bootstrap finds, trusts and applies releases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bootstrap {
    /// What happens when a file is in use.
    pub in_use: InUse,
    /// File name of the bootstrap, on the share and in the install directory.
    pub name: String,
    /// Where releases come from, in order.
    pub sources: Vec<String>,
    /// What a first install runs: the MSI (`true`) or the setup EXE.
    pub first_install_msi: bool,
    /// Ed25519 public key of releases; `None`: no share.
    pub public_key: Option<[u8; 32]>,
    /// Serial of this release, grows with every release.
    pub serial: u32,
    /// Clients never go below this serial.
    pub floor: u32,
    /// A silent run that finds a new release waits a random part of this before it reads more, in seconds.
    pub spread_s: u32,
}

/// Everything that shall be true on the target, but for the files, which are in the [`crate::index::Index`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Who.
    pub product: Product,
    /// On what.
    pub platform: Platform,
    /// Where, with a token at its start and no settings.
    pub install_dir: Template,
    /// What the administrator may decide.
    pub settings: Vec<Setting>,
    /// Per-site values of settings.
    pub sites: Vec<Site>,
    /// Files that hang on a condition.
    pub groups: Vec<FileGroup>,
    /// Detection keys in order; each is looked for in both views, the `view` in it is ignored.
    pub detect: Vec<Key>,
    /// The value under a detection key that holds the install directory.
    pub detect_value: String,
    /// Updates.
    pub bootstrap: Bootstrap,
    /// What becomes true, in order. The default detection key and the settings' own values are ordinary
    /// [`Op::RegistryValue`]s in here; the state key and the uninstall entry are not: each output writes its own.
    pub ops: Vec<Op>,
}

impl Plan {
    /// Whether a mark says that a secret has a value, for a run that may not read it: it is required, or something
    /// hangs on it.
    pub fn marks_given(&self, setting: &Setting) -> bool {
        let asks = |when: &Condition| when.settings().iter().any(|name| *name == setting.name);
        let of_op = |op: &Op| matches!(op, Op::When(when, _) if asks(when));
        setting.secret
            && (setting.required
                || self.ops.iter().any(of_op)
                || self.groups.iter().any(|group| asks(&group.when)))
    }
}
