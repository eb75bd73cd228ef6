//! Writing the share.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Write};

use camino::Utf8Path;
use packager_shared::ids::sha256;
use packager_shared::release::{self, ArchRelease, Package, Release};
use sha2::{Digest as _, Sha256};

use super::plan::ArchPlan;
use super::{Error, SharePlan, config};
use crate::outputs::bootstrap::{self, Encoded, Stub};
use crate::outputs::sink::{self, Kind, Sink, Written};
use crate::plan::PackagePlan;
use crate::sign::ReleaseKey;

/// Where the files of one architecture come from.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The plan with the payload's paths on disk.
    pub package: &'a PackagePlan,
    /// What it encodes to.
    pub encoded: &'a Encoded,
    /// The installed bootstrap.
    pub bootstrap: &'a [u8],
    /// The files stand in [`Sink::staging`] already: the pass over the payload put them there.
    pub staged: bool,
}

/// Writes a share. [`super::begin`] was called, and the packages are finished artefacts of the same sink.
pub fn write(
    plan: &SharePlan,
    sources: &[Source<'_>],
    key: &ReleaseKey,
    stub: Stub<'_>,
    sink: &dyn Sink,
) -> Result<Vec<Written>, Error> {
    let mut all = Vec::new();
    for arch in &plan.archs {
        let of_arch = |source: &&Source<'_>| source.package.target.product.arch == arch.arch;
        let source = sources.iter().find(of_arch).ok_or(Error::Empty)?;
        write_arch(arch, source, sink, &mut all)?;
    }
    for package in &plan.packages {
        let to = format!("{}/{}/{}", config::ROOT, config::PACKAGES, package.name);
        if package.from != to {
            all.push(sink.copy(&package.from, &to, Kind::Package)?);
        }
    }
    let packages: Vec<&PackagePlan> = sources.iter().map(|source| source.package).collect();
    let first = packages.first().ok_or(Error::Empty)?;
    let program = bootstrap::share(&first.target.product, &config::identity(&packages)?, stub)
        .map_err(Error::Bootstrap)?;
    let name = format!("{}/{}", config::ROOT, plan.bootstrap.file_name);
    all.push(sink.put(&name, Kind::Bootstrap, &program)?);

    let head = release::encode(&head(plan, sha256(&program)), |signed| key.sign(signed));
    let name = format!("{}/{}", config::ROOT, config::RELEASE);
    all.push(sink.put(&name, Kind::ReleaseIndex, &head)?);
    Ok(all)
}

/// What release.idx says.
fn head(plan: &SharePlan, bootstrap: [u8; 32]) -> Release {
    let arch =
        |arch: &ArchPlan| ArchRelease { arch: arch.arch, index: arch.index.clone(), plan: arch.plan.clone() };
    Release {
        product_id: plan.product.clone(),
        serial: plan.serial,
        floor: plan.floor,
        version: plan.version,
        version_text: plan.version_text.clone(),
        archs: plan.archs.iter().map(arch).collect(),
        packages: plan
            .packages
            .iter()
            .map(|p| Package { name: p.name.clone(), arch: p.arch, msi: p.msi, file: p.file.clone() })
            .collect(),
        bootstrap,
    }
}

fn write_arch(
    arch: &ArchPlan,
    source: &Source<'_>,
    sink: &dyn Sink,
    all: &mut Vec<Written>,
) -> Result<(), Error> {
    let folder = format!("{}/{}", config::ROOT, arch.folder);
    let own = sha256(source.bootstrap);
    let name = source.package.target.bootstrap.name.as_str();
    let from: HashMap<&str, &Utf8Path> =
        source.package.files.iter().map(|file| (file.path.as_str(), file.source.as_path())).collect();
    for entry in &source.encoded.entries.entries {
        let path = format!("{folder}/{}", entry.path.replace('\\', "/"));
        let wanted = Written { path, kind: Kind::Release, bytes: entry.size, sha256: entry.sha256 };
        if source.staged {
            sink.adopt(wanted.clone())?;
        } else if entry.path == name && entry.sha256 == own {
            sink.put(&wanted.path, wanted.kind, source.bootstrap)?;
        } else {
            let missing = || Error::NoSource { path: entry.path.clone() };
            copy(from.get(entry.path.as_str()).ok_or_else(missing)?, &wanted, sink)?;
        }
        all.push(wanted);
    }
    all.push(sink.put(&format!("{folder}/{}", config::PLAN), Kind::Release, &source.encoded.plan)?);
    all.push(sink.put(&format!("{folder}/{}", config::INDEX), Kind::Release, &source.encoded.index)?);
    Ok(())
}

/// Copies one file from the payload; what comes out must be what the index says.
fn copy(from: &Utf8Path, wanted: &Written, sink: &dyn Sink) -> Result<(), Error> {
    let unreadable = |source| Error::Read { path: from.to_string(), source };
    let mut file = File::open(from).map_err(unreadable)?;
    let mut artefact = sink.create(&wanted.path, wanted.kind)?;
    let (mut hash, mut buffer) = (Sha256::new(), vec![0; 1 << 17]);
    loop {
        let count = match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(unreadable(e)),
        };
        let piece = buffer.get(..count).unwrap_or_default();
        hash.update(piece);
        artefact.write_all(piece).map_err(|e| sink::Error::io("write", &wanted.path, e))?;
    }
    if hash.finalize()[..] != wanted.sha256 {
        return Err(Error::Changed { path: from.to_string() });
    }
    artefact.finish()?;
    Ok(())
}
