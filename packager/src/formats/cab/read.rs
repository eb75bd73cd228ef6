//! Reading cabinets that may be anything: memory and work are bounded by the input's length and by what its
//! own tables announce.

use std::fmt;
use std::io::{self, Read, Seek, SeekFrom, Write};

use super::layout::{
    ATTRIBUTE_UTF8, FLAG_NEXT, FLAG_PREVIOUS, FLAG_RESERVE, FOLDER_MAX, NAME_MAX, SIGNATURE,
};
use super::unpack::Unpacker;

/// A folder of a cabinet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// Where its first block starts, from the start of the cabinet.
    pub start: u64,
    /// Its blocks.
    pub blocks: u16,
    /// CFFOLDER.typeCompress: the low four bits are the method (0 stored, 1 MSZIP, 2 Quantum, 3 LZX).
    pub compression: u16,
}

/// A member of a cabinet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name as it stands in the cabinet; bytes that are not UTF-8 are taken for Latin-1.
    pub name: String,
    /// Plain bytes.
    pub size: u32,
    /// Where it starts in the folder's plain bytes.
    pub offset: u32,
    /// The folder it is in.
    pub folder: u16,
    /// DOS date, local time.
    pub date: u16,
    /// DOS time, local time.
    pub time: u16,
    /// Attributes.
    pub attributes: u16,
}

/// Why a cabinet could not be read.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The input or an output failed.
    Io(io::Error),
    /// It is no cabinet.
    NoCabinet,
    /// Something in the tables is out of bounds.
    Damaged {
        /// What.
        what: &'static str,
    },
    /// A block of a folder is damaged.
    Block {
        /// The folder.
        folder: usize,
        /// The block in it.
        block: u16,
        /// What is wrong.
        what: &'static str,
    },
    /// A compression method this reader does not know, or a cabinet that goes on in another file.
    Unsupported {
        /// What.
        what: String,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Io(error) => write!(f, "the cabinet cannot be read: {error}"),
            Error::NoCabinet => write!(f, "this is no cabinet: it does not start with MSCF"),
            Error::Damaged { what } => write!(f, "the cabinet is damaged: {what}"),
            Error::Block { folder, block, what } => {
                write!(f, "the cabinet is damaged: folder {folder}, block {block}: {what}")
            }
            Error::Unsupported { what } => write!(f, "the cabinet cannot be unpacked: {what}"),
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
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Error::Damaged { what: "it ends too early" },
            _ => Error::Io(error),
        }
    }
}

/// An opened cabinet.
#[derive(Debug)]
pub struct Cabinet<R> {
    input: R,
    origin: u64,
    length: u64,
    folders: Vec<Folder>,
    files: Vec<File>,
    data_reserve: u8,
}

impl<R: Read + Seek> Cabinet<R> {
    /// Reads the tables of the cabinet that starts at the input's position.
    pub fn open(mut input: R) -> Result<Self, Error> {
        let origin = input.stream_position()?;
        let end = input.seek(SeekFrom::End(0))?;
        input.seek(SeekFrom::Start(origin))?;
        let mut tables = Tables { input: io::BufReader::new(&mut input) };

        if tables.bytes::<4>()? != SIGNATURE {
            return Err(Error::NoCabinet);
        }
        tables.u32()?;
        let length = u64::from(tables.u32()?);
        if length > end.saturating_sub(origin) {
            return Err(Error::Damaged { what: "it is shorter than its header says" });
        }
        tables.u32()?;
        let files_at = u64::from(tables.u32()?);
        tables.u32()?;
        let [_, major] = tables.bytes::<2>()?;
        if major != 1 {
            return Err(Error::Unsupported { what: format!("format version {major}") });
        }
        let (folder_count, file_count, flags) = (tables.u16()?, tables.u16()?, tables.u16()?);
        tables.u32()?;
        let (mut folder_reserve, mut data_reserve) = (0, 0);
        if flags & FLAG_RESERVE != 0 {
            let header_reserve = tables.u16()?;
            [folder_reserve, data_reserve] = tables.bytes::<2>()?;
            tables.skip(u64::from(header_reserve))?;
        }
        for flag in [FLAG_PREVIOUS, FLAG_NEXT] {
            if flags & flag != 0 {
                tables.name()?;
                tables.name()?;
            }
        }

        let mut folders = Vec::new();
        for _ in 0..folder_count {
            let start = u64::from(tables.u32()?);
            let (blocks, compression) = (tables.u16()?, tables.u16()?);
            tables.skip(u64::from(folder_reserve))?;
            folders.push(Folder { start, blocks, compression });
        }
        drop(tables);

        input.seek(SeekFrom::Start(origin.saturating_add(files_at)))?;
        let mut tables = Tables { input: io::BufReader::new(&mut input) };
        let mut files = Vec::new();
        for _ in 0..file_count {
            let (size, offset) = (tables.u32()?, tables.u32()?);
            if u64::from(size) + u64::from(offset) > FOLDER_MAX {
                return Err(Error::Damaged { what: "a file ends behind any folder's end" });
            }
            let (folder, date, time, attributes) =
                (tables.u16()?, tables.u16()?, tables.u16()?, tables.u16()?);
            let name = tables.name()?;
            let name = match String::from_utf8(name) {
                Ok(name) if attributes & ATTRIBUTE_UTF8 != 0 || name.is_ascii() => name,
                Ok(name) => name.bytes().map(char::from).collect(),
                Err(error) => error.into_bytes().into_iter().map(char::from).collect(),
            };
            files.push(File { name, size, offset, folder, date, time, attributes });
        }
        drop(tables);
        Ok(Self { input, origin, length, folders, files, data_reserve })
    }

