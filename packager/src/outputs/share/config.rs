//! What a manifest decides about the share, and the names on it.

use packager_shared::identity::Identity;
use packager_shared::path;
use packager_shared::plan::Arch;

use super::Error;
use crate::plan::PackagePlan;
use crate::report::artifacts::arch_name;

/// The share's folder in the output directory.
pub const ROOT: &str = "share";
/// The signed head of a release: the last file that is replaced.
pub const RELEASE: &str = "release.idx";
/// The index of an architecture's files.
pub const INDEX: &str = "files.idx";
/// The plan of an architecture.
pub const PLAN: &str = "plan.bin";
/// The folder of what a first install runs.
pub const PACKAGES: &str = "packages";

/// `files/{serial}`, below the share.
pub fn release_folder(serial: u32) -> String {
    format!("files/{serial}")
}

/// `files/{serial}/{arch}`, below the share.
pub fn arch_folder(serial: u32, arch: Arch) -> String {
    format!("{}/{}", release_folder(serial), arch_name(arch))
}

/// The same from the output directory on: what the pass over the payload stages files in, once
/// [`super::begin`] has been called.
pub fn staging_folder(package: &PackagePlan) -> String {
    format!("{ROOT}/{}", arch_folder(package.target.bootstrap.serial, package.target.product.arch))
}

/// One identity for all architectures. What differs between them but platform is a contradiction of the plans.
pub fn identity(packages: &[&PackagePlan]) -> Result<Identity, Error> {
    let mut all: Option<Identity> = None;
    for package in packages {
        let mut one = Identity::of(&package.target);
        let Some(first) = &mut all else {
            all = Some(one);
            continue;
        };
        let archs = std::mem::take(&mut one.archs);
        let unknown = one.detect.iter().find(|key| !first.detect.iter().any(|known| known.path == key.path));
        if let Some(detect) = unknown {
            return Err(Error::Contradiction { what: "detection key", value: detect.path.clone() });
        }
        // The view in a detection key is not looked at.
        one.detect.clone_from(&first.detect);
        one.archs.clone_from(&first.archs);
        if one != *first {
            return Err(Error::Contradiction {
                what: "product id, name, source or key",
                value: one.product_id,
            });
        }
        first.archs.extend(archs);
    }
    let mut identity = all.ok_or(Error::Empty)?;
    identity.archs.sort_by_key(|(arch, _)| *arch);
    Ok(identity)
}

/// Whether a package can stand on a share: a key to trust it by, and no file where the share's own stand.
pub fn check(package: &PackagePlan) -> Result<(), Error> {
    let bootstrap = &package.target.bootstrap;
    if bootstrap.public_key.is_none() {
        return Err(Error::NoKey);
    }
    if bootstrap.serial < bootstrap.floor {
        return Err(Error::BelowFloor { serial: bootstrap.serial, floor: bootstrap.floor });
    }
    if [RELEASE, PACKAGES, "files"].iter().any(|own| path::same(&bootstrap.name, own)) {
        return Err(Error::Reserved { path: bootstrap.name.clone() });
    }
    let taken = |file: &str| {
        let top = file.split('\\').next().unwrap_or(file);
        [INDEX, PLAN].iter().any(|own| path::same(top, own))
    };
    match package.files.iter().find(|file| taken(&file.path)) {
        Some(file) => Err(Error::Reserved { path: file.path.clone() }),
        None => Ok(()),
    }
}
