//! What setup and update have in common: composing a transaction.

use alloc::string::String;
use alloc::vec::Vec;

use packager_shared::args::Action;
use packager_shared::exit::Exit;
use packager_shared::ids;
use packager_shared::index::{self, Entry};
use packager_shared::overlay::Kind;
use packager_shared::path;
use packager_shared::plan::{InUse, Scope, Site};
use packager_shared::settings::{self, Sources};

use super::Run;
use crate::System;
use crate::acts::{Acts, Reason};
use crate::detect::Detected;
use crate::facts::{self, Facts};
use crate::failure::{Failure, Outcome};
use crate::guard;
use crate::image::{Image, Package};
use crate::source::Source;
use crate::text;
use crate::transaction::deferral::{self, Deferral};
use crate::transaction::{self, Change, State, Summary, compare};

/// The package that an installed bootstrap carries; `None` when there is none that can be used. What it says is done
/// with this run's rights, so it has to be the one whose digest the state key holds: wherever it lies, and whoever
/// can write there.
pub fn installed_package<S: System>(
    system: &mut S,
    detected: &Detected,
    bootstrap: &str,
    product_id: &str,
) -> Option<Package> {
    let file = path::join(detected.found.dir.as_deref()?, bootstrap);
    let read = |system: &mut S| {
        let mut image = Image::open(system, &file)?;
        if image.overlay.kind != Kind::Installed {
            return Err(Failure::about(Exit::Damaged, "this is no installed bootstrap", &file));
        }
        let package = image.package(system)?;
        if detected.found.digest != Some(release_digest(system, &mut image, &package)?) {
            return Err(Failure::about(Exit::Damaged, "this is not the release that was installed", &file));
        }
        Ok(package)
    };
    match read(system) {
        Ok(package) if package.plan.product.id == product_id => Some(package),
        Ok(_) => None,
        Err(failure) => {
            system.log(&text::join(&["the installed state is not known: ", &failure.text]));
            None
        }
    }
}

/// The digest of the release that an installed bootstrap is of. Its own index cannot name it, the release's does.
fn release_digest<S: System>(system: &mut S, image: &mut Image<S>, package: &Package) -> Outcome<String> {
    let mut index = package.index.clone();
    system.seek(&mut image.file, 0)?;
    index.entries.push(Entry {
        path: package.plan.bootstrap.name.clone(),
        size: system.length(&mut image.file)?,
        sha256: compare::hash(system, &mut image.file)?,
        pe_version: Some(package.plan.product.version),
        keep: false,
    });
    index.sort();
    Ok(ids::hex(&ids::sha256(&index::encode(&index, &package.plan_digest))))
}

/// The state that a package left in a directory.
pub fn installed_state<S: System>(system: &mut S, package: &Package, dir: &str) -> Outcome<State> {
    let product = &package.plan.product;
    let settings = facts::settings_as_installed(system, &package.plan);
    let facts = Facts { arch: product.arch, scope: product.scope, install_dir: dir, settings: &settings };
    let mut steps = facts.steps(system, &package.plan)?;
    let site = facts::remembered_site(system, product);
    steps.extend(facts::ownership(package, dir, &settings, site.as_deref()));
    let mut index = facts.files(&package.plan, &package.index);
    let bootstrap = &package.plan.bootstrap.name;
    if index.find(bootstrap).is_none() {
        // The installed bootstrap cannot know its own hash: all zeros never match, so it is always looked at.
        index.entries.push(Entry {
            path: bootstrap.clone(),
            size: 0,
            sha256: [0; 32],
            pe_version: None,
            keep: false,
        });
        index.sort();
    }
    Ok(State { index, steps, ..State::default() })
}

