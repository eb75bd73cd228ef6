//! Fonts: only what they are called ("OpenType Font File" and "name — Naming Table" in Microsoft's OpenType
//! specification). All numbers are big-endian.

use std::fmt;

/// Why a file is no font.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// It does not start like one.
    NoFont,
    /// A table lies outside of the file.
    CutOff,
    /// It has no full name in a form that Windows reads.
    NoName,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoFont => "it does not start like a TrueType or OpenType font",
            Self::CutOff => "a table lies outside of the file",
            Self::NoName => "it has no full name",
        })
    }
}

impl std::error::Error for Error {}

type Result<T> = std::result::Result<T, Error>;

/// Name 4: the full name.
const FULL_NAME: u16 = 4;
const WINDOWS: u16 = 3;
const ENGLISH: u16 = 0x409;
/// The most fonts of a collection that are looked at.
const MOST: u32 = 64;

/// The title of a font as Windows registers it: `Acme Sans Bold (TrueType)`; all names of a collection, with ` & `
/// between them.
pub fn title(bytes: &[u8]) -> Result<String> {
    let names = if bytes.starts_with(b"ttcf") {
        let count = u32_at(bytes, 8)?;
        if count == 0 || count > MOST {
            return Err(Error::NoFont);
        }
        (0..count as usize)
            .map(|n| full_name(bytes, u32_at(bytes, 12 + 4 * n)? as usize))
            .collect::<Result<Vec<_>>>()?
    } else {
        vec![full_name(bytes, 0)?]
    };
    let kind = if bytes.starts_with(b"OTTO") { "OpenType" } else { "TrueType" };
    Ok(format!("{} ({kind})", names.join(" & ")))
}

/// The full name of the font whose table directory stands at `start`.
fn full_name(bytes: &[u8], start: usize) -> Result<String> {
    if ![[0, 1, 0, 0], *b"OTTO", *b"true"].contains(&array(bytes, start)?) {
        return Err(Error::NoFont);
    }
    for n in 0..usize::from(u16_at(bytes, start + 4)?) {
        let record = start + 12 + 16 * n;
        if array(bytes, record)? == *b"name" {
            let (offset, length) =
                (u32_at(bytes, record + 8)? as usize, u32_at(bytes, record + 12)? as usize);
            let end = offset.checked_add(length).ok_or(Error::CutOff)?;
            return naming_table(bytes.get(offset..end).ok_or(Error::CutOff)?);
        }
    }
    Err(Error::NoName)
}

fn naming_table(table: &[u8]) -> Result<String> {
    let strings = usize::from(u16_at(table, 4)?);
    let mut found: Option<(bool, String)> = None;
    for n in 0..usize::from(u16_at(table, 2)?) {
        let record = 6 + 12 * n;
        let field = |at: usize| u16_at(table, record + 2 * at);
        if field(0)? != WINDOWS || field(3)? != FULL_NAME {
            continue;
        }
        let english = field(2)? == ENGLISH;
        let (length, offset) = (usize::from(field(4)?), usize::from(field(5)?));
        let text = table.get(strings + offset..strings + offset + length).ok_or(Error::CutOff)?;
        let units = text.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
        let text: String = char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')).collect();
        let shown = !text.is_empty() && !text.chars().any(|c| c.is_control() || c == '\\');
        if shown && (found.is_none() || english) {
            found = Some((english, text));
        }
        if matches!(found, Some((true, _))) {
            break;
        }
    }
    found.map(|(_, text)| text).ok_or(Error::NoName)
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Result<[u8; N]> {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).copied().ok_or(Error::CutOff)
}

fn u16_at(bytes: &[u8], at: usize) -> Result<u16> {
    array(bytes, at).map(u16::from_be_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Result<u32> {
    array(bytes, at).map(u32::from_be_bytes)
}

#[cfg(test)]
#[allow(missing_docs)]
pub mod testing {
    /// A font with nothing but names: language and text.
    pub fn font(magic: &[u8; 4], names: &[(u16, &str)]) -> Vec<u8> {
        let mut strings = Vec::new();
        let mut table = Vec::new();
        for number in [0, names.len() as u16, 6 + 12 * names.len() as u16] {
            table.extend(number.to_be_bytes());
        }
        for (language, text) in names {
            let text: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            for number in [3, 1, *language, 4, text.len() as u16, strings.len() as u16] {
                table.extend(number.to_be_bytes());
            }
            strings.extend(text);
        }
        table.extend(strings);
        let mut out = magic.to_vec();
        for number in [1_u16, 16, 0, 0] {
            out.extend(number.to_be_bytes());
        }
        out.extend(b"name");
        for number in [0, 28, table.len() as u32] {
            out.extend(number.to_be_bytes());
        }
        out.extend(table);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::testing::font;
    use super::*;

    #[test]
    fn the_english_name_is_the_title() {
        let names = [(0x407, "Acme Grotesk"), (0x409, "Acme Sans"), (0x411, "\u{3042}")];
        assert_eq!(title(&font(&[0, 1, 0, 0], &names)).as_deref(), Ok("Acme Sans (TrueType)"));
        assert_eq!(title(&font(b"OTTO", &names[2..])).as_deref(), Ok("\u{3042} (OpenType)"));
        assert_eq!(title(&font(b"OTTO", &[])), Err(Error::NoName));
    }

    #[test]
    fn a_collection_has_the_names_of_all() {
        let one = font(&[0, 1, 0, 0], &[(0x409, "A")]);
        let mut bytes = b"ttcf\0\x01\0\0\0\0\0\x02\0\0\0\x14\0\0\0\x14".to_vec();
        bytes.extend(&one);
        // The tables of a collection are counted from the file's start.
        let offset = bytes.windows(4).position(|w| w == b"name").unwrap() + 8;
        bytes[offset..offset + 4].copy_from_slice(&(28_u32 + 20).to_be_bytes());
        assert_eq!(title(&bytes).as_deref(), Ok("A & A (TrueType)"));
    }

    #[test]
    fn what_is_cut_off_or_none_is_an_error() {
        let bytes = font(&[0, 1, 0, 0], &[(0x409, "Acme Sans")]);
        for end in 0..bytes.len() {
            assert!(title(&bytes[..end]).is_err(), "{end}");
        }
        assert_eq!(title(b"MZ\0\0\0\0\0\0"), Err(Error::NoFont));
        for at in 0..bytes.len() {
            for flip in [1, 0x80, 0xff] {
                let mut bad = bytes.clone();
                bad[at] ^= flip;
                let _ = title(&bad);
            }
        }
    }
}
