//! Custom actions: what the tables cannot do, the installed bootstrap does.
//!
//! Each deferred action has a rollback partner that stands before it, so that it is there when the action fails
//! half-way (Microsoft: "Rollback Custom Actions").

use packager_shared::plan::{Op, Scope, run_at};
use packager_shared::state;

use super::builder::Builder;
use super::rows::{Cell, row};
use super::sequences::{Early, Step};
use super::settings::set_property;
use super::{ownership, predecessors, upgrade};

/// Sets a property. It runs in both sequences: what the one with a user interface cleared, or set of private
/// properties, does not reach the other.
pub const SET_PROPERTY: i32 = 51;

/// An EXE of the Binary table with arguments (Microsoft: "Custom Action Type 2").
const BINARY_EXE: i32 = 2;
/// An installed EXE with arguments.
const INSTALLED_EXE: i32 = 18;
pub(super) const DEFERRED: i32 = 0x400;
pub(super) const ROLLBACK: i32 = 0x100;
pub(super) const COMMIT: i32 = 0x200;
pub(super) const NO_IMPERSONATE: i32 = 0x800;
/// A failed undo must not stop the other undos.
pub(super) const IGNORE_EXIT_CODE: i32 = 0x40;

const INSTALLING: &str = "NOT REMOVE~=\"ALL\"";
const REPAIRING: &str = "REINSTALL";
const REMOVING: &str = "REMOVE~=\"ALL\"";

/// Windows Installer sets it, and then runs no rollback and no commit actions (Microsoft: "RollbackDisabled
/// Property").
pub(super) const ROLLBACK_DISABLED: &str = "RollbackDisabled";

/// Why Windows Installer installs, and why it removes: words that the bootstrap takes.
const INSTALL_REASON: &str = "InstallReason";
const REMOVE_REASON: &str = "RemoveReason";

/// When the bootstrap has work to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Phases {
    /// State that it makes true, and takes away.
    state: bool,
    /// Something is done when the services run.
    run: bool,
    /// Something is done before anything is removed.
    before_remove: bool,
    /// Something is closed before files change.
    close: bool,
    /// Predecessors are taken over before anything of the product is there.
    replace: bool,
}

impl Phases {
    fn of(ops: &[Op]) -> Self {
        let mut phases = Self::default();
        for op in ops.iter().filter(|op| op.needs_bootstrap()) {
            let op = match op {
                Op::When(_, inner) => inner,
                op => op,
            };
            match op {
                Op::Run(run) => {
                    let after = run_at::AFTER_INSTALL | run_at::AFTER_UPGRADE | run_at::AFTER_REPAIR;
                    phases.run |= run.at & after != 0;
                    phases.before_remove |= run.at & !after != 0;
                }
                Op::Close { .. } => {
                    phases.before_remove = true;
                    phases.close = true;
                }
                // Before it is removed, whether it runs is remembered.
                Op::Service(_) => {
                    phases = Self { state: true, run: true, before_remove: true, ..phases };
                }
                Op::Replaces(_) => phases.replace = true,
                _ => phases.state = true,
            }
        }
        phases
    }
}

