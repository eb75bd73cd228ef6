//! Reading, hashing, compressing and copying, all at once.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};

use camino::{Utf8Path, Utf8PathBuf};
use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;

use super::hash::{Hasher, MsiHash};
use super::split::{Limits, split};
use super::{BoxError, CabinetFile, CabinetPart, Content, Error, Hashed};
use crate::formats::cab::{self, Member, Writer};
use crate::plan::PlannedFile;

/// Files up to this size that might be copies of others are held in memory until that is known.
const HELD: u64 = 1 << 20;
/// Bytes read at a time: small enough to stay in the processor's cache from hash to hash.
const PIECE: usize = 128 << 10;
/// What the tables' space is planned with before the installed bootstrap exists.
const BOOTSTRAP_MAX: u64 = 256 << 20;

/// The pass over the payload of one package, and what it needs to know.
pub struct Pass<'a> {
    /// The payload, in the order it shall have in the cabinet.
    pub files: &'a [PlannedFile],
    /// Where the installed bootstrap goes, below the install directory.
    pub bootstrap: &'a str,
    /// Makes a file's name in the cabinet from its path: distinct, 1 to 255 bytes.
    pub key: &'a dyn Fn(&str) -> String,
    /// The existing folder the cabinet's temporary file is made in.
    pub folder: &'a Utf8Path,
    /// A folder that gets all files as they are, below it at their paths.
    pub share: Option<&'a Utf8Path>,
    /// How a cabinet is made.
    pub options: cab::Options,
    /// When the next one begins. What [`Self::run`] is given last goes into the last one, however large it is.
    pub limits: Limits,
    /// Told the bytes that were read since the last time.
    pub progress: &'a dyn Fn(u64),
}

impl Pass<'_> {
    /// Reads the payload, then asks `bootstrap` for the bytes of the last file: it is shown all others, whose
    /// `sequence` is not known yet.
    pub fn run(
        &self,
        bootstrap: impl FnOnce(&[Hashed]) -> Result<Vec<u8>, BoxError>,
    ) -> Result<Content, Error> {
        self.all(Some(bootstrap))
    }

    /// Reads files that go without a bootstrap: those of a site.
    pub fn run_alone(&self) -> Result<Content, Error> {
        self.all(None::<fn(&[Hashed]) -> Result<Vec<u8>, BoxError>>)
    }

    fn all(
        &self,
        mut bootstrap: Option<impl FnOnce(&[Hashed]) -> Result<Vec<u8>, BoxError>>,
    ) -> Result<Content, Error> {
        let file = NamedTempFile::new_in(self.folder).map_err(io("cannot create a file in", self.folder))?;
        let mut counts: HashMap<u64, u32> = HashMap::new();
        for file in self.files {
            *counts.entry(file.size).or_default() += 1;
        }
        let alone = |file: &PlannedFile| counts.get(&file.size).is_none_or(|count| *count < 2);

        let last = bootstrap.is_some().then_some(0);
        let split = split(self.files.iter().map(|file| file.size).chain(last), self.limits);
        let mut sink = BufWriter::with_capacity(1 << 20, file);
        let mut carried = Carried { share: self.share.map(Share::new), piece: vec![0; PIECE] };
        let mut files: Vec<Hashed> = Vec::with_capacity(self.files.len() + 1);
        let mut parts: Vec<CabinetPart> = Vec::with_capacity(split.len());
        for members in split {
            let first = files.len();
            let planned = self.files.get(first..).unwrap_or_default();
            let planned = planned.get(..members).unwrap_or(planned);
            let keys: Vec<String> = planned.iter().map(|file| (self.key)(&file.path)).collect();
            let bootstrap = bootstrap.take_if(|_| planned.len() < members);
            let bootstrap = bootstrap.map(|make| (make, (self.key)(self.bootstrap)));
            let names = keys.iter().map(String::as_str).zip(planned.iter().map(|file| file.size));
            let last = bootstrap.as_ref().map(|(_, key)| (key.as_str(), BOOTSTRAP_MAX));
            let cabinet = Writer::new(sink, cab::write::reserve(names.chain(last)), &self.options)?;

            let mut state = State { pass: self, cabinet, known: HashMap::new(), carried };
            for (file, key) in planned.iter().zip(keys) {
                files.push(state.planned(file, key, alone(file))?);
            }
            if let Some((make, key)) = bootstrap {
                let bytes = make(&files).map_err(Error::Bootstrap)?;
                files.push(state.bytes(self.bootstrap, key, &bytes, true)?);
            }
            carried = state.carried;
            let (back, summary) = state.cabinet.finish()?;
            sink = back;
            for (hashed, place) in files.iter_mut().skip(first).zip(&summary.places) {
                hashed.sequence = first as u32 + place + 1;
            }
            let start = parts.last().map_or(0, |part| part.start + part.size);
            let last = files.len() as u32;
            parts.push(CabinetPart { start, size: summary.bytes, sha256: [0; 32], last });
        }
        let unwritten = io("cannot write the cabinet in", self.folder);
        let mut file = sink.into_inner().map_err(|error| unwritten(error.into_error()))?;
        let bytes = files.iter().map(|file| file.size).sum();
        let sha256 = digest(file.as_file_mut(), &mut parts)
            .map_err(io("cannot read back the cabinet in", self.folder))?;
        let size = parts.iter().map(|part| part.size).sum();
        Ok(Content { files, cabinet: CabinetFile { file, size, sha256, parts }, bytes })
    }
}

