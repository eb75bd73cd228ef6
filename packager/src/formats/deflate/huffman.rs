//! Huffman codes of limited length, and how deflate writes their lengths.

use super::symbols::{DISTANCES, LITERALS};

/// The longest code of a literal, length or distance.
pub(super) const CODE_MAX: usize = 15;
/// The longest code of a code length.
const LENGTH_CODE_MAX: usize = 7;
/// Symbols that code lengths are written with: the lengths 0 to 15, and three kinds of runs.
const LENGTH_SYMBOLS: usize = 19;
/// The order in which the lengths of those symbols' codes are written.
const ORDER: [usize; LENGTH_SYMBOLS] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
/// The most symbols of an alphabet.
const SYMBOLS: usize = LITERALS;

/// The lengths of the best code in which none is longer than `limit`: zero for what never comes. The code is complete,
/// and for that at least two symbols have one, as some inflaters demand.
///
/// Frequencies are below 2^20 each and in sum, and there are at most 288 of them.
pub(super) fn code_lengths<const N: usize>(frequencies: &[u32; N], limit: usize) -> [u8; N] {
    // Frequency above symbol: sorts by both.
    let mut keys = [0_u32; SYMBOLS];
    let mut used = 0;
    for (symbol, &frequency) in frequencies.iter().enumerate() {
        if frequency != 0 && used < SYMBOLS {
            keys[used] = frequency << 9 | symbol as u32;
            used += 1;
        }
    }
    for (symbol, _) in (0_u32..).zip(frequencies).filter(|&(_, &frequency)| frequency == 0).take(2) {
        if used < 2 {
            keys[used] = 1 << 9 | symbol;
            used += 1;
        }
    }
    let keys = &mut keys[..used];
    keys.sort_unstable();

    let counts = lengths_of_tree(keys, limit);
    // The rarest symbols get the longest codes.
    let mut lengths = [0; N];
    let mut keys = keys.iter();
    for length in (1..=CODE_MAX).rev() {
        for key in keys.by_ref().take(counts[length] as usize) {
            lengths[(key & 0x1FF) as usize] = length as u8;
        }
    }
    lengths
}

/// How many codes there are of each length, for symbols in the order of their frequencies.
fn lengths_of_tree(keys: &[u32], limit: usize) -> [u32; CODE_MAX + 1] {
    let leaves = keys.len();
    // Leaves first, then the nodes above them in the order in which they are made, which is that of their weights: so
    // the two lightest are always the next leaf or the next node.
    let mut weights = [0_u32; 2 * SYMBOLS];
    let mut parents = [0_u16; 2 * SYMBOLS];
    for (weight, key) in weights.iter_mut().zip(keys) {
        *weight = key >> 9;
    }
    let root = 2 * leaves - 2;
    let (mut leaf, mut node) = (0, leaves);
    for made in leaves..=root {
        let mut weight = 0;
        for _ in 0..2 {
            let lighter = if leaf < leaves && (node == made || weights[leaf] <= weights[node]) {
                &mut leaf
            } else {
                &mut node
            };
            weight += weights[*lighter];
            parents[*lighter] = made as u16;
            *lighter += 1;
        }
        weights[made] = weight;
    }
    // From the root down; a weight is not needed any more, its place takes the depth.
    let mut counts = [0; CODE_MAX + 1];
    weights[root] = 0;
    for at in (0..root).rev() {
        weights[at] = weights[usize::from(parents[at])] + 1;
        if at < leaves {
            counts[(weights[at] as usize).min(limit)] += 1;
        }
    }
    // Codes that were cut take more room than there is, in units of the longest code. Making one shorter code a bit
    // longer gives room for one of the longest beside it.
    let taken: u32 = (1..=limit).map(|length| counts[length] << (limit - length)).sum();
    for _ in (1 << limit)..taken {
        let Some(length) = (1..limit).rev().find(|&length| counts[length] != 0) else { break };
        counts[length] -= 1;
        counts[length + 1] += 2;
        counts[limit] -= 1;
    }
    counts
}

/// A code and how many bits it has.
#[derive(Clone, Copy, Default)]
pub(super) struct Code {
    pub bits: u16,
    pub length: u8,
}

