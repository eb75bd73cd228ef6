//! What can go wrong while contents are read and packed.

use std::fmt;

use camino::{Utf8Path, Utf8PathBuf};

use crate::formats::cab;

/// Why contents could not be packed.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder could not be worked with.
    Io {
        /// What was tried, as in "cannot read".
        action: &'static str,
        /// Where.
        path: Utf8PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A file is not the one that was planned with.
    Changed {
        /// The file.
        path: Utf8PathBuf,
        /// How it differs.
        how: String,
    },
    /// A path that must not be written below a share.
    Path {
        /// The path.
        path: String,
    },
    /// The cabinet could not be made.
    Cabinet(cab::write::Error),
    /// A stream could not be compressed.
    Stream(std::io::Error),
    /// The system has no thread to work with.
    Threads(std::io::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Io { action, path, source } => write!(f, "{action} {path}: {source}"),
            Error::Changed { path, how } => write!(
                f,
                "{path} changed while it was being packed: {how}. Build again when nothing writes to the payload"
            ),
            Error::Path { path } => write!(f, "{path:?} is not a path below the install directory"),
            Error::Cabinet(error) => error.fmt(f),
            Error::Stream(error) => write!(f, "the files cannot be compressed: {error}"),
            Error::Threads(error) => write!(f, "no thread can be started: {error}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Io { source, .. } | Error::Stream(source) | Error::Threads(source) => Some(source),
            Error::Cabinet(error) => Some(error),
            Error::Changed { .. } | Error::Path { .. } => None,
        }
    }
}

impl From<cab::write::Error> for Error {
    fn from(error: cab::write::Error) -> Self {
        Error::Cabinet(error)
    }
}

pub(super) fn io(action: &'static str, path: &Utf8Path) -> impl FnOnce(std::io::Error) -> Error {
    move |source| Error::Io { action, path: path.to_owned(), source }
}
