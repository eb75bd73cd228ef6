//! Compressed streams of many files, as [`packager_shared::solid`] describes them: what makes them and what reads them
//! on this side.
//!
//! Zstandard is RFC 8878, LZMA2 and the x86 filter are those of the .xz format.

pub mod read;
pub mod write;

#[cfg(test)]
mod tests;

use packager_shared::solid::{Filter, Method};

pub use read::decode;
pub use write::{Between, Encoder, LZMA_WINDOW_MIN, VERSION, in_segments};

/// How a stream is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// How it is packed.
    pub method: Method,
    /// What is done before.
    pub filter: Filter,
    /// Bytes of history: a power of two for Zstandard.
    pub window: u32,
}
