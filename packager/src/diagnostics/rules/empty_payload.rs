//! `empty-payload`: there is no file to install.

use super::{Context, Finding, Findings, Rule};
use crate::report::Problem;
use crate::report::artifacts::arch_name;

pub(super) const RULE: Rule = Rule { name: "empty-payload", summary: "a payload without a file", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    let Some(source) = &context.manifest.payload.source else { return };
    for (arch, scan) in &context.inputs.payloads {
        if let Ok(scan) = scan
            && scan.files.is_empty()
            && scan.problems.is_empty()
        {
            let problem = Problem::new(format!("the payload for {} is empty", arch_name(*arch)))
                .why("there would be nothing to install")
                .help("put files into the folder; look whether `payload.exclude` leaves them all out");
            return out.error(Finding::at(source.span(), problem));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, error, one, with};
    use crate::diagnostics::Severity;

    #[test]
    fn empty_payload() {
        error(&with("[bootstrap]", "exclude = ['**']\n[bootstrap]"), "empty-payload", "source =");
        let case = Case::new();
        std::fs::create_dir_all(case.dir.join("nothing/in/it")).unwrap();
        one(&case, &with("\"payload\"", "\"nothing\""), "empty-payload", Severity::Error, "source =");
    }
}
