//! Registry values as Windows stores them.

use alloc::string::String;
use alloc::vec::Vec;

use packager_shared::path;
use packager_shared::plan::Key;

use crate::System;
use crate::system::{RegValue, Result};
use crate::text;

/// REG_SZ
pub const SZ: u32 = 1;
/// REG_EXPAND_SZ
pub const EXPAND_SZ: u32 = 2;
/// REG_BINARY
pub const BINARY: u32 = 3;
/// REG_DWORD
pub const DWORD: u32 = 4;
/// REG_MULTI_SZ
pub const MULTI_SZ: u32 = 7;
/// REG_QWORD
pub const QWORD: u32 = 11;

/// A string with its terminator.
pub fn string(kind: u32, value: &str) -> RegValue {
    let mut bytes = text::utf16(value);
    bytes.extend([0, 0]);
    RegValue { kind, bytes }
}

/// Strings, each with its terminator, and one more.
pub fn strings(values: &[String]) -> RegValue {
    let mut bytes = Vec::new();
    for value in values {
        bytes.extend(text::utf16(value));
        bytes.extend([0, 0]);
    }
    bytes.extend([0, 0]);
    RegValue { kind: MULTI_SZ, bytes }
}

/// The strings of a REG_MULTI_SZ; empty for another type.
pub fn as_strings(value: &RegValue) -> Vec<String> {
    let mut out = Vec::new();
    let mut rest = value.bytes.as_slice();
    while value.kind == MULTI_SZ && !rest.is_empty() {
        let one = text::from_utf16(rest);
        let units = rest.chunks_exact(2).take_while(|pair| *pair != [0, 0]).count();
        rest = rest.get((units + 1) * 2..).unwrap_or_default();
        if one.is_empty() {
            break;
        }
        out.push(one);
    }
    out
}

/// A 32-bit number.
pub fn dword(value: u32) -> RegValue {
    RegValue { kind: DWORD, bytes: Vec::from(value.to_le_bytes()) }
}

/// The text of a REG_SZ or REG_EXPAND_SZ (not expanded).
pub fn as_string(value: &RegValue) -> Option<String> {
    matches!(value.kind, SZ | EXPAND_SZ).then(|| text::from_utf16(&value.bytes))
}

/// Reads a string value; `None` when it is absent or no string.
pub fn get_string<S: System>(system: &mut S, key: &Key, name: &str) -> Result<Option<String>> {
    Ok(system.value_get(key, name)?.as_ref().and_then(as_string))
}

/// Reads a number; `None` when it is absent or none.
pub fn get_dword<S: System>(system: &mut S, key: &Key, name: &str) -> Result<Option<u32>> {
    let value = system.value_get(key, name)?;
    Ok(value
        .filter(|value| value.kind == DWORD)
        .and_then(|value| value.bytes.try_into().ok())
        .map(u32::from_le_bytes))
}

/// The key above; `None` directly below a root.
pub fn parent(key: &Key) -> Option<Key> {
    let (path, _) = key.path.rsplit_once('\\')?;
    Some(Key { path: String::from(path), ..key.clone() })
}

/// Whether a key is Windows' own, so that it stays even when it is empty.
pub fn is_well_known(key: &Key) -> bool {
    let lower = path::lower(&key.path);
    let mut rest = lower.as_str();
    rest = rest.strip_prefix("software\\wow6432node\\").unwrap_or(rest);
    rest = rest.strip_prefix("software\\").unwrap_or(rest);
    rest = rest.strip_prefix("classes\\").unwrap_or(rest);
    let depth = rest.split('\\').count();
    // Of `Windows\CurrentVersion\Uninstall\x` the first three levels belong to Windows.
    if let Some(below) =
        rest.strip_prefix("microsoft\\windows\\").or_else(|| rest.strip_prefix("microsoft\\windows nt\\"))
    {
        return below.split('\\').count() <= 2;
    }
    if let Some(below) = lower.strip_prefix("system\\") {
        // `CurrentControlSet\Services\EventLog\Application` and the like, but not a log of our own.
        return match below.strip_prefix("currentcontrolset\\services\\eventlog\\") {
            Some(log) => matches!(log, "application" | "security" | "system"),
            None => below.split('\\').count() <= 4,
        };
    }
    depth == 1
        && matches!(
            rest,
            "software"
                | "wow6432node"
                | "microsoft"
                | "classes"
                | "clients"
                | "policies"
                | "system"
                | "environment"
                | "registeredapplications"
                | "clsid"
                | "interface"
                | "typelib"
                | "appid"
                | "directory"
                | "*"
                | "folder"
                | "drive"
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use packager_shared::plan::{Root, View};

    #[test]
    fn forms() {
        assert_eq!(string(SZ, "a").bytes, [b'a', 0, 0, 0]);
        assert_eq!(strings(&["a".into(), "".into()]).bytes, [b'a', 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(as_string(&string(EXPAND_SZ, "%x%")).as_deref(), Some("%x%"));
        assert_eq!(as_string(&dword(1)), None);
        let list = ["a".into(), "b c".into()];
        assert_eq!(as_strings(&strings(&list)), list);
        assert!(as_strings(&strings(&[])).is_empty() && as_strings(&string(SZ, "a")).is_empty());
        let unfinished = RegValue { kind: MULTI_SZ, bytes: text::utf16("a") };
        assert_eq!(as_strings(&unfinished), ["a"]);
    }

    #[test]
    fn keys_of_windows_stay() {
        let known = |path: &str| {
            is_well_known(&Key { root: Root::LocalMachine, view: View::Bits64, path: path.into() })
        };
        for path in [
            "SOFTWARE",
            "software\\Microsoft",
            "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall",
            "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run",
            "SYSTEM\\CurrentControlSet\\Services",
            "SYSTEM\\CurrentControlSet\\Services\\EventLog",
            "SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application",
            "Environment",
        ] {
            assert!(known(path), "{path}");
        }
        for path in [
            "SOFTWARE\\Acme",
            "SOFTWARE\\Acme\\x",
            "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\x",
            "SOFTWARE\\Classes\\.acme",
            "SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application\\Acme",
            "SYSTEM\\CurrentControlSet\\Services\\EventLog\\Acme",
        ] {
            assert!(!known(path), "{path}");
        }
    }
}
