//! Identity: everything that must stay the same from one release to the next, derived from what it names.
//!
//! Windows Installer matches components of two releases by GUID ("Changing the Component Code" in its
//! documentation), so an id is a function of the upgrade code, the architecture and the *target*: neither
//! version, nor settings, nor the order of the payload enters it.

use packager_shared::ids::hashed;
pub use packager_shared::ids::{braced, file_key};
use packager_shared::plan::{Arch, Key, Root, View};
pub use packager_shared::release::arch_name;
use uuid::Uuid;

/// Name space of upgrade codes: UUID v5 of a product id.
const PRODUCTS: Uuid = Uuid::from_u128(0x6f1d_7c0e_53b2_5a8e_9d41_b06a_7e0c_1a52);

/// The upgrade code of a product id: the same for every architecture and version.
pub fn upgrade_code(product_id: &str) -> Uuid {
    Uuid::new_v5(&PRODUCTS, product_id.as_bytes())
}

/// What kind of thing a component installs; part of its identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A file.
    File,
    /// A directory that exists even if empty.
    Directory,
    /// A registry value or key.
    Registry,
    /// An environment variable.
    Environment,
    /// A value of an INI file.
    Ini,
    /// The product's own state key.
    State,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Directory => "directory",
            Self::Registry => "registry",
            Self::Environment => "environment",
            Self::Ini => "ini",
            Self::State => "state",
        }
    }
}

/// The component code of a target.
pub fn component_code(upgrade_code: Uuid, arch: Arch, kind: Kind, target: &str) -> Uuid {
    let name = format!("{}/{}/{}", arch_name(arch), kind.name(), target.to_lowercase());
    Uuid::new_v5(&upgrade_code, name.as_bytes())
}

/// A primary key for the thing at a target: `prefix` and its hash, a legal identifier.
pub fn row_key(prefix: &str, kind: Kind, target: &str) -> String {
    hashed(prefix, &format!("{}/{}", kind.name(), target.to_lowercase()))
}

/// The key of a site's file. Not [`file_key`]: the payload's cabinet may hold a file of the same path, which the site's
/// own takes the place of.
pub fn site_file_key(path: &str) -> String {
    hashed("s", &packager_shared::path::lower(path))
}

/// The canonical name of a registry target.
pub fn registry_target(key: &Key, name: &str) -> String {
    let root = match key.root {
        Root::ClassesRoot => "HKCR",
        Root::CurrentUser => "HKCU",
        Root::LocalMachine => "HKLM",
        Root::Users => "HKU",
    };
    let view = match key.view {
        View::Bits32 => "32",
        View::Bits64 => "64",
    };
    format!("{root}\\{}\\{name}/{view}", key.path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_upgrade_code_is_the_ids_alone() {
        let id = upgrade_code("com.acme.endpoint-agent");
        assert_eq!(id.get_version_num(), 5);
        assert_eq!(id, upgrade_code("com.acme.endpoint-agent"));
        assert_ne!(id, upgrade_code("com.acme.endpoint-agent2"));
    }

    #[test]
    fn a_component_differs_by_arch_kind_and_target_but_not_by_case() {
        let product = upgrade_code("a.b");
        let code = |arch, kind, target| component_code(product, arch, kind, target);
        let base = code(Arch::X64, Kind::File, "{InstallDir}\\Bin\\A.exe");
        assert_eq!(base, code(Arch::X64, Kind::File, "{installdir}\\bin\\a.EXE"));
        assert_ne!(base, code(Arch::X86, Kind::File, "{InstallDir}\\Bin\\A.exe"));
        assert_ne!(base, code(Arch::X64, Kind::Directory, "{InstallDir}\\Bin\\A.exe"));
    }
}
