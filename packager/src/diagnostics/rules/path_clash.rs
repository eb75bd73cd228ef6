//! `path-clash`: two payload files land on one path on Windows, or one lands on the bootstrap.

use packager_shared::path;

use super::{Context, Finding, Findings, Rule};
use crate::model::lower;
use crate::report::Problem;

pub(super) const RULE: Rule = Rule { name: "path-clash", summary: "two files that land on one path", check };

/// How many are shown: a payload copied together from two systems may have thousands.
const SHOWN: usize = 20;

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    let Some(source) = &context.manifest.payload.source else { return };
    let bootstrap = lower::bootstrap_name(&context.manifest.bootstrap);
    for (_, scan) in &context.inputs.payloads {
        let Ok(scan) = scan else { continue };
        // Sorted by what Windows compares: what clashes are neighbours.
        let pairs = scan.files.iter().zip(scan.files.iter().skip(1));
        let clashes: Vec<_> = pairs.filter(|(a, b)| path::same(&a.path, &b.path)).collect();
        for (a, b) in clashes.iter().take(SHOWN) {
            let problem = Problem::new(format!("{} and {} are one file on Windows", a.source, b.source))
                .why("file names there differ in more than case")
                .help("remove or rename one, or leave it out with `payload.exclude`");
            out.error(Finding::at(source.span(), problem));
        }
        let paths: Vec<&str> = scan.files.iter().map(|f| f.path.as_str()).collect();
        if clashes.is_empty()
            && let Some((a, b)) = path::collision(&paths)
        {
            let problem = Problem::new(format!("on Windows `{a}` would be a file and a folder, because of `{b}`"))
                .help("rename one of them");
            out.error(Finding::at(source.span(), problem));
        }
        let first = |path: &str| path.split('\\').next().is_some_and(|part| path::same(part, &bootstrap));
        if let Some(file) = scan.files.iter().find(|f| first(&f.path)) {
            let problem = Problem::new(format!("{} lies where the bootstrap is installed", file.source))
                .why(format!("every installation has a program {bootstrap} of its own in this place"))
                .help("rename the file, leave it out, or give the bootstrap another `bootstrap.name`");
            out.error(Finding::at(source.span(), problem));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, GOOD, and, one};
    use crate::diagnostics::Severity;

    #[test]
    fn path_clash() {
        let clash = |file: &str, manifest: &str| {
            let case = Case::new();
            case.file(file);
            // A host without case cannot even hold both.
            if case.dir.join("payload/bin").read_dir_utf8().unwrap().count() + 1 > 0 {
                one(&case, manifest, "path-clash", Severity::Error, "source");
            }
        };
        clash("payload/AutoPcc.exe", GOOD);
        clash("payload/Update.exe", &and("name = 'update.exe'"));
        if cfg!(unix) && !cfg!(target_os = "macos") {
            clash("payload/Bin/AGENT.exe", GOOD);
            clash("payload/BIN", GOOD);
        }
    }
}
