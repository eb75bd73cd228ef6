//! Names that are derived from content and so never change by themselves.

use alloc::string::String;

use sha2::{Digest as _, Sha256};

use crate::path::lower;

/// SHA-256 of bytes.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        out.push(char::from(DIGITS[usize::from(byte >> 4)]));
        out.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    out
}

/// `prefix` and 32 lower-case base-32 characters of the SHA-256 of `text`: a legal Windows Installer identifier.
pub fn hashed(prefix: &str, text: &str) -> String {
    const DIGITS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let digest = sha256(text.as_bytes());
    let mut out = String::from(prefix);
    for group in digest[..20].chunks_exact(5) {
        let mut bits = 0u64;
        for byte in group {
            bits = (bits << 8) | u64::from(*byte);
        }
        for place in (0..8).rev() {
            out.push(char::from(DIGITS[((bits >> (place * 5)) & 31) as usize]));
        }
    }
    out
}

/// The key of an installed file: row of the MSI's File and Component table, and member name in the cabinet.
///
/// `path` is relative to the install directory; case does not matter.
pub fn file_key(path: &str) -> String {
    let mut target = String::from("{installdir}\\");
    target.push_str(&lower(path));
    hashed("f", &target)
}

/// A UUID as Windows Installer writes it: `{…}`, upper case. The bytes are in RFC 4122 order.
pub fn braced(uuid: &[u8; 16]) -> String {
    let digits = hex(uuid);
    let mut out = String::from("{");
    for (at, digit) in digits.chars().enumerate() {
        if matches!(at, 8 | 12 | 16 | 20) {
            out.push('-');
        }
        out.push(digit.to_ascii_uppercase());
    }
    out.push('}');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_keys_are_stable_and_legal() {
        let key = file_key("bin\\Agent.exe");
        assert_eq!(key, file_key("BIN\\agent.EXE"));
        assert_eq!(key.len(), 33);
        assert!(key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
        assert_ne!(key, file_key("bin\\agent.dll"));
    }

    #[test]
    fn uuids_are_upper_case_in_braces() {
        assert_eq!(braced(&[0xab; 16]), "{ABABABAB-ABAB-ABAB-ABAB-ABABABABABAB}");
    }
}
