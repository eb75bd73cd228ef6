//! `bad-program`: a program or another file that the manifest names is not in the payload.

use packager_shared::path;

use super::{Context, Finding, Findings, Rule};
use crate::diagnostics::suggest::closest;
use crate::manifest::types::{RawValue, Text};
use crate::model::{lower, values};
use crate::report::Problem;
use crate::report::artifacts::arch_name;

pub(super) const RULE: Rule =
    Rule { name: "bad-program", summary: "a program that is not in the payload", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    let manifest = context.manifest;
    for exe in manifest.services.iter().filter_map(|s| s.exe.as_ref()) {
        program(context, out, exe, Wanted::Process("no service"));
    }
    for exe in manifest.runs.iter().filter_map(|r| r.program.as_ref()) {
        program(context, out, exe, Wanted::Process("no installer"));
    }
    for events in &manifest.event_providers {
        for file in [&events.manifest, &events.file].into_iter().flatten() {
            program(context, out, file, Wanted::Any);
        }
    }
    for exe in manifest.close.iter().filter_map(|c| c.program.as_ref()) {
        program(context, out, exe, Wanted::Process("nobody"));
    }
    for rule in manifest.firewall.iter().filter_map(|rule| rule.program.as_ref()) {
        program(context, out, rule, Wanted::Any);
    }
    for target in manifest.shortcuts.iter().filter_map(|s| s.target.as_ref()) {
        program(context, out, target, Wanted::Any);
    }
    let events = manifest.event_sources.iter().filter_map(|s| s.file.as_ref());
    let fonts = manifest.fonts.iter().filter_map(|f| f.file.as_ref());
    let opened = manifest.associations.iter().flat_map(|a| [&a.program, &a.icon]).flatten();
    let icons = manifest.shortcuts.iter().filter_map(|s| s.icon.as_ref());
    for file in events.chain(fonts).chain(opened).chain(icons) {
        program(context, out, file, Wanted::Any);
    }
    for row in manifest.msi.tables.iter().flat_map(|table| &table.rows) {
        for (_, value) in &row.cells {
            if let RawValue::File(file) = value
                && values::below_install_dir(file.get_ref()).is_ok()
            {
                program(context, out, file, Wanted::Any);
            }
        }
    }
    // A program elsewhere, such as one of Windows, nobody can look for when a package is built.
    for run in manifest.tasks.iter().filter_map(|task| task.run.as_ref()) {
        let below = run.get_ref().strip_prefix("{InstallDir}\\");
        if let Some(file) = below.filter(|file| values::below_install_dir(file).is_ok()) {
            program(context, out, &Text::new(run.span(), file.to_owned()), Wanted::Any);
        }
    }
}

/// What a program is wanted for.
#[derive(Clone, Copy)]
enum Wanted {
    /// Any file will do.
    Any,
    /// To be a process, for whom.
    Process(&'static str),
}

fn program(context: &Context<'_>, out: &mut Findings<'_>, text: &Text, wanted_for: Wanted) {
    let wanted = match values::below_install_dir(text.get_ref()) {
        Ok(wanted) => wanted,
        Err(problem) => return out.error(Finding::at(text.span(), problem)),
    };
    if let Wanted::Process(who) = wanted_for
        && !path::lower(&wanted).ends_with(".exe")
    {
        let problem = Problem::new(format!("{who} can run `{}`", values::short(&wanted)))
            .why("it is a process of its own, started without a shell")
            .help("name an .exe file of the payload");
        return out.error(Finding::at(text.span(), problem));
    }
    if path::same(&wanted, &lower::bootstrap_name(&context.manifest.bootstrap)) && matches!(wanted_for, Wanted::Any)
    {
        return;
    }
    for (arch, scan) in &context.inputs.payloads {
        let Ok(scan) = scan else { continue };
        if scan.files.iter().any(|f| path::same(&f.path, &wanted)) {
            continue;
        }
        let near = closest(&wanted, scan.files.iter().map(|f| f.path.as_str()));
        let same_name = || {
            let name = |p: &str| path::lower(p.rsplit('\\').next().unwrap_or(p));
            scan.files.iter().map(|f| f.path.as_str()).find(|p| name(p) == name(&wanted))
        };
        let help = match near.or_else(same_name) {
            Some(near) => format!("did you mean '{near}'?"),
            None => "put it into the payload, or correct the path: it is relative to the payload folder".into(),
        };
        let problem = Problem::new(format!(
            "`{}` is not in the payload for {}",
            values::short(&wanted),
            arch_name(*arch)
        ));
        // One word about it is enough, whatever the number of architectures.
        return out.error(Finding::at(text.span(), problem.help(help)));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{and, error, fine};

    #[test]
    fn bad_program() {
        for bad in ["bin\\agnt.exe", "..\\agent.exe", "C:\\agent.exe", "bin\\agent.exe ", "conf\\agent.conf", ""] {
            error(&and(&format!("[[service]]\nname = 'A'\nexe = '{bad}'")), "bad-program", "exe =");
        }
        let run = |program: &str| and(&format!("[[run]]\nprogram = '{program}'\nat = 'after-install'"));
        for bad in ["conf\\agent.conf", "bin\\x.exe", "autopcc.exe"] {
            error(&run(bad), "bad-program", "program =");
            error(&and(&format!("[[close]]\nprogram = '{bad}'")), "bad-program", "program =");
        }
        fine(&run("bin/ctl.exe"));
        let row = "name = 'CreateFolder'\nrows = [{ Directory_ = 'INSTALLDIR', Component_ = { file = 'F' } }]";
        let row = |file: &str| and(&format!("[[output.msi.table]]\n{}", row.replace("'F'", &format!("'{file}'"))));
        error(&row("bin\\x.exe"), "bad-program", "rows =");
        let task = |run: &str| and(&format!("[[task]]\nname = 'A'\nevery = '4h'\nrun = '{run}'"));
        error(&task("{InstallDir}\\bin\\x.exe"), "bad-program", "run =");
        fine(&task("{InstallDir}\\bin\\ctl.exe"));
        fine(&task("{System}\\cmd.exe"));
        let events = |manifest: &str, file: &str| {
            and(&format!("[[event-provider]]\nmanifest = '{manifest}'\nfile = '{file}'"))
        };
        error(&events("bin\\agent.man", "bin\\ctl.exe"), "bad-program", "manifest =");
        error(&events("conf\\agent.conf", "bin\\x.dll"), "bad-program", "file =");
        fine(&events("conf\\agent.conf", "bin\\ctl.exe"));
        error(&and("[[shortcut]]\ntarget = 'bin\\x.exe'"), "bad-program", "target =");
        for bad in [
            "[[shortcut]]\ntarget = 'bin\\ctl.exe'\nicon = 'bin\\x.exe'",
            "[[event-source]]\nname = 'A'\nfile = 'bin\\x.exe'",
            "[[font]]\nfile = 'bin\\x.exe'",
            "[[association]]\nextension = '.a'\nprogram = 'bin\\x.exe'",
            "[[association]]\nprotocol = 'acme'\nprogram = 'bin\\ctl.exe'\nicon = 'bin\\x.exe'",
        ] {
            error(&and(bad), "bad-program", "bin\\x.exe");
        }
        fine(&and("[[service]]\nname = 'A'\nexe = 'BIN/Agent.exe'"));
        fine(&and("[[shortcut]]\ntarget = 'autopcc.exe'\n[[shortcut]]\nname = 'b'\ntarget = '{InstallDir}\\bin\\ctl.exe'"));
    }
}
