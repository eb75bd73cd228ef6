//! `/msi …`: what Windows Installer's tables cannot do ([`Op::needs_bootstrap`]). Run as a deferred custom action, as
//! the system; never takes the product's lock, because the bootstrap may be waiting for Windows Installer with it.
//!
//! Settings are read from where the tables stored them: none is on a command line. Installing keeps a journal in a
//! work folder of its own until Windows Installer commits; its rollback partner brings back what the journal says.
//! Removing keeps none, because this program is gone when Windows Installer commits: its rollback partner makes the
//! operations true again.

mod running;

use alloc::string::String;
use alloc::vec::Vec;

use packager_shared::args::{MsiAction, Reason};
use packager_shared::decide::Manager;
use packager_shared::exit::Exit;
use packager_shared::identity::Identity;
use packager_shared::path::{self, MSI_WORK_FOLDERS};
use packager_shared::plan::{InUse, Op, Plan, Scope};

use super::Ended;
use super::install::{installed_package, installed_state, log_summary};
use crate::System;
use crate::acts::Acts;
use crate::detect::detect;
use crate::facts::{self, Facts, Step};
use crate::failure::{Failure, Outcome};
use crate::image::Package;
use crate::transaction::{self, Change, State, journal};

const INSTALL: &str = MSI_WORK_FOLDERS[0];
const RUN: &str = MSI_WORK_FOLDERS[1];
const REPLACE: &str = MSI_WORK_FOLDERS[2];

/// Does, or undoes, the plan's operations that no table of an MSI has.
pub fn run<S: System>(
    system: &mut S,
    package: &Package,
    action: MsiAction,
    reason: Reason,
    dir: Option<&str>,
    own_path: &str,
) -> Outcome<Ended> {
    let plan = &package.plan;
    // Before the product's files are there this program runs from elsewhere. `[INSTALLDIR].` ends with `\.`, which
    // keeps the backslash from the quote that follows.
    let dir = match dir {
        Some(dir) => Some(dir.trim_end_matches(['.', '\\'])),
        None => path::parent(own_path),
    };
    let Some(dir) = dir.filter(|dir| path::is_local_absolute(dir)) else {
        return Err(Failure::about(Exit::Failed, "this is no installed program", own_path));
    };
    let scope = plan.product.scope;
    match action {
        MsiAction::Install => change(system, plan, dir, (true, reason), Some(INSTALL))?,
        MsiAction::RollbackInstall => {
            journal::recover_in(system, dir, INSTALL, scope)?;
        }
        MsiAction::Replace => take_over(system, package, dir, reason)?,
        MsiAction::RollbackReplace => {
            journal::recover_in(system, dir, REPLACE, scope)?;
        }
        MsiAction::Run => start(system, plan, dir, reason)?,
        MsiAction::BeforeRemove => {
            if reason == Reason::Upgrade {
                running::remember(system, plan)?;
            }
            leave(system, plan, dir, reason)?;
        }
        MsiAction::RollbackBeforeRemove => take_back(system, plan, dir, reason)?,
        MsiAction::RollbackRun => {
            journal::recover_in(system, dir, RUN, scope)?;
        }
        MsiAction::Uninstall => change(system, plan, dir, (false, reason), None)?,
        MsiAction::RollbackUninstall => change(system, plan, dir, (true, reason), None)?,
        MsiAction::Commit => {
            finish_takeover(system, package, dir, reason)?;
            for folder in MSI_WORK_FOLDERS {
                transaction::settle(system, dir, folder, scope);
            }
        }
    }
    Ok(Ended::done("msi", ""))
}

/// The machine's answers for a plan.
fn installed<S: System>(system: &mut S, plan: &Plan) -> Vec<(String, String)> {
    facts::settings_as_installed(system, plan)
}

