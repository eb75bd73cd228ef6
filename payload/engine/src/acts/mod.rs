//! What is done once when a product comes, changes or goes, beside the state that becomes true.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`predecessor`] | predecessors that are taken over |
//! | [`program`] | programs of the payload that are run |

pub mod predecessor;
pub mod program;

use alloc::string::String;
use alloc::vec::Vec;

pub use packager_shared::args::Reason;
use packager_shared::path;
use packager_shared::plan::{Op, Plan, run_at};

pub use self::predecessor::Predecessor;
pub use self::program::Program;
use crate::System;
use crate::facts::Facts;
use crate::failure::Outcome;

/// When programs are run after it; a bit of [`run_at`], 0 for never.
pub fn times_after(reason: Reason) -> u8 {
    match reason {
        Reason::Install => run_at::AFTER_INSTALL,
        Reason::Upgrade => run_at::AFTER_UPGRADE,
        Reason::Repair => run_at::AFTER_REPAIR,
        Reason::Uninstall => 0,
    }
}

/// When programs of what is there are run before it; a bit of [`run_at`], 0 for never.
pub fn times_before(reason: Reason) -> u8 {
    match reason {
        Reason::Install | Reason::Repair => 0,
        Reason::Upgrade => run_at::BEFORE_UPGRADE,
        Reason::Uninstall => run_at::BEFORE_UNINSTALL,
    }
}

/// What is done beside the steps.
#[derive(Clone, Debug, Default)]
pub struct Acts {
    /// Programs of the installed version, run while it is whole and its services run.
    pub before: Vec<Program>,
    /// Programs that must end before files change: path, and milliseconds they get to end by themselves.
    pub close: Vec<(String, u32)>,
    /// Programs of the new version, run when it is whole and its services run.
    pub after: Vec<Program>,
    /// Predecessors that are taken over, or that nothing is installed beside.
    pub replace: Vec<Predecessor>,
    /// Folders that are copied to where nothing is yet: from and to.
    pub migrate: predecessor::Folders,
    /// Windows Installer runs this: it can remove none of its products meanwhile.
    pub within_installer: bool,
    /// The programs after it are run even if nothing had to be changed.
    pub always: bool,
}

impl Acts {
    /// Adds what the installed version has to do before it is changed.
    pub fn leave<S: System>(
        &mut self,
        system: &mut S,
        facts: &Facts<'_>,
        plan: &Plan,
        reason: Reason,
    ) -> Outcome<()> {
        self.before.extend(program::all(system, facts, plan, times_before(reason))?);
        self.add_close(facts, plan);
        Ok(())
    }

    /// Adds what the new version has to do.
    pub fn arrive<S: System>(
        &mut self,
        system: &mut S,
        facts: &Facts<'_>,
        plan: &Plan,
        reason: Reason,
    ) -> Outcome<()> {
        self.after.extend(program::all(system, facts, plan, times_after(reason))?);
        (self.replace, self.migrate) = predecessor::all(system, facts, plan)?;
        self.add_close(facts, plan);
        Ok(())
    }

    fn add_close(&mut self, facts: &Facts<'_>, plan: &Plan) {
        for op in &plan.ops {
            if let Some(Op::Close { program, within_ms }) = holding(facts, op) {
                let file = path::join(facts.install_dir, program);
                if !self.close.iter().any(|(known, _)| path::same(known, &file)) {
                    self.close.push((file, *within_ms));
                }
            }
        }
    }
}

/// The operation that counts: the one below a condition that holds; `None` below one that does not.
pub fn holding<'a>(facts: &Facts<'_>, op: &'a Op) -> Option<&'a Op> {
    let Op::When(when, inner) = op else { return Some(op) };
    let mut value =
        |name: &str| facts.settings.iter().find(|(given, _)| given == name).map(|(_, value)| value.clone());
    when.holds(&mut value).then_some(&**inner)
}
