//! The Windows Installer database: what `.msi` and `.mst` files are.
//!
//! A database is a compound file ([`super::cfb`]) of streams: one per table, column after column, with strings as
//! references into one pool; the summary information; and whatever streams rows and cabinets have. [`Database`] is
//! the whole of it in memory but for the contents of large streams, [`Database::prepare`] checks and encodes one,
//! [`open`] reads one. Every table of a database that leaves [`Prepared`] has been held against its own
//! `_Validation` rows, so a package that Windows Installer's ICE03 would refuse cannot be written.

pub mod category;
mod check;
pub mod codepage;
mod column;
pub mod condition;
mod database;
pub mod dump;
mod error;
pub mod formatted;
mod names;
mod pool;
mod prepare;
mod read;
pub mod schema;
mod stream;
mod summary;
#[cfg(test)]
mod tests;
pub mod transform;
mod value;

pub use category::Category;
pub use check::{Problem, Violation, violations};
pub use column::{Column, ColumnType};
pub use database::{Database, Table};
pub use error::Error;
pub use names::{MAX_STREAM_NAME, decode as decode_stream_name, encode as encode_stream_name, stream_name};
pub use prepare::{Prepared, ROOT_CLSID};
pub use read::{Package, open};
pub use stream::Stream;
pub use summary::SummaryInfo;
pub use value::{Row, Value};

/// What finds one of a hundred thousand rows. A large package spends much of its time in these, and their hash has
/// to be quick more than hard to foresee.
pub type Map<K, V> = std::collections::HashMap<K, V, foldhash::fast::RandomState>;
/// See [`Map`].
pub type Set<T> = std::collections::HashSet<T, foldhash::fast::RandomState>;
