//! The streams of a solid setup EXE ([`packager_shared::solid`]): many files in one history.
//!
//! Streams are made side by side, so a package is divided into some. What is lost is little: contents stand in the order
//! of their likeness, and far behind each other they have little in common.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::{BufWriter, Read as _, Seek as _, SeekFrom, Write};

use camino::Utf8Path;
use packager_shared::index::Index;
use packager_shared::path;
use packager_shared::solid::{self, Filter, Stream};
use tempfile::NamedTempFile;

use super::arrange::{Content, arrange, ranges};
use super::cache::Key;
use super::divide::Stretches;
use super::error::io;
use super::spool::Spool;
use super::workers::in_order;
use super::{Cache, Error, PackedFile, Packing, Survey, Tally};
use crate::formats::solid::{Between, Encoder, LZMA_WINDOW_MIN, Shape, VERSION, in_segments};

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
const LZMA_WINDOW: u32 = 12 << 20;
/// Jobs that may be begun before others that stand before them: their results have to wait.
const NEAR: usize = 16;
/// Plain bytes of a stream that are read at a time.
const READ_AT_ONCE: u64 = 4 << 20;

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

    fn stretches() -> Stretches {
        // Shorter streams cost more than a higher level of compression brings.
        Stretches { about: 32 << 20, by_kind: true }
    }

    /// Bytes of history that a stream of so many bytes has use for.
    fn window(self, plain: u64) -> u32 {
        match self {
            // A power of two, as frames have it.
            Self::Balanced => plain.clamp(1 << 10, 1 << ZSTD_WINDOW).next_power_of_two() as u32,
            Self::Max => plain.clamp(LZMA_WINDOW_MIN.into(), u64::from(LZMA_WINDOW)) as u32,
        }
    }
}

/// A stream before it is made.
struct Planned<'a> {
    contents: &'a [Content],
    plain: u64,
    shape: Shape,
}

/// A stream, or a segment of one, made by itself.
struct Job {
    stream: usize,
    from: u64,
    to: u64,
}

