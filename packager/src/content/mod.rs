//! What the files of a package contain: read, put in order, compressed.
//!
//! | step | module | what comes out |
//! | --- | --- | --- |
//! | survey | [`survey`] | each file's hashes, and its copy for the share: all files are read once, side by side |
//! | arrange | [`arrange`] | which contents there are, and their order: the same for every output |
//! | divide | [`divide`] | which of them are compressed together |
//! | pack | [`cabinets`], [`solid`] | the cabinets of the MSI and the setup EXE, the streams of a solid setup EXE |
//!
//! Between reading and packing everything is decided by paths, sizes and hashes alone. What is compressed together is
//! the unit of work: made side by side by [`workers`], read by [`sources`], which notice a file that is no longer the
//! one that was surveyed, and kept by [`cache`] from build to build.

pub mod arrange;
pub mod cabinets;
pub mod cache;
pub mod divide;
mod error;
mod hash;
pub mod solid;
mod sources;
mod spool;
pub mod survey;
mod workers;

#[cfg(test)]
mod tests;

use std::io::{self, BufReader};
use std::num::NonZeroUsize;
use std::sync::OnceLock;

use camino::Utf8Path;
use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;

pub use cache::Cache;
pub use error::Error;
use hash::HashingWriter;
pub use hash::{MsiHash, msi_hash};
pub use survey::Survey;

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
    /// Whether it is a program for x86 or x64 processors: branch filters help there.
    pub code: bool,
}

/// What packing needs beside the files.
#[derive(Clone, Copy)]
pub struct Packing<'a> {
    /// The existing folder that temporary files are made in.
    pub folder: &'a Utf8Path,
    /// Threads that compress. The bytes do not depend on it.
    pub threads: NonZeroUsize,
    /// Where compressed contents are kept from build to build.
    pub cache: Option<&'a Cache>,
    /// Told the plain bytes that were compressed since the last time.
    pub progress: &'a dyn Fn(u64),
}

/// How much was compressed, and to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Plain bytes of distinct contents.
    pub plain: u64,
    /// Bytes they have become.
    pub packed: u64,
    /// Folders and streams.
    pub units: u64,
    /// Those that came from the cache.
    pub cached: u64,
}

impl Tally {
    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            plain: self.plain + other.plain,
            packed: self.packed + other.packed,
            units: self.units + other.units,
            cached: self.cached + other.cached,
        }
    }
}

/// Packed contents in a temporary file, which is removed with this value.
#[derive(Debug)]
pub struct PackedFile {
    /// The file, beside the artefacts.
    pub file: NamedTempFile,
    /// Bytes.
    pub size: u64,
    /// What it took.
    pub tally: Tally,
    sha256: OnceLock<[u8; 32]>,
}

impl PackedFile {
    /// A file of so many bytes.
    #[must_use]
    pub fn new(file: NamedTempFile, size: u64, tally: Tally) -> Self {
        Self { file, size, tally, sha256: OnceLock::new() }
    }

    /// SHA-256. What is packed says where its parts are in its first bytes, which are known last: so the file is read
    /// for it, when somebody asks for the first time.
    pub fn sha256(&self) -> io::Result<[u8; 32]> {
        if let Some(known) = self.sha256.get() {
            return Ok(*known);
        }
        let mut hashing = HashingWriter { out: io::sink(), hash: Sha256::new() };
        let size = io::copy(&mut BufReader::with_capacity(1 << 17, self.file.reopen()?), &mut hashing)?;
        if size != self.size {
            return Err(io::Error::other("it was changed while the build ran"));
        }
        Ok(*self.sha256.get_or_init(|| hashing.hash.finalize().into()))
    }
}
