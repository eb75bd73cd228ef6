//! Where everything goes, and the writing of it.

use std::io::{Read, Write};

use super::directory::{self, Extent};
use super::{Entry, Error};

const SIGNATURE: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
const DIFAT_SECTOR: u32 = 0xffff_fffc;
const FAT_SECTOR: u32 = 0xffff_fffd;
const END_OF_CHAIN: u32 = 0xffff_fffe;
const FREE: u32 = 0xffff_ffff;
/// Sector numbers end here.
const MAX_SECTOR: u64 = 0xffff_fff9;
/// FAT sectors that the header itself names.
const HEADER_DIFAT: u64 = 109;
const MINI_SECTOR: u64 = 64;
/// Streams shorter than this are in the mini stream.
const MINI_CUTOFF: u64 = 4096;
/// Files that reach this byte keep the sector around it free: other programs lock ranges there.
const RANGE_LOCK: u64 = 0x7fff_ff00;
const COPY_BUFFER: usize = 256 * 1024;

/// A compound file that is laid out and can be written.
pub struct Layout {
    clsid: [u8; 16],
    entries: Vec<Entry>,
    order: Vec<u32>,
    /// log2 of the sector's bytes.
    shift: u32,
    counts: Counts,
}

/// Sectors of each part, in the order they stand in the file.
#[derive(Clone, Copy, Default)]
struct Counts {
    difat: u64,
    fat: u64,
    directory: u64,
    mini_fat: u64,
    mini: u64,
    large: u64,
}

impl Counts {
    const fn total(&self) -> u64 {
        self.difat + self.fat + self.directory + self.mini_fat + self.mini + self.large
    }

    /// Counts for sectors of `1 << shift` bytes; `None` when there are more than can be numbered.
    fn new(entries: &[Entry], shift: u32) -> Option<Self> {
        let sector = 1u64 << shift;
        let numbers = sector / 4;
        let mut counts = Self {
            directory: (entries.len() as u64 + 1).div_ceil(sector / directory::ENTRY_LEN as u64),
            ..Self::default()
        };
        let mut mini_sectors = 0u64;
        for entry in entries {
            if entry.len < MINI_CUTOFF {
                mini_sectors += entry.len.div_ceil(MINI_SECTOR);
            } else {
                counts.large = counts.large.checked_add(entry.len.div_ceil(sector))?;
            }
        }
        counts.mini_fat = mini_sectors.div_ceil(numbers);
        counts.mini = (mini_sectors * MINI_SECTOR).div_ceil(sector);
        // The FAT also covers itself and the DIFAT; both only grow, so this ends.
        loop {
            if counts.total() >= MAX_SECTOR {
                return None;
            }
            // One more for the range lock sector.
            let fat = (counts.total() + 1).div_ceil(numbers);
            let difat = fat.saturating_sub(HEADER_DIFAT).div_ceil(numbers - 1);
            if (fat, difat) == (counts.fat, counts.difat) {
                return Some(counts);
            }
            (counts.fat, counts.difat) = (fat, difat);
        }
    }
}

impl Layout {
    /// Lays out a file whose root storage has this class and these streams.
    ///
    /// # Errors
    /// [`Error::Name`], [`Error::Duplicate`], [`Error::TooLarge`]
    pub fn new(clsid: [u8; 16], entries: Vec<Entry>) -> Result<Self, Error> {
        let order = directory::sorted(&entries)?;
        let small = Counts::new(&entries, 9).filter(|counts| (counts.total() + 1) << 9 < RANGE_LOCK);
        let (shift, counts) = match small {
            Some(counts) => (9, counts),
            None => (12, Counts::new(&entries, 12).ok_or(Error::TooLarge)?),
        };
        Ok(Self { clsid, entries, order, shift, counts })
    }

    /// Bytes of the file.
    #[must_use]
    pub fn len(&self) -> u64 {
        let sectors = self.counts.total();
        let lock = u64::from(sectors > self.lock_sector());
        (sectors + lock + 1) << self.shift
    }

