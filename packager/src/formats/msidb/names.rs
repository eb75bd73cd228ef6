//! Names of streams.
//!
//! A compound file's names have at most 31 UTF-16 units, so Windows Installer packs two characters of `0-9A-Za-z._`
//! into one unit: U+3800 + first + 64 * second, a single one into U+4800 + it. A table's name has U+4840 before it.

use super::{Error, Row, Value};

/// Characters a stream name may have before it is packed, when all of them can be packed.
/// <https://learn.microsoft.com/windows/win32/msi/-streams-table>
pub const MAX_STREAM_NAME: usize = 62;

/// UTF-16 units a packed name may have.
const MAX_UNITS: usize = 31;
const TABLE_MARK: char = '\u{4840}';
const ALPHABET: &[u8; 64] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._";

fn index(c: char) -> Option<u32> {
    Some(match c {
        '0'..='9' => c as u32 - '0' as u32,
        'A'..='Z' => c as u32 - 'A' as u32 + 10,
        'a'..='z' => c as u32 - 'a' as u32 + 36,
        '.' => 62,
        '_' => 63,
        _ => return None,
    })
}

fn letter(index: u32) -> char {
    // The mask keeps it below 64.
    char::from(ALPHABET[(index & 63) as usize])
}

/// The name in the compound file of a stream or (`table`) of a table.
#[must_use]
pub fn encode(name: &str, table: bool) -> String {
    let mut packed = String::with_capacity(name.len() * 2);
    if table {
        packed.push(TABLE_MARK);
    }
    let mut chars = name.chars().peekable();
    while let Some(c) = chars.next() {
        let code = match (index(c), chars.peek().copied().and_then(index)) {
            (Some(first), Some(second)) => {
                chars.next();
                0x3800 + first + (second << 6)
            }
            (Some(first), None) => 0x4800 + first,
            (None, _) => c as u32,
        };
        packed.push(char::from_u32(code).unwrap_or(c));
    }
    packed
}

/// What a name in the compound file stands for, and whether it is a table's.
#[must_use]
pub fn decode(packed: &str) -> (String, bool) {
    let (packed, table) = match packed.strip_prefix(TABLE_MARK) {
        Some(rest) => (rest, true),
        None => (packed, false),
    };
    let mut name = String::with_capacity(packed.len());
    for c in packed.chars() {
        match c as u32 {
            code @ 0x3800..0x4800 => {
                name.push(letter(code - 0x3800));
                name.push(letter((code - 0x3800) >> 6));
            }
            code @ 0x4800..0x4840 => name.push(letter(code - 0x4800)),
            _ => name.push(c),
        }
    }
    (name, table)
}

/// Whether the compound file has room for the name and can hold its characters.
pub(super) fn fits(packed: &str) -> bool {
    (1..=MAX_UNITS).contains(&packed.encode_utf16().count())
        && !packed.contains(['/', '\\', ':', '!'])
        && !packed.contains('\0')
}

/// The name of the stream that a row's stream field stands for: the table and its key fields, joined by dots.
#[must_use]
pub fn stream_name<'a>(table: &str, key: impl IntoIterator<Item = &'a Value>) -> String {
    let mut name = table.to_owned();
    for value in key {
        name.push('.');
        name.push_str(&value.to_string());
    }
    name
}

/// The packed name of a stream, or an error when it does not fit.
pub(super) fn pack_stream(name: &str) -> Result<String, Error> {
    let packed = encode(name, false);
    if fits(&packed) && !packed.starts_with(TABLE_MARK) {
        Ok(packed)
    } else {
        Err(Error::StreamName { name: name.to_owned() })
    }
}

/// As [`stream_name`] for a row whose first `keys` fields are its key.
pub(super) fn row_stream(table: &str, keys: usize, row: &Row) -> String {
    stream_name(table, row.iter().take(keys))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names as other tools write them.
    #[test]
    fn names_are_packed_as_windows_installer_packs_them() {
        assert_eq!(encode("_Columns", true), "\u{4840}\u{3b3f}\u{43f2}\u{4438}\u{45b1}");
        assert_eq!(encode("_Tables", true), "\u{4840}\u{3f7f}\u{4164}\u{422f}\u{4836}");
        assert_eq!(encode("App.exe", false), "\u{44ca}\u{47b3}\u{46e8}\u{4828}");
    }

    #[test]
    fn every_name_comes_back() {
        for name in ["a", "ab", "abc", "_Tables", "Binary.a-b.c d", "\u{5}SummaryInformation", "é.x", ""] {
            assert_eq!(decode(&encode(name, false)), (name.to_owned(), false));
            assert_eq!(decode(&encode(name, true)), (name.to_owned(), true));
        }
    }

    #[test]
    fn sixty_two_characters_fit() {
        assert!(pack_stream(&"a".repeat(MAX_STREAM_NAME)).is_ok());
        assert!(pack_stream(&"a".repeat(MAX_STREAM_NAME + 1)).is_err());
        assert!(pack_stream(&"-".repeat(MAX_UNITS + 1)).is_err());
        assert!(pack_stream("").is_err());
        assert!(pack_stream("a/b").is_err());
    }

    #[test]
    fn a_rows_stream_is_named_by_its_key() {
        let key = [Value::from("Icon.ico"), Value::Int(-5)];
        assert_eq!(stream_name("T", &key), "T.Icon.ico.-5");
    }
}
