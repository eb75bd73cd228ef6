//! What to do, from what was found, what is offered and what was asked for. Nothing here asks Windows.

use alloc::string::String;
use alloc::vec::Vec;

use crate::exit::Exit;

/// Who owns an installation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manager {
    /// This engine: the setup EXE or a share.
    Engine,
    /// Windows Installer.
    Msi,
    /// Nobody says: found by a detection key alone.
    Unknown,
}

/// A product that Windows Installer has under the upgrade code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// `{…}`, upper case.
    pub product_code: String,
    /// `ProductVersion`, if it can be read.
    pub version: Option<[u16; 4]>,
}

/// What is on the machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The install directory that a state or detection key names, when the folder exists.
    pub dir: Option<String>,
    /// A key names a folder that does not exist: a broken install.
    pub broken: bool,
    /// There is a state key.
    pub state: bool,
    /// `ManagedBy` of the state key.
    pub managed_by: Option<Manager>,
    /// `Version` of the state key.
    pub version: Option<[u16; 4]>,
    /// `Serial` of the state key.
    pub serial: Option<u32>,
    /// `Digest` of the state key.
    pub digest: Option<String>,
    /// What Windows Installer has.
    pub related: Vec<Related>,
}

impl Found {
    /// Who owns it; `None` when nothing is installed. Windows Installer's own word counts most.
    pub fn manager(&self) -> Option<Manager> {
        if !self.related.is_empty() {
            return Some(Manager::Msi);
        }
        // A state key of Windows Installer's that Windows Installer does not know of is a remnant.
        self.dir.as_ref()?;
        match self.managed_by {
            Some(Manager::Engine) => Some(Manager::Engine),
            _ => Some(Manager::Unknown),
        }
    }

    /// The version that is installed, if anything says.
    pub fn installed_version(&self) -> Option<[u16; 4]> {
        match self.manager()? {
            Manager::Msi => {
                let newest = self.related.iter().filter_map(|related| related.version).max();
                // The state key carries a fourth part, which Windows Installer drops.
                match (self.version, newest) {
                    (Some(state), Some(newest)) if state[..3] == newest[..3] => Some(state),
                    (_, newest) => newest,
                }
            }
            _ => self.version,
        }
    }
}

/// What the package or the share has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer<'a> {
    /// Its version.
    pub version: [u16; 4],
    /// Its serial.
    pub serial: u32,
    /// The highest floor that is known: the release's own, or the installed one's.
    pub floor: u32,
    /// SHA-256 of its `files.idx`, lower-case hexadecimal.
    pub digest: &'a str,
}

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// A setup EXE, plain.
    Setup,
    /// A setup EXE, `/repair`.
    Repair,
    /// `/uninstall`, from anywhere.
    Uninstall,
    /// A share or the installed copy; `force` is `-f`.
    Update {
        /// `-f`
        force: bool,
    },
}

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Nothing; exit code 0.
    Nothing,
    /// Run the package for a first install.
    FirstInstall,
    /// Install, update or repair by the engine's transaction.
    Transaction {
        /// Hash what is on the disk instead of trusting size and time.
        hash: bool,
    },
    /// Have Windows Installer install the release's MSI.
    Msi {
        /// As `/famus` does: it is the same package.
        repair: bool,
    },
    /// Uninstall by the engine's transaction.
    Uninstall,
    /// End with this exit code; nothing changes.
    Refuse(Exit),
}

/// What to do, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What.
    pub action: Action,
    /// Why, for log and person.
    pub reason: &'static str,
}

fn decision(action: Action, reason: &'static str) -> Decision {
    Decision { action, reason }
}

fn refuse(exit: Exit, reason: &'static str) -> Decision {
    decision(Action::Refuse(exit), reason)
}

