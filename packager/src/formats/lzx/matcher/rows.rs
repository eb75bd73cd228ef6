//! Rows: of each hash the latest positions, in one cache line, each with eight more bits of its hash. So a search
//! touches one line, and of the window little but what does match.

use super::super::layout::MATCH_MAX;
use super::super::sequence::common;
use super::{NOWHERE, filled, hash_3, word};

/// Rows, as a power of two.
const ROW_BITS: u32 = 16;
/// Positions of a row.
const ROW: usize = 12;
/// Latest positions by hash of four and three bytes.
const BITS_4: u32 = 16;
const BITS_3: u32 = 14;

#[derive(Clone, Debug)]
#[repr(align(64))]
struct Row {
    positions: [u32; ROW],
    /// Further bits of the hashes; the last byte is where the next position goes.
    tags: [u8; 16],
}

const EMPTY: Row = Row { positions: [NOWHERE; ROW], tags: [0; 16] };
const NEXT: usize = 15;

/// The positions of a window.
#[derive(Debug)]
pub struct Rows {
    rows: Box<[Row; 1 << ROW_BITS]>,
    latest_4: Box<[u32; 1 << BITS_4]>,
    latest_3: Box<[u32; 1 << BITS_3]>,
}

/// How far [`Rows::find`] goes.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Positions that are looked at.
    pub depth: u32,
    /// A match of this length ends the search.
    pub enough: usize,
}

impl Rows {
    /// Rows without positions.
    pub fn new() -> Self {
        Self { rows: filled(EMPTY), latest_4: filled(NOWHERE), latest_3: filled(NOWHERE) }
    }

    /// Forgets all positions.
    pub fn reset(&mut self) {
        self.rows.fill(EMPTY);
        self.latest_4.fill(NOWHERE);
        self.latest_3.fill(NOWHERE);
    }

    #[inline]
    fn hash(plain: &[u8], at: usize) -> (usize, u8) {
        let bytes = match plain.get(at..).and_then(<[u8]>::first_chunk::<8>) {
            Some(bytes) => u64::from_le_bytes(*bytes),
            None => 0,
        };
        let hash = (bytes << 24).wrapping_mul(0x9E37_79B1_85EB_CA87) >> (64 - 8 - ROW_BITS);
        ((hash >> 8) as usize, hash as u8)
    }

    /// Adds position `at`.
    #[inline]
    pub fn insert(&mut self, plain: &[u8], at: usize) {
        let (row, tag) = Self::hash(plain, at);
        self.rows[row].push(at, tag);
        let bytes = word(plain, at);
        self.latest_4[hash_4(bytes)] = at as u32;
        self.latest_3[hash_3::<BITS_3>(bytes)] = at as u32;
    }

    /// Adds position `at` and looks for a match of more than `length` bytes, at most `limit`, at most `offset_max`
    /// away. Gives length and offset of the longest and nearest, or `length` and 0.
    #[inline]
    pub fn find(
        &mut self,
        plain: &[u8],
        at: usize,
        (length, limit): (usize, usize),
        offset_max: u32,
        effort: Effort,
    ) -> (usize, u32) {
        let (row, tag) = Self::hash(plain, at);
        let row = &mut self.rows[row];
        let bytes = word(plain, at);
        let latest_4 = &mut self.latest_4[hash_4(bytes)];
        let latest_3 = &mut self.latest_3[hash_3::<BITS_3>(bytes)];
        let near_4 = *latest_4;
        let near_3 = *latest_3;
        *latest_4 = at as u32;
        *latest_3 = at as u32;
        let mut found = row.matches(tag);
        let positions = row.positions;
        let start = usize::from(row.tags[NEXT]);
        row.push(at, tag);
        let mut best = (length, 0);
        if limit > MATCH_MAX || limit < 4 || length >= limit {
            return best;
        }
        let here = &plain[at..at + limit];
        let mut depth = effort.depth;
        while found != 0 && depth > 0 {
            // The latest first.
            let place = found.trailing_zeros() as usize;
            found &= found - 1;
            let from = positions[(start + ROW - 1 - place) % ROW];
            let offset = (at as u32).wrapping_sub(from);
            if offset > offset_max {
                break;
            }
            let from = from as usize;
            if best.0 < 4 || word(plain, from + best.0 - 3) == word(plain, at + best.0 - 3) {
                depth -= 1;
                let length = common(here, &plain[from..][..limit]);
                if length > best.0 {
                    best = (length, offset);
                    if length >= effort.enough {
                        return best;
                    }
                }
            }
        }
        if best.0 < 4 {
            let offset = (at as u32).wrapping_sub(near_4);
            if offset <= offset_max && word(plain, near_4 as usize) == bytes {
                return (common(here, &plain[near_4 as usize..][..limit]), offset);
            }
        }
        if best.0 < 3 {
            let offset = (at as u32).wrapping_sub(near_3);
            if offset <= offset_max && (word(plain, near_3 as usize) ^ bytes) << 8 == 0 {
                return (3, offset);
            }
        }
        best
    }
}

#[inline]
fn hash_4(bytes: u32) -> usize {
    (bytes.wrapping_mul(0x9E37_79B1) >> (32 - BITS_4)) as usize
}

impl Row {
    #[inline]
    fn push(&mut self, at: usize, tag: u8) {
        let place = usize::from(self.tags[NEXT]) % ROW;
        self.positions[place] = at as u32;
        self.tags[place] = tag;
        self.tags[NEXT] = if place + 1 == ROW { 0 } else { place as u8 + 1 };
    }

    /// Which positions have this tag: a bit for each, the latest first.
    #[inline]
    fn matches(&self, tag: u8) -> u32 {
        let bits = same(self.tags, tag) & ((1 << ROW) - 1);
        let start = u32::from(self.tags[NEXT]);
        // The latest is the one before `start`: turn it to the top, and the order around.
        let turned = (bits >> start) | (bits << (ROW as u32 - start));
        (turned << (32 - ROW)).reverse_bits() & ((1 << ROW) - 1)
    }
}

/// Which of the bytes are `tag`, a bit for each.
#[inline]
fn same(tags: [u8; 16], tag: u8) -> u32 {
    let mut bits = 0;
    for (place, other) in tags.iter().enumerate() {
        bits |= u32::from(*other == tag) << place;
    }
    bits
}
