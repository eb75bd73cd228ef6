//! Every file is read once, on all cores: hashed, and copied for the share.

use std::collections::HashSet;
use std::fs::File;
use std::hash::Hasher as _;
use std::io::{Read, Seek, SeekFrom, Write as _};
use std::num::NonZeroUsize;
use std::sync::Mutex;

use camino::{Utf8Path, Utf8PathBuf};

use super::error::io;
use super::hash::Hasher;
use super::sources::{PIECE, READ, Source, sum};
use super::workers::in_order;
use super::{Error, Hashed};
use crate::formats::pe::{self, Machine};
use crate::plan::PlannedFile;

/// One in so many bytes must be code.
const CODE_SHARE: u64 = 4;

/// All installed files, and where their contents are.
#[derive(Debug, Default)]
pub struct Survey {
    /// The payload in the order it was planned, then what was added.
    pub files: Vec<Hashed>,
    pub(super) sources: Vec<Source>,
}

impl Survey {
    /// Reads planned files. Below `share` they get copies at their paths.
    pub fn of(
        planned: &[PlannedFile],
        share: Option<&Utf8Path>,
        threads: NonZeroUsize,
        progress: &dyn Fn(u64),
    ) -> Result<Self, Error> {
        let share = share.map(Share::new);
        let mut survey = Self::default();
        in_order(
            planned.len(),
            threads,
            // Results are small, so nobody has to wait for a large file before them.
            usize::MAX,
            || vec![0; READ],
            |buffer, number, done| match planned.get(number) {
                Some(file) => read(file, share.as_ref(), buffer, done).map(Some),
                None => Ok(None),
            },
            |_, found: Option<(Hashed, Source)>| {
                if let Some((hashed, source)) = found {
                    survey.files.push(hashed);
                    survey.sources.push(source);
                }
                Ok(())
            },
            progress,
        )?;
        Ok(survey)
    }

    /// Adds a file that is in memory: the installed bootstrap.
    pub fn add(&mut self, path: &str, bytes: &[u8], share: Option<&Utf8Path>) -> Result<(), Error> {
        let mut hasher = Hasher::new(true);
        hasher.update(bytes);
        let (sha256, msi_hash) = hasher.finish();
        if let Some(share) = share {
            let (mut out, to) = Share::new(share).create(path)?;
            out.write_all(bytes).map_err(io("cannot write", &to))?;
        }
        let code = is_code(std::io::Cursor::new(bytes), bytes.len() as u64);
        self.files.push(Hashed { path: path.to_owned(), size: bytes.len() as u64, sha256, msi_hash, code });
        self.sources.push(Source::memory(bytes));
        Ok(())
    }

    /// Sum of the files' sizes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.size).sum()
    }
}

fn read(
    file: &PlannedFile,
    share: Option<&Share<'_>>,
    buffer: &mut [u8],
    progress: &dyn Fn(u64),
) -> Result<(Hashed, Source), Error> {
    let source = &file.source;
    let changed = |how: String| Error::Changed { path: source.clone(), how };
    let mut input = File::open(source).map_err(io("cannot open", source))?;
    let mut copy = share.map(|share| share.create(&file.path)).transpose()?;
    let mut hasher = Hasher::new(file.version.is_none());
    let (mut left, mut program, mut sums) = (file.size, None, Vec::new());
    let mut piece = sum();
    let mut of_piece = 0;
    while left > 0 {
        let length = left.min(READ as u64);
        let bytes = buffer.get_mut(..length as usize).unwrap_or_default();
        input.read_exact(bytes).map_err(|error| match error.kind() {
            std::io::ErrorKind::UnexpectedEof => {
                changed(format!("it had {} bytes and is shorter now", file.size))
            }
            _ => io("cannot read", source)(error),
        })?;
        program.get_or_insert_with(|| bytes.starts_with(b"MZ"));
        hasher.update(bytes);
        piece.write(bytes);
        of_piece += length;
        left -= length;
        if of_piece == PIECE || left == 0 {
            sums.push(std::mem::replace(&mut piece, sum()).finish());
            of_piece = 0;
        }
        if let Some((out, to)) = &mut copy {
            out.write_all(bytes).map_err(io("cannot write", to))?;
        }
        progress(length);
    }
    match input.read(&mut [0]) {
        Ok(0) => {}
        Ok(_) => return Err(changed(format!("it had {} bytes and is longer now", file.size))),
        Err(error) => return Err(io("cannot read", source)(error)),
    }
    let (sha256, msi_hash) = hasher.finish();
    let code = program.unwrap_or_default() && is_code(&mut input, file.size);
    let hashed = Hashed { path: file.path.clone(), size: file.size, sha256, msi_hash, code };
    Ok((hashed, Source::Disk(source.clone(), file.size, sums)))
}

/// Whether a file is a program for x86 or x64 processors, and code a good part of it: in one that is mostly debugging
/// information a branch filter does more harm than good.
fn is_code(mut input: impl Read + Seek, size: u64) -> bool {
    if input.seek(SeekFrom::Start(0)).is_err() {
        return false;
    }
    let Ok(image) = pe::Image::open(input) else { return false };
    matches!(image.machine(), Machine::X86 | Machine::X64)
        && image.code_bytes().saturating_mul(CODE_SHARE) >= size
}

/// The folder with the payload as plain files.
struct Share<'a> {
    root: &'a Utf8Path,
    made: Mutex<HashSet<Utf8PathBuf>>,
}

impl<'a> Share<'a> {
    fn new(root: &'a Utf8Path) -> Self {
        Self { root, made: Mutex::default() }
    }

    fn create(&self, path: &str) -> Result<(File, Utf8PathBuf), Error> {
        let mut to = self.root.to_owned();
        for part in path.split('\\') {
            if part.is_empty() || part == "." || part == ".." || part.contains(['/', ':']) {
                return Err(Error::Path { path: path.to_owned() });
            }
            to.push(part);
        }
        if let Some(parent) = to.parent() {
            // Nothing panics while the lock is held.
            let made = || self.made.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            if !made().contains(parent) {
                std::fs::create_dir_all(parent).map_err(io("cannot create", parent))?;
                made().insert(parent.to_owned());
            }
        }
        let file = File::create(&to).map_err(io("cannot create", &to))?;
        Ok((file, to))
    }
}
