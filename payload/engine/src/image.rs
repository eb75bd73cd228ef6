//! A package as it travels: behind a PE image, verified.

use alloc::string::String;
use alloc::vec::Vec;

use packager_shared::exit::Exit;
use packager_shared::ids;
use packager_shared::index::{self, Digest, Index};
use packager_shared::overlay::{self, Overlay, Tag};
use packager_shared::plan::{self, Plan};
use packager_shared::read_at::{END, IoError, ReadAt};

use crate::System;
use crate::failure::{Failure, Outcome};

/// Plans and indexes larger than this are refused, in bytes.
pub const MOST: u64 = 128 << 20;

/// An open file of a [`System`], as something to read anywhere.
pub struct FileAt<'a, S: System> {
    /// The machine.
    pub system: &'a mut S,
    /// The file.
    pub file: &'a mut S::File,
}

impl<S: System> ReadAt for FileAt<'_, S> {
    fn length(&mut self) -> Result<u64, IoError> {
        self.system.length(self.file).map_err(|error| error.code)
    }

    fn read_at(&mut self, at: u64, buffer: &mut [u8]) -> Result<(), IoError> {
        self.system.seek(self.file, at).map_err(|error| error.code)?;
        let mut rest = buffer;
        while !rest.is_empty() {
            let count = self.system.read(self.file, rest).map_err(|error| error.code)?;
            if count == 0 {
                return Err(END);
            }
            rest = rest.get_mut(count..).ok_or(END)?;
        }
        Ok(())
    }
}

/// A bootstrap on the disk, its overlay's header verified.
pub struct Image<S: System> {
    /// The open file.
    pub file: S::File,
    /// What stands behind the image.
    pub overlay: Overlay,
}

impl<S: System> Image<S> {
    /// Opens a bootstrap.
    pub fn open(system: &mut S, path: &str) -> Outcome<Self> {
        let mut file = system.open(path).map_err(|error| Failure::with_exit(Exit::CannotOpen, &error))?;
        let overlay = overlay::open(&mut FileAt { system, file: &mut file })?;
        Ok(Self { file, overlay })
    }

    /// Verifies every byte of the overlay.
    pub fn verify(&mut self, system: &mut S) -> Outcome<()> {
        Ok(self.overlay.verify(&mut FileAt { system, file: &mut self.file })?)
    }

    /// Reads and verifies a section.
    pub fn read(&mut self, system: &mut S, tag: Tag) -> Outcome<Vec<u8>> {
        Ok(self.overlay.read(&mut FileAt { system, file: &mut self.file }, tag, MOST)?)
    }

    /// Reads plan and index.
    pub fn package(&mut self, system: &mut S) -> Outcome<Package> {
        let plan = self.read(system, overlay::PLAN)?;
        let index = self.read(system, overlay::INDEX)?;
        Package::read(&plan, &index)
    }
}

/// What is installed: plan and files.
pub struct Package {
    /// Everything but the files.
    pub plan: Plan,
    /// The files.
    pub index: Index,
    /// SHA-256 of the encoded index, lower-case hexadecimal: the release's digest.
    pub digest: String,
    /// The digest of the encoded plan.
    pub plan_digest: Digest,
    /// The encoded plan, and the encoded index.
    pub raw: (Vec<u8>, Vec<u8>),
}

impl Package {
    /// Reads `plan.bin` and `files.idx`, which must belong together.
    pub fn read(plan_bytes: &[u8], index_bytes: &[u8]) -> Outcome<Self> {
        let (index, plan_digest) = index::decode(index_bytes)?;
        let (plan, found) = plan::decode_with_digest(plan_bytes)?;
        if found != plan_digest {
            return Err(Failure::new(
                Exit::Damaged,
                "the package is damaged: plan and file index do not belong together",
            ));
        }
        let raw = (Vec::from(plan_bytes), Vec::from(index_bytes));
        Ok(Self { plan, index, digest: ids::hex(&ids::sha256(index_bytes)), plan_digest: found, raw })
    }
}
