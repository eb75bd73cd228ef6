//! The files of one release for one architecture.

use alloc::string::String;
use alloc::vec::Vec;

/// A SHA-256 digest.
pub type Digest = [u8; 32];

/// One installed file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Path below the install directory, with backslashes, in the payload's own case.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of the content.
    pub sha256: Digest,
    /// File version from the PE version resource, when there is one.
    pub pe_version: Option<[u16; 4]>,
    /// Written when absent, never compared, repaired or removed.
    pub keep: bool,
}

/// The files of a release, sorted by lower-case path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Index {
    /// One entry a file.
    pub entries: Vec<Entry>,
}
