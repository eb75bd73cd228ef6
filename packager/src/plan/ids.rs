//! Identity: everything that must stay the same from one release to the next, derived from what it names.
//!
//! Windows Installer matches components of two releases by GUID ("Changing the Component Code" in its
//! documentation), so an id is a function of the upgrade code, the architecture and the *target*: neither
//! version, nor settings, nor the order of the payload enters it.

use packager_shared::plan::{Arch, Key, Root, View};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// Name space of upgrade codes: UUID v5 of a product id.
const PRODUCTS: Uuid = Uuid::from_u128(0x6f1d_7c0e_53b2_5a8e_9d41_b06a_7e0c_1a52);

/// The upgrade code of a product id: the same for every architecture and version.
pub fn upgrade_code(product_id: &str) -> Uuid {
    Uuid::new_v5(&PRODUCTS, product_id.as_bytes())
}

/// `{…}` in upper case, as Windows Installer wants GUIDs (ICE24, ICE08).
pub fn braced(id: Uuid) -> String {
    id.braced().to_string().to_uppercase()
}

/// How an architecture is called in names and ids.
pub fn arch_name(arch: Arch) -> &'static str {
    match arch {
        Arch::X86 => "x86",
        Arch::X64 => "x64",
        Arch::Arm64 => "arm64",
    }
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
            Self::State => "state",
        }
    }
}

/// The component code of a target.
pub fn component_code(upgrade_code: Uuid, arch: Arch, kind: Kind, target: &str) -> Uuid {
    let name = format!("{}/{}/{}", arch_name(arch), kind.name(), target.to_lowercase());
    Uuid::new_v5(&upgrade_code, name.as_bytes())
}

/// A primary key for the thing at a target: `prefix` and 26 characters of its hash, a legal identifier.
///
/// File rows and their components share one key, which halves the string pool of a large package.
pub fn row_key(prefix: char, kind: Kind, target: &str) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let digest = Sha256::digest(format!("{}/{}", kind.name(), target.to_lowercase()));
    let mut bits = digest.iter().take(16).fold(0u128, |all, byte| all << 8 | u128::from(*byte));
    let mut key = String::with_capacity(27);
    key.push(prefix);
    for _ in 0..26 {
        key.push(char::from(ALPHABET[(bits & 31) as usize]));
        bits >>= 5;
    }
    key
}

/// The key of an installed file: File row, its component, and its member in the cabinet.
pub fn file_key(install_dir: &str, path: &str) -> String {
    row_key('f', Kind::File, &format!("{install_dir}\\{path}"))
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

    #[test]
    fn keys_are_identifiers() {
        let key = file_key("{ProgramFiles}\\Ünïcode", "bin\\agent.exe");
        assert_eq!(key.len(), 27);
        assert!(key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()));
    }

    #[test]
    fn guids_are_upper_case_in_braces() {
        let text = braced(upgrade_code("a.b"));
        assert_eq!(text, text.to_uppercase());
        assert!(text.starts_with('{') && text.ends_with('}') && text.len() == 38);
    }
}
