//! The files of a setup EXE as a few long compressed streams (the section [`crate::overlay::SOLID`]), where a cabinet
//! would start anew every 32 KB.
//!
//! ```text
//! 0   magic "PKGSOLD\x01"
//! 8   stream count, u32
//! 12  content count, u32
//! 16  streams, 32 bytes each:
//!         0   method, u8: 1 one Zstandard frame (RFC 8878), 2 LZMA2 chunks and their end mark, as in the .xz format
//!         1   filter, u8: 0 none, 1 the x86 filter of the .xz format over all plain bytes, start offset 0
//!         2   two zero bytes
//!         4   window, u32: bytes of history that unpacking it needs, 1 to MOST_WINDOW
//!         8   packed bytes, u64
//!         16  plain bytes, u64
//!         24  contents in it, u32
//!         28  zero, u32
//!     contents, u32 each, in the order in which they stand in the streams: the place in the package's whole index of
//!     the first entry with this content
//!     the packed bytes of each stream, one behind the other, up to the end
//! ```
//!
//! Numbers are little-endian. A content is what files of the same size and SHA-256 have in common; every one that is
//! not empty stands there exactly once. Its length and its digest are the index's.

use alloc::vec::Vec;

use crate::index::Index;
use crate::overlay::Error;
use crate::read_at::ReadAt;
use crate::sort;

/// A larger window is refused, in bytes: what `zstd --long` uses (128 MB), and what a 32-bit process surely finds in
/// one piece.
pub const MOST_WINDOW: u32 = 1 << 27;
/// More streams are refused: each has some megabytes, and a program less than 4 GB.
pub const MOST_STREAMS: u32 = 4096;
/// A stream with more plain bytes is refused (1 TB).
pub const MOST_PLAIN: u64 = 1 << 40;

/// Heap of a Zstandard decoder beside its window, in bytes: a block of at most 128 KB (RFC 8878, 3.1.1.2.4) and its
/// literals, 256 KB together, and tables for four codes (RFC 8878, 3.1.1.3.2.1.1 and 4.2.1), less than 64 KB.
const ZSTD_HEAP: u64 = 512 << 10;
/// Heap of an LZMA2 decoder beside its window, in bytes: its probabilities take 28 KB at most where `lc + lp` is up
/// to 4, as LZMA2 wants.
const LZMA2_HEAP: u64 = 64 << 10;
/// What both need: a piece of packed and a piece of filtered bytes, with room to spare.
const PIECES_HEAP: u64 = 512 << 10;

const MAGIC: &[u8; 8] = b"PKGSOLD\x01";
const FIXED: usize = 16;
const ROW: usize = 32;

/// How a stream is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// One Zstandard frame without dictionary.
    Zstd,
    /// LZMA2 chunks up to the end mark, without a container around them.
    Lzma2,
}

/// What a stream's plain bytes went through before they were packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// Nothing.
    None,
    /// Targets of x86 calls and jumps became absolute.
    X86,
}

/// One compressed stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stream {
    /// How it is packed.
    pub method: Method,
    /// What comes after unpacking.
    pub filter: Filter,
    /// Bytes of history that unpacking needs.
    pub window: u32,
    /// Bytes in the file.
    pub packed: u64,
    /// Bytes of its contents together.
    pub plain: u64,
    /// Contents in it.
    pub contents: u32,
}

/// Where a content begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// In which of [`Solid::streams`].
    pub stream: u32,
    /// Plain bytes of that stream before it.
    pub offset: u64,
}

/// The directory of a solid section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Solid {
    /// The streams, each with the position of its first packed byte from the start of the file.
    pub streams: Vec<(u64, Stream)>,
    /// One an entry of the whole index; nothing where it is empty.
    pub places: Vec<Option<Place>>,
}

/// What precedes the packed bytes. `contents` are places in the index ([`first_of_each`]), in the order of the streams.
pub fn header(streams: &[Stream], contents: &[u32]) -> Vec<u8> {
    let mut out = Vec::with_capacity(FIXED + streams.len() * ROW + contents.len() * 4);
    out.extend_from_slice(MAGIC);
    out.extend_from_slice(&(streams.len() as u32).to_le_bytes());
    out.extend_from_slice(&(contents.len() as u32).to_le_bytes());
    for stream in streams {
        out.extend_from_slice(&[stream.method as u8 + 1, stream.filter as u8, 0, 0]);
        out.extend_from_slice(&stream.window.to_le_bytes());
        out.extend_from_slice(&stream.packed.to_le_bytes());
        out.extend_from_slice(&stream.plain.to_le_bytes());
        out.extend_from_slice(&stream.contents.to_le_bytes());
        out.extend_from_slice(&[0; 4]);
    }
    for place in contents {
        out.extend_from_slice(&place.to_le_bytes());
    }
    out
}

/// Heap that unpacking needs at most, in bytes: the largest window and the decoders, which all streams share. It is
/// part of what the overlay announces ([`crate::overlay::Overlay::memory`]).
pub fn heap<'a>(streams: impl IntoIterator<Item = &'a Stream>) -> u64 {
    let (mut window, mut zstd, mut lzma2) = (0, 0, 0);
    for stream in streams {
        window = stream.window.max(window);
        match stream.method {
            Method::Zstd => zstd = ZSTD_HEAP,
            Method::Lzma2 => lzma2 = LZMA2_HEAP,
        }
    }
    u64::from(window) + zstd + lzma2 + PIECES_HEAP
}