/// Divides contents into streams, and these into jobs. Where segments can share a history, all contents of a kind are
/// one stream.
fn plan<'a>(contents: &'a [Content], survey: &Survey, effort: Effort) -> (Vec<Planned<'a>>, Vec<Job>) {
    let (mut streams, mut jobs): (Vec<Planned<'_>>, Vec<Job>) = (Vec::new(), Vec::new());
    let stretches = Effort::stretches();
    let (mut first, mut at) = (0, 0);
    for count in stretches.divide(contents, &survey.files) {
        let here = contents.get(at..at + count).unwrap_or_default();
        let code = here.first().is_some_and(|content| content.code);
        let filter = if code { Filter::X86 } else { Filter::None };
        let segments = in_segments(effort.method(), filter);
        let goes_on = segments && streams.last().is_some_and(|stream| stream.shape.filter == filter);
        if !goes_on {
            let shape = Shape { method: effort.method(), filter, window: 0 };
            streams.push(Planned { contents: &[], plain: 0, shape });
            first = at;
        }
        at += count;
        let number = streams.len().saturating_sub(1);
        let Some(stream) = streams.last_mut() else { break };
        let mut from = stream.plain;
        stream.contents = contents.get(first..at).unwrap_or_default();
        stream.plain = stream.contents.iter().map(|content| content.size).sum();
        stream.shape.window = effort.window(stream.plain);
        // A large file keeps several cores busy, if it can.
        let most = if segments { stretches.about.saturating_mul(2) } else { u64::MAX };
        while from < stream.plain {
            let to = from.saturating_add(most).min(stream.plain);
            jobs.push(Job { stream: number, from, to });
            from = to;
        }
    }
    (streams, jobs)
}

/// The order in which jobs are begun: of those near each other the longest first, so that all threads end at about the
/// same time.
fn order(jobs: &[Job]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..jobs.len()).collect();
    for near in order.chunks_mut(NEAR) {
        near.sort_by_key(|number| Reverse(jobs.get(*number).map_or(0, |job| job.to - job.from)));
    }
    order
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
    let (planned, jobs) = plan(&contents, survey, effort);
    let mut streams: Vec<Stream> = planned
        .iter()
        .map(|planned| Stream {
            method: planned.shape.method,
            filter: planned.shape.filter,
            window: planned.shape.window,
            packed: 0,
            plain: planned.plain,
            contents: planned.contents.len() as u32,
        })
        .collect();
    let places = places(survey, index, &contents);
    let front = solid::header(&streams, &places).len() as u64;

    let unwritten = || io("cannot write the streams in", packing.folder);
    let file =
        NamedTempFile::new_in(packing.folder).map_err(io("cannot create a file in", packing.folder))?;
    let mut out = BufWriter::with_capacity(1 << 20, file);
    std::io::copy(&mut std::io::repeat(0).take(front), &mut out).map_err(unwritten())?;
    let mut tally = Tally {
        plain: planned.iter().map(|stream| stream.plain).sum(),
        units: jobs.len() as u64,
        ..Tally::default()
    };
    let (scratch, cache) = (packing.folder, packing.cache);
    let order = order(&jobs);
    // What is made before its turn.
    let (mut early, mut turn) = (BTreeMap::new(), 0);
    in_order(
        jobs.len(),
        packing.threads,
        packing.threads.get(),
        Vec::new,
        |buffer, number, progress| match order
            .get(number)
            .and_then(|job| jobs.get(*job))
            .and_then(|job| Some((job, planned.get(job.stream)?)))
        {
            Some((job, stream)) => make(survey, stream, job, buffer, (scratch, cache), progress),
            None => Ok((Spool::new(scratch), false)),
        },
        |number, (data, cached)| {
            tally.cached += u64::from(cached);
            early.insert(order.get(number).copied().unwrap_or(number), data);
            while let Some(mut data) = early.remove(&turn) {
                if let Some(stream) = jobs.get(turn).and_then(|job| streams.get_mut(job.stream)) {
                    stream.packed += data.len();
                }
                data.copy_to(&mut out).map_err(unwritten())?;
                turn += 1;
            }
            Ok(())
        },
        packing.progress,
    )?;
    out.seek(SeekFrom::Start(0)).map_err(unwritten())?;
    out.write_all(&solid::header(&streams, &places)).map_err(unwritten())?;
    let file = out.into_inner().map_err(|error| unwritten()(error.into_error()))?;
    tally.packed = streams.iter().fold(front, |sum, stream| sum + stream.packed);
    Ok(SolidFile { packed: PackedFile::new(file, tally.packed, tally), heap: solid::heap(&streams) })
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
    stream: &Planned<'_>,
    job: &Job,
    buffer: &mut Vec<u8>,
    (scratch, cache): (&Utf8Path, Option<&Cache>),
    progress: &dyn Fn(u64),
) -> Result<(Spool, bool), Error> {
    let start = job.from.saturating_sub(u64::from(stream.shape.window));
    let goes_on = job.to < stream.plain;
    let name = cache.map(|_| {
        let how = format!("{:?} {} {} {goes_on}", stream.shape, job.from - start, job.to - job.from);
        let mut key = Key::new("stream", VERSION, &how);
        for (content, from, to) in ranges(stream.contents, start, job.to) {
            key.add(survey.files.get(content.first()), from, to);
        }
        key.finish()
    });
    if let Some((data, _)) = cache.zip(name.as_ref()).and_then(|(cache, name)| cache.get(name)) {
        progress(job.to - job.from);
        return Ok((data, true));
    }
    let read = |from, to, out: &mut Vec<u8>| -> Result<(), Error> {
        out.clear();
        for (content, from, to) in ranges(stream.contents, from, to) {
            if let Some(source) = survey.sources.get(content.first()) {
                source.read(from, to, out)?;
            }
        }
        Ok(())
    };
    let mut history = Vec::new();
    read(start, job.from, &mut history)?;
    let between = Between { history, goes_on };
    let out = Spool::new(scratch);
    let encoder = Encoder::segment(stream.shape, job.to - job.from, between, out);
    let mut encoder = encoder.map_err(Error::Stream)?;
    let mut from = job.from;
    while from < job.to {
        let to = from.saturating_add(READ_AT_ONCE).min(job.to);
        read(from, to, buffer)?;
        encoder.write_all(buffer).map_err(Error::Stream)?;
        progress(to - from);
        from = to;
    }
    let mut data = encoder.finish().map_err(Error::Stream)?;
    if let Some((cache, name)) = cache.zip(name) {
        cache.put(&name, &mut data, 0);
    }
    Ok((data, false))
}
