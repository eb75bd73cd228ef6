//! What can go wrong with a database.

use std::{fmt, io};

use super::Violation;

/// Why a database could not be built, written or read.
#[derive(Debug)]
pub enum Error {
    /// No such table is in the schema, nor was one added.
    UnknownTable {
        /// The table.
        table: String,
    },
    /// A table was added twice, or has no columns, more than 32, no key, or its key not first.
    BadTable {
        /// The table.
        table: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A row does not have its table's fields.
    BadRow {
        /// The table.
        table: String,
        /// The first field.
        row: String,
        /// What is wrong with it.
        why: String,
    },
    /// A name that a compound file cannot hold: longer than 62 characters (31 when no two can be packed), or with
    /// one of `/ \ : !` in it.
    StreamName {
        /// The name.
        name: String,
    },
    /// Two streams of one name.
    DuplicateStream {
        /// The name.
        name: String,
    },
    /// A row says that it has a stream, and there is none.
    MissingStream {
        /// The name of the stream.
        name: String,
    },
    /// A stream gave more or fewer bytes than were announced.
    StreamLength {
        /// The name of the stream.
        name: String,
        /// Bytes announced.
        expected: u64,
    },
    /// The code page is not known or lacks a character.
    CodePage {
        /// The code page.
        codepage: u32,
        /// The string that does not fit.
        text: String,
    },
    /// More strings than 3-byte references can name: 16,777,215.
    TooManyStrings,
    /// Rows break the rules that the database states itself.
    Invalid(Vec<Violation>),
    /// What is read is not a database, or a damaged one.
    Damaged {
        /// The stream in which it shows.
        stream: String,
        /// What is wrong with it.
        why: String,
    },
    /// Reading or writing failed.
    Io {
        /// What was being done.
        what: String,
        /// The cause.
        source: io::Error,
    },
}

impl Error {
    pub(super) fn damaged(stream: &str, why: impl Into<String>) -> Self {
        Self::Damaged { stream: stream.to_owned(), why: why.into() }
    }

    pub(super) fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }
}

/// How many violations are shown before the rest is only counted.
const SHOWN: usize = 20;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownTable { table } => {
                write!(f, "no table `{table}` is known; add it with its columns before its rows")
            }
            Self::BadTable { table, why } => write!(f, "table `{table}`: {why}"),
            Self::BadRow { table, row, why } => write!(f, "table `{table}`, row `{row}`: {why}"),
            Self::StreamName { name } => write!(
                f,
                "stream name `{name}` does not fit: at most 62 characters of A-Z a-z 0-9 . _ (others count double), \
                 none of / \\ : !"
            ),
            Self::DuplicateStream { name } => write!(f, "two streams are named `{name}`"),
            Self::MissingStream { name } => write!(f, "a row needs the stream `{name}`, which was not added"),
            Self::StreamLength { name, expected } => {
                write!(f, "stream `{name}` was announced with {expected} bytes and has another length")
            }
            Self::CodePage { codepage, text } => {
                write!(f, "code page {codepage} cannot hold `{text}`; use 65001 (UTF-8)")
            }
            Self::TooManyStrings => write!(f, "more than 16,777,215 different strings"),
            Self::Invalid(violations) => {
                write!(f, "{} row(s) break the database's own rules", violations.len())?;
                for violation in violations.iter().take(SHOWN) {
                    write!(f, "\n  {violation}")?;
                }
                match violations.len().checked_sub(SHOWN) {
                    None | Some(0) => Ok(()),
                    Some(more) => write!(f, "\n  and {more} more"),
                }
            }
            Self::Damaged { stream, why } => write!(f, "not a sound database: `{stream}`: {why}"),
            Self::Io { what, source } => write!(f, "{what}: {source}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}
