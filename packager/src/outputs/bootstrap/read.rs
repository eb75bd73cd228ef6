//! Reading a program that was made here: a setup EXE, an installed bootstrap, the bootstrap of a share.
//!
//! What is read may be anything. Sections are verified before they are understood, and none is larger than what
//! the target itself would read.

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use camino::{Utf8Path, Utf8PathBuf};
use packager_shared::identity::{self, Identity};
use packager_shared::index::{self, Index};
use packager_shared::overlay::{self, CABINET, IDENTITY, INDEX, Kind, Overlay, PLAN, SOLID, Section};
use packager_shared::plan::{self, Plan};
use packager_shared::read_at::{END, IoError, ReadAt};
use packager_shared::solid::{self, Solid};
use packager_shared::wire;

use crate::formats::cab::{self, Cabinet};
use crate::formats::solid::decode;

/// The largest plan, index or identity that is read, in bytes.
const MOST: u64 = overlay::MOST_MEMORY;

/// A file that can be read anywhere.
#[derive(Debug)]
pub struct FileAt(File);

impl ReadAt for FileAt {
    fn length(&mut self) -> Result<u64, IoError> {
        self.0.seek(SeekFrom::End(0)).map_err(|e| code(&e))
    }

    fn read_at(&mut self, at: u64, buffer: &mut [u8]) -> Result<(), IoError> {
        self.0.seek(SeekFrom::Start(at)).and_then(|_| self.0.read_exact(buffer)).map_err(|e| code(&e))
    }
}

fn code(error: &io::Error) -> IoError {
    error.raw_os_error().and_then(|code| u32::try_from(code).ok()).unwrap_or(END)
}

/// A program with an overlay whose header is verified.
#[derive(Debug)]
pub struct Program {
    path: Utf8PathBuf,
    file: FileAt,
    /// What it carries.
    pub overlay: Overlay,
}

/// Why a program cannot be read.
#[derive(Debug)]
pub struct Error {
    /// Which.
    pub path: Utf8PathBuf,
    /// What is wrong with it.
    pub what: What,
}

/// What is wrong with a program.
#[derive(Debug)]
pub enum What {
    /// It cannot be opened.
    Open(io::Error),
    /// Its overlay.
    Overlay(overlay::Error),
    /// A section is in order and yet cannot be understood.
    Section {
        /// Which.
        name: &'static str,
        /// Why not.
        why: wire::Error,
    },
    /// One of its cabinets.
    Cabinet(cab::read::Error),
    /// Two sections that do not belong together.
    Mixed,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = &self.path;
        match &self.what {
            What::Open(e) => write!(f, "cannot open {path}: {e}"),
            What::Overlay(overlay::Error::Missing) => {
                write!(f, "{path} is a program, and none that packager made: it carries no package")
            }
            What::Overlay(e) => write!(f, "{path}: {e}"),
            What::Section { name, why } => write!(f, "{path}: its {name} cannot be read: {why}"),
            What::Cabinet(e) => write!(f, "{path}: {e}"),
            What::Mixed => write!(f, "{path}: its index belongs to another plan"),
        }
    }
}

impl std::error::Error for Error {}

impl Program {
    /// Opens a program and verifies the header of what it carries.
    pub fn open(path: &Utf8Path) -> Result<Self, Error> {
        let failed = |what| Error { path: path.to_owned(), what };
        let mut file = FileAt(File::open(path).map_err(|e| failed(What::Open(e)))?);
        let overlay = overlay::open(&mut file).map_err(|e| failed(What::Overlay(e)))?;
        Ok(Self { path: path.to_owned(), file, overlay })
    }

    fn failed(&self, what: What) -> Error {
        Error { path: self.path.clone(), what }
    }

    /// Verifies every byte of what it carries, and that its parts belong together.
    pub fn verify(&mut self) -> Result<(), Error> {
        self.overlay.verify(&mut self.file).map_err(|e| self.failed(What::Overlay(e)))?;
        match self.overlay.kind {
            Kind::Share => self.identity().map(drop),
            Kind::Setup | Kind::Installed => self.release().map(drop),
        }
    }

    fn section(&mut self, tag: overlay::Tag) -> Result<Vec<u8>, Error> {
        self.overlay.read(&mut self.file, tag, MOST).map_err(|e| self.failed(What::Overlay(e)))
    }

    /// Plan and index of a setup EXE or an installed bootstrap.
    pub fn release(&mut self) -> Result<(Plan, Index), Error> {
        let plan = self.section(PLAN)?;
        let bytes = self.section(INDEX)?;
        let (index, of_plan) =
            index::decode(&bytes).map_err(|why| self.failed(What::Section { name: "index", why }))?;
        let (plan, digest) = plan::decode_with_digest(&plan)
            .map_err(|why| self.failed(What::Section { name: "plan", why }))?;
        if of_plan != digest {
            return Err(self.failed(What::Mixed));
        }
        Ok((plan, index))
    }

    /// Whom the bootstrap of a share serves.
    pub fn identity(&mut self) -> Result<Identity, Error> {
        let bytes = self.section(IDENTITY)?;
        identity::decode(&bytes).map_err(|why| self.failed(What::Section { name: "identity", why }))
    }

    /// The section with the cabinets of a setup EXE, and the file positioned at its first byte.
    pub fn cabinet(&self) -> Result<Option<(Section, File)>, Error> {
        let Some(section) = self.overlay.section(CABINET) else { return Ok(None) };
        let open = || {
            let mut file = File::open(&self.path)?;
            file.seek(SeekFrom::Start(section.start))?;
            Ok(file)
        };
        Ok(Some((*section, open().map_err(|e| self.failed(What::Open(e)))?)))
    }

    /// Whether it carries files.
    pub fn has_files(&self) -> bool {
        [CABINET, SOLID].iter().any(|tag| self.overlay.section(*tag).is_some())
    }

    /// The streams of a solid setup EXE, whose index this is; `None` in one with cabinets.
    pub fn solid(&mut self, index: &Index) -> Result<Option<Solid>, Error> {
        let Some(section) = self.overlay.section(SOLID).copied() else { return Ok(None) };
        let opened = Solid::open(&mut self.file, section.start, section.length, index);
        opened.map(Some).map_err(|e| self.failed(What::Overlay(e)))
    }

    /// Reads the plain bytes of one of the [`Solid::streams`].
    pub fn stream(&self, (start, stream): &(u64, solid::Stream)) -> Result<Box<dyn Read>, Error> {
        let open = || {
            let mut file = File::open(&self.path)?;
            file.seek(SeekFrom::Start(*start))?;
            decode(file, stream)
        };
        open().map_err(|e| self.failed(What::Open(e)))
    }

    /// The cabinets of a setup EXE in their order; none in another bootstrap.
    pub fn cabinets(&self) -> Result<Vec<Cabinet<&File>>, Error> {
        let Some(section) = self.overlay.section(CABINET) else { return Ok(Vec::new()) };
        let end = section.start.saturating_add(section.length);
        let (mut all, mut at) = (Vec::new(), section.start);
        while at < end {
            let damaged = |why| self.failed(What::Cabinet(why));
            let mut file = &self.file.0;
            file.seek(SeekFrom::Start(at)).map_err(|e| self.failed(What::Open(e)))?;
            let cabinet = Cabinet::open(file).map_err(damaged)?;
            // Its tables were read, so it has bytes.
            at = at.saturating_add(cabinet.len().max(1));
            all.push(cabinet);
        }
        Ok(all)
    }
}
