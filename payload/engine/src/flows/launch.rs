//! Running a share's package: copied into a protected folder, verified while copying, run from there.

use alloc::string::String;

use packager_shared::args::{Args, Ui};
use packager_shared::exit::Exit;
use packager_shared::identity::Identity;
use packager_shared::index::Entry;
use packager_shared::overlay::Kind;
use packager_shared::path;
use packager_shared::plan::Scope;
use packager_shared::quote;
use packager_shared::release::Package;
use packager_shared::template::Dir;

use super::{Ended, Run};
use crate::System;
use crate::facts;
use crate::failure::{Failure, Outcome};
use crate::image::MOST;
use crate::secrets::{Hidden, protected_folder};
use crate::source::places::Places;
use crate::source::read_whole;
use crate::system;
use crate::text;
use crate::transaction::cleanup;

/// How long Windows Installer may be busy with something else before the run ends with 1618, in milliseconds.
const PATIENCE: u64 = 60_000;

/// How the package is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// For the first time, or over an older release.
    Install,
    /// As `msiexec /famus`: over the same package.
    Repair,
}

/// Copies `package` from the share and runs it.
pub fn run<S: System>(
    system: &mut S,
    identity: &Identity,
    share: &mut Places,
    package: &Package,
    how: How,
    run: &Run<'_>,
) -> Outcome<Ended> {
    system.keep_log();
    let folder = protected_folder(system, identity.scope)?;
    let local = path::join(&folder, &package.name);
    let mut hidden = Hidden::default();
    // The new program's command line, which others may read, holds no secrets.
    let outcome = hidden.settings(system, identity, &run.args.settings).and_then(|settings| {
        let args = Args { settings, ..run.args.clone() };
        let own = (run.kind == Kind::Installed && package.msi).then_some(run.own_path);
        copy_and_run(system, identity, share, package, (&local, own), how, &args)
    });
    hidden.remove(system);
    let _ = system.remove_file(&local);
    if system.remove_dir(&folder).is_err() {
        system.log(&text::join(&["left behind: ", &folder]));
    }
    let code = outcome?;
    Ok(Ended {
        code,
        action: match (package.msi, how) {
            (true, How::Repair) => "msi-repair",
            (true, How::Install) => "msi-install",
            (false, _) => "setup",
        },
        text: String::new(),
    })
}

fn copy_and_run<S: System>(
    system: &mut S,
    identity: &Identity,
    share: &mut Places,
    package: &Package,
    (local, own): (&str, Option<&str>),
    how: How,
    args: &Args,
) -> Outcome<u32> {
    let from = path::join("packages", &package.name);
    let entry = Entry {
        path: package.name.clone(),
        size: package.file.size,
        sha256: package.file.sha256,
        pe_version: None,
        keep: false,
    };
    system.log(&text::join(&["copying ", &from, " from ", share.current()]));
    share.copy_alone(system, &from, local, &entry)?;
    // The lines hold settings: they are not logged.
    let (program, line) = if package.msi {
        let started = system.ticks();
        while system.installer_busy() {
            if system.ticks().saturating_sub(started) > PATIENCE {
                return Err(Failure::new(Exit::Busy, Exit::Busy.text()));
            }
            system.sleep(500);
        }
        let folder = facts::directory(system, package.arch, identity.scope, Dir::System)?;
        (path::join(&folder, "msiexec.exe"), msiexec_line(local, how, args)?)
    } else {
        (String::from(local), setup_line(args))
    };
    if let Some(own) = own
        && let Err(failure) = make_way(system, identity.scope, own)
    {
        system.log(&failure.text);
    }
    system.log(&text::join(&["running ", &program]));
    let code = system.run(&program, &line)?;
    system.log(&text::join(&["it ended with ", &text::number(u64::from(code))]));
    Ok(code)
}