/// The codes that follow from the lengths, lowest bit first (RFC 1951, 3.1.1 and 3.2.2).
pub(super) fn codes<const N: usize>(lengths: &[u8; N]) -> [Code; N] {
    let mut next = [0_u16; CODE_MAX + 2];
    for &length in lengths {
        next[usize::from(length).min(CODE_MAX) + 1] += 1;
    }
    next[1] = 0;
    for length in 1..=CODE_MAX {
        next[length + 1] = (next[length] + next[length + 1]) << 1;
    }
    lengths.map(|length| {
        if length == 0 {
            return Code::default();
        }
        let code = &mut next[usize::from(length).min(CODE_MAX)];
        let bits = code.reverse_bits() >> (16 - length);
        *code += 1;
        Code { bits, length }
    })
}

/// How the lengths of a block's two codes are written (RFC 1951, 3.2.7).
pub(super) struct Header {
    /// Lengths of literals that are written, from 257 to 286.
    literals: usize,
    /// Lengths of distances that are written, from 1 to 30.
    distances: usize,
    /// Lengths of the code for lengths that are written, in their order, from 4 to 19.
    order: usize,
    /// What is written: symbol and run.
    runs: [(u8, u8); LITERALS + DISTANCES],
    count: usize,
    codes: [Code; LENGTH_SYMBOLS],
}

/// Bits of a run's length.
fn run_bits(symbol: u8) -> u8 {
    match symbol {
        16 => 2,
        17 => 3,
        18 => 7,
        _ => 0,
    }
}

impl Header {
    pub fn new(
        literals: &[u8; super::symbols::LITERALS],
        distances: &[u8; super::symbols::DISTANCES],
    ) -> Self {
        let written = |lengths: &[u8]| lengths.iter().rposition(|&length| length != 0).map_or(0, |at| at + 1);
        let mut header = Self {
            literals: written(literals).max(257),
            distances: written(distances).max(1),
            order: 4,
            runs: [(0, 0); LITERALS + DISTANCES],
            count: 0,
            codes: [Code::default(); LENGTH_SYMBOLS],
        };
        // Runs may go from the one code into the other.
        let lengths = literals.iter().take(header.literals).chain(distances.iter().take(header.distances));
        let (mut last, mut run) = (u8::MAX, 0);
        for &length in lengths {
            if length == last {
                run += 1;
            } else {
                header.push_run(last, run);
                (last, run) = (length, 1);
            }
        }
        header.push_run(last, run);

        let mut frequencies = [0; LENGTH_SYMBOLS];
        for &(symbol, _) in &header.runs[..header.count] {
            frequencies[usize::from(symbol) % LENGTH_SYMBOLS] += 1;
        }
        header.codes = codes(&code_lengths(&frequencies, LENGTH_CODE_MAX));
        let last = ORDER.iter().rposition(|&symbol| header.codes[symbol].length != 0);
        header.order = last.map_or(4, |at| at + 1).max(4);
        header
    }

    fn push_run(&mut self, length: u8, mut run: usize) {
        if length != 0 && run != 0 {
            // Only what follows a length can repeat it.
            self.push(length, 0);
            run -= 1;
        }
        while run >= 3 {
            let (symbol, least, most) = match (length, run) {
                (0, 11..) => (18, 11, 138),
                (0, _) => (17, 3, 10),
                _ => (16, 3, 6),
            };
            let taken = run.min(most);
            self.push(symbol, (taken - least) as u8);
            run -= taken;
        }
        for _ in 0..run {
            self.push(length, 0);
        }
    }

    fn push(&mut self, symbol: u8, run: u8) {
        self.runs[self.count] = (symbol, run);
        self.count += 1;
    }

    /// Gives every field to `put`: its bits and how many.
    pub fn write(&self, mut put: impl FnMut(u64, u32)) {
        put(self.literals as u64 - 257, 5);
        put(self.distances as u64 - 1, 5);
        put(self.order as u64 - 4, 4);
        for &symbol in &ORDER[..self.order] {
            put(self.codes[symbol].length.into(), 3);
        }
        for &(symbol, run) in &self.runs[..self.count] {
            let code = self.codes[usize::from(symbol) % LENGTH_SYMBOLS];
            put(code.bits.into(), code.length.into());
            put(run.into(), run_bits(symbol).into());
        }
    }

    /// How many bits [`Self::write`] gives.
    pub fn bits(&self) -> u64 {
        let mut bits = 0;
        self.write(|_, count| bits += u64::from(count));
        bits
    }
}
