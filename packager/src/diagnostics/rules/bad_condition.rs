//! `bad-condition`: a `when` that is no condition, that can never hold, or that would show a secret.

use std::ops::Range;

use packager_shared::plan::Condition;

use super::{Context, Finding, Findings, Rule};
use crate::manifest::types::{Setting, Text};
use crate::model::{conditions, values};
use crate::report::Problem;

pub(super) const RULE: Rule =
    Rule { name: "bad-condition", summary: "a condition that means nothing", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    for text in context.manifest.conditions() {
        match conditions::parse(text.get_ref(), &context.names) {
            Ok(condition) => compared(context, out, text, &condition),
            Err((at, problem)) => out.error(Finding::at(inside(text, at, 1), problem)),
        }
    }
}

/// The place in a string, where that is known: nothing in it is escaped.
fn inside(text: &Text, at: usize, length: usize) -> Range<usize> {
    let (span, content) = (text.span(), text.get_ref());
    let quotes = span.len().saturating_sub(content.len());
    if !matches!(quotes, 2 | 6) {
        return span;
    }
    let start = span.start + quotes / 2 + at;
    start..(start + length).min(span.end)
}

/// Looks at the values that settings are compared with.
fn compared(context: &Context<'_>, out: &mut Findings<'_>, text: &Text, condition: &Condition) {
    match condition {
        Condition::Given(_) => {}
        Condition::Not(inner) => compared(context, out, text, inner),
        Condition::All(parts) | Condition::Any(parts) => {
            parts.iter().for_each(|part| compared(context, out, text, part));
        }
        Condition::Is(name, value) => {
            let Some(setting) = context.manifest.settings.iter().find(|s| s.name.get_ref() == name) else {
                return;
            };
            // Two values may be found at the wrong one of two places, never outside of the string.
            let at = text.get_ref().find(value.as_str()).unwrap_or_default();
            let span = inside(text, at, value.len().max(1));
            if let Some(problem) = comparison(setting, value) {
                out.error(Finding::at(span, problem).also(setting.name.span(), "the setting"));
            }
        }
    }
}

fn comparison(setting: &Setting, value: &str) -> Option<Problem> {
    let name = setting.name.get_ref();
    if setting.secret.as_ref().is_some_and(|secret| *secret.get_ref()) {
        return Some(
            Problem::new(format!("the secret setting {name} is compared with a value"))
                .why("the value would stand in the package, where everybody can read it")
                .help(format!("ask only whether it is given: {name}, or NOT {name}")),
        );
    }
    let allowed: Vec<&str> = setting.allowed.iter().map(|a| a.get_ref().as_str()).collect();
    let required = setting.required.as_ref().is_some_and(|required| *required.get_ref());
    if value.is_empty() {
        return required.then(|| {
            Problem::new(format!("{name} is never empty"))
                .why("an install without a value is refused")
                .help("remove this part of the condition")
        });
    }
    if allowed.is_empty() || allowed.contains(&value) {
        return None;
    }
    let near = crate::diagnostics::suggest::closest(value, allowed.iter().copied());
    Some(
        Problem::new(format!("{name} is never '{}'", values::short(value)))
            .why(format!("its `allowed` has: {}", allowed.join(", ")))
            .help(match near {
                Some(near) => format!("did you mean '{near}'?"),
                None => "correct the value, or allow it".into(),
            }),
    )
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, and, error, fine};

    const SETTINGS: &str = "[setting.GROUP]\nallowed = ['default', 'kiosk']\ndefault = 'default'\n[setting.URL]\nrequired = true\ndefault = 'x'";

    fn service(when: &str) -> String {
        and(&format!("{SETTINGS}\n[[service]]\nname = 'A'\nexe = 'bin\\agent.exe'\nwhen = {when}"))
    }

    #[test]
    fn bad_condition() {
        for bad in
            ["", "GROPU = 'kiosk'", "GROUP = kiosk", "GROUP = 'kisok'", "GROUP <> 'x' OR URL", "URL = ''", "(GROUP"]
        {
            error(&service(&format!("\"{bad}\"")), "bad-condition", "when =");
        }
        for good in ["GROUP", "NOT GROUP = 'kiosk'", "URL = 'anything'", "GROUP = ''"] {
            fine(&service(&format!("\"{good}\"")));
        }
        for table in [
            "[[directory]]\npath = '{ProgramData}\\A\\B'",
            "[[registry]]\nkey = 'HKLM\\A'\nvalues = { A = '1' }",
            "[[environment]]\nname = 'A'\nvalue = '1'",
            "[[shortcut]]\ntarget = 'bin\\ctl.exe'",
            "[[ini]]\nfile = '{Windows}\\a.ini'\nsection = 's'\nvalues = { k = 'v' }",
            "[[event-source]]\nname = 'A'",
            "[[payload.group]]\nfiles = ['conf/*']",
        ] {
            fine(&and(&format!("{SETTINGS}\n{table}\nwhen = 'GROUP'")));
            error(&and(&format!("{SETTINGS}\n{table}\nwhen = 'GROP'")), "bad-condition", "when =");
        }
    }

    #[test]
    fn the_place_in_the_string_is_pointed_at() {
        for (when, pointed) in [
            ("'GROUP AND GROPU'", "G"),
            ("\"\"\"GROUP = kiosk\"\"\"", "k"),
            ("\"GROUP = 'kisok'\"", "kisok"),
            ("\"GROUP = '\\u006bisok'\"", "\"GROUP = '\\u006bisok'\""),
        ] {
            let manifest = service(when);
            let found = Case::new().run(&manifest);
            assert_eq!(&manifest[found[0].labels[0].span.clone()], pointed, "{found:#?}");
        }
    }
}
