//! The bootstrap: brings a machine to the release that a share offers. Up to date costs one small read.

use alloc::string::String;
use alloc::vec::Vec;

use packager_shared::args::{Action as Asked, Ui};
use packager_shared::decide::{Action, Decision, Manager, Offer, Request, decide};
use packager_shared::exit::Exit;
use packager_shared::identity::Identity;
use packager_shared::ids;
use packager_shared::path;
use packager_shared::plan::{Arch, View};
use packager_shared::platform;
use packager_shared::release::{self, ArchRelease, Release, Sealed, arch_name};
use packager_shared::state;

use super::install::{install, installed_package};
use super::launch::{self, How};
use super::{Ended, Leave, Run, lock, record, unfinished};
use crate::System;
use crate::detect::{Detected, detect, fits};
use crate::facts;
use crate::failure::{Failure, Outcome};
use crate::image::{MOST, Package};
use crate::source::places::{Places, read_head};
use crate::source::stream::back_off;
use crate::source::{Source, wait};
use crate::text;

/// Other passes over the sources begin before so many milliseconds.
const PASSES: u64 = 20_000;

/// `ERROR_FILE_NOT_FOUND`
const NOT_FOUND: u32 = 2;

/// A release, verified, and the places that have it: the one it was read from, and those after it.
struct Share {
    places: Places,
    release: Release,
}

/// Updates. `own` is the running program's package when it is the installed copy.
pub fn run<S: System>(
    system: &mut S,
    identity: &Identity,
    own: Option<Package>,
    run: &Run<'_>,
) -> Outcome<Ended> {
    let mut sources = identity.sources.clone();
    if own.is_none() {
        // A bootstrap that was handed out without its share finds one there, too.
        sources.splice(..0, path::parent(run.own_path).map(String::from));
    }
    let mut share = open_share(system, identity, &sources)?;
    if run.args.action == Asked::Version {
        return Ok(Ended::done("version", &share.release.version_text));
    }
    let mut arch = choose(system, identity, &share.release)?;
    let request = Request::Update { force: run.args.force || run.args.action == Asked::Repair };
    let floor = own.as_ref().map_or(0, |own| own.plan.bootstrap.floor);
    let (detected, decision, reasons) = look(system, identity, &share.release, &arch, (floor, request), run)?;
    let unfinished = unfinished::find(system, &detected, own.as_ref().map(|own| &own.plan), run);
    if run.args.whatif {
        return match decision.action {
            Action::Refuse(exit) => {
                Err(Failure::with(exit, text::join(&[decision.reason, "\r\n", &reasons])))
            }
            action => Ok(run.what_if(&decision, verb(action), &reasons)),
        };
    }
    match decision.action {
        Action::Nothing if unfinished.is_empty() => {
            unfinished::purge(system, identity, &detected, share.release.serial);
            return Ok(Ended::done("none", decision.reason));
        }
        Action::Refuse(exit) if unfinished.is_empty() => return Err(Failure::new(exit, decision.reason)),
        _ => {}
    }
    if let Leave::Ended(ended) = run.leave_to_update(system, identity, Some(&detected))? {
        return Ok(ended);
    }
    let spread = own.as_ref().map_or(0, |own| own.plan.bootstrap.spread_s);
    if spread > 0 && unfinished.is_empty() && run.args.ui == Ui::Quiet && !run.args.force {
        spread_out(system, spread)?;
        // Meanwhile it may have been taken back, or followed by another.
        share = open_share(system, identity, &sources)?;
        arch = choose(system, identity, &share.release)?;
    }
    // Held until a package is run: that takes the lock itself.
    let held = lock(system, &identity.product_id)?;
    unfinished::finish(system, &unfinished, identity.scope)?;
    let release = &share.release;
    let (detected, decision, _) = look(system, identity, release, &arch, (floor, request), run)?;
    match decision.action {
        Action::Nothing => {
            drop(held);
            unfinished::purge(system, identity, &detected, release.serial);
            Ok(Ended::done("none", decision.reason))
        }
        Action::Refuse(exit) => Err(Failure::new(exit, decision.reason)),
        Action::FirstInstall => {
            drop(held);
            first_install(system, identity, &mut share, arch.arch, run)
        }
        Action::Msi { repair } => {
            drop(held);
            let mut packages = release.packages.iter();
            let Some(package) = packages.find(|p| p.msi && p.arch == arch.arch) else {
                return Err(Failure::new(
                    Exit::CannotOpen,
                    "the share holds no MSI, and Windows Installer manages this",
                ));
            };
            let how = if repair { How::Repair } else { How::Install };
            launch::run(system, identity, &mut share.places, package, how, run)
        }
        Action::Transaction { hash } => {
            let folder = files_folder(release, arch.arch);
            let package = read_package(system, identity, &mut share.places, &folder, &arch)?;
            let source = Some(Source::Places(share.places, folder));
            let (summary, _) = install(system, &package, &detected, source, hash, None, run)?;
            Ok(Ended::of(&summary, "update", "updated"))
        }
        Action::Uninstall => Err(Failure::new(Exit::Failed, decision.reason)),
    }
}

