//! From a request to artefacts: the one place that knows every step, and none of their details.
//!
//! Manifest and payload become plans ([`crate::plan`]); each plan's files are read once and compressed for all outputs
//! together ([`crate::content`]); every output is planned from the same release and written into one sink, which shows all artefacts or none.

mod contents;
mod package;
mod previous;
mod sites;

use std::cell::RefCell;

use camino::Utf8Path;
use packager_shared::plan::Arch;

use self::contents::Workshop;
use self::package::Made;
use crate::content::{Cache, Tally};
use crate::diagnostics::{Diagnostic, Source};
use crate::outputs::sink::{FileSink, Kind, Sink, Written};
use crate::outputs::{bootstrap, share};
use crate::plan::{self, PackagePlan};
use crate::report::artifacts::arch_name;
use crate::report::{
    Artifact, ArtifactKind, BuildError, BuildReport, BuildRequest, Compressed, OutputKind, Phase, Problem,
    Reporter,
};
use crate::sign::{PublicKey, ReleaseKey};

/// What of a release is to be made.
#[derive(Clone, Copy, Debug)]
struct Wants {
    msi: bool,
    exe: bool,
    share: bool,
}

/// Builds what is asked for. Nothing appears in the output folder before everything is complete.
pub fn build(request: &BuildRequest, reporter: &mut dyn Reporter) -> Result<BuildReport, BuildError> {
    let loaded = plan::load(&request.manifest)?;
    for diagnostic in &loaded.diagnostics {
        reporter.diagnostic(&loaded.source, diagnostic);
    }
    match loaded.errors() {
        0 => {}
        errors => return Err(BuildError::Manifest { errors }),
    }
    let mut plans = loaded.plans;
    for package in &mut plans {
        let options = &mut package.outputs;
        options.msi.compression = request.compression.msi.unwrap_or(options.msi.compression);
        options.exe = request.compression.exe.unwrap_or(options.exe);
    }
    let packages = chosen(&plans, &request.archs)?;
    let Some(first) = packages.first() else { return Err(BuildError::Manifest { errors: 0 }) };
    out_of_the_payload(request, &packages)?;
    let wants = wants(request, first);
    sites::check(&plans, request, wants)?;
    let key = if wants.share { Some(signing_key(first)?) } else { None };

    let previous = previous::open(&request.previous)?;
    let sink = FileSink::open(request.out.as_std_path())?;
    if wants.share {
        share::begin(&packages, &sink)?;
    }
    let cache = request.cache.as_deref().map(Cache::open).transpose().map_err(package::content_error)?;
    let scratch = package::utf8(sink.scratch()?)?;
    let reporter = RefCell::new(reporter);
    let workshop = Workshop {
        scratch: &scratch,
        threads: Workshop::threads(request),
        cache: cache.as_ref(),
        reporter: &reporter,
    };
    let mut made = Vec::new();
    for package in &packages {
        made.push(package::make(package, wants, (request, &previous), &sink, &workshop)?);
    }
    if let Some(cache) = &cache {
        cache.trim(Cache::MOST);
    }
    let platforms: Vec<String> = made.iter().filter_map(|made| made.platform.clone()).collect();
    previous::all_used(&previous, &platforms)?;
    let reporter = reporter.into_inner();
    reporter.phase(Phase::Write, 0);
    reporter.compressed(&compressed(&made, cache.is_some()));
    for problem in made.iter().flat_map(|made| &made.warnings) {
        reporter.diagnostic(&loaded.source, &warning(&loaded.source, problem));
    }
    let mut written: Vec<(Written, Option<Arch>)> = Vec::new();
    if let Some(key) = key {
        written
            .extend(write_share(&packages, &made, &key, &sink)?.into_iter().map(|written| (written, None)));
    }
    for (made, package) in made.iter().zip(&packages) {
        let arch = Some(package.target.product.arch);
        written.extend(made.artefacts.iter().map(|written| (written.clone(), arch)));
    }
    let report = report(first, written, &sink)?;
    sink.commit()?;
    for artifact in &report.artifacts {
        reporter.artifact(artifact);
    }
    Ok(report)
}

/// What compressing all architectures took.
fn compressed(made: &[Made], cache: bool) -> Compressed {
    let tally = made.iter().fold(Tally::default(), |all, made| all.and(made.tally));
    let Tally { plain, packed, units, cached } = tally;
    let seconds = made.iter().map(|made| made.seconds).sum();
    Compressed { plain, packed, units, cached, cache, seconds }
}

/// A warning about the version, at its place.
fn warning(source: &Source, problem: &Problem) -> Diagnostic {
    let at = source.text().find("version").unwrap_or_default();
    let end = source.text().get(at..).and_then(|rest| rest.find('\n')).map_or(at, |length| at + length);
    let mut diagnostic = Diagnostic::warning("previous", at..end, problem.message.clone());
    diagnostic.why.clone_from(&problem.why);
    diagnostic.help.clone_from(&problem.help);
    diagnostic
}

