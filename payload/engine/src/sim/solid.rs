//! Solid streams for the simulated machine, of blocks and chunks that hold their bytes as they are.

use std::vec;
use std::vec::Vec;

use packager_shared::index::Index;
use packager_shared::solid::{self, Filter, Method, Stream};

/// Bytes of a block or a chunk, and of a window.
const BLOCK: usize = 1 << 16;

/// A section with two streams, one a method: the contents of an index, those of even places in the first one.
pub fn solid(index: &Index, content: impl Fn(&str) -> Vec<u8>) -> Vec<u8> {
    let first = solid::first_of_each(index);
    let own = |place: &u32| first[*place as usize] == *place && index.entries[*place as usize].size > 0;
    let (mut streams, mut contents, mut packed) = (vec![], vec![], vec![]);
    for method in [Method::Zstd, Method::Lzma2] {
        let odd = u32::from(method == Method::Lzma2);
        let places: Vec<u32> = (0..first.len() as u32).filter(own).filter(|place| place % 2 == odd).collect();
        let plain: Vec<u8> =
            places.iter().flat_map(|place| content(&index.entries[*place as usize].path)).collect();
        if plain.is_empty() {
            continue;
        }
        let bytes = if odd == 0 { frame(&plain) } else { chunks(&plain) };
        streams.push(Stream {
            method,
            filter: Filter::None,
            window: BLOCK as u32,
            packed: bytes.len() as u64,
            plain: plain.len() as u64,
            contents: places.len() as u32,
        });
        contents.extend(places);
        packed.extend(bytes);
    }
    [solid::header(&streams, &contents), packed].concat()
}

/// A Zstandard frame with a window of 64 KB.
fn frame(plain: &[u8]) -> Vec<u8> {
    let mut out = vec![0x28, 0xb5, 0x2f, 0xfd, 0, 6 << 3];
    let count = plain.chunks(BLOCK).count();
    for (number, block) in plain.chunks(BLOCK).enumerate() {
        let last = u32::from(number + 1 == count);
        out.extend(&((block.len() as u32) << 3 | last).to_le_bytes()[..3]);
        out.extend(block);
    }
    out
}

/// LZMA2 chunks; the first forgets what was.
fn chunks(plain: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for (number, chunk) in plain.chunks(BLOCK).enumerate() {
        out.push(if number == 0 { 1 } else { 2 });
        out.extend(((chunk.len() - 1) as u16).to_be_bytes());
        out.extend(chunk);
    }
    out.push(0);
    out
}
