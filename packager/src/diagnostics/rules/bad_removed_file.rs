//! `bad-removed-file`: files to remove that are none of one folder, that are payload, or that are too many.

use packager_shared::path;

use super::{Context, Finding, Findings, Rule};
use crate::model::values;
use crate::outputs::msi::MOST_REMOVED;
use crate::report::Problem;

pub(super) const RULE: Rule =
    Rule { name: "bad-removed-file", summary: "files that cannot be removed", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    let patterns = context.manifest.payload.remove.iter().flat_map(|remove| &remove.files);
    for (number, text) in patterns.enumerate() {
        out.check(text, |pattern| {
            let (folder, name) = values::pattern(pattern)?;
            let files = context.inputs.payloads.iter().filter_map(|(_, scan)| scan.as_ref().ok());
            for file in files.flat_map(|scan| &scan.files) {
                let (place, file_name) = file.path.rsplit_once('\\').unwrap_or(("", &file.path));
                if path::same(place, &folder) && path::fits(&name, file_name) {
                    return Err(Problem::new(format!("`{}` is payload", values::short(&file.path)))
                        .why("Windows Installer would remove it before a repair, and not write it again")
                        .help("name files that only the installed product writes, or leave it out of the payload"));
                }
            }
            Ok(())
        });
        if number == MOST_REMOVED {
            let problem = Problem::new(format!("more than {MOST_REMOVED} patterns of files to remove"))
                .why("each has an action in a place of its own in the MSI")
                .help("use * and ?, or a `[[directory]]` with `purge`");
            out.error(Finding::at(text.span(), problem));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{and, error, fine};

    #[test]
    fn bad_removed_file() {
        let remove = |files: &str| and(&format!("[[payload.remove]]\nfiles = ['{files}']"));
        for bad in ["*\\x.log", "..\\x.log", "C:\\x.log", "logs\\", "", "BIN/*.exe", "bin\\agent.???"] {
            error(&remove(bad), "bad-removed-file", "files =");
        }
        fine(&remove("logs/*.log"));
        fine(&remove("*.tmp"));
        fine(&remove("{InstallDir}\\bin\\*.dmp"));
    }
}
