//! Where the data behind a PE image lies.
//!
//! Facts: "PE Format" on Microsoft Learn (section table, data directory 4).

use crate::read_at::{IoError, ReadAt};

/// The part of a PE file behind its image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tail {
    /// First byte behind the last section.
    pub start: u64,
    /// One past the last byte: the end of the file, or the start of the certificate table that ends the file.
    pub end: u64,
}

/// Why the tail cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// The file cannot be read.
    Io(IoError),
    /// It is no PE image.
    NotPe(&'static str),
    /// The certificate table is not the last thing in the file: what follows a signature is not trusted.
    Certificates,
}

impl core::fmt::Display for Error {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Error::Io(code) => write!(f, "the file cannot be read (error {code})"),
            Error::NotPe(what) => write!(f, "the file is no PE image: {what}"),
            Error::Certificates => f.write_str("the file does not end with its certificate table"),
        }
    }
}

impl core::error::Error for Error {}

impl From<IoError> for Error {
    fn from(code: IoError) -> Self {
        Error::Io(code)
    }
}

fn u16_at<R: ReadAt>(r: &mut R, at: u64) -> Result<u16, Error> {
    let mut bytes = [0; 2];
    r.read_at(at, &mut bytes)?;
    Ok(u16::from_le_bytes(bytes))
}

fn u32_at<R: ReadAt>(r: &mut R, at: u64) -> Result<u32, Error> {
    let mut bytes = [0; 4];
    r.read_at(at, &mut bytes)?;
    Ok(u32::from_le_bytes(bytes))
}

/// Finds the tail. Offsets are sums of 32-bit numbers from the file, so they cannot overflow 64 bits.
pub fn find<R: ReadAt>(r: &mut R) -> Result<Tail, Error> {
    let length = r.length()?;
    if length < 0x40 || u16_at(r, 0)? != 0x5a4d {
        return Err(Error::NotPe("it does not start with MZ"));
    }
    let pe = u64::from(u32_at(r, 0x3c)?);
    if pe + 24 > length || u32_at(r, pe)? != 0x4550 {
        return Err(Error::NotPe("there is no PE signature"));
    }
    let sections = u64::from(u16_at(r, pe + 6)?);
    let optional_size = u64::from(u16_at(r, pe + 20)?);
    let optional = pe + 24;
    let table = optional + optional_size;
    if table + sections * 40 > length || optional_size < 96 {
        return Err(Error::NotPe("its headers are cut off"));
    }
    let directories = match u16_at(r, optional)? {
        0x10b => 96,
        0x20b => 112,
        _ => return Err(Error::NotPe("its optional header is unknown")),
    };
    // SizeOfHeaders: an image without sections still has its headers.
    let mut start = u64::from(u32_at(r, optional + 60)?);
    for section in 0..sections {
        let size = u64::from(u32_at(r, table + section * 40 + 16)?);
        let pointer = u64::from(u32_at(r, table + section * 40 + 20)?);
        if size != 0 && pointer != 0 {
            start = start.max(pointer + size);
        }
    }
    if start > length {
        return Err(Error::NotPe("a section lies outside the file"));
    }
    let mut end = length;
    let count = if optional_size >= directories { u32_at(r, optional + directories - 4)? } else { 0 };
    if count > 4 && optional_size >= directories + 5 * 8 {
        let at = u64::from(u32_at(r, optional + directories + 32)?);
        let size = u64::from(u32_at(r, optional + directories + 36)?);
        if at != 0 || size != 0 {
            if size < 8 || at < start || at + size != length {
                return Err(Error::Certificates);
            }
            end = at;
        }
    }
    Ok(Tail { start, end })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use alloc::vec::Vec;

    /// The smallest thing that counts as a PE image: one section of 16 bytes at 0x200.
    pub(crate) fn image() -> Vec<u8> {
        let mut out = alloc::vec![0; 0x210];
        let mut put = |at: usize, bytes: &[u8]| out[at..at + bytes.len()].copy_from_slice(bytes);
        put(0, b"MZ");
        put(0x3c, &0x80u32.to_le_bytes());
        put(0x80, b"PE\0\0");
        put(0x86, &1u16.to_le_bytes());
        put(0x94, &224u16.to_le_bytes());
        put(0x98, &0x10bu16.to_le_bytes());
        put(0x98 + 60, &0x200u32.to_le_bytes());
        put(0x98 + 92, &16u32.to_le_bytes());
        put(0x98 + 224 + 16, &16u32.to_le_bytes());
        put(0x98 + 224 + 20, &0x200u32.to_le_bytes());
        out
    }

    #[test]
    fn the_tail_ends_before_the_certificates() {
        let mut file = image();
        assert_eq!(find(&mut &file[..]), Ok(Tail { start: 0x210, end: 0x210 }));
        file.extend_from_slice(&[1; 24]);
        assert_eq!(find(&mut &file[..]), Ok(Tail { start: 0x210, end: 0x228 }));
        file[0x98 + 96 + 32..][..4].copy_from_slice(&0x218u32.to_le_bytes());
        file[0x98 + 96 + 36..][..4].copy_from_slice(&16u32.to_le_bytes());
        assert_eq!(find(&mut &file[..]), Ok(Tail { start: 0x210, end: 0x218 }));
        file.push(0);
        assert_eq!(find(&mut &file[..]), Err(Error::Certificates));
    }

    /// A signature does not cover its own table: what an overlay may be read from ends before it, and nothing follows.
    #[test]
    fn nothing_is_read_from_the_table_of_certificates_or_behind_it() {
        let signed = |at: u32, size: u32, length: usize| {
            let mut file = image();
            file.resize(length, 1);
            file[0x98 + 96 + 32..][..4].copy_from_slice(&at.to_le_bytes());
            file[0x98 + 96 + 36..][..4].copy_from_slice(&size.to_le_bytes());
            find(&mut &file[..])
        };
        // A table that was padded to hold data is longer, and the tail still ends before it.
        for size in [16, 24, 4096] {
            assert_eq!(signed(0x218, size, 0x218 + size as usize), Ok(Tail { start: 0x210, end: 0x218 }));
        }
        for (at, size, length) in [
            (0x218, 16, 0x230),   // followed by something
            (0x218, 16, 0x220),   // cut off
            (0x200, 0x20, 0x220), // over a section
            (0x218, 0, 0x218),
            (0, 16, 0x220),
            (u32::MAX, 16, 0x220),
            (0x218, u32::MAX, 0x220),
        ] {
            assert_eq!(signed(at, size, length), Err(Error::Certificates), "{at:x} {size:x} {length:x}");
        }
    }

    #[test]
    fn any_cut_is_an_error_or_a_tail_inside_the_file() {
        let file = image();
        for cut in 0..file.len() {
            assert!(find(&mut &file[..cut]).is_err());
        }
    }
}
