//! Uninstalling: a transaction to nothing.

use alloc::string::String;
use alloc::vec::Vec;

use packager_shared::decide::{Action, Decision, Offer, Request, decide};
use packager_shared::exit::Exit;
use packager_shared::identity::Identity;

use super::install::{anchor, installed_package, installed_state, leave, log_summary};
use super::{Ended, Leave, Run, lock, record, unfinished};
use crate::System;
use crate::acts::{Acts, Reason};
use crate::detect::{Detected, detect};
use crate::facts::Facts;
use crate::failure::{Failure, Outcome};
use crate::image::Package;
use crate::text;
use crate::transaction::{self, Change, State, Summary};

/// Uninstalls. `own` is the package of the running program: used when the installed one cannot be read.
pub fn run<S: System>(
    system: &mut S,
    identity: &Identity,
    own: Option<Package>,
    run: &Run<'_>,
) -> Outcome<Ended> {
    let archs: Vec<_> = identity.archs.iter().map(|(arch, _)| *arch).collect();
    let detected = detect(system, identity, &archs)?;
    let unfinished = unfinished::find(system, &detected, own.as_ref().map(|own| &own.plan), run);
    if unfinished.is_empty() {
        decided(system, &detected)?;
    }
    if run.args.whatif {
        let (decision, reasons) = asked(&detected);
        return Ok(run.what_if(&decision, "uninstall", &reasons));
    }
    if let Leave::Ended(ended) = run.leave(system, identity)? {
        return Ok(ended);
    }
    let _lock = lock(system, &identity.product_id)?;
    unfinished::finish(system, &unfinished, identity.scope)?;
    let detected = detect(system, identity, &archs)?;
    decided(system, &detected)?;
    let installed = installed_package(system, &detected, &identity.bootstrap, &identity.product_id);
    let Some(package) = installed.or(own) else {
        let text =
            "what is installed is not known: run the setup program of the installed version with /uninstall";
        return Err(Failure::new(Exit::Failed, text));
    };
    let product = &package.plan.product;
    let dir = match &detected.found.dir {
        Some(dir) => dir.clone(),
        None => {
            let facts = Facts { arch: product.arch, scope: product.scope, install_dir: "", settings: &[] };
            facts.expand_dir(system, &package.plan.install_dir)?
        }
    };
    system.log(&text::join(&["uninstalling from ", &dir]));
    let title = text::join(&[&product.name, " ", &product.version_text]);
    if !system.confirm(&text::join(&["Remove ", &title, " from this computer?"])) {
        return Err(Failure::new(Exit::Cancelled, Exit::Cancelled.text()));
    }
    system.introduce(&product.name, &text::join(&["Removing ", &title]));
    let old = installed_state(system, &package, &dir)?;
    let new = State::default();
    let mut acts = Acts::default();
    leave(system, &package, &dir, Reason::Uninstall, &mut acts)?;
    let anchor = anchor(system, &package, &dir);
    let change = Change {
        dir: &dir,
        anchor: &anchor,
        old: &old,
        new: &new,
        source: None,
        hash: false,
        in_use: package.plan.bootstrap.in_use,
        bootstrap: &package.plan.bootstrap.name,
        deferral: None,
        scope: product.scope,
        acts: &acts,
    };
    let summary = transaction::run(system, change)?;
    log_summary(system, &summary);
    // Even when there was nothing left to remove.
    let summary = Summary { steps: summary.steps.max(1), ..summary };
    Ok(Ended::of(&summary, "uninstall", "uninstalled"))
}

/// What follows from the wish to uninstall, and from what.
fn asked(detected: &Detected) -> (Decision, String) {
    let offer = Offer { version: [0; 4], serial: 0, floor: 0, digest: "" };
    let decision = decide(&detected.found, &offer, Request::Uninstall);
    (decision, record::reasons(&detected.found, &offer, Request::Uninstall))
}

fn decided<S: System>(system: &mut S, detected: &Detected) -> Outcome<()> {
    let (decision, reasons) = asked(detected);
    system.log(&reasons);
    system.log(&text::join(&["decision: ", decision.reason]));
    match decision.action {
        Action::Refuse(exit) => {
            let text = match detected.found.related.first() {
                Some(related) => text::join(&[decision.reason, "; use: msiexec /x ", &related.product_code]),
                None => String::from(decision.reason),
            };
            Err(Failure::with(exit, text))
        }
        _ => Ok(()),
    }
}
