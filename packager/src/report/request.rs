//! What to build.

use std::fmt;
use std::num::NonZeroUsize;
use std::str::FromStr;

use camino::Utf8PathBuf;
use packager_shared::plan::Arch;

use crate::plan::{Compression, ExeCompression};

/// A kind of output that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OutputKind {
    /// The Windows Installer package.
    Msi,
    /// The setup EXE.
    Exe,
    /// The folder that is copied to a file server.
    Share,
}

impl OutputKind {
    /// All of them, in the order they are built.
    pub const ALL: [Self; 3] = [Self::Msi, Self::Exe, Self::Share];

    /// Its name on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Msi => "msi",
            Self::Exe => "exe",
            Self::Share => "share",
        }
    }
}

impl fmt::Display for OutputKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for OutputKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = || Self::ALL.map(Self::as_str).join(", ");
        Self::ALL.into_iter().find(|k| k.as_str() == text).ok_or_else(|| {
            format!("there is no output `{text}` in this version of packager; there are {}", known())
        })
    }
}

/// Compression that is chosen for one build; `None`: the manifest's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Compressions {
    /// Of the MSI.
    pub msi: Option<Compression>,
    /// Of the setup EXE.
    pub exe: Option<ExeCompression>,
}

/// What to build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildRequest {
    /// The manifest.
    pub manifest: Utf8PathBuf,
    /// The folder artefacts are written to; made when absent.
    pub out: Utf8PathBuf,
    /// Which outputs; empty: all (no share without a public key).
    pub outputs: Vec<OutputKind>,
    /// Which of the manifest's architectures; empty: all.
    pub archs: Vec<Arch>,
    /// Sites that get packages of their own, instead of the base's: names, or `all`. Empty: the base and its
    /// transforms.
    pub sites: Vec<String>,
    /// MSIs that machines have: an upgrade from each must work.
    pub previous: Vec<Utf8PathBuf>,
    /// Compression in the place of the manifest's.
    pub compression: Compressions,
    /// The folder where what is compressed is kept from build to build.
    pub cache: Option<Utf8PathBuf>,
    /// Threads to use; `None`: as many as there are cores. The bytes do not depend on it.
    pub jobs: Option<NonZeroUsize>,
}

impl BuildRequest {
    /// Everything the manifest describes, into `out`.
    #[must_use]
    pub fn new(manifest: impl Into<Utf8PathBuf>, out: impl Into<Utf8PathBuf>) -> Self {
        Self {
            manifest: manifest.into(),
            out: out.into(),
            outputs: vec![],
            archs: vec![],
            sites: vec![],
            previous: vec![],
            compression: Compressions::default(),
            cache: None,
            jobs: None,
        }
    }

    /// Whether an output is asked for.
    #[must_use]
    pub fn wants(&self, kind: OutputKind) -> bool {
        self.outputs.is_empty() || self.outputs.contains(&kind)
    }
}
