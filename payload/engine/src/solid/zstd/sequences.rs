//! The sequences of a block: some literals, then a match, again and again (RFC 8878, 3.1.1.3.2).

use super::bits::Backward;
use super::fse::{Shares, Table};
use crate::solid::history::History;

/// Extra bits of the codes for literal lengths, and for match lengths (RFC 8878, 3.1.1.3.2.1.1). Each code begins where
/// the one before ends.
const LITERAL_BITS: [u8; 36] = [
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13,
    14, 15, 16,
];
const MATCH_BITS: [u8; 53] = [
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1,
    1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
];
/// The shortest match.
const LEAST_MATCH: u32 = 3;

/// The distributions that need not be said (RFC 8878, 3.1.1.3.2.2).
const LITERAL_SHARES: [i8; 36] = [
    4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1,
    -1, -1,
];
const MATCH_SHARES: [i8; 53] = [
    1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1,
];
const OFFSET_SHARES: [i8; 29] =
    [1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1];

/// What is known of a kind of code: its largest symbol, its largest table and the table that need not be said, both as
/// binary logarithms.
struct Kind {
    last: u8,
    most: u32,
    shares: &'static [i8],
    log: u32,
}

const KINDS: [Kind; 3] = [
    Kind { last: 35, most: 9, shares: &LITERAL_SHARES, log: 6 },
    Kind { last: 31, most: 8, shares: &OFFSET_SHARES, log: 5 },
    Kind { last: 52, most: 9, shares: &MATCH_SHARES, log: 6 },
];

/// A code's first value, and how many bits are added.
#[derive(Clone, Copy, Default)]
struct Range {
    base: u32,
    bits: u8,
}

fn ranges<const N: usize>(first: u32, bits: &[u8; N]) -> [Range; N] {
    let mut base = first;
    bits.map(|bits| {
        let range = Range { base, bits };
        base += 1 << bits;
        range
    })
}

/// What blocks of a frame hand on to the next.
pub struct Sequences {
    /// For literal lengths, offsets, match lengths; and whether there is one.
    tables: [(Table, bool); 3],
    offsets: [usize; 3],
    literal_ranges: [Range; 36],
    match_ranges: [Range; 53],
}

impl Sequences {
    /// The state at the start of a frame.
    pub fn new() -> Self {
        Self {
            tables: KINDS.map(|kind| (Table::new(kind.most), false)),
            offsets: [1, 4, 8],
            literal_ranges: ranges(0, &LITERAL_BITS),
            match_ranges: ranges(LEAST_MATCH, &MATCH_BITS),
        }
    }

    /// Back to the start of a frame.
    pub fn reset(&mut self) {
        self.offsets = [1, 4, 8];
        for (_, known) in &mut self.tables {
            *known = false;
        }
    }

    /// Carries out the sequences of a block, and writes the literals behind them.
    pub fn run(&mut self, bytes: &[u8], literals: &[u8], history: &mut History) -> Option<()> {
        let (count, mut bytes) = match *bytes {
            [count @ 0..128, ref rest @ ..] => (u32::from(count), rest),
            [high @ 128..=254, low, ref rest @ ..] => ((u32::from(high) - 128) << 8 | u32::from(low), rest),
            [255, low, high, ref rest @ ..] => (0x7f00 + (u32::from(low) | u32::from(high) << 8), rest),
            _ => return None,
        };
        if count == 0 {
            return bytes.is_empty().then_some(()).and_then(|()| history.extend(literals));
        }
        let (modes, rest) = bytes.split_first()?;
        bytes = rest;
        if modes & 3 != 0 {
            return None;
        }
        for (number, ((table, known), kind)) in self.tables.iter_mut().zip(&KINDS).enumerate() {
            match modes >> (6 - 2 * number) & 3 {
                0 => table.set(&Shares::known(kind.shares, kind.log))?,
                1 => {
                    let (symbol, rest) = bytes.split_first()?;
                    if *symbol > kind.last {
                        return None;
                    }
                    table.set_single(*symbol)?;
                    bytes = rest;
                }
                2 => {
                    let (shares, used) = Shares::read(bytes, usize::from(kind.last), kind.most)?;
                    table.set(&shares)?;
                    bytes = bytes.get(used..)?;
                }
                _ if *known => {}
                _ => return None,
            }
            *known = true;
        }
        self.execute(count, Backward::new(bytes)?, literals, history)
    }

    fn execute(
        &mut self,
        count: u32,
        mut bits: Backward<'_>,
        mut literals: &[u8],
        history: &mut History,
    ) -> Option<()> {
        let [(literal_table, _), (offset_table, _), (match_table, _)] = &self.tables;
        let mut literal = literal_table.start(&mut bits);
        let mut offset = offset_table.start(&mut bits);
        let mut matched = match_table.start(&mut bits);
        let mut offsets = self.offsets;
        for left in (0..count).rev() {
            let code = u32::from(offset.symbol);
            let value = (1usize << (code & 31)) + bits.read_long(code & 31) as usize;
            let range = *self.match_ranges.get(usize::from(matched.symbol))?;
            let length = (range.base + bits.read(u32::from(range.bits))) as usize;
            let range = *self.literal_ranges.get(usize::from(literal.symbol))?;
            let before = (range.base + bits.read(u32::from(range.bits))) as usize;
            if left > 0 {
                literal = literal_table.next(literal, &mut bits);
                matched = match_table.next(matched, &mut bits);
                offset = offset_table.next(offset, &mut bits);
            }
            let (now, rest) = literals.split_at_checked(before)?;
            history.extend(now)?;
            literals = rest;
            let distance = recall(&mut offsets, value, before)?;
            history.copy(distance, length)?;
        }
        self.offsets = offsets;
        if !bits.is_at_end() {
            return None;
        }
        history.extend(literals)
    }
}

/// The distance that an offset's value means: one of the last three, or a new one (RFC 8878, 3.1.1.5).
#[inline(always)]
fn recall(offsets: &mut [usize; 3], value: usize, literals: usize) -> Option<usize> {
    let [first, second, third] = *offsets;
    if value > 3 {
        *offsets = [value - 3, first, second];
    } else {
        match value + usize::from(literals == 0) {
            1 => {}
            2 => *offsets = [second, first, third],
            3 => *offsets = [third, first, second],
            _ => *offsets = [first.checked_sub(1)?, first, second],
        }
    }
    Some(offsets[0])
}
