use super::*;

fn source() -> Source {
    Source::new("agent.toml", "[product]\nid = \"a\"\nnäme = 'ü'\n")
}

#[test]
fn positions_count_lines_and_characters_from_one() {
    let source = source();
    let at = |byte| {
        let p = source.position(byte);
        (p.line, p.column)
    };
    assert_eq!(at(0), (1, 1));
    assert_eq!(at(9), (1, 10));
    assert_eq!(at(10), (2, 1));
    assert_eq!(at(source.text().find("= 'ü'").unwrap()), (3, 6));
    assert_eq!(at(100_000), (4, 1));
}

#[test]
fn a_problem_is_shown_with_place_reason_and_way_out() {
    let problem =
        Diagnostic::error("unknown-key", 10..12, "`id` is odd").label("here").why("because").help("do that");
    let text = render::human(&source(), &problem, false);
    for part in ["error[unknown-key]", "agent.toml:2:1", "here", "note: because", "help: do that"] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
    assert!(!text.contains('\u{1b}'));
    let value = render::json(&source(), &problem);
    assert_eq!(value["line"], 2);
    assert_eq!(value["spans"][0]["end_column"], 3);
}

#[test]
fn spans_outside_the_text_do_no_harm() {
    let middle_of_character = source().text().find('ä').unwrap() + 1;
    for span in [500..900, middle_of_character..middle_of_character, 30..30] {
        let problem = Diagnostic::error("x", span, "m");
        assert!(!render::human(&source(), &problem, false).is_empty());
    }
}

#[test]
fn problems_come_in_the_order_of_the_manifest_each_once() {
    let mut problems = Problems::default();
    problems.push(Diagnostic::warning("b", 5..6, "b"));
    assert!(!problems.has_errors());
    problems.push(Diagnostic::error("a", 1..2, "a"));
    problems.push(Diagnostic::error("a", 1..2, "a"));
    assert!(problems.has_errors());
    let names: Vec<_> = problems.into_sorted().iter().map(|d| d.name).collect();
    assert_eq!(names, ["a", "b"]);
}
