//! The bootstrap: brings a machine to the release that a share offers. Up to date costs one small read.

use alloc::string::String;
use alloc::vec::Vec;

use packager_shared::args::Action as Asked;
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
use super::{Ended, Leave, Run, lock, unfinished};
use crate::System;
use crate::detect::{Detected, detect, fits};
use crate::facts;
use crate::failure::{Failure, Outcome};
use crate::image::{MOST, Package};
use crate::source::{Source, read_whole};
use crate::text;

/// A share and the release on it, verified.
struct Share {
    root: String,
    release: Release,
}

/// Updates. `own` is the running program's package when it is the installed copy.
pub fn run<S: System>(
    system: &mut S,
    identity: &Identity,
    own: Option<Package>,
    run: &Run<'_>,
) -> Outcome<Ended> {
    let sources: Vec<String> = match own {
        Some(_) => identity.sources.clone(),
        None => path::parent(run.own_path).map(String::from).into_iter().collect(),
    };
    let share = open_share(system, identity, &sources)?;
    let release = &share.release;
    if run.args.action == Asked::Version {
        return Ok(Ended::done("version", &release.version_text));
    }
    system.log(&text::join(&[
        "release ",
        &release.version_text,
        " serial ",
        &text::number(u64::from(release.serial)),
        " on ",
        &share.root,
    ]));
    let arch = choose(system, identity, release)?;
    let request = Request::Update { force: run.args.force || run.args.action == Asked::Repair };
    let floor = own.as_ref().map_or(0, |own| own.plan.bootstrap.floor);
    let (detected, decision) = look(system, identity, release, arch, (floor, request), run)?;
    let unfinished = unfinished::find(system, &detected, own.as_ref().map(|own| &own.plan), run);
    if run.args.whatif {
        return match decision.action {
            Action::Refuse(exit) => Err(Failure::new(exit, decision.reason)),
            action => Ok(run.what_if(&decision, verb(action))),
        };
    }
    match decision.action {
        Action::Nothing if unfinished.is_empty() => return Ok(Ended::done("none", decision.reason)),
        Action::Refuse(exit) if unfinished.is_empty() => return Err(Failure::new(exit, decision.reason)),
        _ => {}
    }
    if let Leave::Ended(ended) = run.leave_to_update(system, identity, Some(&detected))? {
        return Ok(ended);
    }
    // Held until a package is run: that takes the lock itself.
    let held = lock(system, &identity.product_id)?;
    unfinished::finish(system, &unfinished, identity.scope)?;
    let (detected, decision) = look(system, identity, release, arch, (floor, request), run)?;
    match decision.action {
        Action::Nothing => Ok(Ended::done("none", decision.reason)),
        Action::Refuse(exit) => Err(Failure::new(exit, decision.reason)),
        Action::FirstInstall => {
            drop(held);
            first_install(system, identity, &share, arch.arch, run)
        }
        Action::Msi { repair } => {
            drop(held);
            let Some(package) = release.packages.iter().find(|p| p.msi && p.arch == arch.arch) else {
                return Err(Failure::new(
                    Exit::CannotOpen,
                    "the share holds no MSI, and Windows Installer manages this",
                ));
            };
            let how = if repair { How::Repair } else { How::Install };
            launch::run(system, identity, &share.root, package, how, run)
        }
        Action::Transaction { hash } => {
            let package = read_package(system, identity, &share, arch)?;
            let folder = files_folder(&share, arch.arch);
            let (summary, _) = install(system, &package, &detected, Source::Folder(folder), hash, None, run)?;
            Ok(if summary.is_empty() {
                Ended::done("none", "everything is as it shall be")
            } else {
                Ended::done("update", "updated")
            })
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
) -> Outcome<(Detected, Decision)> {
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
    system.log(&text::join(&["decision: ", decision.reason]));
    Ok((detected, decision))
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

/// The first source with a release that can be trusted.
fn open_share<S: System>(system: &mut S, identity: &Identity, sources: &[String]) -> Outcome<Share> {
    let Some(key) = &identity.public_key else {
        return Err(Failure::new(Exit::Damaged, "the package has no public key: no release can be trusted"));
    };
    let mut first: Option<Failure> = None;
    for root in sources {
        let scheme = root.get(..4).unwrap_or_default();
        let outcome = if scheme.eq_ignore_ascii_case("http") {
            Err(Failure::about(Exit::CannotOpen, "web sources are not available in this version", root))
        } else {
            read_whole(system, &path::join(root, "release.idx"), release::MOST)
                .and_then(|bytes| Ok(release::verify(&bytes, key, &identity.product_id)?))
        };
        match outcome {
            Ok(release) => return Ok(Share { root: root.clone(), release }),
            Err(failure) => {
                system.log(&text::join(&["source ", root, ": ", &failure.text]));
                first.get_or_insert(failure);
            }
        }
    }
    Err(first.unwrap_or_else(|| Failure::new(Exit::CannotOpen, "the package names no source of releases")))
}

/// The architecture to install: the one that is installed, else the best for this machine.
fn choose<'a, S: System>(
    system: &mut S,
    identity: &Identity,
    release: &'a Release,
) -> Outcome<&'a ArchRelease> {
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
    found.ok_or_else(|| Failure::new(Exit::Platform, why))
}

fn files_folder(share: &Share, arch: Arch) -> String {
    let serial = text::number(u64::from(share.release.serial));
    text::join(&[
        share.root.strip_suffix('\\').unwrap_or(&share.root),
        "\\files\\",
        &serial,
        "\\",
        arch_name(arch),
    ])
}

fn read_package<S: System>(
    system: &mut S,
    identity: &Identity,
    share: &Share,
    arch: &ArchRelease,
) -> Outcome<Package> {
    let folder = files_folder(share, arch.arch);
    let index = read_sealed(system, &path::join(&folder, "files.idx"), &arch.index)?;
    let plan = read_sealed(system, &path::join(&folder, "plan.bin"), &arch.plan)?;
    let package = Package::read(&plan, &index)?;
    let product = &package.plan.product;
    if product.id != identity.product_id || product.arch != arch.arch || product.scope != identity.scope {
        return Err(Failure::new(Exit::Damaged, "the share's plan is for another product or processor"));
    }
    debug_assert_eq!(state::native_view(product.arch), state::native_view(arch.arch));
    Ok(package)
}

fn read_sealed<S: System>(system: &mut S, file: &str, sealed: &Sealed) -> Outcome<Vec<u8>> {
    if sealed.size > MOST {
        return Err(Failure::about(Exit::Damaged, "a file of the release is too large", file));
    }
    let bytes = read_whole(system, file, sealed.size)?;
    if bytes.len() as u64 != sealed.size || ids::sha256(&bytes) != sealed.sha256 {
        return Err(Failure::about(Exit::Damaged, "a file does not match the release", file));
    }
    Ok(bytes)
}

fn first_install<S: System>(
    system: &mut S,
    identity: &Identity,
    share: &Share,
    arch: Arch,
    run: &Run<'_>,
) -> Outcome<Ended> {
    let packages = || share.release.packages.iter().filter(|package| package.arch == arch);
    let wanted = packages().find(|package| package.msi == identity.first_install_msi);
    let Some(package) = wanted.or_else(|| packages().next()) else {
        return Err(Failure::new(Exit::CannotOpen, "the share holds no package for a first install"));
    };
    launch::run(system, identity, &share.root, package, How::Install, run)
}
