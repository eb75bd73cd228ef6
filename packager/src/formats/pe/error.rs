//! What can be wrong with an executable or an icon.

use std::{fmt, io};

/// Why an image could not be read or changed.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The input failed.
    Io(io::Error),
    /// It is no portable executable.
    NoImage,
    /// Something in it is out of bounds.
    Damaged {
        /// What.
        what: &'static str,
    },
    /// It is in order, but cannot be changed as asked.
    Unfit {
        /// Why not.
        why: &'static str,
    },
    /// It is no usable `.ico` file.
    Icon {
        /// What is wrong with it.
        what: &'static str,
    },
    /// A text that does not fit into a resource.
    TooLong {
        /// Which.
        what: String,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Io(error) => write!(f, "the program cannot be read: {error}"),
            Error::NoImage => write!(f, "this is no Windows program: it has no PE header"),
            Error::Damaged { what } => write!(f, "the program is damaged: {what}"),
            Error::Unfit { why } => write!(f, "the program cannot be given resources: {why}"),
            Error::Icon { what } => write!(f, "this is no usable .ico file: {what}"),
            Error::TooLong { what } => write!(f, "too long for a version resource: {what}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Error::Damaged { what: "it ends too early" },
            _ => Error::Io(error),
        }
    }
}
