//! Conditions over settings, as a manifest writes them.

use packager_shared::condition::Problem as P;
use packager_shared::plan::Condition;

use super::places::Names;
use super::values::short;
use crate::diagnostics::suggest::closest;
use crate::report::Problem;

/// The longest condition, in characters of [`text`]: Component.Condition of an MSI has 255, and more stands in it.
pub const LONGEST: usize = 200;

/// Parses a condition; what is wrong comes with its place, in bytes from the text's start.
pub fn parse(text: &str, names: &Names) -> Result<Condition, (usize, Problem)> {
    let settings: Vec<&str> = names.settings.iter().map(String::as_str).collect();
    let error = match Condition::parse(text, &settings) {
        Ok(condition) if self::text(&condition).chars().count() > LONGEST => {
            let problem = Problem::new("the condition is too long")
                .why(format!("an MSI has room for {LONGEST} characters of it"))
                .help("let a setting of its own say what it says");
            return Err((0, problem));
        }
        Ok(condition) => return Ok(condition),
        Err(error) => error,
    };
    let example = "such as GROUP = 'kiosk', NOT TOKEN, or A <> 'x' AND (B OR C = 'y')";
    let problem = match &error.problem {
        P::Unknown(name) => {
            let problem = Problem::new(format!("`{}` is no setting", short(name)))
                .why("a condition asks for settings, and for nothing else");
            match closest(name, settings.iter().copied()) {
                Some(near) => problem.help(format!("did you mean {near}?")),
                None => problem.help(format!("declare it with [setting.{}]", short(name))),
            }
        }
        P::Expected(what) => {
            Problem::new(format!("in the condition `{}` {what} was expected here", short(text))).help(example)
        }
        P::Unclosed => {
            Problem::new(format!("in the condition `{}` this quote is not closed", short(text))).help(example)
        }
        P::Quote => Problem::new("a value in a condition has a double quote in it")
            .why("conditions of Windows Installer have no way to write one")
            .help("compare with another value"),
        P::Deep => Problem::new("the condition has too many parentheses").help("write it with fewer"),
    };
    Err((error.at, problem))
}

/// A condition in one way of writing, which is Windows Installer's ("Conditional Statement Syntax" on Microsoft
/// Learn).
#[must_use]
pub fn text(condition: &Condition) -> String {
    text_with(condition, &|name| name.to_owned())
}

/// [`text`], with another property for a setting that is only asked for being given.
pub fn text_with(condition: &Condition, given: &dyn Fn(&str) -> String) -> String {
    let list = |parts: &[Condition], word: &str| {
        let parts: Vec<String> = parts.iter().map(|part| text_with(part, given)).collect();
        format!("({})", parts.join(word))
    };
    match condition {
        Condition::Given(name) => given(name),
        // A property without a value does not exist.
        Condition::Is(name, value) if value.is_empty() => format!("NOT {}", given(name)),
        Condition::Is(name, value) => format!("{name}=\"{value}\""),
        Condition::Not(inner) => match &**inner {
            Condition::Is(name, value) if value.is_empty() => given(name),
            Condition::Is(name, value) => format!("{name}<>\"{value}\""),
            inner => format!("NOT {}", text_with(inner, given)),
        },
        Condition::All(parts) => list(parts, " AND "),
        Condition::Any(parts) => list(parts, " OR "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        Names { settings: vec!["GROUP".into(), "TOKEN".into()], ..Names::default() }
    }

    #[test]
    fn the_text_means_the_same() {
        for (from, to) in [
            ("GROUP = 'a'", "GROUP=\"a\""),
            ("not GROUP='a'", "GROUP<>\"a\""),
            ("NOT NOT TOKEN", "NOT NOT TOKEN"),
            ("GROUP <> ''", "GROUP"),
            ("GROUP = ''", "NOT GROUP"),
            ("TOKEN AND (GROUP='a' OR GROUP='b')", "(TOKEN AND (GROUP=\"a\" OR GROUP=\"b\"))"),
            ("NOT (TOKEN OR GROUP)", "NOT (TOKEN OR GROUP)"),
        ] {
            let condition = parse(from, &names()).unwrap();
            assert_eq!(text(&condition), to);
            let again = parse(&text(&condition), &names()).unwrap();
            for (group, token) in [("a", ""), ("a", "t"), ("b", "t"), ("", ""), ("", "t"), ("c", "t")] {
                let mut value = |name: &str| Some(if name == "GROUP" { group } else { token }.to_owned());
                assert_eq!(condition.holds(&mut value), again.holds(&mut value), "{from} {group} {token}");
            }
        }
    }

    #[test]
    fn what_is_too_long_is_refused() {
        let long = ["GROUP = 'abcdefgh'"; 12].join(" OR ");
        assert_eq!(parse(&long, &names()).unwrap_err().0, 0);
    }
}
