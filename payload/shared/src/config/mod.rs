//! Putting values into configuration files: the value's span is replaced, and everything else stays as it is, byte for
//! byte.
//!
//! | module | files |
//! | --- | --- |
//! | [`ini`] | `[section]` and `key=value` |
//! | [`toml`] | TOML |
//! | [`json`] | JSON, comments and commas at an end are accepted |
//! | [`yaml`] | YAML: block mappings of scalars, which is what people write; JSON |
//! | [`text`] | XML and any text: placeholders, and the lines of the payload's file that they stand in |
//!
//! A file is people's own: what cannot be understood is left alone. After each edit the file is read again; an edit
//! that cannot be read back is given up.

pub mod ini;
pub mod json;
pub mod text;
pub mod toml;
pub mod yaml;

use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use crate::plan::ConfigFormat;

/// The largest file that is edited, in bytes.
pub const MOST: u64 = 4 << 20;

/// What came of an edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edited {
    /// The file as it shall be.
    pub bytes: Vec<u8>,
    /// Keys that have no place in it, or whose value it cannot hold.
    pub failed: Vec<String>,
}

/// A value to put in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// Dotted key, or placeholder.
    pub key: String,
    /// What stands there.
    pub text: String,
    /// Whether it is put in; if not, only a placeholder that still stands there is replaced.
    pub set: bool,
}

/// The file cannot be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

/// An editor of one format; `None` leaves the text alone.
type Set = fn(&str, &[&str], &str) -> Option<String>;

/// Puts values in. `lines` are the payload's lines with placeholders, for formats that have them.
pub fn edit(
    format: ConfigFormat,
    bytes: &[u8],
    values: &[Value],
    lines: &[String],
) -> Result<Edited, Malformed> {
    let (mut text, encoding) = decode(bytes, format)?;
    let mut failed = Vec::new();
    let set: Set = match format {
        ConfigFormat::Ini => ini::set,
        ConfigFormat::Toml => toml::set,
        ConfigFormat::Json => json::set,
        ConfigFormat::Yaml => yaml::set,
        ConfigFormat::Xml | ConfigFormat::Text => {
            let escape = format == ConfigFormat::Xml;
            let (new, failed) = text::set(&text, values, lines, escape);
            return Ok(Edited { bytes: encode(&new, encoding).ok_or(Malformed)?, failed });
        }
    };
    let readable = match format {
        ConfigFormat::Toml => toml::is_readable(&text),
        ConfigFormat::Json => json::is_readable(&text),
        ConfigFormat::Yaml => yaml::is_readable(&text),
        _ => true,
    };
    if !readable {
        return Err(Malformed);
    }
    for Value { key, text: value, .. } in values.iter().filter(|value| value.set) {
        let parts = split(key, format);
        let new = set(&text, &parts, value).filter(|new| encode(new, encoding).is_some());
        match new {
            Some(new) => text = new,
            None => failed.push(key.clone()),
        }
    }
    Ok(Edited { bytes: encode(&text, encoding).ok_or(Malformed)?, failed })
}

/// The parts of a dotted key. In an INI file the last part is the key, and all before it the section.
fn split(key: &str, format: ConfigFormat) -> Vec<&str> {
    match format {
        ConfigFormat::Ini => match key.rsplit_once('.') {
            Some((section, key)) => alloc::vec![section, key],
            None => alloc::vec![key],
        },
        _ => key.split('.').collect(),
    }
}

/// How a file's text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Utf8,
    Utf8Marked,
    Utf16,
    /// Some code page: what is not ASCII is passed through.
    Bytes,
}

