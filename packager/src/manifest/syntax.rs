//! From bytes to a TOML table, with limits.

use toml::de::DeTable;

use crate::diagnostics::{Diagnostic, Problems};

/// The longest manifest that is read, in bytes.
pub const MAX_BYTES: u64 = 1 << 20;

/// The most dots in a key: a table that deep would be a mistake, and taking it apart needs stack.
const MAX_DOTS: usize = 32;

/// Parses TOML; every syntax error becomes a problem. `None` when nothing sensible could be read.
pub fn parse<'i>(text: &'i str, problems: &mut Problems) -> Option<DeTable<'i>> {
    if let Some(at) = too_many_dots(text) {
        problems.push(
            Diagnostic::error(
                "syntax",
                at..at.saturating_add(1),
                format!("a key of more than {MAX_DOTS} parts"),
            )
            .help("no key of a manifest has more than four parts"),
        );
        return None;
    }
    let (table, errors) = DeTable::parse_recoverable(text);
    let broken = !errors.is_empty();
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        problems
            .push(Diagnostic::error("syntax", span, format!("not valid TOML: {}", error.message())).help(
            "values are \"strings\", 'strings with \\ in them', numbers, true, false, [lists] and { tables }",
        ));
    }
    // What a parser makes of broken text is a guess: looking into it would report problems nobody made.
    (!broken).then(|| table.into_inner())
}

/// The byte at which a dotted key (`a.b.c`) gets too long. Strings and comments are passed over.
fn too_many_dots(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut dots = 0_usize;
    let mut at = 0_usize;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'.' => {
                dots = dots.saturating_add(1);
                if dots > MAX_DOTS {
                    return Some(at);
                }
            }
            b'\n' | b'=' | b',' | b'{' | b'[' => dots = 0,
            b'#' => at = end_of(text, at, "\n", false),
            b'"' | b'\'' => {
                let quote = if *byte == b'"' { "\"" } else { "'" };
                let long = quote.repeat(3);
                let (skip, end) = if text.get(at..).is_some_and(|t| t.starts_with(&long)) {
                    (3, long.as_str())
                } else {
                    (1, quote)
                };
                at = end_of(text, at.saturating_add(skip), end, *byte == b'"');
            }
            _ => {}
        }
        at = at.saturating_add(1);
    }
    None
}

/// The last byte of the next `end` from `at`; the end of the line closes a string of one line.
fn end_of(text: &str, at: usize, end: &str, escapes: bool) -> usize {
    let bytes = text.as_bytes();
    let mut at = at;
    while let Some(byte) = bytes.get(at) {
        if escapes && *byte == b'\\' {
            at = at.saturating_add(2);
            continue;
        }
        if end.len() == 1 && *byte == b'\n' {
            return at;
        }
        if bytes.get(at..).is_some_and(|rest| rest.starts_with(end.as_bytes())) {
            return at.saturating_add(end.len()).saturating_sub(1);
        }
        at = at.saturating_add(1);
    }
    at
}
