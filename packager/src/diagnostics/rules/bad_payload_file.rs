//! `bad-payload-file`: a payload file that Windows cannot have under this name, a link, a file that is too large
//! or cannot be read.

use super::{Context, Finding, Findings, Rule};
use crate::report::Problem;

pub(super) const RULE: Rule =
    Rule { name: "bad-payload-file", summary: "a payload file that cannot be installed", check };

/// The most files: what updates them holds their list in the memory of a 32-bit process.
const MOST_FILES: usize = 250_000;

/// How many problems are shown at once.
const SHOWN: usize = 50;

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    let Some(source) = &context.manifest.payload.source else { return };
    for (_, scan) in &context.inputs.payloads {
        let Ok(scan) = scan else { continue };
        for problem in scan.problems.iter().take(SHOWN) {
            let mut problem = problem.clone();
            problem.help.get_or_insert_with(|| "make it readable, or leave it out with `payload.exclude`".into());
            out.error(Finding::at(source.span(), problem));
        }
        if let Some(more) = scan.problems.len().checked_sub(SHOWN).filter(|n| *n > 0) {
            let problem = Problem::new(format!("{more} more files of the payload have such problems"))
                .help("solve those that are shown, then look again");
            out.error(Finding::at(source.span(), problem));
        }
        if scan.files.len() > MOST_FILES {
            let problem = Problem::new(format!("the payload has {} files", scan.files.len()))
                .why(format!("a package has up to {MOST_FILES}"))
                .help("put what is read together into archives of your own");
            out.error(Finding::at(source.span(), problem));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, GOOD, one};
    use crate::diagnostics::Severity;

    #[test]
    fn bad_payload_file() {
        for bad in ["con.txt", "a/b.", "a/b ", "a:b", "a*b", "a\\b", ".upd/x", "LPT1"] {
            let case = Case::new();
            case.file(&format!("payload/{bad}"));
            one(&case, GOOD, "bad-payload-file", Severity::Error, "source =");
        }
    }

    #[test]
    fn what_is_too_large_for_a_cabinet_is_refused() {
        let case = Case::new();
        let file = std::fs::File::create(case.dir.join("payload/large.bin")).unwrap();
        file.set_len(1 << 31).unwrap();
        one(&case, GOOD, "bad-payload-file", Severity::Error, "source =");
    }

    #[cfg(unix)]
    #[test]
    fn links_are_refused_and_may_be_left_out() {
        let case = Case::new();
        std::os::unix::fs::symlink("/etc", case.dir.join("payload/link")).unwrap();
        one(&case, GOOD, "bad-payload-file", Severity::Error, "source =");
        assert_eq!(case.run(&GOOD.replace("[bootstrap]", "exclude = ['link']\n[bootstrap]")), []);
    }

    #[cfg(unix)]
    #[test]
    fn names_that_are_no_text_are_refused() {
        use std::os::unix::ffi::OsStrExt as _;
        let case = Case::new();
        let name = std::ffi::OsStr::from_bytes(b"a\xff");
        if std::fs::write(case.dir.join("payload").as_std_path().join(name), "x").is_ok() {
            one(&case, GOOD, "bad-payload-file", Severity::Error, "source =");
        }
    }
}
