//! The sink that writes a real output directory.
//!
//! Everything is written under hidden names beside the final ones (see [`leftover`]) and renamed by
//! [`Sink::commit`]. So a build that fails or is killed leaves what was there before, and the next build removes
//! what it left.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tempfile::NamedTempFile;

use super::{Artefact, Error, Kind, Sink, Written, check_path, folded, sort_for_commit};
use hashed::HashedFile;

mod hashed;
mod leftover;
mod switch;

/// Writes below an output directory.
pub struct FileSink(Arc<Inner>);

struct Inner {
    /// The output directory.
    root: PathBuf,
    /// What marks this build's hidden names.
    token: String,
    /// Held locked while the build lives.
    lock: Option<NamedTempFile>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// By folded path; `None` while it is written.
    artefacts: BTreeMap<String, Option<Written>>,
    /// Directories that are switched as one.
    wholes: Vec<String>,
    /// Directories known to exist.
    known: BTreeSet<PathBuf>,
    /// Directories this build made, parents first.
    made: Vec<PathBuf>,
}

impl FileSink {
    /// Opens (and makes, where needed) an output directory, and removes what killed builds left in it.
    pub fn open(root: &Path) -> Result<Self, Error> {
        let mut state = State::default();
        make_dirs(&mut state, root)?;
        leftover::sweep(root)?;
        let (lock, token) = leftover::lock(root)?;
        Ok(Self(Arc::new(Inner { root: root.to_owned(), token, lock: Some(lock), state: Mutex::new(state) })))
    }

    /// The output directory.
    pub fn root(&self) -> &Path {
        &self.0.root
    }

    /// Removes something that an earlier build made: it is out of sight at once, and gone when that is possible.
    pub fn discard(&self, path: &str) -> Result<(), Error> {
        check_path(path)?;
        let (target, hidden) = (self.0.target(path), self.0.hidden(path));
        fs::rename(&target, &hidden).map_err(|e| Error::io("remove", shown(&target), e))?;
        let _ = leftover::remove(&hidden);
        Ok(())
    }

    /// A hidden folder in the output directory for what is needed only during the build: on the same disk as
    /// what becomes of it, and removed with the sink, or by the next build when this one is killed.
    pub fn scratch(&self) -> Result<PathBuf, Error> {
        let dir = self.0.scratch();
        make_dirs(&mut self.0.state(), &dir)?;
        Ok(dir)
    }
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where an artefact will stand.
    fn target(&self, path: &str) -> PathBuf {
        let mut target = self.root.clone();
        target.extend(path.split('/'));
        target
    }

    /// Where it stands until then.
    fn staged(&self, state: &State, path: &str) -> PathBuf {
        for whole in &state.wholes {
            if let Some(rest) = path.strip_prefix(whole.as_str()).and_then(|rest| rest.strip_prefix('/')) {
                let mut staged = self.hidden(whole);
                staged.extend(rest.split('/'));
                return staged;
            }
        }
        self.hidden(path)
    }

    fn scratch(&self) -> PathBuf {
        leftover::hidden(&self.root.join("scratch"), &self.token, leftover::NEW)
    }

    fn hidden(&self, path: &str) -> PathBuf {
        leftover::hidden(&self.target(path), &self.token, leftover::NEW)
    }

    /// Reserves a name and makes the directory it is staged in.
    fn begin(&self, path: &str) -> Result<PathBuf, Error> {
        check_path(path)?;
        let mut state = self.state();
        if state.artefacts.contains_key(&folded(path)) {
            return Err(Error::Twice { path: path.to_owned() });
        }
        let staged = self.staged(&state, path);
        if let Some(parent) = staged.parent() {
            make_dirs(&mut state, parent)?;
        }
        state.artefacts.insert(folded(path), None);
        Ok(staged)
    }
}