fn io(action: &'static str, path: &Utf8Path) -> impl FnOnce(std::io::Error) -> Error {
    move |source| Error::Io { action, path: path.to_owned(), source }
}

/// SHA-256 of a whole file, and of the cabinets in it. The tables of a cabinet are its first bytes and come last,
/// so it is read once more.
fn digest(file: &mut File, parts: &mut [CabinetPart]) -> std::io::Result<[u8; 32]> {
    file.seek(SeekFrom::Start(0))?;
    let several = parts.len() > 1;
    let mut whole = Sha256::new();
    let mut piece = vec![0; PIECE];
    for part in &mut *parts {
        let mut hasher = Sha256::new();
        let mut left = part.size;
        while left > 0 {
            let length = left.min(PIECE as u64);
            let bytes = piece.get_mut(..length as usize).unwrap_or_default();
            file.read_exact(bytes)?;
            hasher.update(&*bytes);
            if several {
                whole.update(&*bytes);
            }
            left -= length;
        }
        part.sha256 = hasher.finalize().into();
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(match parts {
        [only] => only.sha256,
        _ => whole.finalize().into(),
    })
}

/// What goes on from cabinet to cabinet.
struct Carried<'a> {
    share: Option<Share<'a>>,
    piece: Vec<u8>,
}

/// One cabinet in the making. What it holds is not looked for in those before it: they are complete.
struct State<'a, W: Write + Seek> {
    pass: &'a Pass<'a>,
    cabinet: Writer<W>,
    known: HashMap<(u64, [u8; 32]), Member>,
    carried: Carried<'a>,
}

impl<W: Write + Seek> State<'_, W> {
    /// `alone`: no other file has its size, so none can have its content.
    fn planned(&mut self, file: &PlannedFile, key: String, alone: bool) -> Result<Hashed, Error> {
        let mut source = Source::open(file, self.pass.progress)?;
        let msi = file.version.is_none();
        if file.size <= HELD {
            let mut bytes = vec![0; file.size as usize];
            source.exact(&mut bytes)?;
            source.end()?;
            return self.bytes(&file.path, key, &bytes, msi);
        }
        if !alone {
            let (sha256, msi_hash) = self.each_piece(&mut source, msi, |_, _| Ok(()))?;
            if let Some(member) = self.known.get(&(file.size, sha256)).copied() {
                self.cabinet.duplicate(&key, member)?;
                source.rewind()?;
                self.copy(&mut source, &file.path, sha256)?;
                return Ok(hashed(&file.path, file.size, (sha256, msi_hash), key));
            }
            source.rewind()?;
            let found = self.stream(&mut source, &file.path, &key, msi)?;
            if found.0 != sha256 {
                return Err(source.changed("its content is not what it was a moment ago".to_owned()));
            }
            return Ok(hashed(&file.path, file.size, found, key));
        }
        let found = self.stream(&mut source, &file.path, &key, msi)?;
        Ok(hashed(&file.path, file.size, found, key))
    }

    /// A file whose bytes are in memory.
    fn bytes(&mut self, path: &str, key: String, bytes: &[u8], msi: bool) -> Result<Hashed, Error> {
        let mut hasher = Hasher::new(msi);
        hasher.update(bytes);
        let hashes = hasher.finish();
        let size = bytes.len() as u64;
        match self.known.get(&(size, hashes.0)).copied() {
            Some(member) => {
                self.cabinet.duplicate(&key, member)?;
            }
            None => {
                let member = self.cabinet.begin(&key, size)?;
                self.cabinet.write(bytes)?;
                // Empty files have nothing to share; each stands where it was added.
                if size > 0 {
                    self.known.insert((size, hashes.0), member);
                }
            }
        }
        if let Some(share) = &mut self.carried.share {
            let (mut out, to) = share.create(path)?;
            out.write_all(bytes).map_err(io("cannot write", &to))?;
        }
        Ok(hashed(path, size, hashes, key))
    }

    /// A file that goes piece by piece into hashes, cabinet and share.
    fn stream(&mut self, source: &mut Source<'_>, path: &str, key: &str, msi: bool) -> Result<Found, Error> {
        let size = source.file.size;
        let member = self.cabinet.begin(key, size)?;
        let mut copy = self.carried.share.as_mut().map(|share| share.create(path)).transpose()?;
        let found = self.each_piece(source, msi, |state, piece| {
            state.cabinet.write(piece)?;
            match &mut copy {
                Some((out, to)) => out.write_all(piece).map_err(io("cannot write", to)),
                None => Ok(()),
            }
        })?;
        self.known.insert((size, found.0), member);
        Ok(found)
    }

    /// A file whose content is in the cabinet already: only the share wants it once more.
    fn copy(&mut self, source: &mut Source<'_>, path: &str, sha256: [u8; 32]) -> Result<(), Error> {
        let Some(share) = &mut self.carried.share else { return Ok(()) };
        let (mut out, to) = share.create(path)?;
        let found =
            self.each_piece(source, false, |_, piece| out.write_all(piece).map_err(io("cannot write", &to)))?;
        match found.0 == sha256 {
            true => Ok(()),
            false => Err(source.changed("its content is not what it was a moment ago".to_owned())),
        }
    }

    fn each_piece(
        &mut self,
        source: &mut Source<'_>,
        msi: bool,
        mut each: impl FnMut(&mut Self, &[u8]) -> Result<(), Error>,
    ) -> Result<Found, Error> {
        let mut hasher = Hasher::new(msi);
        let mut buffer = std::mem::take(&mut self.carried.piece);
        let mut left = source.file.size;
        while left > 0 {
            let length = left.min(PIECE as u64);
            let piece = buffer.get_mut(..length as usize).unwrap_or_default();
            source.exact(piece)?;
            hasher.update(piece);
            each(self, piece)?;
            left -= length;
        }
        self.carried.piece = buffer;
        source.end()?;
        Ok(hasher.finish())
    }
}

