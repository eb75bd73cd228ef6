//! The load configuration of a 32-bit image: which folders Windows looks into for DLLs before the first line of
//! code runs. GNU's linker has no way to name it, so its entry among the data directories is written afterwards.

use crate::failure::{Failure, Result};

/// How the structure begins in the stub: its size, and a mark where others have the time of their build.
const BEGINNING: &[u8] = b"\x40\0\0\0PKLC";
/// Size in the data directory; Windows XP takes no other.
const SIZE: u32 = 0x40;
/// Number of the entry (Microsoft Learn, "PE Format", "Optional Header Data Directories").
const DIRECTORY: usize = 10;
/// From the start of a 32-bit optional header.
const DIRECTORIES: usize = 96;
const CHECKSUM: usize = 64;

/// Writes the entry and the new checksum.
pub fn point_to(image: &mut [u8], name: &str) -> Result<()> {
    let fail = |what: &str| Failure::new(format!("{name}: {what}"));
    let address = address(image).ok_or_else(|| fail("there is not exactly one load configuration in it"))?;
    let optional = optional_header(image).ok_or_else(|| fail("its headers cannot be read"))?;
    let entry = optional + DIRECTORIES + DIRECTORY * 8;
    let bytes = [address.to_le_bytes(), SIZE.to_le_bytes()].concat();
    image.get_mut(entry..entry + 8).ok_or_else(|| fail("its headers are cut off"))?.copy_from_slice(&bytes);
    let at = optional + CHECKSUM;
    image[at..at + 4].fill(0);
    let sum = image
        .chunks(2)
        .map(|word| u64::from(u16::from_le_bytes([word[0], word.get(1).copied().unwrap_or(0)])))
        .sum::<u64>();
    let folded = (sum & 0xffff) + (sum >> 16);
    let checksum = ((folded & 0xffff) + (folded >> 16)) as u32 + image.len() as u32;
    image[at..at + 4].copy_from_slice(&checksum.to_le_bytes());
    Ok(())
}

fn word(image: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(image.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

fn optional_header(image: &[u8]) -> Option<usize> {
    let header = word(image, 0x3c)? as usize;
    (image.get(header..header + 4)? == b"PE\0\0").then_some(header + 24)
}

/// The address, from the image's base, of the one load configuration.
fn address(image: &[u8]) -> Option<u32> {
    let mut places = image.windows(BEGINNING.len()).enumerate().filter(|(_, bytes)| *bytes == BEGINNING);
    let (Some((place, _)), None) = (places.next(), places.next()) else { return None };
    let optional = optional_header(image)?;
    let size = u32::from(u16::from_le_bytes(image.get(optional - 4..optional - 2)?.try_into().ok()?));
    let count = u16::from_le_bytes(image.get(optional - 18..optional - 16)?.try_into().ok()?);
    (0..usize::from(count)).find_map(|number| {
        let section = optional + size as usize + number * 40;
        let (address, length, offset) =
            (word(image, section + 12)?, word(image, section + 16)?, word(image, section + 20)?);
        let inside = (place as u32).checked_sub(offset).filter(|from| *from < length)?;
        address.checked_add(inside)
    })
}
