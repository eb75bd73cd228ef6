//! JSON, with comments and with commas at an end, which many programs accept in their configuration.

use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use super::{quoted, replace, written};

/// How deep values nest at most.
const DEEPEST: usize = 64;

pub(super) struct Scanner<'t> {
    pub text: &'t str,
    pub at: usize,
}

/// A member of an object on the way to a key.
enum Found {
    /// The value of the key.
    Value(Range<usize>),
    /// An object lacks the rest of the key: where its braces open and close, its last member, and how much of the
    /// key was found.
    Object { open: usize, close: usize, last: Option<Range<usize>>, depth: usize },
}

impl<'t> Scanner<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn eat(&mut self, sign: &str) -> bool {
        let found = self.rest().starts_with(sign);
        if found {
            self.at += sign.len();
        }
        found
    }

    fn blank(&mut self) -> Option<()> {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start_matches([' ', '\t', '\r', '\n']);
            self.at += rest.len() - trimmed.len();
            if trimmed.starts_with("//") {
                self.at += trimmed.find('\n').unwrap_or(trimmed.len());
            } else if trimmed.starts_with("/*") {
                self.at += trimmed.find("*/")? + 2;
            } else {
                return Some(());
            }
        }
    }

    /// A string; its content, unescaped.
    pub(super) fn string(&mut self) -> Option<String> {
        if !self.eat("\"") {
            return None;
        }
        let mut out = String::new();
        let mut chars = self.rest().char_indices();
        while let Some((place, c)) = chars.next() {
            match c {
                '"' => {
                    self.at += place + 1;
                    return Some(out);
                }
                '\\' => match chars.next()?.1 {
                    'n' => out.push('\n'),
                    't' => out.push('\t'),
                    'r' => out.push('\r'),
                    'b' => out.push('\u{8}'),
                    'f' => out.push('\u{c}'),
                    'u' => {
                        let mut code = 0;
                        for _ in 0..4 {
                            code = code * 16 + chars.next()?.1.to_digit(16)?;
                        }
                        out.push(char::from_u32(code).unwrap_or('\u{fffd}'));
                    }
                    c @ ('"' | '\\' | '/') => out.push(c),
                    _ => return None,
                },
                c if c < ' ' => return None,
                c => out.push(c),
            }
        }
        None
    }

    /// Passes over a value.
    fn value(&mut self, depth: usize) -> Option<()> {
        if depth > DEEPEST {
            return None;
        }
        let close = match self.rest().chars().next()? {
            '"' => return self.string().map(drop),
            '{' => '}',
            '[' => ']',
            _ => {
                let rest = self.rest();
                let end = rest
                    .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.')))
                    .unwrap_or(rest.len());
                self.at += end;
                return (end > 0).then_some(());
            }
        };
        self.at += 1;
        loop {
            self.blank()?;
            if self.rest().starts_with(close) {
                self.at += 1;
                return Some(());
            }
            if close == '}' {
                self.string()?;
                self.blank()?;
                if !self.eat(":") {
                    return None;
                }
                self.blank()?;
            }
            self.value(depth + 1)?;
            self.blank()?;
            if !self.eat(",") && !self.rest().starts_with(close) {
                return None;
            }
        }
    }

    /// Looks for a key in the object that starts here.
    fn find(&mut self, parts: &[&str], depth: usize) -> Option<Found> {
        let open = self.at;
        if !self.eat("{") || depth > DEEPEST {
            return None;
        }
        let wanted = parts.get(depth)?;
        let mut last = None;
        let mut found = None;
        loop {
            self.blank()?;
            if self.rest().starts_with('}') {
                let close = self.at;
                self.at += 1;
                return found.or(Some(Found::Object { open, close, last, depth }));
            }
            let start = self.at;
            let name = self.string()?;
            self.blank()?;
            if !self.eat(":") {
                return None;
            }
            self.blank()?;
            let from = self.at;
            if found.is_none() && name == *wanted && depth + 1 < parts.len() {
                // Something else than an object has no members.
                found = Some(self.find(parts, depth + 1)?);
            } else {
                self.value(depth + 1)?;
                if found.is_none() && name == *wanted {
                    found = Some(Found::Value(from..self.at));
                }
            }
            last = Some(start..self.at);
            self.blank()?;
            if !self.eat(",") && !self.rest().starts_with('}') {
                return None;
            }
        }
    }
}

fn find(text: &str, parts: &[&str]) -> Option<Found> {
    let mut scanner = Scanner { text, at: 0 };
    scanner.blank()?;
    let found = scanner.find(parts, 0)?;
    scanner.blank()?;
    scanner.rest().is_empty().then_some(found)
}

/// Whether the text is JSON.
pub fn is_readable(text: &str) -> bool {
    let mut scanner = Scanner { text, at: 0 };
    let read = scanner.blank().and_then(|()| scanner.value(0)).and_then(|()| scanner.blank());
    read.is_some() && scanner.rest().is_empty()
}

/// The value of a key: of a string its content, of anything else its text.
pub fn get(text: &str, parts: &[&str]) -> Option<String> {
    match find(text, parts)? {
        Found::Value(span) => {
            let value = text.get(span)?;
            Scanner { text: value, at: 0 }.string().or_else(|| Some(String::from(value)))
        }
        Found::Object { .. } => None,
    }
}

/// The text with a key's value replaced, or with one more member in its object.
pub fn set(text: &str, parts: &[&str], value: &str) -> Option<String> {
    let new = match find(text, parts)? {
        Found::Value(span) => {
            let old = text.get(span.clone())?;
            if old.starts_with(['{', '[']) {
                return None;
            }
            replace(text, span, &written(Some(old), value))?
        }
        Found::Object { open, close, last, depth } => {
            let missing: Vec<&str> = parts.get(depth..)?.to_vec();
            let mut member = quoted(value);
            for (place, name) in missing.iter().enumerate().rev() {
                let inner = [&quoted(name), ": ", &member].concat();
                member = if place == 0 { inner } else { ["{ ", &inner, " }"].concat() };
            }
            match last {
                None => {
                    let inside = text.get(open + 1..close)?;
                    if inside.trim().is_empty() {
                        replace(text, open + 1..close, &[" ", &member, " "].concat())?
                    } else {
                        replace(text, open + 1..open + 1, &[" ", &member].concat())?
                    }
                }
                Some(last) => {
                    // As the last member stands: on a line of its own, or not.
                    let before = text.get(..last.start)?;
                    let lead = before.get(before.trim_end_matches([' ', '\t']).len()..)?;
                    let own_line = before.trim_end_matches([' ', '\t']).ends_with('\n');
                    let gap =
                        if own_line { [super::line_end(text), lead].concat() } else { String::from(" ") };
                    replace(text, last.end..last.end, &[",", &gap, &member].concat())?
                }
            }
        }
    };
    (get(&new, parts)? == value).then_some(new)
}
