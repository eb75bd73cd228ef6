//! Reading streams that may be anything.

use std::io::{self, BufReader, Read};

use lzma_rust2::Lzma2Reader;
use lzma_rust2::filter::bcj::BcjReader;
use packager_shared::solid::{Filter, Method, Stream};

/// The plain bytes of a stream, from its packed ones. Reading ends with an error where they are damaged; no more than
/// [`Stream::plain`] bytes come out.
pub fn decode<'a>(packed: impl Read + 'a, stream: &Stream) -> io::Result<Box<dyn Read + 'a>> {
    let packed = BufReader::with_capacity(1 << 16, packed.take(stream.packed));
    let plain: Box<dyn Read + 'a> = match stream.method {
        Method::Zstd => {
            let mut decoder = zstd::Decoder::with_buffer(packed)?.single_frame();
            decoder.window_log_max(stream.window.next_power_of_two().ilog2().max(10))?;
            Box::new(decoder)
        }
        Method::Lzma2 => Box::new(Lzma2Reader::new(packed, stream.window, None)),
    };
    Ok(match stream.filter {
        Filter::None => Box::new(plain.take(stream.plain)),
        Filter::X86 => Box::new(BcjReader::new_x86(plain, 0).take(stream.plain)),
    })
}
