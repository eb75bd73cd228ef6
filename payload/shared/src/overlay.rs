//! What stands behind the bootstrap's PE image: plan, index, and the payload as a cabinet or as solid streams.
//!
//! ```text
//! 0   magic "PKGOVLY\x01"
//! 8   kind, u8: 1 setup, 2 installed, 3 share; then three zero bytes
//! 12  section count, u32
//! 16  total length from the magic on, u64, a multiple of 8
//! 24  memory bound, u64: no more than this many bytes of heap are needed to use it
//! 32  sections, 56 bytes each: tag [8], offset from the magic u64, length u64, SHA-256 [32]
//!     SHA-256 of all that precedes
//!     the sections, each at a multiple of 8, zeros between
//! ```
//!
//! Numbers are little-endian. Every byte is covered: header by its SHA-256, sections by theirs, and the padding
//! must be zero.

use alloc::vec::Vec;

use sha2::{Digest as _, Sha256};

use crate::index::Digest;
use crate::pe_tail;
use crate::read_at::{IoError, ReadAt};

/// Names a section.
pub type Tag = [u8; 8];

/// The encoded [`crate::plan::Plan`].
pub const PLAN: Tag = *b"plan\0\0\0\0";
/// The encoded [`crate::index::Index`].
pub const INDEX: Tag = *b"index\0\0\0";
/// The cabinet with the payload. A setup EXE has either this or [`SOLID`].
pub const CABINET: Tag = *b"cabinet\0";
/// The payload as long compressed streams ([`crate::solid`]).
pub const SOLID: Tag = *b"solid\0\0\0";
/// The name of the site that is chosen when nobody says (UTF-8).
pub const SITE: Tag = *b"site\0\0\0\0";
/// The encoded [`crate::identity::Identity`].
pub const IDENTITY: Tag = *b"identity";

const MAGIC: &[u8; 8] = b"PKGOVLY\x01";
const FIXED: usize = 32;
const ROW: usize = 56;
/// More sections than this are refused.
const MOST_SECTIONS: u32 = 16;
/// A larger memory bound is refused, in bytes: a 32-bit process has 2 GB of addresses for all that it does.
pub const MOST_MEMORY: u64 = 1 << 30;

/// What a bootstrap is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A setup EXE: plan, index, cabinet or solid streams.
    Setup,
    /// The copy in the install directory: plan, index.
    Installed,
    /// The one on a share: identity.
    Share,
}

/// A section of an overlay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its name.
    pub tag: Tag,
    /// Where it starts, in bytes from the start of the file.
    pub start: u64,
    /// Bytes.
    pub length: u64,
    /// SHA-256 of its bytes.
    pub sha256: Digest,
}

/// An overlay whose header is verified; sections are verified as they are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overlay {
    /// What it is for.
    pub kind: Kind,
    /// Heap that using it needs at most, in bytes.
    pub memory: u64,
    /// In file order.
    pub sections: Vec<Section>,
    end: u64,
}

/// Why there is no usable overlay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// The file around it is not usable.
    Pe(pe_tail::Error),
    /// The file cannot be read.
    Io(IoError),
    /// There is nothing behind the image.
    Missing,
    /// It is there and not as it was made.
    Damaged(&'static str),
}

impl core::fmt::Display for Error {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Error::Pe(error) => error.fmt(f),
            Error::Io(code) => write!(f, "the package cannot be read (error {code})"),
            Error::Missing => f.write_str("the program carries no package"),
            Error::Damaged(what) => write!(f, "the package is damaged: {what}"),
        }
    }
}

impl core::error::Error for Error {}

impl From<IoError> for Error {
    fn from(code: IoError) -> Self {
        Error::Io(code)
    }
}

/// Zeros between a section of this length and the next, 0 to 7.
pub fn padding(length: u64) -> usize {
    (length.wrapping_neg() % 8) as usize
}

