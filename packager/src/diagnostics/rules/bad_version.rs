//! `bad-version`: the product's version is none, or one that Windows Installer cannot hold.

use super::{Context, Finding, Findings, Rule};
use crate::manifest::types::Version;
use crate::model::values;

pub(super) const RULE: Rule = Rule { name: "bad-version", summary: "a version that a product cannot have", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    match &context.manifest.product.version {
        Some(Version::Text(text)) => out.check(text, values::version),
        Some(Version::File(file)) => match &context.inputs.version {
            Some(Err(problem)) => out.error(Finding::at(file.span(), problem.clone())),
            Some(Ok([a, b, c, d])) => {
                if let Err(problem) = values::version(&format!("{a}.{b}.{c}.{d}")) {
                    out.error(Finding::at(file.span(), problem.why("it was read from the file's version resource")));
                }
            }
            None => {}
        },
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{error, fine, with};

    #[test]
    fn bad_version() {
        for bad in [
            "", "1.x", "v1.2", "1..2", "1.2.", "-1.0", "1.2.3.4.5", "256.0.0", "1.256.0", "1.0.65536", "1.2.3.65536",
            "1.2-beta", "99999999999999999999.1",
        ] {
            error(&with("\"1.2.3\"", &format!("\"{bad}\"")), "bad-version", "version");
        }
        error(&with("\"1.2.3\"", "{ file = 'payload/nothing.exe' }"), "bad-version", "version");
        error(&with("\"1.2.3\"", "{ file = 'payload/conf/agent.conf' }"), "bad-version", "version");
        for good in ["1", "1.2", "255.255.65535"] {
            fine(&with("1.2.3", good));
        }
    }
}
