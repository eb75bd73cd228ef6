//! What becomes true on the target machine: the one plan that every output renders.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`load`](mod@load) | from a manifest's path to its plans, with every problem on the way |
//! | [`inputs`], [`scan`] | the files the manifest names and the payload folders: where a build reads the disk |
//! | [`make`] | from the model and a scan to the plan of one package |
//! | [`raw`] | rows of an MSI that the author wrote |
//! | [`ids`] | everything that must stay the same from one release to the next |

pub mod ids;
pub mod inputs;
pub mod load;
pub mod make;
pub mod raw;
pub mod scan;

use camino::Utf8PathBuf;

pub use load::{Loaded, load};

pub use packager_shared::plan::*;

/// A file of the payload and where it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedFile {
    /// Where it is read at build time.
    pub source: Utf8PathBuf,
    /// Path below the install directory, with backslashes.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// Written when absent, never compared, repaired or removed.
    pub keep: bool,
    /// Version and language ids from the PE version resource.
    pub version: Option<FileVersion>,
}

/// What a PE file's version resource says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileVersion {
    /// VS_FIXEDFILEINFO's file version.
    pub version: [u16; 4],
    /// Language ids of the translations.
    pub languages: Vec<u16>,
}

/// One package to be made: one architecture of one product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackagePlan {
    /// What the target side gets to know.
    pub target: Plan,
    /// The payload, sorted by lower-case path. The installed bootstrap is not among them: outputs add it.
    pub files: Vec<PlannedFile>,
    /// Files that only the own MSI of a site has, added to the payload or in the place of its files: the site's name
    /// and the files, sorted like them.
    pub site_files: Vec<(String, Vec<PlannedFile>)>,
    /// The product's icon (`.ico` file).
    pub icon: Option<Utf8PathBuf>,
    /// The licence text file.
    pub license: Option<Utf8PathBuf>,
    /// What is special about each output.
    pub outputs: Outputs,
}

/// What the manifest's `[output.*]` say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outputs {
    /// `[output.msi]`
    pub msi: MsiOptions,
    /// `[output.exe] compression`
    pub exe: ExeCompression,
    /// What only the share needs.
    pub share: ShareOptions,
}

/// What only the share needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShareOptions {
    /// Where the key is that releases are signed with.
    pub private_key: Option<crate::sign::KeySource>,
}

/// `[output.msi]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MsiOptions {
    /// Windows language id, 1033 for en-US.
    pub language: u16,
    /// Whether this is a further language, whose MSI has the language in its name.
    pub is_translation: bool,
    /// Language ids of the MSIs that are made besides.
    pub translations: Vec<u16>,
    /// Whether it shows dialogs.
    pub dialogs: bool,
    /// The settings that dialogs ask for, in the order of the manifest.
    pub asks: Vec<Ask>,
    /// Whether the same version may be installed over itself (as a major upgrade).
    pub same_version_upgrades: bool,
    /// Whether an older version may replace a newer one.
    pub downgrade: bool,
    /// Compression of its cabinets.
    pub compression: Compression,
    /// The most plain bytes of a cabinet; only the limits of the format when absent.
    pub cabinet_size: Option<u64>,
    /// Rows that the author wrote.
    pub tables: Vec<raw::RawTable>,
}

/// A setting that a dialog asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// The setting.
    pub setting: String,
    /// What stands above its field.
    pub label: String,
}

impl Default for MsiOptions {
    fn default() -> Self {
        Self {
            language: 1033,
            is_translation: false,
            translations: Vec::new(),
            dialogs: false,
            asks: Vec::new(),
            same_version_upgrades: true,
            downgrade: false,
            compression: Compression::Mszip,
            cabinet_size: None,
            tables: Vec::new(),
        }
    }
}

impl PackagePlan {
    /// The same package with an MSI in a further language.
    #[must_use]
    pub fn translated(&self, language: u16) -> Self {
        let mut package = self.clone();
        package.outputs.msi.language = language;
        package.outputs.msi.is_translation = true;
        package.outputs.msi.translations.clear();
        package
    }
}

/// How a cabinet is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// Stored.
    None,
    /// MSZIP (deflate).
    Mszip,
    /// LZX.
    Lzx,
}

/// How the files of a setup EXE are compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ExeCompression {
    /// In cabinets, MSZIP unless the MSI's are stored: made once for both.
    #[default]
    Fast,
    /// As streams of Zstandard.
    Balanced,
    /// As streams of LZMA2.
    Max,
}
