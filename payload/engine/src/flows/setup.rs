//! A setup EXE.

use alloc::string::String;

use packager_shared::args::Action as Asked;
use packager_shared::decide::{Action, Manager, Offer, Request, decide};
use packager_shared::exit::Exit;
use packager_shared::identity::Identity;
use packager_shared::overlay;

use super::install::install;
use super::{Ended, Leave, Run, extract, lock, record, unfinished, uninstall};
use crate::System;
use crate::detect::{Detected, detect, fits};
use crate::failure::{Failure, Outcome};
use crate::image::{Image, Package};
use crate::source::Source;
use crate::text;

/// Runs a setup EXE whose overlay is verified.
pub fn run<S: System>(system: &mut S, mut image: Image<S>, run: &Run<'_>) -> Outcome<Ended> {
    let package = image.package(system)?;
    let product = &package.plan.product;
    let identity = Identity::of(&package.plan);
    run.introduce(system, &identity);
    system.log(&text::join(&["setup of ", &product.id, " ", &product.version_text]));
    let request = match &run.args.action {
        Asked::Version => return Ok(Ended::done("version", &product.version_text)),
        Asked::Extract(dir) => return extract::run(system, image, &package, dir),
        Asked::Uninstall => {
            return uninstall::run(system, &identity, Some(package), run);
        }
        Asked::Repair => Request::Repair,
        _ => Request::Setup,
    };
    if let Err(what) = fits(system, &package.plan.platform, product.arch)? {
        return Err(Failure::new(Exit::Platform, what));
    }
    let site = match image.overlay.section(overlay::SITE) {
        Some(_) => {
            let name = image.read(system, overlay::SITE)?;
            Some(
                String::from_utf8(name)
                    .map_err(|_| Failure::new(Exit::Damaged, "the package's site has no name"))?,
            )
        }
        None => None,
    };
    let detected = detect(system, &identity, &[product.arch])?;
    let unfinished = unfinished::find(system, &detected, Some(&package.plan), run);
    if unfinished.is_empty() {
        decided(system, &detected, &package, request, run)?;
    }
    if run.args.whatif {
        let decision = decide(&detected.found, &offer(&package), request);
        let reasons = record::reasons(&detected.found, &offer(&package), request);
        return Ok(run.what_if(&decision, "install", &reasons));
    }
    if let Leave::Ended(ended) = run.leave(system, &identity)? {
        return Ok(ended);
    }
    let _lock = lock(system, &product.id)?;
    // Once more: another run may have ended in between.
    unfinished::finish(system, &unfinished, product.scope)?;
    let detected = detect(system, &identity, &[product.arch])?;
    let hash = decided(system, &detected, &package, request, run)?;
    let source = Some(Source::Setup(image, package.index.entries.len()));
    let (summary, _) = install(system, &package, &detected, source, hash, site.as_deref(), run)?;
    let was_there = detected.found.manager().is_some();
    let (action, text) = match was_there {
        false => ("install", "installed"),
        true if detected.found.digest.as_deref() == Some(&package.digest) => ("repair", "repaired"),
        true => ("upgrade", "upgraded"),
    };
    Ok(Ended::of(&summary, action, text))
}

fn offer(package: &Package) -> Offer<'_> {
    Offer {
        version: package.plan.product.version,
        serial: package.plan.bootstrap.serial,
        floor: package.plan.bootstrap.floor,
        digest: &package.digest,
    }
}

/// Decides to go on, and whether to hash what is on the disk.
fn decided<S: System>(
    system: &mut S,
    detected: &Detected,
    package: &Package,
    request: Request,
    run: &Run<'_>,
) -> Outcome<bool> {
    let decision = decide(&detected.found, &offer(package), request);
    system.log(&record::reasons(&detected.found, &offer(package), request));
    system.log(&text::join(&["decision: ", decision.reason]));
    match decision.action {
        Action::Transaction { hash } => Ok(hash),
        Action::Refuse(exit) => {
            let msi = detected.found.manager() == Some(Manager::Msi);
            let text = match detected.found.related.first() {
                Some(related) if msi => {
                    let quiet = if run.args.ui == packager_shared::args::Ui::Quiet { " /qn" } else { "" };
                    let mut line =
                        text::join(&[decision.reason, "; use its MSI: msiexec /i PACKAGE.msi", quiet]);
                    line.push_str(&text::join(&[
                        ", or remove it first: msiexec /x ",
                        &related.product_code,
                        quiet,
                    ]));
                    line
                }
                _ => String::from(decision.reason),
            };
            Err(Failure::with(exit, text))
        }
        _ => Err(Failure::new(Exit::Failed, decision.reason)),
    }
}
