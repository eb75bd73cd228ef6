//! Where extracted files go: below one folder, under safe names, all or none.

use std::fs::File;
use std::io::{self, Read, Seek};

use camino::{Utf8Path, Utf8PathBuf};
use packager_shared::index::{Digest, Index};
use packager_shared::path;

use super::super::kind::bad;
use super::super::unpack;
use crate::formats::cab::Cabinet;
use crate::outputs::bootstrap::read::Program;
use crate::outputs::sink::{self, FileSink, Kind, Sink as _, Written};
use crate::report::{BuildError, Problem};

/// What a file shall be: a path with backslashes, and its digest when it is known.
pub(super) type Wanted = (String, Option<Digest>);

/// A folder being filled.
pub(super) struct Target {
    out: Utf8PathBuf,
    sink: FileSink,
    paths: Vec<String>,
    bytes: u64,
}

impl Target {
    /// Opens the folder.
    pub(super) fn open(out: &Utf8Path) -> Result<Self, BuildError> {
        let sink = FileSink::open(out.as_std_path())?;
        Ok(Self { out: out.to_owned(), sink, paths: Vec::new(), bytes: 0 })
    }

    /// Checks a path from a package, and gives it the form of the sink.
    fn place(&mut self, from: &Utf8Path, to: &str) -> Result<String, BuildError> {
        for part in to.split('\\') {
            path::check_part(part).map_err(|e| {
                bad(from, format!("the path {to:?} in it {}: nothing is extracted", e.what()))
            })?;
        }
        let place = to.replace('\\', "/");
        if self.out.join(&place).symlink_metadata().is_ok() {
            return Err(BuildError::Input(
                Problem::new(format!("{} exists and is not overwritten", self.out.join(&place)))
                    .help("extract to an empty or a new folder: --out DIR"),
            ));
        }
        self.paths.push(to.to_owned());
        Ok(place)
    }

    fn check(&mut self, from: &Utf8Path, written: &Written, wanted: &Wanted) -> Result<(), BuildError> {
        self.bytes = self.bytes.saturating_add(written.bytes);
        match wanted.1 {
            Some(sha256) if sha256 != written.sha256 => {
                Err(bad(from, format!("the content of `{}` is not what its index says", wanted.0)))
            }
            _ => Ok(()),
        }
    }

    /// Unpacks the members that `wanted` gives a path.
    pub(super) fn unpack<R: Read + Seek>(
        &mut self,
        from: &Utf8Path,
        cabinet: &mut Cabinet<R>,
        wanted: impl Fn(&str) -> Option<Wanted>,
    ) -> Result<(), BuildError> {
        let (mut places, mut all) = (Vec::new(), Vec::new());
        for member in cabinet.files() {
            // Cabinets separate folders with backslashes; some writers use slashes.
            let one = wanted(&member.name).map(|(to, digest)| (to.replace('/', "\\"), digest));
            places.push(one.as_ref().map(|(to, _)| self.place(from, to)).transpose()?);
            all.push(one);
        }
        for (number, written) in unpack::unpack(from, cabinet, &places, &self.sink)? {
            if let Some(wanted) = all.get_mut(number).and_then(Option::take) {
                self.check(from, &written, &wanted)?;
            }
        }
        Ok(())
    }

    /// Unpacks all files of a solid setup EXE.
    pub(super) fn unpack_solid(
        &mut self,
        from: &Utf8Path,
        program: &mut Program,
        index: &Index,
    ) -> Result<(), BuildError> {
        let entries = &index.entries;
        let places =
            entries.iter().map(|entry| self.place(from, &entry.path)).collect::<Result<Vec<_>, _>>()?;
        let written = unpack::unpack_solid(from, program, index, &places, &self.sink)?;
        for (entry, written) in entries.iter().zip(&written) {
            self.check(from, written, &(entry.path.clone(), Some(entry.sha256)))?;
        }
        Ok(())
    }

    /// Copies a file as it is.
    pub(super) fn copy(
        &mut self,
        from: &Utf8Path,
        to: &str,
        digest: Option<Digest>,
    ) -> Result<(), BuildError> {
        let place = self.place(from, to)?;
        let mut file = File::open(from).map_err(|e| BuildError::io("open", from, &e))?;
        let mut artefact = self.sink.create(&place, Kind::Release)?;
        io::copy(&mut file, &mut artefact).map_err(|e| sink::Error::io("copy", from.as_str(), e))?;
        let written = artefact.finish()?;
        self.check(from, &written, &(to.to_owned(), digest))
    }

    /// Puts everything in place: number of files and bytes.
    pub(super) fn commit(self) -> Result<(usize, u64), BuildError> {
        let paths: Vec<&str> = self.paths.iter().map(String::as_str).collect();
        if let Some((a, b)) = path::collision(&paths) {
            return Err(BuildError::Input(
                Problem::new(format!("`{a}` and `{b}` in it cannot both be files"))
                    .why("Windows does not tell upper from lower case, and a file is no folder"),
            ));
        }
        Ok((self.sink.commit()?.len(), self.bytes))
    }
}
