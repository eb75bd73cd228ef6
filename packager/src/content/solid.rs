//! The streams of a solid setup EXE ([`packager_shared::solid`]): many files in one history.
//!
//! Streams are made side by side, so a package is divided into some. What is lost is little: contents stand in the order
//! of their likeness, and far behind each other they have little in common.

use packager_shared::index::Index;
use packager_shared::path;
use packager_shared::solid::{self, Filter, Stream};
use sha2::{Digest as _, Sha256};
use std::io::{BufWriter, Read as _, Seek as _, SeekFrom, Write};
use tempfile::NamedTempFile;

use super::arrange::{Content, arrange};
use super::cache::Key;
use super::divide::Stretches;
use super::error::io;
use super::sources::PIECE;
use super::workers::in_order;
use super::{Cache, Error, PackedFile, Packing, Survey, Tally};
use crate::formats::solid::{Encoder, Shape};

/// How streams are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// Zstandard with long-distance matches: seconds.
    Balanced,
    /// LZMA2: smallest, a tenth as fast.
    Max,
}

/// Bytes of history of a Zstandard stream, as a power of two.
const ZSTD_WINDOW: u32 = 25;
/// Bytes of history of an LZMA2 stream. Compressing takes eleven times as many of memory, for each thread.
const LZMA_WINDOW: u32 = 8 << 20;

/// The section of a solid setup EXE.
#[derive(Debug)]
pub struct SolidFile {
    /// All of it.
    pub packed: PackedFile,
    /// Heap that unpacking it needs, in bytes.
    pub heap: u64,
}

impl Effort {
    fn method(self) -> solid::Method {
        match self {
            Self::Balanced => solid::Method::Zstd,
            Self::Max => solid::Method::Lzma2,
        }
    }

    fn stretches(self) -> Stretches {
        Stretches { about: 16 << 20, by_kind: true }
    }

    /// Bytes of history that a stream of so many bytes has use for.
    fn window(self, plain: u64) -> u32 {
        match self {
            Self::Balanced => {
                let least = plain.clamp(1 << 10, 1 << ZSTD_WINDOW).next_power_of_two();
                least as u32
            }
            Self::Max => plain.clamp(4 << 10, u64::from(LZMA_WINDOW)).next_power_of_two() as u32,
        }
    }
}

struct Job<'a> {
    contents: &'a [Content],
    plain: u64,
    filter: Filter,
}

/// Makes the section. `index` lists all files that were surveyed.
pub fn pack(
    survey: &Survey,
    index: &Index,
    effort: Effort,
    packing: Packing<'_>,
) -> Result<SolidFile, Error> {
    let contents: Vec<Content> =
        arrange(&survey.files).into_iter().filter(|content| content.size > 0).collect();
    let mut jobs: Vec<Job<'_>> = Vec::new();
    let mut rest = contents.as_slice();
    for count in effort.stretches().divide(&contents, &survey.files) {
        let (contents, others) = rest.split_at(count.min(rest.len()));
        let code = contents.first().is_some_and(|content| content.code);
        jobs.push(Job {
            contents,
            plain: contents.iter().map(|content| content.size).sum(),
            filter: if code { Filter::X86 } else { Filter::None },
        });
        rest = others;
    }
    let mut streams: Vec<Stream> = jobs
        .iter()
        .map(|job| Stream {
            method: effort.method(),
            filter: job.filter,
            window: effort.window(job.plain),
            packed: 0,
            plain: job.plain,
            contents: job.contents.len() as u32,
        })
        .collect();
    let places = places(survey, index, &contents);
    let front = solid::header(&streams, &places).len() as u64;

    let unwritten = || io("cannot write the streams in", packing.folder);
    let file =
        NamedTempFile::new_in(packing.folder).map_err(io("cannot create a file in", packing.folder))?;
    let mut out = BufWriter::with_capacity(1 << 20, file);
    std::io::copy(&mut std::io::repeat(0).take(front), &mut out).map_err(unwritten())?;
    let mut tally =
        Tally { plain: jobs.iter().map(|job| job.plain).sum(), units: jobs.len() as u64, ..Tally::default() };
    let cache = packing.cache;
    in_order(
        jobs.len(),
        packing.threads,
        packing.threads.get(),
        Vec::new,
        |buffer, number, progress| match jobs.get(number) {
            Some(job) => make(survey, job, effort, buffer, cache, progress),
            None => Ok((Vec::new(), false)),
        },
        |number, (data, cached)| {
            tally.cached += u64::from(cached);
            if let Some(stream) = streams.get_mut(number) {
                stream.packed = data.len() as u64;
            }
            out.write_all(&data).map_err(unwritten())
        },
        packing.progress,
    )?;
    out.seek(SeekFrom::Start(0)).map_err(unwritten())?;
    out.write_all(&solid::header(&streams, &places)).map_err(unwritten())?;
    let mut file = out.into_inner().map_err(|error| unwritten()(error.into_error()))?;
    let (size, sha256) = digest(&mut file).map_err(io("cannot read back the streams in", packing.folder))?;
    tally.packed = size;
    Ok(SolidFile { packed: PackedFile { file, size, sha256, tally }, heap: solid::heap(&streams) })
}