/// Makes the operations true, or takes them away. One whose condition does not hold is taken away in any case: it
/// may have held before.
///
/// Services that were stopped are started by `/msi run`: here those that Windows Installer makes are not there yet.
fn change<S: System>(
    system: &mut S,
    plan: &Plan,
    dir: &str,
    (install, reason): (bool, Reason),
    folder: Option<&str>,
) -> Outcome<()> {
    let product = &plan.product;
    let settings = installed(system, plan);
    let facts = Facts { arch: product.arch, scope: product.scope, install_dir: dir, settings: &settings };
    let ours = || plan.ops.iter().filter(|op| op.needs_bootstrap());
    let all: Vec<&Op> = ours()
        .map(|op| match op {
            Op::When(_, inner) => &**inner,
            op => op,
        })
        .collect();
    let mut old = State { steps: facts.steps_of(system, all)?, ..State::default() };
    // What goes on uninstall stays on upgrade.
    if install || reason != Reason::Uninstall {
        old.steps.retain(|step| !matches!(step, Step::Remove(_, _, true)));
    }
    // The next version knows by the marks what this one has written.
    if reason == Reason::Upgrade && !install {
        old.steps.retain(|step| !matches!(step, Step::Config(_)));
    }
    let mut new = State::default();
    if install {
        new.steps = facts.steps_of(system, ours())?;
        // The tables have written the settings already: which password a service has is not known any more.
        old.steps.retain(|step| !matches!(step, Step::Remove(..)));
        for step in &mut old.steps {
            if let Step::Service(_, config, _) = step {
                config.password = None;
            }
        }
    }
    let mut acts = Acts::default();
    if install && folder.is_some() {
        acts.migrate = crate::acts::predecessor::all(system, &facts, plan)?.1;
    }
    let change = nothing_but(dir, product.scope, &old, &new, &acts);
    let summary = transaction::run_steps(system, &change, folder, |tx, ran| match (install, folder) {
        (true, Some(_)) => {
            tx.take_over(&change)?;
            running::add(tx, plan, ran)
        }
        (true, None) => {
            let ran = running::take(tx, plan)?;
            tx.start_services(&change, &ran)
        }
        (false, _) => Ok(()),
    })?;
    log_summary(system, &summary);
    Ok(())
}

/// Starts the services that the tables do not start, and runs programs.
fn start<S: System>(system: &mut S, plan: &Plan, dir: &str, reason: Reason) -> Outcome<()> {
    let product = &plan.product;
    let settings = installed(system, plan);
    let facts = Facts { arch: product.arch, scope: product.scope, install_dir: dir, settings: &settings };
    let services = plan.ops.iter().filter(|op| op.service().is_some() && op.needs_bootstrap());
    let nothing = State::default();
    let new = State { steps: facts.steps_of(system, services)?, ..State::default() };
    let mut acts = Acts::default();
    acts.arrive(system, &facts, plan, reason)?;
    let change = nothing_but(dir, product.scope, &nothing, &nothing, &acts);
    let summary = transaction::run_steps(system, &change, Some(RUN), |tx, _| {
        let ran = running::take(tx, plan)?;
        tx.start_services(&nothing_but(dir, product.scope, &nothing, &new, &acts), &ran)?;
        tx.run_after(&acts.after)
    })?;
    log_summary(system, &summary);
    Ok(())
}

/// A change of no files.
fn nothing_but<'a, S: System>(
    dir: &'a str,
    scope: Scope,
    old: &'a State,
    new: &'a State,
    acts: &'a Acts,
) -> Change<'a, S> {
    Change {
        dir,
        anchor: "",
        old,
        new,
        source: None,
        hash: false,
        scope,
        in_use: InUse::Abort,
        bootstrap: "",
        deferral: None,
        acts,
    }
}

/// Runs programs of the installed version before it goes, and closes others. There is no journal: [`take_back`] runs
/// what takes them back.
fn leave<S: System>(system: &mut S, plan: &Plan, dir: &str, reason: Reason) -> Outcome<()> {
    let mut acts = leaving(system, plan, dir, reason)?;
    acts.before.iter_mut().for_each(|program| program.undo = None);
    let nothing = State::default();
    let change = nothing_but(dir, plan.product.scope, &nothing, &nothing, &acts);
    transaction::run_steps(system, &change, None, |tx, _| {
        tx.run_before(&acts.before)?;
        tx.close_programs(&acts.close)
    })?;
    Ok(())
}