/// Whether `path` is `dir` or lies below it.
fn in_or_at(dir: &str, path: &str) -> bool {
    path.strip_prefix(dir).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Makes a directory and those above it, and remembers which were new.
fn make_dirs(state: &mut State, dir: &Path) -> Result<(), Error> {
    if dir.as_os_str().is_empty() || state.known.contains(dir) {
        return Ok(());
    }
    if !dir.is_dir() {
        if let Some(parent) = dir.parent() {
            make_dirs(state, parent)?;
        }
        match fs::create_dir(dir) {
            Ok(()) => state.made.push(dir.to_owned()),
            Err(_) if dir.is_dir() => {}
            Err(e) => return Err(Error::io("create the folder", shown(dir), e)),
        }
    }
    state.known.insert(dir.to_owned());
    Ok(())
}

/// A path for people.
fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// An artefact being written to its hidden name.
struct Item {
    sink: Arc<Inner>,
    path: String,
    kind: Kind,
    staged: PathBuf,
    file: Option<HashedFile>,
}

impl Item {
    fn failed(&self, what: &'static str, e: io::Error) -> Error {
        Error::io(what, shown(&self.sink.target(&self.path)), e)
    }
}

impl Write for Item {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let Some(file) = &mut self.file else { return Err(io::ErrorKind::BrokenPipe.into()) };
        match file.write(buffer) {
            Ok(n) => Ok(n),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => Err(e),
            Err(e) => Err(self.failed("write", e).into_io()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self.file.as_mut().map(Write::flush) {
            Some(Err(e)) => Err(self.failed("write", e).into_io()),
            _ => Ok(()),
        }
    }
}

impl Artefact for Item {
    fn finish(mut self: Box<Self>) -> Result<Written, Error> {
        let file = self.file.take().map(HashedFile::finish).transpose();
        let finished = file.map_err(|e| self.failed("write", e))?;
        let Some((bytes, sha256)) = finished else {
            return Err(Error::Missing { path: self.path.clone() });
        };
        let written = Written { path: self.path.clone(), kind: self.kind, bytes, sha256 };
        self.sink.state().artefacts.insert(folded(&self.path), Some(written.clone()));
        Ok(written)
    }
}

impl Drop for Item {
    fn drop(&mut self) {
        let mut state = self.sink.state();
        if state.artefacts.get(&folded(&self.path)).is_some_and(Option::is_none) {
            state.artefacts.remove(&folded(&self.path));
            drop(state);
            self.file = None;
            let _ = fs::remove_file(&self.staged);
        }
    }
}

impl Sink for FileSink {
    fn create(&self, path: &str, kind: Kind) -> Result<Box<dyn Artefact>, Error> {
        let staged = self.0.begin(path)?;
        match fs::File::create_new(&staged) {
            Ok(file) => Ok(Box::new(Item {
                sink: self.0.clone(),
                path: path.to_owned(),
                kind,
                staged,
                file: Some(HashedFile::new(file)),
            })),
            Err(e) => {
                self.0.state().artefacts.remove(&folded(path));
                Err(Error::io("create", shown(&self.0.target(path)), e))
            }
        }
    }

    fn whole(&self, dir: &str) -> Result<(), Error> {
        check_path(dir)?;
        let staged = self.0.hidden(dir);
        let mut state = self.0.state();
        make_dirs(&mut state, &staged)?;
        state.wholes.push(dir.to_owned());
        Ok(())
    }

    fn staging(&self, dir: &str) -> Result<Option<PathBuf>, Error> {
        check_path(dir)?;
        let mut state = self.0.state();
        let Some(whole) = state.wholes.iter().find(|whole| in_or_at(whole, dir)).cloned() else {
            return Err(Error::Path { path: dir.to_owned() });
        };
        let mut folder = self.0.hidden(&whole);
        folder.extend(
            dir.strip_prefix(whole.as_str()).unwrap_or_default().split('/').filter(|part| !part.is_empty()),
        );
        make_dirs(&mut state, &folder)?;
        Ok(Some(folder))
    }

    fn adopt(&self, written: Written) -> Result<(), Error> {
        check_path(&written.path)?;
        let mut state = self.0.state();
        let staged = self.0.staged(&state, &written.path);
        if state.artefacts.contains_key(&folded(&written.path)) {
            return Err(Error::Twice { path: written.path });
        }
        match fs::metadata(&staged) {
            Ok(meta) if meta.is_file() && meta.len() == written.bytes => {}
            _ => return Err(Error::Missing { path: written.path }),
        }
        state.artefacts.insert(folded(&written.path), Some(written));
        Ok(())
    }

    fn copy(&self, from: &str, to: &str, kind: Kind) -> Result<Written, Error> {
        let (source, found) = {
            let state = self.0.state();
            (self.0.staged(&state, from), state.artefacts.get(&folded(from)).cloned().flatten())
        };
        let found = found.ok_or_else(|| Error::Missing { path: from.to_owned() })?;
        let staged = self.0.begin(to)?;
        // One file under two names costs no space; where the file system has no such thing it is copied.
        let done = fs::hard_link(&source, &staged).or_else(|_| fs::copy(&source, &staged).map(drop));
        if let Err(e) = done {
            let _ = fs::remove_file(&staged);
            self.0.state().artefacts.remove(&folded(to));
            return Err(Error::io("write", shown(&self.0.target(to)), e));
        }
        let written = Written { path: to.to_owned(), kind, ..found };
        self.0.state().artefacts.insert(folded(to), Some(written.clone()));
        Ok(written)
    }

    fn commit(&self) -> Result<Vec<Written>, Error> {
        let mut state = self.0.state();
        let mut list: Vec<Written> = state.artefacts.values().flatten().cloned().collect();
        sort_for_commit(&mut list);
        switch::all(&self.0, &state, &list)?;
        // Nothing is left to undo.
        state.artefacts.clear();
        state.wholes.clear();
        state.made.clear();
        Ok(list)
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let state = std::mem::take(&mut *self.state());
        let _ = fs::remove_dir_all(self.scratch());
        for whole in &state.wholes {
            let _ = fs::remove_dir_all(self.hidden(whole));
        }
        for written in state.artefacts.values().flatten() {
            let _ = fs::remove_file(self.staged(&state, &written.path));
        }
        // Removes its file too, which is in the way of removing a directory this build made.
        self.lock = None;
        for dir in state.made.iter().rev() {
            let _ = fs::remove_dir(dir);
        }
    }
}
