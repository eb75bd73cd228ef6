//! Columns: what a table's fields hold, and how `_Columns` says so.
//!
//! The type bits are not documented by Microsoft; they are what `_Columns.Type` holds in the databases of the
//! Windows Installer SDK, and what Wine and msitools read and write.

/// Low byte of the type bits: bytes of an integer, characters of a string, 0 for unbounded.
const WIDTH: u16 = 0x00ff;
/// Set for every column that is stored.
const PERSISTENT: u16 = 0x0100;
/// Transforms may bring another language into it.
const LOCALIZABLE: u16 = 0x0200;
/// Set for 2-byte integers and strings, not for 4-byte integers and streams.
const NON_BINARY: u16 = 0x0400;
/// A string or (without [`NON_BINARY`]) a stream.
const STRING: u16 = 0x0800;
/// May be empty.
const NULLABLE: u16 = 0x1000;
/// Part of the primary key.
const KEY: u16 = 0x2000;

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ColumnType {
    /// A string of at most so many characters; 0: of any length. Windows Installer itself does not enforce it,
    /// package validation does.
    Str(u8),
    /// A 2-byte integer, -32,767 to 32,767.
    Short,
    /// A 4-byte integer, -2,147,483,647 to 2,147,483,647.
    Long,
    /// A stream of its own; the table holds only that there is one.
    Stream,
}

/// One column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What its fields hold.
    pub ty: ColumnType,
    /// It is part of the primary key.
    pub key: bool,
    /// Its fields may be empty.
    pub nullable: bool,
    /// It is meant to be translated.
    pub localizable: bool,
    /// Came to its table after the others: left out while all its fields are empty.
    pub optional: bool,
}

impl Column {
    /// The type bits of `_Columns.Type`.
    #[must_use]
    pub fn bits(&self) -> u16 {
        let mut bits = PERSISTENT
            | match self.ty {
                ColumnType::Str(width) => STRING | NON_BINARY | u16::from(width),
                ColumnType::Short => NON_BINARY | 2,
                ColumnType::Long => 4,
                ColumnType::Stream => STRING,
            };
        if self.localizable {
            bits |= LOCALIZABLE;
        }
        if self.nullable {
            bits |= NULLABLE;
        }
        if self.key {
            bits |= KEY;
        }
        bits
    }

    /// The column that type bits describe; `None` when no such column can be.
    #[must_use]
    pub fn from_bits(name: String, bits: u16) -> Option<Self> {
        let width = bits & WIDTH;
        let ty = if bits & STRING != 0 {
            // A stream differs from an unbounded string in the one bit alone.
            if bits & NON_BINARY == 0 && width == 0 {
                ColumnType::Stream
            } else {
                ColumnType::Str(width as u8)
            }
        } else {
            match width {
                0..=2 => ColumnType::Short,
                4 => ColumnType::Long,
                _ => return None,
            }
        };
        Some(Self {
            name,
            ty,
            key: bits & KEY != 0,
            nullable: bits & NULLABLE != 0,
            localizable: bits & LOCALIZABLE != 0,
            optional: false,
        })
    }

    /// Bytes of one field in a table's stream; `reference` is the width of a string reference, 2 or 3.
    #[must_use]
    pub fn stored_width(&self, reference: usize) -> usize {
        match self.ty {
            ColumnType::Str(_) => reference,
            ColumnType::Short | ColumnType::Stream => 2,
            ColumnType::Long => 4,
        }
    }

    /// The definition as text: `s72`, `L0`, `i2`, … (Learn, "Column Definition Format"): a capital when nullable.
    #[must_use]
    pub fn definition(&self) -> String {
        let (letter, width) = match self.ty {
            ColumnType::Str(width) if self.localizable => ('l', width),
            ColumnType::Str(width) => ('s', width),
            ColumnType::Short => ('i', 2),
            ColumnType::Long => ('i', 4),
            ColumnType::Stream => ('v', 0),
        };
        let letter = if self.nullable { letter.to_ascii_uppercase() } else { letter };
        format!("{letter}{width}")
    }
}
