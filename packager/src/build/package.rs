//! One architecture: its payload read once, its MSI and its setup EXE written.

use std::time::Instant;

use camino::Utf8PathBuf;
use packager_shared::plan::Site;

use super::contents::{self, Contents, Workshop};
use super::previous::{self, Previous};
use super::{Wants, read, sites};
use crate::content::cabinets::{CabinetFile, Layout};
use crate::content::{self, Hashed, Survey, Tally};
use crate::formats::{msidb, pe};
use crate::outputs::bootstrap::{self, Encoded, Stub};
use crate::outputs::sink::{self, FileSink, Kind, Sink, Written};
use crate::outputs::{InstalledFile, Release, exe, msi, share};
use crate::plan::{FileVersion, PackagePlan};
use crate::report::{BuildError, BuildRequest, Problem};

/// What was made of one architecture.
pub struct Made {
    /// What the target gets to know.
    pub encoded: Encoded,
    /// The installed bootstrap.
    pub bootstrap: Vec<u8>,
    /// Content of the icon file.
    pub icon: Option<Vec<u8>>,
    /// Whether the share's files stand in the sink already.
    pub staged: bool,
    /// MSI and setup EXE.
    pub artefacts: Vec<Written>,
    /// What goes into the share's `packages/`.
    pub packages: Vec<share::PackageFile>,
    /// The platform of the MSI, when one was compared with earlier ones.
    pub platform: Option<String>,
    /// What is to be said of the upgrade from an earlier MSI.
    pub warnings: Vec<Problem>,
    /// What compressing took.
    pub tally: Tally,
    /// How long reading and compressing took.
    pub seconds: f64,
}

