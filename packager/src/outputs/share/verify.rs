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
use crate::outputs::bootstrap::read::Program;
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
    let (plan, digest) = plan::decode_with_digest(&bytes).map_err(|e| broken(&path, e))?;
    let (path, bytes) = sealed(config::INDEX, &arch.index)?;
    let (index, of_plan) = index::decode(&bytes).map_err(|e| broken(&path, e))?;
    if of_plan != digest {
        return Err(broken(&path, "it belongs to another plan.bin"));
    }
    Ok((plan, index))
}

/// A file that hangs on the signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Path below the share, with forward slashes.
    pub path: String,
    /// Bytes, when the release says so.
    pub size: Option<u64>,
    /// SHA-256.
    pub sha256: Digest,
}

impl Listed {
    /// Reads it on a share and holds it against its digest; gives its size.
    pub fn check(&self, share: &Utf8Path) -> Result<u64, Broken> {
        check(&share.join(&self.path), self.size, &self.sha256)
    }
}

/// Every file of a release but release.idx, and what cannot be listed because what lists it is broken.
pub fn list(share: &Utf8Path, head: &Release) -> (Vec<Listed>, Vec<Broken>) {
    let (mut list, mut problems) = (Vec::new(), Vec::new());
    let mut bootstrap = None;
    for (place, arch) in head.archs.iter().enumerate() {
        let folder = config::arch_folder(head.serial, arch.arch);
        let (plan, index) = match read_arch(share, head, place) {
            Ok(read) => read,
            Err(problem) => {
                problems.push(problem);
                continue;
            }
        };
        if plan.product.arch != arch.arch || plan.product.id != head.product_id {
            let plan = share.join(&folder).join(config::PLAN);
            problems.push(broken(&plan, "it is the plan of another package"));
        }
        for (name, sealed) in [(config::PLAN, &arch.plan), (config::INDEX, &arch.index)] {
            let path = format!("{folder}/{name}");
            list.push(Listed { path, size: Some(sealed.size), sha256: sealed.sha256 });
        }
        list.extend(index.entries.iter().map(|entry| Listed {
            path: format!("{folder}/{}", entry.path.replace('\\', "/")),
            size: Some(entry.size),
            sha256: entry.sha256,
        }));
        bootstrap = Some(plan.bootstrap.name);
    }
    list.extend(head.packages.iter().map(|package| Listed {
        path: format!("{}/{}", config::PACKAGES, package.name),
        size: Some(package.file.size),
        sha256: package.file.sha256,
    }));
    // release.idx has the digest of the share's own program, the plans have its name.
    list.extend(bootstrap.map(|path| Listed { path, size: None, sha256: head.bootstrap }));
    (list, problems)
}

/// Verifies the signature, and every file that hangs on it. `Err`: release.idx itself is not to be trusted.
pub fn verify(share: &Utf8Path, key: PublicKey, product: Option<&str>) -> Result<Verified, Broken> {
    let (bytes, unchecked) = read_head(share)?;
    let product = product.unwrap_or(&unchecked.product_id);
    let head =
        release::verify(&bytes, &key.0, product).map_err(|e| broken(&share.join(config::RELEASE), e))?;
    let (list, mut problems) = list(share, &head);
    let (bytes, wrong) = check_all(share, &list);
    problems.extend(wrong);
    let extra = extra(share, &head, &list);
    Ok(Verified { files: list.len() + 1, bytes, problems, extra, release: head })
}

/// The key that the share's own program trusts. It proves that a share is whole and not whose it is: who replaced
/// the share replaced the program too.
pub fn own_key(share: &Utf8Path) -> Option<PublicKey> {
    let (_, head) = read_head(share).ok()?;
    let (list, _) = list(share, &head);
    let program = list.iter().find(|file| file.size.is_none())?;
    let mut program = Program::open(&share.join(&program.path)).ok()?;
    program.identity().ok()?.public_key.map(PublicKey)
}

/// Reads every file of a list: their bytes together, and what is wrong.
pub fn check_all(share: &Utf8Path, list: &[Listed]) -> (u64, Vec<Broken>) {
    let found: Vec<Result<u64, Broken>> = list.par_iter().map(|file| file.check(share)).collect();
    let (mut bytes, mut problems) = (0_u64, Vec::new());
    for result in found {
        match result {
            Ok(size) => bytes = bytes.saturating_add(size),
            Err(problem) => problems.push(problem),
        }
    }
    (bytes, problems)
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

/// Files below `files/{serial}` that are not listed.
pub fn extra(share: &Utf8Path, head: &Release, list: &[Listed]) -> Vec<String> {
    let known: BTreeSet<&str> = list.iter().map(|file| file.path.as_str()).collect();
    let root = share.join(config::release_folder(head.serial));
    let all = walkdir::WalkDir::new(root).sort_by_file_name().into_iter().flatten();
    all.filter(|entry| !entry.file_type().is_dir())
        .filter_map(|entry| Some(entry.path().strip_prefix(share).ok()?.to_string_lossy().replace('\\', "/")))
        .filter(|path| !known.contains(path.as_str()))
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
