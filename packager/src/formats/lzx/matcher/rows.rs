//! Rows: of each hash the latest positions, in one cache line, each with eight more bits of its hash. So a search
//! touches one line, and of the window little but what does match.

use std::ops::Range;

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

/// Rows by a hash of the next `BYTES` bytes.
#[derive(Debug)]
struct Table<const BYTES: u32>(Box<[Row; 1 << ROW_BITS]>);

/// The positions of a row that may match, the latest first.
#[derive(Clone, Copy, Debug, Default)]
struct Candidates {
    positions: [u32; ROW],
    start: usize,
    found: u32,
}

impl<const BYTES: u32> Table<BYTES> {
    fn new() -> Self {
        Self(filled(EMPTY))
    }

    fn reset(&mut self) {
        self.0.fill(EMPTY);
    }

    #[inline]
    fn row(&mut self, bytes: u64) -> (&mut Row, u8) {
        let hash = (bytes << (64 - 8 * BYTES)).wrapping_mul(0x9E37_79B1_85EB_CA87) >> (64 - 8 - ROW_BITS);
        (&mut self.0[(hash >> 8) as usize], hash as u8)
    }

    /// Reads of the row what leads to all of it being fetched from memory, while others are, too.
    #[inline]
    fn touch(&mut self, bytes: u64) -> u8 {
        self.row(bytes).0.tags[NEXT]
    }

    #[inline]
    fn insert(&mut self, bytes: u64, at: usize) {
        let (row, tag) = self.row(bytes);
        row.push(at, tag);
    }

    #[inline]
    fn candidates(&mut self, bytes: u64, at: usize) -> Candidates {
        let (row, tag) = self.row(bytes);
        let (positions, start) = (row.positions, usize::from(row.tags[NEXT]));
        let found = row.matches(tag);
        row.push(at, tag);
        Candidates { positions, start, found }
    }
}

impl Iterator for Candidates {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        if self.found == 0 {
            return None;
        }
        let place = self.found.trailing_zeros() as usize;
        self.found &= self.found - 1;
        Some(self.positions[(self.start + ROW - 1 - place) % ROW] as usize)
    }
}

/// The latest positions by hashes of three and four bytes.
#[derive(Debug)]
struct Latest {
    by_4: Box<[u32; 1 << BITS_4]>,
    by_3: Box<[u32; 1 << BITS_3]>,
}

impl Latest {
    fn new() -> Self {
        Self { by_4: filled(NOWHERE), by_3: filled(NOWHERE) }
    }

    fn reset(&mut self) {
        self.by_4.fill(NOWHERE);
        self.by_3.fill(NOWHERE);
    }

    /// Puts position `at` in, and gives the ones before it with the same four and three bytes, or their hash.
    #[inline]
    fn replace(&mut self, bytes: u32, at: usize) -> (usize, usize) {
        let by_4 = &mut self.by_4[(bytes.wrapping_mul(0x9E37_79B1) >> (32 - BITS_4)) as usize];
        let by_3 = &mut self.by_3[hash_3::<BITS_3>(bytes)];
        let before = (*by_4 as usize, *by_3 as usize);
        (*by_4, *by_3) = (at as u32, at as u32);
        before
    }
}

