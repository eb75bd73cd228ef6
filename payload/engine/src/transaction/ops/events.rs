//! Manifests of events, which `wevtutil` registers ("wevtutil" on Microsoft Learn). Windows has it from Vista on; before,
//! nothing is done.
//!
//! A manifest is taken back with the file that it was registered from: before files are swapped.

use alloc::string::String;

use packager_shared::exit::Exit;
use packager_shared::path;
use packager_shared::quote;
use packager_shared::template::Dir;

use crate::System;
use crate::acts::program::Line;
use crate::facts::Step;
use crate::failure::{Failure, Outcome};
use crate::text;
use crate::transaction::undo::Undo;
use crate::transaction::{Change, Transaction, programs};

/// How long it may take, in milliseconds.
const TIMEOUT_MS: u32 = 60_000;

/// Takes back manifests of the old state that go, or whose files change.
pub fn take_back<S: System>(tx: &mut Transaction<'_, S>, change: &Change<'_, S>) -> Outcome<()> {
    for step in change.old.steps.iter().rev() {
        if let Step::Events(manifest, file) = step
            && !is_unchanged(change, step)
            && tx.system.stat(&path::join(change.dir, manifest))?.is_some()
            && let Some(program) = wevtutil(tx)?
        {
            tx.will(&[Undo::Run(program.clone(), register(change.dir, manifest, file), TIMEOUT_MS)])?;
            tx.count();
            // One that was not registered is gone, too.
            programs::run(tx.system, &program, &unregister(change.dir, manifest), TIMEOUT_MS)?;
        }
    }
    Ok(())
}

/// Registers a manifest, unless it is the one that is registered.
pub fn apply<S: System>(tx: &mut Transaction<'_, S>, change: &Change<'_, S>, step: &Step) -> Outcome<()> {
    let Step::Events(manifest, file) = step else { return Ok(()) };
    if is_unchanged(change, step) {
        return Ok(());
    }
    let Some(program) = wevtutil(tx)? else { return Ok(()) };
    tx.will(&[Undo::Run(program.clone(), unregister(change.dir, manifest), TIMEOUT_MS)])?;
    tx.count();
    match programs::run(tx.system, &program, &register(change.dir, manifest, file), TIMEOUT_MS)? {
        0 => Ok(()),
        code => {
            let what = text::join(&["wevtutil ended with code ", &text::number(u64::from(code))]);
            Err(Failure::about(Exit::Failed, &what, manifest))
        }
    }
}

/// Whether both states have it, with the same content. Where nobody knows the content, it may have changed.
fn is_unchanged<S: System>(change: &Change<'_, S>, step: &Step) -> bool {
    let Step::Events(manifest, file) = step else { return true };
    let same = |name: &str| match (change.old.index.find(name), change.new.index.find(name)) {
        (Some(old), Some(new)) => old.sha256 == new.sha256,
        _ => false,
    };
    !change.acts.always
        && change.old.steps.contains(step)
        && change.new.steps.contains(step)
        && same(manifest)
        && same(file)
}

fn wevtutil<S: System>(tx: &mut Transaction<'_, S>) -> Outcome<Option<String>> {
    if tx.system.machine().version.0 < 6 {
        return Ok(None);
    }
    let system32 = tx.system.directory(Dir::System, true, tx.scope)?;
    Ok(Some(path::join(&system32, "wevtutil.exe")))
}

fn line(words: &[&str]) -> Line {
    let mut out = String::new();
    for word in words {
        quote::push(&mut out, word);
    }
    Line { text: out.clone(), shown: out }
}

fn register(dir: &str, manifest: &str, file: &str) -> Line {
    let file = path::join(dir, file);
    let (resources, messages) = (text::join(&["/rf:", &file]), text::join(&["/mf:", &file]));
    line(&["im", &path::join(dir, manifest), &resources, &messages])
}

fn unregister(dir: &str, manifest: &str) -> Line {
    line(&["um", &path::join(dir, manifest)])
}
