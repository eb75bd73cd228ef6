//! Symbols become a deflate stream: what kind of block is shortest, and its bits.

use super::huffman::{CODE_MAX, Code, Header, code_lengths, codes};
use super::symbols::{
    DISTANCES, END, Frequencies, LENGTH_BASE, LENGTH_CODE, LENGTH_EXTRA, LITERALS, MATCH_MIN, NO_DISTANCE,
    Symbol, Symbols, distance_code,
};
use super::{BLOCK, OVERHEAD};

/// No other deflate block follows (RFC 1951, 3.2.3).
const LAST: u64 = 1;
/// The kinds of deflate blocks.
const STORED: u64 = 0;
const FIXED: u64 = 1;
const DYNAMIC: u64 = 2;

/// Room for a block's bits: no kind is chosen that needs more than stored bytes do.
const ROOM: usize = 2 * BLOCK;

/// The lengths of the fixed literal code (RFC 1951, 3.2.6).
const FIXED_LITERALS: [u8; LITERALS] = {
    let mut lengths = [8; LITERALS];
    let mut symbol = 144;
    while symbol < 280 {
        lengths[symbol] = if symbol < 256 { 9 } else { 7 };
        symbol += 1;
    }
    lengths
};
/// The lengths of the fixed distance code.
const FIXED_DISTANCES: [u8; DISTANCES] = [5; DISTANCES];

/// Bits that wait for their byte, lowest first.
#[derive(Clone, Copy, Default)]
struct Held {
    bits: u64,
    count: u32,
    /// Where the bytes go that are whole.
    at: usize,
}

impl Held {
    /// At most 56 bits together until [`Self::flush`].
    #[inline(always)]
    fn add(&mut self, bits: u64, count: u32) {
        self.bits |= bits << self.count;
        self.count += count;
    }

    /// Whole bytes go out.
    #[inline(always)]
    fn flush(&mut self, bytes: &mut [u8; ROOM + 8]) {
        let at = self.at % ROOM;
        bytes[at..at + 8].copy_from_slice(&self.bits.to_le_bytes());
        let whole = self.count / 8;
        self.at += whole as usize;
        self.bits >>= whole * 8;
        self.count %= 8;
    }
}

/// Writes bits into memory of its own.
struct Bits {
    bytes: Box<[u8; ROOM + 8]>,
    held: Held,
}

impl Bits {
    /// At most 56 bits.
    fn put(&mut self, bits: u64, count: u32) {
        self.held.add(bits, count);
        self.held.flush(&mut self.bytes);
    }

    fn align(&mut self) {
        self.held.count = self.held.count.next_multiple_of(8);
        self.held.flush(&mut self.bytes);
    }
}

/// Literal and distance codes.
struct Codes {
    literals: [Code; LITERALS],
    distances: [Code; DISTANCES],
}

/// Makes deflate streams of symbols.
pub(super) struct Stream {
    bits: Bits,
}

impl Stream {
    pub fn new() -> Self {
        Self { bits: Bits { bytes: Box::new([0; ROOM + 8]), held: Held::default() } }
    }

    /// The stream of a block's plain bytes: one deflate block, of the kind that is shortest.
    pub fn encode(&mut self, plain: &[u8], symbols: &Symbols) -> &[u8] {
        let frequencies = symbols.frequencies();
        let literals = code_lengths(&frequencies.literals, CODE_MAX);
        let distances = code_lengths(&frequencies.distances, CODE_MAX);
        let header = Header::new(&literals, &distances);
        let extra = extra_bits(frequencies);
        let dynamic = header.bits() + extra + code_bits(frequencies, &literals, &distances);
        let fixed = extra + code_bits(frequencies, &FIXED_LITERALS, &FIXED_DISTANCES);
        // The kind takes three bits; what is stored starts with a whole byte.
        let stored = 8 * (OVERHEAD + plain.len()) as u64 - 3;

        let bits = &mut self.bits;
        bits.held = Held::default();
        if stored < dynamic.min(fixed) {
            bits.put((STORED << 1) | LAST, 3);
            bits.store(plain);
        } else if fixed <= dynamic {
            bits.put((FIXED << 1) | LAST, 3);
            bits.symbols(symbols, &Codes::new(&FIXED_LITERALS, &FIXED_DISTANCES));
        } else {
            bits.put((DYNAMIC << 1) | LAST, 3);
            header.write(|value, count| bits.put(value, count));
            bits.symbols(symbols, &Codes::new(&literals, &distances));
        }
        bits.align();
        bits.bytes.get(..bits.held.at).unwrap_or_default()
    }
}

