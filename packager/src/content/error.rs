//! What can go wrong while the payload is read.

use std::{fmt, io};

use camino::Utf8PathBuf;

use crate::formats::cab;

/// An error of the caller's own making, passed through.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why the payload's pass did not come to its end.
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
        source: io::Error,
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
    /// The installed bootstrap could not be made.
    Bootstrap(BoxError),
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
            Error::Bootstrap(error) => write!(f, "the installed bootstrap cannot be made: {error}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Io { source, .. } => Some(source),
            Error::Cabinet(error) => Some(error),
            Error::Bootstrap(error) => Some(error.as_ref()),
            Error::Changed { .. } | Error::Path { .. } => None,
        }
    }
}

impl From<cab::write::Error> for Error {
    fn from(error: cab::write::Error) -> Self {
        Error::Cabinet(error)
    }
}
