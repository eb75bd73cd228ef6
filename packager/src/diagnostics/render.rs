//! The two renderings of a problem.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde_json::{Value, json};

use super::{Diagnostic, Severity, Source};

/// For people, with the lines of the manifest it is about.
#[must_use]
pub fn human(source: &Source, diagnostic: &Diagnostic, colour: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut snippet = Snippet::source(source.text()).path(source.path().as_str());
    for (n, label) in diagnostic.labels.iter().enumerate() {
        let kind = if n == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
        let text = (!label.text.is_empty()).then_some(label.text.as_str());
        snippet = snippet.annotation(kind.span(source.clamp(&label.span)).label(text));
    }
    let mut group: Group<'_> = level.primary_title(&diagnostic.message).id(diagnostic.name).element(snippet);
    if let Some(why) = &diagnostic.why {
        group = group.element(Level::NOTE.message(why));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help));
    }
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    renderer.decor_style(DecorStyle::Ascii).render(&[group])
}

/// For programs: the object of one line.
#[must_use]
pub fn json(source: &Source, diagnostic: &Diagnostic) -> Value {
    let spans: Vec<Value> = diagnostic
        .labels
        .iter()
        .enumerate()
        .map(|(n, label)| {
            let span = source.clamp(&label.span);
            let (start, end) = (source.position(span.start), source.position(span.end));
            json!({
                "file": source.path().as_str(),
                "line": start.line, "column": start.column,
                "end_line": end.line, "end_column": end.column,
                "start": span.start, "end": span.end,
                "label": label.text, "primary": n == 0,
            })
        })
        .collect();
    let first = source.position(diagnostic.labels.first().map_or(0, |l| l.span.start));
    json!({
        "reason": "diagnostic",
        "severity": diagnostic.severity.as_str(),
        "name": diagnostic.name,
        "message": diagnostic.message,
        "file": source.path().as_str(),
        "line": first.line,
        "column": first.column,
        "why": diagnostic.why,
        "help": diagnostic.help,
        "spans": spans,
    })
}
