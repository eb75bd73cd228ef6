//! The two ways a product reaches a Windows, behind one trait: a test that holds for one holds for the other.

use std::path::Path;

use crate::prefix::{Prefix, Ran};
use crate::product::Release;

/// A way to install.
pub trait Installer: Sync {
    /// For messages.
    fn name(&self) -> &'static str;

    /// Installs or upgrades, without a window, with settings.
    fn install(&self, prefix: &Prefix, release: &Release, arch: &str, settings: &[(&str, &str)]) -> Ran;

    /// Uninstalls without a window.
    fn uninstall(&self, prefix: &Prefix, release: &Release, arch: &str) -> Ran;
}

/// `msiexec`.
#[derive(Clone, Copy, Debug)]
pub struct Msi;

/// The setup EXE, and for uninstalling the bootstrap that it installed.
#[derive(Clone, Copy, Debug)]
pub struct Exe;

/// Both.
pub const BOTH: [&dyn Installer; 2] = [&Msi, &Exe];

/// Where the example agent is installed.
pub fn install_dir(prefix: &Prefix, arch: &str) -> &'static str {
    match (prefix.bits, arch) {
        (crate::prefix::Bits::Windows64, "x86") => r"C:\Program Files (x86)\Acme\Endpoint Agent",
        _ => r"C:\Program Files\Acme\Endpoint Agent",
    }
}

/// Brings a file once; the same file again keeps its path.
pub fn bring(prefix: &Prefix, file: &Path) -> String {
    let path = format!("W:\\{}", file.file_name().expect("a file has a name").to_string_lossy());
    if prefix.host_path(&path).exists() { path } else { prefix.bring(file) }
}

/// `msiexec` with an option, an MSI, and further arguments; what its log says is added to the output.
pub fn msiexec(prefix: &Prefix, option: &str, msi: &Path, more: &str) -> Ran {
    let path = bring(prefix, msi);
    prefix.run("msiexec.exe", &format!("{option} {path} /qn {more}"))
}

/// The setup EXE with arguments; its log is added to the output when it fails.
pub fn setup(prefix: &Prefix, exe: &Path, arguments: &str) -> Ran {
    let path = bring(prefix, exe);
    let log = prefix.desk().join("setup.log");
    let _ = std::fs::remove_file(&log);
    let mut ran = prefix.run(&path, &format!("{arguments} /log W:\\setup.log"));
    ran.output.push_str(&String::from_utf8_lossy(&std::fs::read(&log).unwrap_or_default()));
    ran
}

impl Installer for Msi {
    fn name(&self) -> &'static str {
        "MSI"
    }

    fn install(&self, prefix: &Prefix, release: &Release, arch: &str, settings: &[(&str, &str)]) -> Ran {
        let properties: String =
            settings.iter().map(|(name, value)| format!(" {name}=\"{value}\"")).collect();
        msiexec(prefix, "/i", &release.msi(arch), &properties)
    }

    fn uninstall(&self, prefix: &Prefix, release: &Release, arch: &str) -> Ran {
        msiexec(prefix, "/x", &release.msi(arch), "")
    }
}

impl Installer for Exe {
    fn name(&self) -> &'static str {
        "EXE"
    }

    fn install(&self, prefix: &Prefix, release: &Release, arch: &str, settings: &[(&str, &str)]) -> Ran {
        let settings: String = settings.iter().map(|(name, value)| format!(" \"{name}={value}\"")).collect();
        setup(prefix, &release.exe(arch), &format!("/quiet{settings}"))
    }

    fn uninstall(&self, prefix: &Prefix, _release: &Release, arch: &str) -> Ran {
        prefix.run(&format!("{}\\autopcc.exe", install_dir(prefix, arch)), "/uninstall /quiet")
    }
}
