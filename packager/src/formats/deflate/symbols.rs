//! The literals and matches of a block.

/// The shortest match.
pub(super) const MATCH_MIN: usize = 3;
/// The longest match.
pub(super) const MATCH_MAX: usize = 258;
/// Literals, the end of a block, and length codes: 286, and two that never come.
pub(super) const LITERALS: usize = 288;
/// Distance codes: 30, and two that never come.
pub(super) const DISTANCES: usize = 32;
/// The symbol that ends a block.
pub(super) const END: usize = 256;

/// The first length of each length code, from symbol 257 on.
pub(super) const LENGTH_BASE: [u16; 29] = [
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
    227, 258,
];
/// Bits behind each length code.
pub(super) const LENGTH_EXTRA: [u8; 29] =
    [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];

/// The length code, from zero on, of each length less [`MATCH_MIN`].
pub(super) const LENGTH_CODE: [u8; 256] = {
    let mut codes = [0; 256];
    let (mut length, mut code) = (MATCH_MIN, 0);
    while length <= MATCH_MAX {
        if code + 1 < LENGTH_BASE.len() && length == LENGTH_BASE[code + 1] as usize {
            code += 1;
        }
        codes[length - MATCH_MIN] = code as u8;
        length += 1;
    }
    codes
};

/// The code of a distance less one, and how many bits follow it: the distance's lowest.
#[inline(always)]
pub(super) fn distance_code(less_one: u32) -> (usize, u32) {
    // Two codes for each power of two: the bit below the highest one tells which. None have bits before 4.
    let extra = 30 - (less_one | 2).leading_zeros();
    (((extra << 1) + (less_one >> extra)) as usize, extra)
}

/// How often each symbol comes.
#[derive(Clone)]
pub(super) struct Frequencies {
    pub literals: [u32; LITERALS],
    pub distances: [u32; DISTANCES],
}

impl Frequencies {
    pub const NONE: Self = Self { literals: [0; LITERALS], distances: [0; DISTANCES] };
}

/// The distance code of what is no match: one that never comes.
pub(super) const NO_DISTANCE: usize = 30;

/// A literal, or a match's length and distance. A literal has a distance, too, with [`NO_DISTANCE`] as its code: so both
/// can be written in the same way.
#[derive(Clone, Copy)]
pub(super) struct Symbol(u32);

impl Symbol {
    /// From here on [`Self::number`] is a length less [`MATCH_MIN`].
    pub const MATCH: usize = 256;

    fn new(number: usize, distance_less_one: u32) -> Self {
        Self(distance_less_one << 9 | number as u32)
    }

    /// The literal, or [`Self::MATCH`] and more. Below 512.
    pub fn number(self) -> usize {
        (self.0 % 512) as usize
    }

    /// The distance less one.
    pub fn distance_less_one(self) -> u32 {
        self.0 >> 9
    }
}

/// At most so many symbols: one for each plain byte.
const SYMBOLS: usize = super::BLOCK;

/// The symbols of a block in their order, and how often each comes.
pub(super) struct Symbols {
    symbols: Box<[Symbol; SYMBOLS]>,
    count: usize,
    frequencies: Frequencies,
}

impl Symbols {
    pub fn new() -> Self {
        Self { symbols: Box::new([Symbol(0); SYMBOLS]), count: 0, frequencies: Frequencies::NONE }
    }

    /// Before a block: only its end is there.
    pub fn clear(&mut self) {
        self.count = 0;
        self.frequencies = Frequencies::NONE;
        self.frequencies.literals[END] = 1;
    }

    #[inline(always)]
    pub fn literal(&mut self, byte: u8) {
        self.frequencies.literals[usize::from(byte)] += 1;
        self.push(Symbol::new(byte.into(), super::BLOCK as u32));
    }

    /// `length` from [`MATCH_MIN`] to [`MATCH_MAX`], `distance` from 1 to 32,768.
    #[inline(always)]
    pub fn repetition(&mut self, length: usize, distance: usize) {
        let (length, distance) = (length - MATCH_MIN, (distance - 1) as u32);
        let code = END + 1 + usize::from(LENGTH_CODE[length % LENGTH_CODE.len()]);
        self.frequencies.literals[code.min(LITERALS - 1)] += 1;
        self.frequencies.distances[distance_code(distance).0 % DISTANCES] += 1;
        self.push(Symbol::new(Symbol::MATCH + length, distance));
    }

    #[inline(always)]
    fn push(&mut self, symbol: Symbol) {
        // The mask never cuts anything: it says so to the compiler.
        self.symbols[self.count % SYMBOLS] = symbol;
        self.count += 1;
    }

    pub fn as_slice(&self) -> &[Symbol] {
        self.symbols.get(..self.count).unwrap_or_default()
    }

    pub fn frequencies(&self) -> &Frequencies {
        &self.frequencies
    }
}
