//! The files of a cabinet, or of a solid setup EXE, into a sink.

use std::cell::RefCell;
use std::io::{self, Read, Seek, Write};

use camino::Utf8Path;
use packager_shared::index::Index;

use super::kind::bad;
use crate::formats::cab::{self, Cabinet};
use crate::outputs::bootstrap::read::Program;
use crate::outputs::sink::{self, Artefact, Kind, Sink, Written};
use crate::report::BuildError;

/// Finished members by number, or why one could not be finished.
type Done = RefCell<Vec<(usize, Result<Written, sink::Error>)>>;

/// A member that finishes itself when the cabinet lets go of it.
struct Item<'d> {
    artefact: Option<Box<dyn Artefact>>,
    number: usize,
    done: &'d Done,
}

impl Write for Item<'_> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.artefact.as_mut().map_or(Ok(0), |artefact| artefact.write(buffer))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.artefact.as_mut().map_or(Ok(()), |artefact| artefact.flush())
    }
}

impl Drop for Item<'_> {
    fn drop(&mut self) {
        if let Some(artefact) = self.artefact.take() {
            self.done.borrow_mut().push((self.number, artefact.finish()));
        }
    }
}

/// Unpacks the members that have a place in the sink; `places` is in the order of the cabinet's members. Gives
/// number and digest of each.
pub(super) fn unpack<R: Read + Seek>(
    from: &Utf8Path,
    cabinet: &mut Cabinet<R>,
    places: &[Option<String>],
    sink: &dyn Sink,
) -> Result<Vec<(usize, Written)>, BuildError> {
    let done = Done::default();
    let unpacked = cabinet.extract(|number, _| {
        let Some(place) = places.get(number).and_then(Option::as_deref) else { return Ok(None) };
        let artefact = Some(sink.create(place, Kind::Release).map_err(sink::Error::into_io)?);
        Ok(Some(Box::new(Item { artefact, number, done: &done })))
    });
    match unpacked {
        Ok(()) => {}
        // An error of the sink is one of the disk, not of the cabinet.
        Err(cab::read::Error::Io(e)) => return Err(sink::Error::io("unpack", from.as_str(), e).into()),
        Err(e) => return Err(bad(from, e)),
    }
    done.into_inner().into_iter().map(|(number, written)| Ok((number, written?))).collect()
}

/// Unpacks the streams of a solid setup EXE; `places` is in the order of its index, and so is the answer.
pub(super) fn unpack_solid(
    from: &Utf8Path,
    program: &mut Program,
    index: &Index,
    places: &[String],
    sink: &dyn Sink,
) -> Result<Vec<Written>, BuildError> {
    let Some(solid) = program.solid(index).map_err(|e| bad(from, e))? else { return Ok(Vec::new()) };
    let mut order: Vec<usize> = (0..index.entries.len()).collect();
    order.sort_by_key(|&number| {
        solid.places.get(number).copied().flatten().map(|place| (place.stream, place.offset))
    });
    let mut written: Vec<Option<Written>> = vec![None; index.entries.len()];
    let mut buffer = vec![0; 1 << 16];
    // Nothing is read for files without bytes: they come first.
    let mut current: Option<(u32, Box<dyn Read>)> = None;
    for alike in order.chunk_by(|a, b| solid.places.get(*a) == solid.places.get(*b)) {
        let place = alike.first().and_then(|number| solid.places.get(*number).copied().flatten());
        let mut left = match place {
            Some(_) => {
                alike.first().and_then(|number| index.entries.get(*number)).map_or(0, |entry| entry.size)
            }
            None => 0,
        };
        let mut artefacts = Vec::new();
        for &number in alike {
            let place = places.get(number).map_or("", String::as_str);
            artefacts.push((number, place, sink.create(place, Kind::Release)?));
        }
        while left > 0 {
            let stream = place.map_or(0, |place| place.stream);
            if current.as_ref().is_none_or(|(number, _)| *number != stream) {
                let Some(stream_at) = solid.streams.get(stream as usize) else { break };
                current = Some((stream, program.stream(stream_at).map_err(|e| bad(from, e))?));
            }
            let Some((_, reader)) = &mut current else { break };
            let wanted = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            let piece = buffer.get_mut(..wanted).unwrap_or_default();
            reader.read_exact(piece).map_err(|e| bad(from, format!("a stream of it is damaged: {e}")))?;
            for (_, place, artefact) in &mut artefacts {
                artefact.write_all(piece).map_err(|e| sink::Error::io("unpack", *place, e))?;
            }
            left -= wanted as u64;
        }
        for (number, _, artefact) in artefacts {
            if let Some(slot) = written.get_mut(number) {
                *slot = Some(artefact.finish()?);
            }
        }
    }
    Ok(written.into_iter().flatten().collect())
}
