//! Plain bytes of a folder become CFDATA structures.

use super::layout::{BLOCK, DATA, Method, data_checksum};
use crate::formats::{deflate, lzx};

/// Makes CFDATA structures of plain bytes. What comes out depends on what goes in alone: a coder may be used for one
/// stretch after the other, of any folder.
pub struct Coder(Inner);

enum Inner {
    Stored,
    Mszip(deflate::Encoder),
    Lzx(Box<lzx::Encoder>),
}

impl Coder {
    /// Raised when other bytes come out than before, so that nothing is mistaken for what is made now.
    pub const VERSION: u32 = deflate::VERSION << 16 | lzx::VERSION;

    /// Plain bytes before a stretch that its blocks may refer to.
    pub const HISTORY: usize = BLOCK;

    /// A coder of folders of one method.
    pub fn new(method: Method) -> Self {
        Self(match method {
            Method::Stored => Inner::Stored,
            Method::Mszip => Inner::Mszip(deflate::Encoder::new(deflate::Level::default())),
            Method::Lzx(options) => Inner::Lzx(Box::new(lzx::Encoder::new(options))),
        })
    }

    /// Whether a folder may be made in stretches, each with the [`Self::HISTORY`] before it. LZX blocks hang together
    /// by more than their plain text: such a folder is made as a whole.
    pub fn in_stretches(method: Method) -> bool {
        matches!(method, Method::Stored | Method::Mszip)
    }

    /// Appends the blocks of `bytes[history..]` to `out`, and says how many they are. All stretches of a folder but
    /// the last are whole blocks. `progress` is told of plain bytes that are done.
    pub fn encode(
        &mut self,
        bytes: &[u8],
        history: usize,
        out: &mut Vec<u8>,
        progress: &mut dyn FnMut(u64),
    ) -> u32 {
        let mut blocks = 0;
        let mut block = |plain: usize, mark: &[u8], packed: &[u8]| {
            data(plain, mark, packed, out);
            blocks += 1;
            progress(plain as u64);
        };
        match &mut self.0 {
            Inner::Stored => {
                let plain = bytes.get(history..).unwrap_or_default();
                plain.chunks(BLOCK).for_each(|plain| block(plain.len(), b"", plain));
            }
            Inner::Mszip(encoder) => {
                encoder.blocks(bytes, history, &mut |plain, packed| block(plain, b"CK", packed));
            }
            Inner::Lzx(encoder) => {
                let plain = bytes.get(history..).unwrap_or_default();
                let mut left = plain.len();
                encoder.encode(plain, &mut |packed| {
                    block(left.min(BLOCK), b"", packed);
                    left = left.saturating_sub(BLOCK);
                });
            }
        }
        blocks
    }
}

/// Appends a CFDATA for `plain` bytes: what it holds is a mark and bytes. Both lengths are within a block's bounds, so
/// within 16 bits.
fn data(plain: usize, mark: &[u8], packed: &[u8], out: &mut Vec<u8>) {
    let at = out.len();
    out.reserve(DATA + mark.len() + packed.len());
    out.resize(at + DATA, 0);
    out.extend_from_slice(mark);
    out.extend_from_slice(packed);
    let (header, held) = out.split_at_mut(at + DATA);
    let (length, plain) = (held.len() as u16, plain as u16);
    let [s0, s1, s2, s3] = data_checksum(held, length, plain).to_le_bytes();
    let ([d0, d1], [p0, p1]) = (length.to_le_bytes(), plain.to_le_bytes());
    if let Some(room) = header.last_chunk_mut() {
        *room = [s0, s1, s2, s3, d0, d1, p0, p1];
    }
}
