//! `bad-language`: an MSI language that there are no texts in, or one that is named twice.

use super::{Context, Finding, Findings, Rule};
use crate::diagnostics::suggest::closest;
use crate::manifest::types::Text;
use crate::model::{values, windows};
use crate::report::Problem;

pub(super) const RULE: Rule = Rule { name: "bad-language", summary: "a language an MSI cannot be in", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    let languages = &context.manifest.msi.language;
    for language in languages {
        out.check(language, |name| {
            windows::language(name).ok_or_else(|| {
                Problem::new(format!("there is no language `{}`", values::short(name))).help(help(name))
            })?;
            match available().any(|known| known.eq_ignore_ascii_case(name)) {
                true => Ok(()),
                false => Err(Problem::new(format!("there are no texts in {}", values::short(name)))
                    .why("launch conditions, progress, errors and dialogs of an MSI are in its language")
                    .help(help(name))),
            }
        });
    }
    for (at, language) in languages.iter().enumerate() {
        let same = |other: &&Text| other.get_ref().eq_ignore_ascii_case(language.get_ref());
        if let Some(first) = languages.iter().take(at).find(same) {
            let problem = Problem::new(format!("{} stands twice", values::short(language.get_ref())))
                .why("each language is an MSI of its own")
                .help("remove one of them");
            out.error(Finding::at(language.span(), problem).also(first.span(), "here first"));
        }
    }
}

/// The languages that there are texts in. A neutral package has the first one's.
fn available() -> impl Iterator<Item = &'static str> {
    packager_templates::LANGUAGES.iter().map(|(name, _)| *name).chain(["neutral"])
}

fn help(name: &str) -> String {
    match closest(name, available()) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => format!("there are {}", available().collect::<Vec<_>>().join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{and, error, fine};

    #[test]
    fn bad_language() {
        error(&and("[output.msi]\nlanguage = 'en_UX'"), "bad-language", "language");
        error(&and("[output.msi]\nlanguage = 'fr-FR'"), "bad-language", "language");
        error(&and("[output.msi]\nlanguage = ['en-US', 'de-DE', 'en-us']"), "bad-language", "language");
        fine(&and("[output.msi]\nlanguage = ['en-US', 'de-DE', 'neutral']"));
        error(&and("[output.msi]\nlanguage = []"), "empty-list", "language");
        fine(&and("[output.msi]\nlanguage = 'ja-jp'"));
    }
}
