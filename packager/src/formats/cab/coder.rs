//! Plain bytes of a folder become CFDATA structures.

use super::layout::{BLOCK, DATA, Method, data_checksum};
use crate::formats::{deflate, lzx};

/// Makes CFDATA structures of plain bytes. What comes out depends on what goes in alone: a coder may be used for one
/// stretch after the other, of any folder.
pub struct Coder {
    inner: Inner,
    /// Plain bytes that are still to come.
    left: u64,
    /// Of them and those that came, plain bytes that are not in a block yet.
    open: u64,
}

enum Inner {
    Stored,
    Mszip(Box<deflate::Encoder>),
    Lzx(Box<lzx::Encoder>),
}

impl Coder {
    /// Raised when other bytes come out than before, so that nothing is mistaken for what is made now.
    pub const VERSION: u32 = deflate::VERSION << 16 | lzx::VERSION;

    /// Plain bytes before a stretch that its blocks may refer to.
    pub const HISTORY: usize = BLOCK;

    /// A coder of folders of one method.
    pub fn new(method: Method) -> Self {
        let inner = match method {
            Method::Stored => Inner::Stored,
            // Whoever wants it smaller takes LZX.
            Method::Mszip => Inner::Mszip(Box::new(deflate::Encoder::new(deflate::Level::Fast))),
            Method::Lzx(options) => Inner::Lzx(Box::new(lzx::Encoder::new(options))),
        };
        Self { inner, left: 0, open: 0 }
    }

    /// Whether any stretch of a folder may be made by itself, with the [`Self::HISTORY`] before it. LZX blocks hang
    /// together by more than their plain text: such a folder is made from its start to its end.
    pub fn in_stretches(method: Method) -> bool {
        matches!(method, Method::Stored | Method::Mszip)
    }

    /// Begins a stretch of a folder, of so many plain bytes.
    pub fn begin(&mut self, plain: u64) {
        (self.left, self.open) = (plain, plain);
        if let Inner::Lzx(encoder) = &mut self.inner {
            encoder.begin(plain);
        }
    }

    /// Appends the blocks of the next bytes of the stretch, `bytes[history..]`, to `out`, and says how many they are.
    /// All pieces of a folder but the last are whole blocks. `progress` is told of plain bytes that are done.
    pub fn encode(
        &mut self,
        bytes: &[u8],
        history: usize,
        out: &mut Vec<u8>,
        progress: &mut dyn FnMut(u64),
    ) -> u32 {
        let plain = bytes.get(history..).unwrap_or_default();
        self.left = self.left.saturating_sub(plain.len() as u64);
        let (ends, open) = (self.left == 0, &mut self.open);
        let mut blocks = 0;
        let mut block = |mark: &[u8], packed: &[u8]| {
            let plain = (*open).min(BLOCK as u64);
            *open -= plain;
            data(plain as usize, mark, packed, out);
            blocks += 1;
            progress(plain);
        };
        match &mut self.inner {
            Inner::Stored => plain.chunks(BLOCK).for_each(|plain| block(b"", plain)),
            Inner::Mszip(encoder) => encoder.blocks(bytes, history, &mut |_, packed| block(b"CK", packed)),
            Inner::Lzx(encoder) => {
                encoder.piece(plain, &mut |packed| block(b"", packed));
                if ends {
                    encoder.end(&mut |packed| block(b"", packed));
                }
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
