//! How the vocabulary is written down.

/// Whether this version can do what a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Available {
    /// Yes.
    Now,
    /// No: using it is an error.
    Later,
}

/// A key of a table.
#[derive(Debug)]
pub struct Field {
    /// The key.
    pub key: &'static str,
    /// What may stand there.
    pub shape: Shape,
    /// The table is wrong without it.
    pub required: bool,
    /// Whether this version can do it.
    pub available: Available,
    /// What it says, in a line.
    pub doc: &'static str,
}

/// One of several words.
#[derive(Debug)]
pub struct Choice {
    /// The word.
    pub word: &'static str,
}

/// What may stand at a key.
#[derive(Debug)]
pub enum Shape {
    /// A string.
    Text,
    /// `true` or `false`.
    Flag,
    /// An integer within bounds, both included.
    Number(i64, i64),
    /// One of several words.
    Choice(&'static [Choice]),
    /// A list.
    List(&'static Shape),
    /// A table.
    Table(&'static [Field]),
    /// `[[…]]`, any number of tables.
    Tables(&'static [Field]),
    /// A table whose keys are names of the author's choice.
    Map(&'static Shape),
    /// The first of these that fits the kind of value that stands there.
    AnyOf(&'static [Shape]),
    /// Anything: its form is not decided yet.
    Open,
}

impl Shape {
    /// What is expected, for messages.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Text | Self::Choice(_) => "a string".into(),
            Self::Flag => "true or false".into(),
            Self::Number(..) => "an integer".into(),
            Self::List(_) => "a list".into(),
            Self::Table(_) | Self::Map(_) => "a table".into(),
            Self::Tables(_) => "a list of tables".into(),
            Self::Open => "a value".into(),
            Self::AnyOf(shapes) => {
                let mut words: Vec<String> = shapes.iter().map(Self::describe).collect();
                words.dedup();
                words.join(" or ")
            }
        }
    }
}

/// A field that may be left out.
pub(super) const fn field(key: &'static str, shape: Shape, doc: &'static str) -> Field {
    Field { key, shape, required: false, available: Available::Now, doc }
}

/// A field the table needs.
pub(super) const fn need(key: &'static str, shape: Shape, doc: &'static str) -> Field {
    Field { key, shape, required: true, available: Available::Now, doc }
}

/// A field that this version understands but cannot do.
pub(super) const fn later(key: &'static str, shape: Shape, doc: &'static str) -> Field {
    Field { key, shape, required: false, available: Available::Later, doc }
}

/// A word.
pub(super) const fn word(word: &'static str) -> Choice {
    Choice { word }
}
