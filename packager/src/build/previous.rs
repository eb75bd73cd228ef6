//! `--previous OLD.msi`: whether machines that have the old MSI come through the upgrade to the new one.

use std::io::BufReader;

use camino::{Utf8Path, Utf8PathBuf};

use crate::formats::msidb::{self, Database};
use crate::outputs::msi::previous::{self, Fault, Identity};
use crate::outputs::msi::{self, MsiPlan};
use crate::outputs::sink::Written;
use crate::report::{BuildError, Problem};

/// An MSI that machines have.
pub struct Previous {
    path: Utf8PathBuf,
    database: Database,
    identity: Identity,
    sha256: [u8; 32],
}

/// Reads the MSIs.
pub fn open(paths: &[Utf8PathBuf]) -> Result<Vec<Previous>, BuildError> {
    paths.iter().map(|path| read(path)).collect()
}

fn read(path: &Utf8Path) -> Result<Previous, BuildError> {
    use sha2::Digest as _;
    let mut file = std::fs::File::open(path).map_err(|e| BuildError::io("open", path, &e))?;
    let mut hash = sha2::Sha256::new();
    let mut buffer = vec![0; 1 << 17];
    loop {
        match std::io::Read::read(&mut file, &mut buffer).map_err(|e| BuildError::io("read", path, &e))? {
            0 => break,
            count => hash.update(buffer.get(..count).unwrap_or_default()),
        }
    }
    std::io::Seek::rewind(&mut file).map_err(|e| BuildError::io("read", path, &e))?;
    let database = msidb::open(BufReader::new(file)).map_err(|error| {
        BuildError::Input(
            Problem::new(format!("{path} cannot be compared with"))
                .why(error)
                .help("name the MSI that machines have now: --previous old.msi"),
        )
    })?;
    let database = database.database;
    let identity = previous::identity(&database);
    Ok(Previous { path: path.to_owned(), database, identity, sha256: hash.finalize().into() })
}

/// Each one must be of an architecture that is built.
pub fn all_used(all: &[Previous], platforms: &[String]) -> Result<(), BuildError> {
    match all.iter().find(|previous| !platforms.contains(&previous.identity.platform)) {
        None => Ok(()),
        Some(Previous { path, identity, .. }) => Err(BuildError::Input(
            Problem::new(format!("{path} is for {}, and no such MSI is built", identity.platform))
                .why(format!("those that are built are for {}", platforms.join(", ")))
                .help("name the old MSI of an architecture that is built, or build that one too"),
        )),
    }
}

/// Compares a plan with those of its platform. Gives what is worth a warning.
pub fn check(all: &[Previous], plan: &MsiPlan) -> Result<Vec<Problem>, BuildError> {
    let mut warnings = Vec::new();
    for Previous { path, database, .. } in of_platform(all, plan) {
        let faults = previous::compare(database, plan).map_err(|error| {
            BuildError::Input(Problem::new(format!("{path} cannot be compared with: {error}")))
        })?;
        for fault in faults {
            let why = fault.to_string();
            match fault {
                Fault::Falling(files) => {
                    let count = files.len();
                    let what = if count == 1 { "a file".to_owned() } else { format!("{count} files") };
                    return Err(BuildError::Input(
                        Problem::new(format!("an upgrade from {path} would leave {what} out"))
                            .why(format!(
                                "{why}; Windows Installer keeps what has the higher version, and then removes it with \
                                 the old product"
                            ))
                            .help("give the file a version that is not lower, or another name"),
                    ));
                }
                Fault::OtherProduct(..) => {
                    return Err(BuildError::Input(
                        Problem::new(format!("{path} is of another product"))
                            .why(format!("{why}: both would be installed side by side"))
                            .help("the upgrade code is made of `product.id`, which must never change: name the MSI of this product"),
                    ));
                }
                Fault::NotNewer(..) => warnings.push(
                    Problem::new(format!("the version is not greater than that of {path}"))
                        .why(format!(
                            "{why}; Windows Installer, Intune and Configuration Manager compare the first three fields"
                        ))
                        .help("let one of the first three fields of `product.version` grow"),
                ),
            }
        }
    }
    Ok(warnings)
}

/// A file that is another one under the same product code.
pub fn check_written(all: &[Previous], plan: &MsiPlan, written: &Written) -> Result<(), BuildError> {
    let same = |previous: &&Previous| previous.identity.product_code == plan.product_code;
    match of_platform(all, plan).filter(same).find(|previous| previous.sha256 != written.sha256) {
        None => Ok(()),
        Some(Previous { path, .. }) => Err(BuildError::Input(
            Problem::new(format!("{path} has the product code of the new MSI and other content"))
                .why("Windows refuses to install it over the old one (1638: another version is installed)")
                .help("raise `product.version`, or name the MSI as it was built: it was changed since, or is of another packager"),
        )),
    }
}

fn of_platform<'a>(all: &'a [Previous], plan: &'a MsiPlan) -> impl Iterator<Item = &'a Previous> {
    all.iter().filter(|previous| previous.identity.platform == previous::platform(plan))
}

/// The plan that is compared: of the MSI for all sites, in its first language.
pub fn plan(release: crate::outputs::Release<'_>) -> Result<MsiPlan, BuildError> {
    msi::plan(release).map_err(super::package::msi_error)
}