/// What is built must not be payload of the next build.
fn out_of_the_payload(request: &BuildRequest, packages: &[&PackagePlan]) -> Result<(), BuildError> {
    let absolute = |path: &Utf8Path| std::path::absolute(path).map_err(|e| BuildError::io("find", path, &e));
    let out = absolute(&request.out)?;
    let of_sites = packages.iter().flat_map(|package| package.site_files.iter().flat_map(|(_, files)| files));
    for file in packages.iter().flat_map(|package| &package.files).chain(of_sites) {
        if absolute(&file.source)?.starts_with(&out) {
            return Err(BuildError::Input(
                Problem::new(format!("the payload file {} lies in the output folder {}", file.source, request.out))
                    .why("every build would install what the one before it has made")
                    .help("write to a folder outside of the payload with --out, or leave it out with `payload.exclude`"),
            ));
        }
    }
    Ok(())
}

/// The plans of the architectures that are asked for.
fn chosen<'a>(plans: &'a [PackagePlan], archs: &[Arch]) -> Result<Vec<&'a PackagePlan>, BuildError> {
    let has = |arch: &Arch| plans.iter().any(|plan| plan.target.product.arch == *arch);
    if let Some(missing) = archs.iter().find(|arch| !has(arch)) {
        let all: Vec<_> = plans.iter().map(|plan| arch_name(plan.target.product.arch)).collect();
        return Err(BuildError::Input(
            Problem::new(format!("the manifest has no architecture {}", arch_name(*missing)))
                .why(format!("`product.arch` lists {}", all.join(", ")))
                .help("leave `--arch` out, or add the architecture and its payload folder"),
        ));
    }
    Ok(plans.iter().filter(|plan| archs.is_empty() || archs.contains(&plan.target.product.arch)).collect())
}

/// Without a pair of keys there is no share (a rule says why), unless one is asked for by name: then that is an
/// error.
fn wants(request: &BuildRequest, first: &PackagePlan) -> Wants {
    let has_key = first.target.bootstrap.public_key.is_some() && first.outputs.share.private_key.is_some();
    // A share serves all sites.
    let share = request.wants(OutputKind::Share)
        && (has_key || !request.outputs.is_empty())
        && request.sites.is_empty();
    Wants { msi: request.wants(OutputKind::Msi), exe: request.wants(OutputKind::Exe), share }
}

/// The private key of the share, checked against the public one before any work is done.
fn signing_key(package: &PackagePlan) -> Result<ReleaseKey, BuildError> {
    let public = package.target.bootstrap.public_key.ok_or(share::Error::NoKey)?;
    let Some(source) = &package.outputs.share.private_key else {
        return Err(BuildError::Input(
            Problem::new("no share can be built: the manifest names no private key")
                .why("a release is signed when it is built")
                .help("set `[bootstrap] private-key-file` or `private-key-env`, or build with `--output msi --output exe`"),
        ));
    };
    Ok(ReleaseKey::load(source, PublicKey(public))?)
}

fn write_share(
    packages: &[&PackagePlan],
    made: &[Made],
    key: &ReleaseKey,
    sink: &dyn Sink,
) -> Result<Vec<Written>, BuildError> {
    let archs: Vec<_> = packages.iter().copied().zip(made.iter().map(|made| &made.encoded)).collect();
    let first_runs = made.iter().flat_map(|made| made.packages.iter().cloned()).collect();
    let plan = share::plan(&archs, first_runs)?;
    let sources: Vec<share::Source<'_>> = archs
        .iter()
        .zip(made)
        .map(|((package, encoded), made)| share::Source {
            package,
            encoded,
            bootstrap: &made.bootstrap,
            staged: made.staged,
        })
        .collect();
    let icon = made.first().and_then(|made| made.icon.as_deref());
    let stub = bootstrap::Stub { image: packager_prebuilt::STUB_X86, icon };
    Ok(share::write(&plan, &sources, key, stub, sink)?)
}

/// Lists what was made, and adds `checksums.txt` and `build.json`.
fn report(
    package: &PackagePlan,
    written: Vec<(Written, Option<Arch>)>,
    sink: &dyn Sink,
) -> Result<BuildReport, BuildError> {
    let product = &package.target.product;
    let mut report = BuildReport {
        product: product.name.clone(),
        id: product.id.clone(),
        version: product.version_text.clone(),
        serial: package.target.bootstrap.serial,
        artifacts: written.into_iter().map(|(written, arch)| artifact(written, arch)).collect(),
    };
    report.artifacts.sort_by(|a, b| a.path.cmp(&b.path));
    let lists = [("checksums.txt", report.checksums()), ("build.json", report.build_json())];
    for (path, text) in lists {
        let written = sink.put(path, Kind::Report, text.as_bytes())?;
        report.artifacts.push(artifact(written, None));
    }
    Ok(report)
}

fn artifact(written: Written, arch: Option<Arch>) -> Artifact {
    let kind = match written.kind {
        Kind::Msi => ArtifactKind::Msi,
        Kind::Transform => ArtifactKind::Mst,
        Kind::Setup => ArtifactKind::Exe,
        Kind::Bootstrap | Kind::Package | Kind::Release | Kind::ReleaseIndex => ArtifactKind::Share,
        Kind::Report => ArtifactKind::Report,
    };
    Artifact { path: written.path, kind, arch, bytes: written.bytes, sha256: written.sha256 }
}

/// Reads a file the manifest names.
fn read(path: &Utf8Path) -> Result<Vec<u8>, BuildError> {
    std::fs::read(path).map_err(|error| BuildError::io("read", path, &error))
}
