//! What an administrator finds afterwards: what ran where with what, what was found, and a log of runs that nobody
//! asked for one.
//!
//! A run without `/log` keeps its log in `{Windows}\Logs\{product id}.log` as soon as it changes the machine, or fails,
//! when it has an administrator's rights; before Windows Vista, which has no such folder, in `{Windows}`. Users cannot
//! write there, so nobody can plant a link. A run with nothing to do writes nothing, and with the product its logs go.

use alloc::string::String;
use alloc::vec::Vec;

use packager_shared::args::{Action, Args};
use packager_shared::decide::{Found, Manager, Offer, Request};
use packager_shared::identity::Identity;
use packager_shared::plan::{Arch, Scope};
use packager_shared::release::arch_name;
use packager_shared::template::Dir;
use packager_shared::{path, quote};

use crate::System;
use crate::facts;
use crate::text::{self, number};

/// One line each about the program, the machine and the product.
pub fn introduce<S: System>(
    system: &mut S,
    (own, command_line): (&str, &str),
    args: &Args,
    identity: &Identity,
) {
    system.log(&text::join(&["packager ", env!("CARGO_PKG_VERSION"), ", ", own]));
    system.log(&text::join(&["command line: ", &shown(command_line)]));
    let machine = system.machine();
    let (major, minor, build) = machine.version;
    let administrator = system.is_administrator();
    let who = if administrator { ", as administrator" } else { ", not as administrator" };
    system.log(&text::join(&[
        "Windows ",
        &number(u64::from(major)),
        ".",
        &number(u64::from(minor)),
        ".",
        &number(u64::from(build)),
        if machine.server { " server, " } else { ", " },
        arch_name(machine.arch),
        who,
    ]));
    system.log(&text::join(&["product: ", &identity.name, ", ", &identity.product_id]));
    let changes = matches!(args.action, Action::Default | Action::Repair | Action::Uninstall);
    if changes
        && !args.whatif
        && args.log.is_none()
        && identity.scope == Scope::Machine
        && administrator
        && let Ok(windows) = facts::directory(system, Arch::X86, Scope::Machine, Dir::Windows)
    {
        let logs = path::join(&windows, "Logs");
        let folder = match system.stat(&logs) {
            Ok(Some(stat)) if stat.directory => logs,
            _ => windows,
        };
        system.log_place(&folder, &identity.product_id);
    }
}

/// A command line without the values of settings: one of them may be a secret.
fn shown(command_line: &str) -> String {
    let mut out = String::new();
    for word in quote::split(command_line).iter().skip(1) {
        match word.split_once('=') {
            Some((name, _)) => quote::push(&mut out, &text::join(&[name, "=***"])),
            None => quote::push(&mut out, word),
        }
    }
    out
}

/// Everything that a decision is based on.
pub fn reasons(found: &Found, offer: &Offer<'_>, request: Request) -> String {
    let asked = match request {
        Request::Setup => "setup",
        Request::Repair => "repair",
        Request::Uninstall => "uninstall",
        Request::Update { force: false } => "update",
        Request::Update { force: true } => "update, forced",
    };
    let mut out: Vec<&str> = Vec::new();
    let version = found.installed_version().map(version_text);
    let serial = found.serial.map(|serial| number(u64::from(serial)));
    out.extend(["found: ", found.dir.as_deref().unwrap_or("no folder")]);
    if found.broken {
        out.push(" (a key names one that is gone)");
    }
    out.push(match found.manager() {
        None => ", not installed",
        Some(Manager::Engine) => ", managed by setup",
        Some(Manager::Msi) => ", managed by Windows Installer",
        Some(Manager::Unknown) => ", managed by nobody known",
    });
    for related in &found.related {
        out.extend([" ", &related.product_code]);
    }
    for (what, value) in [(", version ", &version), (", serial ", &serial), (", digest ", &found.digest)] {
        if let Some(value) = value {
            out.extend([what, value]);
        }
    }
    let (offered, serial) = (version_text(offer.version), number(u64::from(offer.serial)));
    let floor = number(u64::from(offer.floor));
    if request != Request::Uninstall {
        out.extend(["; offered: version ", &offered, ", serial ", &serial, ", floor ", &floor]);
        out.extend([", digest ", offer.digest]);
    }
    out.extend(["; asked: ", asked]);
    text::join(&out)
}

fn version_text(version: [u16; 4]) -> String {
    let parts: Vec<String> = version.iter().map(|part| number(u64::from(*part))).collect();
    parts.join(".")
}