/// The places in the index that stand for contents: of the first file with each.
fn places(survey: &Survey, index: &Index, contents: &[Content]) -> Vec<u32> {
    let firsts = solid::first_of_each(index);
    let place = |content: &Content| {
        let path = survey.files.get(content.first()).map_or("", |file| file.path.as_str());
        let place = index.entries.binary_search_by(|entry| path::compare(&entry.path, path));
        place.ok().and_then(|place| firsts.get(place)).copied().unwrap_or(u32::MAX)
    };
    contents.iter().map(place).collect()
}

fn make(
    survey: &Survey,
    job: &Job<'_>,
    effort: Effort,
    buffer: &mut Vec<u8>,
    cache: Option<&Cache>,
    progress: &dyn Fn(u64),
) -> Result<(Vec<u8>, bool), Error> {
    let stream = Shape { method: effort.method(), filter: job.filter, window: effort.window(job.plain) };
    let name = cache.map(|_| {
        let mut key = Key::new("stream", Encoder::VERSION, &format!("{stream:?} {}", job.plain));
        for content in job.contents {
            key.add(survey.files.get(content.first()), 0, content.size);
        }
        key.finish()
    });
    if let Some((data, _)) = cache.zip(name.as_ref()).and_then(|(cache, name)| cache.get(name)) {
        progress(job.plain);
        return Ok((data, true));
    }
    let mut encoder = Encoder::new(stream, job.plain).map_err(Error::Stream)?;
    for content in job.contents {
        let Some(source) = survey.sources.get(content.first()) else { continue };
        let mut from = 0;
        while from < content.size {
            let to = from.saturating_add(PIECE).min(content.size);
            buffer.clear();
            source.read(from, to, buffer)?;
            encoder.write_all(buffer).map_err(Error::Stream)?;
            progress(to - from);
            from = to;
        }
    }
    let data = encoder.finish().map_err(Error::Stream)?;
    if let Some((cache, name)) = cache.zip(name) {
        cache.put(&name, &data, 0);
    }
    Ok((data, false))
}

fn digest(file: &mut NamedTempFile) -> std::io::Result<(u64, [u8; 32])> {
    let input = file.as_file_mut();
    input.seek(SeekFrom::Start(0))?;
    let (mut hash, mut size, mut buffer) = (Sha256::new(), 0, vec![0; 1 << 18]);
    loop {
        let count = input.read(&mut buffer)?;
        hash.update(buffer.get(..count).unwrap_or_default());
        size += count as u64;
        if count == 0 {
            break;
        }
    }
    input.seek(SeekFrom::Start(0))?;
    Ok((size, hash.finalize().into()))
}
