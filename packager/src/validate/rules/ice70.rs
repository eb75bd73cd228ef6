//! ICE70: registry values that are to be numbers are numbers.
//!
//! Properties may stand in for any part of them, and one at the very beginning for what makes the value a string.
//! Of a value without any digits (`#`, `#x`) the page says nothing, so it passes.
//! <https://learn.microsoft.com/windows/win32/msi/ice70>

use crate::validate::{Place, Report, View};

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    for row in view.rows("Registry") {
        let value = row.text("Value");
        let Some(rest) = value.strip_prefix('#') else { continue };
        if rest.starts_with(['#', '%']) {
            continue;
        }
        let (digits, kind): (_, fn(char) -> bool) = match rest.strip_prefix(['x', 'X']) {
            Some(hex) => (hex, |c| c.is_ascii_hexdigit()),
            None => (rest.strip_prefix(['+', '-']).unwrap_or(rest), |c| c.is_ascii_digit()),
        };
        if !becomes_a_string(rest) && !is_number(digits, kind) {
            let why = format!("`{value}` is no number; a string that begins with # begins with ##");
            report.error(Place::field(&row, "Value"), why);
        }
    }
}

/// Whether it begins with a property, whose value may begin with `#`.
fn becomes_a_string(text: &str) -> bool {
    text.strip_prefix('[').and_then(property).is_some()
}

/// Whether it is of such digits, and of properties.
fn is_number(mut text: &str, digit: fn(char) -> bool) -> bool {
    loop {
        text = text.trim_start_matches(digit);
        if text.is_empty() {
            return true;
        }
        match text.strip_prefix('[').and_then(property) {
            Some(rest) => text = rest,
            None => return false,
        }
    }
}

/// What follows a property, whose opening bracket was before this text. `[$component]`, `[#file]` and `[!file]` are
/// none: they are paths, never numbers.
fn property(text: &str) -> Option<&str> {
    if text.starts_with(['$', '#', '!']) {
        return None;
    }
    let mut depth = 1_usize;
    for (at, c) in text.char_indices() {
        match c {
            '[' => depth = depth.saturating_add(1),
            ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return text.get(at + 1..);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use crate::validate::testing::{found, set};

    #[test]
    fn ice70() {
        let value = |value: &'static str| found("ICE70", |db| set(db, "Registry", "reg", "Value", value));
        for good in [
            "12xz34",
            "##12xz34",
            "#%12xz34",
            "#12",
            "#+12",
            "#-12",
            "#x0aF",
            "#XFF",
            "#[A]",
            "#[[A]]",
            "#1[A]2",
            "#-[A]",
            "#x[A]0f",
            "#[A] [B",
            "#[A] [$exe]",
            "#[A] [#exe]",
            "#",
            "#x",
        ] {
            assert!(value(good).is_empty(), "{good}");
        }
        for bad in ["#12xz34", "#xz34", "#[A", "#]A[", "#1[$exe]", "#x[#exe]", "#[!exe]", "#1 2", "#--1"] {
            assert_eq!(value(bad), ["error Registry reg Value"], "{bad}");
        }
    }
}
