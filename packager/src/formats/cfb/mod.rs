//! Compound files ([MS-CFB]): a writer for files whose streams all have a known length.
//!
//! Because every length is known, the whole layout is: the file is written from front to back, in one go, without
//! seeking, and no stream is held in memory. Nothing in it depends on time: all dates are zero. Files have 512-byte
//! sectors (version 3); those that would pass 2 GB have 4,096-byte sectors (version 4).
//!
//! ```text
//! header | DIFAT | FAT | directory | mini FAT | mini stream | large streams, in the order they were given
//! ```

mod directory;
mod layout;
#[cfg(test)]
mod tests;

use std::{fmt, io};

pub use layout::Layout;

/// A stream of the root storage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// 1 to 31 UTF-16 units.
    pub name: String,
    /// Bytes.
    pub len: u64,
}

/// Why a compound file could not be written.
#[derive(Debug)]
pub enum Error {
    /// A name is empty, has more than 31 UTF-16 units, or one of `/ \ : !` in it.
    Name {
        /// The name.
        name: String,
    },
    /// Two names differ in case alone, or not at all.
    Duplicate {
        /// The second of them.
        name: String,
    },
    /// More sectors than a compound file can number.
    TooLarge,
    /// A stream gave more or fewer bytes than were announced.
    Length {
        /// Which of the entries.
        index: usize,
        /// Bytes announced.
        expected: u64,
    },
    /// Reading a stream or writing the file failed.
    Io(io::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name { name } => {
                write!(f, "`{name}` cannot name a stream: 1 to 31 characters, none of / \\ : !")
            }
            Self::Duplicate { name } => write!(f, "two streams are named `{name}` (case does not count)"),
            Self::TooLarge => write!(f, "more data than a compound file can hold"),
            Self::Length { index, expected } => {
                write!(f, "stream {index} was announced with {expected} bytes and has another length")
            }
            Self::Io(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        match error {
            Error::Io(error) => error,
            error => Self::new(io::ErrorKind::InvalidInput, error),
        }
    }
}