/// Makes the artefacts of one architecture.
pub fn make(
    package: &PackagePlan,
    wants: Wants,
    (request, earlier): (&BuildRequest, &[Previous]),
    sink: &FileSink,
    workshop: &Workshop<'_, '_>,
) -> Result<Made, BuildError> {
    let icon = package.icon.as_deref().map(read).transpose()?;
    let license = license(package)?;
    let stub = Stub { image: packager_prebuilt::STUB_X86, icon: icon.as_deref() };
    let staging = if wants.share { sink.staging(&share::config::staging_folder(package))? } else { None };
    let staging = staging.map(utf8).transpose()?;

    let start = Instant::now();
    let mut survey = workshop.survey(&package.files, staging.as_deref()).map_err(content_error)?;
    let payload = bootstrap::payload_index(&package.files, &survey.files);
    let bootstrap = bootstrap::installed(&package.target, &payload, stub)?;
    let name = &package.target.bootstrap.name;
    survey.add(name, &bootstrap, staging.as_deref()).map_err(content_error)?;
    let index = bootstrap::with_bootstrap(payload, &package.target, &bootstrap);
    let encoded = Encoded::new(&package.target, index);
    encoded
        .check()
        .map_err(|error| BuildError::Input(Problem::new(format!("the plan cannot be used: {error}"))))?;
    let layout = Layout::of(&survey.files, contents::limits(package));
    let contents = Contents::of(package, wants, &survey, &layout, &encoded.entries, workshop);
    let contents = contents.map_err(content_error)?;
    let seconds = start.elapsed().as_secs_f64();

    let files = installed_files(package, &survey, &layout, &bootstrap);
    let cabinets = layout.lasts();
    let release = Release {
        package,
        files: &files,
        digest: encoded.digest(),
        cabinet: contents.msi.as_ref().map_or([0; 32], |cabinets| cabinets.digest()),
        cabinets: &cabinets,
        site: None,
        image: &bootstrap,
        icon: icon.as_deref(),
        license: license.as_deref(),
    };
    let plan = if earlier.is_empty() { None } else { Some(previous::plan(release)?) };
    let warnings = plan.as_ref().map(|plan| previous::check(earlier, plan)).transpose()?.unwrap_or_default();
    let chosen = sites::chosen(package, request);
    let (msi, exe) = std::thread::scope(|scope| {
        let exe = scope.spawn(|| match chosen.as_slice() {
            [] => Ok((write_exe(package, wants, &encoded, &contents, stub, sink)?, Vec::new())),
            chosen => sites::write_exes(package, chosen, wants, &encoded, &contents, stub, sink),
        });
        let msi = match chosen.as_slice() {
            [] => write_msi(release, wants, contents.msi.as_ref(), sink),
            chosen => sites::write_msis(release, chosen, contents.msi.as_ref(), workshop, sink),
        };
        (msi, exe.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    let ((msi, mut artefacts), (exe, exes)) = (msi?, exe?);
    artefacts.extend(exes);
    if let (Some(plan), Some(written)) = (&plan, &msi) {
        previous::check_written(earlier, plan, written)?;
    }
    let mut packages = Vec::new();
    let arch = package.target.product.arch;
    let first_msi = package.target.bootstrap.first_install_msi;
    for (written, is_msi) in [(msi, true), (exe, false)] {
        let Some(written) = written else { continue };
        // MSI-managed installations are updated with the share's MSI, so it goes there whenever there is one.
        if wants.share && (is_msi || !first_msi) {
            packages.push(share::PackageFile::of(&written, arch, is_msi));
        }
        if written.kind != Kind::Package {
            artefacts.push(written);
        }
    }
    let platform = plan.as_ref().map(|plan| msi::previous::platform(plan).to_owned());
    let (staged, tally) = (staging.is_some(), contents.tally());
    Ok(Made { encoded, bootstrap, icon, staged, artefacts, packages, platform, warnings, tally, seconds })
}

/// The licence, for packages that show it. That it is text has been looked at.
fn license(package: &PackagePlan) -> Result<Option<String>, BuildError> {
    let path = package.license.as_deref().filter(|_| package.outputs.msi.dialogs);
    Ok(path.map(read).transpose()?.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
}

/// What the outputs see of each file; the bootstrap is last.
fn installed_files(
    package: &PackagePlan,
    survey: &Survey,
    layout: &Layout,
    bootstrap: &[u8],
) -> Vec<InstalledFile> {
    let own = pe::version_of(std::io::Cursor::new(bootstrap))
        .ok()
        .flatten()
        .map(|version| FileVersion { version: version.file, languages: version.languages });
    let payload = package.files.iter().map(|file| (file.version.clone(), file.keep));
    let all = survey.files.iter().zip(payload.chain([(own, false)])).enumerate();
    all.map(|(number, (hashed, (version, keep)))| {
        installed_file(hashed, version, keep, layout.sequence(number))
    })
    .collect()
}

/// What the outputs see of a file.
pub(super) fn installed_file(
    hashed: &Hashed,
    version: Option<FileVersion>,
    keep: bool,
    sequence: u32,
) -> InstalledFile {
    InstalledFile {
        path: hashed.path.clone(),
        size: hashed.size,
        sha256: hashed.sha256,
        file_hash: hashed.msi_hash.unwrap_or_default(),
        version,
        keep,
        sequence,
    }
}

fn write_exe(
    package: &PackagePlan,
    wants: Wants,
    encoded: &Encoded,
    contents: &Contents,
    stub: Stub<'_>,
    sink: &dyn Sink,
) -> Result<Option<Written>, BuildError> {
    let for_share = wants.share && !package.target.bootstrap.first_install_msi;
    let Some(payload) = contents.exe().filter(|_| wants.exe || for_share) else { return Ok(None) };
    let plan = exe::plan(package, None, encoded, payload)?;
    let place = place(wants.exe, &plan.config.file, Kind::Setup);
    exe::write(&plan, encoded, payload, stub, sink, (&place.0, place.1)).map(Some)
}

/// The MSI, and the transforms and further languages that go with it.
fn write_msi(
    release: Release<'_>,
    wants: Wants,
    cabinets: Option<&CabinetFile>,
    sink: &dyn Sink,
) -> Result<sites::Packages, BuildError> {
    let Some(cabinets) = cabinets else { return Ok((None, Vec::new())) };
    let plan = msi::plan(release).map_err(msi_error)?;
    let (path, kind) = place(wants.msi, &plan.file_name, Kind::Msi);
    let written = msi::write(&plan, release, cabinets, sink, (&path, kind)).map_err(msi_error)?;
    let mut more = Vec::new();
    if wants.msi {
        more = msi::write_transforms(&plan, release, sink).map_err(msi_error)?;
        more.extend(write_translations(release, None, &[cabinets], sink)?);
    }
    Ok((Some(written), more))
}

/// The MSIs of the further languages: other texts around the same cabinet. The share has none of them.
pub(super) fn write_translations(
    release: Release<'_>,
    site: Option<&Site>,
    cabinets: &[&CabinetFile],
    sink: &dyn Sink,
) -> Result<Vec<Written>, BuildError> {
    let languages = &release.package.outputs.msi.translations;
    let write = |language: &u16| {
        let package = release.package.translated(*language);
        let release = Release { package: &package, ..release };
        let plan = msi::plan_for(release, site).map_err(msi_error)?;
        let place = (plan.file_name.as_str(), Kind::Msi);
        msi::write_around(&plan, release, cabinets, sink, place).map_err(msi_error)
    };
    languages.iter().map(write).collect()
}

/// An artefact of its own, or a file in the share alone.
fn place(own: bool, name: &str, kind: Kind) -> (String, Kind) {
    if own {
        (name.to_owned(), kind)
    } else {
        (format!("{}/{}/{name}", share::config::ROOT, share::config::PACKAGES), Kind::Package)
    }
}

pub(super) fn content_error(error: content::Error) -> BuildError {
    match error {
        content::Error::Io { action, path, source } => io_error(format!("{action} {path}"), &source),
        content::Error::Stream(source) => io_error("cannot compress the files".into(), &source),
        content::Error::Threads(source) => io_error("cannot start a thread".into(), &source),
        error => BuildError::Input(Problem::new(error.to_string())),
    }
}

fn io_error(message: String, source: &std::io::Error) -> BuildError {
    let problem = Problem::new(message).why(source);
    BuildError::Environment(match sink::way_out(source.kind()) {
        Some(help) => problem.help(help),
        None => problem,
    })
}

pub(super) fn msi_error(error: msi::Error) -> BuildError {
    match error {
        msi::Error::Sink(error) => error.into(),
        // What the sink has to say of its disk travels inside.
        msi::Error::Database(msidb::Error::Io { what, source }) => {
            sink::Error::io("write", what, source).into()
        }
        error @ msi::Error::Io { .. } => BuildError::Environment(Problem::new(error.to_string())),
        error => BuildError::Input(
            Problem::new(format!("no MSI can be made of this manifest: {error}"))
                .help("`--output exe --output share` builds the outputs that do not have this limit"),
        ),
    }
}

pub(super) fn utf8(path: std::path::PathBuf) -> Result<Utf8PathBuf, BuildError> {
    Utf8PathBuf::from_path_buf(path).map_err(|path| {
        let problem =
            Problem::new(format!("the output folder {} has a name that is not Unicode", path.display()));
        BuildError::Environment(problem.help("choose another folder with `--out`"))
    })
}
