//! The registry as Wine stores it: `system.reg` and `user.reg` in the format `WINE REGISTRY Version 2`.
//!
//! Wine's server writes these files when it ends. Strings that it can write as text are written as text, all
//! else as hexadecimal bytes behind their type; both forms become the same [`Value`] here.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

/// The data of a value, by its type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// REG_SZ
    Sz(String),
    /// REG_EXPAND_SZ
    ExpandSz(String),
    /// REG_BINARY
    Binary(Vec<u8>),
    /// REG_DWORD
    Dword(u32),
    /// REG_MULTI_SZ
    MultiSz(Vec<String>),
    /// REG_QWORD
    Qword(u64),
    /// Any other type, or data that does not fit its type.
    Other(u32, Vec<u8>),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sz(text) => write!(f, "REG_SZ {text:?}"),
            Self::ExpandSz(text) => write!(f, "REG_EXPAND_SZ {text:?}"),
            Self::Binary(bytes) => write!(f, "REG_BINARY {bytes:02x?}"),
            Self::Dword(number) => write!(f, "REG_DWORD {number}"),
            Self::MultiSz(list) => write!(f, "REG_MULTI_SZ {list:?}"),
            Self::Qword(number) => write!(f, "REG_QWORD {number}"),
            Self::Other(kind, bytes) => write!(f, "type {kind:#x} {bytes:02x?}"),
        }
    }
}

/// A key as it was written, with its values by lower-case name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Key {
    /// The path in its own case, from the root: `HKLM\Software\…`.
    pub path: String,
    /// Name in its own case and data, by lower-case name.
    pub values: BTreeMap<String, (String, Value)>,
}

/// All keys, by lower-case path from the root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registry {
    /// The keys.
    pub keys: BTreeMap<String, Key>,
    /// Whether this is a 64-bit Windows, with a 32-bit view under `Wow6432Node`.
    pub wide: bool,
}

/// A registry view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// 32-bit programs'.
    Bits32,
    /// 64-bit programs'.
    Bits64,
}

/// Keys that are links (`HKLM\System\CurrentControlSet`), followed at most this often.
const MOST_LINKS: usize = 8;

impl Registry {
    /// Reads the registry of a prefix whose server has ended.
    pub fn read(prefix: &Path) -> Self {
        let mut registry = Self::default();
        for (file, root) in [("system.reg", "HKLM"), ("user.reg", "HKCU")] {
            let path = prefix.join(file);
            let text = std::fs::read(&path).unwrap_or_else(|e| panic!("cannot read {}: {e}", path.display()));
            registry.add(&String::from_utf8_lossy(&text), root);
        }
        registry
    }

    /// Adds the keys of one file below a root.
    pub fn add(&mut self, text: &str, root: &str) {
        let mut current: Option<String> = None;
        let mut lines = text.lines();
        while let Some(first) = lines.next() {
            // A value that goes on in the next line ends with a backslash outside of quotes.
            let mut line = first.to_owned();
            while line.ends_with('\\') && line.contains("hex") {
                line.pop();
                match lines.next() {
                    Some(more) => line.push_str(more.trim_start()),
                    None => break,
                }
            }
            if line == "#arch=win64" {
                self.wide = true;
            } else if let Some(rest) = line.strip_prefix('[') {
                let end = rest.rfind(']').unwrap_or(rest.len());
                let path = format!("{root}\\{}", unescape(&rest[..end]).0);
                let lower = path.to_lowercase();
                self.keys.entry(lower.clone()).or_insert_with(|| Key { path, values: BTreeMap::new() });
                current = Some(lower);
            } else if line.starts_with('"') || line.starts_with('@') {
                let key = current.as_ref().and_then(|path| self.keys.get_mut(path));
                if let (Some(key), Some((name, value))) = (key, parse_value(&line)) {
                    key.values.insert(name.to_lowercase(), (name, value));
                }
            }
        }
    }

    /// The stored path (lower-case) behind a path as a program of a view sees it.
    pub fn resolve(&self, path: &str, view: View) -> String {
        let mut path = path.to_lowercase();
        let software = "hklm\\software";
        if self.wide && view == View::Bits32 {
            let below = path.strip_prefix(software).filter(|rest| rest.is_empty() || rest.starts_with('\\'));
            if let Some(rest) = below.filter(|rest| !rest.starts_with("\\wow6432node")) {
                path = format!("{software}\\wow6432node{rest}");
            }
        }
        for _ in 0..MOST_LINKS {
            match self.follow(&path) {
                Some(next) => path = next,
                None => break,
            }
        }
        path
    }

