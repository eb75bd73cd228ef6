//! Members of a cabinet into a sink.

use std::cell::RefCell;
use std::io::{self, Read, Seek, Write};

use camino::Utf8Path;

use super::kind::bad;
use crate::formats::cab::{self, Cabinet};
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
