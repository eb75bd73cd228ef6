//! Making streams.

use std::io::{self, Write};

use lzma_rust2::filter::bcj::BcjWriter;
use lzma_rust2::{Lzma2Options, Lzma2Writer, LzmaOptions};
use packager_shared::solid::{Filter, Method};

use super::Shape;

/// Zstandard's level: what comes after it takes twice the time for one in a hundred.
const ZSTD_LEVEL: i32 = 12;
/// The presets of liblzma and what was made after it: the one that is the default there.
const LZMA_PRESET: u32 = 6;

/// Takes plain bytes in pieces and makes a stream of them, in memory.
pub struct Encoder(Stage);

enum Stage {
    Plain(Coder),
    Filtered(BcjWriter<Coder>),
}

enum Coder {
    Zstd(zstd::Encoder<'static, Vec<u8>>),
    Lzma(Box<Lzma2Writer<Vec<u8>>>),
}

impl Encoder {
    /// Raised when other bytes come out than before, so that nothing is mistaken for what is made now.
    pub const VERSION: u32 = 1;

    /// An encoder of a stream of exactly `plain` bytes.
    pub fn new(shape: Shape, plain: u64) -> io::Result<Self> {
        let coder = match shape.method {
            Method::Zstd => {
                let mut encoder = zstd::Encoder::new(Vec::new(), ZSTD_LEVEL)?;
                encoder.set_pledged_src_size(Some(plain))?;
                encoder.window_log(shape.window.max(1 << 10).ilog2())?;
                encoder.long_distance_matching(true)?;
                // Each file has a SHA-256.
                encoder.include_checksum(false)?;
                Coder::Zstd(encoder)
            }
            Method::Lzma2 => {
                // Programs and what comes with them are not made of four-byte words.
                let preset = LzmaOptions::with_preset(LZMA_PRESET);
                let lzma_options = LzmaOptions { dict_size: shape.window, pb: 0, ..preset };
                let options = Lzma2Options { lzma_options, chunk_size: None };
                Coder::Lzma(Box::new(Lzma2Writer::new(Vec::new(), options)))
            }
        };
        Ok(Self(match shape.filter {
            Filter::None => Stage::Plain(coder),
            Filter::X86 => Stage::Filtered(BcjWriter::new_x86(coder, 0)),
        }))
    }

    /// The stream.
    pub fn finish(self) -> io::Result<Vec<u8>> {
        let coder = match self.0 {
            Stage::Plain(coder) => coder,
            Stage::Filtered(filter) => filter.finish()?,
        };
        match coder {
            Coder::Zstd(encoder) => encoder.finish(),
            Coder::Lzma(encoder) => encoder.finish(),
        }
    }
}

impl Write for Encoder {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.0 {
            Stage::Plain(coder) => coder.write(bytes),
            Stage::Filtered(filter) => filter.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Write for Coder {
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