    /// The path with its first linked part replaced by the link's target.
    fn follow(&self, path: &str) -> Option<String> {
        let ends = path.match_indices('\\').map(|(at, _)| at).chain([path.len()]);
        for end in ends {
            let value = self.keys.get(&path[..end]).and_then(|key| key.values.get("symboliclinkvalue"));
            let Some((_, Value::Other(6, bytes))) = value else { continue };
            let target = utf16(bytes).to_lowercase();
            let target = target.strip_prefix("\\registry\\machine\\")?;
            return Some(format!("hklm\\{target}{}", &path[end..]));
        }
        None
    }

    /// A key.
    pub fn key(&self, path: &str, view: View) -> Option<&Key> {
        self.keys.get(&self.resolve(path, view))
    }

    /// A value; the empty name is the key's default value.
    pub fn value(&self, path: &str, view: View, name: &str) -> Option<&Value> {
        Some(&self.key(path, view)?.values.get(&name.to_lowercase())?.1)
    }

    /// A REG_SZ or REG_EXPAND_SZ value's text.
    pub fn text(&self, path: &str, view: View, name: &str) -> Option<&str> {
        match self.value(path, view, name)? {
            Value::Sz(text) | Value::ExpandSz(text) => Some(text),
            _ => None,
        }
    }

    /// The names of the keys directly below a key.
    pub fn children(&self, path: &str, view: View) -> Vec<String> {
        let prefix = format!("{}\\", self.resolve(path, view));
        let below = self.keys.range(prefix.clone()..).take_while(|(path, _)| path.starts_with(&prefix));
        let mut names: Vec<String> = below
            .filter_map(|(_, key)| key.path.get(prefix.len()..))
            .map(|rest| rest.split('\\').next().unwrap_or(rest).to_owned())
            .collect();
        names.dedup();
        names
    }
}

/// One line `"name"=data` or `@=data`.
fn parse_value(line: &str) -> Option<(String, Value)> {
    let (name, rest) = match line.strip_prefix('"') {
        Some(quoted) => {
            let (name, used) = unescape(quoted);
            (name, quoted.get(used..)?.strip_prefix('"')?)
        }
        None => (String::new(), line.strip_prefix('@')?),
    };
    Some((name, parse_data(rest.strip_prefix('=')?)?))
}

fn parse_data(data: &str) -> Option<Value> {
    if let Some(text) = data.strip_prefix('"') {
        return Some(Value::Sz(unescape(text).0));
    }
    if let Some(rest) = data.strip_prefix("str(") {
        let (kind, rest) = rest.split_once("):\"")?;
        let text = unescape(rest).0;
        return Some(match u32::from_str_radix(kind, 16).ok()? {
            2 => Value::ExpandSz(text),
            7 => Value::MultiSz(text.trim_end_matches('\0').split('\0').map(str::to_owned).collect()),
            _ => Value::Sz(text),
        });
    }
    if let Some(number) = data.strip_prefix("dword:") {
        return u32::from_str_radix(number, 16).ok().map(Value::Dword);
    }
    let (kind, digits) = match data.strip_prefix("hex:") {
        Some(digits) => (3, digits),
        None => {
            let (kind, digits) = data.strip_prefix("hex(")?.split_once("):")?;
            (u32::from_str_radix(kind, 16).ok()?, digits)
        }
    };
    let bytes = digits
        .split(',')
        .filter(|pair| !pair.is_empty())
        .map(|pair| u8::from_str_radix(pair.trim(), 16))
        .collect::<Result<Vec<u8>, _>>()
        .ok()?;
    Some(match (kind, bytes.len()) {
        (1, _) => Value::Sz(utf16(&bytes)),
        (2, _) => Value::ExpandSz(utf16(&bytes)),
        (3, _) => Value::Binary(bytes),
        (4, 4) => Value::Dword(bytes.iter().rev().fold(0, |sum, byte| sum << 8 | u32::from(*byte))),
        (7, _) => {
            let text = utf16_raw(&bytes);
            Value::MultiSz(text.trim_end_matches('\0').split('\0').map(str::to_owned).collect())
        }
        (11, 8) => Value::Qword(bytes.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte))),
        _ => Value::Other(kind, bytes),
    })
}

fn utf16_raw(bytes: &[u8]) -> String {
    let units: Vec<u16> =
        bytes.chunks_exact(2).map(|pair| u16::from(pair[0]) | u16::from(pair[1]) << 8).collect();
    String::from_utf16_lossy(&units)
}