impl Codes {
    fn new(literals: &[u8; LITERALS], distances: &[u8; DISTANCES]) -> Self {
        Self { literals: codes(literals), distances: codes(distances) }
    }
}

impl Bits {
    /// The rest of a stored block, behind its kind.
    fn store(&mut self, plain: &[u8]) {
        self.align();
        // A block has at most 32,768 bytes, so its length fits.
        let length = plain.len() as u16;
        self.put(length.into(), 16);
        self.put((!length).into(), 16);
        let at = self.held.at;
        if let Some(room) = self.bytes.get_mut(at..at + plain.len()) {
            room.copy_from_slice(plain);
            self.held.at += plain.len();
        }
    }

    /// The rest of a block behind its codes.
    fn symbols(&mut self, symbols: &Symbols, codes: &Codes) {
        // Literals and lengths: the code and the bits behind it, put together once for each.
        let numbers: [(u32, u32); 512] = std::array::from_fn(|number| {
            let Some(less_three) = number.checked_sub(Symbol::MATCH) else {
                let code = codes.literals[number];
                return (code.bits.into(), code.length.into());
            };
            let index = usize::from(LENGTH_CODE[less_three]);
            let code = codes.literals[END + 1 + index];
            let extra = (less_three + MATCH_MIN) as u32 - u32::from(LENGTH_BASE[index]);
            let bits = u32::from(code.bits) | extra << code.length;
            (bits, u32::from(code.length) + u32::from(LENGTH_EXTRA[index]))
        });
        let mut distances = codes.distances;
        // All bits of a distance: its code's, and those behind it.
        let mut counts: [u32; DISTANCES] = std::array::from_fn(|code| {
            u32::from(distances[code].length) + (code as u32 / 2).saturating_sub(1)
        });
        (distances[NO_DISTANCE], counts[NO_DISTANCE]) = (Code::default(), 0);

        // No branches: whether a match or a literal comes next is what a processor cannot guess.
        let (mut held, bytes) = (self.held, &mut *self.bytes);
        for &symbol in symbols.as_slice() {
            let (bits, count) = numbers[symbol.number()];
            held.add(bits.into(), count);
            let distance = symbol.distance_less_one();
            let (index, extra) = distance_code(distance);
            let code = distances[index % DISTANCES];
            let low = distance & ((1 << extra) - 1);
            held.add(u64::from(code.bits) | u64::from(low) << code.length, counts[index % DISTANCES]);
            held.flush(bytes);
        }
        self.held = held;
        let end = codes.literals[END];
        self.put(end.bits.into(), end.length.into());
    }
}

/// The bits behind length and distance codes.
fn extra_bits(frequencies: &Frequencies) -> u64 {
    let lengths = frequencies.literals[END + 1..].iter().zip(LENGTH_EXTRA);
    let lengths: u32 = lengths.map(|(count, extra)| count * u32::from(extra)).sum();
    let distances = frequencies.distances.iter().zip(0_u32..);
    let distances: u32 = distances.map(|(count, code)| count * (code / 2).saturating_sub(1)).sum();
    u64::from(lengths) + u64::from(distances)
}

/// The bits of all codes.
fn code_bits(frequencies: &Frequencies, literals: &[u8], distances: &[u8]) -> u64 {
    let bits = |counts: &[u32], lengths: &[u8]| -> u32 {
        counts.iter().zip(lengths).map(|(count, length)| count * u32::from(*length)).sum()
    };
    u64::from(bits(&frequencies.literals, literals)) + u64::from(bits(&frequencies.distances, distances))
}
