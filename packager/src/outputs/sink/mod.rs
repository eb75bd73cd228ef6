//! Where finished bytes go. Outputs write artefacts into a [`Sink`] and know nothing of disks.
//!
//! | sink | what it does |
//! | --- | --- |
//! | [`FileSink`] | writes beside the final names, and switches when everything is complete |
//! | [`MemorySink`] | keeps everything, for tests and for tools that look at what a build would give |
//! | [`ListSink`] | keeps names, sizes and digests only: a dry run, and the hash of a build |

use std::fmt;
use std::io;
use std::io::Write;
use std::path::PathBuf;

use sha2::{Digest as _, Sha256};

use crate::report::{BuildError, Problem};

mod file;
mod memory;
#[cfg(test)]
mod tests;

pub use file::FileSink;
pub use memory::{ListSink, MemorySink};

/// What an artefact is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A Windows Installer package.
    Msi,
    /// A Windows Installer transform.
    Transform,
    /// A setup EXE.
    Setup,
    /// The bootstrap on a share.
    Bootstrap,
    /// A setup EXE or MSI inside a share.
    Package,
    /// A file of a release on a share: payload, index or plan.
    Release,
    /// `release.idx`: the switch of a share, replaced after everything else.
    ReleaseIndex,
    /// A report, checksum list or bill of materials.
    Report,
}

impl Kind {
    /// The word used in messages for machines.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Msi => "msi",
            Self::Transform => "mst",
            Self::Setup => "exe",
            Self::Bootstrap => "bootstrap",
            Self::Package => "package",
            Self::Release => "release-file",
            Self::ReleaseIndex => "release-index",
            Self::Report => "report",
        }
    }
}

/// An artefact that is complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Path below the output directory, with forward slashes.
    pub path: String,
    /// What it is.
    pub kind: Kind,
    /// Bytes.
    pub bytes: u64,
    /// SHA-256 of all of them.
    pub sha256: [u8; 32],
}

/// An artefact being written, front to back. Dropped without [`Artefact::finish`] it never existed.
pub trait Artefact: Write + Send {
    /// Completes it. It appears under its final name with [`Sink::commit`].
    fn finish(self: Box<Self>) -> Result<Written, Error>;
}

/// Takes artefacts. Several may be written at once, from any thread.
pub trait Sink: Sync {
    /// Begins an artefact. `path` is relative, with forward slashes; each path is given once.
    fn create(&self, path: &str, kind: Kind) -> Result<Box<dyn Artefact>, Error>;

    /// Declares that all below `dir` belongs together: it is switched as one, and what an earlier build left
    /// there goes. Called before anything is created below it.
    fn whole(&self, dir: &str) -> Result<(), Error>;

    /// Makes a second artefact with the bytes of a finished one.
    fn copy(&self, from: &str, to: &str, kind: Kind) -> Result<Written, Error>;

    /// Puts everything finished under its final name, [`Kind::ReleaseIndex`] last, and lists it in that order.
    /// Nothing may be created afterwards.
    fn commit(&self) -> Result<Vec<Written>, Error>;

    /// A real folder that stands for `dir`, which is a [`Sink::whole`] or lies below one: whoever reads the
    /// payload can write files straight into it, and tells of each with [`Sink::adopt`]. `None`: this sink has
    /// no folders, write through [`Sink::create`].
    fn staging(&self, dir: &str) -> Result<Option<PathBuf>, Error> {
        check_path(dir).map(|()| None)
    }

    /// Takes a file that was written into [`Sink::staging`]; its size and digest are the writer's word.
    fn adopt(&self, written: Written) -> Result<(), Error> {
        Err(Error::Missing { path: written.path })
    }

    /// Writes a small artefact at once.
    fn put(&self, path: &str, kind: Kind, bytes: &[u8]) -> Result<Written, Error> {
        let mut artefact = self.create(path, kind)?;
        artefact.write_all(bytes).map_err(|e| Error::io("write", path, e))?;
        artefact.finish()
    }
}

