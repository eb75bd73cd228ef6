//! The rows of a package before they are a database: ordered, comparable, serialisable.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

/// One field.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(untagged)]
pub enum Cell {
    /// No value.
    Null,
    /// An integer.
    Int(i32),
    /// A string.
    Text(String),
    /// The content of the stream that belongs to this row.
    Stream,
}

impl From<i32> for Cell {
    fn from(value: i32) -> Self {
        Self::Int(value)
    }
}

impl From<&str> for Cell {
    fn from(value: &str) -> Self {
        if value.is_empty() { Self::Null } else { Self::Text(value.to_owned()) }
    }
}

impl From<String> for Cell {
    fn from(value: String) -> Self {
        if value.is_empty() { Self::Null } else { Self::Text(value) }
    }
}

impl From<&String> for Cell {
    fn from(value: &String) -> Self {
        value.as_str().into()
    }
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A row: its fields in the order of the table's columns.
pub type Row = Vec<Cell>;

/// Rows by table. An absent table is not in the database; an empty one is, without rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Rows(BTreeMap<Cow<'static, str>, Vec<Row>>);

impl Rows {
    /// Adds a row.
    pub fn push(&mut self, table: impl Into<Cow<'static, str>>, row: Row) {
        self.0.entry(table.into()).or_default().push(row);
    }

    /// Makes sure that there is such a table, if only an empty one.
    pub fn ensure(&mut self, table: &'static str) {
        self.0.entry(table.into()).or_default();
    }

    /// The tables in order of their names.
    pub fn tables(&self) -> impl Iterator<Item = (&str, &[Row])> {
        self.0.iter().map(|(name, rows)| (&**name, rows.as_slice()))
    }

    /// A table's rows; none when it is absent.
    pub fn table(&self, name: &str) -> &[Row] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }
}

/// A row from anything that is a [`Cell`].
macro_rules! row {
    ($($cell:expr),* $(,)?) => { vec![$($crate::outputs::msi::rows::Cell::from($cell)),*] };
}
pub(crate) use row;
