//! `.ico` files, and the resources made of them.

use super::Error;
use super::layout::{u16_at, u32_at};

/// Bytes of the directory's head, in a file and in a resource.
const HEAD: usize = 6;
/// Bytes of an entry in a file; in a resource it has two less.
const ENTRY: usize = 16;
/// More pictures than any icon has.
const PICTURES_MAX: usize = 256;

/// The pictures of an icon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Icon {
    pictures: Vec<Picture>,
}

/// One picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Width, height, colours and a reserved byte, as in the file; 0 stands for 256.
    head: [u8; 4],
    planes: u16,
    bits: u16,
    data: Vec<u8>,
}

impl Icon {
    /// Reads an `.ico` file.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let short = |_| Error::Icon { what: "it ends too early" };
        if u16_at(bytes, 0).map_err(short)? != 0 || u16_at(bytes, 2).map_err(short)? != 1 {
            return Err(Error::Icon { what: "it does not start as an .ico file does" });
        }
        let count = usize::from(u16_at(bytes, 4).map_err(short)?);
        if count == 0 || count > PICTURES_MAX {
            return Err(Error::Icon { what: "it has no pictures, or too many" });
        }
        let mut pictures = Vec::new();
        for number in 0..count {
            let at = HEAD + number * ENTRY;
            let entry = bytes.get(at..at + ENTRY).ok_or(Error::Icon { what: "it ends too early" })?;
            let (size, offset) = (u32_at(entry, 8)? as usize, u32_at(entry, 12)? as usize);
            let data = offset.checked_add(size).and_then(|end| bytes.get(offset..end));
            let data = data.ok_or(Error::Icon { what: "a picture lies behind its end" })?;
            pictures.push(Picture::new(entry, data)?);
        }
        Ok(Self { pictures })
    }

    /// Width and height of each picture in pixels.
    pub fn sizes(&self) -> impl Iterator<Item = (u16, u16)> + '_ {
        let pixels = |side: u8| if side == 0 { 256 } else { u16::from(side) };
        self.pictures.iter().map(move |picture| (pixels(picture.head[0]), pixels(picture.head[1])))
    }

    /// The RT_ICON resources, numbered from 1.
    pub(super) fn pictures(&self) -> impl Iterator<Item = &[u8]> {
        self.pictures.iter().map(|picture| picture.data.as_slice())
    }

    /// The RT_GROUP_ICON resource.
    pub(super) fn group(&self) -> Vec<u8> {
        let mut group = Vec::new();
        for word in [0, 1, self.pictures.len() as u16] {
            group.extend_from_slice(&word.to_le_bytes());
        }
        for (picture, id) in self.pictures.iter().zip(1_u16..) {
            group.extend_from_slice(&picture.head);
            group.extend_from_slice(&picture.planes.to_le_bytes());
            group.extend_from_slice(&picture.bits.to_le_bytes());
            group.extend_from_slice(&(picture.data.len() as u32).to_le_bytes());
            group.extend_from_slice(&id.to_le_bytes());
        }
        group
    }
}

impl Picture {
    fn new(entry: &[u8], data: &[u8]) -> Result<Self, Error> {
        let (mut planes, mut bits) = (u16_at(entry, 4)?, u16_at(entry, 6)?);
        let bitmap = data.starts_with(&40_u32.to_le_bytes());
        if !bitmap && !data.starts_with(b"\x89PNG\r\n\x1A\n") {
            return Err(Error::Icon { what: "a picture is neither a bitmap nor a PNG" });
        }
        // Many programs leave these out of the entry; Windows chooses by them.
        if bitmap && bits == 0 {
            planes = u16_at(data, 12).map_err(|_| Error::Icon { what: "a picture ends too early" })?;
            bits = u16_at(data, 14).map_err(|_| Error::Icon { what: "a picture ends too early" })?;
        }
        let head = entry.first_chunk().copied().ok_or(Error::Icon { what: "it ends too early" })?;
        Ok(Self { head, planes, bits, data: data.to_vec() })
    }
}
