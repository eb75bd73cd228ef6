//! `--site`: packages of one site's own, around the content that all of them share.

use packager_shared::path;
use packager_shared::plan::Site;
use sha2::{Digest as _, Sha256};

use super::Wants;
use super::contents::{self, Contents, Workshop};
use super::package::{content_error, installed_file, msi_error, write_translations};
use crate::content::Survey;
use crate::content::cabinets::{CabinetFile, Layout};
use crate::diagnostics::suggest::closest;
use crate::formats::cab;
use crate::outputs::bootstrap::{Encoded, Stub};
use crate::outputs::sink::{Kind, Sink, Written};
use crate::outputs::{InstalledFile, Release, SiteFiles, exe, msi};
use crate::plan::{PackagePlan, PlannedFile, ids};
use crate::report::{BuildError, BuildRequest, Problem};

/// `--site all`
const ALL: &str = "all";

/// A package, of which there is none when sites have their own, and others that stand beside it.
pub type Packages = (Option<Written>, Vec<Written>);

/// Whether every site that is asked for is one of the manifest's, and can have what is asked for.
pub fn check(plans: &[PackagePlan], request: &BuildRequest, wants: Wants) -> Result<(), BuildError> {
    let Some(plan) = plans.first() else { return Ok(()) };
    let names = || plan.target.sites.iter().map(|site| site.name.as_str());
    if plan.target.sites.is_empty() && !request.sites.is_empty() {
        return Err(BuildError::Input(
            Problem::new("the manifest has no sites").help("leave `--site` out, or add a [site.NAME]"),
        ));
    }
    if let Some(unknown) =
        request.sites.iter().find(|name| *name != ALL && !names().any(|n| path::same(n, name)))
    {
        return Err(BuildError::Input(Problem::new(format!("the manifest has no site {unknown}")).help(
            match closest(unknown, names()) {
                Some(near) => format!("did you mean {near}?"),
                None => format!("there are {}, or `all` of them", names().collect::<Vec<_>>().join(", ")),
            },
        )));
    }
    let with_files = plans
        .iter()
        .flat_map(|plan| chosen(plan, request).into_iter().filter(|site| !files(plan, site).is_empty()));
    match with_files.map(|site| &site.name).next().filter(|_| wants.exe) {
        None => Ok(()),
        Some(name) => Err(BuildError::Input(
            Problem::new(format!("no setup EXE can be made of the site {name}: it has files of its own"))
                .why("what a setup EXE installs is updated from the share, which has no files of sites")
                .help(format!("`--site {name} --output msi` makes its MSI")),
        )),
    }
}

/// What `--site` asks for, in the order of the manifest.
pub fn chosen<'a>(package: &'a PackagePlan, request: &BuildRequest) -> Vec<&'a Site> {
    let asked = |site: &&Site| request.sites.iter().any(|name| name == ALL || path::same(name, &site.name));
    package.target.sites.iter().filter(asked).collect()
}

fn files<'a>(package: &'a PackagePlan, site: &Site) -> &'a [PlannedFile] {
    package.site_files.iter().find(|(name, _)| *name == site.name).map_or(&[], |(_, files)| files)
}

/// A setup EXE for each site.
pub fn write_exes(
    package: &PackagePlan,
    sites: &[&Site],
    wants: Wants,
    encoded: &Encoded,
    contents: &Contents,
    stub: Stub<'_>,
    sink: &dyn Sink,
) -> Result<Packages, BuildError> {
    let Some(payload) = contents.exe().filter(|_| wants.exe) else { return Ok((None, Vec::new())) };
    let write = |site: &&Site| {
        let plan = exe::plan(package, Some(&site.name), encoded, payload)?;
        exe::write(&plan, encoded, payload, stub, sink, (&plan.config.file, Kind::Setup))
    };
    Ok((None, sites.iter().map(write).collect::<Result<_, BuildError>>()?))
}

/// An MSI for each site and language, around the same cabinets. Files of a site stand in cabinets of its own behind
/// them, stored: all else of two sites' MSIs is the same.
pub fn write_msis(
    release: Release<'_>,
    sites: &[&Site],
    cabinets: Option<&CabinetFile>,
    workshop: &Workshop<'_, '_>,
    sink: &dyn Sink,
) -> Result<Packages, BuildError> {
    let Some(shared) = cabinets else { return Ok((None, Vec::new())) };
    let mut all = Vec::new();
    for site in sites {
        let own = files(release.package, site);
        if own.is_empty() {
            all.extend(write_msi(release, site, &[shared], sink)?);
            continue;
        }
        let survey = workshop.survey(own, None).map_err(content_error)?;
        let layout = Layout::of(&survey.files, contents::limits(release.package));
        let own_cabinets = workshop.cabinets(&survey, &layout, cab::Method::Stored, &ids::site_file_key);
        let own_cabinets = own_cabinets.map_err(content_error)?;
        let before = release.cabinets.last().copied().unwrap_or_default();
        let mut cabinets = release.cabinets.to_vec();
        cabinets.extend(own_cabinets.parts.iter().map(|part| before.saturating_add(part.last)));
        let files = laid_over(release.files, own, (&survey, &layout), before);
        let mut paths: Vec<String> = own.iter().map(|file| path::lower(&file.path)).collect();
        paths.sort_unstable();
        let mut digest = Sha256::new();
        digest.update(release.cabinet);
        digest.update(own_cabinets.digest());
        let release = Release {
            files: &files,
            cabinet: digest.finalize().into(),
            cabinets: &cabinets,
            site: Some(SiteFiles { paths: &paths, cabinets: own_cabinets.parts.len() }),
            ..release
        };
        all.extend(write_msi(release, site, &[shared, &own_cabinets], sink)?);
    }
    Ok((None, all))
}

fn write_msi(
    release: Release<'_>,
    site: &Site,
    cabinets: &[&CabinetFile],
    sink: &dyn Sink,
) -> Result<Vec<Written>, BuildError> {
    let plan = msi::plan_for(release, Some(site)).map_err(msi_error)?;
    let place = (plan.file_name.as_str(), Kind::Msi);
    let mut all = vec![msi::write_around(&plan, release, cabinets, sink, place).map_err(msi_error)?];
    all.extend(write_translations(release, Some(site), cabinets, sink)?);
    Ok(all)
}

/// The payload without the files that the site has too, then the site's, the bootstrap last.
fn laid_over(
    payload: &[InstalledFile],
    own: &[PlannedFile],
    (survey, layout): (&Survey, &Layout),
    before: u32,
) -> Vec<InstalledFile> {
    let (bootstrap, payload) =
        payload.split_last().map_or((None, payload), |(last, rest)| (Some(last), rest));
    let lower: std::collections::HashSet<String> = own.iter().map(|file| path::lower(&file.path)).collect();
    let mut all: Vec<InstalledFile> =
        payload.iter().filter(|file| !lower.contains(&path::lower(&file.path))).cloned().collect();
    for (number, (planned, hashed)) in own.iter().zip(&survey.files).enumerate() {
        let sequence = layout.sequence(number).saturating_add(before);
        all.push(installed_file(hashed, planned.version.clone(), planned.keep, sequence));
    }
    all.extend(bootstrap.cloned());
    all
}
