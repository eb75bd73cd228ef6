//! What is asked of a build, what it says while it runs, and what it has made.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`request`] | what to build |
//! | [`artifacts`] | what was built, `checksums.txt`, `build.json`, the table at the end |
//! | [`error`] | why nothing was built |

pub mod artifacts;
pub mod error;
pub mod request;

pub use artifacts::{Artifact, ArtifactKind, BuildReport};
pub use error::{BuildError, Problem};
pub use request::{BuildRequest, OutputKind};

use crate::diagnostics::{Diagnostic, Source};

/// A part of a build that takes time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Payload files are read, hashed and compressed.
    Content,
    /// Artefacts are written.
    Write,
}

/// Who hears about a build while it runs.
pub trait Reporter: Send {
    /// A problem of the manifest or the payload.
    fn diagnostic(&mut self, source: &Source, diagnostic: &Diagnostic);
    /// A phase begins; `total` bytes are to be worked through.
    fn phase(&mut self, phase: Phase, total: u64);
    /// So many more bytes of the phase are done.
    fn advance(&mut self, bytes: u64);
    /// An artefact stands under its final name.
    fn artifact(&mut self, artifact: &Artifact);
}

/// A reporter that keeps silent.
#[derive(Debug, Default)]
pub struct Silent;

impl Reporter for Silent {
    fn diagnostic(&mut self, _: &Source, _: &Diagnostic) {}
    fn phase(&mut self, _: Phase, _: u64) {}
    fn advance(&mut self, _: u64) {}
    fn artifact(&mut self, _: &Artifact) {}
}

#[cfg(test)]
mod tests;
