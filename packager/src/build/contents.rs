//! What is read and compressed for one architecture: the step before outputs are written.

use std::cell::RefCell;
use std::num::NonZeroUsize;

use camino::Utf8Path;

use super::Wants;
use crate::content::cabinets::{self, CabinetFile, Layout};
use crate::content::divide::Limits;
use crate::content::solid::{self, Effort, SolidFile};
use crate::content::{Cache, Error, Packing, Survey, Tally};
use crate::formats::{cab, lzx};
use crate::outputs::bootstrap::Payload;
use crate::plan::{Compression, ExeCompression, PackagePlan};
use crate::report::{BuildRequest, Phase, Reporter};

/// Where the work is done, with what, and who hears of it.
#[derive(Clone, Copy)]
pub struct Workshop<'a, 'r> {
    /// Folder of temporary files.
    pub scratch: &'a Utf8Path,
    /// Threads that work.
    pub threads: NonZeroUsize,
    /// What was compressed in earlier builds.
    pub cache: Option<&'a Cache>,
    /// Who hears of the progress.
    pub reporter: &'a RefCell<&'r mut dyn Reporter>,
}

impl Workshop<'_, '_> {
    /// As many threads as are asked for, or as there are cores.
    pub fn threads(request: &BuildRequest) -> NonZeroUsize {
        request.jobs.or_else(|| std::thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN)
    }

    fn phase(&self, phase: Phase, total: u64) {
        self.reporter.borrow_mut().phase(phase, total);
    }

    fn advance(&self, bytes: u64) {
        self.reporter.borrow_mut().advance(bytes);
    }

    /// Reads planned files, and copies them for the share.
    pub fn survey(
        &self,
        planned: &[crate::plan::PlannedFile],
        share: Option<&Utf8Path>,
    ) -> Result<Survey, Error> {
        self.phase(Phase::Read, planned.iter().map(|file| file.size).sum());
        Survey::of(planned, share, self.threads, &|bytes| self.advance(bytes))
    }

    /// Makes cabinets of what was read.
    pub fn cabinets(
        &self,
        survey: &Survey,
        layout: &Layout,
        method: cab::Method,
        key: &dyn Fn(&str) -> String,
    ) -> Result<CabinetFile, Error> {
        self.packing(survey, |packing| cabinets::pack(survey, layout, method, key, packing))
    }

    fn packing<T>(
        &self,
        survey: &Survey,
        pack: impl FnOnce(Packing<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.phase(Phase::Compress, survey.bytes());
        let progress = |bytes| self.advance(bytes);
        pack(Packing { folder: self.scratch, threads: self.threads, cache: self.cache, progress: &progress })
    }
}

/// The compressed files of one architecture, as its outputs need them.
pub struct Contents {
    /// The MSI's.
    pub msi: Option<CabinetFile>,
    /// The setup EXE's, where it does not share the MSI's.
    exe: Option<ExeFiles>,
}

enum ExeFiles {
    Cabinets(CabinetFile),
    Solid(SolidFile),
}

impl Contents {
    /// Compresses what the outputs that are wanted need: once, where they can share it.
    pub fn of(
        package: &PackagePlan,
        wants: Wants,
        survey: &Survey,
        layout: &Layout,
        index: &packager_shared::index::Index,
        workshop: &Workshop<'_, '_>,
    ) -> Result<Self, Error> {
        let options = &package.outputs;
        let first_msi = package.target.bootstrap.first_install_msi;
        let wants_msi = wants.msi || wants.share && first_msi;
        let wants_exe = wants.exe || wants.share && !first_msi;
        let effort = match options.exe {
            ExeCompression::Fast => None,
            ExeCompression::Balanced => Some(Effort::Balanced),
            ExeCompression::Max => Some(Effort::Max),
        };
        // The bootstrap unpacks no LZX.
        let of_msi = msi_method(options.msi.compression);
        let of_exe = if options.msi.compression == Compression::None { of_msi } else { cab::Method::Mszip };
        let cabinets = |method| workshop.cabinets(survey, layout, method, &crate::plan::ids::file_key);
        let msi = wants_msi.then(|| cabinets(of_msi)).transpose()?;
        let exe = match effort {
            _ if !wants_exe => None,
            None if msi.is_some() && of_msi == of_exe => None,
            None => Some(ExeFiles::Cabinets(cabinets(of_exe)?)),
            Some(effort) => Some(ExeFiles::Solid(
                workshop.packing(survey, |packing| solid::pack(survey, index, effort, packing))?,
            )),
        };
        Ok(Self { msi, exe })
    }

    /// What the setup EXE carries, if anything was made for it.
    pub fn exe(&self) -> Option<Payload<'_>> {
        match &self.exe {
            Some(ExeFiles::Cabinets(cabinets)) => Some(cabinets.into()),
            Some(ExeFiles::Solid(solid)) => Some(solid.into()),
            None => self.msi.as_ref().map(Payload::from),
        }
    }

    /// What it took.
    pub fn tally(&self) -> Tally {
        let exe = match &self.exe {
            Some(ExeFiles::Cabinets(cabinets)) => cabinets.packed.tally,
            Some(ExeFiles::Solid(solid)) => solid.packed.tally,
            None => Tally::default(),
        };
        self.msi.as_ref().map_or(exe, |msi| exe.and(msi.packed.tally))
    }
}

fn msi_method(compression: Compression) -> cab::Method {
    match compression {
        Compression::None => cab::Method::Stored,
        Compression::Mszip => cab::Method::Mszip,
        Compression::Lzx => cab::Method::Lzx(lzx::Options::default()),
    }
}

/// What the cabinets of a package may hold.
pub fn limits(package: &PackagePlan) -> Limits {
    package.outputs.msi.cabinet_size.map_or_else(Limits::default, Limits::of_bytes)
}