    /// Never: there is always a header.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        false
    }

    /// The sector that has to stay free.
    const fn lock_sector(&self) -> u64 {
        (RANGE_LOCK >> self.shift) - 1
    }

    /// The number in the file of the n-th sector that holds something.
    fn number(&self, sector: u64) -> u32 {
        // Below MAX_SECTOR, which `Counts::new` has made sure of.
        (sector + u64::from(sector >= self.lock_sector())) as u32
    }

    /// First sector of each part.
    const fn starts(&self) -> [u64; 7] {
        let c = &self.counts;
        let fat = c.difat;
        let directory = fat + c.fat;
        let mini_fat = directory + c.directory;
        let mini = mini_fat + c.mini_fat;
        let large = mini + c.mini;
        [0, fat, directory, mini_fat, mini, large, large + c.large]
    }

    /// Writes the file. `open` gives a reader for the entry of that index; it has to give exactly the bytes that
    /// were announced.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::Length`]
    pub fn write<'a>(
        &self,
        out: &mut dyn Write,
        mut open: impl FnMut(usize) -> std::io::Result<Box<dyn Read + 'a>>,
    ) -> Result<(), Error> {
        let mut out = Sectors { out, shift: self.shift, written: 0, lock: self.lock_sector(), partial: 0 };
        out.out.write_all(&self.header())?;
        out.write(&self.difat())?;
        self.write_fat(&mut out)?;
        out.write(&self.directory())?;
        out.write(&self.mini_fat())?;
        let mut buffer = vec![0u8; COPY_BUFFER];
        for large in [false, true] {
            for (index, entry) in self.entries.iter().enumerate() {
                if entry.len == 0 || (entry.len >= MINI_CUTOFF) != large {
                    continue;
                }
                copy(&mut out, &mut buffer, &mut *open(index)?, index, entry.len)?;
                out.pad(if large { 1 << self.shift } else { MINI_SECTOR })?;
            }
            out.pad(1 << self.shift)?;
        }
        out.out.flush()?;
        Ok(())
    }

    fn header(&self) -> Vec<u8> {
        let [_, fat, directory, mini_fat, ..] = self.starts();
        let c = &self.counts;
        let chain = |count: u64, start: u64| if count == 0 { END_OF_CHAIN } else { self.number(start) };
        let mut bytes = Vec::with_capacity(1 << self.shift);
        bytes.extend_from_slice(&SIGNATURE);
        bytes.extend_from_slice(&[0; 16]);
        let version: u16 = if self.shift == 9 { 3 } else { 4 };
        for half in [0x3e, version, 0xfffe, self.shift as u16, 6, 0, 0, 0] {
            bytes.extend_from_slice(&half.to_le_bytes());
        }
        for word in [
            // Version 3 does not count them.
            if version == 3 { 0 } else { c.directory as u32 },
            c.fat as u32,
            self.number(directory),
            0,
            MINI_CUTOFF as u32,
            chain(c.mini_fat, mini_fat),
            c.mini_fat as u32,
            chain(c.difat, 0),
            c.difat as u32,
        ] {
            bytes.extend_from_slice(&word.to_le_bytes());
        }
        for index in 0..HEADER_DIFAT {
            let word = if index < c.fat { self.number(fat + index) } else { FREE };
            bytes.extend_from_slice(&word.to_le_bytes());
        }
        bytes.resize(1 << self.shift, 0);
        bytes
    }

    /// Further numbers of FAT sectors; the last of each sector is the next DIFAT sector.
    fn difat(&self) -> Vec<u8> {
        let c = &self.counts;
        let each = (1u64 << self.shift) / 4 - 1;
        let mut bytes = Vec::new();
        for sector in 0..c.difat {
            for slot in 0..each {
                let index = HEADER_DIFAT + sector * each + slot;
                let word = if index < c.fat { self.number(c.difat + index) } else { FREE };
                bytes.extend_from_slice(&word.to_le_bytes());
            }
            let next = if sector + 1 < c.difat { self.number(sector + 1) } else { END_OF_CHAIN };
            bytes.extend_from_slice(&next.to_le_bytes());
        }
        bytes
    }

    fn write_fat(&self, out: &mut Sectors<'_>) -> Result<(), Error> {
        let [_, _, directory, mini_fat, mini, large, _] = self.starts();
        let c = &self.counts;
        let mut fat = Words { out, bytes: Vec::with_capacity(COPY_BUFFER), count: 0 };
        let lock = self.lock_sector();
        let put = |fat: &mut Words<'_, '_>, word: u32| -> Result<(), Error> {
            if fat.count == lock {
                fat.push(END_OF_CHAIN)?;
            }
            fat.push(word)
        };
        for _ in 0..c.difat {
            put(&mut fat, DIFAT_SECTOR)?;
        }
        for _ in 0..c.fat {
            put(&mut fat, FAT_SECTOR)?;
        }
        let chain = |fat: &mut Words<'_, '_>, start: u64, count: u64| -> Result<(), Error> {
            for sector in start + 1..start + count {
                put(fat, self.number(sector))?;
            }
            if count > 0 { put(fat, END_OF_CHAIN) } else { Ok(()) }
        };
        chain(&mut fat, directory, c.directory)?;
        chain(&mut fat, mini_fat, c.mini_fat)?;
        chain(&mut fat, mini, c.mini)?;
        let mut start = large;
        for entry in self.entries.iter().filter(|entry| entry.len >= MINI_CUTOFF) {
            let count = entry.len.div_ceil(1 << self.shift);
            chain(&mut fat, start, count)?;
            start += count;
        }
        while fat.count < c.fat << (self.shift - 2) {
            fat.push(FREE)?;
        }
        fat.flush()
    }

    fn mini_fat(&self) -> Vec<u8> {
        let mut words = Vec::new();
        let mut next = 0u32;
        for entry in self.entries.iter().filter(|entry| entry.len < MINI_CUTOFF) {
            for sector in 1..=entry.len.div_ceil(MINI_SECTOR) {
                next += 1;
                words.push(if sector * MINI_SECTOR >= entry.len { END_OF_CHAIN } else { next });
            }
        }
        words.resize((self.counts.mini_fat << (self.shift - 2)) as usize, FREE);
        words.into_iter().flat_map(u32::to_le_bytes).collect()
    }

    fn directory(&self) -> Vec<u8> {
        let [_, _, _, _, mini, mut large, _] = self.starts();
        let mut small = 0u64;
        let mut extents = Vec::with_capacity(self.entries.len());
        for entry in &self.entries {
            let start = if entry.len == 0 {
                END_OF_CHAIN
            } else if entry.len < MINI_CUTOFF {
                small += entry.len.div_ceil(MINI_SECTOR);
                (small - entry.len.div_ceil(MINI_SECTOR)) as u32
            } else {
                large += entry.len.div_ceil(1 << self.shift);
                self.number(large - entry.len.div_ceil(1 << self.shift))
            };
            extents.push(Extent { start, len: entry.len });
        }
        let mini = if small == 0 {
            Extent { start: END_OF_CHAIN, len: 0 }
        } else {
            Extent { start: self.number(mini), len: small * MINI_SECTOR }
        };
        let mut bytes = directory::encode(self.clsid, &self.entries, &self.order, mini, &extents);
        directory::pad(&mut bytes, 1 << self.shift);
        bytes
    }
}

