//! Packed bytes, read in large pieces.

use packager_shared::read_at::{IoError, ReadAt};

use crate::buffer::Buffer;

/// A stretch of a file, front to back.
pub struct Input {
    at: u64,
    end: u64,
    buffer: Buffer,
    from: usize,
    to: usize,
}

impl Input {
    /// Reads this many bytes at once, which is also what can be looked at together.
    pub fn new(piece: usize) -> Self {
        Self { at: 0, end: 0, buffer: Buffer::new(piece), from: 0, to: 0 }
    }

    /// Begins with a stretch.
    pub fn start(&mut self, at: u64, length: u64) {
        (self.at, self.end) = (at, at.saturating_add(length));
        (self.from, self.to) = (0, 0);
    }

    /// The next bytes, at least so many where there are so many.
    pub fn look<R: ReadAt>(&mut self, reader: &mut R, count: usize) -> Result<&[u8], IoError> {
        if self.to - self.from < count {
            self.buffer.copy_within(self.from..self.to, 0);
            self.to -= self.from;
            self.from = 0;
            let left = usize::try_from(self.end - self.at).unwrap_or(usize::MAX);
            let room = self.buffer.get_mut(self.to..).unwrap_or_default();
            let room = room.len().min(left);
            let piece = self.buffer.get_mut(self.to..self.to + room).unwrap_or_default();
            reader.read_at(self.at, piece)?;
            self.at += room as u64;
            self.to += room;
        }
        Ok(self.buffer.get(self.from..self.to).unwrap_or_default())
    }

    /// Goes on behind bytes that were looked at.
    pub fn pass(&mut self, count: usize) {
        self.from = self.to.min(self.from + count);
    }

    /// Whether all is read.
    pub fn is_at_end(&self) -> bool {
        self.from == self.to && self.at == self.end
    }
}
