//! The tables of a cabinet: what stands before the data of its folders.

use std::fmt;

use super::layout::{
    ATTRIBUTE_ARCHIVE, ATTRIBUTE_UTF8, CABINET_MAX, FILES_MAX, FIXED_DATE, FIXED_TIME, FOLDER_MAX,
    FOLDERS_MAX, Method, NAME_MAX, SIGNATURE, front_len,
};

/// A folder whose blocks are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Folder {
    /// Its compression.
    pub method: Method,
    /// Bytes of its CFDATA structures.
    pub packed: u64,
    /// How many they are.
    pub blocks: u32,
}

/// A member of a cabinet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member<'a> {
    /// Its name.
    pub name: &'a str,
    /// Plain bytes.
    pub size: u64,
    /// The folder it is in, from 0.
    pub folder: usize,
    /// Where it starts in the folder's plain bytes. Members may share a stretch.
    pub offset: u64,
}

/// Why a cabinet could not be written.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// A name that no cabinet can carry.
    Name(String),
    /// A file of more than 2,147,450,880 bytes, or one that ends behind any folder's end.
    FileTooLarge {
        /// The member.
        name: String,
        /// Its size.
        size: u64,
    },
    /// More than 65,535 members.
    TooManyFiles(usize),
    /// More than 65,535 folders, or a folder of more than 65,535 blocks.
    TooManyFolders(usize),
    /// The cabinet would pass 2 GB.
    CabinetTooLarge {
        /// Bytes it would have.
        bytes: u64,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Name(name) => {
                write!(f, "{name:?} cannot be a cabinet member's name: 1 to {NAME_MAX} bytes without NUL")
            }
            Error::FileTooLarge { name, size } => write!(
                f,
                "{name}: {size} bytes do not fit into a cabinet, whose files have {FOLDER_MAX} bytes at most"
            ),
            Error::TooManyFiles(count) => {
                write!(f, "{count} files do not fit into one cabinet, which holds {FILES_MAX} at most")
            }
            Error::TooManyFolders(count) => {
                write!(f, "{count} folders do not fit into one cabinet, which holds {FOLDERS_MAX} at most")
            }
            Error::CabinetTooLarge { bytes } => {
                write!(f, "the cabinet would have {bytes} bytes, {CABINET_MAX} is the limit: leave files out")
            }
        }
    }
}

impl std::error::Error for Error {}

/// CFHEADER, CFFOLDERs and CFFILEs: all of a cabinet but the data of its folders, which follows in their order. Its
/// length is [`front_len`]. The members stand in it as they are given: sorted by folder and offset they are
/// read in one direction only.
pub fn tables(folders: &[Folder], members: &[Member<'_>]) -> Result<Vec<u8>, Error> {
    let front = front_len(folders.len() as u64, members.iter().map(|member| member.name));
    let bytes = folders.iter().fold(front, |sum, folder| sum.saturating_add(folder.packed));
    if bytes > CABINET_MAX {
        return Err(Error::CabinetTooLarge { bytes });
    }
    let folder_count = match u16::try_from(folders.len()) {
        Ok(count) if folders.iter().all(|folder| folder.blocks <= u32::from(u16::MAX)) => count,
        _ => return Err(Error::TooManyFolders(folders.len())),
    };
    let file_count = u16::try_from(members.len()).map_err(|_| Error::TooManyFiles(members.len()))?;

    let mut out = Vec::with_capacity(front as usize);
    let zero = 0_u32.to_le_bytes();
    out.extend_from_slice(&SIGNATURE);
    out.extend_from_slice(&zero);
    out.extend_from_slice(&(bytes as u32).to_le_bytes());
    out.extend_from_slice(&zero);
    out.extend_from_slice(&(front_len(folders.len() as u64, []) as u32).to_le_bytes());
    out.extend_from_slice(&zero);
    // Version 1.3, minor first.
    out.extend_from_slice(&[3, 1]);
    for word in [folder_count, file_count, 0, 0, 0] {
        out.extend_from_slice(&word.to_le_bytes());
    }
    // A folder of empty files only has no data; it points at where its data would be.
    let mut start = front;
    for folder in folders {
        out.extend_from_slice(&(start as u32).to_le_bytes());
        out.extend_from_slice(&(folder.blocks as u16).to_le_bytes());
        out.extend_from_slice(&folder.method.code().to_le_bytes());
        start += folder.packed;
    }
    for member in members {
        let Member { name, size, folder, offset } = *member;
        if name.is_empty() || name.len() > NAME_MAX || name.contains('\0') {
            return Err(Error::Name(name.to_owned()));
        }
        if offset.saturating_add(size) > FOLDER_MAX {
            return Err(Error::FileTooLarge { name: name.to_owned(), size });
        }
        out.extend_from_slice(&(size as u32).to_le_bytes());
        out.extend_from_slice(&(offset as u32).to_le_bytes());
        let utf8 = if name.is_ascii() { 0 } else { ATTRIBUTE_UTF8 };
        for word in [folder as u16, FIXED_DATE, FIXED_TIME, ATTRIBUTE_ARCHIVE | utf8] {
            out.extend_from_slice(&word.to_le_bytes());
        }
        out.extend_from_slice(name.as_bytes());
        out.push(0);
    }
    Ok(out)
}
