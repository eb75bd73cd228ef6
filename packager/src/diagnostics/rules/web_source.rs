//! `web-source`: a URL among the sources, which the bootstrap of this version passes over.

use super::{Context, Finding, Findings, Rule, bad_source};
use crate::model::values::short;
use crate::report::Problem;

pub(super) const RULE: Rule =
    Rule { name: "web-source", summary: "a source that this version's bootstrap does not read", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    for source in &context.manifest.bootstrap.sources {
        let text = source.get_ref();
        let url = text.starts_with("https://") || text.starts_with("http://");
        if url && bad_source::place(text).is_ok() {
            let problem = Problem::new(format!("`{}` is not read yet", short(text)))
                .why("the bootstrap of this version takes releases from shares and folders, and tries the next source")
                .help("name a share such as '\\\\server\\share\\folder' as well");
            out.warning(Finding::at(source.span(), problem));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{and, warning};

    #[test]
    fn web_source() {
        warning(&and("sources = ['https://agents.example/share']"), "web-source", "sources");
    }
}
