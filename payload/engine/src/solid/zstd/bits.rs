//! Bits of a Zstandard block, in both directions.

/// Reads from the last byte to the first, high bits first (RFC 8878, 4.1 and 4.2.2).
#[derive(Clone, Copy)]
pub struct Backward<'a> {
    bytes: &'a [u8],
    /// Bits that are left.
    left: usize,
    /// Bits that were read before the first byte: they were zeros.
    missing: usize,
}

impl<'a> Backward<'a> {
    /// Starts below the mark in the last byte, its highest bit that is set.
    pub fn new(bytes: &'a [u8]) -> Option<Self> {
        let unused = 1 + bytes.last().filter(|byte| **byte != 0)?.leading_zeros() as usize;
        Some(Self { bytes, left: bytes.len() * 8 - unused, missing: 0 })
    }

    /// The next bits without passing them, at most 25.
    #[inline(always)]
    pub fn peek(&self, count: u32) -> u32 {
        let mask = (1 << count) - 1;
        match self.left.checked_sub(count as usize) {
            Some(from) => self.word(from / 8) >> (from % 8) & mask,
            None => self.word(0) << (count as usize - self.left) & mask,
        }
    }

    #[inline(always)]
    fn word(&self, at: usize) -> u32 {
        match self.bytes.get(at..at + 4) {
            Some(&[a, b, c, d]) => u32::from_le_bytes([a, b, c, d]),
            _ => self.last_word(at),
        }
    }

    #[cold]
    #[inline(never)]
    fn last_word(&self, at: usize) -> u32 {
        let bytes = self.bytes.get(at..).unwrap_or_default();
        bytes.iter().rev().fold(0, |word, byte| word << 8 | u32::from(*byte))
    }

    /// Passes bits.
    #[inline(always)]
    pub fn pass(&mut self, count: u32) {
        match self.left.checked_sub(count as usize) {
            Some(left) => self.left = left,
            None => {
                self.missing += count as usize - self.left;
                self.left = 0;
            }
        }
    }

    /// The next bits, at most 25.
    #[inline(always)]
    pub fn read(&mut self, count: u32) -> u32 {
        let bits = self.peek(count);
        self.pass(count);
        bits
    }

    /// The next bits, at most 32.
    #[inline(always)]
    pub fn read_long(&mut self, count: u32) -> u32 {
        if count <= 25 {
            return self.read(count);
        }
        let high = self.read(count - 16);
        high << 16 | self.read(16)
    }

    /// Whether more was read than there is.
    pub fn is_beyond(&self) -> bool {
        self.missing > 0
    }

    /// Whether all was read, and no more.
    pub fn is_at_end(&self) -> bool {
        self.left == 0 && self.missing == 0
    }
}

/// Reads from the first byte on, low bits first. Behind the end are zeros; [`Forward::bytes`] tells.
pub struct Forward<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Forward<'a> {
    /// Starts at the first bit.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// The next bits without passing them, at most 16.
    pub fn peek(&self, count: u32) -> u32 {
        let byte = |at: usize| u32::from(self.bytes.get(at).copied().unwrap_or(0));
        let at = self.at / 8;
        let word = byte(at) | byte(at + 1) << 8 | byte(at + 2) << 16;
        word >> (self.at % 8) & ((1 << count) - 1)
    }

    /// Passes bits.
    pub fn pass(&mut self, count: u32) {
        self.at += count as usize;
    }

    /// Bytes that were read, the last one in part; nothing when there were not so many.
    pub fn used(&self) -> Option<usize> {
        let used = self.at.div_ceil(8);
        (used <= self.bytes.len()).then_some(used)
    }
}
