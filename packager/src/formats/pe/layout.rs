//! Offsets of the PE format, and checked access to little-endian fields.

use super::Error;

/// Where the DOS header says at what offset the PE signature stands.
pub(super) const LFANEW: usize = 0x3C;
/// Bytes of signature and COFF header.
pub(super) const COFF: usize = 24;
/// Bytes of a section header.
pub(super) const SECTION: usize = 40;
/// The most data directories an image may have.
pub(super) const DIRECTORIES: u32 = 16;

/// Data directory: imports.
pub(super) const DIRECTORY_IMPORTS: usize = 1;
/// Data directory: resources.
pub(super) const DIRECTORY_RESOURCES: usize = 2;
/// Data directory: certificates (a file offset, not an address).
pub(super) const DIRECTORY_CERTIFICATES: usize = 4;
/// Data directory: load configuration.
pub(super) const DIRECTORY_LOAD_CONFIG: usize = 10;

/// COFF header, from the signature: the number of sections.
pub(super) const SECTION_COUNT: usize = 6;
/// COFF header, from the signature: the time stamp.
pub(super) const TIME_STAMP: usize = 8;
/// COFF header, from the signature: the symbol table.
pub(super) const SYMBOLS: usize = 12;
/// COFF header, from the signature: the size of the optional header.
pub(super) const OPTIONAL_SIZE: usize = 20;

/// Section flag: it holds code.
pub(super) const IMAGE_SCN_CNT_CODE: u32 = 0x20;

/// Optional header: size of initialised data.
pub(super) const INITIALIZED_DATA: usize = 8;
/// Optional header: alignment of sections in memory.
pub(super) const SECTION_ALIGNMENT: usize = 32;
/// Optional header: alignment of sections in the file.
pub(super) const FILE_ALIGNMENT: usize = 36;
/// Optional header: subsystem version, major and minor.
pub(super) const SUBSYSTEM_VERSION: usize = 48;
/// Optional header: bytes of the image in memory.
pub(super) const IMAGE_SIZE: usize = 56;
/// Optional header: bytes of all headers in the file.
pub(super) const HEADERS_SIZE: usize = 60;
/// Optional header: the checksum.
pub(super) const CHECKSUM: usize = 64;
/// Optional header: the subsystem.
pub(super) const SUBSYSTEM: usize = 68;
/// Optional header of a 32-bit image: the number of data directories, which follow.
pub(super) const DIRECTORY_COUNT_32: usize = 92;
/// Optional header of a 64-bit image: the number of data directories, which follow.
pub(super) const DIRECTORY_COUNT_64: usize = 108;

/// The processor an image is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Machine {
    /// IMAGE_FILE_MACHINE_I386
    X86,
    /// IMAGE_FILE_MACHINE_AMD64
    X64,
    /// IMAGE_FILE_MACHINE_ARM64
    Arm64,
    /// Any other value.
    Other(u16),
}

impl Machine {
    pub(super) fn from_code(code: u16) -> Self {
        match code {
            0x014C => Machine::X86,
            0x8664 => Machine::X64,
            0xAA64 => Machine::Arm64,
            other => Machine::Other(other),
        }
    }
}

/// What Windows starts an image as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subsystem {
    /// IMAGE_SUBSYSTEM_WINDOWS_GUI
    Gui,
    /// IMAGE_SUBSYSTEM_WINDOWS_CUI
    Console,
    /// Any other value.
    Other(u16),
}

impl Subsystem {
    pub(super) fn from_code(code: u16) -> Self {
        match code {
            2 => Subsystem::Gui,
            3 => Subsystem::Console,
            other => Subsystem::Other(other),
        }
    }

    pub(super) fn code(self) -> u16 {
        match self {
            Subsystem::Gui => 2,
            Subsystem::Console => 3,
            Subsystem::Other(other) => other,
        }
    }
}

/// The next multiple of `alignment` (a power of two).
pub(super) fn aligned(value: u32, alignment: u32) -> Result<u32, Error> {
    value.checked_next_multiple_of(alignment.max(1)).ok_or(Error::Damaged { what: "it passes 4 GB" })
}

const SHORT: Error = Error::Damaged { what: "it ends too early" };

/// `N` bytes at an offset.
pub(super) fn bytes_at<const N: usize>(bytes: &[u8], at: usize) -> Result<[u8; N], Error> {
    bytes.get(at..).and_then(|rest| rest.first_chunk::<N>()).copied().ok_or(SHORT)
}

/// A 16-bit field.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> Result<u16, Error> {
    bytes_at(bytes, at).map(u16::from_le_bytes)
}

/// A 32-bit field.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> Result<u32, Error> {
    bytes_at(bytes, at).map(u32::from_le_bytes)
}

/// A 64-bit field.
pub(super) fn u64_at(bytes: &[u8], at: usize) -> Result<u64, Error> {
    bytes_at(bytes, at).map(u64::from_le_bytes)
}

/// Overwrites bytes at an offset.
pub(super) fn put(bytes: &mut [u8], at: usize, value: &[u8]) -> Result<(), Error> {
    let end = at.checked_add(value.len()).ok_or(SHORT)?;
    bytes.get_mut(at..end).ok_or(SHORT)?.copy_from_slice(value);
    Ok(())
}
