//! LZMA, as the public LZMA SDK specification ("lzma-specification.txt") describes it: a range decoder with adaptive
//! probabilities, literals, and matches with one of the last four distances or a new one.

use super::history::History;
use crate::buffer::Buffer;

// Where the probabilities of each decision are in the table.
const STATES: usize = 12;
const POSITIONS: usize = 16;
const IS_MATCH: usize = 0;
const IS_REP: usize = IS_MATCH + STATES * POSITIONS;
const IS_OLDER: usize = IS_REP + STATES;
const IS_THIRD: usize = IS_OLDER + STATES;
const IS_FOURTH: usize = IS_THIRD + STATES;
const IS_LONG: usize = IS_FOURTH + STATES;
const SLOT: usize = IS_LONG + STATES * POSITIONS;
const SPECIAL: usize = SLOT + 4 * 64;
const ALIGN: usize = SPECIAL + 115;
const LENGTH: usize = ALIGN + 16;
const REP_LENGTH: usize = LENGTH + LENGTHS;
const LITERAL: usize = REP_LENGTH + LENGTHS;
/// Two choices, eight short and eight middle lengths for each position, 256 long ones.
const LENGTHS: usize = 2 + 2 * 8 * POSITIONS + 256;
/// LZMA2 allows no more than four bits of context for literals.
const MOST_CONTEXT: u32 = 4;
const PROBABILITIES: usize = LITERAL + (0x300 << MOST_CONTEXT);

/// Both ways are as likely.
const EVEN: u16 = 1 << 10;

/// The range decoder over the packed bytes of a chunk.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Range {
    at: usize,
    range: u32,
    code: u32,
}

impl Range {
    /// Starts with the chunk's first bytes.
    pub fn start(bytes: &[u8]) -> Option<Self> {
        let [0, a, b, c, d, ..] = *bytes else { return None };
        Some(Self { at: 5, range: u32::MAX, code: u32::from_be_bytes([a, b, c, d]) })
    }

    /// Whether all packed bytes were used, and used up.
    pub fn is_at_end(mut self, bytes: &[u8]) -> bool {
        self.normalise(bytes);
        self.at == bytes.len() && self.code == 0
    }

    /// What is read behind the end is zero; the position tells in the end.
    #[inline(always)]
    fn normalise(&mut self, bytes: &[u8]) {
        if self.range < 1 << 24 {
            self.range <<= 8;
            self.code = self.code << 8 | u32::from(bytes.get(self.at).copied().unwrap_or(0));
            self.at += 1;
        }
    }

    /// A decision, 0 or 1.
    #[inline(always)]
    fn bit(&mut self, bytes: &[u8], probability: &mut u16) -> usize {
        self.normalise(bytes);
        let bound = (self.range >> 11) * u32::from(*probability);
        if self.code < bound {
            self.range = bound;
            *probability += (2048 - *probability) >> 5;
            0
        } else {
            self.range -= bound;
            self.code -= bound;
            *probability -= *probability >> 5;
            1
        }
    }
}

/// The state of an LZMA stream between its chunks.
pub struct Lzma {
    table: Buffer<u16>,
    /// Bits of the byte before and of the position that a literal's probabilities hang on, and positions that others do.
    context: u32,
    literal_mask: usize,
    mask: usize,
    /// What came last: literals, matches, in twelve cases.
    state: usize,
    distances: [usize; 4],
    /// Bytes of the last match that had no room.
    pending: usize,
    /// Plain bytes since the history began, those between chunks of LZMA as well.
    pub position: usize,
}

/// A chunk being decoded.
struct Decoder<'a> {
    range: Range,
    bytes: &'a [u8],
    table: &'a mut [u16],
}

