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
pub use request::{BuildRequest, Compressions, OutputKind};

use crate::diagnostics::{Diagnostic, Source};

/// A part of a build that takes time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Payload files are read and hashed.
    Read,
    /// They are compressed.
    Compress,
    /// Artefacts are written.
    Write,
}

/// What was compressed in a build, and how fast. Of its time, not of its artefacts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Compressed {
    /// Plain bytes, those of equal files once; what two outputs compress differently counts twice.
    pub plain: u64,
    /// Bytes that they have become.
    pub packed: u64,
    /// What was compressed by itself: parts of cabinets, streams.
    pub units: u64,
    /// How many of these came from the cache.
    pub cached: u64,
    /// Whether there was a cache.
    pub cache: bool,
    /// Seconds that reading and compressing took.
    pub seconds: f64,
}

impl Compressed {
    /// What is left of a byte, 0 to 1 and a little more.
    #[must_use]
    pub fn ratio(&self) -> f64 {
        if self.plain == 0 { 1.0 } else { self.packed as f64 / self.plain as f64 }
    }

    /// Plain bytes a second.
    #[must_use]
    pub fn throughput(&self) -> f64 {
        self.plain as f64 / self.seconds.max(0.001)
    }
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
    /// What compressing took.
    fn compressed(&mut self, compressed: &Compressed);
}

/// A reporter that keeps silent.
#[derive(Debug, Default)]
pub struct Silent;

impl Reporter for Silent {
    fn diagnostic(&mut self, _: &Source, _: &Diagnostic) {}
    fn phase(&mut self, _: Phase, _: u64) {}
    fn advance(&mut self, _: u64) {}
    fn artifact(&mut self, _: &Artifact) {}
    fn compressed(&mut self, _: &Compressed) {}
}

#[cfg(test)]
mod tests;
