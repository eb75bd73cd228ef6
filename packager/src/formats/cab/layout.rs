//! Sizes, limits and the checksum of [MS-CAB].

use crate::formats::lzx;

/// The first four bytes.
pub const SIGNATURE: [u8; 4] = *b"MSCF";
/// Bytes of CFHEADER without its optional fields.
pub const HEADER: u64 = 36;
/// Bytes of a CFFOLDER without reserve.
pub const FOLDER: u64 = 8;
/// Bytes of a CFFILE without its name.
pub const FILE: u64 = 16;
/// Bytes of a CFDATA header without reserve.
pub const DATA: usize = 8;
/// Plain bytes of a full block.
pub const BLOCK: usize = 32_768;
/// The most data bytes a block may have ([MS-CAB] 2.4: 32,768 + 6,144).
pub const BLOCK_DATA_MAX: usize = BLOCK + 6_144;
/// The most plain bytes of a folder, and so of a file: 65,535 blocks.
pub const FOLDER_MAX: u64 = 65_535 * BLOCK as u64;
/// The most files of a cabinet.
pub const FILES_MAX: usize = 65_535;
/// The most folders of a cabinet.
pub const FOLDERS_MAX: usize = 65_535;
/// The most bytes of a cabinet: Windows seeks in it with signed 32-bit offsets.
pub const CABINET_MAX: u64 = 0x7FFF_FFFF;
/// The most bytes of a member's name, without its NUL.
pub const NAME_MAX: usize = 255;

/// Header flag: another cabinet comes before this one.
pub const FLAG_PREVIOUS: u16 = 1;
/// Header flag: another cabinet follows this one.
pub const FLAG_NEXT: u16 = 2;
/// Header flag: there are reserved areas.
pub const FLAG_RESERVE: u16 = 4;

/// Member attribute: archive.
pub const ATTRIBUTE_ARCHIVE: u16 = 0x20;
/// Member attribute: the name is UTF-8.
pub const ATTRIBUTE_UTF8: u16 = 0x80;

/// 2020-01-01 as a DOS date. It is local time, as all times in cabinets.
pub const FIXED_DATE: u16 = ((2020 - 1980) << 9) | (1 << 5) | 1;
/// 00:00:00 as a DOS time.
pub const FIXED_TIME: u16 = 0;

/// How the blocks of a folder are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Not at all.
    Stored,
    /// Deflate by block, with the folder's last 32 KB as dictionary.
    Mszip,
    /// LZX over the whole folder.
    Lzx(lzx::Options),
}

impl Method {
    /// The value of CFFOLDER.typeCompress.
    pub fn code(self) -> u16 {
        match self {
            Method::Stored => 0,
            Method::Mszip => 1,
            // The low four bits are the method, the upper byte is the window's power of two.
            Method::Lzx(options) => 3 | (options.window as u16) << 8,
        }
    }
}

/// Bytes in front of the data of a cabinet without reserved areas: header, folders, files.
pub fn front_len<'a>(folders: u64, names: impl IntoIterator<Item = &'a str>) -> u64 {
    names.into_iter().fold(HEADER + FOLDER * folders, |sum, name| sum + FILE + name.len() as u64 + 1)
}

/// The checksum of [MS-CAB] 3.1: little-endian words xored into `seed`, an incomplete last one read from its
/// far end.
pub fn checksum(data: &[u8], seed: u32) -> u32 {
    let mut words = data.chunks_exact(4);
    let sum = words.by_ref().fold(seed, |sum, word| match word {
        [a, b, c, d] => sum ^ u32::from_le_bytes([*a, *b, *c, *d]),
        _ => sum,
    });
    sum ^ words.remainder().iter().fold(0, |word, byte| (word << 8) | u32::from(*byte))
}

/// The checksum of a CFDATA: its data, then its two lengths.
pub fn data_checksum(data: &[u8], compressed: u16, plain: u16) -> u32 {
    let lengths = u32::from(compressed) | (u32::from(plain) << 16);
    checksum(data, 0) ^ lengths
}
