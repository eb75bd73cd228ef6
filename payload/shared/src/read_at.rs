//! Reading from the middle of something: a file on the target, bytes in a test.

/// A Win32 error code of a read that failed.
pub type IoError = u32;

/// ERROR_HANDLE_EOF: less was there than asked for.
pub const END: IoError = 38;

/// Something with a length that can be read anywhere.
pub trait ReadAt {
    /// Bytes in it.
    fn length(&mut self) -> Result<u64, IoError>;
    /// Fills the whole buffer from a position, or fails.
    fn read_at(&mut self, at: u64, buffer: &mut [u8]) -> Result<(), IoError>;
}

impl ReadAt for &[u8] {
    fn length(&mut self) -> Result<u64, IoError> {
        Ok(self.len() as u64)
    }

    fn read_at(&mut self, at: u64, buffer: &mut [u8]) -> Result<(), IoError> {
        let start = usize::try_from(at).map_err(|_| END)?;
        let end = start.checked_add(buffer.len()).ok_or(END)?;
        buffer.copy_from_slice(self.get(start..end).ok_or(END)?);
        Ok(())
    }
}
