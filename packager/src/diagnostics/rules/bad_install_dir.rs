//! `bad-install-dir`: the install directory does not start with a known folder, leaves it, or is one that other
//! programs share.

use super::{Context, Findings, Rule};
use crate::model::{lower, places};

pub(super) const RULE: Rule =
    Rule { name: "bad-install-dir", summary: "no directory that a product can have for its own", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    if let Some(dir) = &context.manifest.payload.dir {
        out.check(dir, |text| places::install_dir(text, lower::scope(context.manifest), &context.names));
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
        fine(&with(r"{ProgramFiles}\Example\Agent", r"{ProgramFiles}/{Manufacturer}/{Name}/"));
    }
}
