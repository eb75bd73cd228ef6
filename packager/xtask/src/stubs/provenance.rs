//! What the committed programs were built from, and with what.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use walkdir::WalkDir;

use super::toolchain::Versions;
use crate::failure::{Context, Result};
use crate::place;

/// The record beside the committed programs.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// SHA-256 over the sources, see [`sources`].
    pub sources: String,
    /// What built them.
    pub toolchain: Versions,
    /// The programs.
    pub program: Vec<Program>,
}

/// One committed program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Program {
    /// Path from the root of the checkout, with `/`.
    pub path: String,
    /// Bytes.
    pub size: usize,
    /// SHA-256.
    pub sha256: String,
}

impl Program {
    /// Of a program's bytes.
    pub fn of(path: &str, bytes: &[u8]) -> Self {
        Self { path: path.to_owned(), size: bytes.len(), sha256: hex(bytes) }
    }
}

impl Provenance {
    /// Reads a record.
    pub fn read(path: &Path) -> Result<Self> {
        let bytes = place::read(path)?;
        toml::from_slice(&bytes).context(|| format!("reading {}", path.display()))
    }

    /// Writes a record.
    pub fn write(&self, path: &Path) -> Result<()> {
        let text = toml::to_string(self).context(|| format!("writing {}", path.display()))?;
        let head = "# Written by `cargo xtask stubs`, proven by `cargo xtask stubs --check`.\n\n";
        place::write(path, format!("{head}{text}").as_bytes())
    }
}

/// SHA-256 in hex.
pub fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// One SHA-256 over all sources below the folders (paths from the root of the checkout), and the version that
/// the workspace gives to its crates. Tests (`tests.rs`, `tests/`) do not reach a program and do not count.
pub fn sources(folders: &[&str]) -> Result<String> {
    let root = place::root();
    let mut files: Vec<PathBuf> = Vec::new();
    for folder in folders {
        let inside = WalkDir::new(root.join(folder)).into_iter().filter_entry(|entry| {
            let name = entry.file_name().to_string_lossy();
            !matches!(&*name, "target" | "tests" | "tests.rs")
        });
        for entry in inside {
            let entry = entry.context(|| format!("listing {folder}"))?;
            let name = entry.file_name().to_string_lossy();
            if entry.file_type().is_file()
                && (matches!(&*name, "Cargo.toml" | "Cargo.lock")
                    || name.ends_with(".rs")
                    || name.ends_with(".rc")
                    || name.ends_with(".def"))
            {
                files.push(entry.into_path());
            }
        }
    }
    files.sort();
    let mut all = Sha256::new();
    for path in files {
        let name = path.strip_prefix(&root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        all.update(format!("{} {name}\n", hex(&place::read(&path)?)));
    }
    let workspace = String::from_utf8_lossy(&place::read(&root.join("Cargo.toml"))?).into_owned();
    for line in workspace.lines().skip_while(|line| *line != "[workspace.package]").skip(1) {
        if line.starts_with('[') {
            break;
        }
        if line.starts_with("version") || line.starts_with("edition") {
            all.update(format!("{line}\n"));
        }
    }
    Ok(all.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}
