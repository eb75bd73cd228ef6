//! The payload folder: which files are in it. This is where a build reads the disk.

use std::io::{BufReader, Read as _};

use camino::{Utf8Path, Utf8PathBuf};
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use packager_shared::path;
use walkdir::WalkDir;

use super::FileVersion;
use crate::formats::pe::{self, Machine};
use crate::report::Problem;

/// The largest file that a cabinet and the File table of an MSI can hold (2 GiB less one byte).
pub const LARGEST: u64 = i32::MAX as u64;

/// A file that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where it is read.
    pub source: Utf8PathBuf,
    /// Path below the payload folder, with backslashes.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// Version and languages, when it is a PE file that has them.
    pub version: Option<FileVersion>,
    /// The processor it is for, when it is a PE file.
    pub machine: Option<Machine>,
}

/// What is in a payload folder.
#[derive(Clone, Debug, Default)]
pub struct Scan {
    /// The files, in the order of Windows' file names.
    pub files: Vec<Found>,
    /// What is wrong with single files.
    pub problems: Vec<Problem>,
    /// Which of the exclude globs matched nothing.
    pub idle_excludes: Vec<usize>,
    /// Path and content of the files that take values from settings.
    pub configs: Vec<(String, Vec<u8>)>,
}

impl Scan {
    /// Reads the files that take values; one that cannot be read, or is too large, is not among them.
    pub fn read_configs(&mut self, wanted: &[String]) {
        let is_wanted = |found: &&Found| wanted.iter().any(|file| path::same(file, &found.path));
        let small = |found: &&Found| found.size <= packager_shared::config::MOST;
        let files = self.files.iter().filter(is_wanted).filter(small);
        self.configs = files.filter_map(|f| Some((f.path.clone(), std::fs::read(&f.source).ok()?))).collect();
    }
}

/// Compiles globs as a manifest means them: case does not count, `*` stops at a slash and `**` does not.
pub fn globs<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<GlobSet, Problem> {
    let mut set = GlobSetBuilder::new();
    for text in texts {
        set.add(glob(text)?);
    }
    set.build().map_err(|e| Problem::new("the globs are too many or too long").why(e))
}

/// Compiles one glob.
pub fn glob(text: &str) -> Result<globset::Glob, Problem> {
    if text.starts_with(['/', '\\']) || text.split(['/', '\\']).any(|part| part == "..") {
        return Err(Problem::new(format!("`{text}` leaves the payload folder"))
            .why("a glob is relative to it")
            .help("such as \"conf/*.toml\""));
    }
    GlobBuilder::new(&text.replace('\\', "/"))
        .case_insensitive(true)
        .literal_separator(true)
        .build()
        .map_err(|e| Problem::new(format!("`{text}` is no glob")).why(e.kind()).help("such as \"**/*.pdb\""))
}

/// Lists a payload folder.
pub fn scan(folder: &Utf8Path, exclude: &GlobSet) -> Result<Scan, Problem> {
    let missing = |why: &dyn std::fmt::Display| {
        Problem::new(format!("the payload folder {folder} cannot be read")).why(why).help(
            "`payload.source` is relative to the manifest's folder; {arch} in it becomes x64, x86 or arm64",
        )
    };
    match folder.metadata() {
        Ok(metadata) if metadata.is_dir() => {}
        Ok(_) => return Err(missing(&"it is not a folder")),
        Err(e) => return Err(missing(&e)),
    }
    let mut scan = Scan::default();
    let mut used = vec![false; exclude.len()];
    // Sorted by name, so that even problems come in the same order everywhere.
    for entry in WalkDir::new(folder).sort_by_file_name() {
        match entry {
            Ok(entry) if entry.depth() == 0 || entry.file_type().is_dir() => {}
            Ok(entry) => scan.add(folder, &entry, exclude, &mut used),
            Err(e) => {
                let at = e.path().map(|p| p.display().to_string()).unwrap_or_else(|| folder.to_string());
                let why = e.io_error().map_or_else(|| e.to_string(), ToString::to_string);
                scan.problems.push(Problem::new(format!("{at} cannot be read")).why(why));
            }
        }
    }
    scan.files.sort_by(|a, b| path::compare(&a.path, &b.path).then_with(|| a.path.cmp(&b.path)));
    scan.idle_excludes = used.iter().enumerate().filter(|(_, used)| !**used).map(|(n, _)| n).collect();
    Ok(scan)
}