/// The directory that an install goes to.
pub fn target_dir<S: System>(
    system: &mut S,
    package: &Package,
    detected: &Detected,
    run: &Run<'_>,
) -> Outcome<String> {
    let product = &package.plan.product;
    if let Some(asked) = &run.args.dir {
        let asked = asked.strip_suffix('\\').unwrap_or(asked);
        if !path::is_local_absolute(asked) {
            return Err(Failure::about(
                Exit::CommandLine,
                "/dir needs a folder on a local drive, as X:\\folder",
                asked,
            ));
        }
        return match &detected.found.dir {
            Some(dir) if !path::same(dir, asked) => Err(Failure::about(
                Exit::CommandLine,
                "the product is installed elsewhere; uninstall it first",
                dir,
            )),
            _ => Ok(String::from(asked)),
        };
    }
    if let Some(dir) = &detected.found.dir {
        return Ok(dir.clone());
    }
    let facts = Facts { arch: product.arch, scope: product.scope, install_dir: "", settings: &[] };
    facts.expand_dir(system, &package.plan.install_dir)
}

/// The directory above the install directory that is not ours; empty when it was put elsewhere than planned.
pub fn anchor<S: System>(system: &mut S, package: &Package, dir: &str) -> String {
    let product = &package.plan.product;
    let facts = Facts { arch: product.arch, scope: product.scope, install_dir: "", settings: &[] };
    let anchor = facts.anchor(system, &package.plan.install_dir).unwrap_or_default();
    let below =
        path::lower(dir).strip_prefix(&path::lower(&anchor)).is_some_and(|rest| rest.starts_with('\\'));
    if below { anchor } else { String::new() }
}

/// Installs, updates or repairs.
pub fn install<S: System>(
    system: &mut S,
    package: &Package,
    detected: &Detected,
    mut source: Option<Source<S>>,
    hash: bool,
    site: Option<&str>,
    run: &Run<'_>,
) -> Outcome<(Summary, String)> {
    let product = &package.plan.product;
    let dir = target_dir(system, package, detected, run)?;
    let anchor = anchor(system, package, &dir);
    if product.scope == Scope::Machine && !detected.registered {
        guard::check(system, &dir, &anchor)?;
    }
    let site: Option<&Site> = match run.args.site.as_deref().or(site) {
        None => None,
        Some(name) => Some(
            settings::find_site(&package.plan.sites, name)
                .ok_or_else(|| Failure::about(Exit::CommandLine, "the package has no such site", name))?,
        ),
    };
    let first = !detected.found.state && detected.found.dir.is_none();
    let sources = Sources { command_line: &run.args.settings, clear: &run.args.clear, site };
    let values = facts::settings(system, &package.plan, sources)?;
    let facts = Facts { arch: product.arch, scope: product.scope, install_dir: &dir, settings: &values };
    let mut steps = facts.steps(system, &package.plan)?;
    // Whoever names no site stays at the one he has.
    let site = match site {
        Some(site) => Some(site.name.clone()),
        None => facts::remembered_site(system, product),
    };
    steps.extend(facts::ownership(package, &dir, &values, site.as_deref()));
    let reserve = u64::from(package.plan.platform.free_megabytes) << 20;
    let new = State { index: facts.files(&package.plan, &package.index), steps, reserve };
    refuse_long_paths(&new, &dir)?;
    let mut acts = Acts { always: run.args.action == Action::Repair, ..Acts::default() };
    let mut old = State::default();
    let mut deferral = None;
    let reason = match &detected.found.dir {
        Some(_) if detected.found.state => match &detected.found.digest {
            Some(digest) if *digest == package.digest => Reason::Repair,
            _ => Reason::Upgrade,
        },
        _ => Reason::Install,
    };
    if let Some(dir) = &detected.found.dir
        && let Some(package_there) =
            installed_package(system, detected, &package.plan.bootstrap.name, &product.id)
    {
        old = installed_state(system, &package_there, dir)?;
        leave(system, &package_there, dir, reason, &mut acts)?;
        deferral = self::deferral(system, package, detected, dir, hash, run)?;
    }
    acts.arrive(system, &facts, &package.plan, reason)?;
    for predecessor in acts.replace.iter().filter(|predecessor| predecessor.refuse) {
        if reason != Reason::Repair && predecessor.is_there(system, &predecessor.services)? {
            let text = text::join(&[&predecessor.name, " is on this computer: remove it first"]);
            return Err(Failure::with(Exit::Failed, text));
        }
    }
    system.log(&text::join(&["install directory: ", &dir]));
    let verb = if first { "Installing " } else { "Updating " };
    let headline = text::join(&[verb, &product.name, " ", &product.version_text]);
    system.introduce(&product.name, &headline);
    let change = Change {
        dir: &dir,
        anchor: &anchor,
        old: &old,
        new: &new,
        source: source.as_mut(),
        hash,
        in_use: package.plan.bootstrap.in_use,
        bootstrap: &package.plan.bootstrap.name,
        deferral: deferral.as_ref(),
        scope: product.scope,
        acts: &acts,
    };
    let summary = transaction::run(system, change)?;
    log_summary(system, &summary);
    Ok((summary, dir))
}

