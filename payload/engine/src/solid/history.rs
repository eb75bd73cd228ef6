//! The plain bytes that were unpacked last: what matches refer to, and what is handed out.

use crate::buffer::Buffer;

/// A ring of one stream's window. Decoders write into it, never more than fits beside what was not taken yet and
/// never more than the stream has.
pub struct History {
    ring: Buffer,
    /// Bytes of the ring in use.
    size: usize,
    /// Where the next byte goes.
    at: usize,
    /// Bytes that may be referred to.
    known: usize,
    /// Bytes that were written and not taken; they end at `at`.
    fresh: usize,
    /// Plain bytes of the stream that are still to come.
    left: u64,
}

impl History {
    /// Room for a window of so many bytes.
    pub fn new(most: usize) -> Self {
        Self { ring: Buffer::new(most), size: 0, at: 0, known: 0, fresh: 0, left: 0 }
    }

    /// Begins a stream with a window, no larger than the room that there is, and so many plain bytes.
    pub fn start(&mut self, window: usize, plain: u64) {
        self.size = window.min(self.ring.len());
        (self.at, self.known, self.fresh, self.left) = (0, 0, 0, plain);
    }

    /// Matches cannot go further back than here.
    pub fn forget(&mut self) {
        self.known = 0;
    }

    /// How many bytes may be written until some are taken.
    pub fn room(&self) -> usize {
        let room = self.size.saturating_sub(self.fresh);
        usize::try_from(self.left).map_or(room, |left| room.min(left))
    }

    /// Plain bytes of the stream that are still to come.
    pub fn left(&self) -> u64 {
        self.left
    }

    /// The oldest bytes that were not taken, as many as lie together.
    pub fn data(&self) -> &[u8] {
        let from = self.back(self.fresh);
        self.ring.get(from..self.size.min(from + self.fresh)).unwrap_or_default()
    }

    /// Takes some of [`data`](Self::data).
    pub fn take(&mut self, count: usize) {
        self.fresh = self.fresh.saturating_sub(count);
    }

    /// Where the byte is that was written so many bytes ago, 0 to `size`.
    #[inline(always)]
    fn back(&self, distance: usize) -> usize {
        if distance > self.at { self.at + self.size - distance } else { self.at - distance }
    }

    #[inline(always)]
    fn wrote(&mut self, count: usize) {
        self.at += count;
        if self.at == self.size {
            self.at = 0;
        }
        self.known = self.size.min(self.known + count);
        self.fresh += count;
        self.left -= count as u64;
    }

    /// The byte so many bytes ago; 0 where nothing is known.
    #[inline(always)]
    pub fn byte(&self, distance: usize) -> u8 {
        if distance > self.known {
            return 0;
        }
        self.ring.get(self.back(distance)).copied().unwrap_or(0)
    }

    /// Writes a byte.
    #[inline(always)]
    pub fn push(&mut self, byte: u8) -> Option<()> {
        if self.room() == 0 {
            return None;
        }
        *self.ring.get_mut(self.at)? = byte;
        self.wrote(1);
        Some(())
    }

    /// Writes bytes.
    pub fn extend(&mut self, mut bytes: &[u8]) -> Option<()> {
        if bytes.len() > self.room() {
            return None;
        }
        while !bytes.is_empty() {
            let (piece, rest) = bytes.split_at_checked(bytes.len().min(self.size - self.at))?;
            self.ring.get_mut(self.at..self.at + piece.len())?.copy_from_slice(piece);
            self.wrote(piece.len());
            bytes = rest;
        }
        Some(())
    }

    /// Writes the same byte again and again.
    pub fn fill(&mut self, byte: u8, count: usize) -> Option<()> {
        if count == 0 {
            return Some(());
        }
        self.push(byte)?;
        self.copy(1, count - 1)
    }

    /// Writes what stands so many bytes back, `length` bytes; what is written may be part of it.
    #[inline(always)]
    pub fn copy(&mut self, distance: usize, mut length: usize) -> Option<()> {
        if distance == 0 || distance > self.known || length > self.room() {
            return None;
        }
        while length > 0 {
            let from = self.back(distance);
            let count = length.min(self.size - self.at).min(self.size - from);
            self.repeat(from, count)?;
            self.wrote(count);
            length -= count;
        }
        Some(())
    }

    /// Copies within the ring, byte by byte from front to back.
    #[inline(always)]
    fn repeat(&mut self, from: usize, count: usize) -> Option<()> {
        let (low, high) = (from.min(self.at), from.max(self.at));
        let piece = self.ring.get_mut(low..high + count)?;
        let gap = high - low;
        // What lies behind is copied before it is written over: the order does not matter then.
        if gap >= count || from > self.at {
            let (a, b) = piece.split_at_mut_checked(gap)?;
            let (source, target) = if from > self.at { (b, a) } else { (a, b) };
            if gap >= count {
                target.get_mut(..count)?.copy_from_slice(source.get(..count)?);
            } else {
                piece.copy_within(gap..gap + count, 0);
            }
        } else {
            for at in gap..piece.len() {
                let byte = piece.get(at - gap).copied()?;
                *piece.get_mut(at)? = byte;
            }
        }
        Some(())
    }
}