fn verb(action: Action) -> &'static str {
    match action {
        Action::Nothing => "do nothing",
        Action::FirstInstall => "install",
        Action::Transaction { .. } => "update",
        Action::Msi { .. } => "run Windows Installer",
        Action::Uninstall => "uninstall",
        Action::Refuse(_) => "refuse",
    }
}

/// Detects and decides.
fn look<S: System>(
    system: &mut S,
    identity: &Identity,
    release: &Release,
    arch: &ArchRelease,
    (floor, request): (u32, Request),
    run: &Run<'_>,
) -> Outcome<(Detected, Decision, String)> {
    let detected = detect(system, identity, &[arch.arch])?;
    let digest = ids::hex(&arch.index.sha256);
    let floor = release.floor.max(floor);
    let mut offer = Offer { version: release.version, serial: release.serial, floor, digest: &digest };
    let mut decision = decide(&detected.found, &offer, request);
    // The installed release may have signed a higher floor; reading it is only worth it when something will be done.
    if decision.action != Action::Nothing
        && let Some(installed) =
            installed_package(system, &detected, &identity.bootstrap, &identity.product_id)
    {
        offer.floor = floor.max(installed.plan.bootstrap.floor);
        decision = decide(&detected.found, &offer, request);
    }
    if decision.action == Action::Nothing && asks_for_change(system, identity, &detected, run) {
        let action = match detected.found.manager() {
            Some(Manager::Msi) => Action::Msi { repair: true },
            _ => Action::Transaction { hash: false },
        };
        decision = Decision { action, reason: "this release is installed, and its settings change" };
    }
    let reasons = record::reasons(&detected.found, &offer, request);
    system.log(&reasons);
    system.log(&text::join(&["decision: ", decision.reason]));
    Ok((detected, decision, reasons))
}

/// Whether the command line gives settings other than those that the installed release remembers. Secrets are only
/// compared by who may read them: the others are passed over.
fn asks_for_change<S: System>(
    system: &mut S,
    identity: &Identity,
    detected: &Detected,
    run: &Run<'_>,
) -> bool {
    let args = run.args;
    if args.settings.is_empty() && args.clear.is_empty() && args.site.is_none() {
        return false;
    }
    if detected.found.dir.is_none() {
        return false;
    }
    let Some(package) = installed_package(system, detected, &identity.bootstrap, &identity.product_id) else {
        return true;
    };
    let product = &package.plan.product;
    let known = facts::remembered_site(system, product);
    if let Some(site) = &args.site
        && !known.is_some_and(|known| path::same(&known, site))
    {
        return true;
    }
    let administrator = system.is_administrator();
    package.plan.settings.iter().any(|setting| {
        let given = args.settings.iter().rev().find(|(name, _)| *name == setting.name);
        let cleared = args.clear.contains(&setting.name);
        if (given.is_none() && !cleared) || (setting.secret && !administrator) {
            return false;
        }
        let known = facts::remembered(system, product, setting);
        match given {
            Some((_, value)) => known.as_ref() != Some(value),
            None => known.is_some_and(|known| known != setting.default),
        }
    })
}

/// Waits a random part of `spread` seconds: a release is seen by many computers at the same moment.
fn spread_out<S: System>(system: &mut S, spread: u32) -> Outcome<()> {
    // A day at most: as many milliseconds as fit.
    let most = spread.min(86_400) * 1_000;
    let ms = system.random() % most;
    system.log(&text::join(&["waiting, seconds: ", &text::number(u64::from(ms / 1_000))]));
    wait(system, ms)
}

