//! `bad-purge`: a folder that is removed with all that is in it, and holds what is not the product's to remove.

use packager_shared::path;
use packager_shared::template::{Dir, Part, Template};

use super::{Context, Finding, Findings, Rule};
use crate::model::{lower, places};
use crate::report::Problem;

pub(super) const RULE: Rule =
    Rule { name: "bad-purge", summary: "a folder that others would lose their files with", check };

/// As many as there is room for behind everything else in an MSI's sequence, four actions each.
const MOST: usize = 40;

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    let manifest = context.manifest;
    let scope = lower::scope(manifest);
    let install = manifest.payload.dir.as_ref();
    let install = install.and_then(|d| places::install_dir(d.get_ref(), scope, &context.names).ok());
    let mut purged = 0;
    for directory in &manifest.directories {
        let Some(purge) = directory.purge.as_ref().filter(|flag| *flag.get_ref()) else { continue };
        purged += 1;
        if purged == MOST + 1 {
            let problem = Problem::new(format!("more than {MOST} folders that are removed with all that is in them"))
                .why("each has actions in places of their own in the MSI")
                .help("purge the folder above them");
            out.error(Finding::at(purge.span(), problem));
        }
        let path = directory.path.as_ref();
        let Some(Ok(folder)) = path.map(|p| places::directory(p.get_ref(), scope, &context.names)) else {
            continue;
        };
        if let Some(whose) = places::shared_with(&folder) {
            let problem = Problem::new(format!("a folder of {whose} would be removed with all that is in it"))
                .why("on uninstall everything in it goes, whoever put it there")
                .help("name a folder of the product's own, such as '{ProgramData}\\Manufacturer\\Product'");
            out.error(Finding::at(purge.span(), problem));
        } else if install.as_ref().is_some_and(|install| holds(&folder, install)) {
            let problem = Problem::new("the install directory lies in this folder")
                .why("its files are removed one by one, so that what is kept stays, and as a whole it is in use")
                .help("name a folder below the install directory, or beside it");
            out.error(Finding::at(purge.span(), problem));
        }
    }
}

/// Whether a folder is another one, or above it.
fn holds(folder: &Template, inner: &Template) -> bool {
    let text = |template: &Template| -> Option<(Dir, String)> {
        match template.0.as_slice() {
            [Part::Dir(dir), Part::Text(below)] => Some((*dir, path::lower(below))),
            _ => None,
        }
    };
    let (Some((of, outer)), Some((inside, inner))) = (text(folder), text(inner)) else { return false };
    of == inside && inner.strip_prefix(&outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('\\'))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{and, error, fine};

    #[test]
    fn bad_purge() {
        let many: String =
            (0..41).map(|n| format!("[[directory]]\npath = '{{ProgramData}}\\A\\{n}'\npurge = true\n")).collect();
        error(&and(&many), "bad-purge", "purge =");
        let directory = |path: &str| and(&format!("[[directory]]\npath = '{path}'\npurge = true"));
        for bad in [
            "{ProgramData}\\Microsoft\\x",
            "{Windows}\\Agent",
            "{System}\\drivers",
            "{StartMenu}\\Programs",
            "{ProgramFiles}\\Example",
            "{ProgramFiles}\\Example\\Agent",
        ] {
            error(&directory(bad), "bad-purge", "purge");
        }
        fine(&directory("{ProgramData}\\Example\\Agent"));
        fine(&directory("{InstallDir}\\cache"));
        fine(&directory("{ProgramFiles}\\Example Data"));
    }
}