/// Adds the actions that an operation needs, and the takeover of what the engine installed; returns where they stand.
pub fn write(builder: &mut Builder<'_>, early: &mut Vec<Early>) -> Vec<Step> {
    let plan = &builder.release.package.target;
    let phases = Phases::of(&plan.ops);
    let Some(bootstrap) = builder.release.bootstrap() else { return Vec::new() };
    let program = builder.file_key(&bootstrap.path);
    let context = if plan.product.scope == Scope::Machine { NO_IMPERSONATE } else { 0 };
    reasons(builder, early);
    let mut steps = Vec::new();
    let mut add = |name: &'static str, kind: i32, action: &str, sequence: i32, when: &str| {
        let reason = if when == REMOVING { REMOVE_REASON } else { INSTALL_REASON };
        let arguments = format!("/msi {action} [{reason}]");
        builder
            .rows
            .push("CustomAction", row![name, INSTALLED_EXE | DEFERRED | context | kind, &program, arguments]);
        steps.push(Step { action: name.to_owned(), condition: when.to_owned(), sequence });
    };
    let undo = ROLLBACK | IGNORE_EXIT_CODE;
    // Without predecessors there is only one thing to take over: what the setup EXE or the share installed.
    let engine = format!("{INSTALLING} AND {}=\"{}\"", ownership::MANAGER, state::ENGINE);
    let replacing = if phases.replace { INSTALLING } else { &engine };
    if phases.before_remove {
        add("UndoBootstrapBeforeRemove", undo, "rollback-before-remove", 1640, REMOVING);
        add("BootstrapBeforeRemove", 0, "before-remove", 1650, REMOVING);
    }
    if phases.close {
        // A repair must not fail because the program that it brings back is missing.
        add("BootstrapBeforeRepair", IGNORE_EXIT_CODE, "before-remove", 1655, REPAIRING);
    }
    if phases.state {
        // Before RemoveRegistryValues: rolling back goes backwards, and the settings have to be there again.
        add("UndoBootstrapUninstall", undo, "rollback-uninstall", 2580, REMOVING);
        add("BootstrapUninstall", 0, "uninstall", 2590, REMOVING);
        // Behind the secrets, which it may need.
        add("UndoBootstrapInstall", undo, "rollback-install", 5190, INSTALLING);
        add("BootstrapInstall", 0, "install", 5195, INSTALLING);
    }
    if phases.run {
        add("UndoBootstrapRun", undo, "rollback-run", 5940, INSTALLING);
        add("BootstrapRun", 0, "run", 5950, INSTALLING);
    }
    let journaled = if phases.state || phases.run { INSTALLING } else { replacing };
    add("BootstrapCommit", COMMIT | IGNORE_EXIT_CODE, "commit", 6590, journaled);
    // Else the journal would stay, and the next run would take it for one that was cut off.
    let at_once = format!("{journaled} AND {ROLLBACK_DISABLED}");
    add("BootstrapCommitAtOnce", IGNORE_EXIT_CODE, "commit", 6585, &at_once);
    steps.extend(take_over(builder, context, replacing));
    steps
}

/// The bootstrap takes over predecessors, and what an older release of the setup EXE or the share left, from the Binary
/// table: it is not installed yet, or an older one is. `[INSTALLDIR]` ends with a backslash, which would make the quote
/// after it one of the text: so a dot stands between.
fn take_over(builder: &mut Builder<'_>, context: i32, when: &str) -> Vec<Step> {
    builder.rows.push("Binary", vec![predecessors::BOOTSTRAP.into(), Cell::Stream]);
    let step = |(name, action, kind, sequence): (&str, &str, i32, i32)| {
        let arguments = format!("/msi {action} [{INSTALL_REASON}] /dir \"[INSTALLDIR].\"");
        let kind = BINARY_EXE | DEFERRED | context | kind;
        builder.rows.push("CustomAction", row![name, kind, predecessors::BOOTSTRAP, arguments]);
        Step { action: name.to_owned(), condition: when.to_owned(), sequence }
    };
    [
        ("UndoBootstrapReplace", "rollback-replace", ROLLBACK | IGNORE_EXIT_CODE, 1520),
        ("BootstrapReplace", "replace", 0, 1530),
    ]
    .map(step)
    .into()
}

/// Finds out why Windows Installer runs.
fn reasons(builder: &mut Builder<'_>, early: &mut Vec<Early>) {
    builder.rows.push("Property", row![INSTALL_REASON, "install"]);
    builder.rows.push("Property", row![REMOVE_REASON, "uninstall"]);
    let older = format!("{} OR {}=\"{}\"", upgrade::OLDER, ownership::MANAGER, state::ENGINE);
    for (action, property, value, condition) in [
        ("ReasonUpgrade", INSTALL_REASON, "upgrade", older.as_str()),
        ("ReasonRepair", INSTALL_REASON, "repair", "Installed"),
        ("ReasonReplaced", REMOVE_REASON, "upgrade", "UPGRADINGPRODUCTCODE"),
    ] {
        let action = set_property(builder, action, property, value);
        early.push(Early { action, condition: condition.to_owned() });
    }
}