fn decode(bytes: &[u8], format: ConfigFormat) -> Result<(String, Encoding), Malformed> {
    if let Some(units) = bytes.strip_prefix(&[0xff, 0xfe]) {
        let (pairs, rest) = units.as_chunks::<2>();
        let units = pairs.iter().map(|unit| u16::from_le_bytes(*unit));
        let text = char::decode_utf16(units).collect::<core::result::Result<String, _>>();
        return match text {
            Ok(text) if rest.is_empty() => Ok((text, Encoding::Utf16)),
            _ => Err(Malformed),
        };
    }
    let (content, encoding) = match bytes.strip_prefix(&[0xef, 0xbb, 0xbf]) {
        Some(content) => (content, Encoding::Utf8Marked),
        None => (bytes, Encoding::Utf8),
    };
    match core::str::from_utf8(content) {
        Ok(text) => Ok((String::from(text), encoding)),
        Err(_) if matches!(format, ConfigFormat::Ini | ConfigFormat::Text) && encoding == Encoding::Utf8 => {
            Ok((bytes.iter().map(|byte| char::from(*byte)).collect(), Encoding::Bytes))
        }
        Err(_) => Err(Malformed),
    }
}

fn encode(text: &str, encoding: Encoding) -> Option<Vec<u8>> {
    Some(match encoding {
        Encoding::Utf8 => Vec::from(text),
        Encoding::Utf8Marked => [&[0xef, 0xbb, 0xbf], text.as_bytes()].concat(),
        Encoding::Utf16 => {
            let mut out = alloc::vec![0xff, 0xfe];
            out.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
            out
        }
        Encoding::Bytes => {
            let mut out = Vec::new();
            for c in text.chars() {
                out.push(u8::try_from(c).ok()?);
            }
            out
        }
    })
}

/// The text with a stretch replaced.
fn replace(text: &str, span: Range<usize>, by: &str) -> Option<String> {
    let mut out = String::from(text.get(..span.start)?);
    out.push_str(by);
    out.push_str(text.get(span.end..)?);
    Some(out)
}

/// The line end that a text uses.
fn line_end(text: &str) -> &'static str {
    match text.find('\n') {
        Some(at) if text.get(..at).is_some_and(|line| line.ends_with('\r')) => "\r\n",
        _ => "\n",
    }
}

/// Each line with its start; without its end.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    text.split_inclusive('\n').map(move |line| {
        let at = start;
        start += line.len();
        let line = line.strip_suffix('\n').unwrap_or(line);
        (at, line.strip_suffix('\r').unwrap_or(line))
    })
}

/// A text with one more line after a place, which is a line's end or the text's.
fn insert_line(text: &str, at: usize, line: &str) -> Option<String> {
    let end = line_end(text);
    let (before, after) = (text.get(..at)?, text.get(at..)?);
    let mut out = String::from(before);
    if !before.is_empty() && !before.ends_with('\n') {
        out.push_str(end);
    }
    out.push_str(line);
    if !after.is_empty() || before.is_empty() || before.ends_with('\n') {
        out.push_str(end);
    }
    out.push_str(after);
    Some(out)
}

/// Where the line that holds a place ends, its line end included.
fn after_line(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    rest.find('\n').map_or(text.len(), |end| at.saturating_add(end).saturating_add(1))
}

/// Whether a text is a number or a truth value in TOML, JSON and YAML alike: such a value stays without quotes.
fn is_bare(text: &str) -> bool {
    if matches!(text, "true" | "false") {
        return true;
    }
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let all = |text: &str| !text.is_empty() && text.len() <= 18 && text.bytes().all(|b| b.is_ascii_digit());
    all(whole) && all(part) && (whole == "0" || !whole.starts_with('0'))
}

/// A value as it is written: bare if it was and can be, else in double quotes. The escapes are those that JSON, TOML
/// and YAML have in common.
fn written(old: Option<&str>, value: &str) -> String {
    let bare =
        old.is_some_and(|old| is_bare(old) || matches!(old.trim_start_matches('+'), text if is_bare(text)));
    if bare && is_bare(value) { String::from(value) } else { quoted(value) }
}

/// A value in double quotes.
fn quoted(value: &str) -> String {
    let mut out = String::from("\"");
    for c in value.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // Controls, and what some readers take for a line's end.
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                out.push_str("\\u");
                for shift in [12, 8, 4, 0] {
                    out.push(char::from_digit((u32::from(c) >> shift) & 15, 16).unwrap_or('0'));
                }
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests;
