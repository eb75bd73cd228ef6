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
///
/// The first error is remembered, and from there on everything is empty or zero, so that what is made of many parts
/// is read without asking after each: [`Reader::finish`] tells. Nothing that was read may be used before.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    error: Option<Error>,
}

impl<'a> Reader<'a> {
    /// Starts at the first byte.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, error: None }
    }

    /// Bytes read so far.
    pub fn position(&self) -> usize {
        self.at
    }

    /// Bytes left; none after an error.
    pub fn remaining(&self) -> usize {
        if self.error.is_some() { 0 } else { self.bytes.len().saturating_sub(self.at) }
    }

    /// An error at the current position.
    pub fn fail(&mut self, what: &'static str) {
        self.fail_at(self.at, what);
    }

    /// An error at an earlier position.
    pub fn fail_at(&mut self, at: usize, what: &'static str) {
        if self.error.is_none() {
            self.error = Some(Error { what, at });
        }
    }

    /// The next `count` bytes.
    pub fn bytes(&mut self, count: usize) -> &'a [u8] {
        if count > self.remaining() {
            self.fail("the input ends early");
            return &[];
        }
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        self.at = self.at.saturating_add(count);
        rest.get(..count).unwrap_or_default()
    }

    /// The next `N` bytes.
    pub fn array<const N: usize>(&mut self) -> [u8; N] {
        let mut out = [0; N];
        let bytes = self.bytes(N);
        if bytes.len() == N {
            out.copy_from_slice(bytes);
        }
        out
    }

    /// One byte.
    pub fn u8(&mut self) -> u8 {
        self.bytes(1).first().copied().unwrap_or(0)
    }

    /// Expects these bytes.
    pub fn expect(&mut self, magic: &[u8], what: &'static str) {
        let at = self.at;
        if magic.len() > self.remaining() || self.bytes(magic.len()) != magic {
            self.fail_at(at, what);
        }
    }

    /// A number.
    pub fn u64(&mut self) -> u64 {
        let mut value = 0u64;
        let mut shift = 0u32;
        loop {
            let byte = self.u8();
            if shift == 63 && byte > 1 {
                self.fail("a number is too large");
                return 0;
            }
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                if byte == 0 && shift != 0 {
                    self.fail("a number is longer than need be");
                }
                return value;
            }
            shift += 7;
        }
    }

    /// A number that is not larger than `most`.
    fn up_to(&mut self, most: u32) -> u32 {
        match u32::try_from(self.u64()) {
            Ok(value) if value <= most => value,
            _ => {
                self.fail("a number is too large");
                0
            }
        }
    }

    /// A number that fits 32 bits.
    pub fn u32(&mut self) -> u32 {
        self.up_to(u32::MAX)
    }

    /// A number that fits 16 bits.
    pub fn u16(&mut self) -> u16 {
        self.up_to(u32::from(u16::MAX)) as u16
    }

    /// 0 or 1.
    pub fn bool(&mut self) -> bool {
        self.choice(&[(0, false), (1, true)], "a yes-or-no is neither")
    }

    /// One of a few things by its number; `what` is wrong with any other number. The first is read after an error.
    pub fn choice<T: Copy>(&mut self, choices: &[(u8, T)], what: &'static str) -> T {
        let byte = self.u8();
        let found = choices.iter().find(|(number, _)| *number == byte);
        if found.is_none() {
            self.fail(what);
        }
        found.unwrap_or(&choices[0]).1
    }

    /// How many items follow, each at least one byte long: never more than bytes are left.
    pub fn count(&mut self) -> usize {
        match usize::try_from(self.u64()) {
            Ok(count) if count <= self.remaining() => count,
            _ => {
                self.fail("more items are announced than there are bytes");
                0
            }
        }
    }

    /// Bytes behind their length.
    pub fn blob(&mut self) -> &'a [u8] {
        let count = self.count();
        self.bytes(count)
    }

    /// A string.
    pub fn string(&mut self) -> String {
        match core::str::from_utf8(self.blob()) {
            Ok(text) => String::from(text),
            Err(_) => {
                self.fail("a text is not UTF-8");
                String::new()
            }
        }
    }

    /// A SHA-256.
    pub fn digest(&mut self) -> Digest {
        self.array()
    }

    /// Something or nothing.
    pub fn option<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.bool() { Some(read(self)) } else { None }
    }

    /// A list.
    pub fn list<T>(&mut self, mut read: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let mut left = self.count();
        let mut out = Vec::new();
        while left != 0 && self.error.is_none() {
            out.push(read(self));
            left -= 1;
        }
        out
    }

    /// Whether all up to here could be read.
    pub fn check(&self) -> Result<()> {
        self.error.map_or(Ok(()), Err)
    }

    /// Ends: what could not be read, or bytes that are left, are an error.
    pub fn finish(mut self) -> Result<()> {
        if self.remaining() != 0 {
            self.fail("there are bytes after the end");
        }
        self.check()
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
            assert_eq!(reader.u64(), value);
            assert!(reader.finish().is_ok());
        }
    }

    fn refused<'a, T>(bytes: &'a [u8], read: impl FnOnce(&mut Reader<'a>) -> T) -> bool {
        let mut reader = Reader::new(bytes);
        read(&mut reader);
        reader.finish().is_err()
    }

    #[test]
    fn long_forms_and_overflow_are_refused() {
        assert!(!refused(&[0x80, 1], Reader::u64));
        assert!(refused(&[0x80, 0], Reader::u64));
        assert!(refused(&[0xff; 10], Reader::u64));
        assert!(refused(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2], Reader::u64));
        assert!(refused(&[0x80], Reader::u64));
        assert!(!refused(&[0xff, 0xff, 3], Reader::u16));
        assert!(refused(&[0x80, 0x80, 4], Reader::u16));
        assert!(refused(&[2], Reader::bool));
    }

    #[test]
    fn counts_are_bounded_by_the_input() {
        assert!(refused(&[0xff, 0xff, 3], |r| r.list(Reader::u8)));
        assert!(refused(&[5, b'a'], Reader::string));
    }

    #[test]
    fn the_first_error_stays_and_nothing_is_read_after_it() {
        let mut reader = Reader::new(&[2, 1, 1, 1]);
        assert!(!reader.bool());
        assert_eq!((reader.u8(), reader.remaining(), reader.list(Reader::u8)), (0, 0, Vec::new()));
        reader.fail("later");
        assert_eq!(reader.finish(), Err(Error { what: "a yes-or-no is neither", at: 1 }));
    }
}
