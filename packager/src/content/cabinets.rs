//! The cabinets that the MSI and the setup EXE carry.

use std::io::{BufWriter, Read, Seek, SeekFrom, Write};

use camino::Utf8Path;
use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;

use super::arrange::{Content, arrange, ranges};
use super::cache::Key;
use super::divide::{self, Limits, PART, Stretches};
use super::error::io;
use super::hash::HashingWriter;
use super::spool::Spool;
use super::workers::in_order;
use super::{Cache, Error, Hashed, PackedFile, Packing, Survey, Tally};
use crate::formats::cab::layout::front_len;
use crate::formats::cab::{self, Coder, Method};

/// Plain bytes of a job that are in memory at a time: whole blocks, and most folders as a whole.
const READ_AT_ONCE: u64 = 32 << 20;

/// One of the cabinets in a [`CabinetFile`]. Each is whole by itself and shares nothing with the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CabinetPart {
    /// Bytes before it.
    pub start: u64,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of its data and, behind that, of its tables: in this order they become known, and none that is
    /// not equal has the same.
    pub digest: [u8; 32],
    /// The highest [`Layout::sequence`] of its files.
    pub last: u32,
}

/// One cabinet or several, one right behind the other.
#[derive(Debug)]
pub struct CabinetFile {
    /// All of them.
    pub packed: PackedFile,
    /// Each.
    pub parts: Vec<CabinetPart>,
}

impl CabinetFile {
    /// What only equal cabinets have in common.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        self.parts.iter().for_each(|part| hash.update(part.digest));
        hash.finalize().into()
    }
}

/// Which file is where in which cabinet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    cabinets: Vec<Vec<Content>>,
    sequences: Vec<u32>,
}

impl Layout {
    /// Of files, in cabinets within limits. It does not depend on what they are compressed with.
    #[must_use]
    pub fn of(files: &[Hashed], limits: Limits) -> Self {
        let cabinets = divide::cabinets(&arrange(files), limits);
        let mut sequences = vec![0; files.len()];
        let members = cabinets.iter().flatten().flat_map(|content| &content.files);
        for (number, file) in (1..).zip(members) {
            if let Some(sequence) = sequences.get_mut(*file) {
                *sequence = number;
            }
        }
        Self { cabinets, sequences }
    }

    /// A file's place in the cabinets, from 1: the File table's Sequence. Files of the same content stand together.
    #[must_use]
    pub fn sequence(&self, file: usize) -> u32 {
        self.sequences.get(file).copied().unwrap_or_default()
    }

    /// The highest sequence of each cabinet, in their order.
    #[must_use]
    pub fn lasts(&self) -> Vec<u32> {
        let count = |cabinet: &Vec<Content>| cabinet.iter().map(|content| content.files.len() as u32).sum();
        let counts = self.cabinets.iter().map(count);
        counts
            .scan(0, |all, count: u32| {
                *all += count;
                Some(*all)
            })
            .collect()
    }
}

/// A folder before it is made.
struct Folder<'a> {
    contents: &'a [Content],
    size: u64,
}

/// A stretch of a folder's plain bytes, made by itself.
struct Job {
    cabinet: usize,
    folder: usize,
    from: u64,
    to: u64,
}

/// What a worker uses again.
#[derive(Default)]
struct Buffers {
    plain: Vec<u8>,
    packed: Vec<u8>,
}

/// Blocks of a job.
struct Made {
    data: Spool,
    blocks: u32,
    cached: bool,
}