/// The header for sections (tag, length in bytes, SHA-256). What follows it: each section, then
/// [`padding`]`(length)` zeros.
pub fn header(kind: Kind, memory: u64, sections: &[(Tag, u64, Digest)]) -> Vec<u8> {
    let size = FIXED + sections.len() * ROW + 32;
    let mut at = size as u64;
    let mut rows = Vec::new();
    for (tag, length, sha256) in sections {
        rows.extend_from_slice(tag);
        rows.extend_from_slice(&at.to_le_bytes());
        rows.extend_from_slice(&length.to_le_bytes());
        rows.extend_from_slice(sha256);
        at += length + padding(*length) as u64;
    }
    let mut out = Vec::with_capacity(size);
    out.extend_from_slice(MAGIC);
    out.extend_from_slice(&[kind as u8 + 1, 0, 0, 0]);
    out.extend_from_slice(&(sections.len() as u32).to_le_bytes());
    out.extend_from_slice(&at.to_le_bytes());
    out.extend_from_slice(&memory.to_le_bytes());
    out.extend_from_slice(&rows);
    let digest = Sha256::digest(&out);
    out.extend_from_slice(&digest);
    out
}

/// A whole overlay from sections in memory.
pub fn build(kind: Kind, memory: u64, sections: &[(Tag, &[u8])]) -> Vec<u8> {
    let rows: Vec<(Tag, u64, Digest)> = sections
        .iter()
        .map(|(tag, bytes)| (*tag, bytes.len() as u64, Sha256::digest(bytes).into()))
        .collect();
    let mut out = header(kind, memory, &rows);
    for (_, bytes) in sections {
        out.extend_from_slice(bytes);
        out.resize(out.len() + padding(bytes.len() as u64), 0);
    }
    out
}

fn number(bytes: &[u8], at: usize) -> u64 {
    let mut out = [0; 8];
    if let Some(found) = bytes.get(at..at.saturating_add(8)) {
        out.copy_from_slice(found);
    }
    u64::from_le_bytes(out)
}

/// Reads and verifies the header of the overlay of a PE file, and that it fills the file's tail exactly.
pub fn open<R: ReadAt>(r: &mut R) -> Result<Overlay, Error> {
    let tail = pe_tail::find(r).map_err(Error::Pe)?;
    let room = tail.end.saturating_sub(tail.start);
    if room == 0 {
        return Err(Error::Missing);
    }
    if room < FIXED as u64 + 32 {
        return Err(Error::Damaged("it is cut off"));
    }
    let mut fixed = [0; FIXED];
    r.read_at(tail.start, &mut fixed)?;
    if fixed[..8] != MAGIC[..] {
        return Err(Error::Damaged("its first bytes are unknown"));
    }
    let count = u32::from_le_bytes([fixed[12], fixed[13], fixed[14], fixed[15]]);
    if count > MOST_SECTIONS {
        return Err(Error::Damaged("it has too many sections"));
    }
    let size = FIXED + count as usize * ROW + 32;
    if size as u64 > room {
        return Err(Error::Damaged("it is cut off"));
    }
    let mut head = alloc::vec![0; size];
    r.read_at(tail.start, &mut head)?;
    let (signed, digest) = head.split_at(size - 32);
    if Sha256::digest(signed)[..] != *digest {
        return Err(Error::Damaged("its header does not match its digest"));
    }
    let kind = match signed[8..12] {
        [1, 0, 0, 0] => Kind::Setup,
        [2, 0, 0, 0] => Kind::Installed,
        [3, 0, 0, 0] => Kind::Share,
        _ => return Err(Error::Damaged("its kind is unknown")),
    };
    if number(signed, 16) != room {
        return Err(Error::Damaged("its length is not the file's"));
    }
    let memory = number(signed, 24);
    if memory > MOST_MEMORY {
        return Err(Error::Damaged("it wants too much memory"));
    }
    let mut sections: Vec<Section> = Vec::new();
    let mut at = size as u64;
    for row in signed[FIXED..].chunks_exact(ROW) {
        let mut section = Section { tag: [0; 8], start: 0, length: number(row, 16), sha256: [0; 32] };
        section.tag.copy_from_slice(&row[..8]);
        section.sha256.copy_from_slice(&row[24..ROW]);
        if sections.iter().any(|other| other.tag == section.tag) {
            return Err(Error::Damaged("a section stands there twice"));
        }
        if number(row, 8) != at || section.length > room - at {
            return Err(Error::Damaged("a section lies outside"));
        }
        section.start = tail.start + at;
        let zeros = padding(section.length);
        at = at.saturating_add(section.length).saturating_add(zeros as u64);
        if at > room {
            return Err(Error::Damaged("a section lies outside"));
        }
        let mut found = [0; 8];
        r.read_at(section.start + section.length, &mut found[..zeros])?;
        if found != [0; 8] {
            return Err(Error::Damaged("there is something between its sections"));
        }
        sections.push(section);
    }
    if at != room {
        return Err(Error::Damaged("there is something behind its sections"));
    }
    Ok(Overlay { kind, memory, sections, end: tail.end })
}