    /// Bytes of the cabinet, as its header says.
    pub fn len(&self) -> u64 {
        self.length
    }

    /// Whether it has no files.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Its folders.
    pub fn folders(&self) -> &[Folder] {
        &self.folders
    }

    /// Its files, in the order of the cabinet.
    pub fn files(&self) -> &[File] {
        &self.files
    }

    /// Unpacks in one pass: `target` says for each file, in the order in which their content starts, where its
    /// bytes go; `None` leaves it out. What a target got before an error is of no use.
    ///
    /// Several files may cover the same bytes, so a small input may announce a large output: whoever fears
    /// that sums up the sizes of [`Self::files`] first.
    pub fn extract<'t>(
        &mut self,
        mut target: impl FnMut(usize, &File) -> io::Result<Option<Box<dyn Write + 't>>>,
    ) -> Result<(), Error> {
        let mut order: Vec<usize> = (0..self.files.len()).collect();
        order.sort_by_key(|&number| self.files.get(number).map(|file| (file.folder, file.offset)));
        let mut order = order.into_iter().peekable();
        while let Some(first) = order.next() {
            let Some(folder_number) = self.files.get(first).map(|file| usize::from(file.folder)) else {
                break;
            };
            let mut wanted = vec![first];
            while let Some(number) = order.next_if(|&number| {
                self.files.get(number).is_some_and(|file| usize::from(file.folder) == folder_number)
            }) {
                wanted.push(number);
            }
            let Some(folder) = self.folders.get(folder_number) else {
                let what = "a file of it is in a folder that does not exist or lies in another cabinet";
                return Err(Error::Unsupported { what: what.to_owned() });
            };
            self.input.seek(SeekFrom::Start(self.origin.saturating_add(folder.start)))?;
            let input = (&mut self.input).take(self.length.saturating_sub(folder.start));
            let mut unpacker =
                Unpacker::new(io::BufReader::new(input), folder_number, folder, self.data_reserve)?;
            unpack_files(&mut unpacker, &self.files, &wanted, &mut target)?;
        }
        Ok(())
    }
}

/// A file that is being written.
struct Open<'t> {
    end: u64,
    out: Box<dyn Write + 't>,
}

fn unpack_files<'t>(
    unpacker: &mut Unpacker<impl Read>,
    files: &[File],
    wanted: &[usize],
    target: &mut impl FnMut(usize, &File) -> io::Result<Option<Box<dyn Write + 't>>>,
) -> Result<(), Error> {
    let mut waiting = wanted.iter().filter_map(|&number| Some((number, files.get(number)?))).peekable();
    let mut open: Vec<Open<'t>> = Vec::new();
    let mut at = 0_u64;
    loop {
        // Files that start exactly where the folder's data ends are empty ones.
        while let Some((number, file)) =
            waiting.next_if(|(_, file)| file.size == 0 && u64::from(file.offset) <= at)
        {
            if let Some(mut out) = target(number, file)? {
                out.flush()?;
            }
        }
        if waiting.peek().is_none() && open.is_empty() {
            return Ok(());
        }
        let Some(block) = unpacker.next_block()? else {
            return Err(Error::Damaged { what: "a file ends behind its folder's end" });
        };
        let end = at + block.len() as u64;
        let from = |position: u64| (position.saturating_sub(at) as usize).min(block.len());
        for file in &mut open {
            file.out.write_all(block.get(..from(file.end)).unwrap_or_default())?;
        }
        while let Some((number, file)) = waiting.next_if(|(_, file)| u64::from(file.offset) < end) {
            let file_end = u64::from(file.offset) + u64::from(file.size);
            if let Some(mut out) = target(number, file)? {
                out.write_all(block.get(from(file.offset.into())..from(file_end)).unwrap_or_default())?;
                open.push(Open { end: file_end, out });
            }
        }
        at = end;
        let mut still_open = Vec::with_capacity(open.len());
        for mut file in open {
            if file.end > at {
                still_open.push(file);
            } else {
                file.out.flush()?;
            }
        }
        open = still_open;
    }
}

/// Little-endian fields, read one by one.
struct Tables<R> {
    input: io::BufReader<R>,
}

impl<R: Read> Tables<R> {
    fn bytes<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let mut bytes = [0; N];
        self.input.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    fn u16(&mut self) -> Result<u16, Error> {
        self.bytes().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Result<u32, Error> {
        self.bytes().map(u32::from_le_bytes)
    }

    fn skip(&mut self, count: u64) -> Result<(), Error> {
        let skipped = io::copy(&mut (&mut self.input).take(count), &mut io::sink())?;
        if skipped == count { Ok(()) } else { Err(Error::Damaged { what: "it ends too early" }) }
    }

    fn name(&mut self) -> Result<Vec<u8>, Error> {
        let mut name = Vec::new();
        loop {
            match self.bytes()? {
                [0] => return Ok(name),
                _ if name.len() == NAME_MAX => return Err(Error::Damaged { what: "a name is too long" }),
                [byte] => name.push(byte),
            }
        }
    }
}
