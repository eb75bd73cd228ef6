//! One folder per output. Each has a `plan` (pure, serialisable: what will be in the artefact) and a `write`
//! (that plan and the compressed content, into a sink).

pub mod bootstrap;
pub mod exe;
pub mod msi;
#[cfg(test)]
mod sample;
pub mod share;
pub mod sink;

use packager_shared::index::Digest;

use crate::plan::{FileVersion, PackagePlan};

/// An installed file as every output sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstalledFile {
    /// Path below the install directory, with backslashes.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of the content.
    pub sha256: Digest,
    /// What MsiGetFileHash gives for the content.
    pub file_hash: [i32; 4],
    /// Version and languages of a PE file that has a version resource.
    pub version: Option<FileVersion>,
    /// Written when absent, never compared, repaired or removed.
    pub keep: bool,
    /// Its place in the cabinets, from 1. Files of the same content stand together there.
    pub sequence: u32,
}

/// A package whose content is known: what outputs plan from.
#[derive(Clone, Copy, Debug)]
pub struct Release<'a> {
    /// What shall become true.
    pub package: &'a PackagePlan,
    /// Everything that is installed, the bootstrap last.
    pub files: &'a [InstalledFile],
    /// SHA-256 of `files.idx`: names this release on the target.
    pub digest: Digest,
    /// What only equal cabinets have in common.
    pub cabinet: Digest,
    /// The highest [`InstalledFile::sequence`] of each cabinet, in their order.
    pub cabinets: &'a [u32],
    /// What a site's own MSI has beside the payload.
    pub site: Option<SiteFiles<'a>>,
    /// Content of the installed bootstrap.
    pub image: &'a [u8],
    /// Content of the icon file.
    pub icon: Option<&'a [u8]>,
    /// The licence, when the package shows it.
    pub license: Option<&'a str>,
}

/// The files of one site, in cabinets of their own.
#[derive(Clone, Copy, Debug)]
pub struct SiteFiles<'a> {
    /// Which of [`Release::files`] they are: lower-case paths, sorted.
    pub paths: &'a [String],
    /// How many of the last of [`Release::cabinets`] are theirs.
    pub cabinets: usize,
}

impl Release<'_> {
    /// The installed bootstrap.
    pub fn bootstrap(&self) -> Option<&InstalledFile> {
        self.files.last()
    }
}
