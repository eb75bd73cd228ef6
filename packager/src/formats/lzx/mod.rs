//! LZX, the variant of cabinets: an encoder and a decoder.
//!
//! The format is described in "Microsoft LZX Data Compression Format" (1997) and, with the changes of its DELTA
//! variant, in [MS-PATCH]. In cabinets there are no sizes in front of the frames, blocks have 24-bit sizes, and
//! matches end at 257 bytes. What both leave open is decided as decoders have it: codes are complete, of a single
//! element too, only the length tree may be empty; no match goes beyond its frame.
//!
//! | module | what it holds |
//! | --- | --- |
//! | `layout` | sizes, limits and tables of the format |
//! | `decode` | the decoder |
//! | `encode` | the encoder: from the stream through the parts below to frames |
//! | `matcher` | finding earlier occurrences |
//! | `parse` | choosing literals and matches |
//! | `blocks`, `statistics` | where blocks end, and what elements cost |
//! | `emit` | writing blocks |
//! | `bits`, `huffman`, `calls` | bits in words; codes; the translation of x86 calls |

mod bits;
mod blocks;
mod calls;
mod decode;
mod emit;
mod encode;
mod huffman;
pub mod layout;
mod matcher;
mod parse;
mod sequence;
mod statistics;

#[cfg(test)]
mod tests;

pub use decode::{Decoder, Error};
pub use encode::{Encoder, Level, Options, VERSION};
