//! Numbers and strings as bytes: what every format of this crate is made of.
//!
//! Numbers are LEB128, little end first, in their one shortest form; strings are UTF-8 behind their length.
//! A reader never allocates more than its input is long.

use alloc::string::String;
use alloc::vec::Vec;

use crate::index::Digest;

/// Why bytes could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error {
    /// What is wrong, e.g. `the input ends early`.
    pub what: &'static str,
    /// Where, in bytes from the start.
    pub at: usize,
}

impl core::fmt::Display for Error {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} (at byte {})", self.what, self.at)
    }
}

impl core::error::Error for Error {}

/// A result of reading.
pub type Result<T> = core::result::Result<T, Error>;

/// Reads from bytes, front to back.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// Starts at the first byte.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Bytes read so far.
    pub fn position(&self) -> usize {
        self.at
    }

    /// Bytes left.
    pub fn remaining(&self) -> usize {
        self.bytes.len().saturating_sub(self.at)
    }

    /// An error at the current position.
    pub fn error<T>(&self, what: &'static str) -> Result<T> {
        Err(Error { what, at: self.at })
    }

    /// The next `count` bytes.
    pub fn bytes(&mut self, count: usize) -> Result<&'a [u8]> {
        let end = self.at.checked_add(count);
        match end.and_then(|end| self.bytes.get(self.at..end)) {
            Some(bytes) => {
                self.at = self.at.saturating_add(count);
                Ok(bytes)
            }
            None => self.error("the input ends early"),
        }
    }

    /// The next `N` bytes.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut out = [0; N];
        out.copy_from_slice(self.bytes(N)?);
        Ok(out)
    }

    /// One byte.
    pub fn u8(&mut self) -> Result<u8> {
        Ok(self.array::<1>()?[0])
    }

    /// Expects these bytes.
    pub fn expect(&mut self, magic: &[u8], what: &'static str) -> Result<()> {
        let at = self.at;
        match self.bytes(magic.len()) {
            Ok(found) if found == magic => Ok(()),
            _ => Err(Error { what, at }),
        }
    }

    /// A number.
    pub fn u64(&mut self) -> Result<u64> {
        let mut value = 0u64;
        let mut shift = 0u32;
        loop {
            let byte = self.u8()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && byte > 1 {
                return self.error("a number is too large");
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                if byte == 0 && shift != 0 {
                    return self.error("a number is longer than need be");
                }
                return Ok(value);
            }
            shift += 7;
            if shift > 63 {
                return self.error("a number is too large");
            }
        }
    }

    /// A number that fits 32 bits.
    pub fn u32(&mut self) -> Result<u32> {
        match u32::try_from(self.u64()?) {
            Ok(value) => Ok(value),
            Err(_) => self.error("a number is too large"),
        }
    }

    /// A number that fits 16 bits.
    pub fn u16(&mut self) -> Result<u16> {
        match u16::try_from(self.u64()?) {
            Ok(value) => Ok(value),
            Err(_) => self.error("a number is too large"),
        }
    }

    /// 0 or 1.
    pub fn bool(&mut self) -> Result<bool> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => self.error("a yes-or-no is neither"),
        }
    }

    /// How many items follow, each at least one byte long: never more than bytes are left.
    pub fn count(&mut self) -> Result<usize> {
        match usize::try_from(self.u64()?) {
            Ok(count) if count <= self.remaining() => Ok(count),
            _ => self.error("more items are announced than there are bytes"),
        }
    }

    /// Bytes behind their length.
    pub fn blob(&mut self) -> Result<&'a [u8]> {
        let count = self.count()?;
        self.bytes(count)
    }

    /// A string.
    pub fn string(&mut self) -> Result<String> {
        match core::str::from_utf8(self.blob()?) {
            Ok(text) => Ok(String::from(text)),
            Err(_) => self.error("a text is not UTF-8"),
        }
    }

    /// A SHA-256.
    pub fn digest(&mut self) -> Result<Digest> {
        self.array()
    }

    /// Something or nothing.
    pub fn option<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<Option<T>> {
        if self.bool()? { Ok(Some(read(self)?)) } else { Ok(None) }
    }

    /// A list.
    pub fn list<T>(&mut self, mut read: impl FnMut(&mut Self) -> Result<T>) -> Result<Vec<T>> {
        let count = self.count()?;
        let mut out = Vec::new();
        for _ in 0..count {
            out.push(read(self)?);
        }
        Ok(out)
    }

    /// Ends: bytes that are left are an error.
    pub fn finish(self) -> Result<()> {
        if self.remaining() == 0 { Ok(()) } else { self.error("there are bytes after the end") }
    }
}

/// Writes what [`Reader`] reads.
#[derive(Clone, Debug, Default)]
pub struct Writer {
    /// What is written so far.
    pub bytes: Vec<u8>,
}

impl Writer {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Bytes as they are.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// One byte.
    pub fn u8(&mut self, value: u8) {
        self.bytes.push(value);
    }

    /// A number.
    pub fn u64(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push((value as u8) | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }

    /// A number that fits 32 bits.
    pub fn u32(&mut self, value: u32) {
        self.u64(u64::from(value));
    }

    /// A number that fits 16 bits.
    pub fn u16(&mut self, value: u16) {
        self.u64(u64::from(value));
    }

    /// 0 or 1.
    pub fn bool(&mut self, value: bool) {
        self.bytes.push(u8::from(value));
    }

    /// Bytes behind their length.
    pub fn blob(&mut self, bytes: &[u8]) {
        self.u64(bytes.len() as u64);
        self.raw(bytes);
    }

    /// A string.
    pub fn string(&mut self, text: &str) {
        self.blob(text.as_bytes());
    }

    /// Something or nothing.
    pub fn option<T: ?Sized>(&mut self, value: Option<&T>, write: impl FnOnce(&mut Self, &T)) {
        self.bool(value.is_some());
        if let Some(value) = value {
            write(self, value);
        }
    }

    /// A list.
    pub fn list<T>(&mut self, items: &[T], mut write: impl FnMut(&mut Self, &T)) {
        self.u64(items.len() as u64);
        for item in items {
            write(self, item);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back() {
        for value in [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX] {
            let mut writer = Writer::new();
            writer.u64(value);
            let mut reader = Reader::new(&writer.bytes);
            assert_eq!(reader.u64(), Ok(value));
            assert!(reader.finish().is_ok());
        }
    }

    #[test]
    fn long_forms_and_overflow_are_refused() {
        assert!(Reader::new(&[0x80, 0]).u64().is_err());
        assert!(Reader::new(&[0xff; 10]).u64().is_err());
        assert!(Reader::new(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2]).u64().is_err());
        assert!(Reader::new(&[0x80]).u64().is_err());
    }

    #[test]
    fn counts_are_bounded_by_the_input() {
        assert!(Reader::new(&[0xff, 0xff, 3]).list(Reader::u8).is_err());
        assert!(Reader::new(&[5, b'a']).string().is_err());
    }
}