fn utf16(bytes: &[u8]) -> String {
    utf16_raw(bytes).trim_end_matches('\0').to_owned()
}

/// Text up to a closing quote (or the end), with Wine's escapes undone, and the bytes that were read.
fn unescape(text: &str) -> (String, usize) {
    let mut units: Vec<u16> = Vec::new();
    let mut chars = text.char_indices().peekable();
    let mut end = text.len();
    while let Some((at, c)) = chars.next() {
        if c == '"' {
            end = at;
            break;
        }
        if c != '\\' {
            units.extend_from_slice(c.encode_utf16(&mut [0; 2]));
            continue;
        }
        let Some((_, escaped)) = chars.next() else { break };
        let mut digits = |radix: u32, most: usize, mut number: u32, mut seen: usize| {
            while let Some(digit) = chars.peek().and_then(|(_, c)| c.to_digit(radix)).filter(|_| seen < most)
            {
                number = number * radix + digit;
                seen += 1;
                chars.next();
            }
            u16::try_from(number).unwrap_or(0xfffd)
        };
        units.push(match escaped {
            'a' => 7,
            'b' => 8,
            't' => 9,
            'n' => 10,
            'v' => 11,
            'f' => 12,
            'r' => 13,
            'e' => 27,
            'x' => digits(16, 4, 0, 0),
            '0'..='7' => digits(8, 3, escaped as u32 - '0' as u32, 1),
            other => u16::try_from(other as u32).unwrap_or(0xfffd),
        });
    }
    (String::from_utf16_lossy(&units), end)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"WINE REGISTRY Version 2
;; All keys relative to REGISTRY\\Machine

#arch=win64

[Software\\Acme\\Agent] 1795189919
#time=1dd7907139c495c
@="the default"
"Path"="C:\\Program Files\\Acme\\"
"Quote\"d"="a\"b\x20acé"
"Expand"=str(2):"%TEMP%\\x"
"Multi"=str(7):"a\0b\0"
"Multi2"=hex(7):61,00,00,00,62,00,00,00,\
  00,00
"Number"=dword:0000002a
"Big"=hex(b):00,f2,05,2a,01,00,00,00
"Raw"=hex:00,ff,10

[Software\\Wow6432Node\\Acme] 1
"Narrow"="yes"

[System\\CurrentControlSet] 1
#link
"SymbolicLinkValue"=hex(6):5c,00,52,00,65,00,67,00,69,00,73,00,74,00,72,00,79,00,\
  5c,00,4d,00,61,00,63,00,68,00,69,00,6e,00,65,00,5c,00,53,00,79,00,73,00,74,\
  00,65,00,6d,00,5c,00,43,00,31,00

[System\\C1\\Services\\Acme] 1
"Start"=dword:00000002
"#;

    fn registry() -> Registry {
        let mut registry = Registry::default();
        registry.add(TEXT, "HKLM");
        registry
    }

    #[test]
    fn every_type_is_read() {
        let registry = registry();
        let value = |name| registry.value(r"HKLM\SOFTWARE\acme\agent", View::Bits64, name).cloned();
        assert_eq!(value(""), Some(Value::Sz("the default".into())));
        assert_eq!(value("path"), Some(Value::Sz(r"C:\Program Files\Acme\".into())));
        assert_eq!(value("Quote\"d"), Some(Value::Sz("a\"b\u{20ac}é".into())));
        assert_eq!(value("Expand"), Some(Value::ExpandSz(r"%TEMP%\x".into())));
        assert_eq!(value("Multi"), Some(Value::MultiSz(vec!["a".into(), "b".into()])));
        assert_eq!(value("Multi2"), Some(Value::MultiSz(vec!["a".into(), "b".into()])));
        assert_eq!(value("Number"), Some(Value::Dword(42)));
        assert_eq!(value("Big"), Some(Value::Qword(5_000_000_000)));
        assert_eq!(value("Raw"), Some(Value::Binary(vec![0, 255, 16])));
        assert_eq!(value("absent"), None);
    }

    #[test]
    fn views_and_links_are_followed() {
        let registry = registry();
        assert!(registry.value(r"HKLM\Software\Acme", View::Bits32, "Narrow").is_some());
        assert!(registry.value(r"HKLM\Software\Acme", View::Bits64, "Narrow").is_none());
        let start = registry.value(r"HKLM\System\CurrentControlSet\Services\Acme", View::Bits64, "Start");
        assert_eq!(start, Some(&Value::Dword(2)));
        assert_eq!(registry.children(r"HKLM\Software\Acme", View::Bits64), vec!["Agent".to_owned()]);
    }
}
