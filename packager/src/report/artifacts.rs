//! What a build has made.

use std::fmt::Write as _;

pub use packager_shared::ids::hex;
use packager_shared::plan::Arch;
pub use packager_shared::release::arch_name;
use serde_json::{Value, json};

/// What an artefact is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ArtifactKind {
    /// A Windows Installer package.
    Msi,
    /// A transform with the settings of one site.
    Mst,
    /// A setup EXE.
    Exe,
    /// A file of the share.
    Share,
    /// `checksums.txt`, `build.json`, a report.
    Report,
}

impl ArtifactKind {
    /// Its name in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Msi => "msi",
            Self::Mst => "mst",
            Self::Exe => "exe",
            Self::Share => "share",
            Self::Report => "report",
        }
    }
}

/// One file that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// Path below the output folder, with forward slashes.
    pub path: String,
    /// What it is.
    pub kind: ArtifactKind,
    /// For which architecture, when for one.
    pub arch: Option<Arch>,
    /// Bytes.
    pub bytes: u64,
    /// SHA-256 of it.
    pub sha256: [u8; 32],
}

impl Artifact {
    /// Its JSON line.
    #[must_use]
    pub fn json(&self) -> Value {
        json!({
            "reason": "artifact",
            "path": self.path,
            "kind": self.kind.as_str(),
            "arch": self.arch.map(arch_name),
            "bytes": self.bytes,
            "sha256": hex(&self.sha256),
        })
    }
}

/// What a build has made, in the order of paths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BuildReport {
    /// Shown name of the product.
    pub product: String,
    /// Its id.
    pub id: String,
    /// Its version as written.
    pub version: String,
    /// Release serial.
    pub serial: u32,
    /// The artefacts.
    pub artifacts: Vec<Artifact>,
}

impl BuildReport {
    /// `checksums.txt`, in the format of sha256sum: for every artefact but reports.
    #[must_use]
    pub fn checksums(&self) -> String {
        let mut lines: Vec<_> =
            self.payload().map(|a| (a.path.as_str(), format!("{}  {}\n", hex(&a.sha256), a.path))).collect();
        lines.sort_unstable();
        lines.into_iter().map(|(_, line)| line).collect()
    }

    /// `build.json`: the same for programs. It names no time, host or user, so equal input gives equal bytes.
    #[must_use]
    pub fn build_json(&self) -> String {
        let artifacts: Vec<Value> = self
            .payload()
            .map(|a| {
                json!({
                    "path": a.path, "kind": a.kind.as_str(), "arch": a.arch.map(arch_name),
                    "bytes": a.bytes, "sha256": hex(&a.sha256),
                })
            })
            .collect();
        let value = json!({
            "format": 1,
            "packager": env!("CARGO_PKG_VERSION"),
            "product": { "id": self.id, "name": self.product, "version": self.version, "serial": self.serial },
            "artifacts": artifacts,
        });
        let mut text = serde_json::to_string_pretty(&value).unwrap_or_default();
        text.push('\n');
        text
    }

    /// The table people see at the end. The share is one row.
    #[must_use]
    pub fn table(&self) -> String {
        let mut rows: Vec<(String, u64)> = Vec::new();
        let (mut files, mut bytes) = (0_usize, 0_u64);
        for artifact in &self.artifacts {
            if artifact.kind == ArtifactKind::Share {
                files = files.saturating_add(1);
                bytes = bytes.saturating_add(artifact.bytes);
            } else {
                rows.push((artifact.path.clone(), artifact.bytes));
            }
        }
        if files > 0 {
            rows.push((format!("share/ ({files} files)"), bytes));
        }
        let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
        let mut out = String::new();
        for (name, bytes) in rows {
            let _ = writeln!(out, "  {name:<width$}  {:>9}", size(bytes));
        }
        out
    }

    fn payload(&self) -> impl Iterator<Item = &Artifact> {
        self.artifacts.iter().filter(|a| a.kind != ArtifactKind::Report)
    }
}

/// A size for people: `713 B`, `1.4 MB` (1 MB = 1,000,000 bytes).
#[must_use]
pub fn size(bytes: u64) -> String {
    let mut value = bytes as f64;
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    for unit in ["kB", "MB", "GB"] {
        value /= 1000.0;
        if value < 999.95 {
            return format!("{value:.1} {unit}");
        }
    }
    format!("{:.1} TB", value / 1000.0)
}