/// Puts a copy in the place of the running program, which Windows Installer will replace: in use, it would take a
/// restart, or be ended by the Restart Manager. A running image can be renamed, not deleted.
fn make_way<S: System>(system: &mut S, scope: Scope, own: &str) -> Outcome<()> {
    let bytes = read_whole(system, own, MOST)?;
    let stamp = text::number(system.ticks());
    let (copy, aside) = (text::join(&[own, "~", &stamp, "n"]), text::join(&[own, "~", &stamp, "o"]));
    let put = |system: &mut S| -> system::Result<()> {
        let mut file = system.create(&copy)?;
        system.write(&mut file, &bytes)?;
        system.flush(&mut file)?;
        drop(file);
        system.rename(own, &aside)?;
        system.rename(&copy, own).inspect_err(|_| {
            let _ = system.rename(&aside, own);
        })
    };
    if let Err(error) = put(system) {
        let _ = system.remove_file(&copy);
        return Err(error.into());
    }
    cleanup::bury(system, path::parent(own).unwrap_or(own), scope, &aside);
    Ok(())
}

/// What stands behind `msiexec.exe`.
fn msiexec_line(package: &str, how: How, args: &Args) -> Outcome<String> {
    if args.site.is_some() {
        let text =
            "/site works with the setup program; the MSI takes a site as a transform (msiexec TRANSFORMS=)";
        return Err(Failure::new(Exit::CommandLine, text));
    }
    let mut line = String::from("/i ");
    quote::push_quoted(&mut line, package);
    if how == How::Repair {
        // What `/famus` is short for. Wine's msiexec takes /f with product codes only.
        line.push_str(" REINSTALL=ALL REINSTALLMODE=amus");
    }
    line.push_str(match args.ui {
        Ui::Full => "",
        Ui::Passive => " /passive",
        Ui::Quiet => " /qn",
    });
    if args.norestart || args.ui != Ui::Full {
        line.push_str(" /norestart");
    }
    if let Some(log) = &args.log {
        line.push_str(" /l*v ");
        quote::push_quoted(&mut line, &text::join(&[log, ".msi.log"]));
    }
    if let Some(dir) = &args.dir {
        quote::push_property(&mut line, "INSTALLDIR", dir);
    }
    for (name, value) in &args.settings {
        quote::push_property(&mut line, name, value);
    }
    if !args.clear.is_empty() {
        quote::push_property(&mut line, "RESET", &args.clear.join(";"));
    }
    Ok(line)
}

/// What stands behind the setup program's name.
fn setup_line(args: &Args) -> String {
    let mut line = String::from(match args.ui {
        Ui::Full => "",
        Ui::Passive => "/passive",
        Ui::Quiet => "/quiet",
    });
    let mut push = |word: &str| quote::push(&mut line, word);
    if args.norestart {
        push("/norestart");
    }
    if let Some(log) = &args.log {
        push("/log");
        push(&text::join(&[log, ".setup.log"]));
    }
    if let Some(dir) = &args.dir {
        push("/dir");
        push(dir);
    }
    if let Some(site) = &args.site {
        push("/site");
        push(site);
    }
    for (name, value) in &args.settings {
        push(&text::join(&[name, "=", value]));
    }
    for name in &args.clear {
        push("/clear");
        push(name);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_carry_settings_and_silence() {
        let args = Args {
            ui: Ui::Quiet,
            log: Some("C:\\l.txt".into()),
            settings: alloc::vec![("A".into(), "x \"y\"".into()), ("B".into(), "".into())],
            clear: alloc::vec!["C".into(), "D".into()],
            ..Args::default()
        };
        assert_eq!(
            msiexec_line("C:\\p q\\a.msi", How::Install, &args).as_deref(),
            Ok(
                "/i \"C:\\p q\\a.msi\" /qn /norestart /l*v \"C:\\l.txt.msi.log\" A=\"x \"\"y\"\"\" B=\"\" RESET=\"C;D\""
            )
        );
        assert_eq!(
            setup_line(&args),
            "/quiet /log C:\\l.txt.setup.log \"A=x \\\"y\\\"\" B= /clear C /clear D"
        );
    }
}
