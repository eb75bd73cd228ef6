//! `plain-http`: a source without TLS, on Windows versions that have TLS 1.2.

use super::{Context, Finding, Findings, Rule, bad_source};
use crate::model::{values::short, windows};
use crate::report::Problem;

pub(super) const RULE: Rule =
    Rule { name: "plain-http", summary: "a source that others on the network can read along", check };

/// The first Windows whose WinHTTP can TLS 1.2 ("WINHTTP_OPTION_SECURE_PROTOCOLS" on Microsoft Learn).
const WINDOWS_7: (u32, u32, u32) = (6, 1, 7600);

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    let min = context.manifest.product.min.as_ref();
    if min.and_then(|min| windows::windows(min.get_ref())).is_some_and(|version| version < WINDOWS_7) {
        return;
    }
    for source in &context.manifest.bootstrap.sources {
        let text = source.get_ref();
        if text.starts_with("http://") && bad_source::place(text).is_ok() {
            let problem = Problem::new(format!("`{}` is not encrypted", short(text)))
                .why("what is installed is signed, and nobody can alter it; whoever is in between can see it, and withhold releases")
                .help("write https://, or say the oldest Windows with `platforms.min` when it has no TLS 1.2");
            out.warning(Finding::at(source.span(), problem));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{and, fine, warning};

    #[test]
    fn plain_http() {
        let plain = and("sources = ['http://agents.example/share']");
        warning(&plain, "plain-http", "sources");
        fine(&plain.replace("http:", "https:"));
        fine(&plain.replace("[payload]", "platforms = { min = 'windows-xp' }\n[payload]"));
    }
}
