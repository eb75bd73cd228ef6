//! The installed bootstrap, run by Windows after a restart: it does the update that was put off, from staged files.

use alloc::string::String;

use packager_shared::args::{Args, Ui};
use packager_shared::decide::Manager;
use packager_shared::exit::Exit;
use packager_shared::identity::Identity;
use packager_shared::path;
use packager_shared::plan::{Scope, Start};

use super::install::{install, installed_state};
use super::{Ended, Run, lock};
use crate::System;
use crate::detect::detect;
use crate::facts::Step;
use crate::failure::{Failure, Outcome};
use crate::image::Package;
use crate::system::ServiceState;
use crate::transaction::deferral::{self, MOST_ATTEMPTS};
use crate::transaction::{cleanup, journal};

/// How long the product's services may take to start with Windows, in milliseconds.
const PATIENCE: u64 = 60_000;

/// Finishes. `own` is the running program's package; `service`: Windows is starting.
pub fn run<S: System>(
    system: &mut S,
    identity: &Identity,
    own: &Package,
    service: bool,
    run: &Run<'_>,
) -> Outcome<Ended> {
    let scope = identity.scope;
    if scope == Scope::Machine && !system.is_administrator() {
        return Err(Failure::new(Exit::NeedsAdministrator, Exit::NeedsAdministrator.text()));
    }
    let Some(dir) = path::parent(run.own_path).map(String::from) else {
        return Err(Failure::about(Exit::Failed, "this is no installed program", run.own_path));
    };
    let _lock = lock(system, &identity.product_id)?;
    journal::recover(system, &dir, scope)?;
    let work = path::join(&dir, path::WORK_FOLDER);
    let Some(mut record) = deferral::read(system, &work) else {
        deferral::unregister(system, &deferral::finisher(&identity.slug), scope);
        cleanup::remove_work_folder(system, &work, scope, false, &[]);
        return Ok(Ended::done("none", "no update was put off"));
    };
    let archs: alloc::vec::Vec<_> = identity.archs.iter().map(|(arch, _)| *arch).collect();
    let detected = detect(system, identity, &archs)?;
    let found = &detected.found;
    let here = found.dir.as_ref().is_some_and(|found| path::same(found, &dir));
    let same = found.digest.as_deref().unwrap_or_default() == record.from;
    if !here || !same || found.manager() != Some(Manager::Engine) {
        cleanup::remove_work_folder(system, &work, scope, false, &[]);
        return Ok(Ended::done("none", "the update that was put off is no longer one of what is installed"));
    }
    record.attempts += 1;
    if record.attempts > MOST_ATTEMPTS {
        cleanup::remove_work_folder(system, &work, scope, false, &[]);
        return Err(Failure::new(
            Exit::InUse,
            "the update that was put off is given up: its files were in use after each restart",
        ));
    }
    // Before it is tried: one that ends the machine is not tried forever.
    record.write(system, &work)?;
    if service {
        wait_for_services(system, own, &dir)?;
    }
    let package = Package::read(&record.plan, &record.index)?;
    let args = Args {
        ui: Ui::Quiet,
        settings: record.settings.clone(),
        clear: record.clear.clone(),
        site: record.site.clone(),
        ..Args::default()
    };
    let run = Run { args: &args, ..*run };
    let (summary, _) = install(system, &package, &detected, None, record.hash, None, &run)?;
    Ok(Ended::of(&summary, "finish", "the update that was put off is done"))
}

/// A service that Windows is about to start would start in the middle, with the old files or none.
fn wait_for_services<S: System>(system: &mut S, own: &Package, dir: &str) -> Outcome<()> {
    let until = system.ticks().saturating_add(PATIENCE);
    for step in installed_state(system, own, dir)?.steps {
        let Step::Service(name, config, _) = &step else { continue };
        while config.start == Start::Auto
            && system.service_state(name)? == Some(ServiceState::Stopped)
            && system.ticks() < until
        {
            system.sleep(500);
        }
    }
    Ok(())
}
