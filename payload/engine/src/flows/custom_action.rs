//! `/msi …`: what Windows Installer's tables cannot do ([`Op::needs_bootstrap`]). Run as a deferred custom action, as
//! the system; never takes the product's lock, because the bootstrap may be waiting for Windows Installer with it.
//!
//! Settings are read from where the tables stored them: none is on a command line. Installing keeps a journal in a
//! work folder of its own until Windows Installer commits; its rollback partner brings back what the journal says.
//! Removing keeps none, because this program is gone when Windows Installer commits: its rollback partner makes the
//! operations true again.

use alloc::vec::Vec;

use packager_shared::args::{MsiAction, Reason};
use packager_shared::exit::Exit;
use packager_shared::path::{self, MSI_WORK_FOLDERS};
use packager_shared::plan::{Op, Plan};

use super::Ended;
use super::install::log_summary;
use crate::System;
use crate::facts::{self, Facts};
use crate::failure::{Failure, Outcome};
use crate::transaction::{self, Change, State, journal};

const INSTALL: &str = MSI_WORK_FOLDERS[0];
const RUN: &str = MSI_WORK_FOLDERS[1];

/// Does, or undoes, the plan's operations that no table of an MSI has.
pub fn run<S: System>(
    system: &mut S,
    plan: &Plan,
    action: MsiAction,
    _reason: Reason,
    own_path: &str,
) -> Outcome<Ended> {
    let Some(dir) = path::parent(own_path) else {
        return Err(Failure::about(Exit::Failed, "this is no installed program", own_path));
    };
    let scope = plan.product.scope;
    match action {
        MsiAction::Install => change(system, plan, dir, true, Some(INSTALL))?,
        MsiAction::RollbackInstall => {
            journal::recover_in(system, dir, INSTALL, scope)?;
        }
        MsiAction::Run | MsiAction::BeforeRemove => {}
        MsiAction::RollbackRun => {
            journal::recover_in(system, dir, RUN, scope)?;
        }
        MsiAction::Uninstall => change(system, plan, dir, false, None)?,
        MsiAction::RollbackUninstall => change(system, plan, dir, true, None)?,
        MsiAction::Commit => {
            for folder in MSI_WORK_FOLDERS {
                transaction::settle(system, dir, folder, scope);
            }
        }
    }
    Ok(Ended::done("msi", ""))
}

/// Makes the operations true, or takes them away. One whose condition does not hold is taken away in any case: it
/// may have held before.
fn change<S: System>(
    system: &mut S,
    plan: &Plan,
    dir: &str,
    install: bool,
    folder: Option<&str>,
) -> Outcome<()> {
    let product = &plan.product;
    let settings = facts::settings_as_installed(system, plan);
    let facts = Facts { arch: product.arch, scope: product.scope, install_dir: dir, settings: &settings };
    let ours = || plan.ops.iter().filter(|op| op.needs_bootstrap());
    let all: Vec<&Op> = ours()
        .map(|op| match op {
            Op::When(_, inner) => &**inner,
            op => op,
        })
        .collect();
    let old = State { steps: facts.steps_of(system, all)?, ..State::default() };
    let mut new = State::default();
    if install {
        new.steps = facts.steps_of(system, ours())?;
    }
    let change =
        Change { dir, anchor: "", old: &old, new: &new, source: None, hash: false, scope: product.scope };
    let summary = transaction::run_steps(system, &change, folder, |_| Ok(()))?;
    log_summary(system, &summary);
    Ok(())
}
