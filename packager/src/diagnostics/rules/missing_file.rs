//! `missing-file`: a file that the manifest names is missing, cannot be read, or is something else.

use super::{Context, Finding, Findings, Rule};
use crate::report::Problem;

pub(super) const RULE: Rule =
    Rule { name: "missing-file", summary: "a file that is missing or of the wrong kind", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    let (product, bootstrap) = (&context.manifest.product, &context.manifest.bootstrap);
    let key = context.inputs.public_key.as_ref().and_then(|k| k.as_ref().err());
    let named = [
        (&product.icon, context.inputs.icon.as_ref()),
        (&product.license, context.inputs.license.as_ref()),
        (&bootstrap.public_key, key),
        (&bootstrap.private_key_file, context.inputs.private_key.as_ref()),
    ];
    for (text, problem) in named {
        if let (Some(text), Some(problem)) = (text, problem) {
            let mut problem: Problem = problem.clone();
            problem.help.get_or_insert_with(|| "paths are relative to the manifest's folder".into());
            out.error(Finding::at(text.span(), problem));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, error, one, with};
    use crate::diagnostics::Severity;

    #[test]
    fn missing_file() {
        for file in ["icon = 'no.ico'", "license = 'no.txt'", "icon = 'payload'"] {
            error(&with("[payload]", &format!("{file}\n[payload]")), "missing-file", file);
        }
        error(&with("release.pub", "other.pub"), "missing-file", "public-key");
        error(&with("release.key", "other.key"), "missing-file", "private-key-file");
        let case = Case::new();
        case.file("a.ico");
        one(&case, &with("[payload]", "icon = 'a.ico'\n[payload]"), "missing-file", Severity::Error, "icon");
        std::fs::write(case.dir.join("release.pub"), "no key").unwrap();
        one(&case, super::super::testing::GOOD, "missing-file", Severity::Error, "public-key");
    }
}
