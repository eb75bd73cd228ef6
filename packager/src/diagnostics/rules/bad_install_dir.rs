//! `bad-install-dir`: the install directory does not start with a known folder, leaves it, is one that other programs
//! share, or lies where users may write while what is in it runs as the system.

use packager_shared::plan::Scope;
use packager_shared::template::{Dir, Part};

use super::{Context, Finding, Findings, Rule};
use crate::model::{lower, places};
use crate::report::Problem;

pub(super) const RULE: Rule =
    Rule { name: "bad-install-dir", summary: "no directory that a product can have for its own", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    let manifest = context.manifest;
    let Some(dir) = &manifest.payload.dir else { return };
    let scope = lower::scope(manifest);
    out.check(dir, |text| places::install_dir(text, scope, &context.names));
    let template = places::install_dir(dir.get_ref(), scope, &context.names);
    let open = template.is_ok_and(|template| template.0.first() == Some(&Part::Dir(Dir::ProgramData)));
    let as_system = !manifest.services.is_empty()
        || !manifest.tasks.is_empty()
        || !manifest.runs.is_empty()
        || manifest.bootstrap.update_every.is_some();
    if open && as_system && scope == Scope::Machine {
        let problem = Problem::new("programs that run as the system lie where users may write")
            .why("Windows lets every user create files below ProgramData: a DLL beside the program would be loaded")
            .help("install to {ProgramFiles}, and keep data alone in {ProgramData}");
        out.error(Finding::at(dir.span(), problem));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{error, fine, with};

    #[test]
    fn bad_install_dir() {
        for bad in [
            "C:\\Agent",
            "{ProgramFiles}",
            "{ProgramFiles}\\",
            "{ProgramFiles}\\..\\Windows",
            "{ProgramFiles}\\a\\..\\..\\b",
            "{Windows}\\Agent",
            "{InstallDir}\\Agent",
            "{AppData}\\Agent",
            "Agent",
            "\\\\server\\share",
            "{ProgramFiles}\\con",
            "{ProgramFiles}\\Agent.",
            "{ProgramFiles}\\{NAME}",
            "{ProgramFile}\\Agent",
            "{ProgramFiles",
            "",
        ] {
            error(&with(r"{ProgramFiles}\Example\Agent", bad), "bad-install-dir", "dir =");
        }
        let data = with(r"{ProgramFiles}\Example\Agent", r"{ProgramData}\Example\Agent");
        let data = data.lines().filter(|line| !line.starts_with("arch")).collect::<Vec<_>>().join("\n");
        error(&format!("{data}\n[[service]]\nname = 'A'\nexe = 'bin\\agent.exe'\n"), "bad-install-dir", "dir =");
        fine(&with(r"{ProgramFiles}\Example\Agent", r"{ProgramFiles}/{Manufacturer}/{Name}/"));
    }
}