type Found = ([u8; 32], Option<MsiHash>);

fn hashed(path: &str, size: u64, (sha256, msi_hash): Found, cab_key: String) -> Hashed {
    Hashed { path: path.to_owned(), size, sha256, msi_hash, cab_key, sequence: 0 }
}

/// A file of the payload that must be as it was when the build was planned.
struct Source<'a> {
    file: &'a PlannedFile,
    input: File,
    progress: &'a dyn Fn(u64),
}

impl<'a> Source<'a> {
    fn open(file: &'a PlannedFile, progress: &'a dyn Fn(u64)) -> Result<Self, Error> {
        let input = File::open(&file.source).map_err(io("cannot open", &file.source))?;
        Ok(Self { file, input, progress })
    }

    fn exact(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        match self.input.read_exact(bytes) {
            Ok(()) => {
                (self.progress)(bytes.len() as u64);
                Ok(())
            }
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                Err(self.changed(format!("it had {} bytes and is shorter now", self.file.size)))
            }
            Err(error) => Err(io("cannot read", &self.file.source)(error)),
        }
    }

    fn end(&mut self) -> Result<(), Error> {
        match self.input.read(&mut [0]) {
            Ok(0) => Ok(()),
            Ok(_) => Err(self.changed(format!("it had {} bytes and is longer now", self.file.size))),
            Err(error) => Err(io("cannot read", &self.file.source)(error)),
        }
    }

    /// Back to the start: these bytes do not count as progress again.
    fn rewind(&mut self) -> Result<(), Error> {
        self.progress = &|_| ();
        self.input.rewind().map_err(io("cannot read", &self.file.source))
    }

    fn changed(&self, how: String) -> Error {
        Error::Changed { path: self.file.source.clone(), how }
    }
}

/// The folder with the payload as plain files.
struct Share<'a> {
    root: &'a Utf8Path,
    made: HashSet<Utf8PathBuf>,
}

impl<'a> Share<'a> {
    fn new(root: &'a Utf8Path) -> Self {
        Self { root, made: HashSet::new() }
    }

    fn create(&mut self, path: &str) -> Result<(File, Utf8PathBuf), Error> {
        let mut to = self.root.to_owned();
        for part in path.split('\\') {
            if part.is_empty() || part == "." || part == ".." || part.contains(['/', ':']) {
                return Err(Error::Path { path: path.to_owned() });
            }
            to.push(part);
        }
        if let Some(parent) = to.parent().filter(|parent| !self.made.contains(*parent)) {
            std::fs::create_dir_all(parent).map_err(io("cannot create", parent))?;
            self.made.insert(parent.to_owned());
        }
        let file = File::create(&to).map_err(io("cannot create", &to))?;
        Ok((file, to))
    }
}
