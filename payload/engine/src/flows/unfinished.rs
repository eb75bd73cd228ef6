//! Transactions that were cut off: found before anything is decided, brought to their end before anything is done.

use alloc::string::String;
use alloc::vec::Vec;

use packager_shared::identity::Identity;
use packager_shared::overlay::Kind;
use packager_shared::path;
use packager_shared::plan::{Plan, Scope};

use super::{Run, lock};
use crate::System;
use crate::detect::Detected;
use crate::facts::Facts;
use crate::failure::Outcome;
use crate::text;
use crate::transaction::{cleanup, deferral, journal};

/// The directories in which a transaction of this product may have been cut off.
pub fn find<S: System>(
    system: &mut S,
    detected: &Detected,
    plan: Option<&Plan>,
    run: &Run<'_>,
) -> Vec<String> {
    let mut dirs: Vec<String> = Vec::new();
    dirs.extend(detected.found.dir.clone());
    dirs.extend(run.args.dir.as_deref().map(|dir| String::from(dir.strip_suffix('\\').unwrap_or(dir))));
    if run.kind == Kind::Installed {
        dirs.extend(path::parent(run.own_path).map(String::from));
    }
    if let Some(plan) = plan {
        let product = &plan.product;
        let facts = Facts { arch: product.arch, scope: product.scope, install_dir: "", settings: &[] };
        dirs.extend(facts.expand_dir(system, &plan.install_dir).ok());
    }
    let mut out: Vec<String> = Vec::new();
    for dir in dirs {
        let known = out.iter().any(|other| path::same(other, &dir));
        if !known && path::is_local_absolute(&dir) && journal::is_pending(system, &dir) {
            system.log(&text::join(&["a run was cut off in ", &dir]));
            out.push(dir);
        }
    }
    out
}

/// Brings them to their end.
pub fn finish<S: System>(system: &mut S, dirs: &[String], scope: Scope) -> Outcome<()> {
    for dir in dirs {
        journal::recover(system, dir, scope)?;
    }
    Ok(())
}

/// Removes what earlier runs have staged, when nobody wants it any more: what is installed is what is offered. An update
/// to a newer release that was put off stays.
pub fn purge<S: System>(system: &mut S, identity: &Identity, detected: &Detected, serial: u32) {
    let Some(dir) = &detected.found.dir else { return };
    let work = path::join(dir, path::WORK_FOLDER);
    if !matches!(system.stat(&work), Ok(Some(_))) || journal::is_pending(system, dir) {
        return;
    }
    let may = identity.scope == Scope::User || system.is_administrator();
    let newer = deferral::read(system, &work).is_some_and(|waits| waits.serial > serial);
    if may
        && !newer
        && let Ok(_lock) = lock(system, &identity.product_id)
    {
        system.log(&text::join(&["removing what an earlier run left behind: ", &work]));
        cleanup::remove_work_folder(system, &work, identity.scope, false, &[]);
    }
}
