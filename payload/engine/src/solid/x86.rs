//! The x86 filter of the .xz format ("The .xz File Format", 5.3.2): the targets of calls and jumps, which a program's
//! file counts from each instruction, were written as addresses before it was packed, so that calls of one function
//! look alike. Here they become distances again.

use crate::buffer::{Buffer, PIECE};

/// An instruction: the opcode E8 (call) or E9 (jump), and four bytes of distance.
const INSTRUCTION: usize = 5;

/// Undoes the filter, piece by piece.
pub struct X86 {
    buffer: Buffer,
    /// Bytes in the buffer, and how many of them are done.
    filled: usize,
    done: usize,
    /// Where the buffer stands in the stream; addresses wrap.
    position: u32,
    /// Bytes from the last opcode that was left as it is, and which of the bytes before it were others: bit n for the
    /// nth byte before. `open`: those whose fourth byte looks like that of a distance.
    last: u32,
    left: u8,
    open: u8,
}

/// Whether it is the highest byte of a distance within 16 MB.
fn is_near(byte: u8) -> bool {
    byte == 0 || byte == 0xff
}

impl X86 {
    /// One without a stream.
    pub fn new() -> Self {
        Self { buffer: Buffer::new(PIECE), filled: 0, done: 0, position: 0, last: 0, left: 0, open: 0 }
    }

    /// Begins a stream.
    pub fn start(&mut self) {
        (self.filled, self.done, self.position) = (0, 0, 0);
        (self.last, self.left, self.open) = (0, 0, 0);
    }

    /// The bytes that are done.
    pub fn data(&self) -> &[u8] {
        self.buffer.get(..self.done).unwrap_or_default()
    }

    /// Takes them all.
    pub fn take(&mut self) {
        self.buffer.copy_within(self.done..self.filled, 0);
        self.position = self.position.wrapping_add(self.done as u32);
        self.filled -= self.done;
        self.done = 0;
    }

    /// Adds bytes as far as there is room; says how many.
    pub fn add(&mut self, bytes: &[u8]) -> usize {
        let room = self.buffer.get_mut(self.filled..).unwrap_or_default();
        let count = room.len().min(bytes.len());
        for (to, from) in room.iter_mut().zip(bytes) {
            *to = *from;
        }
        self.filled += count;
        count
    }

    /// Converts what is there. An instruction that is cut off waits for more, unless this is the end.
    pub fn convert(&mut self, end: bool) {
        let bytes = self.buffer.get_mut(..self.filled).unwrap_or_default();
        let mut at = self.done;
        while let Some([opcode, a, b, c, d]) = bytes.get_mut(at..).and_then(|rest| rest.first_chunk_mut()) {
            if *opcode & 0xfe != 0xe8 {
                at += 1;
                continue;
            }
            let place = self.position.wrapping_add(at as u32);
            let gap = place.wrapping_sub(self.last);
            self.last = place;
            // Three bytes back at most: what stands further away does not overlap.
            (self.left, self.open) =
                if gap > 3 { (0, 0) } else { (self.left << gap & 0b1110, self.open << gap & 0b1110) };
            if !is_near(*d) || self.open != 0 || self.left.count_ones() > 1 {
                self.left |= 1;
                self.open |= u8::from(is_near(*d));
                at += 1;
                continue;
            }
            let end = place.wrapping_add(INSTRUCTION as u32);
            let mut target = u32::from_le_bytes([*a, *b, *c, *d]).wrapping_sub(end);
            if self.left != 0 {
                // The fourth byte of the opcode that stands so many bytes before is one of this distance. When it would
                // look like one itself now, the packing side took the bytes from there on the other way round.
                let bits = 32 - 8 * self.left.trailing_zeros();
                if is_near((target >> (bits - 8)) as u8) {
                    target = (target ^ ((1 << bits) - 1)).wrapping_sub(end);
                }
            }
            // The highest byte is made of one bit again.
            let high = if target & 1 << 24 == 0 { 0 } else { 0xff };
            let [low, middle, upper, _] = target.to_le_bytes();
            (*a, *b, *c, *d) = (low, middle, upper, high);
            (self.left, self.open) = (0, 0);
            at += INSTRUCTION;
        }
        self.done = if end { self.filled } else { at };
    }
}
