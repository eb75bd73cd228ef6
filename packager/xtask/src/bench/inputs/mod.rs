//! What is packaged: folders in the cache, made once and the same on every machine.

mod mix;
mod random;
mod words;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Context, Failure, Result};
use crate::stubs::hex;
use crate::{apt, command, node, place};

pub use mix::remove as remove_mix;

/// The package that the DLLs come from, and where they are in it.
const WINE: &str = "libwine";
const WINE_DLLS: &str = "usr/lib/x86_64-linux-gnu/wine/x86_64-windows";
/// DLLs: the first ones by name, in the order of bytes.
const DLLS: usize = 300;

/// A folder to package.
pub struct Input {
    /// What it is, for the table.
    pub name: String,
    /// Where it is.
    pub folder: PathBuf,
    /// Files in it.
    pub files: u64,
    /// Bytes of them.
    pub bytes: u64,
}

impl Input {
    fn of(name: &str, folder: PathBuf) -> Result<Self> {
        let mut input = Self { name: name.to_owned(), folder, files: 0, bytes: 0 };
        for path in files(&input.folder)? {
            input.files += 1;
            input.bytes += fs::metadata(&path).context(|| format!("looking at {}", path.display()))?.len();
        }
        Ok(input)
    }

    /// Reads it once, so that no contender waits for the disk in another's stead.
    pub fn warm(&self) -> Result<()> {
        let mut sink = std::io::sink();
        for path in files(&self.folder)? {
            let mut file = fs::File::open(&path).context(|| format!("opening {}", path.display()))?;
            std::io::copy(&mut file, &mut sink).context(|| format!("reading {}", path.display()))?;
        }
        Ok(())
    }
}

/// 300 DLLs of Debian's Wine.
pub fn dlls() -> Result<Input> {
    let folder = made("dlls", |folder| {
        let unpacked = folder.with_extension("unpacked");
        place::fresh_dir(&unpacked)?;
        apt::download(&[WINE], &unpacked)?;
        let package = files(&unpacked)?.into_iter().next();
        let package = package.ok_or_else(|| Failure::new(format!("apt-get downloaded no {WINE}")))?;
        command::output(Command::new("dpkg").arg("-x").arg(&package).arg(&unpacked))?;
        let all = files(&unpacked.join(WINE_DLLS))?;
        let dlls: Vec<_> =
            all.iter().filter(|path| path.extension().is_some_and(|ext| ext == "dll")).take(DLLS).collect();
        if dlls.len() != DLLS {
            return Err(Failure::new(format!("{WINE} has {} DLLs, {DLLS} are needed", dlls.len())));
        }
        for path in dlls {
            let name = path.file_name().unwrap_or_default();
            fs::copy(path, folder.join(name)).context(|| format!("copying {}", path.display()))?;
        }
        place::remove(&unpacked)
    })?;
    Input::of("300 DLLs", folder)
}

/// The payload of `examples/node-runtime`.
pub fn node() -> Result<Input> {
    Input::of("node-runtime", node::prepare()?)
}

/// 40,000 small texts.
pub fn words() -> Result<Input> {
    Input::of("40,000 texts", made("words", words::write)?)
}

/// Four gigabytes of everything.
pub fn mix() -> Result<Input> {
    let dlls = dlls()?;
    Input::of("4 GB mix", made("mix", |folder| mix::write(&dlls.folder, folder))?)
}

/// A folder of the cache; it gets its name when it is complete.
fn made(name: &str, make: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
    let folder = cached(name)?;
    if !folder.is_dir() {
        println!("making {}", folder.display());
        let partial = folder.with_extension("partial");
        place::fresh_dir(&partial)?;
        make(&partial)?;
        fs::rename(&partial, &folder).context(|| format!("renaming {}", partial.display()))?;
    }
    Ok(folder)
}

fn cached(name: &str) -> Result<PathBuf> {
    Ok(place::cache()?.join("bench").join(name))
}

/// All files below a folder, by path in the order of bytes.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in walkdir::WalkDir::new(folder) {
        let entry = entry.context(|| format!("listing {}", folder.display()))?;
        if entry.file_type().is_file() {
            paths.push(entry.into_path());
        }
    }
    paths.sort();
    Ok(paths)
}

/// The digests of all files below a folder but those of one name, sorted: equal for two folders of equal contents,
/// whatever the other names.
pub fn contents(folder: &Path, without: &str) -> Result<Vec<String>> {
    let mut digests = Vec::new();
    for path in files(folder)?.iter().filter(|path| path.file_name().is_none_or(|name| name != without)) {
        digests.push(hex(&place::read(path)?));
    }
    digests.sort_unstable();
    Ok(digests)
}
