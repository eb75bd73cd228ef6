//! The data blocks of a folder.

use alloc::boxed::Box;

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};
use packager_shared::read_at::ReadAt;

use super::{Error, Folder, Result};
use crate::buffer::Buffer;

/// Plain bytes of a block at most, and of the history before it.
const WINDOW: usize = 0x8000;
/// Packed bytes of a block at most: what [MS-MCI] allows to data that does not compress.
const MOST_PACKED: usize = WINDOW + 6144;

/// Unpacks a folder, block by block.
pub struct Blocks {
    at: u64,
    end: u64,
    left: u16,
    mszip: bool,
    reserve: u8,
    short: bool,
    packed: Buffer,
    /// 32 KB of history, then the block.
    window: Buffer,
    plain: usize,
    inflater: Box<DecompressorOxide>,
}

impl Blocks {
    /// Starts at a folder's first block.
    pub fn new(folder: &Folder) -> Self {
        Self {
            at: folder.start,
            end: folder.end,
            left: folder.blocks,
            mszip: folder.mszip,
            reserve: folder.reserve,
            short: false,
            packed: Buffer::new(MOST_PACKED),
            window: Buffer::new(2 * WINDOW),
            plain: 0,
            inflater: Box::default(),
        }
    }

    /// Reads the next block; `false` after the last.
    pub fn next<R: ReadAt>(&mut self, reader: &mut R) -> Result<bool> {
        if self.left == 0 {
            return Ok(false);
        }
        // All blocks but the last hold exactly 32 KB, so the history is always the block before.
        if self.short {
            return Err(Error::Damaged("a block in the middle of a folder is short"));
        }
        self.left -= 1;
        let mut head = [0; 8];
        if self.at + 8 + u64::from(self.reserve) > self.end {
            return Err(Error::Damaged("a block lies outside the cabinet"));
        }
        reader.read_at(self.at, &mut head)?;
        let packed = usize::from(u16::from_le_bytes([head[4], head[5]]));
        let plain = usize::from(u16::from_le_bytes([head[6], head[7]]));
        self.at += 8 + u64::from(self.reserve);
        if packed == 0 || packed > MOST_PACKED || plain == 0 || plain > WINDOW {
            return Err(Error::Damaged("a block's length is impossible"));
        }
        if self.at + packed as u64 > self.end {
            return Err(Error::Damaged("a block lies outside the cabinet"));
        }
        let Some(bytes) = self.packed.get_mut(..packed) else {
            return Err(Error::Damaged("a block's length is impossible"));
        };
        reader.read_at(self.at, bytes)?;
        self.at += packed as u64;
        let stored = u32::from_le_bytes([head[0], head[1], head[2], head[3]]);
        // Reserved bytes belong to the sum as well; cabinets that have them are verified by their package alone.
        if stored != 0 && self.reserve == 0 && checksum(&head[4..], checksum(bytes, 0)) != stored {
            return Err(Error::Damaged("a block does not match its checksum"));
        }
        self.window.copy_within(WINDOW.., 0);
        if self.mszip {
            let Some(deflated) = bytes.strip_prefix(b"CK") else {
                return Err(Error::Damaged("a block is not MSZIP"));
            };
            self.inflater.init();
            let window = self.window.get_mut(..WINDOW + plain).unwrap_or_default();
            let flags = TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
            let (status, read, wrote) = decompress(&mut self.inflater, deflated, window, WINDOW, flags);
            if status != TINFLStatus::Done || wrote != plain || read != deflated.len() {
                return Err(Error::Damaged("a block cannot be unpacked"));
            }
        } else {
            match self.window.get_mut(WINDOW..WINDOW + plain) {
                Some(target) if packed == plain => target.copy_from_slice(bytes),
                _ => return Err(Error::Damaged("a stored block's lengths differ")),
            }
        }
        self.plain = plain;
        self.short = plain < WINDOW;
        Ok(true)
    }

    /// The plain bytes of the block that was read last.
    pub fn data(&self) -> &[u8] {
        self.window.get(WINDOW..WINDOW + self.plain).unwrap_or_default()
    }
}

/// The checksum of CFDATA: little-endian words, exclusive-or; the last one to three bytes count the other way round.
pub fn checksum(bytes: &[u8], seed: u32) -> u32 {
    let mut words = bytes.chunks_exact(4);
    let mut sum = seed;
    for word in words.by_ref() {
        sum ^= u32::from_le_bytes([word[0], word[1], word[2], word[3]]);
    }
    sum ^ words.remainder().iter().fold(0, |tail, byte| (tail << 8) | u32::from(*byte))
}
