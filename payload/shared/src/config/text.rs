//! Placeholders in XML and in any text.
//!
//! When a value is in, its placeholder is gone. The place is found again by the line that it stood in in the
//! payload's file: what stands before and behind it there, and which of several such lines it was. Whoever changes
//! the rest of that line, or moves it behind another that looks the same, keeps what he has.

use alloc::string::String;
use alloc::vec::Vec;

use super::{Value, lines as lines_of};

/// A line of the payload's file: literal text and placeholders in turns.
struct Pattern<'p> {
    literals: Vec<&'p str>,
    keys: Vec<usize>,
}

/// The lines of a payload file that have placeholders in them.
pub fn lines_with(text: &str, keys: &[&str]) -> Vec<String> {
    let has = |line: &str| keys.iter().any(|key| !key.is_empty() && line.contains(key));
    lines_of(text).filter(|(_, line)| has(line)).map(|(_, line)| String::from(line)).collect()
}

/// Whether a line can be found again without its placeholders: something else stands in it.
pub fn is_findable(line: &str, keys: &[&str]) -> bool {
    let pattern = pattern(line, keys);
    let between_empty = pattern.literals.len() > 2
        && pattern.literals.get(1..pattern.literals.len() - 1).is_some_and(|inner| inner.contains(&""));
    !between_empty && pattern.literals.iter().any(|part| part.chars().any(char::is_alphanumeric))
}

fn pattern<'p>(line: &'p str, keys: &[&str]) -> Pattern<'p> {
    let mut pattern = Pattern { literals: Vec::new(), keys: Vec::new() };
    let mut rest = line;
    loop {
        let next = keys
            .iter()
            .enumerate()
            .filter(|(_, key)| !key.is_empty())
            .filter_map(|(number, key)| {
                rest.find(key).map(|at| (at, usize::MAX - key.len(), number, key.len()))
            })
            // The first; of two at one place the longer.
            .min();
        match next {
            Some((at, _, number, length)) => {
                pattern.literals.push(rest.get(..at).unwrap_or_default());
                pattern.keys.push(number);
                rest = rest.get(at + length..).unwrap_or_default();
            }
            None => {
                pattern.literals.push(rest);
                return pattern;
            }
        }
    }
}

/// What stands in a line in the place of the placeholders; `None`: it is another line.
fn values<'l>(pattern: &Pattern<'_>, line: &'l str) -> Option<Vec<&'l str>> {
    let (first, others) = pattern.literals.split_first()?;
    let (last, between) = others.split_last()?;
    let mut rest = line.strip_prefix(first)?.strip_suffix(last)?;
    let mut out = Vec::new();
    for literal in between {
        let (value, after) = rest.split_once(literal)?;
        out.push(value);
        rest = after;
    }
    out.push(rest);
    Some(out)
}

fn escaped(value: &str) -> String {
    let mut out = String::new();
    for c in value.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            c => out.push(c),
        }
    }
    out
}

/// The text with values in the places of their placeholders, and the keys that have no place. A placeholder without a
/// value keeps what stands there.
pub fn set(text: &str, new: &[Value], template: &[String], xml: bool) -> (String, Vec<String>) {
    let keys: Vec<&str> = new.iter().map(|value| value.key.as_str()).collect();
    let all: Vec<(usize, &str)> = lines_of(text).collect();
    let mut edits: Vec<(usize, usize, String)> = Vec::new();
    let mut placed = alloc::vec![false; new.len()];
    let mut failed = alloc::vec![false; new.len()];
    for (number, line) in template.iter().enumerate() {
        let pattern = pattern(line, &keys);
        if pattern.keys.is_empty() {
            continue;
        }
        // Which of the lines that look alike it is.
        let alike = |other: &&String| values(&pattern, other).is_some();
        let place = template.iter().take(number).filter(alike).count();
        let found =
            all.iter().filter_map(|(at, line)| values(&pattern, line).map(|_| (*at, *line))).nth(place);
        let mut made = String::new();
        let mut fits = true;
        for (place, literal) in pattern.literals.iter().enumerate() {
            made.push_str(literal);
            if let Some(value) = pattern.keys.get(place).and_then(|key| new.get(*key)) {
                let old = found.and_then(|(_, line)| values(&pattern, line)?.get(place).copied());
                if let Some(old) = old.filter(|old| !value.set && *old != value.key) {
                    made.push_str(old);
                    continue;
                }
                let value = &value.text;
                let forbidden = |c: char| c.is_control() && (c != '\t' || xml);
                fits &= !value.contains(forbidden);
                made.push_str(&if xml { escaped(value) } else { value.clone() });
            }
        }
        // What cannot be found again is not written.
        fits &= found.is_some() && values(&pattern, &made).is_some();
        for key in &pattern.keys {
            if let (Some(placed), Some(failed)) = (placed.get_mut(*key), failed.get_mut(*key)) {
                *placed |= fits;
                *failed |= !fits;
            }
        }
        if let (true, Some((at, line))) = (fits, found) {
            edits.push((at, line.len(), made));
        }
    }
    let mut out = String::from(text);
    edits.sort();
    for (at, length, made) in edits.iter().rev() {
        if let Some(new) = super::replace(&out, *at..at.saturating_add(*length), made) {
            out = new;
        }
    }
    let missing = placed.iter().zip(&failed).zip(new);
    let missing = missing.filter(|((placed, failed), value)| value.set && (!**placed || **failed));
    (out, missing.map(|(_, value)| value.key.clone()).collect())
}