/// For each entry the place of the first one with the same content: its own, when it is that one or empty.
pub fn first_of_each(index: &Index) -> Vec<u32> {
    let entry = |place: u32| index.entries.get(place as usize);
    let content = |place: u32| entry(place).map(|entry| (&entry.sha256, entry.size));
    let mut order: Vec<u32> = (0..index.entries.len() as u32).collect();
    sort::by(&mut order, &mut |a, b| content(*a).cmp(&content(*b)).then(a.cmp(b)));
    let mut first = order.clone();
    let mut of = 0;
    for place in order {
        if content(of) != content(place) || entry(place).is_none_or(|entry| entry.size == 0) {
            of = place;
        }
        if let Some(first) = first.get_mut(place as usize) {
            *first = of;
        }
    }
    first
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    match bytes.get(at..) {
        Some([a, b, c, d, ..]) => u32::from_le_bytes([*a, *b, *c, *d]),
        _ => 0,
    }
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}

fn stream(row: &[u8]) -> Result<Stream, Error> {
    let (method, filter) = match *row {
        [method @ 1..=2, filter @ 0..=1, 0, 0, ..] if u32_at(row, 28) == 0 => (
            if method == 1 { Method::Zstd } else { Method::Lzma2 },
            if filter == 0 { Filter::None } else { Filter::X86 },
        ),
        _ => return Err(Error::Damaged("the method of a stream is unknown")),
    };
    let stream = Stream {
        method,
        filter,
        window: u32_at(row, 4),
        packed: u64_at(row, 8),
        plain: u64_at(row, 16),
        contents: u32_at(row, 24),
    };
    if stream.window == 0 || stream.window > MOST_WINDOW {
        return Err(Error::Damaged("the window of a stream is impossible"));
    }
    if stream.packed == 0 || stream.plain == 0 || stream.plain > MOST_PLAIN || stream.contents == 0 {
        return Err(Error::Damaged("the length of a stream is impossible"));
    }
    Ok(stream)
}

impl Solid {
    /// Reads the directory of the section that lies at `start` and is `length` bytes long. `index` is the package's
    /// whole one, with what this machine does not get. An error is [`Error::Io`] or [`Error::Damaged`].
    pub fn open<R: ReadAt>(reader: &mut R, start: u64, length: u64, index: &Index) -> Result<Self, Error> {
        const CUT: Error = Error::Damaged("the list of its streams is cut off");
        let end = start.checked_add(length).ok_or(CUT)?;
        if length < FIXED as u64 {
            return Err(CUT);
        }
        let mut fixed = [0; FIXED];
        reader.read_at(start, &mut fixed)?;
        if !fixed.starts_with(MAGIC) {
            return Err(Error::Damaged("the first bytes of its streams are unknown"));
        }
        let (count, contents) = (u32_at(&fixed, 8), u32_at(&fixed, 12) as usize);
        if count > MOST_STREAMS || contents > index.entries.len() {
            return Err(Error::Damaged("it has too many streams or contents"));
        }
        let rows = count as usize * ROW;
        let size = rows.saturating_add(contents.saturating_mul(4));
        if (size as u64) > length - FIXED as u64 {
            return Err(CUT);
        }
        let mut head = alloc::vec![0; size];
        reader.read_at(start + FIXED as u64, &mut head)?;
        let (rows, list) = head.split_at_checked(rows).ok_or(CUT)?;
        let mut solid = Self { streams: Vec::new(), places: alloc::vec![None; index.entries.len()] };
        let mut at = start + (FIXED + size) as u64;
        for row in rows.chunks_exact(ROW) {
            let stream = stream(row)?;
            if stream.packed > end - at {
                return Err(Error::Damaged("a stream lies outside"));
            }
            solid.streams.push((at, stream));
            at += stream.packed;
        }
        if at != end {
            return Err(Error::Damaged("there is something behind its streams"));
        }
        solid.place(list, index)?;
        Ok(solid)
    }

    /// Finds where each entry's content is, and that each stands there once.
    fn place(&mut self, list: &[u8], index: &Index) -> Result<(), Error> {
        const OTHER: Error = Error::Damaged("its streams hold other files than its index");
        let first = first_of_each(index);
        let mut list = list.chunks_exact(4).map(|bytes| u32_at(bytes, 0) as usize);
        for (number, (_, stream)) in self.streams.iter().enumerate() {
            let mut offset = 0u64;
            for _ in 0..stream.contents {
                let at = list.next().ok_or(OTHER)?;
                let size = index.entries.get(at).map_or(0, |entry| entry.size);
                let place = self.places.get_mut(at).ok_or(OTHER)?;
                if size == 0 || place.is_some() || first.get(at).is_none_or(|first| *first as usize != at) {
                    return Err(OTHER);
                }
                *place = Some(Place { stream: number as u32, offset });
                offset = offset.saturating_add(size);
            }
            if offset != stream.plain {
                return Err(Error::Damaged("a stream has not the length of its files"));
            }
        }
        if list.next().is_some() {
            return Err(OTHER);
        }
        for (at, (entry, first)) in index.entries.iter().zip(first).enumerate() {
            let place = self.places.get(first as usize).copied().flatten();
            if place.is_none() && entry.size > 0 {
                return Err(Error::Damaged("its streams lack files of its index"));
            }
            if let Some(own) = self.places.get_mut(at) {
                *own = place;
            }
        }
        Ok(())
    }

    /// [`heap`] of these streams.
    pub fn heap(&self) -> u64 {
        heap(self.streams.iter().map(|(_, stream)| stream))
    }
}

#[cfg(test)]
mod tests;
