//! `bad-site-files`: a folder with files of a site that is not there or empty, or with a file that cannot be laid over the
//! payload.

use packager_shared::path;

use super::{Context, Finding, Findings, Rule};
use crate::model::lower;
use crate::report::Problem;

pub(super) const RULE: Rule =
    Rule { name: "bad-site-files", summary: "files of a site that cannot be laid over the payload", check };

/// How many are shown.
const SHOWN: usize = 20;

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    let bootstrap = lower::bootstrap_name(&context.manifest.bootstrap);
    for (arch, name, scan) in &context.inputs.site_files {
        let site = context.manifest.sites.iter().find(|site| site.name.get_ref() == name);
        let Some(span) = site.and_then(|site| site.files.as_ref()).map(|files| files.span()) else { continue };
        let mut error = |problem: Problem| out.error(Finding::at(span.clone(), problem));
        let scan = match scan {
            Ok(scan) => scan,
            Err(problem) => {
                error(
                    Problem { message: problem.message.replace("the payload folder", "the site's folder"), ..problem.clone() }
                        .help("it is relative to the manifest's folder; {arch} in it becomes x64, x86 or arm64"),
                );
                continue;
            }
        };
        for problem in scan.problems.iter().take(SHOWN) {
            let mut problem = problem.clone();
            problem.help.get_or_insert_with(|| "make it readable, or leave it out with `payload.exclude`".into());
            error(problem);
        }
        if scan.files.is_empty() && scan.problems.is_empty() {
            error(
                Problem::new(format!("the site {name} has no files in its folder"))
                    .help("put files there, or remove `files`"),
            );
        }
        let first = |file: &str| file.split('\\').next().is_some_and(|part| path::same(part, &bootstrap));
        if let Some(file) = scan.files.iter().find(|file| first(&file.path)) {
            error(
                Problem::new(format!("{} lies where the bootstrap is installed", file.source))
                    .why(format!("every installation has a program {bootstrap} of its own in this place"))
                    .help("rename the file, or leave it out with `payload.exclude`"),
            );
        }
        // What stands at a path of the payload takes its place; only folders and files must not meet.
        let payload = context.inputs.payloads.iter().find(|(of, _)| of == arch).map(|(_, scan)| scan);
        let below = payload.and_then(|scan| scan.as_ref().ok()).map_or(&[][..], |scan| scan.files.as_slice());
        let mut paths: Vec<&str> = scan.files.iter().map(|file| file.path.as_str()).collect();
        let twice = paths.windows(2).find(|pair| matches!(pair, [a, b] if path::same(a, b)));
        if let Some([a, b]) = twice {
            error(
                Problem::new(format!("{a} and {b} of the site {name} are one file on Windows"))
                    .help("remove or rename one"),
            );
            continue;
        }
        let own: std::collections::HashSet<String> = paths.iter().map(|file| path::lower(file)).collect();
        paths.extend(below.iter().map(|f| f.path.as_str()).filter(|file| !own.contains(&path::lower(file))));
        paths.sort_by(|a, b| path::compare(a, b));
        if let Some((a, b)) = path::collision(&paths) {
            error(
                Problem::new(format!("in the site {name} `{a}` would be a file and a folder, because of `{b}`"))
                    .help("rename one of them"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, and, error, one};
    use crate::diagnostics::Severity;

    #[test]
    fn bad_site_files() {
        let manifest = and("[site.paris]\nfiles = 'sites/{arch}'");
        error(&and("[site.paris]\nfiles = 'nowhere'"), "bad-site-files", "files =");
        let with = |file: &str| {
            let case = Case::new();
            case.file(&format!("sites/x64/{file}")).file("sites/x86/a");
            case
        };
        for bad in ["con.txt", "autopcc.exe", "conf", "conf/agent.conf/b"] {
            one(&with(bad), &manifest, "bad-site-files", Severity::Error, "files =");
        }
        for good in ["new.txt", "CONF/Agent.conf"] {
            assert_eq!(with(good).run(&manifest), []);
        }
    }

    #[test]
    fn an_empty_folder_is_a_mistake() {
        let case = Case::new();
        std::fs::create_dir_all(case.dir.join("sites")).unwrap();
        let found = case.run(&and("[site.paris]\nfiles = 'sites'"));
        assert!(found.iter().all(|d| d.name == "bad-site-files") && found.len() == 1, "{found:#?}");
    }
}
