//! A share on a disk against its signature.

use std::collections::BTreeSet;
use std::fmt;
use std::fs::File;
use std::io::{self, Read as _};

use camino::{Utf8Path, Utf8PathBuf};
use packager_shared::index::{self, Digest, Index};
use packager_shared::plan::{self, Plan};
use packager_shared::release::{self, Release};
use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

use super::config;
use crate::report::artifacts::arch_name;
use crate::sign::PublicKey;

/// Files of the release itself are small: a larger plan or index is none.
const MOST: u64 = packager_shared::overlay::MOST_MEMORY;

/// A file of a share that is not what it shall be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Which.
    pub path: Utf8PathBuf,
    /// What is wrong with it.
    pub what: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.what)
    }
}

impl std::error::Error for Broken {}

/// What was found on a share.
#[derive(Debug)]
pub struct Verified {
    /// What release.idx says.
    pub release: Release,
    /// Files that hang on the signature.
    pub files: usize,
    /// Bytes of them.
    pub bytes: u64,
    /// What is not as it was signed. Empty: all is well.
    pub problems: Vec<Broken>,
    /// Files of this release's folder that no index names. Clients never read them.
    pub extra: Vec<String>,
}

fn broken(path: &Utf8Path, what: impl fmt::Display) -> Broken {
    Broken { path: path.to_owned(), what: what.to_string() }
}

/// Reads release.idx without trusting it.
pub fn read_head(share: &Utf8Path) -> Result<(Vec<u8>, Release), Broken> {
    let path = share.join(config::RELEASE);
    let bytes = read(&path, release::MOST)?;
    let release = release::inspect(&bytes).map_err(|e| broken(&path, e))?;
    Ok((bytes, release))
}

/// Plan and index of one architecture, each held against what release.idx says of it.
pub fn read_arch(share: &Utf8Path, release: &Release, place: usize) -> Result<(Plan, Index), Broken> {
    let none = || broken(share, "the release has no such architecture");
    let arch = release.archs.get(place).ok_or_else(none)?;
    let folder = share.join(config::arch_folder(release.serial, arch.arch));
    let sealed = |name: &str, sealed: &release::Sealed| {
        let path = folder.join(name);
        let bytes = read(&path, MOST)?;
        if bytes.len() as u64 != sealed.size || packager_shared::ids::sha256(&bytes) != sealed.sha256 {
            return Err(broken(&path, "it is not the file that was signed"));
        }
        Ok((path, bytes))
    };
    let (path, bytes) = sealed(config::PLAN, &arch.plan)?;
    let plan = plan::decode(&bytes).map_err(|e| broken(&path, e))?;
    let (path, bytes) = sealed(config::INDEX, &arch.index)?;
    let (index, of_plan) = index::decode(&bytes).map_err(|e| broken(&path, e))?;
    if of_plan != arch.plan.sha256 {
        return Err(broken(&path, "it belongs to another plan.bin"));
    }
    Ok((plan, index))
}

/// Verifies the signature, and every file that hangs on it. `Err`: release.idx itself is not to be trusted.
pub fn verify(share: &Utf8Path, key: PublicKey, product: Option<&str>) -> Result<Verified, Broken> {
    let (bytes, unchecked) = read_head(share)?;
    let product = product.unwrap_or(&unchecked.product_id);
    let head =
        release::verify(&bytes, &key.0, product).map_err(|e| broken(&share.join(config::RELEASE), e))?;

    let mut wanted: Vec<(Utf8PathBuf, Option<u64>, Digest)> = Vec::new();
    let mut problems = Vec::new();
    for (place, arch) in head.archs.iter().enumerate() {
        let folder = share.join(config::arch_folder(head.serial, arch.arch));
        match read_arch(share, &head, place) {
            Ok((plan, index)) => {
                if plan.product.arch != arch.arch || plan.product.id != head.product_id {
                    problems.push(broken(&folder.join(config::PLAN), "it is the plan of another package"));
                }
                let entries = index.entries.iter();
                wanted.extend(
                    entries.map(|e| (folder.join(e.path.replace('\\', "/")), Some(e.size), e.sha256)),
                );
            }
            Err(problem) => problems.push(problem),
        }
    }
    for package in &head.packages {
        let path = share.join(config::PACKAGES).join(&package.name);
        wanted.push((path, Some(package.file.size), package.file.sha256));
    }
    match bootstrap(share, &head) {
        Some(path) => wanted.push((path, None, head.bootstrap)),
        None => problems.push(broken(share, "the bootstrap that was signed is not there")),
    }
    let found: Vec<Result<u64, Broken>> =
        wanted.par_iter().map(|(path, size, sha256)| check(path, *size, sha256)).collect();
    let mut bytes = 0_u64;
    for result in found {
        match result {
            Ok(size) => bytes = bytes.saturating_add(size),
            Err(problem) => problems.push(problem),
        }
    }
    let extra = extra(share, &head, wanted.iter().map(|(path, ..)| path.as_path()));
    Ok(Verified { files: wanted.len() + 2 * head.archs.len() + 1, bytes, problems, extra, release: head })
}

