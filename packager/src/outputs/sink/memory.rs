//! Sinks that touch no disk.

use std::collections::BTreeMap;
use std::io;
use std::io::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Artefact, Error, Kind, Meter, Sink, Written, check_path, folded, sort_for_commit};

/// Begun and finished artefacts by folded path.
type Table = Arc<Mutex<BTreeMap<String, Option<Kept>>>>;

#[derive(Clone)]
struct Kept {
    written: Written,
    bytes: Option<Vec<u8>>,
}

/// A poisoned table is still a table: the panic that poisoned it is reported elsewhere.
fn locked(table: &Table) -> MutexGuard<'_, BTreeMap<String, Option<Kept>>> {
    table.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Keeps every artefact.
#[derive(Default)]
pub struct MemorySink(Common);

/// Keeps names, sizes and digests; the bytes go nowhere.
#[derive(Default)]
pub struct ListSink(Common);

#[derive(Default)]
struct Common {
    table: Table,
}

impl MemorySink {
    /// An empty sink.
    pub fn new() -> Self {
        Self::default()
    }

    /// The bytes of a finished artefact.
    pub fn get(&self, path: &str) -> Option<Vec<u8>> {
        let table = locked(&self.0.table);
        table.get(&folded(path))?.as_ref()?.bytes.clone()
    }

    /// Every finished artefact and its bytes, sorted by path.
    pub fn all(&self) -> Vec<(Written, Vec<u8>)> {
        let table = locked(&self.0.table);
        let mut all: Vec<_> = table
            .values()
            .flatten()
            .map(|kept| (kept.written.clone(), kept.bytes.clone().unwrap_or_default()))
            .collect();
        all.sort_by(|a, b| a.0.path.cmp(&b.0.path));
        all
    }
}

impl ListSink {
    /// An empty sink.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Common {
    fn create(&self, path: &str, kind: Kind, keep: bool) -> Result<Box<dyn Artefact>, Error> {
        self.begin(path)?;
        Ok(Box::new(Item {
            table: self.table.clone(),
            path: path.to_owned(),
            kind,
            meter: Meter::default(),
            bytes: keep.then(Vec::new),
            finished: false,
        }))
    }

    fn begin(&self, path: &str) -> Result<(), Error> {
        check_path(path)?;
        let mut table = locked(&self.table);
        if table.contains_key(&folded(path)) {
            return Err(Error::Twice { path: path.to_owned() });
        }
        table.insert(folded(path), None);
        Ok(())
    }

    fn copy(&self, from: &str, to: &str, kind: Kind) -> Result<Written, Error> {
        let found = locked(&self.table).get(&folded(from)).cloned().flatten();
        let mut kept = found.ok_or_else(|| Error::Missing { path: from.to_owned() })?;
        self.begin(to)?;
        kept.written = Written { path: to.to_owned(), kind, ..kept.written };
        let written = kept.written.clone();
        locked(&self.table).insert(folded(to), Some(kept));
        Ok(written)
    }

    fn commit(&self) -> Vec<Written> {
        let mut list: Vec<_> =
            locked(&self.table).values().flatten().map(|kept| kept.written.clone()).collect();
        sort_for_commit(&mut list);
        list
    }
}

/// An artefact on its way into the table.
struct Item {
    table: Table,
    path: String,
    kind: Kind,
    meter: Meter,
    bytes: Option<Vec<u8>>,
    finished: bool,
}

impl Write for Item {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.meter.take(buffer);
        if let Some(bytes) = &mut self.bytes {
            bytes.extend_from_slice(buffer);
        }
        Ok(buffer.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Artefact for Item {
    fn finish(mut self: Box<Self>) -> Result<Written, Error> {
        let written = std::mem::take(&mut self.meter).written(self.path.clone(), self.kind);
        let kept = Kept { written: written.clone(), bytes: self.bytes.take() };
        locked(&self.table).insert(folded(&self.path), Some(kept));
        self.finished = true;
        Ok(written)
    }
}

impl Drop for Item {
    fn drop(&mut self) {
        if !self.finished {
            locked(&self.table).remove(&folded(&self.path));
        }
    }
}

impl Sink for MemorySink {
    fn create(&self, path: &str, kind: Kind) -> Result<Box<dyn Artefact>, Error> {
        self.0.create(path, kind, true)
    }

    fn whole(&self, dir: &str) -> Result<(), Error> {
        check_path(dir)
    }

    fn copy(&self, from: &str, to: &str, kind: Kind) -> Result<Written, Error> {
        self.0.copy(from, to, kind)
    }

    fn commit(&self) -> Result<Vec<Written>, Error> {
        Ok(self.0.commit())
    }
}

impl Sink for ListSink {
    fn create(&self, path: &str, kind: Kind) -> Result<Box<dyn Artefact>, Error> {
        self.0.create(path, kind, false)
    }

    fn whole(&self, dir: &str) -> Result<(), Error> {
        check_path(dir)
    }

    fn copy(&self, from: &str, to: &str, kind: Kind) -> Result<Written, Error> {
        self.0.copy(from, to, kind)
    }

    fn commit(&self) -> Result<Vec<Written>, Error> {
        Ok(self.0.commit())
    }
}
