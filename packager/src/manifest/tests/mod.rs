use std::collections::BTreeSet;

use super::shape::{Field, Shape};
use super::vocabulary::ROOT;
use super::*;
use crate::diagnostics::{Diagnostic, Severity};

mod docs;
mod mutations;

/// A manifest that says everything there is to say.
const WHOLE: &str = include_str!("whole.toml");

fn problems(text: &str) -> Vec<Diagnostic> {
    let mut problems = Problems::default();
    parse(&Source::new("agent.toml", text), &mut problems);
    problems.into_sorted()
}

/// Name, line and message of each problem.
fn said(text: &str) -> Vec<(&'static str, usize, String)> {
    let source = Source::new("agent.toml", text);
    problems(text)
        .into_iter()
        .map(|d| {
            (
                d.name,
                source.position(d.labels[0].span.start).line,
                d.message + " | " + &d.help.unwrap_or_default(),
            )
        })
        .collect()
}

const START: &str = "\
[product]
id = 'a.b'
name = 'n'
manufacturer = 'm'
version = '1'
[payload]
source = 's'
dir = 'd'
";

#[track_caller]
fn one(more: &str, name: &str, line: usize, fragment: &str) {
    let found = said(&format!("{START}{more}"));
    let [(found_name, found_line, text)] = found.as_slice() else { panic!("not one: {found:#?}") };
    assert_eq!((*found_name, *found_line), (name, line), "{text}");
    assert!(text.contains(fragment), "{fragment:?} is not in {text:?}");
}

#[test]
fn the_whole_vocabulary_is_understood() {
    let names: BTreeSet<&str> = problems(WHOLE).iter().map(|d| d.name).collect();
    assert_eq!(Vec::from_iter(names), ["not-available"]);
}

#[test]
fn what_is_not_available_is_said_each_time() {
    let said = said(WHOLE);
    assert!(said.iter().any(|(_, _, text)| text.starts_with("`sign`")), "nothing is said about it");
}

#[test]
fn unknown_keys_are_errors_with_a_proposal() {
    one("exlude = []", "unknown-key", 9, "did you mean `exclude`?");
    one("[servce]\nname = 'x'", "unknown-key", 9, "did you mean `service`?");
    one("[[service]]\nname = 'a'\nexe = 'b'\nstrat = 'auto'", "unknown-key", 12, "did you mean `start`?");
    one("[setting.A]\nDefault = 'x'", "unknown-key", 10, "did you mean `default`?");
    one("colour = 'red'", "unknown-key", 9, "known here: source, dir");
}

#[test]
fn types_say_what_was_expected_and_found() {
    one("exclude = 'x'", "wrong-type", 9, "is a list, found a string");
    one("exclude = [1]", "wrong-type", 9, "is a string, found an integer");
    one("[service]\nname = 'a'\nexe = 'b'", "wrong-type", 9, "write `[[service]]`");
    one("[[bootstrap]]\nname = 'a'", "wrong-type", 9, "a table, found an array");
    one("[bootstrap]\nserial = '5'", "wrong-type", 10, "is an integer, found a string");
    one("[bootstrap]\nserial = 5.5", "wrong-type", 10, "found a float");
    one("[setting.A]\nrequired = 1", "wrong-type", 10, "true or false");
    one("[setting]\nA = 'x'", "wrong-type", 10, "a table, found a string");
    one(
        "[[registry]]\nkey = 'k'\nvalues = { A = 5 }",
        "wrong-type",
        11,
        "a string or a table, found an integer",
    );
    one("[detect]\npath = 2020-01-01", "wrong-type", 10, "found a datetime");
}

#[test]
fn values_outside_their_range_or_list_are_errors() {
    one("[bootstrap]\nserial = -1", "out-of-range", 10, "from 0 to 4294967295");
    one("[bootstrap]\nserial = 4294967296", "out-of-range", 10, "from 0");
    one("[bootstrap]\nserial = 99999999999999999999999999", "out-of-range", 10, "from 0");
    one("[bootstrap]\nfirst-install = 'mis'", "unknown-value", 10, "did you mean \"msi\"?");
    one("[[service]]\nname = 'a'\nexe = 'b'\nstart = 'sometimes'", "unknown-value", 12, "auto, auto-delayed");
    one("[[registry]]\nkey = 'k'\nview = 'both'", "unknown-value", 11, "native");
}