/// The positions of a window, for one match at a place.
#[derive(Debug)]
pub struct Rows {
    table: Table<5>,
    latest: Latest,
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
        Self { table: Table::new(), latest: Latest::new() }
    }

    /// Forgets all positions.
    pub fn reset(&mut self) {
        self.table.reset();
        self.latest.reset();
    }

    /// Lets the rows of these positions be fetched from memory together.
    #[inline]
    pub fn touch(&mut self, plain: &[u8], range: Range<usize>) {
        let sum = range.fold(0, |sum, at| sum ^ self.table.touch(next(plain, at)));
        std::hint::black_box(sum);
    }

    /// Adds position `at`.
    #[inline]
    pub fn insert(&mut self, plain: &[u8], at: usize) {
        let bytes = next(plain, at);
        self.table.insert(bytes, at);
        self.latest.replace(bytes as u32, at);
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
        let bytes = next(plain, at);
        let candidates = self.table.candidates(bytes, at);
        let (by_4, by_3) = self.latest.replace(bytes as u32, at);
        // By tags and hashes alone positions may have less in common than a match needs.
        let mut best = (length.max(2), 0);
        if !(4..=MATCH_MAX).contains(&limit) || length >= limit {
            return best;
        }
        let here = &plain[at..at + limit];
        let mut depth = effort.depth;
        for from in candidates {
            let offset = (at as u32).wrapping_sub(from as u32);
            if offset > offset_max || depth == 0 {
                break;
            }
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
            let offset = (at as u32).wrapping_sub(by_4 as u32);
            if offset <= offset_max && word(plain, by_4) == bytes as u32 {
                return (common(here, &plain[by_4..][..limit]), offset);
            }
        }
        if best.0 < 3 {
            let offset = (at as u32).wrapping_sub(by_3 as u32);
            if offset <= offset_max && (word(plain, by_3) ^ bytes as u32) << 8 == 0 {
                return (3, offset);
            }
        }
        best
    }
}

/// The positions of a window, for all matches at a place that are worth it.
#[derive(Debug)]
pub struct AllRows {
    short: Table<5>,
    long: Table<8>,
    latest: Latest,
}

/// The positions that may match at a place.
#[derive(Clone, Copy, Debug, Default)]
pub struct AllCandidates {
    short: Candidates,
    long: Candidates,
    latest: (usize, usize),
}

impl AllRows {
    /// Rows without positions.
    pub fn new() -> Self {
        Self { short: Table::new(), long: Table::new(), latest: Latest::new() }
    }

    /// Forgets all positions.
    pub fn reset(&mut self) {
        self.short.reset();
        self.long.reset();
        self.latest.reset();
    }

    /// Lets the rows of these positions be fetched from memory together.
    #[inline]
    pub fn touch(&mut self, plain: &[u8], range: Range<usize>) {
        let sum = range.fold(0, |sum, at| {
            let bytes = next(plain, at);
            sum ^ self.short.touch(bytes) ^ self.long.touch(bytes)
        });
        std::hint::black_box(sum);
    }

    /// Adds position `at`, and gives those before it that may match.
    #[inline]
    pub fn candidates(&mut self, plain: &[u8], at: usize) -> AllCandidates {
        let bytes = next(plain, at);
        AllCandidates {
            short: self.short.candidates(bytes, at),
            long: self.long.candidates(bytes, at),
            latest: self.latest.replace(bytes as u32, at),
        }
    }
}

impl AllCandidates {
    /// Gives `found` the length and offset of the matches at `at`, each longer than the one before it. At most
    /// `limit` bytes, at most `offset_max` away; one of `enough` bytes ends it. Gives the longest's length.
    #[inline]
    pub fn find(
        &self,
        plain: &[u8],
        at: usize,
        limit: usize,
        offset_max: u32,
        enough: usize,
        mut found: impl FnMut((u32, u32)),
    ) -> usize {
        let mut longest = 2;
        if !(4..=MATCH_MAX).contains(&limit) {
            return 0;
        }
        let here = &plain[at..at + limit];
        let mut look = |from: usize| {
            let offset = (at as u32).wrapping_sub(from as u32);
            if offset > offset_max {
                return true;
            }
            if longest < 4 || word(plain, from + longest - 3) == word(plain, at + longest - 3) {
                let length = common(here, &plain[from..][..limit]);
                if length > longest {
                    longest = length;
                    found((length as u32, offset));
                }
            }
            longest >= enough.min(limit)
        };
        for from in [self.latest.1, self.latest.0].into_iter().chain(self.short) {
            if look(from) {
                break;
            }
        }
        for from in self.long {
            if look(from) {
                break;
            }
        }
        longest
    }
}

/// Eight bytes at `at` as a number.
#[inline]
fn next(plain: &[u8], at: usize) -> u64 {
    match plain.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        Some(bytes) => u64::from_le_bytes(*bytes),
        None => 0,
    }
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
