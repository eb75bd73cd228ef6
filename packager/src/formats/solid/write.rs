//! Making streams.

use std::io::{self, Write};

use lzma_rust2::filter::bcj::BcjWriter;
use lzma_rust2::{Lzma2Options, Lzma2Writer, LzmaOptions};
use packager_shared::solid::{Filter, Method};

use super::Shape;

/// Zstandard's level: 12 takes twice the time for one in a hundred.
const ZSTD_LEVEL: i32 = 9;
/// The presets of liblzma and what was made after it: the one that is the default there.
const LZMA_PRESET: u32 = 6;
/// Places that are looked at for a match. The preset's 48 take a sixth more of time for one in 250.
const LZMA_DEPTH: i32 = 20;

/// Takes plain bytes in pieces and writes a stream of them, or a segment of one.
pub struct Encoder<W: Write> {
    stage: Stage<W>,
    last: bool,
}

/// What a segment of a stream stands between.
#[derive(Clone, Debug, Default)]
pub struct Between {
    /// Plain bytes before it, which it may refer to; none at the start of a stream. What is before the window does
    /// not count.
    pub history: Vec<u8>,
    /// Whether more segments follow.
    pub goes_on: bool,
}

enum Stage<W: Write> {
    Plain(Coder<W>),
    Filtered(BcjWriter<Coder<W>>),
}

enum Coder<W: Write> {
    Zstd(zstd::Encoder<'static, W>),
    Lzma(Box<Lzma2Writer<AllButLast<W>>>),
}

/// Raised when other bytes come out than before, so that nothing is mistaken for what is made now.
pub const VERSION: u32 = 1;

/// The least window of an LZMA2 stream, in bytes: with less, lzma-rust2 0.25 panics where chunks do not shrink.
pub const LZMA_WINDOW_MIN: u32 = 64 << 10;

/// Whether a stream may be made in segments. A Zstandard frame is one; a filter goes through the whole stream.
pub fn in_segments(method: Method, filter: Filter) -> bool {
    method == Method::Lzma2 && filter == Filter::None
}

impl<W: Write> Encoder<W> {
    /// An encoder of a whole stream of exactly `plain` bytes.
    pub fn new(shape: Shape, plain: u64, out: W) -> io::Result<Self> {
        Self::segment(shape, plain, Between::default(), out)
    }

    /// An encoder of a segment of exactly `plain` bytes, one of those that [`in_segments`] allows: LZMA2 chunks
    /// can start with a new state and the old history. Segments right behind each other are a stream.
    pub fn segment(shape: Shape, plain: u64, between: Between, out: W) -> io::Result<Self> {
        let last = !between.goes_on;
        let coder = match shape.method {
            Method::Zstd => {
                let mut encoder = zstd::Encoder::new(out, ZSTD_LEVEL)?;
                encoder.set_pledged_src_size(Some(plain))?;
                encoder.window_log(shape.window.max(1 << 10).ilog2())?;
                encoder.long_distance_matching(true)?;
                // Each file has a SHA-256.
                encoder.include_checksum(false)?;
                Coder::Zstd(encoder)
            }
            Method::Lzma2 => {
                let lzma_options = LzmaOptions {
                    dict_size: shape.window.max(LZMA_WINDOW_MIN),
                    // Programs and what comes with them are not made of four-byte words.
                    pb: 0,
                    depth_limit: LZMA_DEPTH,
                    preset_dict: Some(between.history).filter(|history| !history.is_empty()),
                    ..LzmaOptions::with_preset(LZMA_PRESET)
                };
                let options = Lzma2Options { lzma_options, chunk_size: None };
                Coder::Lzma(Box::new(Lzma2Writer::new(AllButLast { out, last: None }, options)))
            }
        };
        let stage = match shape.filter {
            Filter::None => Stage::Plain(coder),
            Filter::X86 => Stage::Filtered(BcjWriter::new_x86(coder, 0)),
        };
        Ok(Self { stage, last })
    }

    /// Writes what is left, and gives the output back.
    pub fn finish(self) -> io::Result<W> {
        let coder = match self.stage {
            Stage::Plain(coder) => coder,
            Stage::Filtered(filter) => filter.finish()?,
        };
        match coder {
            Coder::Zstd(encoder) => encoder.finish(),
            Coder::Lzma(encoder) => {
                let AllButLast { mut out, last } = encoder.finish()?;
                // The mark of the end, a zero byte.
                if let Some(byte) = last.filter(|byte| self.last || *byte != 0) {
                    out.write_all(&[byte])?;
                }
                Ok(out)
            }
        }
    }
}

impl<W: Write> Write for Encoder<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.stage {
            Stage::Plain(coder) => coder.write(bytes),
            Stage::Filtered(filter) => filter.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Passes on what is written, but for the last byte.
struct AllButLast<W> {
    out: W,
    last: Option<u8>,
}

impl<W: Write> Write for AllButLast<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some((last, rest)) = bytes.split_last() else { return Ok(0) };
        if let Some(before) = self.last {
            self.out.write_all(&[before])?;
        }
        self.out.write_all(rest)?;
        self.last = Some(*last);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl<W: Write> Write for Coder<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Zstd(encoder) => encoder.write(bytes),
            Self::Lzma(encoder) => encoder.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