/// What is written down when an update is put off; `None` when it cannot be. A program that others can change must not
/// be run by the system after a restart.
fn deferral<S: System>(
    system: &mut S,
    package: &Package,
    detected: &Detected,
    dir: &str,
    hash: bool,
    run: &Run<'_>,
) -> Outcome<Option<Deferral>> {
    let product = &package.plan.product;
    let bootstrap = path::join(dir, &package.plan.bootstrap.name);
    if package.plan.bootstrap.in_use != InUse::Restart || system.stat(&bootstrap)?.is_none() {
        return Ok(None);
    }
    if product.scope == Scope::Machine && !guard::is_safe(system, &bootstrap) {
        system.log(&text::join(&["nothing is put off, because others can change ", &bootstrap]));
        return Ok(None);
    }
    let earlier = deferral::read(system, &path::join(dir, path::WORK_FOLDER));
    let again = earlier.filter(|earlier| earlier.index == package.raw.1);
    Ok(Some(Deferral {
        attempts: again.map_or(0, |again| again.attempts),
        serial: package.plan.bootstrap.serial,
        hash,
        from: detected.found.digest.clone().unwrap_or_default(),
        finisher: deferral::finisher(&product.slug),
        product: product.name.clone(),
        settings: run.args.settings.clone(),
        clear: run.args.clear.clone(),
        site: run.args.site.clone(),
        plan: package.raw.0.clone(),
        index: package.raw.1.clone(),
    }))
}

/// Adds what the installed version does before it is changed, with the settings that it has.
pub fn leave<S: System>(
    system: &mut S,
    package: &Package,
    dir: &str,
    reason: Reason,
    acts: &mut Acts,
) -> Outcome<()> {
    let product = &package.plan.product;
    let settings = facts::settings_as_installed(system, &package.plan);
    let facts = Facts { arch: product.arch, scope: product.scope, install_dir: dir, settings: &settings };
    acts.leave(system, &facts, &package.plan, reason)
}

/// One line about what was done.
pub fn log_summary<S: System>(system: &mut S, summary: &Summary) {
    let number = |count: usize| text::number(count as u64);
    system.log(&text::join(&[
        "files written: ",
        &number(summary.written),
        ", removed: ",
        &number(summary.removed),
        ", other changes: ",
        &number(summary.steps),
    ]));
}

fn refuse_long_paths(state: &State, dir: &str) -> Outcome<()> {
    let room = path::LONGEST_ABSOLUTE.saturating_sub(dir.encode_utf16().count() + 1);
    let mut all: Vec<&Entry> = state.index.entries.iter().collect();
    all.retain(|entry| entry.path.encode_utf16().count() > room);
    match all.first() {
        Some(entry) => {
            Err(Failure::about(Exit::Failed, "a path would be longer than Windows allows", &entry.path))
        }
        None => Ok(()),
    }
}
