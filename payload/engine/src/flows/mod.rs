//! What a run does, from its command line to its exit code.
//!
//! | module | which runs |
//! | --- | --- |
//! | [`setup`] | a setup EXE: install, upgrade, repair |
//! | [`update`] | the bootstrap, on a share or installed |
//! | [`uninstall`] | from any of them |
//! | [`extract`] | a setup EXE, `/extract` |
//! | [`custom_action`] | the installed bootstrap, run by the MSI |
//! | [`install`] | what setup and update have in common: the transaction |
//! | [`record`] | what an administrator finds afterwards |
//! | [`unfinished`] | transactions that were cut off |
//! | [`finish`] | the installed bootstrap, after a restart: an update that was put off |
//! | [`launch`] | the share's packages, run from a verified local copy |

pub mod custom_action;
pub mod extract;
pub mod finish;
pub mod install;
pub mod launch;
pub mod record;
pub mod setup;
pub mod unfinished;
pub mod uninstall;
pub mod update;

use alloc::string::String;

use packager_shared::args::{self, Action, Args, Ui};
use packager_shared::decide::Decision;
use packager_shared::exit::Exit;
use packager_shared::identity::Identity;
use packager_shared::methods::{self, Generation};
use packager_shared::overlay::{self, Kind};
use packager_shared::plan::{Key, Root, Scope};
use packager_shared::{identity, path, quote, state};

use crate::System;
use crate::detect::Detected;
use crate::failure::{Failure, Outcome};
use crate::image::Image;
use crate::registry;
use crate::secrets::Hidden;
use crate::text;
use crate::transaction::Summary;

/// How a run ended, when it did not fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// The exit code: a child's is passed on as it is.
    pub code: u32,
    /// For the last line of the log: `install`, `update`, `none`, …
    pub action: &'static str,
    /// For the person; empty: nothing to say.
    pub text: String,
}

impl Ended {
    /// An end with exit code 0.
    pub fn done(action: &'static str, text: &str) -> Self {
        Self { code: Exit::Done.code(), action, text: String::from(text) }
    }

    /// An end with what a transaction did; `action` and `text` are for one that changed something.
    pub fn of(summary: &Summary, action: &'static str, text: &str) -> Self {
        let mut ended = Self::done(action, text);
        if summary.is_empty() {
            return Self::done("none", "everything is as it shall be");
        }
        if summary.put_off {
            ended = Self::done("deferred", "a file is in use: this is done after the next restart");
        } else if summary.still_runs {
            ended.text.push_str("; programs that run keep their old files until they are started again");
        }
        if summary.put_off || summary.still_runs {
            ended.code = Exit::Restart.code();
        }
        ended
    }
}

/// Runs, logs, says, and returns the exit code.
pub fn run<S: System>(system: &mut S, command_line: &str) -> u32 {
    let (code, action, mut told) = match start(system, command_line) {
        Ok(ended) => (ended.code, ended.action, ended.text),
        Err(failure) => {
            let told = if failure.text.is_empty() { failure.exit.text() } else { &failure.text };
            let said = if failure.windows == 0 { String::new() } else { system.error_text(failure.windows) };
            let between = if said.is_empty() { "" } else { ": " };
            (failure.exit.code(), "failed", text::join(&[told, between, &said]))
        }
    };
    if told.is_empty() && code == Exit::Restart.code() {
        told.push_str(Exit::Restart.text());
    }
    // Whoever elevated a run has its log from there.
    if code != 0 && action != "elevated" {
        system.keep_log();
    }
    if !told.is_empty() {
        system.log(&told);
        system.say(&told);
    }
    system.log(&text::join(&["exit=", &text::number(u64::from(code)), " action=", action]));
    if code == 0 && action == "uninstall" {
        system.forget_log();
    }
    code
}

fn start<S: System>(system: &mut S, command_line: &str) -> Outcome<Ended> {
    let opened =
        system.own_path().map_err(Failure::from).and_then(|own| Ok((Image::open(system, &own)?, own)));
    let kind = opened.as_ref().map_or(Kind::Share, |(image, _)| image.overlay.kind);
    let args = match args::parse(command_line, kind) {
        Ok(args) => args,
        Err(error) => {
            let ui = args::ui(command_line);
            if system.begin(ui, args::log(command_line).as_deref()).is_err() {
                let _ = system.begin(ui, None);
            }
            // A broken program explains itself better than the switches that it does not know.
            opened?;
            return Err(Failure::with(Exit::CommandLine, error.text()));
        }
    };
    // Windows Installer shows what there is to show.
    let ui = if matches!(args.action, Action::Msi(..) | Action::Finish { .. }) { Ui::Quiet } else { args.ui };
    if let Err(error) = system.begin(ui, args.log.as_deref()) {
        let _ = system.begin(args.ui, None);
        return Err(Failure::with_exit(Exit::Failed, &error));
    }
    let (mut image, own_path) = opened?;
    if args.action == Action::Help {
        return Ok(Ended::done("help", args::HELP));
    }
    // Cheap for the bootstraps; a setup EXE is read once more, and a flipped bit never gets to the target.
    image.verify(system)?;
    let run = Run { kind, args: &args, own_path: &own_path, command_line };
    match kind {
        Kind::Setup => setup::run(system, image, &run),
        Kind::Installed => {
            let package = image.package(system)?;
            let identity = Identity::of(&package.plan);
            run.introduce(system, &identity);
            match &args.action {
                Action::Msi(action, reason) => {
                    let dir = args.dir.as_deref();
                    custom_action::run(system, &package, *action, *reason, dir, &own_path)
                }
                Action::Finish { service } => finish::run(system, &identity, &package, *service, &run),
                Action::Version => Ok(Ended::done("version", &package.plan.product.version_text)),
                Action::Uninstall => uninstall::run(system, &identity, Some(package), &run),
                _ => update::run(system, &identity, Some(package), &run),
            }
        }
        Kind::Share => {
            let identity = identity::decode(&image.read(system, overlay::IDENTITY)?)?;
            run.introduce(system, &identity);
            match &args.action {
                Action::Uninstall => uninstall::run(system, &identity, None, &run),
                _ => update::run(system, &identity, None, &run),
            }
        }
    }
}

