//! Whatever is done to a manifest, there is an answer: plans, or problems with a place and a way out.

use camino::Utf8Path;
use proptest::prelude::*;

use super::{START, WHOLE};
use crate::diagnostics::{Problems, Source, render, rules};
use crate::manifest::parse;
use crate::model::lower::lower;
use crate::plan::inputs::Inputs;

/// The example that ships with the project, which says everything that this version can do.
const EXAMPLE: &str = include_str!("../../../../examples/acme-agent/agent.toml");

/// Looks at a manifest as `check` does, but for the disk.
fn look(text: &str) {
    let source = Source::new("agent.toml", text);
    let mut problems = Problems::default();
    let manifest = parse(&source, &mut problems);
    if !problems.has_syntax_errors() {
        let mut quick = manifest.clone();
        quick.payload.source = None;
        let inputs = Inputs::gather(&quick, Utf8Path::new("/no/such/folder"));
        rules::check(&manifest, &inputs, &mut problems);
        let model = lower(&manifest, &inputs);
        assert!(model.is_some() || problems.has_errors(), "nothing was said about\n{text}");
    }
    for problem in problems.into_sorted() {
        assert!(problem.help.is_some(), "{problem:?}");
        let span = &problem.labels[0].span;
        assert!(span.start <= text.len() && span.end <= text.len(), "{problem:?}");
        assert!(!render::human(&source, &problem, false).is_empty());
        assert!(render::json(&source, &problem)["line"].as_u64().is_some_and(|line| line >= 1));
    }
}

/// Words that mean something somewhere, to be put elsewhere.
fn word() -> impl Strategy<Value = String> {
    let words = WHOLE.split(|c: char| c.is_whitespace() || "=[]{},".contains(c)).filter(|w| !w.is_empty());
    let words: Vec<String> = words.map(str::to_owned).collect();
    prop_oneof![
        prop::sample::select(words),
        prop::sample::select(vec![
            "''",
            "[]",
            "{}",
            "-1",
            "18446744073709551616",
            "nan",
            "true",
            "1979-05-27",
            "'{'",
            "'}'",
            "'{InstallDir'",
            "'..'",
            "'con'",
            "\"\\u0000\"",
            "'\u{1F600}'",
            "'HKXX\\a'",
            "\"\\\\\"",
            "[[",
            "]]",
            ".",
            "\n",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,12}",
    ]
}

/// One change: a token of the text replaced, removed or doubled, or a line moved.
fn change(text: &str, at: usize, kind: u8, word: &str) -> String {
    let cut = |at: usize| (0..=at.min(text.len())).rev().find(|n| text.is_char_boundary(*n)).unwrap_or(0);
    let lines: Vec<&str> = text.lines().collect();
    let line = at % lines.len().max(1);
    match kind % 5 {
        0 => {
            let at = cut(at % text.len().max(1));
            format!("{}{word}{}", &text[..at], &text[at..])
        }
        1 => lines.iter().enumerate().filter(|(n, _)| *n != line).map(|(_, l)| format!("{l}\n")).collect(),
        2 => lines
            .iter()
            .enumerate()
            .map(|(n, l)| if n == line { format!("{l}\n{l}\n") } else { format!("{l}\n") })
            .collect(),
        3 => text[..cut(at % text.len().max(1))].to_owned(),
        _ => {
            let replaced = |l: &str| match l.split_once('=') {
                Some((key, _)) => format!("{key}= {word}\n"),
                None => format!("{word}\n"),
            };
            lines
                .iter()
                .enumerate()
                .map(|(n, l)| if n == line { replaced(l) } else { format!("{l}\n") })
                .collect()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_manifest_has_a_meaning_or_a_problem(
        whole in 0..3_usize,
        changes in prop::collection::vec((any::<u16>(), any::<u8>(), word()), 1..5),
    ) {
        let mut text = [START, WHOLE, EXAMPLE][whole].to_owned();
        for (at, kind, word) in changes {
            text = change(&text, usize::from(at), kind, &word);
        }
        look(&text);
    }

    #[test]
    fn any_text_has_a_meaning_or_a_problem(text in "[\\[\\]{}=.,'\"#\\\\ \\na-c0-9\u{e9}]{0,200}") {
        look(&text);
    }
}

#[test]
fn the_texts_that_are_changed_are_sound() {
    for text in [START, WHOLE, EXAMPLE] {
        look(text);
    }
}
