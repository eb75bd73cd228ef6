//! Sizes, limits and tables of the format.

/// Plain bytes of a frame. The data of a frame starts and ends at a 16-bit border; in a cabinet it is one CFDATA.
pub const FRAME: usize = 32_768;
/// The most bytes of a compressed frame in a cabinet ([MS-CAB] 2.4).
pub const FRAME_DATA_MAX: usize = FRAME + 6_144;
/// The most plain bytes of a stream whose frames a cabinet folder can hold.
pub const STREAM_MAX: usize = 65_535 * FRAME;

/// The smallest window, as a power of two.
pub const WINDOW_MIN: u32 = 15;
/// The largest window of the cabinet variant, as a power of two.
pub const WINDOW_MAX: u32 = 21;

/// Bytes of the shortest match.
pub const MATCH_MIN: usize = 2;
/// Bytes of the longest match.
pub const MATCH_MAX: usize = 257;

/// Main tree elements that are bytes.
pub const LITERALS: usize = 256;
/// Main tree elements of a position slot: the lengths 2 to 8, and "a length symbol follows".
pub const LENGTH_HEADERS: usize = 8;
/// Length of the first match that needs a length symbol.
pub const LENGTH_BASE: usize = MATCH_MIN + LENGTH_HEADERS - 1;
/// Position slots of the largest window.
pub const SLOTS_MAX: usize = 50;
/// Elements of the main tree of the largest window.
pub const MAIN_MAX: usize = LITERALS + LENGTH_HEADERS * SLOTS_MAX;
/// Elements of the length tree.
pub const LENGTHS: usize = 249;
/// Elements of the aligned offset tree: the low three bits of an offset.
pub const ALIGNED: usize = 8;
/// Bits of an element of the aligned offset tree in a block's header.
pub const ALIGNED_BITS: u32 = 3;
/// Elements of a pretree.
pub const PRETREE: usize = 20;
/// Bits of an element of a pretree.
pub const PRETREE_BITS: u32 = 4;
/// Bits of the longest codeword of main and length tree.
pub const CODE_MAX: u32 = 16;

/// Pretree code: 4 to 19 zeros, 4 bits say how many.
pub const ZEROS_SHORT: usize = 17;
/// Pretree code: 20 to 51 zeros, 5 bits say how many.
pub const ZEROS_LONG: usize = 18;
/// Pretree code: 4 or 5 times the same, one bit says how many; a code for the value follows.
pub const SAME: usize = 19;

/// The most plain bytes of a block: its header has 24 bits for them.
pub const BLOCK_MAX: usize = (1 << 24) - 1;

/// Repeat offsets at the start of a stream.
pub const REPEATS: [u32; 3] = [1; 3];

/// Frames from the stream's start in which targets of x86 calls are translated.
pub const CALL_FRAMES: u64 = 32_768;
/// Bytes at the end of a frame in which no call starts that is translated.
pub const CALL_TAIL: usize = 10;

/// What a block's first three bits say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockKind {
    /// Low bits of offsets as they are.
    Verbatim = 1,
    /// The low three bits of long offsets by a tree.
    Aligned = 2,
    /// Plain bytes.
    Uncompressed = 3,
}

/// Extra bits of each position slot.
pub const SLOT_BITS: [u8; SLOTS_MAX] = slot_bits();
/// First formatted offset of each position slot. Formatted are 0, 1, 2 for a repeat offset, else offset + 2.
pub const SLOT_BASE: [u32; SLOTS_MAX] = slot_bases();

const fn slot_bits() -> [u8; SLOTS_MAX] {
    let mut bits = [0; SLOTS_MAX];
    let mut slot = 4;
    while slot < SLOTS_MAX {
        bits[slot] = if slot >= 36 { 17 } else { (slot / 2 - 1) as u8 };
        slot += 1;
    }
    bits
}

const fn slot_bases() -> [u32; SLOTS_MAX] {
    let mut bases = [0; SLOTS_MAX];
    let mut slot = 1;
    while slot < SLOTS_MAX {
        bases[slot] = bases[slot - 1] + (1 << SLOT_BITS[slot - 1]);
        slot += 1;
    }
    bases
}

/// Position slots of a window of 2^`window` bytes.
pub const fn slots(window: u32) -> usize {
    match window {
        ..=19 => 2 * window as usize,
        20 => 42,
        _ => SLOTS_MAX,
    }
}

/// The longest offset of a window of 2^`window` bytes: its formatted value is the last of the last slot.
pub const fn offset_max(window: u32) -> u32 {
    (1 << window) - 3
}

/// The position slot of a formatted offset below 2^21.
#[inline]
pub fn slot(formatted: u32) -> usize {
    if formatted < 4 {
        formatted as usize
    } else if formatted < 1 << 18 {
        let log = formatted.ilog2();
        (2 * log + ((formatted >> (log - 1)) & 1)) as usize
    } else {
        (34 + (formatted >> 17)) as usize
    }
}