#[test]
fn missing_keys_are_named_with_what_they_are() {
    let found = said("");
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].2.contains("no `[product]`"));
    one("[[service]]\nname = 'a'", "missing-key", 9, "`service` has no `exe`");
    one("[[payload.keep]]", "missing-key", 9, "`payload.keep` has no `files`");
}

#[test]
fn all_problems_come_out_in_one_run() {
    let text = START.replace("version = '1'", "verison = '1'\narch = 'x65'").replace("dir = 'd'", "dir = 5");
    let found: Vec<_> = said(&text).into_iter().map(|(name, line, _)| (name, line)).collect();
    assert_eq!(found, [("missing-key", 1), ("unknown-key", 5), ("unknown-value", 6), ("wrong-type", 9)],);
}

#[test]
fn syntax_errors_come_with_their_place_and_nothing_else_is_guessed() {
    for (text, line) in [
        ("[product\nid = 'a'", 1),
        ("a = 'b\nc = 1", 1),
        ("a = 1\na = 2", 2),
        ("\n\nx", 3),
        ("a = [1,,2]", 1),
    ] {
        let found = said(text);
        assert!(!found.is_empty() && found.iter().all(|(name, ..)| *name == "syntax"), "{text:?}: {found:?}");
        assert_eq!(found[0].1, line, "{text:?}: {found:?}");
    }
}

#[test]
fn a_byte_order_mark_is_no_problem() {
    assert_eq!(problems(&format!("\u{feff}{START}")), []);
}

#[test]
fn depth_is_limited_before_it_can_do_harm() {
    let deep = 200_000;
    for text in [
        format!("a = {}{}", "[".repeat(deep), "]".repeat(deep)),
        format!("a = {}", "{a=".repeat(deep)),
        format!("{}a = 1", "a.".repeat(deep)),
        format!("[{}a]", "a.".repeat(deep)),
        format!("[{}a]", "\"a\" . ".repeat(deep)),
        format!("{}a = 1", "'a'.".repeat(deep)),
    ] {
        assert!(problems(&text).iter().any(|d| d.severity == Severity::Error));
    }
    // Dots in strings and comments are no keys.
    let dots = ".".repeat(100);
    assert_eq!(
        problems(&format!("# {dots}\n{START}exclude = ['{dots}', \"\\\"{dots}\", '''\n{dots}''']")),
        []
    );
}

#[test]
fn a_setting_is_read_in_the_order_of_the_file() {
    let mut problems = Problems::default();
    let text =
        format!("{START}[setting.B]\n[setting.A]\n[[registry]]\nkey = 'k'\nvalues = {{ z = 'a', y = 'b' }}");
    let manifest = parse(&Source::new("agent.toml", text), &mut problems);
    let names: Vec<_> = manifest.settings.iter().map(|s| s.name.get_ref().as_str()).collect();
    assert_eq!(names, ["B", "A"]);
    let values: Vec<_> = manifest.registry[0].values.iter().map(|(n, _)| n.get_ref().as_str()).collect();
    assert_eq!(values, ["z", "y"]);
}

#[test]
fn every_key_has_a_line_of_documentation() {
    fn walk(shape: &Shape) {
        match shape {
            Shape::Table(fields) | Shape::Tables(fields) => fields_of(fields),
            Shape::Map(inner) | Shape::List(inner) => walk(inner),
            Shape::AnyOf(shapes) => shapes.iter().for_each(walk),
            _ => {}
        }
    }
    fn fields_of(fields: &[Field]) {
        let mut keys = BTreeSet::new();
        for field in fields {
            assert!(!field.doc.is_empty() && !field.doc.ends_with('.'), "{}", field.key);
            assert!(keys.insert(field.key), "{} stands twice", field.key);
            walk(&field.shape);
        }
    }
    fields_of(ROOT);
}
