//! The share: a release as plain files that clients update from, and what a first install runs.
//!
//! ```text
//! share/{bootstrap}                        whom it serves and whom it trusts
//! share/release.idx                        signed; replaced last
//! share/files/{serial}/{arch}/files.idx    all installed files
//! share/files/{serial}/{arch}/plan.bin     everything else an installation does
//! share/files/{serial}/{arch}/…            the files themselves, the installed bootstrap among them
//! share/packages/…                         setup EXE or MSI of a first install; the MSI that MSI-managed
//!                                          installations are updated with
//! ```
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`config`] | names on a share; the identity of its bootstrap |
//! | [`plan`] | what will be on it |
//! | [`write`] | that plan into a sink |
//! | [`verify`] | a share on a disk against its signature |
//! | [`publish`] | a share to where clients read it |

pub mod config;
pub mod plan;
pub mod publish;
pub mod verify;
pub mod write;

#[cfg(test)]
pub(crate) mod tests;

use std::fmt;

use crate::outputs::bootstrap;
use crate::outputs::sink::{self, Sink};
use crate::plan::PackagePlan;
use crate::report::{BuildError, Problem};
use crate::sign;

pub use plan::{PackageFile, SharePlan, plan};
pub use write::{Source, write};

/// Declares a release to the sink: before anything of it is staged. Also finds what will stop [`plan`], before
/// the payload has been read for nothing.
pub fn begin(packages: &[&PackagePlan], sink: &dyn Sink) -> Result<(), Error> {
    packages.iter().try_for_each(|package| config::check(package))?;
    config::identity(packages)?;
    let serial = packages.first().map(|package| package.target.bootstrap.serial).ok_or(Error::Empty)?;
    sink.whole(&format!("{}/{}", config::ROOT, config::release_folder(serial))).map_err(Error::Sink)
}

/// Why there is no share.
#[derive(Debug)]
pub enum Error {
    /// Nothing to put on it.
    Empty,
    /// No public key in the manifest.
    NoKey,
    /// A release that its own clients would refuse.
    BelowFloor {
        /// Its serial.
        serial: u32,
        /// Its floor.
        floor: u32,
    },
    /// A payload file, or the bootstrap, has a name that the share itself uses.
    Reserved {
        /// Its path below the install directory.
        path: String,
    },
    /// The plans of two architectures are not of one release.
    Contradiction {
        /// In what they differ.
        what: &'static str,
        /// The value of the later one.
        value: String,
    },
    /// A payload file is not what it was when it was hashed.
    Changed {
        /// Where it was read.
        path: String,
    },
    /// A payload file cannot be read.
    Read {
        /// Where.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file of the index for which there is no source.
    NoSource {
        /// Its path below the install directory.
        path: String,
    },
    /// No bootstrap for it.
    Bootstrap(bootstrap::Error),
    /// No key to sign with.
    Key(sign::Error),
    /// The output failed.
    Sink(sink::Error),
}

impl Error {
    /// It with its cause and way out.
    pub fn problem(&self) -> Problem {
        match self {
            Self::Empty => Problem::new("there is no package to put on a share"),
            Self::NoKey => Problem::new("no share can be built: the manifest names no public key")
                .why("clients take a release from a share only with a signature they can check")
                .help("make a pair with `packager keygen`, then set `[bootstrap] public-key` and `private-key-file`"),
            Self::BelowFloor { serial, floor } => {
                Problem::new(format!("the serial {serial} is below the floor {floor}"))
                    .why("every client would refuse this release, with exit code 1620")
                    .help("raise `[bootstrap] serial`, or lower `floor` if no release above it was published")
            }
            Self::Reserved { path } => Problem::new(format!("`{path}` cannot stand on a share under that name"))
                .why("release.idx, files, packages, and per architecture files.idx and plan.bin are the share's own")
                .help("rename it, or build without `--output share`"),
            Self::Contradiction { what, value } => {
                Problem::new(format!("the architectures of one share differ in their {what}: `{value}`"))
            }
            Self::Changed { path } => Problem::new(format!("`{path}` was changed while the build ran"))
                .help("build again when nothing writes to the payload"),
            Self::Read { path, source } => Problem::new(format!("cannot read {path}")).why(source),
            Self::NoSource { path } => Problem::new(format!("`{path}` is planned, and its content is missing")),
            Self::Bootstrap(e) => Problem::new(e.to_string()),
            Self::Key(e) => e.problem(),
            Self::Sink(e) => e.problem(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.problem().fmt(f)
    }
}

impl std::error::Error for Error {}

impl From<Error> for BuildError {
    fn from(error: Error) -> Self {
        match error {
            Error::Bootstrap(e) => e.into(),
            Error::Key(e) => e.into(),
            Error::Sink(e) => e.into(),
            Error::Read { .. } => Self::Environment(error.problem()),
            _ => Self::Input(error.problem()),
        }
    }
}

impl From<sink::Error> for Error {
    fn from(error: sink::Error) -> Self {
        Self::Sink(error)
    }
}
