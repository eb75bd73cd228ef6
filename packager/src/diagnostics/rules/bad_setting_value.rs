//! `bad-setting-value`: a default that is not among the allowed values or does not match, or a pattern that is
//! no regular expression.

use regex::Regex;

use super::{Context, Finding, Findings, Rule};
use crate::diagnostics::suggest::closest;
use crate::manifest::types::{Setting, Text};
use crate::model::values;
use crate::report::Problem;

pub(super) const RULE: Rule =
    Rule { name: "bad-setting-value", summary: "a default that its own setting does not accept", check };

/// The sentinels that stand for "not given" and "cleared" in an MSI.
const SENTINELS: [&str; 2] = ["*unset*", "*cleared*"];

/// The longest of the allowed values, in characters: one has to stand in a condition, which has up to 255.
const LONGEST_ALLOWED: usize = 180;

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    for setting in &context.manifest.settings {
        if let Some(pattern) = &setting.matches {
            out.check(pattern, regex);
        }
        if let Some(default) = &setting.default {
            accepts(setting, default, out);
        }
        for allowed in &setting.allowed {
            out.check(allowed, |value| {
                if value.contains('"') {
                    return Err(Problem::new("a quote cannot be in an allowed value")
                        .why("an MSI compares it in a condition, where a quote cannot be written")
                        .help("write values without quotes"));
                }
                if value.chars().count() > LONGEST_ALLOWED {
                    return Err(Problem::new(format!("an allowed value is longer than {LONGEST_ALLOWED} characters"))
                        .why("an MSI compares it in a condition, which has up to 255")
                        .help("allow shorter values, or any that match a pattern: `matches`"));
                }
                plain(value).and_then(|()| matches(setting, value))
            });
        }
        let needs_default = !setting.allowed.is_empty() && !setting.required.as_ref().is_some_and(|r| *r.get_ref());
        if needs_default && setting.default.is_none() && !setting.allowed.iter().any(|a| a.get_ref().is_empty()) {
            let problem = Problem::new(format!("{} has no default", setting.name.get_ref()))
                .why("an empty value is not among those that are allowed")
                .help("name a `default`, or write `required = true`");
            out.error(Finding::at(setting.name.span(), problem));
        }
    }
}

/// Reports why a setting does not accept a value.
pub(super) fn accepts(setting: &Setting, value: &Text, out: &mut Findings<'_>) {
    out.check(value, |text| {
        plain(text)?;
        if !setting.allowed.is_empty() && !setting.allowed.iter().any(|a| a.get_ref() == text) {
            let allowed = || setting.allowed.iter().map(|a| a.get_ref().as_str());
            let help = match closest(text, allowed()) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => format!("there are {}", allowed().collect::<Vec<_>>().join(", ")),
            };
            let name = setting.name.get_ref();
            let problem = Problem::new(format!("{name} cannot be \"{}\"", values::short(text)));
            return Err(problem.why("it is not among its `allowed` values").help(help));
        }
        matches(setting, text)
    });
}

fn matches(setting: &Setting, value: &str) -> Result<(), Problem> {
    let Some(pattern) = &setting.matches else { return Ok(()) };
    match regex(pattern.get_ref()) {
        Ok(regex) if !regex.is_match(value) => {
            let name = setting.name.get_ref();
            Err(Problem::new(format!("{name} cannot be \"{}\"", values::short(value)))
                .why(format!("it does not match `{}`", values::short(pattern.get_ref())))
                .help("write a value that does, or correct `matches`"))
        }
        // A pattern that cannot be read is reported at its own place.
        _ => Ok(()),
    }
}

/// What no setting can hold, because it has to pass through command lines and strings of the registry.
fn plain(value: &str) -> Result<(), Problem> {
    if SENTINELS.contains(&value) {
        return Err(Problem::new(format!("`{value}` cannot be a value"))
            .why("an MSI says with it that no value was given, or an empty one")
            .help("write another value"));
    }
    if value.starts_with('#') {
        return Err(Problem::new("a setting's value cannot start with a number sign")
            .why("Windows Installer reads another registry type out of it, such as a number")
            .help("write the value without it, and let the program that reads it add it"));
    }
    if value.contains(|c: char| c.is_control()) {
        return Err(Problem::new("a setting's value is one line of text").help("remove the control character"));
    }
    if value.len() > 4096 {
        return Err(Problem::new("the value is longer than 4096 bytes").help("make it shorter"));
    }
    Ok(())
}

fn regex(pattern: &str) -> Result<Regex, Problem> {
    // The limit keeps a pattern like (a{999}){999} from eating the machine's memory.
    regex::RegexBuilder::new(pattern).size_limit(1 << 20).build().map_err(|e| {
        let why = e.to_string();
        let why = why.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
        Problem::new(format!("`{}` is no regular expression", values::short(pattern)))
            .why(why)
            .help("in single quotes a backslash is just that: '^\\d+$'")
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{and, error, fine};

    #[test]
    fn bad_setting_value() {
        let setting = |text: &str| and(&format!("[setting.GROUP]\n{text}"));
        error(&setting("allowed = ['a', 'b']\ndefault = 'c'"), "bad-setting-value", "default");
        error(&setting("allowed = ['a', 'b']"), "bad-setting-value", "[setting.GROUP]");
        error(&setting("matches = '^x'\ndefault = 'y'"), "bad-setting-value", "default");
        error(&setting("matches = '(a'"), "bad-setting-value", "matches");
        error(&setting("matches = '((a{999}){999}){999}'"), "bad-setting-value", "matches");
        error(&setting("default = '*unset*'"), "bad-setting-value", "default");
        error(&setting("default = '#5'"), "bad-setting-value", "default");
        error(&setting("default = '*cleared*'"), "bad-setting-value", "default");
        let long = "a".repeat(181);
        error(&setting(&format!("allowed = ['{long}']\nrequired = true")), "bad-setting-value", "allowed");
        error(&setting("default = \"a\\nb\""), "bad-setting-value", "default");
        error(&setting("allowed = ['a', 'b\"']\nrequired = true"), "bad-setting-value", "allowed");
        fine(&setting("allowed = ['a', 'b']\nrequired = true"));
        fine(&setting("allowed = ['a', '']\nmatches = '^.?$'"));
    }
}
