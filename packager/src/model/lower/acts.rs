//! What is done beyond files, values and services: programs that are closed and run, rules and tasks that Windows
//! keeps.

use packager_shared::plan::{Op, RunProgram, run_at};

use super::{all, rules, when};
use crate::manifest::types::{self, Manifest, Text};
use crate::model::places::{self, Names};
use crate::model::{predecessors, values};

/// How long a program may take when nothing is said, in milliseconds.
const TIMEOUT_MS: u32 = 60_000;
/// How long a program gets to end when nothing is said, in milliseconds.
const WITHIN_MS: u32 = 10_000;

/// All of it, in the order of doing.
pub(super) fn acts(manifest: &Manifest, names: &Names) -> Option<Vec<Op>> {
    let scope = super::scope(manifest);
    let mut ops = all(&manifest.replaces, |t| Some(Op::Replaces(predecessors::replaces(t, names).ok()?)))?;
    ops.extend(all(&manifest.migrate, |t| {
        let from = predecessors::place(t.from.as_ref()?.get_ref(), names).ok()?;
        let to = places::directory(t.to.as_ref()?.get_ref(), scope, names).ok()?;
        Some(Op::Migrate { from, to })
    })?);
    ops.extend(all(&manifest.close, close)?);
    for remove in &manifest.payload.remove {
        let on_uninstall = remove.on.as_ref().is_none_or(|on| on.get_ref() == "uninstall");
        ops.extend(all(&remove.files, |files| {
            let (folder, pattern) = values::pattern(files.get_ref()).ok()?;
            Some(Op::RemoveFiles { folder, pattern, on_uninstall })
        })?);
    }
    ops.extend(all(&manifest.firewall, |t| when::op(&t.when, names, rules::firewall(t, names)?))?);
    ops.extend(all(&manifest.tasks, |t| when::op(&t.when, names, rules::task(t, names)?))?);
    ops.extend(rules::update_task(manifest)?);
    ops.extend(all(&manifest.event_providers, |t| {
        let below = |text: &Option<Text>| values::below_install_dir(text.as_ref()?.get_ref()).ok();
        Some(Op::EventProvider { manifest: below(&t.manifest)?, file: below(&t.file)? })
    })?);
    ops.extend(all(&manifest.runs, |t| run(t, names))?);
    Some(ops)
}

fn run(t: &types::RunProgram, names: &Names) -> Option<Op> {
    let templates = |texts: &[Text]| all(texts, |text| names.template(text.get_ref()).ok());
    let run = RunProgram {
        program: values::below_install_dir(t.program.as_ref()?.get_ref()).ok()?,
        args: templates(&t.args)?,
        at: times(&t.at)?,
        undo: match &t.undo {
            Some(args) => Some(templates(args)?),
            None => None,
        },
        may_fail: t.on_failure.as_ref().is_some_and(|word| word.get_ref() == "continue"),
        success: match t.success.as_slice() {
            [] => vec![0],
            codes => codes.iter().map(|code| *code.get_ref()).collect(),
        },
        timeout_ms: milliseconds(&t.timeout, TIMEOUT_MS)?,
    };
    when::op(&t.when, names, Op::Run(run))
}

fn close(t: &types::Close) -> Option<Op> {
    Some(Op::Close {
        program: values::below_install_dir(t.program.as_ref()?.get_ref()).ok()?,
        within_ms: milliseconds(&t.within, WITHIN_MS)?,
    })
}

/// Bits of [`run_at`] for the words of a manifest.
#[must_use]
pub fn times(words: &[Text]) -> Option<u8> {
    let mut at = 0;
    for word in words {
        at |= match word.get_ref().as_str() {
            "after-install" => run_at::AFTER_INSTALL,
            "after-upgrade" => run_at::AFTER_UPGRADE,
            "after-repair" => run_at::AFTER_REPAIR,
            "before-uninstall" => run_at::BEFORE_UNINSTALL,
            "before-upgrade" => run_at::BEFORE_UPGRADE,
            _ => return None,
        };
    }
    (at != 0).then_some(at)
}

fn milliseconds(at: &Option<Text>, default: u32) -> Option<u32> {
    match at {
        Some(text) => values::duration(text.get_ref()).ok().and_then(|ms| u32::try_from(ms).ok()),
        None => Some(default),
    }
}
