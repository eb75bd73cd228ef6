//! Deflate (RFC 1951) for formats that cut a text into blocks of 32,768 bytes: each block is a stream of its own, whose
//! matches may lie in the 32,768 bytes before it. MSZIP ([MS-MCI] 2) is such a format.
//!
//! A general encoder has to be given those bytes again for every block, and hashes them again. [`Encoder`] goes over
//! all blocks in one pass: each byte is hashed once, and the window moves on from block to block.
//!
//! | module | what it does |
//! | --- | --- |
//! | `matcher` | looks for repetitions: a window, hash chains, and which of the matches are taken |
//! | `symbols` | the literals and matches of a block, how often each symbol comes (RFC 1951, 3.2.5) |
//! | `huffman` | codes of limited length (3.2.2), and how their lengths are written (3.2.7) |
//! | `stream` | what kind of deflate block is shortest, and its bits (3.2.3 to 3.2.7) |

mod huffman;
mod matcher;
mod stream;
mod symbols;

#[cfg(test)]
mod tests;

use matcher::Matcher;
use stream::Stream;
use symbols::Symbols;

/// Plain bytes of a full block, and the farthest that a match may reach back (RFC 1951, 2).
pub const BLOCK: usize = 32_768;

/// The most bytes a stream has beyond its plain ones: type, length and its complement of a stored deflate block
/// (RFC 1951, 3.2.4).
pub const OVERHEAD: usize = 5;

/// Goes up whenever the same input gives other bytes than before.
pub const VERSION: u32 = 1;

/// How hard repetitions are looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Level {
    /// As small as zlib's level 6, in half of its time.
    Fast,
    /// About a percent smaller, and a tenth slower.
    #[default]
    Normal,
}

/// Makes deflate streams of blocks. Holds about half a megabyte of tables, to be used again.
pub struct Encoder {
    matcher: Box<Matcher>,
    symbols: Symbols,
    stream: Stream,
}

impl Encoder {
    /// An encoder of a level.
    pub fn new(level: Level) -> Self {
        Self { matcher: Box::new(Matcher::new(level)), symbols: Symbols::new(), stream: Stream::new() }
    }

    /// Compresses what lies behind the first `history` of the bytes, in blocks of [`BLOCK`] bytes, the last one perhaps
    /// shorter; `block` gets each one's plain length and its stream, at most [`OVERHEAD`] bytes longer. Matches may
    /// lie in the history, of which the last [`BLOCK`] bytes count. No plain bytes, no block.
    ///
    /// The streams depend on the bytes and the level alone, not on what the encoder did before.
    pub fn blocks(&mut self, bytes: &[u8], history: usize, block: &mut dyn FnMut(usize, &[u8])) {
        let (history, mut rest) = bytes.split_at(history.min(bytes.len()));
        self.matcher.start(history, rest);
        while !rest.is_empty() {
            let (plain, behind) = rest.split_at(rest.len().min(BLOCK));
            self.matcher.load(plain, behind);
            self.symbols.clear();
            self.matcher.parse(plain.len(), &mut self.symbols);
            block(plain.len(), self.stream.encode(plain, &self.symbols));
            rest = behind;
        }
    }
}
