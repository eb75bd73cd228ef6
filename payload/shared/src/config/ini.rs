//! `[section]` and `key=value`. Case does not matter in names; values are written as they are.

use alloc::string::String;
use core::ops::Range;

use super::{after_line, insert_line, line_end, lines, replace};

/// What was found of a key.
struct Found {
    /// Its value.
    value: Option<Range<usize>>,
    /// Where one more line of its section goes; `None`: there is no such section.
    end: Option<usize>,
}

fn same(a: &str, b: &str) -> bool {
    a.trim().to_lowercase() == b.trim().to_lowercase()
}

fn find(text: &str, section: Option<&str>, key: &str) -> Found {
    let mut found = Found { value: None, end: section.is_none().then_some(0) };
    let mut inside = section.is_none();
    let mut entered = inside;
    for (at, line) in lines(text) {
        let trimmed = line.trim();
        if let Some(name) = trimmed.strip_prefix('[') {
            // Windows reads the first of two sections of the same name.
            inside = !entered
                && section.is_some_and(|wanted| same(name.split(']').next().unwrap_or(name), wanted));
            if inside {
                entered = true;
                found.end = Some(after_line(text, at));
            }
            continue;
        }
        if !inside || trimmed.is_empty() {
            continue;
        }
        found.end = Some(after_line(text, at));
        if trimmed.starts_with([';', '#']) {
            continue;
        }
        let Some((name, value)) = line.split_once('=') else { continue };
        if found.value.is_none() && same(name, key) {
            let lead = value.len() - value.trim_start().len();
            let start = at + name.len() + 1 + lead;
            let span = start..start + value.trim().len();
            let inner = value.trim();
            let quoted = inner.len() >= 2 && inner.starts_with('"') && inner.ends_with('"');
            found.value = Some(if quoted { span.start + 1..span.end - 1 } else { span });
        }
    }
    found
}

/// The value of a key.
pub fn get<'t>(text: &'t str, parts: &[&str]) -> Option<&'t str> {
    let (section, key) = place(parts)?;
    text.get(find(text, section, key).value?)
}

fn place<'p>(parts: &[&'p str]) -> Option<(Option<&'p str>, &'p str)> {
    match parts {
        [key] => Some((None, key)),
        [section, key] => Some((Some(section), key)),
        _ => None,
    }
}

/// The text with a key's value replaced, or with one more line in its section.
pub fn set(text: &str, parts: &[&str], value: &str) -> Option<String> {
    let (section, key) = place(parts)?;
    let key_fits = !key.trim().is_empty() && !key.contains(['=', '[', ';', '#', '\r', '\n']);
    let section_fits = section.is_none_or(|section| !section.contains([']', '[', '\r', '\n']));
    if value.contains(['\r', '\n', '\0']) || !key_fits || !section_fits {
        return None;
    }
    let found = find(text, section, key);
    let line = || [key, "=", value].concat();
    let new = match (found.value, found.end, section) {
        (Some(span), _, _) => replace(text, span, value)?,
        (None, Some(end), _) => insert_line(text, end, &line())?,
        (None, None, section) => {
            let end = line_end(text);
            let blank = if text.trim().is_empty() { "" } else { end };
            let head = [blank, "[", section?, "]"].concat();
            let with_head = insert_line(text, text.len(), &head)?;
            insert_line(&with_head, with_head.len(), &line())?
        }
    };
    // Blanks at the ends are not part of a value, so one with them cannot be read back.
    (get(&new, parts)? == value).then_some(new)
}