/// Decides. The platform is checked before ([`crate::platform::check`]).
pub fn decide(found: &Found, offer: &Offer<'_>, request: Request) -> Decision {
    match request {
        Request::Setup => setup(found, offer),
        Request::Repair => repair(found, offer),
        Request::Uninstall => uninstall(found),
        Request::Update { force } => update(found, offer, force),
    }
}

const MSI_OWNS: &str = "Windows Installer manages the installed product";
const NEWER: &str = "a newer version is installed";

fn setup(found: &Found, offer: &Offer<'_>) -> Decision {
    let go = Action::Transaction { hash: true };
    match found.manager() {
        None if found.broken => decision(go, "the installation is broken: its folder is gone"),
        None => decision(go, "the product is not installed"),
        Some(Manager::Msi) => refuse(Exit::OtherVersion, MSI_OWNS),
        Some(_) => match found.installed_version() {
            Some(installed) if installed > offer.version => refuse(Exit::OtherVersion, NEWER),
            Some(installed) if installed < offer.version => decision(go, "an older version is installed"),
            Some(_) if found.digest.as_deref() == Some(offer.digest) => {
                decision(go, "this version is installed: it is checked and repaired")
            }
            Some(_) => decision(go, "another build of this version is installed"),
            None => decision(go, "an installation of unknown version is taken over"),
        },
    }
}

fn repair(found: &Found, offer: &Offer<'_>) -> Decision {
    match found.manager() {
        None if !found.broken => refuse(Exit::NotInstalled, "the product is not installed"),
        Some(Manager::Msi) => refuse(Exit::OtherVersion, MSI_OWNS),
        Some(_) if found.installed_version().is_some_and(|installed| installed > offer.version) => {
            refuse(Exit::OtherVersion, NEWER)
        }
        Some(_) if found.installed_version().is_some_and(|installed| installed < offer.version) => {
            refuse(Exit::OtherVersion, "an older version is installed: run without /repair to upgrade it")
        }
        _ => decision(Action::Transaction { hash: true }, "repair was asked for"),
    }
}

fn uninstall(found: &Found) -> Decision {
    match found.manager() {
        Some(Manager::Msi) => refuse(Exit::OtherVersion, MSI_OWNS),
        Some(Manager::Engine) => decision(Action::Uninstall, "uninstall was asked for"),
        _ if found.state && found.managed_by == Some(Manager::Engine) => {
            decision(Action::Uninstall, "uninstall was asked for; the folder is gone already")
        }
        _ => refuse(Exit::NotInstalled, "the product is not installed"),
    }
}

fn update(found: &Found, offer: &Offer<'_>, force: bool) -> Decision {
    if offer.serial < offer.floor {
        return refuse(Exit::Damaged, "the release is below the floor that a newer one has signed");
    }
    let manager = match found.manager() {
        Some(manager) => manager,
        None if found.broken => {
            return decision(Action::FirstInstall, "the installation is broken: its folder is gone");
        }
        None => return decision(Action::FirstInstall, "the product is not installed"),
    };
    // Windows Installer may have replaced what the state key tells of.
    let state_holds = found.state && found.installed_version() == found.version;
    let older = match found.serial {
        Some(serial) if state_holds => offer.serial < serial,
        _ => found.installed_version().is_some_and(|installed| offer.version < installed),
    };
    if older && !force {
        return refuse(Exit::OtherVersion, "a newer release is installed");
    }
    let equal = state_holds && found.digest.as_deref() == Some(offer.digest);
    match manager {
        _ if equal && !force => decision(Action::Nothing, "this release is installed"),
        Manager::Msi if equal => decision(Action::Msi { repair: true }, "forced; Windows Installer repairs"),
        Manager::Msi => {
            decision(Action::Msi { repair: false }, "the release differs; Windows Installer updates")
        }
        _ if older => decision(Action::Transaction { hash: true }, "forced to an older release"),
        _ if force => decision(Action::Transaction { hash: true }, "forced: every file is compared"),
        _ => decision(Action::Transaction { hash: false }, "the release differs"),
    }
}

#[cfg(test)]
mod tests;