/// Why an artefact could not be written. Always the environment's fault but for [`Error::Twice`] and
/// [`Error::Path`].
#[derive(Debug)]
pub enum Error {
    /// A call to the operating system failed.
    Io {
        /// What was tried, e.g. `write`.
        what: &'static str,
        /// On which path, as the person knows it.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// Two artefacts with one name (names are compared as Windows does).
    Twice {
        /// The name.
        path: String,
    },
    /// A name that would leave the output directory or cannot be a file name on Windows.
    Path {
        /// The name.
        path: String,
    },
    /// Something else stands where an artefact shall be.
    InTheWay {
        /// The path.
        path: String,
        /// What is there.
        is: &'static str,
    },
    /// [`Sink::copy`] or [`Sink::adopt`] of an artefact that is not there.
    Missing {
        /// The name.
        path: String,
    },
}

impl Error {
    /// Wraps an I/O error; an [`Error`] that travelled inside one (see [`Error::into_io`]) comes out again.
    pub fn io(what: &'static str, path: impl Into<String>, source: io::Error) -> Self {
        match source.downcast::<Self>() {
            Ok(inner) => inner,
            Err(source) => Self::Io { what, path: path.into(), source },
        }
    }

    /// For passing through [`Write`].
    pub fn into_io(self) -> io::Error {
        let kind = match &self {
            Self::Io { source, .. } => source.kind(),
            _ => io::ErrorKind::InvalidInput,
        };
        io::Error::new(kind, self)
    }
}

/// What a person can do about an I/O error of an output folder.
pub fn way_out(kind: io::ErrorKind) -> Option<&'static str> {
    Some(match kind {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "free some space, or choose another disk with `--out`; earlier artefacts are untouched"
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ResourceBusy => {
            "see who owns the folder and whether the file is open, or choose another folder with `--out`"
        }
        io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => {
            "choose another folder with `--out`"
        }
        _ => return None,
    })
}

impl Error {
    /// It with its cause and way out.
    pub fn problem(&self) -> Problem {
        match self {
            Self::Io { what, path, source } => {
                let problem = Problem::new(format!("cannot {what} {path}")).why(source);
                match way_out(source.kind()) {
                    Some(help) => problem.help(help),
                    None => problem,
                }
            }
            Self::Twice { path } => Problem::new(format!("two artefacts would be named {path}"))
                .why("Windows does not tell upper from lower case")
                .help("rename one of them"),
            Self::Path { path } => Problem::new(format!("`{path}` cannot be the name of an artefact")),
            Self::InTheWay { path, is } => Problem::new(format!("{path} is {is}"))
                .why("an artefact shall be put there")
                .help("move it away, or choose another folder with `--out`"),
            Self::Missing { path } => Problem::new(format!("the artefact {path} was never finished")),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problem = self.problem();
        f.write_str(&problem.message)?;
        problem.why.iter().try_for_each(|why| write!(f, ": {why}"))?;
        problem.help.iter().try_for_each(|help| write!(f, "; {help}"))
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}

impl From<Error> for BuildError {
    fn from(error: Error) -> Self {
        let problem = error.problem();
        match error {
            Error::Twice { .. } | Error::Path { .. } | Error::Missing { .. } => Self::Input(problem),
            Error::Io { .. } | Error::InTheWay { .. } => Self::Environment(problem),
        }
    }
}

/// Counts and hashes what passes.
#[derive(Default)]
struct Meter {
    bytes: u64,
    hash: Sha256,
}

impl Meter {
    fn take(&mut self, bytes: &[u8]) {
        self.bytes = self.bytes.saturating_add(bytes.len() as u64);
        self.hash.update(bytes);
    }

    fn written(self, path: String, kind: Kind) -> Written {
        Written { path, kind, bytes: self.bytes, sha256: self.hash.finalize().into() }
    }
}

/// Relative, forward slashes, no empty, `.` or `..` part, nothing that means a drive or a stream.
fn check_path(path: &str) -> Result<(), Error> {
    let bad = |part: &str| {
        part.is_empty()
            || part == "."
            || part == ".."
            || part.contains(['\\', ':', '\0'])
            || part.ends_with(['.', ' '])
    };
    if path.split('/').any(bad) { Err(Error::Path { path: path.to_owned() }) } else { Ok(()) }
}

/// The name by which two artefacts clash.
fn folded(path: &str) -> String {
    path.to_lowercase()
}

/// The order of switching: what a share's index does not name, what it names, the index itself. So the moment in
/// which a share is neither the old nor the new one is as short as can be.
fn sort_for_commit(written: &mut [Written]) {
    written.sort_by(|a, b| (rank(a.kind), &a.path).cmp(&(rank(b.kind), &b.path)));
}

/// Place of a kind in the order of switching. Whole directories ([`Sink::whole`]) are switched before [`SHARE`].
fn rank(kind: Kind) -> u8 {
    match kind {
        Kind::Msi | Kind::Transform | Kind::Setup | Kind::Report => 0,
        Kind::Bootstrap | Kind::Package | Kind::Release => SHARE,
        Kind::ReleaseIndex => 2,
    }
}

/// The rank of what belongs to a share.
const SHARE: u8 = 1;