impl Decoder<'_> {
    #[inline(always)]
    fn bit(&mut self, at: usize) -> usize {
        match self.table.get_mut(at) {
            Some(probability) => self.range.bit(self.bytes, probability),
            None => 0,
        }
    }

    /// A number of so many bits, each decided by those before it. The highest bit comes first.
    #[inline(never)]
    fn tree(&mut self, at: usize, bits: u32) -> usize {
        let mut range = self.range;
        let table = self.table.get_mut(at..).unwrap_or_default();
        let mut node = 1;
        for _ in 0..bits {
            let Some(probability) = table.get_mut(node) else { return 0 };
            node = node << 1 | range.bit(self.bytes, probability);
        }
        self.range = range;
        node - (1 << bits)
    }

    /// The same with the lowest bit first.
    fn reverse(&mut self, at: usize, bits: u32) -> usize {
        let (mut node, mut out) = (1, 0);
        for shift in 0..bits {
            let bit = self.bit(at + node);
            node = node << 1 | bit;
            out |= bit << shift;
        }
        out
    }

    /// A literal after a match: decided by the byte that would have gone on with it, up to where they differ.
    #[inline(never)]
    fn matched(&mut self, at: usize, byte: u8) -> usize {
        let mut range = self.range;
        let table = self.table.get_mut(at..at + 0x300).unwrap_or_default();
        let (mut node, mut same, mut byte) = (1, 0x100, usize::from(byte));
        while node < 0x100 {
            byte <<= 1;
            let expected = byte & same;
            let Some(probability) = table.get_mut(same + expected + node) else { return 0 };
            let bit = range.bit(self.bytes, probability);
            node = node << 1 | bit;
            same &= if bit == 1 { expected } else { !expected };
        }
        self.range = range;
        node - 0x100
    }

    /// The length of a match, 2 to 273.
    fn length(&mut self, at: usize, position: usize) -> usize {
        if self.bit(at) == 0 {
            2 + self.tree(at + 2 + position * 8, 3)
        } else if self.bit(at + 1) == 0 {
            10 + self.tree(at + 2 + (POSITIONS + position) * 8, 3)
        } else {
            18 + self.tree(at + 2 + 2 * POSITIONS * 8, 8)
        }
    }

    /// A new distance, from 0 on.
    fn distance(&mut self, length: usize) -> usize {
        let slot = self.tree(SLOT + 64 * length.saturating_sub(2).min(3), 6);
        if slot < 4 {
            return slot;
        }
        let bits = (slot as u32 >> 1) - 1;
        let high = (2 | (slot & 1)) << bits;
        if slot < 14 {
            return high + self.reverse(SPECIAL + high - slot - 1, bits);
        }
        let mut middle = 0;
        for _ in 4..bits {
            self.range.normalise(self.bytes);
            self.range.range >>= 1;
            let bit = self.range.code >= self.range.range;
            if bit {
                self.range.code -= self.range.range;
            }
            middle = middle << 1 | usize::from(bit);
        }
        // A distance of all ones, which ends other LZMA streams, is none here: it is longer than any history.
        high.wrapping_add(middle << 4).wrapping_add(self.reverse(ALIGN, 4))
    }
}

impl Lzma {
    /// One that has to be set first.
    pub fn new() -> Self {
        Self {
            table: Buffer::new(PROBABILITIES),
            context: 0,
            literal_mask: 0,
            mask: 0,
            state: 0,
            distances: [0; 4],
            pending: 0,
            position: 0,
        }
    }

    /// Takes a byte of properties.
    pub fn set(&mut self, properties: u8) -> Option<()> {
        let (context, rest) = (u32::from(properties % 9), properties / 9);
        let (low, mask) = (u32::from(rest % 5), u32::from(rest / 5));
        if mask > 4 || context + low > MOST_CONTEXT {
            return None;
        }
        self.context = context;
        self.literal_mask = (1 << low) - 1;
        self.mask = (1 << mask) - 1;
        Some(())
    }

    /// Forgets what was learned.
    pub fn reset(&mut self) {
        self.table.fill(EVEN);
        (self.state, self.distances, self.pending) = (0, [0; 4], 0);
    }

    /// Whether the last match is written whole.
    pub fn is_between(&self) -> bool {
        self.pending == 0
    }

    /// Decodes exactly `count` plain bytes of a chunk.
    pub fn decode(
        &mut self,
        range: &mut Range,
        bytes: &[u8],
        history: &mut History,
        count: usize,
    ) -> Option<()> {
        let mut decoder = Decoder { range: *range, bytes, table: &mut self.table };
        let (mut state, mut distances, mut position) = (self.state, self.distances, self.position);
        let end = position.wrapping_add(count);
        let mut pending = self.pending;
        loop {
            if pending > 0 {
                let now = pending.min(end.wrapping_sub(position));
                history.copy(distances[0].checked_add(1)?, now)?;
                pending -= now;
                position = position.wrapping_add(now);
            }
            if position == end {
                break;
            }
            let place = position & self.mask;
            if decoder.bit(IS_MATCH + state * POSITIONS + place) == 0 {
                let high = usize::from(history.byte(1)) >> (8 - self.context);
                let context = (position & self.literal_mask) << self.context | high;
                let at = LITERAL + 0x300 * context;
                let byte = if state < 7 {
                    decoder.tree(at, 8)
                } else {
                    decoder.matched(at, history.byte(distances[0].wrapping_add(1)))
                };
                history.push(byte as u8)?;
                position = position.wrapping_add(1);
                state = match state {
                    0..4 => 0,
                    4..10 => state - 3,
                    _ => state - 6,
                };
                continue;
            }
            let after_literal = state < 7;
            if decoder.bit(IS_REP + state) == 0 {
                pending = decoder.length(LENGTH, place);
                let new = decoder.distance(pending);
                distances = [new, distances[0], distances[1], distances[2]];
                state = if after_literal { 7 } else { 10 };
                continue;
            }
            if decoder.bit(IS_OLDER + state) == 0 {
                if decoder.bit(IS_LONG + state * POSITIONS + place) == 0 {
                    state = if after_literal { 9 } else { 11 };
                    pending = 1;
                    continue;
                }
            } else {
                let older =
                    if decoder.bit(IS_THIRD + state) == 0 { 1 } else { 2 + decoder.bit(IS_FOURTH + state) };
                distances.get_mut(..=older)?.rotate_right(1);
            }
            pending = decoder.length(REP_LENGTH, place);
            state = if after_literal { 8 } else { 11 };
        }
        *range = decoder.range;
        (self.state, self.distances, self.position, self.pending) = (state, distances, position, pending);
        Some(())
    }
}