/// The share's own program: release.idx has its digest, the plans have its name.
fn bootstrap(share: &Utf8Path, head: &Release) -> Option<Utf8PathBuf> {
    (0..head.archs.len())
        .find_map(|place| read_arch(share, head, place).ok())
        .map(|(plan, _)| share.join(plan.bootstrap.name))
        .filter(|path| path.is_file())
}

fn check(path: &Utf8Path, size: Option<u64>, wanted: &Digest) -> Result<u64, Broken> {
    let failed = |e| unreadable(path, e);
    let mut file = File::open(path).map_err(failed)?;
    let (mut hash, mut found, mut buffer) = (Sha256::new(), 0_u64, vec![0; 1 << 17]);
    loop {
        match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => {
                hash.update(buffer.get(..count).unwrap_or_default());
                found = found.saturating_add(count as u64);
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(failed(e)),
        }
    }
    match size {
        Some(size) if size != found => Err(broken(path, format!("it has {found} bytes instead of {size}"))),
        _ if hash.finalize()[..] != *wanted => Err(broken(path, "its SHA-256 differs")),
        _ => Ok(found),
    }
}

/// Files below `files/{serial}` that are not wanted.
fn extra<'a>(share: &Utf8Path, head: &Release, wanted: impl Iterator<Item = &'a Utf8Path>) -> Vec<String> {
    let mut known: BTreeSet<Utf8PathBuf> = wanted.map(Utf8Path::to_owned).collect();
    for arch in &head.archs {
        let folder = share.join(config::arch_folder(head.serial, arch.arch));
        known.extend([config::INDEX, config::PLAN].map(|name| folder.join(name)));
    }
    let known: BTreeSet<String> = known.iter().map(|path| path.as_str().replace('\\', "/")).collect();
    let root = share.join(config::release_folder(head.serial));
    let all = walkdir::WalkDir::new(root).sort_by_file_name().into_iter().flatten();
    all.filter(|entry| !entry.file_type().is_dir())
        .map(|entry| entry.path().to_string_lossy().replace('\\', "/"))
        .filter(|path| !known.contains(path))
        .collect()
}

fn unreadable(path: &Utf8Path, e: io::Error) -> Broken {
    match e.kind() {
        io::ErrorKind::NotFound => broken(path, "it is missing"),
        _ => broken(path, format!("it cannot be read: {e}")),
    }
}

/// A small file, whole.
fn read(path: &Utf8Path, most: u64) -> Result<Vec<u8>, Broken> {
    let failed = |e| unreadable(path, e);
    let mut bytes = Vec::new();
    File::open(path).map_err(failed)?.take(most.saturating_add(1)).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > most {
        return Err(broken(path, format!("it is larger than {most} bytes")));
    }
    Ok(bytes)
}

/// The share in a folder: the folder itself, or `share` in it.
pub fn find(dir: &Utf8Path) -> Option<Utf8PathBuf> {
    [dir.to_owned(), dir.join(config::ROOT)].into_iter().find(|dir| dir.join(config::RELEASE).is_file())
}

/// One line for people.
pub fn summary(release: &Release) -> String {
    let archs: Vec<_> = release.archs.iter().map(|arch| arch_name(arch.arch)).collect();
    format!(
        "{} {}, serial {}, floor {}, for {}",
        release.product_id,
        release.version_text,
        release.serial,
        release.floor,
        archs.join(", ")
    )
}
