//! The table against the vocabulary.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::shape::{Available, Choice, Field, Shape};
use crate::diagnostics::suggest::closest;
use crate::diagnostics::{Diagnostic, Problems};

/// Checks a whole manifest.
pub fn check(table: &DeTable<'_>, fields: &'static [Field], problems: &mut Problems) {
    Checker { problems }.table(table, 0..0, fields, "");
}

struct Checker<'p> {
    problems: &'p mut Problems,
}

impl Checker<'_> {
    fn table(&mut self, table: &DeTable<'_>, span: Range<usize>, fields: &'static [Field], path: &str) {
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            let here = join(path, name);
            let Some(field) = fields.iter().find(|f| f.key == name) else {
                self.unknown_key(name, key.span(), fields, path);
                continue;
            };
            // `secret = false` asks for nothing.
            let asks = !matches!(value.get_ref(), DeValue::Boolean(false));
            if field.available == Available::Later && asks {
                self.not_available(key.span(), &format!("`{here}`"));
            }
            self.value(value, &field.shape, &here);
        }
        for field in fields.iter().filter(|f| f.required && !table.contains_key(f.key)) {
            let message = match path {
                "" => format!("there is no `[{}]`", field.key),
                _ => format!("`{path}` has no `{}`", field.key),
            };
            let place =
                if path.is_empty() { "add it".into() } else { format!("`{}` is missing here", field.key) };
            self.problems.push(
                Diagnostic::error("missing-key", span.clone(), message)
                    .label(place)
                    .help(format!("`{}` is {}", field.key, field.doc)),
            );
        }
    }

    fn unknown_key(&mut self, name: &str, span: Range<usize>, fields: &'static [Field], path: &str) {
        let message = if path.is_empty() {
            format!("there is no table or key `{name}` in a manifest")
        } else {
            format!("`{path}` has no key `{name}`")
        };
        let help = match closest(name, fields.iter().map(|f| f.key)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known here: {}", list(fields.iter().map(|f| f.key))),
        };
        self.problems.push(
            Diagnostic::error("unknown-key", span, message)
                .why("a key that is passed over would be a wish that is not fulfilled")
                .help(help),
        );
    }

    fn value(&mut self, value: &Spanned<DeValue<'_>>, shape: &'static Shape, path: &str) {
        let span = value.span();
        match (shape, value.get_ref()) {
            (Shape::Text, DeValue::String(_)) | (Shape::Flag, DeValue::Boolean(_)) | (Shape::Open, _) => {}
            (Shape::Number(min, max), DeValue::Integer(number)) => {
                let number = i64::from_str_radix(number.as_str(), number.radix());
                if !number.as_ref().is_ok_and(|n| (min..=max).contains(&n)) {
                    self.problems.push(
                        Diagnostic::error("out-of-range", span, format!("`{path}` is out of range"))
                            .help(format!("it is a number from {min} to {max}")),
                    );
                }
            }
            (Shape::Choice(choices), DeValue::String(text)) => self.choice(text, span, choices, path),
            (Shape::List(inner), DeValue::Array(items)) => {
                if items.is_empty() && NEVER_EMPTY.iter().any(|key| path.rsplit('.').next() == Some(*key)) {
                    self.problems.push(
                        Diagnostic::error("empty-list", span, format!("`{path}` is an empty list"))
                            .why("nothing would be left, and without the key there is no limit at all")
                            .help("name at least one, or remove the key"),
                    );
                }
                items.iter().for_each(|item| self.value(item, inner, path));
            }
            (Shape::Table(fields), DeValue::Table(table)) => self.table(table, span, fields, path),
            (Shape::Tables(fields), DeValue::Array(items)) => {
                for item in items.iter() {
                    match item.get_ref() {
                        DeValue::Table(table) => self.table(table, item.span(), fields, path),
                        other => self.wrong_type(item.span(), path, "a table", other),
                    }
                }
            }
            (Shape::Map(inner), DeValue::Table(table)) => {
                table.iter().for_each(|(key, item)| self.value(item, inner, &join(path, key.get_ref())));
            }
            (Shape::AnyOf(shapes), found) => match shapes.iter().find(|s| fits(s, found)) {
                Some(shape) => self.value(value, shape, path),
                None => self.wrong_type(span, path, &shape.describe(), found),
            },
            (Shape::Tables(_), found @ DeValue::Table(_)) => {
                self.problems.push(
                    Diagnostic::error(
                        "wrong-type",
                        span,
                        format!("`{path}` is a list of tables, not a single table"),
                    )
                    .label(format!("found {}", found.type_str()))
                    .help(format!("write `[[{path}]]` with two brackets")),
                );
            }
            (_, found) => self.wrong_type(span, path, &shape.describe(), found),
        }
    }

    fn choice(&mut self, text: &str, span: Range<usize>, choices: &'static [Choice], path: &str) {
        match choices.iter().find(|c| c.word == text) {
            Some(_) => {}
            None => {
                let now = || choices.iter().map(|c| c.word);
                let help = match closest(text, choices.iter().map(|c| c.word)) {
                    Some(near) => format!("did you mean \"{near}\"? There are: {}", list(now())),
                    None => format!("it is one of: {}", list(now())),
                };
                self.problems.push(
                    Diagnostic::error(
                        "unknown-value",
                        span,
                        format!("`{path}` cannot be \"{}\"", shorten(text)),
                    )
                    .help(help),
                );
            }
        }
    }

    fn not_available(&mut self, span: Range<usize>, what: &str) {
        self.problems.push(
            Diagnostic::error(
                "not-available",
                span,
                format!("{what} is not available in this version of packager"),
            )
            .why("leaving it out silently would install less than the manifest says")
            .help("remove it, or build with a version of packager that has it"),
        );
    }

    fn wrong_type(&mut self, span: Range<usize>, path: &str, expected: &str, found: &DeValue<'_>) {
        let found = match found.type_str() {
            kind @ ("integer" | "array") => format!("an {kind}"),
            kind => format!("a {kind}"),
        };
        self.problems.push(
            Diagnostic::error("wrong-type", span, format!("`{path}` is {expected}, found {found}"))
                .label(format!("expected {expected}"))
                .help(match expected {
                    "a string" => "put it in quotes".into(),
                    "a list" => "put it in brackets: [\"…\"]".into(),
                    _ => format!("write {expected}"),
                }),
        );
    }
}

/// Lists of what there may be: an empty one would say nothing, and mean the opposite.
const NEVER_EMPTY: [&str; 5] = ["allowed", "arch", "language", "profiles", "success"];

/// Whether a value is of the kind a shape wants; what is in it is another question.
fn fits(shape: &Shape, value: &DeValue<'_>) -> bool {
    match shape {
        Shape::Text | Shape::Choice(_) => value.is_str(),
        Shape::Flag => value.is_bool(),
        Shape::Number(..) => value.is_integer(),
        Shape::List(_) | Shape::Tables(_) => value.is_array(),
        Shape::Table(_) | Shape::Map(_) => value.is_table(),
        Shape::AnyOf(shapes) => shapes.iter().any(|s| fits(s, value)),
        Shape::Open => true,
    }
}

fn join(path: &str, key: &str) -> String {
    let key = shorten(key);
    if path.is_empty() { key } else { format!("{path}.{key}") }
}

/// Names of the author's may be of any length; a message may not.
fn shorten(text: &str) -> String {
    let mut out: String =
        text.chars().take(60).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if out.len() < text.len() && text.chars().nth(60).is_some() {
        out.push('…');
    }
    out
}

fn list<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<Vec<_>>().join(", ")
}
