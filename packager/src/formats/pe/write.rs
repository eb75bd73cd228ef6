//! Changing an image: a stub gets a product's face.

use super::layout::*;
use super::resources::{GROUP_ICON, ICON, MANIFEST, Resources, VERSION};
use super::{Error, Icon, Manifest, Product, Subsystem};

/// 2020-01-01 00:00:00 UTC: every image has this time stamp.
const FIXED_TIME: u32 = 1_577_836_800;
/// Initialised data that can be read.
const RESOURCE_FLAGS: u32 = 0x4000_0040;
/// Bytes of the load configuration as the directory gives them in a 32-bit image: Windows XP refuses others.
const LOAD_CONFIG_SIZE_32: u32 = 0x40;

/// What a program shall look like.
#[derive(Clone, Debug, Default)]
pub struct Look<'a> {
    /// Its icon.
    pub icon: Option<&'a Icon>,
    /// Its version resource.
    pub product: Option<&'a Product>,
    /// Its manifest.
    pub manifest: Option<&'a Manifest>,
    /// What it is started as; `None` leaves it as it is.
    pub subsystem: Option<Subsystem>,
}

/// Where the fields of an image lie.
struct Headers {
    coff: usize,
    optional: usize,
    directory_count: usize,
    sections: usize,
    section_count: u16,
}

impl Headers {
    fn find(image: &[u8]) -> Result<Self, Error> {
        if !image.starts_with(b"MZ") {
            return Err(Error::NoImage);
        }
        let coff = u32_at(image, LFANEW)? as usize;
        if bytes_at::<4>(image, coff).map_err(|_| Error::NoImage)? != *b"PE\0\0" {
            return Err(Error::NoImage);
        }
        // Offsets below stay small: the image has a byte at `coff`, so additions cannot pass usize.
        let optional = coff + COFF;
        let directory_count = optional
            + match u16_at(image, optional)? {
                0x10B => DIRECTORY_COUNT_32,
                0x20B => DIRECTORY_COUNT_64,
                _ => return Err(Error::Damaged { what: "its optional header is of no known kind" }),
            };
        let sections = optional + usize::from(u16_at(image, coff + OPTIONAL_SIZE)?);
        Ok(Self {
            coff,
            optional,
            directory_count,
            sections,
            section_count: u16_at(image, coff + SECTION_COUNT)?,
        })
    }

    /// Where a data directory's two fields stand.
    fn directory(&self, image: &[u8], number: usize) -> Result<usize, Error> {
        if u32_at(image, self.directory_count)? as usize <= number {
            return Err(Error::Unfit { why: "it has too few data directories" });
        }
        Ok(self.directory_count + 4 + number * 8)
    }

    /// Ends of all sections: in memory and in the file.
    fn ends(&self, image: &[u8]) -> Result<(u32, u32), Error> {
        let passed = || Error::Damaged { what: "a section passes 4 GB" };
        let (mut memory, mut file) = (0, 0);
        for number in 0..usize::from(self.section_count) {
            let at = self.sections + number * SECTION;
            let (size, address) = (u32_at(image, at + 8)?, u32_at(image, at + 12)?);
            let (file_size, offset) = (u32_at(image, at + 16)?, u32_at(image, at + 20)?);
            memory = memory.max(address.checked_add(size.max(file_size)).ok_or_else(passed)?);
            if file_size > 0 {
                file = file.max(offset.checked_add(file_size).ok_or_else(passed)?);
            }
        }
        Ok((memory, file))
    }
}

/// Gives a stub resources and a subsystem. The stub must have neither resources nor an overlay, and room for
/// one more section header. The resources become its last section; the overlay may follow at the end.
pub fn customise(stub: &[u8], look: &Look<'_>) -> Result<Vec<u8>, Error> {
    let headers = Headers::find(stub)?;
    let mut image = stub.to_vec();
    put(&mut image, headers.coff + TIME_STAMP, &FIXED_TIME.to_le_bytes())?;
    if let Some(subsystem) = look.subsystem {
        put(&mut image, headers.optional + SUBSYSTEM, &subsystem.code().to_le_bytes())?;
    }
    let mut resources = Resources::default();
    if let Some(icon) = look.icon {
        for (data, id) in icon.pictures().zip(1..) {
            resources.insert(ICON, id, data.to_vec());
        }
        resources.insert(GROUP_ICON, 1, icon.group());
    }
    if let Some(product) = look.product {
        resources.insert(VERSION, 1, product.build()?);
    }
    if let Some(manifest) = look.manifest {
        resources.insert(MANIFEST, 1, manifest.text().into_bytes());
    }
    if !resources.is_empty() {
        add_resources(&mut image, &headers, &resources)?;
    }
    update_checksum(&mut image)?;
    Ok(image)
}

