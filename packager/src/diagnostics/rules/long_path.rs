//! `long-path`: a file whose path is longer than Windows Installer and most programs can use, in the folder that it
//! is installed to by default.

use packager_shared::path::LONGEST_ABSOLUTE;
use packager_shared::plan::{Arch, Scope};
use packager_shared::template::{Dir, Part};

use super::{Context, Finding, Findings, Rule};
use crate::model::{lower, places};
use crate::report::Problem;

pub(super) const RULE: Rule = Rule { name: "long-path", summary: "a file whose path is too long", check };

/// How many files are named.
const SHOWN: usize = 10;
/// The longest name of an account ("User name" on Microsoft Learn, of SAM accounts): a profile is named after it.
const USER: usize = 20;

/// Characters of a known folder on a Windows as it is set up.
fn length(dir: Dir, scope: Scope, arch: Arch) -> usize {
    let profile = |below: &str| "C:\\Users\\".len() + USER + below.len();
    let programs = if arch == Arch::X86 { "C:\\Program Files (x86)" } else { "C:\\Program Files" };
    match (dir, scope) {
        (Dir::ProgramFiles, Scope::User) => profile("\\AppData\\Local\\Programs"),
        (Dir::ProgramFiles, Scope::Machine) => programs.len(),
        (Dir::CommonFiles, _) => programs.len() + "\\Common Files".len(),
        (Dir::LocalAppData, _) => profile("\\AppData\\Local"),
        (Dir::AppData, _) => profile("\\AppData\\Roaming"),
        _ => "C:\\ProgramData".len(),
    }
}

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    let manifest = context.manifest;
    let Some(dir) = &manifest.payload.dir else { return };
    let scope = lower::scope(manifest);
    let Ok(template) = places::install_dir(dir.get_ref(), scope, &context.names) else { return };
    for (arch, scan) in &context.inputs.payloads {
        let Ok(scan) = scan else { continue };
        let parts = template.0.iter().map(|part| match part {
            Part::Dir(dir) => length(*dir, scope, *arch),
            // Behind its backslash.
            Part::Text(text) | Part::Setting(text) | Part::Optional(text, ..) => text.encode_utf16().count() + 1,
        });
        let base: usize = parts.sum();
        let too_long = |path: &str| {
            let length = base + 1 + path.encode_utf16().count();
            (length > LONGEST_ABSOLUTE).then_some(length)
        };
        let long: Vec<_> =
            scan.files.iter().filter_map(|file| Some((file, too_long(&file.path)?))).collect();
        for (file, length) in long.iter().take(SHOWN) {
            let more = match long.len() {
                1 => String::new(),
                count => format!(" ({count} files of the payload have such paths)"),
            };
            let problem = Problem::new(format!(
                "the path of {} is too long: {length} characters in its install directory{more}",
                file.source
            ))
            .why(format!(
                "Windows Installer, and every program that does not ask for more, uses paths of up to {LONGEST_ABSOLUTE}"
            ))
            .help("install to a shorter `payload.dir`, shorten the names, or leave it out with `payload.exclude`");
            let source = manifest.payload.source.as_ref().map(|source| source.span());
            let finding = Finding::at(dir.span(), problem);
            out.error(match source {
                Some(source) => finding.also(source, "the file is from here"),
                None => finding,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, GOOD, one};
    use crate::diagnostics::Severity;

    #[test]
    fn long_path() {
        let folder = "d".repeat(90);
        let case = |dir: usize, name: usize| {
            let case = Case::new();
            case.file(&format!("payload/{folder}/{}", "n".repeat(name)));
            let manifest = GOOD
                .replace(r#"arch = ["x64", "x86"]"#, r#"arch = ["x64"]"#)
                .replace(r"{ProgramFiles}\Example\Agent", &format!(r"{{ProgramFiles}}\{}", "p".repeat(dir)));
            (case, manifest)
        };
        // C:\Program Files\p…\d…\n…: 16 + 1 + 60 + 1 + 90 + 1 + 90 is 259.
        let (fits, manifest) = case(60, 90);
        assert_eq!(fits.run(&manifest), []);
        let (long, manifest) = case(61, 90);
        one(&long, &manifest, "long-path", Severity::Error, "dir =");
        // A profile's path is longer.
        let (profile, manifest) = case(40, 90);
        assert_eq!(profile.run(&manifest), []);
        one(&profile, &manifest.replace("[payload]", "scope = 'user'\n[payload]"), "long-path", Severity::Error, "dir =");
    }
}
