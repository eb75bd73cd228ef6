//! Bits in 16-bit little-endian words, the first bit of a word its highest.

/// Writes bits to the end of a buffer.
#[derive(Debug, Default)]
pub struct Writer {
    /// The bytes of all words that are full.
    pub bytes: Vec<u8>,
    pending: u64,
    count: u32,
}

impl Writer {
    /// Adds the low `count` bits of `value`, whose other bits are 0. At most 32.
    #[inline]
    pub fn put(&mut self, value: u32, count: u32) {
        debug_assert!(count <= 32 && u64::from(value) >> count == 0);
        self.pending = (self.pending << count) | u64::from(value);
        self.count += count;
        if self.count >= 32 {
            self.count -= 32;
            let words = (self.pending >> self.count) as u32;
            self.bytes.extend_from_slice(&words.rotate_left(16).to_le_bytes());
        }
    }

    /// Fills the last word with zeros, and adds a whole word of them if it is full and `always` is set.
    pub fn align(&mut self, always: bool) {
        let fill = 16 - self.count % 16;
        if fill < 16 || always {
            self.put(0, fill);
        }
        if self.count == 16 {
            self.bytes.extend_from_slice(&(self.pending as u16).to_le_bytes());
            self.count = 0;
        }
    }

    /// Forgets everything, but keeps its memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.pending = 0;
        self.count = 0;
    }

    /// Bits written since `bytes` was last emptied.
    pub fn len(&self) -> usize {
        self.bytes.len() * 8 + self.count as usize
    }
}

/// Reads bits of one frame's data. Beyond its end it reads zeros; [`Reader::overrun`] tells.
#[derive(Debug)]
pub struct Reader<'a> {
    data: &'a [u8],
    next: usize,
    pending: u64,
    count: u32,
}

impl<'a> Reader<'a> {
    /// Reads from the start of `data`.
    pub fn new(data: &'a [u8]) -> Self {
        Self { data, next: 0, pending: 0, count: 0 }
    }

    /// Makes sure that 48 bits can be peeked at.
    #[inline]
    pub fn refill(&mut self) {
        while self.count <= 48 {
            let word = match self.data.get(self.next..self.next + 2) {
                Some(&[low, high]) => u16::from_le_bytes([low, high]),
                _ => 0,
            };
            self.next += 2;
            self.count += 16;
            self.pending |= u64::from(word) << (64 - self.count);
        }
    }

    /// The next 16 bits, after [`Reader::refill`].
    #[inline]
    pub fn peek(&self) -> usize {
        (self.pending >> 48) as usize
    }

    /// Steps over `count` bits that were peeked at.
    #[inline]
    pub fn skip(&mut self, count: u32) {
        self.pending <<= count;
        self.count -= count;
    }

    /// The next `count` bits, at most 17, after a [`Reader::refill`] that leaves as many.
    #[inline]
    pub fn take(&mut self, count: u32) -> u32 {
        // Two shifts: a single one by 64 is none.
        let value = (self.pending >> 1) >> (63 - count);
        self.skip(count);
        value as u32
    }

    /// The next `count` bits, at most 17.
    pub fn bits(&mut self, count: u32) -> u32 {
        self.refill();
        self.take(count)
    }

    /// Whether bits were used that the data does not have.
    pub fn overrun(&self) -> bool {
        self.next * 8 > self.data.len() * 8 + self.count as usize
    }

    /// Leaves the bits: the rest of the current word is stepped over, all of it if nothing of it was read. Gives
    /// the bytes behind it.
    pub fn into_bytes(mut self) -> &'a [u8] {
        self.refill();
        let fill = match self.count % 16 {
            0 => 16,
            fill => fill,
        };
        self.skip(fill);
        let used = self.next - (self.count / 8) as usize;
        self.data.get(used..).unwrap_or(&[])
    }
}
