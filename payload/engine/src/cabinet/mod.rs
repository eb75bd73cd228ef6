//! Reading cabinets, stored and MSZIP, one block at a time ("Microsoft Cabinet Format" and "[MS-MCI]" on Microsoft
//! Learn). Nothing in a cabinet is trusted: every length is checked, and memory is bounded by the number of members.

mod block;

pub use block::{Blocks, checksum};

use alloc::string::String;
use alloc::vec::Vec;

use packager_shared::read_at::{IoError, ReadAt};

/// Why a cabinet cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// The file around it cannot be read.
    Io(IoError),
    /// It is not as it must be.
    Damaged(&'static str),
}

impl From<IoError> for Error {
    fn from(code: IoError) -> Self {
        Error::Io(code)
    }
}

/// A result of reading a cabinet.
pub type Result<T> = core::result::Result<T, Error>;

/// A compressed stream of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Folder {
    /// First data block, from the start of the file that holds the cabinet.
    pub start: u64,
    /// Number of data blocks.
    pub blocks: u16,
    /// MSZIP (`true`) or stored.
    pub mszip: bool,
    /// One past the last byte of its cabinet, from the start of the file that holds it.
    pub end: u64,
    /// Reserved bytes before each data block's data.
    pub reserve: u8,
}

/// A file in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its name as it stands there.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// Where it starts in its folder, unpacked. Members with the same content may share it.
    pub offset: u64,
    /// Which folder.
    pub folder: usize,
}

/// The directory of a cabinet, or of several that stand one behind the other: each is whole by itself, together they
/// pass the limits of one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cabinet {
    /// In file order.
    pub folders: Vec<Folder>,
    /// In file order.
    pub members: Vec<Member>,
}

/// Reads front to back through a small buffer.
struct Cursor<'a, R: ReadAt> {
    reader: &'a mut R,
    at: u64,
    end: u64,
    buffer: Vec<u8>,
    used: usize,
}

impl<R: ReadAt> Cursor<'_, R> {
    fn byte(&mut self) -> Result<u8> {
        if self.used == self.buffer.len() {
            let left = self.end.saturating_sub(self.at);
            if left == 0 {
                return Err(Error::Damaged("the cabinet's directory is cut off"));
            }
            self.buffer.resize(left.min(1 << 14) as usize, 0);
            self.reader.read_at(self.at, &mut self.buffer)?;
            self.at += self.buffer.len() as u64;
            self.used = 0;
        }
        let byte = self.buffer.get(self.used).copied().unwrap_or(0);
        self.used += 1;
        Ok(byte)
    }

    fn u16(&mut self) -> Result<u16> {
        Ok(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }

    fn u32(&mut self) -> Result<u32> {
        Ok(u32::from_le_bytes([self.byte()?, self.byte()?, self.byte()?, self.byte()?]))
    }

    fn skip(&mut self, count: usize) -> Result<()> {
        for _ in 0..count {
            self.byte()?;
        }
        Ok(())
    }

    fn jump(&mut self, at: u64) {
        self.at = at;
        self.buffer.clear();
        self.used = 0;
    }
}

/// CFHEADER flags: a previous or a next cabinet, and reserved areas.
const CHAINED: u16 = 3;
const RESERVE: u16 = 4;

impl Cabinet {
    /// Reads the directories of the cabinets that lie at `start` and are `length` bytes long together.
    pub fn open<R: ReadAt>(reader: &mut R, start: u64, length: u64) -> Result<Self> {
        let end = start.checked_add(length).ok_or(Error::Damaged("the cabinet is too long"))?;
        let mut all = Self::default();
        let mut at = start;
        loop {
            at = all.add(reader, at, end)?;
            if at == end {
                return Ok(all);
            }
        }
    }

    /// Adds the cabinet at `start`, which ends at `most` or before; says where.
    fn add<R: ReadAt>(&mut self, reader: &mut R, start: u64, most: u64) -> Result<u64> {
        let mut c = Cursor { reader, at: start, end: most, buffer: Vec::new(), used: 0 };
        if c.u32()? != u32::from_le_bytes(*b"MSCF") {
            return Err(Error::Damaged("it is no cabinet"));
        }
        c.skip(4)?;
        let length = u64::from(c.u32()?);
        let end = start.saturating_add(length);
        if length == 0 || end > most {
            return Err(Error::Damaged("the cabinet's length is not what it says"));
        }
        c.end = end;
        c.skip(4)?;
        let files_at = u64::from(c.u32()?);
        c.skip(4)?;
        let version = c.u16()?;
        let folder_count = c.u16()?;
        let member_count = c.u16()?;
        let flags = c.u16()?;
        c.skip(4)?;
        if version != 0x0103 {
            return Err(Error::Damaged("the cabinet's format version is unknown"));
        }
        if flags & !(CHAINED | RESERVE) != 0 || flags & CHAINED != 0 {
            return Err(Error::Damaged("the cabinet is part of a set"));
        }
        let mut folder_reserve = 0;
        let mut reserve = 0;
        if flags & RESERVE != 0 {
            let header_reserve = c.u16()?;
            folder_reserve = c.byte()?;
            reserve = c.byte()?;
            c.skip(usize::from(header_reserve))?;
        }
        let first = self.folders.len();
        for _ in 0..folder_count {
            let data = u64::from(c.u32()?);
            let blocks = c.u16()?;
            let mszip = match c.u16()? & 0xf {
                0 => false,
                1 => true,
                _ => return Err(Error::Damaged("the cabinet's compression is unknown")),
            };
            c.skip(usize::from(folder_reserve))?;
            if data > length {
                return Err(Error::Damaged("a folder lies outside the cabinet"));
            }
            self.folders.push(Folder { start: start.saturating_add(data), blocks, mszip, end, reserve });
        }
        if files_at > length {
            return Err(Error::Damaged("the files lie outside the cabinet"));
        }
        c.jump(start.saturating_add(files_at));
        let folders = self.folders.get(first..).unwrap_or_default();
        for _ in 0..member_count {
            let mut member = member(&mut c, folders)?;
            member.folder += first;
            self.members.push(member);
        }
        Ok(end)
    }
}

fn member<R: ReadAt>(c: &mut Cursor<'_, R>, folders: &[Folder]) -> Result<Member> {
    let size = u64::from(c.u32()?);
    let offset = u64::from(c.u32()?);
    let folder = usize::from(c.u16()?);
    c.skip(6)?;
    let mut name = Vec::new();
    loop {
        match c.byte()? {
            0 => break,
            _ if name.len() == 255 => return Err(Error::Damaged("a member's name is too long")),
            byte => name.push(byte),
        }
    }
    let name = String::from_utf8(name).map_err(|_| Error::Damaged("a member's name is not UTF-8"))?;
    let Some(home) = folders.get(folder) else {
        return Err(Error::Damaged("a member lies in no folder"));
    };
    if offset + size > u64::from(home.blocks) * 0x8000 {
        return Err(Error::Damaged("a member is longer than its folder"));
    }
    Ok(Member { name, size, offset, folder })
}

#[cfg(test)]
mod tests;
