//! Zstandard frames without a dictionary (RFC 8878).
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`bits`] | bits, forwards and backwards |
//! | [`fse`] | tables of states |
//! | [`huffman`] | codes for literals |
//! | [`sequences`] | literals and matches put together |

mod bits;
mod fse;
mod huffman;
mod sequences;

use super::history::History;
use crate::buffer::Buffer;
use huffman::Huffman;
use sequences::Sequences;

/// Bytes of a block at most, packed and plain (RFC 8878, 3.1.1.2.4).
pub const MOST_BLOCK: usize = 1 << 17;

const MAGIC: [u8; 4] = 0xfd2f_b528_u32.to_le_bytes();

/// What comes next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// The magic and the byte that says how long the rest is.
    Start,
    Header,
    Block,
    /// A block's kind, and its plain bytes where they are known.
    Raw,
    Repeat(usize),
    Packed,
    Checksum,
    Ended,
}

/// Unpacks one frame after another.
pub struct Zstd {
    state: State,
    want: usize,
    /// Plain bytes of a block at most.
    most: usize,
    /// Largest window, and plain bytes, that a frame may announce.
    window: u64,
    last: bool,
    checksum: bool,
    literals: Buffer,
    huffman: Huffman,
    sequences: Sequences,
}

impl Zstd {
    /// One without a frame.
    pub fn new() -> Self {
        Self {
            state: State::Ended,
            want: 0,
            most: 0,
            window: 0,
            last: false,
            checksum: false,
            literals: Buffer::new(MOST_BLOCK),
            huffman: Huffman::new(),
            sequences: Sequences::new(),
        }
    }

    /// Begins a frame; a larger window is refused.
    pub fn start(&mut self, window: u32) {
        (self.state, self.want, self.window) = (State::Start, 5, u64::from(window));
        self.huffman.reset();
        self.sequences.reset();
    }

    /// Bytes that the next step needs; nothing after the end.
    pub fn want(&self) -> Option<usize> {
        (self.state != State::Ended).then_some(self.want)
    }

    /// Goes on with at least the wanted bytes; says how many were used.
    pub fn step(&mut self, bytes: &[u8], history: &mut History) -> Option<usize> {
        let bytes = bytes.get(..self.want)?;
        match self.state {
            State::Start => {
                let [magic @ .., flags] = bytes else { return None };
                // Bit 3 is reserved, and the lowest two ask for a dictionary.
                if *magic != MAGIC || flags & 0b1011 != 0 {
                    return None;
                }
                self.checksum = flags & 4 != 0;
                let whole = flags & 0x20 != 0;
                let size = match flags >> 6 {
                    0 => usize::from(whole),
                    log => 1 << log,
                };
                (self.state, self.want) = (State::Header, 5 + usize::from(!whole) + size);
                return Some(0);
            }
            State::Header => self.header(bytes, history)?,
            State::Block => return self.block(bytes),
            State::Raw => history.extend(bytes)?,
            State::Repeat(count) => history.fill(*bytes.first()?, count)?,
            State::Packed => self.packed(bytes, history)?,
            State::Checksum => {
                // Not looked at: each file has its SHA-256.
                self.state = State::Ended;
                return Some(self.want);
            }
            State::Ended => return None,
        }
        let used = self.want;
        (self.state, self.want) = match (self.last, self.checksum) {
            (false, _) => (State::Block, 3),
            (true, true) => (State::Checksum, 4),
            (true, false) => (State::Ended, 0),
        };
        Some(used)
    }

    /// Window and content size (RFC 8878, 3.1.1.1).
    fn header(&mut self, bytes: &[u8], history: &History) -> Option<()> {
        let (flags, mut rest) = bytes.get(4..)?.split_first()?;
        let mut window = None;
        if flags & 0x20 == 0 {
            let (byte, size) = rest.split_first()?;
            let base = 1u64 << (10 + (byte >> 3));
            window = Some(base + (base >> 3) * u64::from(byte & 7));
            rest = size;
        }
        let mut size = rest.iter().rev().fold(0u64, |size, byte| size << 8 | u64::from(*byte));
        if rest.len() == 2 {
            size += 256;
        }
        if !rest.is_empty() && size != history.left() {
            return None;
        }
        let window = window.unwrap_or(size);
        if window > self.window {
            return None;
        }
        self.most = MOST_BLOCK.min(window as usize);
        self.last = false;
        Some(())
    }

    /// The header of a block (RFC 8878, 3.1.1.2).
    fn block(&mut self, bytes: &[u8]) -> Option<usize> {
        let [a, b, c] = *bytes else { return None };
        let head = u32::from_le_bytes([a, b, c, 0]);
        let size = (head >> 3) as usize;
        if size > self.most {
            return None;
        }
        self.last = head & 1 != 0;
        (self.state, self.want) = match head >> 1 & 3 {
            0 => (State::Raw, size),
            1 => (State::Repeat(size), 1),
            2 => (State::Packed, size),
            _ => return None,
        };
        Some(3)
    }

    /// Literals and sequences (RFC 8878, 3.1.1.3).
    fn packed(&mut self, bytes: &[u8], history: &mut History) -> Option<()> {
        let head = *bytes.first()?;
        let format = head >> 2 & 3;
        let compressed = head & 2 != 0;
        // Bytes of the header, and bits of each size in it.
        let (length, width) = match (compressed, format) {
            (false, 0 | 2) => (1, 5),
            (false, 1) => (2, 12),
            (false, _) => (3, 20),
            (true, 0 | 1) => (3, 10),
            (true, 2) => (4, 14),
            (true, _) => (5, 18),
        };
        let (header, rest) = bytes.split_at_checked(length)?;
        let number = header.iter().rev().fold(0u64, |number, byte| number << 8 | u64::from(*byte));
        let skip = if length == 1 { 3 } else { 4 };
        let field = |shift: u32| (number >> shift) as usize & ((1 << width) - 1);
        let plain = field(skip);
        if plain > self.most {
            return None;
        }
        let literals = self.literals.get_mut(..plain)?;
        let rest = match head & 3 {
            0 => {
                let (raw, rest) = rest.split_at_checked(plain)?;
                literals.copy_from_slice(raw);
                rest
            }
            1 => {
                let (byte, rest) = rest.split_first()?;
                literals.fill(*byte);
                rest
            }
            kind => {
                let (mut packed, rest) = rest.split_at_checked(field(skip + width))?;
                if kind == 2 {
                    let used = self.huffman.read(packed)?;
                    packed = packed.get(used..)?;
                }
                if format == 0 {
                    self.huffman.decode(packed, literals)?;
                } else {
                    self.huffman.decode_four(packed, literals)?;
                }
                rest
            }
        };
        let before = history.left();
        let literals = self.literals.get(..plain)?;
        self.sequences.run(rest, literals, history)?;
        (before - history.left() <= self.most as u64).then_some(())
    }
}
