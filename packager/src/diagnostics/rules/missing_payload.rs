//! `missing-payload`: the payload folder does not exist, cannot be read, or is not below the manifest's folder.

use super::{Context, Finding, Findings, Rule};

pub(super) const RULE: Rule = Rule { name: "missing-payload", summary: "a payload folder that is not there", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    let Some(source) = &context.manifest.payload.source else { return };
    for (_, scan) in &context.inputs.payloads {
        if let Err(problem) = scan {
            out.error(Finding::at(source.span(), problem.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, error, one, with};
    use crate::diagnostics::Severity;

    #[test]
    fn missing_payload() {
        error(&with("\"payload\"", "\"nowhere\""), "missing-payload", "source");
        error(&with("\"payload\"", "\"payload/bin/agent.exe\""), "missing-payload", "source");
    }

    #[test]
    fn each_architecture_has_its_folder() {
        let case = Case::new();
        case.file("files/x64/a.txt");
        let manifest = with("\"payload\"", "\"files/{arch}\"");
        one(&case, &manifest, "missing-payload", Severity::Error, "source");
        case.file("files/x86/a.txt");
        assert_eq!(case.run(&manifest), []);
    }
}
