//! Reading images that may be anything.

use std::io::{Read, Seek, SeekFrom};

use super::layout::*;
use super::{Error, Version};

/// The most bytes of a version resource: its length field has 16 bits.
const VERSION_MAX: u32 = 0xFFFF;
/// The most imports that are read.
const IMPORTS_MAX: usize = 65_536;
/// The most bytes of an imported name.
const NAME_MAX: usize = 512;

/// A section of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its name, up to eight bytes.
    pub name: String,
    /// Address in memory, from the image's base.
    pub address: u32,
    /// Bytes in memory.
    pub size: u32,
    /// Where it starts in the file; 0 when it has no bytes there.
    pub offset: u32,
    /// Bytes in the file.
    pub file_size: u32,
    /// IMAGE_SCN_ flags.
    pub flags: u32,
}

/// What an image wants of one DLL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The DLL's name as it stands in the image.
    pub dll: String,
    /// Names of functions; those imported by number as `#123`.
    pub names: Vec<String>,
}

/// A data directory: address (or file offset) and size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Directory {
    /// Address from the image's base; a file offset for the certificate table.
    pub address: u32,
    /// Bytes.
    pub size: u32,
}

/// An opened image.
#[derive(Debug)]
pub struct Image<R> {
    input: R,
    length: u64,
    machine: Machine,
    wide: bool,
    subsystem: Subsystem,
    subsystem_version: (u16, u16),
    sections: Vec<Section>,
    directories: Vec<Directory>,
}

/// The version resource of a file: `None` for files that are no image, have none, or are damaged, as Windows
/// sees no version in those either. An error is one of the input only.
pub fn version_of(input: impl Read + Seek) -> std::io::Result<Option<Version>> {
    match Image::open(input).and_then(|mut image| image.version()) {
        Ok(version) => Ok(version),
        Err(Error::Io(error)) => Err(error),
        Err(_) => Ok(None),
    }
}

impl<R: Read + Seek> Image<R> {
    /// Reads the headers of an image.
    pub fn open(mut input: R) -> Result<Self, Error> {
        let length = input.seek(SeekFrom::End(0))?;
        let dos = bytes(&mut input, length, 0, 64).map_err(not_an_image)?;
        if !dos.starts_with(b"MZ") {
            return Err(Error::NoImage);
        }
        let start = u64::from(u32_at(&dos, LFANEW)?);
        let coff = bytes(&mut input, length, start, COFF).map_err(not_an_image)?;
        if !coff.starts_with(b"PE\0\0") {
            return Err(Error::NoImage);
        }
        let optional_size = usize::from(u16_at(&coff, OPTIONAL_SIZE)?);
        let optional = bytes(&mut input, length, start + COFF as u64, optional_size)?;
        let (wide, count_at) = match u16_at(&optional, 0)? {
            0x10B => (false, DIRECTORY_COUNT_32),
            0x20B => (true, DIRECTORY_COUNT_64),
            _ => return Err(Error::Damaged { what: "its optional header is of no known kind" }),
        };
        let mut directories = Vec::new();
        for number in 0..u32_at(&optional, count_at)?.min(DIRECTORIES) as usize {
            let at = count_at + 4 + number * 8;
            directories.push(Directory { address: u32_at(&optional, at)?, size: u32_at(&optional, at + 4)? });
        }
        let count = usize::from(u16_at(&coff, SECTION_COUNT)?);
        let table_at = start + COFF as u64 + optional_size as u64;
        let table = bytes(&mut input, length, table_at, count * SECTION)?;
        let sections = table.chunks_exact(SECTION).map(section).collect::<Result<_, _>>()?;
        Ok(Self {
            input,
            length,
            machine: Machine::from_code(u16_at(&coff, 4)?),
            wide,
            subsystem: Subsystem::from_code(u16_at(&optional, SUBSYSTEM)?),
            subsystem_version: (
                u16_at(&optional, SUBSYSTEM_VERSION)?,
                u16_at(&optional, SUBSYSTEM_VERSION + 2)?,
            ),
            sections,
            directories,
        })
    }

    /// The processor it is for.
    pub fn machine(&self) -> Machine {
        self.machine
    }

