//! The string pool: `_StringPool` says how long and how often used each string is, `_StringData` holds their bytes.
//!
//! `_StringPool` starts with the code page (4 bytes; the highest bit says that references have 3 bytes), then has an
//! entry of two 16-bit numbers per string: length and reference count. A length past 65,535 is a length of 0 with a
//! count that is not, followed by the length in 4 bytes. An entry of two zeros is an unused reference.

use std::sync::Arc;

use super::{Error, Map, Value, codepage};

const LONG_REFERENCES: u32 = 0x8000_0000;
/// The highest reference of 3 bytes.
const MAX_REFERENCE: usize = 0x00ff_ffff;

/// Strings by first use.
pub(super) struct PoolBuilder<'a> {
    references: Map<&'a str, u32>,
    strings: Vec<(&'a str, u32)>,
}

impl<'a> PoolBuilder<'a> {
    pub(super) fn new() -> Self {
        Self { references: Map::default(), strings: Vec::new() }
    }

    /// The reference of a string, counted as used once more. The empty string is reference 0.
    pub(super) fn intern(&mut self, text: &'a str) -> Result<u32, Error> {
        if text.is_empty() {
            return Ok(0);
        }
        if let Some(&reference) = self.references.get(text) {
            if let Some(entry) = self.strings.get_mut(reference as usize - 1) {
                entry.1 = entry.1.saturating_add(1);
            }
            return Ok(reference);
        }
        if self.strings.len() >= MAX_REFERENCE {
            return Err(Error::TooManyStrings);
        }
        self.strings.push((text, 1));
        let reference = self.strings.len() as u32;
        self.references.insert(text, reference);
        Ok(reference)
    }

    /// Bytes of a reference in tables.
    pub(super) fn reference_width(&self) -> usize {
        if self.strings.len() > usize::from(u16::MAX) { 3 } else { 2 }
    }

    /// `_StringPool` and `_StringData`.
    pub(super) fn encode(&self, codepage: u32) -> Result<(Vec<u8>, Vec<u8>), Error> {
        let long = if self.reference_width() == 3 { LONG_REFERENCES } else { 0 };
        let mut pool = Vec::with_capacity(4 + self.strings.len() * 4);
        let mut data = Vec::new();
        pool.extend_from_slice(&(codepage | long).to_le_bytes());
        for &(text, count) in &self.strings {
            let bytes = codepage::encode(codepage, text)
                .ok_or_else(|| Error::CodePage { codepage, text: text.chars().take(80).collect() })?;
            // A count that does not fit stays at its highest: it is only used to find strings nobody needs.
            let count = u16::try_from(count).unwrap_or(u16::MAX);
            match u16::try_from(bytes.len()) {
                Ok(len) => {
                    pool.extend_from_slice(&len.to_le_bytes());
                    pool.extend_from_slice(&count.to_le_bytes());
                }
                Err(_) => {
                    let len = u32::try_from(bytes.len())
                        .map_err(|_| Error::damaged("_StringPool", "a string of more than 4 GB"))?;
                    pool.extend_from_slice(&0u16.to_le_bytes());
                    pool.extend_from_slice(&count.to_le_bytes());
                    pool.extend_from_slice(&len.to_le_bytes());
                }
            }
            data.extend_from_slice(&bytes);
        }
        Ok((pool, data))
    }
}

/// The strings of a database that was read.
pub(super) struct Pool {
    pub(super) codepage: u32,
    pub(super) reference_width: usize,
    strings: Vec<Arc<str>>,
}

impl Pool {
    pub(super) fn parse(pool: &[u8], data: &[u8]) -> Result<Self, Error> {
        let damaged = |why: &str| Error::damaged("_StringPool", why);
        let (header, mut entries) =
            pool.split_first_chunk::<4>().ok_or_else(|| damaged("it has no header"))?;
        let header = u32::from_le_bytes(*header);
        let codepage = header & !LONG_REFERENCES;
        let mut strings = Vec::with_capacity(entries.len() / 4);
        let mut rest = data;
        while let Some((entry, after)) = entries.split_first_chunk::<4>() {
            entries = after;
            let [low, high, count_low, count_high] = *entry;
            let mut len = usize::from(u16::from_le_bytes([low, high]));
            if len == 0 && (count_low, count_high) != (0, 0) {
                let (long, after) = entries
                    .split_first_chunk::<4>()
                    .ok_or_else(|| damaged("it ends within a long string's entry"))?;
                entries = after;
                len = u32::from_le_bytes(*long) as usize;
            }
            let (bytes, after) = rest
                .split_at_checked(len)
                .ok_or_else(|| damaged("its strings need more bytes than _StringData has"))?;
            rest = after;
            strings.push(codepage::decode(codepage, bytes).into());
        }
        let reference_width = if header & LONG_REFERENCES != 0 { 3 } else { 2 };
        Ok(Self { codepage, reference_width, strings })
    }

    /// The field of a reference; `None` for references past the pool.
    pub(super) fn get(&self, reference: u32) -> Option<Value> {
        match reference.checked_sub(1) {
            None => Some(Value::Null),
            Some(index) => self
                .strings
                .get(index as usize)
                .map(|text| if text.is_empty() { Value::Null } else { Value::Str(text.clone()) }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_in_order_of_first_use() {
        let mut pool = PoolBuilder::new();
        assert_eq!(pool.intern("b").unwrap(), 1);
        assert_eq!(pool.intern("a").unwrap(), 2);
        assert_eq!(pool.intern("b").unwrap(), 1);
        assert_eq!(pool.intern("").unwrap(), 0);
        let (header, data) = pool.encode(1252).unwrap();
        assert_eq!(header, [0xe4, 0x04, 0, 0, 1, 0, 2, 0, 1, 0, 1, 0]);
        assert_eq!(data, b"ba");
    }

    #[test]
    fn strings_past_64_kib_come_back() {
        let long = "x".repeat(70_000);
        let exact = "y".repeat(65_535);
        let mut pool = PoolBuilder::new();
        for text in ["a", &long, &exact, "é"] {
            pool.intern(text).unwrap();
        }
        let (header, data) = pool.encode(65001).unwrap();
        let read = Pool::parse(&header, &data).unwrap();
        assert_eq!(read.reference_width, 2);
        assert_eq!(read.codepage, 65001);
        for (reference, text) in [(1, "a"), (2, &*long), (3, &*exact), (4, "é"), (0, "")] {
            assert!(read.get(reference) == Some(Value::from(text)));
        }
        assert_eq!(read.get(5), None);
    }

    #[test]
    fn more_than_65535_strings_take_three_bytes() {
        let texts: Vec<String> = (0..65_536).map(|n| n.to_string()).collect();
        let mut pool = PoolBuilder::new();
        for text in texts.iter().take(65_535) {
            pool.intern(text).unwrap();
        }
        assert_eq!(pool.reference_width(), 2);
        assert_eq!(pool.intern(&texts[65_535]).unwrap(), 65_536);
        assert_eq!(pool.reference_width(), 3);
        let (header, data) = pool.encode(1252).unwrap();
        let read = Pool::parse(&header, &data).unwrap();
        assert_eq!((read.reference_width, read.codepage), (3, 1252));
        assert_eq!(read.get(65_536), Some(Value::from("65535")));
    }

    #[test]
    fn a_cut_pool_is_an_error() {
        assert!(Pool::parse(&[1, 2], &[]).is_err());
        assert!(Pool::parse(&[0, 0, 0, 0, 5, 0, 1, 0], b"abc").is_err());
        assert!(Pool::parse(&[0, 0, 0, 0, 0, 0, 1, 0], b"abc").is_err());
    }
}