/// Counts what is written in sectors and leaves out the one that has to stay free.
struct Sectors<'a> {
    out: &'a mut dyn Write,
    shift: u32,
    /// Full sectors behind the header.
    written: u64,
    lock: u64,
    /// Bytes in the sector that is not full yet.
    partial: u64,
}

impl Sectors<'_> {
    fn write(&mut self, mut bytes: &[u8]) -> Result<(), Error> {
        let sector = 1u64 << self.shift;
        while !bytes.is_empty() {
            if self.written == self.lock {
                self.out.write_all(&vec![0; 1 << self.shift])?;
                self.written += 1;
            }
            // As far as the lock sector, or everything.
            let room = self
                .lock
                .checked_sub(self.written)
                .map_or(u64::MAX, |sectors| (sectors << self.shift).saturating_sub(self.partial));
            let now = usize::try_from(room).unwrap_or(usize::MAX).min(bytes.len());
            let (head, tail) = bytes.split_at_checked(now).unwrap_or((bytes, &[]));
            self.out.write_all(head)?;
            bytes = tail;
            self.partial += head.len() as u64;
            self.written += self.partial / sector;
            self.partial %= sector;
        }
        Ok(())
    }

    /// Zeros up to the next multiple of `unit`, a divisor of the sector.
    fn pad(&mut self, unit: u64) -> Result<(), Error> {
        let missing = self.partial.next_multiple_of(unit) - self.partial;
        self.write(&vec![0; missing as usize])
    }
}

struct Words<'a, 'b> {
    out: &'a mut Sectors<'b>,
    bytes: Vec<u8>,
    count: u64,
}

impl Words<'_, '_> {
    fn push(&mut self, word: u32) -> Result<(), Error> {
        self.bytes.extend_from_slice(&word.to_le_bytes());
        self.count += 1;
        if self.bytes.len() >= COPY_BUFFER { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), Error> {
        self.out.write(&self.bytes)?;
        self.bytes.clear();
        Ok(())
    }
}

fn copy(
    out: &mut Sectors<'_>,
    buffer: &mut [u8],
    source: &mut dyn Read,
    index: usize,
    expected: u64,
) -> Result<(), Error> {
    let mut left = expected;
    loop {
        let read = match source.read(buffer) {
            Ok(read) => read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error.into()),
        };
        left = left.checked_sub(read as u64).ok_or(Error::Length { index, expected })?;
        match buffer.get(..read) {
            Some(bytes) if read > 0 => out.write(bytes)?,
            _ => break,
        }
    }
    if left == 0 { Ok(()) } else { Err(Error::Length { index, expected }) }
}