    /// What it is started as.
    pub fn subsystem(&self) -> Subsystem {
        self.subsystem
    }

    /// The oldest Windows version that starts it, major and minor.
    pub fn subsystem_version(&self) -> (u16, u16) {
        self.subsystem_version
    }

    /// Its sections.
    pub fn sections(&self) -> &[Section] {
        &self.sections
    }

    /// Bytes of the file that are code: sections with IMAGE_SCN_CNT_CODE.
    pub fn code_bytes(&self) -> u64 {
        let code = self.sections.iter().filter(|section| section.flags & IMAGE_SCN_CNT_CODE != 0);
        code.map(|section| u64::from(section.file_size)).sum()
    }

    /// Where the image ends in the file, as the section table says: an overlay starts here. It may be more
    /// than the file has.
    pub fn end(&self) -> u64 {
        let end = |section: &Section| u64::from(section.offset) + u64::from(section.file_size);
        self.sections.iter().filter(|section| section.file_size > 0).map(end).max().unwrap_or_default()
    }

    /// File offset and size of the certificate table, if there is one.
    pub fn certificates(&self) -> Option<Directory> {
        self.directory(DIRECTORY_CERTIFICATES)
    }

    /// Address and size of the load configuration, if there is one.
    pub fn load_config(&self) -> Option<Directory> {
        self.directory(DIRECTORY_LOAD_CONFIG)
    }

    /// Address and size of the resources, if there are any.
    pub fn resources(&self) -> Option<Directory> {
        self.directory(DIRECTORY_RESOURCES)
    }

    fn directory(&self, number: usize) -> Option<Directory> {
        self.directories
            .get(number)
            .copied()
            .filter(|directory| directory.address != 0 && directory.size != 0)
    }

    /// Imported DLLs and functions, without delayed ones.
    pub fn imports(&mut self) -> Result<Vec<Import>, Error> {
        let Some(directory) = self.directory(DIRECTORY_IMPORTS) else { return Ok(Vec::new()) };
        let (mut imports, mut total) = (Vec::new(), 0_usize);
        let mut at = directory.address;
        loop {
            let entry = self.at(at, 20)?;
            let (lookup, name, addresses) = (u32_at(&entry, 0)?, u32_at(&entry, 12)?, u32_at(&entry, 16)?);
            if name == 0 {
                return Ok(imports);
            }
            let dll = self.text(name)?;
            let names = self.imported_names(if lookup == 0 { addresses } else { lookup }, &mut total)?;
            imports.push(Import { dll, names });
            total += 1;
            if total > IMPORTS_MAX {
                return Err(Error::Damaged { what: "its imports have no end" });
            }
            at = at.checked_add(20).ok_or(Error::Damaged { what: "its imports pass 4 GB" })?;
        }
    }

    fn imported_names(&mut self, mut at: u32, total: &mut usize) -> Result<Vec<String>, Error> {
        let (width, by_number) = if self.wide { (8, 1 << 63) } else { (4, 1 << 31) };
        let mut names = Vec::new();
        loop {
            let entry = self.at(at, width)?;
            let entry = if self.wide { u64_at(&entry, 0)? } else { u64::from(u32_at(&entry, 0)?) };
            match entry {
                0 => return Ok(names),
                number if number & by_number != 0 => names.push(format!("#{}", number & 0xFFFF)),
                // A hint of two bytes stands before the name.
                address => names.push(self.text((address as u32 & 0x7FFF_FFFF).saturating_add(2))?),
            }
            *total += 1;
            if *total > IMPORTS_MAX {
                return Err(Error::Damaged { what: "its imports have no end" });
            }
            at = at.checked_add(width as u32).ok_or(Error::Damaged { what: "its imports pass 4 GB" })?;
        }
    }

    /// The version resource: the first language of resource 1 of type RT_VERSION.
    pub fn version(&mut self) -> Result<Option<Version>, Error> {
        let Some(data) = self.resource(16, Some(1), VERSION_MAX)? else { return Ok(None) };
        Version::parse(&data).map(Some)
    }

