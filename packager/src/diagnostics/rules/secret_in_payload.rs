//! `secret-in-payload`: the private key that releases are signed with is among the files that are installed.

use super::{Context, Finding, Findings, Rule};
use crate::report::Problem;

pub(super) const RULE: Rule =
    Rule { name: "secret-in-payload", summary: "the private key among the installed files", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    let manifest = context.manifest;
    if let (Some(path), Some(source), Some(key)) =
        (&context.inputs.shipped_secret, &manifest.payload.source, &manifest.bootstrap.private_key_file)
    {
        let problem = Problem::new(format!("{path} is the private key of releases"))
            .why("whoever installs the product could sign releases that every machine trusts")
            .help("keep the key outside of the payload folder; if it was shipped before, make a new pair");
        out.error(Finding::at(source.span(), problem).also(key.span(), "the private key"));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, GOOD, one};
    use crate::diagnostics::Severity;

    #[test]
    fn secret_in_payload() {
        let case = Case::new();
        std::fs::copy(case.dir.join("release.key"), case.dir.join("payload/conf/renamed.txt")).unwrap();
        one(&case, GOOD, "secret-in-payload", Severity::Error, "source =");
        let out = GOOD.replace("[bootstrap]", "exclude = ['conf/renamed.txt']\n[bootstrap]");
        assert_eq!(case.run(&out), []);
    }
}
