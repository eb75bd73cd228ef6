//! Fields and rows.

use std::fmt;
use std::sync::Arc;

/// One field of a row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Value {
    /// Empty. An empty string is the same as this in a database.
    #[default]
    Null,
    /// A number.
    Int(i32),
    /// A string, never empty. Fields that a reader finds share one copy.
    Str(Arc<str>),
    /// There is a stream; it has the name that [`super::stream_name`] makes of table and key.
    Stream,
}

/// The fields of a row, in the order of its table's columns.
pub type Row = Vec<Value>;

impl Value {
    /// The string, if it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The number, if it is one.
    #[must_use]
    pub const fn as_int(&self) -> Option<i32> {
        match self {
            Self::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// Whether it is empty.
    #[must_use]
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

/// As in an export: nothing for an empty field, the number, the text, or `[Binary Data]`.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => Ok(()),
            Self::Int(number) => number.fmt(f),
            Self::Str(text) => f.pad(text),
            Self::Stream => f.pad("[Binary Data]"),
        }
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        if text.is_empty() { Self::Null } else { Self::Str(text.into()) }
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

impl From<i32> for Value {
    fn from(number: i32) -> Self {
        Self::Int(number)
    }
}

impl From<u16> for Value {
    fn from(number: u16) -> Self {
        Self::Int(number.into())
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A [`Row`] from anything that turns into a [`Value`]: strings, numbers, options of them, `Value::Stream`.
#[macro_export]
macro_rules! row {
    ($($value:expr),* $(,)?) => { vec![$($crate::formats::msidb::Value::from($value)),*] };
}
