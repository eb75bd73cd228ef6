//! Plain bytes of a folder become CFDATA structures.

use flate2::{Compress, Compression, FlushCompress, Status};

use super::layout::{BLOCK, BLOCK_DATA_MAX, DATA, Method, data_checksum};

/// zlib's default.
const LEVEL: u32 = 6;

/// Makes CFDATA structures of plain bytes. What comes out depends on what goes in alone: a coder may be used for one
/// stretch after the other, of any folder.
pub struct Coder {
    method: Method,
    block: Vec<u8>,
}

impl Coder {
    /// Raised when other bytes come out than before, so that nothing is mistaken for what is made now.
    pub const VERSION: u32 = 1;

    /// A coder of folders of one method.
    pub fn new(method: Method) -> Self {
        Self { method, block: Vec::with_capacity(BLOCK_DATA_MAX) }
    }

    /// Plain bytes before a stretch that its blocks may refer to. A method without such a bound
    /// ([`Self::in_stretches`]) wants the whole folder at once.
    pub const HISTORY: usize = BLOCK;

    /// Whether a folder may be made in stretches, each with the [`Self::HISTORY`] before it: LZX blocks hang together
    /// by more than their plain text.
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
        // One compressor a stretch, not one a coder: zlib-rs hashes one byte behind a dictionary's end
        // that was left there by what it compressed before, reset or not. So a coder's past would show in
        // its bytes; a stretch's own past is always the same.
        let mut deflate = match self.method {
            Method::Stored => None,
            Method::Mszip => Some(Compress::new(Compression::new(LEVEL), false)),
        };
        let (mut at, mut blocks) = (history.min(bytes.len()), 0);
        while let Some(block) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            let block = block.get(..BLOCK).unwrap_or(block);
            let before = bytes.get(at.saturating_sub(BLOCK)..at).unwrap_or_default();
            self.block.clear();
            self.block(deflate.as_mut(), before, block);
            data(&self.block, block.len(), out);
            at += block.len();
            blocks += 1;
            progress(block.len() as u64);
        }
        blocks
    }

    fn block(&mut self, deflate: Option<&mut Compress>, history: &[u8], plain: &[u8]) {
        let Some(deflate) = deflate else { return self.block.extend_from_slice(plain) };
        self.block.extend_from_slice(b"CK");
        deflate.reset();
        let dictionary = history.is_empty() || deflate.set_dictionary(history).is_ok();
        let status = deflate.compress_vec(plain, &mut self.block, FlushCompress::Finish);
        let whole = matches!(status, Ok(Status::StreamEnd));
        if !dictionary || !whole || self.block.len() > 2 + 5 + plain.len() {
            // One stored deflate block, the last of its stream: type byte, length, its complement, bytes.
            let length = plain.len() as u16;
            self.block.truncate(2);
            self.block.push(1);
            self.block.extend_from_slice(&length.to_le_bytes());
            self.block.extend_from_slice(&(!length).to_le_bytes());
            self.block.extend_from_slice(plain);
        }
    }
}

/// Appends a CFDATA. Both lengths are within a block's bounds, so within 16 bits.
fn data(packed: &[u8], plain: usize, out: &mut Vec<u8>) {
    let lengths = (packed.len() as u16, plain as u16);
    out.reserve(DATA + packed.len());
    out.extend_from_slice(&data_checksum(packed, lengths.0, lengths.1).to_le_bytes());
    out.extend_from_slice(&lengths.0.to_le_bytes());
    out.extend_from_slice(&lengths.1.to_le_bytes());
    out.extend_from_slice(packed);
}
