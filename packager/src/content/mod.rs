//! The build's one pass over the payload.
//!
//! Every file is read once. On the way its bytes are hashed, compressed into the cabinets that the MSI and the
//! setup EXE share, and, when a share is built, copied there. What all outputs need to know of the files
//! comes out as [`Content`].

mod error;
mod hash;
mod pass;
mod split;

#[cfg(test)]
mod tests;

use tempfile::NamedTempFile;

pub use error::{BoxError, Error};
pub use hash::{MsiHash, msi_hash};
pub use pass::Pass;
pub use split::{BYTES_MAX, Limits};

/// One installed file, after it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hashed {
    /// Path below the install directory, with backslashes.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of the content.
    pub sha256: [u8; 32],
    /// What MsiGetFileHash says of the content. `None` for files with a PE version, which must not have one.
    pub msi_hash: Option<MsiHash>,
    /// Its name in the cabinet.
    pub cab_key: String,
    /// Its place in the cabinets, from 1: the File table's Sequence. Files of the same content stand together
    /// in a cabinet, so this is not always the order of paths. 0 until its cabinet is complete.
    pub sequence: u32,
}

/// One cabinet or several, one right behind the other, in a temporary file, which is removed with this value.
#[derive(Debug)]
pub struct CabinetFile {
    /// The file, beside the artefacts.
    pub file: NamedTempFile,
    /// Bytes of all.
    pub size: u64,
    /// SHA-256 of all.
    pub sha256: [u8; 32],
    /// The cabinets.
    pub parts: Vec<CabinetPart>,
}

/// One of the cabinets in a [`CabinetFile`]. Each is whole by itself and shares nothing with the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CabinetPart {
    /// Bytes before it.
    pub start: u64,
    /// Bytes.
    pub size: u64,
    /// SHA-256.
    pub sha256: [u8; 32],
    /// The highest [`Hashed::sequence`] of its files.
    pub last: u32,
}

/// What the pass found and made.
#[derive(Debug)]
pub struct Content {
    /// The payload in the order it was planned, the installed bootstrap last.
    pub files: Vec<Hashed>,
    /// All of them, compressed.
    pub cabinet: CabinetFile,
    /// Sum of the files' sizes.
    pub bytes: u64,
}
