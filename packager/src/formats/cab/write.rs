//! Writing a cabinet front to back, in bounded memory.

use std::fmt;
use std::io::{self, Seek, SeekFrom, Write};
use std::num::NonZeroUsize;

use super::layout::{
    ATTRIBUTE_ARCHIVE, ATTRIBUTE_UTF8, CABINET_MAX, FILES_MAX, FIXED_DATE, FIXED_TIME, FOLDER_MAX, Method,
    NAME_MAX, SIGNATURE, front_len,
};
use super::pipeline::{Pipeline, WorkerLost};

/// How a cabinet is made.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Compression of every folder.
    pub method: Method,
    /// Threads that compress. The bytes do not depend on it.
    pub threads: NonZeroUsize,
}

/// Names a member that was added: its number in the order of adding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member(usize);

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Bytes of the cabinet.
    pub bytes: u64,
    /// Folders in it.
    pub folders: u16,
    /// For each member in the order of adding, its place in the cabinet, from 0. Members that share content
    /// stand together, so that data is read in one direction only.
    pub places: Vec<u32>,
}

/// Why a cabinet could not be written.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The sink failed.
    Io(io::Error),
    /// A name that no cabinet can carry.
    Name(String),
    /// A file of more than 2,147,450,880 bytes.
    FileTooLarge {
        /// The member.
        name: String,
        /// Its size.
        size: u64,
    },
    /// More than 65,535 members.
    TooManyFiles(usize),
    /// The cabinet would pass 2 GB.
    CabinetTooLarge {
        /// Bytes it would have at least.
        bytes: u64,
    },
    /// More or fewer bytes were given for a member than were announced.
    SizeMismatch {
        /// The member.
        name: String,
        /// Bytes announced.
        announced: u64,
        /// Bytes given.
        given: u64,
    },
    /// The names do not fit into the space that was reserved for them.
    Reserve {
        /// Bytes reserved.
        reserved: u64,
        /// Bytes needed.
        needed: u64,
    },
    /// A member was called a duplicate of one that is not there.
    NoSuchMember,
    /// A compressing thread ended early.
    WorkerLost,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Io(error) => write!(f, "the cabinet cannot be written: {error}"),
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
            Error::CabinetTooLarge { bytes } => write!(
                f,
                "the cabinet would have {bytes} bytes or more, {CABINET_MAX} is the limit: leave files out"
            ),
            Error::SizeMismatch { name, announced, given } => {
                write!(f, "{name}: {announced} bytes were announced, {given} were given")
            }
            Error::Reserve { reserved, needed } => {
                write!(f, "{reserved} bytes were reserved for the cabinet's tables, {needed} are needed")
            }
            Error::NoSuchMember => write!(f, "a member cannot share the content of one that was not added"),
            Error::WorkerLost => write!(f, "a compressing thread ended early"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Error::Io(error)
    }
}

impl From<WorkerLost> for Error {
    fn from(_: WorkerLost) -> Self {
        Error::WorkerLost
    }
}

struct Folder {
    plain: u64,
    blocks: u32,
    start: u64,
}

struct Entry {
    name: String,
    size: u64,
    offset: u64,
    folder: u16,
}

/// Writes one cabinet into a sink that starts at its current position.
///
/// [`Writer::new`] reserves space for the tables, [`Writer::begin`], [`Writer::write`] and
/// [`Writer::duplicate`] add members, [`Writer::finish`] writes the tables. The cabinet is of no use before.
pub struct Writer<W: Write + Seek> {
    sink: W,
    origin: u64,
    reserved: u64,
    written: u64,
    method: Method,
    pipeline: Pipeline,
    folders: Vec<Folder>,
    // For each batch under way the folder it is of.
    under_way: std::collections::VecDeque<usize>,
    entries: Vec<Entry>,
    given: u64,
    /// [`FOLDER_MAX`], less in tests.
    pub(super) folder_max: u64,
}

