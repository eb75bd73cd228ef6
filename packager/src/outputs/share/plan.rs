//! What will be on the share.

use packager_shared::ids::{hex, sha256};
use packager_shared::plan::Arch;
use packager_shared::release::Sealed;
use serde::Serialize;

use super::{Error, config};
use crate::outputs::bootstrap::{Encoded, Look};
use crate::outputs::sink::Written;
use crate::plan::PackagePlan;
use crate::report::artifacts::arch_name;

/// A share before it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SharePlan {
    /// Product id: what release.idx is for.
    pub product: String,
    /// Release serial.
    pub serial: u32,
    /// Clients never go below this serial.
    pub floor: u32,
    /// Version as numbers.
    pub version: [u16; 4],
    /// Version as shown.
    pub version_text: String,
    /// The bootstrap's looks; its file name is the name on the share.
    pub bootstrap: Look,
    /// What clients trust, in hexadecimal digits.
    pub public_key: String,
    /// Architectures, in their order.
    pub archs: Vec<ArchPlan>,
    /// What lies in packages/, sorted by name.
    pub packages: Vec<PackageFile>,
}

/// The files of one architecture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ArchPlan {
    /// Which.
    #[serde(serialize_with = "arch")]
    pub arch: Arch,
    /// Its folder below the share.
    pub folder: String,
    /// `files.idx`
    #[serde(serialize_with = "sealed")]
    pub index: Sealed,
    /// `plan.bin`
    #[serde(serialize_with = "sealed")]
    pub plan: Sealed,
    /// Installed files, the bootstrap too.
    pub files: usize,
    /// Bytes of them.
    pub bytes: u64,
}

/// A setup EXE or MSI for packages/.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PackageFile {
    /// File name.
    pub name: String,
    /// For which architecture.
    #[serde(serialize_with = "arch")]
    pub arch: Arch,
    /// An MSI (`true`) or a setup EXE.
    pub msi: bool,
    /// The finished artefact: either in packages/ already, or a path that is copied there.
    pub from: String,
    /// Size and digest.
    #[serde(serialize_with = "sealed")]
    pub file: Sealed,
}

impl PackageFile {
    /// Of a finished artefact, under its own name.
    pub fn of(written: &Written, arch: Arch, msi: bool) -> Self {
        let name = written.path.rsplit('/').next().unwrap_or(&written.path).to_owned();
        let file = Sealed { size: written.bytes, sha256: written.sha256 };
        Self { name, arch, msi, from: written.path.clone(), file }
    }
}

/// Plans the share of a release: each architecture's package with what it encodes to, and what its first
/// installs and MSI-managed installations run.
pub fn plan(archs: &[(&PackagePlan, &Encoded)], mut packages: Vec<PackageFile>) -> Result<SharePlan, Error> {
    let plans: Vec<&PackagePlan> = archs.iter().map(|(package, _)| *package).collect();
    plans.iter().try_for_each(|package| config::check(package))?;
    let identity = config::identity(&plans)?;
    let first = &plans.first().ok_or(Error::Empty)?.target;
    let (product, bootstrap) = (&first.product, &first.bootstrap);
    for other in &plans {
        let (p, b) = (&other.target.product, &other.target.bootstrap);
        if (p.version, b.serial, b.floor) != (product.version, bootstrap.serial, bootstrap.floor) {
            let value = format!("{}, serial {}, floor {}", p.version_text, b.serial, b.floor);
            return Err(Error::Contradiction { what: "version or serial", value });
        }
    }
    let mut archs: Vec<ArchPlan> = archs
        .iter()
        .map(|(package, encoded)| {
            let arch = package.target.product.arch;
            ArchPlan {
                arch,
                folder: config::arch_folder(bootstrap.serial, arch),
                index: seal(&encoded.index),
                plan: seal(&encoded.plan),
                files: encoded.entries.entries.len(),
                bytes: encoded.entries.total_size(),
            }
        })
        .collect();
    archs.sort_by_key(|arch| arch.arch);
    packages.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(SharePlan {
        product: product.id.clone(),
        serial: bootstrap.serial,
        floor: bootstrap.floor,
        version: product.version,
        version_text: product.version_text.clone(),
        bootstrap: Look::bootstrap(product, &bootstrap.name),
        public_key: hex(&identity.public_key.ok_or(Error::NoKey)?),
        archs,
        packages,
    })
}

fn seal(bytes: &[u8]) -> Sealed {
    Sealed { size: bytes.len() as u64, sha256: sha256(bytes) }
}

fn arch<S: serde::Serializer>(arch: &Arch, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(arch_name(*arch))
}

fn sealed<S: serde::Serializer>(sealed: &Sealed, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(&format_args!("{} bytes, sha256 {}", sealed.size, hex(&sealed.sha256)))
}
