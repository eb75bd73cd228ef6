//! Streams of a database: cabinets, icons, custom action binaries.

use std::fs::File;
use std::io::{self, Read};

use camino::Utf8PathBuf;
use sha2::{Digest, Sha256};

/// A stream whose length and digest are known before it is read, so that a cabinet is never in memory.
pub struct Stream {
    /// Bytes.
    pub len: u64,
    /// What only a stream of equal bytes has: SHA-256 of them, unless whoever opens it says otherwise. All zero when they
    /// are not known (a database that was read).
    pub digest: [u8; 32],
    source: Source,
}

enum Source {
    Bytes(Vec<u8>),
    File(Utf8PathBuf),
    Open(Box<dyn Fn() -> io::Result<Box<dyn Read>> + Send + Sync>),
    Elsewhere,
}

impl Stream {
    /// A stream in memory.
    #[must_use]
    pub fn bytes(bytes: Vec<u8>) -> Self {
        Self { len: bytes.len() as u64, digest: Sha256::digest(&bytes).into(), source: Source::Bytes(bytes) }
    }

    /// A file that is opened when the database is written. `sha256` is of its `len` bytes.
    #[must_use]
    pub fn file(path: Utf8PathBuf, len: u64, sha256: [u8; 32]) -> Self {
        Self { len, digest: sha256, source: Source::File(path) }
    }

    /// Anything of `len` bytes that can be opened when the database is written, and a digest that they alone have.
    pub fn open_with(
        len: u64,
        digest: [u8; 32],
        open: impl Fn() -> io::Result<Box<dyn Read>> + Send + Sync + 'static,
    ) -> Self {
        Self { len, digest, source: Source::Open(Box::new(open)) }
    }

    /// A stream of a database that was read: its contents stay in the file.
    pub(super) const fn elsewhere(len: u64) -> Self {
        Self { len, digest: [0; 32], source: Source::Elsewhere }
    }

    /// A reader from its start.
    ///
    /// # Errors
    /// When its file cannot be opened, or when it belongs to a database that was read: then
    /// [`super::Package::stream`] has its contents.
    pub fn open(&self) -> io::Result<Box<dyn Read + '_>> {
        Ok(match &self.source {
            Source::Bytes(bytes) => Box::new(bytes.as_slice()),
            Source::File(path) => Box::new(
                File::open(path).map_err(|error| io::Error::new(error.kind(), format!("{path}: {error}")))?,
            ),
            Source::Open(open) => open()?,
            Source::Elsewhere => {
                return Err(io::Error::new(
                    io::ErrorKind::Unsupported,
                    "its contents are in the file it was read from",
                ));
            }
        })
    }
}

impl std::fmt::Debug for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stream").field("len", &self.len).finish_non_exhaustive()
    }
}