impl Scan {
    fn add(&mut self, folder: &Utf8Path, entry: &walkdir::DirEntry, exclude: &GlobSet, used: &mut [bool]) {
        let Some(source) = Utf8Path::from_path(entry.path()) else {
            self.problems.push(
                Problem::new(format!("the name of {} is not valid UTF-8", entry.path().display()))
                    .help("rename it, or leave it out with `payload.exclude`"),
            );
            return;
        };
        let Ok(relative) = source.strip_prefix(folder) else { return };
        let slashes = relative.components().map(|c| c.as_str()).collect::<Vec<_>>().join("/");
        let matches = exclude.matches(&slashes);
        if !matches.is_empty() {
            matches.into_iter().filter_map(|n| used.get_mut(n).map(|u| *u = true)).for_each(drop);
            return;
        }
        if entry.file_type().is_symlink() {
            self.problems.push(
                Problem::new(format!("{source} is a symbolic link"))
                    .why("what it points to may be outside the payload, and differ from machine to machine")
                    .help("copy the file, or leave the link out with `payload.exclude`"),
            );
            return;
        }
        if !entry.file_type().is_file() {
            self.problems.push(
                Problem::new(format!("{source} is not a regular file"))
                    .help("leave it out with `payload.exclude`"),
            );
            return;
        }
        // On a host where backslashes are ordinary characters, one in a name must not become a folder.
        let bad = relative.components().find_map(|c| path::check_part(c.as_str()).err());
        let target = slashes.replace('/', "\\");
        if let Some(error) = bad.or_else(|| path::check(&target).err()) {
            self.problems.push(
                Problem::new(format!("the path of {source} {error}"))
                    .why("Windows could not have such a file")
                    .help("rename it, or leave it out with `payload.exclude`"),
            );
            return;
        }
        let size = match entry.metadata() {
            Ok(metadata) => metadata.len(),
            Err(e) => {
                self.problems.push(Problem::new(format!("{source} cannot be read")).why(e));
                return;
            }
        };
        if size > LARGEST {
            self.problems.push(
                Problem::new(format!("{source} is too large: {size} bytes"))
                    .why(format!("an MSI and its cabinet hold files of up to {LARGEST} bytes"))
                    .help("split it, or let the program fetch it after the install"),
            );
            return;
        }
        match image(source) {
            Ok((machine, version)) => {
                self.files.push(Found { source: source.to_owned(), path: target, size, version, machine });
            }
            Err(e) => self.problems.push(Problem::new(format!("{source} cannot be read")).why(e)),
        }
    }
}

/// What Windows sees in a program: nothing in a file that is none, or that is damaged.
pub fn image(path: &Utf8Path) -> std::io::Result<(Option<Machine>, Option<FileVersion>)> {
    let mut file = std::fs::File::open(path)?;
    let mut magic = [0; 2];
    match file.read_exact(&mut magic) {
        Ok(()) if &magic == b"MZ" => {}
        Ok(()) => return Ok((None, None)),
        Err(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => return Ok((None, None)),
        Err(e) => return Err(e),
    }
    let Ok(mut image) = pe::Image::open(BufReader::new(file)) else { return Ok((None, None)) };
    let machine = image.machine();
    let version = image.version().ok().flatten();
    let version = version.map(|v| FileVersion { version: v.file, languages: v.languages });
    Ok((Some(machine), version))
}

#[cfg(test)]
mod tests;