    /// The first language of a resource: its bytes, `max` at most. `id` of `None` is the first there is.
    pub fn resource(&mut self, kind: u32, id: Option<u32>, max: u32) -> Result<Option<Vec<u8>>, Error> {
        let Some(directory) = self.resources() else { return Ok(None) };
        let mut offset = 0;
        for wanted in [Some(kind), id, None] {
            match self.resource_entry(directory, offset, wanted)? {
                Some(entry) => offset = entry,
                None => return Ok(None),
            }
        }
        // The upper bit says that an entry is a table; at the third level it must be data.
        if offset & 0x8000_0000 != 0 {
            return Err(Error::Damaged { what: "its resources are nested too deeply" });
        }
        let data = self.at(within(directory, offset)?, 16)?;
        let (address, size) = (u32_at(&data, 0)?, u32_at(&data, 4)?);
        self.at(address, size.min(max) as usize).map(Some)
    }

    /// Finds an id, or the first entry, in a table of the resource tree.
    fn resource_entry(
        &mut self,
        directory: Directory,
        table: u32,
        wanted: Option<u32>,
    ) -> Result<Option<u32>, Error> {
        let table = table & 0x7FFF_FFFF;
        let header = self.at(within(directory, table)?, 16)?;
        let count = usize::from(u16_at(&header, 12)?) + usize::from(u16_at(&header, 14)?);
        let entries = self.at(within(directory, table.saturating_add(16))?, count * 8)?;
        for entry in entries.chunks_exact(8) {
            let (name, offset) = (u32_at(entry, 0)?, u32_at(entry, 4)?);
            if wanted.is_none_or(|wanted| wanted == name) {
                return Ok(Some(offset));
            }
        }
        Ok(None)
    }

    /// A name that ends with a NUL.
    fn text(&mut self, address: u32) -> Result<String, Error> {
        let offset = self.offset(address)?;
        let available = self.length.saturating_sub(offset).min(NAME_MAX as u64);
        let bytes = bytes(&mut self.input, self.length, offset, available as usize)?;
        match bytes.split(|&byte| byte == 0).next() {
            Some(name) if name.len() < bytes.len() => Ok(String::from_utf8_lossy(name).into_owned()),
            _ => Err(Error::Damaged { what: "a name in it has no end" }),
        }
    }

    /// Bytes at an address of the image.
    fn at(&mut self, address: u32, length: usize) -> Result<Vec<u8>, Error> {
        let offset = self.offset(address)?;
        bytes(&mut self.input, self.length, offset, length)
    }

    fn offset(&self, address: u32) -> Result<u64, Error> {
        self.sections
            .iter()
            .find_map(|section| {
                let within = address.checked_sub(section.address)?;
                (within < section.file_size).then(|| u64::from(section.offset) + u64::from(within))
            })
            .ok_or(Error::Damaged { what: "an address is in none of its sections" })
    }
}

fn within(directory: Directory, offset: u32) -> Result<u32, Error> {
    directory.address.checked_add(offset).ok_or(Error::Damaged { what: "its resources pass 4 GB" })
}

fn not_an_image(error: Error) -> Error {
    match error {
        Error::Damaged { .. } => Error::NoImage,
        other => other,
    }
}

fn section(header: &[u8]) -> Result<Section, Error> {
    let name = bytes_at::<8>(header, 0)?;
    let name = name.split(|&byte| byte == 0).next().unwrap_or_default();
    Ok(Section {
        name: String::from_utf8_lossy(name).into_owned(),
        size: u32_at(header, 8)?,
        address: u32_at(header, 12)?,
        file_size: u32_at(header, 16)?,
        offset: u32_at(header, 20)?,
        flags: u32_at(header, 36)?,
    })
}

/// Bytes of the file; memory is only taken for what the file really has.
fn bytes(input: &mut (impl Read + Seek), length: u64, at: u64, count: usize) -> Result<Vec<u8>, Error> {
    if at.checked_add(count as u64).is_none_or(|end| end > length) {
        return Err(Error::Damaged { what: "it ends too early" });
    }
    input.seek(SeekFrom::Start(at))?;
    let mut bytes = vec![0; count];
    input.read_exact(&mut bytes)?;
    Ok(bytes)
}