/// Makes cabinets of what was surveyed. `key` makes a file's name in them from its path: distinct, 1 to 255 bytes.
pub fn pack(
    survey: &Survey,
    layout: &Layout,
    method: Method,
    key: &dyn Fn(&str) -> String,
    packing: Packing<'_>,
) -> Result<CabinetFile, Error> {
    let stretches = stretches(method);
    let mut cabinets: Vec<Vec<Folder<'_>>> = Vec::new();
    for contents in &layout.cabinets {
        let mut rest = contents.as_slice();
        let mut folders = Vec::new();
        for count in stretches.divide(contents, &survey.files) {
            let (contents, others) = rest.split_at(count.min(rest.len()));
            folders.push(Folder { contents, size: contents.iter().map(|content| content.size).sum() });
            rest = others;
        }
        cabinets.push(folders);
    }
    let jobs = jobs(&cabinets, method);

    let unwritten = || io("cannot write the cabinet in", packing.folder);
    let file =
        NamedTempFile::new_in(packing.folder).map_err(io("cannot create a file in", packing.folder))?;
    let mut writer = CabinetWriter {
        out: HashingWriter { out: BufWriter::with_capacity(1 << 20, file), hash: Sha256::new() },
        parts: Vec::new(),
        cabinets: cabinets
            .iter()
            .zip(&layout.cabinets)
            .map(|(folders, contents)| Open::new(folders, contents, survey, method, key))
            .collect(),
        begun: false,
    };
    let scratch = packing.folder;
    // What is stored is faster read from where it is.
    let cache = packing.cache.filter(|_| method != Method::Stored);
    let mut tally = Tally { units: jobs.len() as u64, ..Tally::default() };
    in_order(
        jobs.len(),
        packing.threads,
        packing.threads.get() + 2,
        || (Coder::new(method), Buffers::default()),
        |(coder, buffers), number, progress| match jobs.get(number) {
            Some(job) => {
                let folder = cabinets.get(job.cabinet).and_then(|folders| folders.get(job.folder));
                make(survey, folder, job, (coder, method), buffers, (scratch, cache), progress)
            }
            None => Ok(Made { data: Spool::new(scratch), blocks: 0, cached: false }),
        },
        |number, mut made| {
            tally.cached += u64::from(made.cached);
            match jobs.get(number) {
                Some(job) => writer.add(job, &mut made, unwritten),
                None => Ok(()),
            }
        },
        packing.progress,
    )?;
    let (file, parts) = writer.finish(&layout.lasts(), unwritten)?;
    tally.plain = cabinets.iter().flatten().map(|folder| folder.size).sum();
    tally.packed = parts.iter().map(|part| part.size).sum();
    Ok(CabinetFile { packed: PackedFile::new(file, tally.packed, tally), parts })
}

/// How much of a cabinet is a folder. What is lost at its border (32 KB of history, 2 MB with LZX) stays far below one
/// in a hundred, and there are enough for all cores and for the cache.
fn stretches(method: Method) -> Stretches {
    let about = match method {
        Method::Stored => 64 << 20,
        Method::Mszip => 8 << 20,
        Method::Lzx(_) => 16 << 20,
    };
    Stretches { about, by_kind: false }
}

fn jobs(cabinets: &[Vec<Folder<'_>>], method: Method) -> Vec<Job> {
    let mut jobs = Vec::new();
    for (cabinet, folders) in cabinets.iter().enumerate() {
        for (folder, content) in folders.iter().enumerate() {
            let part = if Coder::in_stretches(method) { PART } else { content.size };
            let mut from = 0;
            while from < content.size {
                let to = from.saturating_add(part).min(content.size);
                jobs.push(Job { cabinet, folder, from, to });
                from = to;
            }
        }
    }
    jobs
}

fn make(
    survey: &Survey,
    folder: Option<&Folder<'_>>,
    job: &Job,
    (coder, method): (&mut Coder, Method),
    Buffers { plain, packed }: &mut Buffers,
    (scratch, cache): (&Utf8Path, Option<&Cache>),
    progress: &dyn Fn(u64),
) -> Result<Made, Error> {
    let start = job.from.saturating_sub(Coder::HISTORY as u64);
    let contents = folder.map_or(&[][..], |folder| folder.contents);
    let name = cache.map(|_| {
        let mut key = Key::new("cabinet", Coder::VERSION, &format!("{method:?} {}", job.from - start));
        for (content, from, to) in ranges(contents, start, job.to) {
            key.add(survey.files.get(content.first()), from, to);
        }
        key.finish()
    });
    if let Some((data, blocks)) = cache.zip(name.as_ref()).and_then(|(cache, name)| cache.get(name)) {
        progress(job.to - job.from);
        return Ok(Made { data, blocks, cached: true });
    }
    let (mut data, mut blocks) = (Spool::new(scratch), 0);
    coder.begin(job.to - job.from);
    // A large file is a large folder, and need not be in memory as a whole.
    let mut from = job.from;
    while from < job.to {
        let to = from.saturating_add(READ_AT_ONCE).min(job.to);
        let before = if from == job.from { start } else { from };
        plain.clear();
        for (content, from, to) in ranges(contents, before, to) {
            if let Some(source) = survey.sources.get(content.first()) {
                source.read(from, to, plain)?;
            }
        }
        packed.clear();
        blocks += coder.encode(plain, (from - before) as usize, packed, &mut |bytes| progress(bytes));
        data.write_all(packed).map_err(io("cannot write in", scratch))?;
        from = to;
    }
    if let Some((cache, name)) = cache.zip(name) {
        cache.put(&name, &mut data, blocks);
    }
    Ok(Made { data, blocks, cached: false })
}

/// A member, with its name.
struct Named {
    name: String,
    size: u64,
    folder: usize,
    offset: u64,
}

impl Named {
    fn member(&self) -> cab::Member<'_> {
        cab::Member { name: &self.name, size: self.size, folder: self.folder, offset: self.offset }
    }
}