impl Overlay {
    /// One past the overlay's last byte, from the start of the file.
    pub fn end(&self) -> u64 {
        self.end
    }

    /// A section by its name.
    pub fn section(&self, tag: Tag) -> Option<&Section> {
        self.sections.iter().find(|section| section.tag == tag)
    }

    /// Reads a whole section and verifies it. `most` bounds what is read, in bytes.
    pub fn read<R: ReadAt>(&self, r: &mut R, tag: Tag, most: u64) -> Result<Vec<u8>, Error> {
        let section = self.section(tag).ok_or(Error::Damaged("a section is missing"))?;
        if section.length > most.min(self.memory.max(1 << 20)) {
            return Err(Error::Damaged("a section is too large"));
        }
        let size = usize::try_from(section.length).map_err(|_| Error::Damaged("a section is too large"))?;
        let mut bytes = alloc::vec![0; size];
        r.read_at(section.start, &mut bytes)?;
        if Sha256::digest(&bytes)[..] != section.sha256 {
            return Err(Error::Damaged("a section does not match its digest"));
        }
        Ok(bytes)
    }

    /// Verifies every section, reading in small pieces.
    pub fn verify<R: ReadAt>(&self, r: &mut R) -> Result<(), Error> {
        let mut buffer = alloc::vec![0; 1 << 16];
        for section in &self.sections {
            let mut hash = Sha256::new();
            let mut at = 0;
            while at < section.length {
                let count = (section.length - at).min(buffer.len() as u64) as usize;
                let piece = &mut buffer[..count];
                r.read_at(section.start + at, piece)?;
                hash.update(&*piece);
                at += count as u64;
            }
            if hash.finalize()[..] != section.sha256 {
                return Err(Error::Damaged("a section does not match its digest"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pe_tail::tests::image;

    fn file() -> Vec<u8> {
        let mut file = image();
        file.extend(build(Kind::Installed, 4096, &[(PLAN, b"abc"), (INDEX, b""), (SITE, b"12345678")]));
        file
    }

    fn check(mut bytes: &[u8]) -> Result<(), Error> {
        let overlay = open(&mut bytes)?;
        overlay.verify(&mut bytes)
    }

    #[test]
    fn sections_come_back() {
        let file = file();
        let mut bytes = &file[..];
        let overlay = open(&mut bytes).expect("opens");
        assert_eq!((overlay.kind, overlay.memory), (Kind::Installed, 4096));
        assert_eq!(overlay.read(&mut bytes, PLAN, 9).as_deref(), Ok(&b"abc"[..]));
        assert_eq!(overlay.read(&mut bytes, SITE, 9).as_deref(), Ok(&b"12345678"[..]));
        assert!(overlay.read(&mut bytes, PLAN, 2).is_err());
        assert!(overlay.read(&mut bytes, CABINET, 9).is_err());
        assert_eq!(check(bytes), Ok(()));
    }

    #[test]
    fn every_flipped_missing_or_extra_byte_is_found() {
        let file = file();
        for at in image().len()..file.len() {
            let mut bad = file.clone();
            for bit in 0..8 {
                bad[at] ^= 1 << bit;
                assert!(check(&bad).is_err(), "bit {bit} of byte {at}");
                bad[at] ^= 1 << bit;
            }
            assert!(check(&file[..at]).is_err());
            bad.remove(at);
            assert!(check(&bad).is_err());
        }
        let mut more = file.clone();
        more.push(0);
        assert!(check(&more).is_err());
        assert_eq!(check(&image()), Err(Error::Missing));
    }
}