/// Bytes to reserve for members of these names and sizes, whatever of them turns out to be shared.
pub fn reserve<'a>(members: impl IntoIterator<Item = (&'a str, u64)>) -> u64 {
    let (mut folders, mut used, mut names) = (1_u64, 0_u64, 0_u64);
    for (name, size) in members {
        names += front_len(0, [name]) - front_len(0, []);
        used = used.saturating_add(size);
        if used > FOLDER_MAX {
            folders += 1;
            used = size;
        }
    }
    front_len(folders, []) + names
}

impl<W: Write + Seek> Writer<W> {
    /// Starts a cabinet at the sink's position. `reserved` is the space for tables, from [`reserve`].
    pub fn new(mut sink: W, reserved: u64, options: &Options) -> Result<Self, Error> {
        let origin = sink.stream_position()?;
        write_zeros(&mut sink, reserved)?;
        Ok(Self {
            sink,
            origin,
            reserved,
            written: reserved,
            method: options.method,
            pipeline: Pipeline::new(options.method, options.threads)?,
            folders: Vec::new(),
            under_way: std::collections::VecDeque::new(),
            entries: Vec::new(),
            given: 0,
            folder_max: FOLDER_MAX,
        })
    }

    /// Starts the next member; exactly `size` bytes must follow.
    pub fn begin(&mut self, name: &str, size: u64) -> Result<Member, Error> {
        self.check_complete()?;
        if size > FOLDER_MAX {
            return Err(Error::FileTooLarge { name: name.to_owned(), size });
        }
        match self.folders.last() {
            Some(folder) if folder.plain + size <= self.folder_max => {}
            Some(_) => {
                self.send(true)?;
                self.folders.push(Folder { plain: 0, blocks: 0, start: 0 });
            }
            None => self.folders.push(Folder { plain: 0, blocks: 0, start: 0 }),
        }
        let folder = self.folders.len().saturating_sub(1);
        let offset = self.folders.last().map_or(0, |folder| folder.plain);
        let member = self.entry(name, size, offset, folder as u16)?;
        self.given = 0;
        Ok(member)
    }

