//! A new MSI beside the one that machines have: what an upgrade from that one would do wrong.
//!
//! Windows Installer decides which files to install before it removes the old product, which comes directly after
//! InstallInitialize: a file of a higher version that is there is kept for better, and then removed with its product
//! (Microsoft: "File Versioning Rules", "RemoveExistingProducts Action").

use std::collections::HashMap;
use std::fmt;

use super::{MsiPlan, Result};
use crate::formats::msidb::Database;
use crate::validate::View;

/// What an upgrade would do wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Files of a higher version before: target, version before, version now (none: no version any more).
    Falling(Vec<(String, String, Option<String>)>),
    /// It is another product to Windows Installer: the old upgrade code, and the new one.
    OtherProduct(String, String),
    /// The version does not grow in its first three fields: before, and now.
    NotNewer(String, String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Falling(files) => {
                for (number, (file, old, new)) in files.iter().enumerate() {
                    let new = new.as_deref().map_or("has no version".to_owned(), |new| format!("is {new}"));
                    write!(f, "{}{file} was {old} and {new}", if number == 0 { "" } else { "; " })?;
                }
                Ok(())
            }
            Self::OtherProduct(old, new) => {
                write!(f, "its upgrade code is {old}, that of this product is {new}")
            }
            Self::NotNewer(old, new) => write!(f, "it has the version {old}, this one has {new}"),
        }
    }
}

fn property<'a>(view: &View<'a>, name: &str) -> &'a str {
    view.property(name)
}

/// The properties that make up who an MSI is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// ProductCode.
    pub product_code: String,
    /// `x64`, `Intel`, …
    pub platform: String,
}

/// Who an MSI is.
#[must_use]
pub fn identity(database: &Database) -> Identity {
    let view = View::new(database);
    let platform = database.summary.template.split(';').next().unwrap_or_default();
    Identity {
        product_code: property(&view, "ProductCode").to_ascii_uppercase(),
        platform: if platform.is_empty() { "Intel".to_owned() } else { platform.to_owned() },
    }
}

/// The platform of a plan, as [`Identity::platform`].
#[must_use]
pub fn platform(plan: &MsiPlan) -> &str {
    plan.summary.template.split(';').next().unwrap_or_default()
}

/// Compares an earlier MSI with a plan, which is for the same platform.
pub fn compare(old: &Database, plan: &MsiPlan) -> Result<Vec<Fault>> {
    let new = super::write::database(plan, None, &[])?;
    let (old, new) = (View::new(old), View::new(&new));
    let mut faults = Vec::new();
    let codes = [property(&old, "UpgradeCode"), property(&new, "UpgradeCode")];
    if !codes[0].eq_ignore_ascii_case(codes[1]) {
        // Nothing is removed then, so nothing vanishes either.
        return Ok(vec![Fault::OtherProduct(codes[0].to_owned(), codes[1].to_owned())]);
    }
    let versions = [property(&old, "ProductVersion"), property(&new, "ProductVersion")];
    if number(versions[1]).is_none_or(|now| number(versions[0]).is_some_and(|before| now[..3] <= before[..3]))
    {
        faults.push(Fault::NotNewer(versions[0].to_owned(), versions[1].to_owned()));
    }
    let before = files(&old);
    let mut falling: Vec<_> = files(&new)
        .into_iter()
        .filter_map(|(target, (shown, version))| {
            let (_, old) = before.get(&target)?;
            let (old_number, new_number) = (number(old)?, number(version));
            let falls = new_number.is_none_or(|new| new < old_number);
            falls.then(|| (shown, (*old).to_owned(), new_number.map(|_| version.to_owned())))
        })
        .collect();
    falling.sort();
    if !falling.is_empty() {
        faults.push(Fault::Falling(falling));
    }
    Ok(faults)
}

/// A version of up to four numbers; `None` of what is none: the name of a companion file, or nothing.
fn number(text: &str) -> Option<[u32; 4]> {
    let mut all = [0; 4];
    let mut parts = text.split('.');
    for slot in &mut all {
        match parts.next() {
            Some(part) => *slot = part.parse().ok()?,
            None => break,
        }
    }
    parts.next().is_none().then_some(all)
}

/// What is shown of a file, and its version, by its target.
fn files<'a>(view: &View<'a>) -> HashMap<String, (String, &'a str)> {
    let components = view.by_key("Component");
    view.rows("File")
        .filter_map(|file| {
            let directory = components.get(file.text("Component_"))?.text("Directory_");
            let name = file.text("FileName");
            let name = name.split_once('|').map_or(name, |(_, long)| long);
            let shown = format!("{}\\{name}", view.directories.target(directory, true));
            Some((shown.to_lowercase(), (shown, file.text("Version"))))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outputs::msi::{plan, write};
    use crate::outputs::{InstalledFile, sample};
    use crate::plan::{Arch, PackagePlan};

    fn planned(package: &PackagePlan, files: &[InstalledFile]) -> MsiPlan {
        plan(sample::release(package, files)).unwrap()
    }

    fn newer() -> PackagePlan {
        let mut package = sample::package(Arch::X64);
        package.target.product.version = [4, 3, 0, 0];
        package
    }

    #[test]
    fn a_file_whose_version_falls_would_vanish() {
        let old =
            write::database(&planned(&sample::package(Arch::X64), &sample::files()), None, &[]).unwrap();
        let mut files = sample::files();
        assert_eq!(compare(&old, &planned(&newer(), &files)).unwrap(), []);
        files[0].version.as_mut().unwrap().version = [4, 1, 9, 9];
        files[1].version = None;
        files[4].version.as_mut().unwrap().version = [4, 3, 0, 0];
        // No version before: nothing to lose.
        files[3].version = Some(crate::plan::FileVersion { version: [0, 0, 0, 1], languages: vec![] });
        let faults = compare(&old, &planned(&newer(), &files)).unwrap();
        let [Fault::Falling(falling)] = faults.as_slice() else { panic!("{faults:?}") };
        let shown: Vec<_> = falling.iter().map(|(_, old, new)| (old.as_str(), new.as_deref())).collect();
        assert_eq!(shown, [("4.2.0.0", Some("4.1.9.9")), ("4.2.0.0", None)]);
        let text = faults[0].to_string();
        assert!(
            text.contains(r"\bin\agent.exe was 4.2.0.0 and is 4.1.9.9; ") && text.ends_with("has no version"),
            "{text}"
        );
    }

    #[test]
    fn the_version_grows_and_the_upgrade_code_stays() {
        let package = sample::package(Arch::X64);
        let old = write::database(&planned(&package, &sample::files()), None, &[]).unwrap();
        for version in [[4, 2, 0, 0], [4, 2, 0, 9], [4, 1, 99, 0]] {
            let mut package = newer();
            package.target.product.version = version;
            let faults = compare(&old, &planned(&package, &sample::files())).unwrap();
            assert!(
                matches!(faults.as_slice(), [Fault::NotNewer(old, _)] if old == "4.2.0"),
                "{version:?} {faults:?}"
            );
        }
        let mut other = newer();
        other.target.product.upgrade_code = [7; 16];
        let faults = compare(&old, &planned(&other, &sample::files())).unwrap();
        assert!(matches!(faults.as_slice(), [Fault::OtherProduct(..)]), "{faults:?}");
        let found = identity(&old);
        assert_eq!(
            (found.platform.as_str(), found.product_code),
            ("x64", planned(&package, &sample::files()).product_code)
        );
    }
}
