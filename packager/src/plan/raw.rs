//! Rows of an MSI that the author writes as they are: `[[output.msi.table]]`.

/// Rows for one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawTable {
    /// The table.
    pub name: String,
    /// The columns of a table that is none of Windows Installer's own; empty for one of those.
    pub columns: Vec<RawColumn>,
    /// The rows.
    pub rows: Vec<RawRow>,
}

/// A column of a table of the author's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawColumn {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub ty: RawType,
    /// Part of the primary key.
    pub key: bool,
    /// May be empty.
    pub nullable: bool,
    /// The category in `_Validation`, as it is written there.
    pub category: Option<String>,
    /// The table whose key it holds.
    pub refers: Option<String>,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RawType {
    /// Text of up to so many characters; 0: any number.
    Text(u8),
    /// A number of two bytes.
    Short,
    /// A number of four bytes.
    Long,
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawRow {
    /// Its first byte in the manifest.
    pub at: usize,
    /// The same for people: `agent.toml:12:3`.
    pub place: String,
    /// Its fields, in the order of the table's columns.
    pub cells: Vec<RawCell>,
}

/// A field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RawCell {
    /// Empty.
    Null,
    /// A number.
    Number(i32),
    /// Text.
    Text(String),
}
