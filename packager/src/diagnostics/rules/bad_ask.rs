//! `bad-ask`: a setting that a dialog cannot ask for as it stands.

use super::{Context, Finding, Findings, Rule};
use crate::model::values;
use crate::report::Problem;

pub(super) const RULE: Rule =
    Rule { name: "bad-ask", summary: "a setting that a dialog cannot ask for as it stands", check };

/// A label is one line of a page that is 344 installer units wide.
const LONGEST_LABEL: usize = 60;

/// `ComboBox.Value` holds 64 characters ("ComboBox Table" on Microsoft Learn).
const LONGEST_VALUE: usize = 64;

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    for setting in &context.manifest.settings {
        let Some(ask) = &setting.ask else { continue };
        out.check(ask, label);
        for value in &setting.allowed {
            if value.get_ref().encode_utf16().count() > LONGEST_VALUE {
                let problem = Problem::new(format!("the value is longer than {LONGEST_VALUE} characters"))
                    .why("a dialog shows the allowed values of a setting as a list")
                    .help("allow shorter values, or remove `ask`");
                out.error(Finding::at(value.span(), problem).also(ask.span(), "asked for here"));
            }
        }
    }
}

fn label(text: &str) -> Result<(), Problem> {
    values::shown(text, LONGEST_LABEL)?;
    match text.find(['[', ']', '{', '}']) {
        Some(_) => Err(Problem::new("brackets and braces cannot be in the label of a field")
            .why("Windows Installer takes them for references")
            .help("use parentheses")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{and, error, fine};

    #[test]
    fn bad_ask() {
        let long = "x".repeat(61);
        let dialogs = "[output.msi]\ndialogs = 'minimal'\n[setting.URL]\n";
        for label in ["", " a", "[URL]", "{a", &long] {
            error(&and(&format!("{dialogs}ask = '{label}'")), "bad-ask", "ask");
        }
        let value = "v".repeat(65);
        error(&and(&format!("{dialogs}ask = 'A'\ndefault = 'a'\nallowed = ['a', '{value}']")), "bad-ask", "allowed");
        fine(&and(&format!("{dialogs}default = 'a'\nallowed = ['a', '{value}']")));
        fine(&and(&format!("{dialogs}ask = 'Adresse du serveur (URL) & port'")));
    }
}
