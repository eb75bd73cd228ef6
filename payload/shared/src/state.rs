//! Where an installation remembers who owns it: `{SOFTWARE}\{manufacturer}\{product id}\Setup`.

use alloc::string::String;

use crate::plan::{Arch, Key, Product, Root, Scope, Setting, View};

/// REG_SZ: [`MSI`] or [`ENGINE`].
pub const MANAGED_BY: &str = "ManagedBy";
/// REG_SZ: the version as shown.
pub const VERSION: &str = "Version";
/// REG_DWORD: the release's serial.
pub const SERIAL: &str = "Serial";
/// REG_SZ: SHA-256 of `files.idx`, lower-case hexadecimal.
pub const DIGEST: &str = "Digest";
/// REG_SZ: the install directory with its trailing backslash.
pub const INSTALL_DIR: &str = "InstallDir";
/// REG_SZ: the site whose settings were chosen last; absent when there never was one.
pub const SITE: &str = "Site";
/// REG_SZ: the settings that are empty because somebody said so, each name followed by `;`. Windows Installer cannot
/// tell an empty value from none. Written when the product has settings.
pub const CLEARED: &str = "Cleared";
/// REG_MULTI_SZ: services that ran before an upgrade by Windows Installer stopped them.
pub const RUNNING: &str = "Running";
/// Sub-key of settings that have no registry value of their own: one REG_SZ a setting.
pub const SETTINGS: &str = "Settings";
/// Sub-key of secret settings that have no registry value of their own. Administrators and the system alone read it.
pub const SECRETS: &str = "Secrets";
/// Sub-key that says which secrets were given, of those that are required or that something hangs on, for a run that
/// may not read them: one REG_DWORD 1 a secret.
pub const GIVEN: &str = "Given";
/// Sub-key of marks: which values were written into configuration files.
pub const CONFIG: &str = "Config";

/// [`MANAGED_BY`] of what Windows Installer installed.
pub const MSI: &str = "msi";
/// [`MANAGED_BY`] of what the setup EXE or a share installed.
pub const ENGINE: &str = "engine";

/// Modified and creation time of every file that the engine installs, in FILETIME units: 2020-01-01 00:00:00 UTC.
pub const FILE_TIME: u64 = 132_223_104_000_000_000;

/// The same moment as a cabinet's date and time words ("Microsoft Cabinet Format", CFFILE). Cabinet times are
/// local times.
pub const DOS_DATE_TIME: (u16, u16) = (0x5021, 0);

/// The registry view that is native to an architecture.
pub fn native_view(arch: Arch) -> View {
    if arch == Arch::X86 { View::Bits32 } else { View::Bits64 }
}

/// The state key.
pub fn key(manufacturer: &str, product_id: &str, scope: Scope, view: View) -> Key {
    let mut path = String::from("SOFTWARE\\");
    // A backslash in a name would be another level of keys.
    for c in manufacturer.chars() {
        path.push(if c == '\\' { '_' } else { c });
    }
    path.push('\\');
    path.push_str(product_id);
    path.push_str("\\Setup");
    Key { root: root(scope), view, path }
}

/// The state key of a product.
pub fn key_of(product: &Product) -> Key {
    key(&product.manufacturer, &product.id, product.scope, native_view(product.arch))
}

/// A sub-key of the state key.
pub fn below(product: &Product, name: &str) -> Key {
    let mut key = key_of(product);
    key.path.push('\\');
    key.path.push_str(name);
    key
}

/// Where a setting is stored and remembered: key and name of its value.
pub fn place(product: &Product, setting: &Setting) -> (Key, String) {
    let own = if setting.secret { SECRETS } else { SETTINGS };
    setting.registry.clone().unwrap_or_else(|| (below(product, own), setting.name.clone()))
}

/// The key of the engine's uninstall entry.
pub fn uninstall_key(product: &Product) -> Key {
    let mut path = String::from("SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\");
    path.push_str(&product.id);
    Key { root: root(product.scope), view: native_view(product.arch), path }
}

/// HKLM for the machine, HKCU for a user.
pub fn root(scope: Scope) -> Root {
    match scope {
        Scope::Machine => Root::LocalMachine,
        Scope::User => Root::CurrentUser,
    }
}