    /// Bytes of the member that was begun last.
    pub fn write(&mut self, mut bytes: &[u8]) -> Result<(), Error> {
        let length = bytes.len() as u64;
        self.given += length;
        let Some((entry, folder)) = self.entries.last().zip(self.folders.last_mut()) else {
            return Err(Error::NoSuchMember);
        };
        if self.given > entry.size {
            return Err(Error::SizeMismatch {
                name: entry.name.clone(),
                announced: entry.size,
                given: self.given,
            });
        }
        folder.plain += length;
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(self.pipeline.room()));
            bytes = later;
            if self.pipeline.fill(now) {
                self.send(false)?;
            }
        }
        Ok(())
    }

    /// Adds a member with the content of one that is complete.
    pub fn duplicate(&mut self, name: &str, of: Member) -> Result<Member, Error> {
        self.check_complete()?;
        let (size, offset, folder) =
            self.entries.get(of.0).map(|of| (of.size, of.offset, of.folder)).ok_or(Error::NoSuchMember)?;
        let member = self.entry(name, size, offset, folder)?;
        self.given = size;
        Ok(member)
    }

    /// Writes what is left, then the tables, and gives the sink back, positioned at the cabinet's end.
    pub fn finish(mut self) -> Result<(W, Summary), Error> {
        self.check_complete()?;
        self.send(true)?;
        while self.drain_one()? {}

        let needed =
            front_len(self.folders.len() as u64, self.entries.iter().map(|entry| entry.name.as_str()));
        if needed > self.reserved {
            return Err(Error::Reserve { reserved: self.reserved, needed });
        }
        let mut order: Vec<usize> = (0..self.entries.len()).collect();
        order.sort_by_key(|&number| self.entries.get(number).map(|entry| (entry.folder, entry.offset)));
        let tables = self.tables(&order);
        self.sink.seek(SeekFrom::Start(self.origin))?;
        self.sink.write_all(&tables)?;
        self.sink.seek(SeekFrom::Start(self.origin.saturating_add(self.written)))?;
        self.sink.flush()?;

        let mut places = vec![0; order.len()];
        for (place, &number) in order.iter().enumerate() {
            if let Some(slot) = places.get_mut(number) {
                *slot = place as u32;
            }
        }
        let summary = Summary { bytes: self.written, folders: self.folders.len() as u16, places };
        Ok((self.sink, summary))
    }

    fn entry(&mut self, name: &str, size: u64, offset: u64, folder: u16) -> Result<Member, Error> {
        if name.is_empty() || name.len() > NAME_MAX || name.contains('\0') {
            return Err(Error::Name(name.to_owned()));
        }
        if self.entries.len() >= FILES_MAX {
            return Err(Error::TooManyFiles(self.entries.len() + 1));
        }
        self.entries.push(Entry { name: name.to_owned(), size, offset, folder });
        Ok(Member(self.entries.len() - 1))
    }

    fn check_complete(&self) -> Result<(), Error> {
        match self.entries.last() {
            Some(entry) if entry.size != self.given => Err(Error::SizeMismatch {
                name: entry.name.clone(),
                announced: entry.size,
                given: self.given,
            }),
            _ => Ok(()),
        }
    }

    fn send(&mut self, end_of_folder: bool) -> Result<(), Error> {
        while self.pipeline.is_full() {
            self.drain_one()?;
        }
        if self.pipeline.send(end_of_folder)? {
            self.under_way.push_back(self.folders.len().saturating_sub(1));
        }
        Ok(())
    }

    fn drain_one(&mut self) -> Result<bool, Error> {
        let Some(done) = self.pipeline.next()? else { return Ok(false) };
        let folder = self.under_way.pop_front().and_then(|number| self.folders.get_mut(number));
        if let Some(folder) = folder {
            if folder.blocks == 0 {
                folder.start = self.written;
            }
            folder.blocks += done.blocks;
        }
        self.written += done.data.len() as u64;
        if self.written > CABINET_MAX {
            return Err(Error::CabinetTooLarge { bytes: self.written });
        }
        self.sink.write_all(&done.data)?;
        self.pipeline.recycle(done);
        Ok(true)
    }

    /// CFHEADER, CFFOLDERs and CFFILEs. All lengths were checked against the format's limits before.
    fn tables(&self, order: &[usize]) -> Vec<u8> {
        let mut out = Vec::new();
        let files_at = front_len(self.folders.len() as u64, []) as u32;
        let zero = 0_u32.to_le_bytes();
        out.extend_from_slice(&SIGNATURE);
        out.extend_from_slice(&zero);
        out.extend_from_slice(&(self.written as u32).to_le_bytes());
        out.extend_from_slice(&zero);
        out.extend_from_slice(&files_at.to_le_bytes());
        out.extend_from_slice(&zero);
        // Version 1.3, minor first.
        out.extend_from_slice(&[3, 1]);
        for word in [self.folders.len() as u16, self.entries.len() as u16, 0, 0, 0] {
            out.extend_from_slice(&word.to_le_bytes());
        }
        for folder in &self.folders {
            // A folder of empty files only has no data; it points at the end of what there is.
            let start = if folder.blocks == 0 { self.written } else { folder.start };
            out.extend_from_slice(&(start as u32).to_le_bytes());
            out.extend_from_slice(&(folder.blocks as u16).to_le_bytes());
            out.extend_from_slice(&self.method.code().to_le_bytes());
        }
        for entry in order.iter().filter_map(|&number| self.entries.get(number)) {
            out.extend_from_slice(&(entry.size as u32).to_le_bytes());
            out.extend_from_slice(&(entry.offset as u32).to_le_bytes());
            let utf8 = if entry.name.is_ascii() { 0 } else { ATTRIBUTE_UTF8 };
            for word in [entry.folder, FIXED_DATE, FIXED_TIME, ATTRIBUTE_ARCHIVE | utf8] {
                out.extend_from_slice(&word.to_le_bytes());
            }
            out.extend_from_slice(entry.name.as_bytes());
            out.push(0);
        }
        out
    }
}

fn write_zeros(sink: &mut impl Write, mut count: u64) -> io::Result<()> {
    let zeros = [0_u8; 8192];
    while count > 0 {
        let now = count.min(zeros.len() as u64);
        sink.write_all(zeros.get(..now as usize).unwrap_or_default())?;
        count -= now;
    }
    Ok(())
}
