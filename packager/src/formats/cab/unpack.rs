//! The plain blocks of one folder, one after the other.

use std::io::Read;

use flate2::{Decompress, FlushDecompress, Status};

use super::layout::{BLOCK, BLOCK_DATA_MAX, data_checksum};
use super::read::{Error, Folder};
use crate::formats::lzx;

/// Reads the blocks of a folder.
pub(super) struct Unpacker<R> {
    input: R,
    number: usize,
    blocks: u16,
    block: u16,
    reserve: u8,
    method: Unpack,
    data: Vec<u8>,
    plain: Vec<u8>,
    /// The last 32 KB of plain text of the folder.
    history: Vec<u8>,
}

enum Unpack {
    Stored,
    Mszip(Decompress),
    Lzx(Box<lzx::Decoder>),
}

impl<R: Read> Unpacker<R> {
    /// `input` stands at the folder's first block.
    pub fn new(input: R, number: usize, folder: &Folder, reserve: u8) -> Result<Self, Error> {
        let method = match folder.compression & 0x0F {
            0 => Unpack::Stored,
            1 => Unpack::Mszip(Decompress::new(false)),
            2 => return Err(Error::Unsupported { what: "it is compressed with Quantum".to_owned() }),
            3 => {
                let window = folder.compression >> 8 & 0x1F;
                let decoder = lzx::Decoder::new(window.into())
                    .map_err(|error| Error::Unsupported { what: format!("its LZX: {error}") })?;
                Unpack::Lzx(Box::new(decoder))
            }
            other => return Err(Error::Unsupported { what: format!("unknown compression {other}") }),
        };
        let (blocks, block) = (folder.blocks, 0);
        let (data, plain, history) = (Vec::new(), Vec::new(), Vec::new());
        Ok(Self { input, number, blocks, block, reserve, method, data, plain, history })
    }

    /// The next block's plain bytes, never empty; `None` behind the last one.
    pub fn next_block(&mut self) -> Result<Option<&[u8]>, Error> {
        if self.block == self.blocks {
            return Ok(None);
        }
        let mut header = [0_u8; 8];
        self.input.read_exact(&mut header)?;
        let [s0, s1, s2, s3, d0, d1, p0, p1] = header;
        let sum = u32::from_le_bytes([s0, s1, s2, s3]);
        let (data_length, plain_length) = (u16::from_le_bytes([d0, d1]), u16::from_le_bytes([p0, p1]));
        if usize::from(data_length) > BLOCK_DATA_MAX || usize::from(plain_length) > BLOCK {
            return Err(self.damaged("it is longer than blocks may be"));
        }
        if plain_length == 0 {
            return Err(Error::Unsupported { what: "a block of it goes on in the next cabinet".to_owned() });
        }
        let mut reserve = [0_u8; 255];
        self.input.read_exact(reserve.get_mut(..usize::from(self.reserve)).unwrap_or_default())?;
        self.data.resize(usize::from(data_length), 0);
        self.input.read_exact(&mut self.data)?;
        // Zero means that there is no checksum. The reserved area is left out of it here as by other readers.
        if sum != 0 && self.reserve == 0 && sum != data_checksum(&self.data, data_length, plain_length) {
            return Err(self.damaged("the checksum is wrong"));
        }
        match &mut self.method {
            Unpack::Stored => std::mem::swap(&mut self.plain, &mut self.data),
            Unpack::Lzx(decoder) => {
                self.plain.clear();
                match decoder.frame(&self.data, plain_length.into()) {
                    Ok(plain) => self.plain.extend_from_slice(plain),
                    Err(_) => return Err(self.damaged("it cannot be decompressed")),
                }
            }
            Unpack::Mszip(inflate) => {
                inflate.reset(false);
                let inflated =
                    inflate_block(inflate, &self.history, &self.data, &mut self.plain, plain_length);
                inflated.map_err(|what| self.damaged(what))?;
                let keep = BLOCK.saturating_sub(self.plain.len()).min(self.history.len());
                self.history.drain(..self.history.len() - keep);
                self.history.extend_from_slice(&self.plain);
            }
        }
        if self.plain.len() != usize::from(plain_length) {
            return Err(self.damaged("it has another length than its header says"));
        }
        self.block += 1;
        Ok(Some(&self.plain))
    }

    fn damaged(&self, what: &'static str) -> Error {
        Error::Block { folder: self.number, block: self.block, what }
    }
}

fn inflate_block(
    inflate: &mut Decompress,
    history: &[u8],
    data: &[u8],
    plain: &mut Vec<u8>,
    length: u16,
) -> Result<(), &'static str> {
    let Some(deflated) = data.strip_prefix(b"CK") else { return Err("it does not start with CK") };
    if !history.is_empty() && inflate.set_dictionary(history).is_err() {
        return Err("its dictionary was refused");
    }
    plain.resize(usize::from(length), 0);
    match inflate.decompress(deflated, plain, FlushDecompress::Finish) {
        Ok(Status::StreamEnd) if inflate.total_out() == u64::from(length) => Ok(()),
        Ok(_) => Err("it has another length than its header says"),
        Err(_) => Err("it cannot be decompressed"),
    }
}