fn add_resources(image: &mut Vec<u8>, headers: &Headers, resources: &Resources) -> Result<(), Error> {
    let directory = headers.directory(image, DIRECTORY_RESOURCES)?;
    if u32_at(image, directory)? != 0 {
        return Err(Error::Unfit { why: "it has resources already" });
    }
    if u32_at(image, headers.coff + SYMBOLS)? != 0 {
        return Err(Error::Unfit { why: "it has a symbol table" });
    }
    let certificates = headers.directory(image, DIRECTORY_CERTIFICATES)?;
    if u32_at(image, certificates)? != 0 {
        return Err(Error::Unfit { why: "it is signed" });
    }
    let (memory_end, file_end) = headers.ends(image)?;
    if image.len() != file_end as usize {
        return Err(Error::Unfit { why: "something follows its last section, or it is cut off" });
    }
    let header_at = headers.sections + usize::from(headers.section_count) * SECTION;
    let headers_size = u32_at(image, headers.optional + HEADERS_SIZE)? as usize;
    let room =
        image.get(header_at..header_at + SECTION).is_some_and(|room| room.iter().all(|byte| *byte == 0));
    if !room || header_at + SECTION > headers_size {
        return Err(Error::Unfit { why: "there is no room for one more section header" });
    }

    let section_alignment = u32_at(image, headers.optional + SECTION_ALIGNMENT)?;
    let file_alignment = u32_at(image, headers.optional + FILE_ALIGNMENT)?;
    if !section_alignment.is_power_of_two() || !(512..=65_536).contains(&file_alignment) {
        return Err(Error::Damaged { what: "its sections have an impossible alignment" });
    }
    let address = aligned(memory_end, section_alignment)?;
    let offset = aligned(file_end, file_alignment)?;
    let data = resources.build(address)?;
    // The build is bounded by 2 GB.
    let size = data.len() as u32;
    let file_size = aligned(size, file_alignment)?;
    let passed = || Error::Unfit { why: "it would pass 4 GB" };
    let image_size = aligned(address.checked_add(size).ok_or_else(passed)?, section_alignment)?;
    let initialized = u32_at(image, headers.optional + INITIALIZED_DATA)?.saturating_add(file_size);
    let end = offset.checked_add(file_size).ok_or_else(passed)?;

    let mut header = b".rsrc\0\0\0".to_vec();
    for field in [size, address, file_size, offset, 0, 0, 0, RESOURCE_FLAGS] {
        header.extend_from_slice(&field.to_le_bytes());
    }
    put(image, header_at, &header)?;
    let count =
        headers.section_count.checked_add(1).ok_or(Error::Unfit { why: "it has too many sections" })?;
    put(image, headers.coff + SECTION_COUNT, &count.to_le_bytes())?;
    put(image, headers.optional + INITIALIZED_DATA, &initialized.to_le_bytes())?;
    put(image, headers.optional + IMAGE_SIZE, &image_size.to_le_bytes())?;
    put(image, directory, &[address.to_le_bytes(), size.to_le_bytes()].concat())?;
    image.resize(offset as usize, 0);
    image.extend_from_slice(&data);
    image.resize(end as usize, 0);
    Ok(())
}

/// Sets the load configuration's data directory of a 32-bit image to the structure at `address` (from the
/// image's base), which GNU's linker leaves empty, and brings the checksum up to date. The directory gets the
/// size Windows XP wants; the structure's own first field says how long it really is.
pub fn patch_load_config(image: &mut [u8], address: u32) -> Result<(), Error> {
    let headers = Headers::find(image)?;
    if headers.directory_count != headers.optional + DIRECTORY_COUNT_32 {
        return Err(Error::Unfit { why: "it is no 32-bit program" });
    }
    let at = headers.directory(image, DIRECTORY_LOAD_CONFIG)?;
    let mut inside = false;
    for number in 0..usize::from(headers.section_count) {
        let section = headers.sections + number * SECTION;
        let (start, size) = (u32_at(image, section + 12)?, u32_at(image, section + 16)?);
        inside |= address
            .checked_sub(start)
            .is_some_and(|from| from.checked_add(LOAD_CONFIG_SIZE_32).is_some_and(|end| end <= size));
    }
    if !inside {
        return Err(Error::Unfit { why: "its load configuration would lie in none of its sections" });
    }
    put(image, at, &[address.to_le_bytes(), LOAD_CONFIG_SIZE_32.to_le_bytes()].concat())?;
    update_checksum(image)
}

/// Writes the checksum of all bytes into the header.
pub fn update_checksum(image: &mut [u8]) -> Result<(), Error> {
    let at = checksum_at(image)?;
    put(image, at, &[0; 4])?;
    let mut checksum = Checksum::default();
    checksum.add(image);
    put(image, at, &checksum.finish().to_le_bytes())
}

/// Where an image's checksum stands, to write it once what follows the image is known: four bytes that count
/// as zeros in [`Checksum`].
pub fn checksum_at(image: &[u8]) -> Result<usize, Error> {
    Ok(Headers::find(image)?.optional + CHECKSUM)
}

/// The checksum of a file that comes in pieces (ImageHlp's CheckSumMappedFile): the sum of its 16-bit words
/// with the carry added back, plus its length.
#[derive(Clone, Debug, Default)]
pub struct Checksum {
    sum: u64,
    length: u64,
}

impl Checksum {
    /// Adds the next bytes of the file.
    pub fn add(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        if self.length % 2 == 1
            && let Some((first, others)) = bytes.split_first()
        {
            self.sum += u64::from(*first) << 8;
            rest = others;
        }
        let (words, odd) = rest.as_chunks::<2>();
        // A sum of 64 bits holds the words of any file; the carry is folded at the end.
        self.sum += words.iter().map(|word| u64::from(u16::from_le_bytes(*word))).sum::<u64>();
        self.sum += odd.iter().map(|byte| u64::from(*byte)).sum::<u64>();
        self.length += bytes.len() as u64;
    }

    /// The checksum.
    pub fn finish(&self) -> u32 {
        let mut sum = self.sum;
        while sum > 0xFFFF {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }
        (sum + self.length) as u32
    }
}
