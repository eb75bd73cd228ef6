//! Building text without `core::fmt`, which would be most of the bootstrap's size.

use alloc::string::String;
use alloc::vec::Vec;

/// Pieces, one after the other.
pub fn join(pieces: &[&str]) -> String {
    let mut out = String::with_capacity(pieces.iter().map(|piece| piece.len()).sum());
    for piece in pieces {
        out.push_str(piece);
    }
    out
}

/// Digits for a name that nobody can take first: 64 random bits.
pub fn unforeseen<S: crate::System>(system: &mut S) -> String {
    number(u64::from(system.random()) << 32 | u64::from(system.random()))
}

/// A number in decimal digits.
pub fn number(mut value: u64) -> String {
    let mut digits = Vec::new();
    loop {
        digits.push(char::from(b'0' + (value % 10) as u8));
        value /= 10;
        if value == 0 {
            return digits.iter().rev().collect();
        }
    }
}

/// `1.2.3` or `1.2.3.4` as numbers; missing ones are 0.
pub fn version(text: &str) -> Option<[u16; 4]> {
    let mut out = [0; 4];
    let mut parts = text.trim().split('.');
    for slot in &mut out {
        match parts.next() {
            Some(part) => *slot = part.parse().ok()?,
            None => return Some(out),
        }
    }
    parts.next().is_none().then_some(out)
}

/// UTF-16LE bytes, without terminator.
pub fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// Text from UTF-16LE bytes, up to the first terminator; what is not UTF-16 becomes U+FFFD.
pub fn from_utf16(bytes: &[u8]) -> String {
    let units = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    char::decode_utf16(units.take_while(|unit| *unit != 0)).map(|c| c.unwrap_or('\u{fffd}')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_versions() {
        assert_eq!(number(0), "0");
        assert_eq!(number(u64::MAX), "18446744073709551615");
        assert_eq!(version("1.2"), Some([1, 2, 0, 0]));
        assert_eq!(version("1.2.3.4.5"), None);
        assert_eq!(version("1.x"), None);
        assert_eq!(version("70000"), None);
    }

    #[test]
    fn utf16_comes_back() {
        let mut bytes = utf16("aä😀");
        assert_eq!(from_utf16(&bytes), "aä😀");
        bytes.extend([0, 0, b'x', 0]);
        assert_eq!(from_utf16(&bytes), "aä😀");
    }
}