/// A cabinet whose folders are being made.
struct Open {
    members: Vec<Named>,
    folders: Vec<cab::Folder>,
    front: u64,
}

impl Open {
    fn new(
        folders: &[Folder<'_>],
        contents: &[Content],
        survey: &Survey,
        method: Method,
        key: &dyn Fn(&str) -> String,
    ) -> Self {
        let mut members = Vec::with_capacity(contents.len());
        for (number, folder) in folders.iter().enumerate() {
            let mut offset = 0;
            for content in folder.contents {
                let files = content.files.iter().filter_map(|file| survey.files.get(*file));
                members.extend(files.map(|file| Named {
                    name: key(&file.path),
                    size: file.size,
                    folder: number,
                    offset,
                }));
                offset += content.size;
            }
        }
        let front = front_len(folders.len() as u64, members.iter().map(|member| member.name.as_str()));
        let folders = vec![cab::Folder { method, packed: 0, blocks: 0 }; folders.len()];
        Self { members, folders, front }
    }

    fn tables(&self) -> Result<Vec<u8>, cab::write::Error> {
        let members: Vec<cab::Member<'_>> = self.members.iter().map(Named::member).collect();
        cab::tables(&self.folders, &members)
    }

    fn size(&self) -> u64 {
        self.folders.iter().fold(self.front, |sum, folder| sum + folder.packed)
    }
}

/// Writes cabinets one behind the other: room for the tables, the data, then the tables.
struct CabinetWriter {
    /// The data of the current cabinet is hashed on its way, while others are still at work.
    out: HashingWriter<BufWriter<NamedTempFile>>,
    cabinets: Vec<Open>,
    /// Those that are complete.
    parts: Vec<CabinetPart>,
    begun: bool,
}

impl CabinetWriter {
    fn add<E: FnOnce(std::io::Error) -> Error>(
        &mut self,
        job: &Job,
        made: &mut Made,
        failed: impl Fn() -> E,
    ) -> Result<(), Error> {
        while self.parts.len() < job.cabinet {
            self.close(&failed)?;
        }
        self.begin().map_err(failed())?;
        made.data.copy_to(&mut self.out).map_err(failed())?;
        let open = self.cabinets.get_mut(job.cabinet).and_then(|open| open.folders.get_mut(job.folder));
        if let Some(folder) = open {
            folder.packed += made.data.len();
            folder.blocks += made.blocks;
        }
        Ok(())
    }

    /// Leaves room for the tables of the current cabinet.
    fn begin(&mut self) -> std::io::Result<()> {
        if !std::mem::replace(&mut self.begun, true) {
            let front = self.cabinets.get(self.parts.len()).map_or(0, |open| open.front);
            std::io::copy(&mut std::io::repeat(0).take(front), &mut self.out.out)?;
        }
        Ok(())
    }

    fn close<E: FnOnce(std::io::Error) -> Error>(&mut self, failed: impl Fn() -> E) -> Result<(), Error> {
        self.begin().map_err(failed())?;
        let Some(open) = self.cabinets.get(self.parts.len()) else { return Ok(()) };
        let (tables, size) = (open.tables()?, open.size());
        let out = &mut self.out.out;
        let mut put = || {
            let end = out.stream_position()?;
            let start = end.saturating_sub(size);
            out.seek(SeekFrom::Start(start))?;
            out.write_all(&tables)?;
            out.seek(SeekFrom::Start(end))?;
            Ok(start)
        };
        let start = put().map_err(failed())?;
        let mut hash = std::mem::take(&mut self.out.hash);
        hash.update(&tables);
        self.parts.push(CabinetPart { start, size, digest: hash.finalize().into(), last: 0 });
        self.begun = false;
        Ok(())
    }

    /// The file, and the cabinets in it. `lasts` are of each.
    fn finish<E: FnOnce(std::io::Error) -> Error>(
        mut self,
        lasts: &[u32],
        failed: impl Fn() -> E,
    ) -> Result<(NamedTempFile, Vec<CabinetPart>), Error> {
        while self.parts.len() < self.cabinets.len() {
            self.close(&failed)?;
        }
        for (part, last) in self.parts.iter_mut().zip(lasts) {
            part.last = *last;
        }
        let file = self.out.out.into_inner().map_err(|error| failed()(error.into_error()))?;
        Ok((file, self.parts))
    }
}
