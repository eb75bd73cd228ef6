//! Room for pieces of something long, given back as soon as it is done with.
//!
//! The bootstrap runs once and ends: its heap takes nothing back but what a list hands over when it grows or shrinks
//! (see `heap` in the stub), which saves the code that would free each text at each end of each function. What a
//! run needs per file must therefore stay small; what is larger, and needed again and again, is one of these.

use alloc::vec::Vec;

/// Bytes that are read or written at once.
pub const PIECE: usize = 1 << 16;

/// A list of zeros (or other defaults) to write into.
pub struct Buffer<T: Copy + Default = u8>(Vec<T>);

impl<T: Copy + Default> Buffer<T> {
    /// So many items.
    pub fn new(count: usize) -> Self {
        Self(alloc::vec![T::default(); count])
    }
}

impl<T: Copy + Default> Drop for Buffer<T> {
    fn drop(&mut self) {
        // Shrinking gives memory back; freeing does not.
        self.0.truncate(1);
        self.0.shrink_to_fit();
    }
}

impl<T: Copy + Default> core::ops::Deref for Buffer<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T: Copy + Default> core::ops::DerefMut for Buffer<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.0
    }
}