/// The first source with a release that can be trusted. When there is none, and a web server is only busy, they are asked
/// again after a while.
fn open_share<S: System>(system: &mut S, identity: &Identity, sources: &[String]) -> Outcome<Share> {
    let Some(key) = &identity.public_key else {
        return Err(Failure::new(Exit::Damaged, "the package has no public key: no release can be trusted"));
    };
    let since = system.ticks();
    // A bootstrap that was handed out alone lies in a folder without a release: nobody needs to hear of that.
    let alone = sources.len() > identity.sources.len() && sources.len() > 1;
    let mut failures: Vec<Failure> = Vec::new();
    for pass in 1.. {
        let mut again: Option<u32> = None;
        for (at, root) in sources.iter().enumerate() {
            let outcome = read_head(system, root).and_then(|bytes| {
                Ok(release::verify(&bytes, key, &identity.product_id).map_err(Failure::from)?)
            });
            let broken = match outcome {
                Ok(release) => {
                    let serial = text::number(u64::from(release.serial));
                    let version = &release.version_text;
                    system.log(&text::join(&["release ", version, " serial ", &serial, " on ", root]));
                    let places = Places::new(sources.get(at..).unwrap_or_default());
                    return Ok(Share { places, release });
                }
                Err(broken) => broken,
            };
            system.log(&text::join(&["source ", root, ": ", &broken.failure.text]));
            again = again.max(broken.again);
            if pass == 1 && !(alone && at == 0 && broken.failure.windows == NOT_FOUND) {
                failures.push(broken.failure);
            }
        }
        match again {
            Some(least) if system.ticks().saturating_sub(since) < PASSES => back_off(system, pass, least)?,
            _ => break,
        }
    }
    match failures.as_slice() {
        [] => Err(Failure::new(Exit::CannotOpen, "the package names no source of releases")),
        [one] => Err(one.clone()),
        [first, ..] => {
            let lines: Vec<&str> = failures.iter().flat_map(|failure| ["\r\n", &failure.text]).collect();
            let text = text::join(&["no source can be used:", &text::join(&lines)]);
            Err(Failure::with(first.exit, text))
        }
    }
}

/// The architecture to install: the one that is installed, else the best for this machine.
fn choose<S: System>(system: &mut S, identity: &Identity, release: &Release) -> Outcome<ArchRelease> {
    let machine = system.machine();
    let mut archs: Vec<Arch> = Vec::new();
    let mut why = "the share has nothing for this processor";
    for (arch, platform) in &identity.archs {
        if !release.archs.iter().any(|offered| offered.arch == *arch) {
            continue;
        }
        match fits(system, platform, *arch)? {
            Ok(()) => archs.push(*arch),
            Err(what) => why = what,
        }
    }
    let mut chosen = platform::choose(&machine, &archs);
    // A 32-bit installation stays one.
    if archs.len() > 1 && archs.contains(&Arch::X86) {
        let detected = detect(system, identity, chosen.as_slice())?;
        if detected.view == Some(View::Bits32) {
            chosen = Some(Arch::X86);
        }
    }
    let found = chosen.and_then(|arch| release.archs.iter().find(|offered| offered.arch == arch));
    found.cloned().ok_or_else(|| Failure::new(Exit::Platform, why))
}

fn files_folder(release: &Release, arch: Arch) -> String {
    text::join(&["files\\", &text::number(u64::from(release.serial)), "\\", arch_name(arch)])
}

fn read_package<S: System>(
    system: &mut S,
    identity: &Identity,
    places: &mut Places,
    folder: &str,
    arch: &ArchRelease,
) -> Outcome<Package> {
    let index = read_sealed(system, places, &path::join(folder, "files.idx"), &arch.index)?;
    let plan = read_sealed(system, places, &path::join(folder, "plan.bin"), &arch.plan)?;
    let package = Package::read(&plan, &index)?;
    let product = &package.plan.product;
    if product.id != identity.product_id || product.arch != arch.arch || product.scope != identity.scope {
        return Err(Failure::new(Exit::Damaged, "the share's plan is for another product or processor"));
    }
    debug_assert_eq!(state::native_view(product.arch), state::native_view(arch.arch));
    Ok(package)
}

fn read_sealed<S: System>(
    system: &mut S,
    places: &mut Places,
    file: &str,
    sealed: &Sealed,
) -> Outcome<Vec<u8>> {
    if sealed.size > MOST {
        return Err(Failure::about(Exit::Damaged, "a file of the release is too large", file));
    }
    places.read(system, file, sealed)
}

fn first_install<S: System>(
    system: &mut S,
    identity: &Identity,
    share: &mut Share,
    arch: Arch,
    run: &Run<'_>,
) -> Outcome<Ended> {
    let packages = || share.release.packages.iter().filter(|package| package.arch == arch);
    let wanted = packages().find(|package| package.msi == identity.first_install_msi);
    let Some(package) = wanted.or_else(|| packages().next()) else {
        return Err(Failure::new(Exit::CannotOpen, "the share holds no package for a first install"));
    };
    launch::run(system, identity, &mut share.places, package, How::Install, run)
}