fn leaving<S: System>(system: &mut S, plan: &Plan, dir: &str, reason: Reason) -> Outcome<Acts> {
    let product = &plan.product;
    let settings = installed(system, plan);
    let facts = Facts { arch: product.arch, scope: product.scope, install_dir: dir, settings: &settings };
    let mut acts = Acts::default();
    acts.leave(system, &facts, plan, reason)?;
    Ok(acts)
}

/// Takes back what was run before a removal that Windows Installer rolls back, the last first. Whether it was run is
/// not known: nothing could have kept it.
fn take_back<S: System>(system: &mut S, plan: &Plan, dir: &str, reason: Reason) -> Outcome<()> {
    for program in leaving(system, plan, dir, reason)?.before.iter().rev() {
        if let Some(undo) = &program.undo
            && let Err(error) = transaction::programs::run(system, &program.path, undo, program.timeout_ms)
        {
            system.log(&Failure::from(error).text);
        }
    }
    Ok(())
}

/// Takes over predecessors, before anything of the product is there.
fn take_over<S: System>(system: &mut S, package: &Package, dir: &str, reason: Reason) -> Outcome<()> {
    let (acts, own) = arriving(system, package, dir, reason)?;
    let nothing = State::default();
    let scope = package.plan.product.scope;
    let gone = older(system, package, dir, &own)?;
    // A state without steps is what an uninstall leaves; this one has nothing to do.
    let rest = State { steps: [Step::Purge(String::new())].into(), ..State::default() };
    let change = nothing_but(dir, scope, &gone, &rest, &acts);
    let plan = &package.plan;
    let summary = transaction::run_steps(system, &change, Some(REPLACE), |tx, ran| {
        tx.take_over(&nothing_but(dir, scope, &nothing, &own, &acts))?;
        // Whoever starts services by that list takes it away again.
        if plan.ops.iter().any(|op| op.service().is_some() && op.needs_bootstrap()) {
            running::add(tx, plan, ran)?;
        }
        tx.take_over_older(&change, &own)
    })?;
    log_summary(system, &summary);
    Ok(())
}

/// What an older release has that this one has not, when the setup EXE or the share installed it: Windows Installer
/// knows nothing of it. Nothing, when there is none, or it cannot be trusted.
fn older<S: System>(system: &mut S, package: &Package, dir: &str, own: &State) -> Outcome<State> {
    let identity = Identity::of(&package.plan);
    let detected = detect(system, &identity, &[package.plan.product.arch])?;
    let here = detected.found.dir.as_deref().is_some_and(|found| path::same(found, dir));
    if !here || detected.found.manager() != Some(Manager::Engine) {
        return Ok(State::default());
    }
    let Some(there) = installed_package(system, &detected, &identity.bootstrap, &identity.product_id) else {
        return Ok(State::default());
    };
    let mut gone = installed_state(system, &there, dir)?;
    // A service that changes goes, too, as it does in an upgrade by Windows Installer: it is made anew.
    gone.steps.retain(|step| match step {
        Step::Service(..) => !own.steps.contains(step),
        step => !own.steps.iter().any(|other| other.same_target(step)),
    });
    gone.index.entries.retain(|entry| !entry.keep && own.index.find(&entry.path).is_none());
    Ok(gone)
}

/// What of predecessors could not have come back goes now.
fn finish_takeover<S: System>(system: &mut S, package: &Package, dir: &str, reason: Reason) -> Outcome<()> {
    let (acts, own) = arriving(system, package, dir, reason)?;
    if acts.replace.is_empty() {
        return Ok(());
    }
    let nothing = State::default();
    let change = nothing_but(dir, package.plan.product.scope, &nothing, &own, &acts);
    transaction::finish_takeover(system, &change)
}

/// What is done when the product comes, and the state that is its own.
fn arriving<S: System>(
    system: &mut S,
    package: &Package,
    dir: &str,
    reason: Reason,
) -> Outcome<(Acts, State)> {
    let (plan, product) = (&package.plan, &package.plan.product);
    let settings = installed(system, plan);
    let facts = Facts { arch: product.arch, scope: product.scope, install_dir: dir, settings: &settings };
    let mut acts = Acts { within_installer: true, ..Acts::default() };
    acts.arrive(system, &facts, plan, reason)?;
    Ok((acts, installed_state(system, package, dir)?))
}