/// What every flow gets.
pub struct Run<'a> {
    /// What the running program is.
    pub kind: Kind,
    /// The command line, read.
    pub args: &'a Args,
    /// The running program.
    pub own_path: &'a str,
    /// The command line, raw.
    pub command_line: &'a str,
}

/// Leave to change the machine, or the end that came instead.
pub enum Leave {
    /// Go on.
    Granted,
    /// An elevated run did it.
    Ended(Ended),
}

impl Run<'_> {
    /// What `/whatif` says.
    pub fn what_if(&self, decision: &Decision, action: &str, reasons: &str) -> Ended {
        Ended::done("whatif", &text::join(&["would ", action, ": ", decision.reason, "\r\n", reasons]))
    }

    /// Logs who this is.
    pub fn introduce<S: System>(&self, system: &mut S, identity: &Identity) {
        record::introduce(system, (self.own_path, self.command_line), self.args, identity);
    }

    /// Makes sure that this run may change the machine. Silent runs never ask.
    pub fn leave<S: System>(&self, system: &mut S, identity: &Identity) -> Outcome<Leave> {
        self.leave_to_update(system, identity, None)
    }

    /// The same for an update: who may not is told of the task that does it, when what is installed has one.
    pub fn leave_to_update<S: System>(
        &self,
        system: &mut S,
        identity: &Identity,
        detected: Option<&Detected>,
    ) -> Outcome<Leave> {
        if identity.scope == Scope::User || system.is_administrator() {
            return Ok(Leave::Granted);
        }
        let machine = system.machine();
        let policies = Key {
            root: Root::LocalMachine,
            view: state::native_view(machine.arch),
            path: String::from("SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System"),
        };
        // Switched off, Windows would start the program again with the rights that it has.
        let uac = !matches!(registry::get_dword(system, &policies, "EnableLUA"), Ok(Some(0)));
        let generation = Generation::of(machine.version, uac);
        if self.args.ui != Ui::Full || generation == Generation::Groups {
            let [why, instead] = methods::missing(generation, system.is_filtered());
            let mut told = text::join(&[Exit::NeedsAdministrator.text(), ": ", why, "; ", instead]);
            let there = detected.and_then(|detected| {
                install::installed_package(system, detected, &identity.bootstrap, &identity.product_id)
            });
            if let Some(task) = there.as_ref().and_then(|there| methods::update_task(&there.plan)) {
                let as_system = "\" of this computer updates it as SYSTEM";
                told.push_str(&text::join(&["; the scheduled task \"", task, as_system]));
            }
            return Err(Failure::with(Exit::NeedsAdministrator, told));
        }
        let mut hidden = Hidden::default();
        let outcome = self.elevate(system, identity, &mut hidden);
        hidden.remove(system);
        outcome
    }

    /// Runs this program again as administrator. Its new command line, which others may read, holds no secrets.
    fn elevate<S: System>(&self, system: &mut S, identity: &Identity, hidden: &mut Hidden) -> Outcome<Leave> {
        let mut tail = String::new();
        for word in quote::split(self.command_line).iter().skip(1) {
            match word.split_once('=') {
                Some((name, value)) if identity.secrets.iter().any(|secret| path::same(secret, name)) => {
                    let value = hidden.hide(system, Scope::User, value)?;
                    quote::push(&mut tail, &text::join(&[name, "=", &value]));
                }
                _ => quote::push(&mut tail, word),
            }
        }
        match system.elevate(&tail) {
            Ok(code) => Ok(Leave::Ended(Ended { code, action: "elevated", text: String::new() })),
            // ERROR_CANCELLED
            Err(error) if error.code == 1223 => Err(Failure::new(Exit::Cancelled, Exit::Cancelled.text())),
            Err(error) => Err(Failure::with_exit(Exit::NeedsAdministrator, &error)),
        }
    }
}

/// Takes the product's lock.
pub fn lock<S: System>(system: &mut S, product_id: &str) -> Outcome<S::Lock> {
    match system.lock(&text::join(&["packager-", product_id]))? {
        Some(lock) => Ok(lock),
        None => Err(Failure::new(Exit::Busy, "another installation of this product is running")),
    }
}

#[cfg(test)]
mod tests;
