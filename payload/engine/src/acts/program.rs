//! Programs of the payload that are run: no window, no shell, arguments quoted one by one.

use alloc::string::String;
use alloc::vec::Vec;

use packager_shared::path;
use packager_shared::plan::{Op, Plan, RunProgram};
use packager_shared::quote;
use packager_shared::template::{Part, Template};

use super::holding;
use crate::System;
use crate::facts::Facts;
use crate::failure::Outcome;

/// What stands in the log for an argument with a secret in it.
const HIDDEN: &str = "***";

/// Arguments, and what the log may show of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// What follows the program's name on its command line.
    pub text: String,
    /// The same, with [`HIDDEN`] for each argument that has a secret in it.
    pub shown: String,
}

/// A program that is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Its full path.
    pub path: String,
    /// Its arguments.
    pub line: Line,
    /// The arguments that take it back.
    pub undo: Option<Line>,
    /// A failure does not end the run.
    pub may_fail: bool,
    /// Exit codes that are no failure.
    pub success: Vec<u32>,
    /// Milliseconds after which it is ended.
    pub timeout_ms: u32,
}

/// The programs of a plan that are run at one of these times (bits of [`packager_shared::plan::run_at`]).
pub fn all<S: System>(system: &mut S, facts: &Facts<'_>, plan: &Plan, times: u8) -> Outcome<Vec<Program>> {
    let mut out = Vec::new();
    for op in &plan.ops {
        if let Some(Op::Run(run)) = holding(facts, op)
            && run.at & times != 0
        {
            out.push(one(system, facts, plan, run)?);
        }
    }
    Ok(out)
}

fn one<S: System>(system: &mut S, facts: &Facts<'_>, plan: &Plan, run: &RunProgram) -> Outcome<Program> {
    let undo = match &run.undo {
        Some(args) => Some(line(system, facts, plan, args)?),
        None => None,
    };
    Ok(Program {
        path: path::join(facts.install_dir, &run.program),
        line: line(system, facts, plan, &run.args)?,
        undo,
        may_fail: run.may_fail,
        success: run.success.clone(),
        timeout_ms: run.timeout_ms,
    })
}

fn line<S: System>(system: &mut S, facts: &Facts<'_>, plan: &Plan, args: &[Template]) -> Outcome<Line> {
    let mut out = Line::default();
    for arg in args {
        let text = facts.expand(system, arg)?;
        // One that is there with its setting alone.
        if text.is_empty() && matches!(arg.0.as_slice(), [Part::Optional(..)]) {
            continue;
        }
        quote::push(&mut out.text, &text);
        quote::push(&mut out.shown, if is_secret(plan, arg) { HIDDEN } else { &text });
    }
    Ok(out)
}

fn is_secret(plan: &Plan, template: &Template) -> bool {
    let secret = |name: &str| plan.settings.iter().any(|setting| setting.secret && setting.name == *name);
    template.settings().any(secret)
}
