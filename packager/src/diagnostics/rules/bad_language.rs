//! `bad-language`: an MSI language without a name here, or more than one.

use super::{Context, Finding, Findings, Rule};
use crate::diagnostics::suggest::closest;
use crate::model::{values, windows};
use crate::report::Problem;

pub(super) const RULE: Rule = Rule { name: "bad-language", summary: "a language an MSI cannot be in", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    let languages = &context.manifest.msi.language;
    for language in languages {
        out.check(language, |name| {
            windows::language(name).ok_or_else(|| {
                let help = match closest(name, windows::languages()) {
                    Some(near) => format!("did you mean \"{near}\"?"),
                    None => format!("there are {}", windows::languages().collect::<Vec<_>>().join(", ")),
                };
                Problem::new(format!("there is no language `{}`", values::short(name))).help(help)
            })
        });
    }
    if let [_, second, ..] = languages.as_slice() {
        let problem = Problem::new("more than one language is not available in this version of packager")
            .why("an MSI has one language; the others would be transforms")
            .help("name one");
        out.error(Finding::at(second.span(), problem));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{and, error, fine};

    #[test]
    fn bad_language() {
        error(&and("[output.msi]\nlanguage = 'en_UX'"), "bad-language", "language");
        error(&and("[output.msi]\nlanguage = ['en-US', 'de-DE']"), "bad-language", "language");
        fine(&and("[output.msi]\nlanguage = 'ja-jp'"));
    }
}
