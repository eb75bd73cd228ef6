//! TOML.

use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use super::{after_line, insert_line, line_end, quoted, replace, written};

/// How deep values nest at most.
const DEEPEST: usize = 64;

struct Scanner<'t> {
    text: &'t str,
    at: usize,
}

/// A key and its value.
struct Pair {
    /// How many parts of the path are the table's.
    table: usize,
    path: Vec<String>,
    value: Range<usize>,
}

/// A `[table]`.
struct Header {
    path: Vec<String>,
    array: bool,
    at: usize,
}

#[derive(Default)]
struct Document {
    pairs: Vec<Pair>,
    headers: Vec<Header>,
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

    fn spaces(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t']).len();
    }

    fn comment(&mut self) {
        if self.rest().starts_with('#') {
            self.at += self.rest().find('\n').unwrap_or(self.rest().len());
        }
    }

    /// Spaces, line ends and comments.
    fn blank(&mut self) {
        loop {
            let rest = self.rest();
            self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
            if !self.rest().starts_with('#') {
                return;
            }
            self.comment();
        }
    }

    /// Nothing but a comment up to the line's end.
    fn end_of_line(&mut self) -> Option<()> {
        self.spaces();
        self.comment();
        (self.eat("\r\n") || self.eat("\n") || self.rest().is_empty()).then_some(())
    }

    fn key(&mut self) -> Option<String> {
        let first = self.rest().chars().next()?;
        if matches!(first, '"' | '\'') {
            return self.string();
        }
        let rest = self.rest();
        let end =
            rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))).unwrap_or(rest.len());
        self.at += end;
        (end > 0).then(|| String::from(rest.get(..end).unwrap_or_default()))
    }

    fn dotted(&mut self) -> Option<Vec<String>> {
        let mut parts = Vec::new();
        loop {
            self.spaces();
            parts.push(self.key()?);
            self.spaces();
            if !self.eat(".") {
                return (parts.len() < DEEPEST).then_some(parts);
            }
        }
    }

    /// A string of any kind; its content.
    fn string(&mut self) -> Option<String> {
        let quote = self.rest().chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let three = if quote == '"' { "\"\"\"" } else { "'''" };
        let long = self.eat(three);
        if !long {
            self.at += 1;
        }
        let mut out = String::new();
        let mut chars = self.rest().char_indices().peekable();
        let start = self.at;
        if long && self.rest().starts_with(['\r', '\n']) {
            // A line end right behind the quotes is not part of it.
            if self.rest().starts_with('\r') {
                chars.next();
            }
            chars.next();
        }
        while let Some((place, c)) = chars.next() {
            let here = start + place;
            if c == quote {
                if !long {
                    self.at = here + 1;
                    return Some(out);
                }
                let rest = self.text.get(here..)?;
                if rest.starts_with(three) {
                    // Up to two quotes may stand before the three that end it.
                    let count = rest.chars().take_while(|c| *c == quote).count().min(5);
                    for _ in 3..count {
                        out.push(quote);
                    }
                    self.at = here + count;
                    return Some(out);
                }
                out.push(c);
                continue;
            }
            if c == '\\' && quote == '"' {
                let (_, escape) = chars.next()?;
                let digits = match escape {
                    'n' => {
                        out.push('\n');
                        continue;
                    }
                    't' => {
                        out.push('\t');
                        continue;
                    }
                    'r' => {
                        out.push('\r');
                        continue;
                    }
                    'b' => {
                        out.push('\u{8}');
                        continue;
                    }
                    'f' => {
                        out.push('\u{c}');
                        continue;
                    }
                    'e' => {
                        out.push('\u{1b}');
                        continue;
                    }
                    '"' | '\\' => {
                        out.push(escape);
                        continue;
                    }
                    'x' => 2,
                    'u' => 4,
                    'U' => 8,
                    ' ' | '\t' | '\r' | '\n' if long => {
                        while chars.next_if(|(_, c)| matches!(c, ' ' | '\t' | '\r' | '\n')).is_some() {}
                        continue;
                    }
                    _ => return None,
                };
                let mut code: u32 = 0;
                for _ in 0..digits {
                    code = code.checked_mul(16)?.checked_add(chars.next()?.1.to_digit(16)?)?;
                }
                out.push(char::from_u32(code)?);
                continue;
            }
            let line_end = matches!(c, '\r' | '\n');
            if (line_end && !long) || (c.is_control() && c != '\t' && !line_end) {
                return None;
            }
            out.push(c);
        }
        None
    }

    /// Passes over a value; pairs of inline tables are added with their whole path.
    fn value(&mut self, path: &[String], out: &mut Vec<Pair>, depth: usize) -> Option<()> {
        if depth > DEEPEST {
            return None;
        }
        match self.rest().chars().next()? {
            '"' | '\'' => self.string().map(drop),
            '[' => {
                self.at += 1;
                loop {
                    self.blank();
                    if self.eat("]") {
                        return Some(());
                    }
                    // What is in an array has no key of its own.
                    self.value(&[], &mut Vec::new(), depth + 1)?;
                    self.blank();
                    if !self.eat(",") && !self.rest().starts_with(']') {
                        return None;
                    }
                }
            }
            '{' => {
                self.at += 1;
                loop {
                    self.blank();
                    if self.eat("}") {
                        return Some(());
                    }
                    let mut whole = Vec::from(path);
                    whole.extend(self.dotted()?);
                    if !self.eat("=") {
                        return None;
                    }
                    self.spaces();
                    let from = self.at;
                    self.value(&whole, out, depth + 1)?;
                    out.push(Pair { table: usize::MAX, path: whole, value: from..self.at });
                    self.blank();
                    if !self.eat(",") && !self.rest().starts_with('}') {
                        return None;
                    }
                }
            }
            _ => {
                let rest = self.rest();
                let end = rest.find([',', ']', '}', '#', '\r', '\n']).unwrap_or(rest.len());
                let bare = rest.get(..end)?.trim_end();
                let fits =
                    |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.' | ':' | '_' | ' ');
                self.at += bare.len();
                (!bare.is_empty() && bare.chars().all(fits)).then_some(())
            }
        }
    }

    fn document(&mut self) -> Option<Document> {
        let mut out = Document::default();
        let mut table: Vec<String> = Vec::new();
        loop {
            self.blank();
            if self.rest().is_empty() {
                return Some(out);
            }
            let at = self.at;
            if self.eat("[") {
                let array = self.eat("[");
                table = self.dotted()?;
                if !self.eat(if array { "]]" } else { "]" }) {
                    return None;
                }
                self.end_of_line()?;
                out.headers.push(Header { path: table.clone(), array, at });
                continue;
            }
            let mut path = table.clone();
            path.extend(self.dotted()?);
            if !self.eat("=") {
                return None;
            }
            self.spaces();
            let from = self.at;
            self.value(&path, &mut out.pairs, 0)?;
            out.pairs.push(Pair { table: table.len(), path, value: from..self.at });
            self.end_of_line()?;
        }
    }
}

fn read(text: &str) -> Option<Document> {
    Scanner { text, at: 0 }.document()
}

/// Whether the text is TOML, as far as editing it goes.
pub fn is_readable(text: &str) -> bool {
    read(text).is_some()
}

fn is(path: &[String], parts: &[&str]) -> bool {
    path.len() == parts.len() && path.iter().zip(parts).all(|(a, b)| a == b)
}

fn starts(path: &[String], parts: &[&str]) -> bool {
    path.get(..parts.len()).is_some_and(|start| is(start, parts))
}

/// Whether something on the way to a key is an array of tables: which of them is meant is not said.
fn in_array(document: &Document, parts: &[&str]) -> bool {
    document
        .headers
        .iter()
        .any(|header| header.array && header.path.len() <= parts.len() && starts_with(parts, &header.path))
}

fn starts_with(parts: &[&str], path: &[String]) -> bool {
    parts.get(..path.len()).is_some_and(|start| is(path, start))
}

/// The value of a key: of a string its content, of anything else its text.
pub fn get(text: &str, parts: &[&str]) -> Option<String> {
    let document = read(text)?;
    let mut found = document.pairs.iter().filter(|pair| is(&pair.path, parts));
    let pair = found.next()?;
    if found.next().is_some() || in_array(&document, parts) {
        return None;
    }
    let value = text.get(pair.value.clone())?;
    Scanner { text: value, at: 0 }.string().or_else(|| Some(String::from(value)))
}

fn key_text(parts: &[&str]) -> String {
    let mut out = String::new();
    for (place, part) in parts.iter().enumerate() {
        if place > 0 {
            out.push('.');
        }
        let bare =
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        out.push_str(&if bare { String::from(*part) } else { quoted(part) });
    }
    out
}

/// The text with a key's value replaced, or with one more line in its table.
pub fn set(text: &str, parts: &[&str], value: &str) -> Option<String> {
    let document = read(text)?;
    let (_, parent) = parts.split_last()?;
    // A table has no value.
    let is_table = document
        .headers
        .iter()
        .map(|header| &header.path)
        .chain(document.pairs.iter().map(|pair| &pair.path));
    let mut is_table = is_table.filter(|path| starts(path, parts));
    if in_array(&document, parts) || is_table.any(|path| path.len() > parts.len()) {
        return None;
    }
    if document.headers.iter().any(|header| is(&header.path, parts)) {
        return None;
    }
    let line =
        |from: usize| [&key_text(parts.get(from..).unwrap_or_default()), " = ", &quoted(value)].concat();
    let found = document.pairs.iter().find(|pair| is(&pair.path, parts));
    let new = if let Some(pair) = found {
        let old = text.get(pair.value.clone())?;
        if old.starts_with(['[', '{']) {
            return None;
        }
        replace(text, pair.value.clone(), &written(Some(old), value))?
    } else if let Some(pair) = document
        .pairs
        .iter()
        .filter(|pair| pair.path.len() < parts.len() && starts_with(parts, &pair.path))
        .max_by_key(|pair| pair.path.len())
    {
        // An inline table, and one more pair in it; any other value has none.
        let old = text.get(pair.value.clone())?;
        let inner = old.strip_prefix('{')?.strip_suffix('}')?;
        let trimmed = inner.trim_end();
        if trimmed.contains('#') || trimmed.ends_with(',') {
            return None;
        }
        let comma = if trimmed.is_empty() { " " } else { ", " };
        let rest = [comma, &line(pair.path.len()), " "].concat();
        let from = pair.value.start + 1 + trimmed.len();
        replace(text, from..pair.value.end - 1, &rest)?
    } else if let Some(pair) = document.pairs.iter().rfind(|pair| {
        pair.table <= parent.len() && pair.path.len() > parent.len() && starts(&pair.path, parent)
    }) {
        // A sibling in the table, or one whose dotted key makes the table.
        insert_line(text, after_line(text, pair.value.end), &line(pair.table))?
    } else if let Some(header) = document.headers.iter().find(|header| is(&header.path, parent)) {
        insert_line(text, after_line(text, header.at), &line(parent.len()))?
    } else if parent.is_empty() {
        // Before the first table.
        match document.headers.first() {
            Some(header) => {
                replace(text, header.at..header.at, &[&line(0), line_end(text), line_end(text)].concat())?
            }
            None => insert_line(text, text.len(), &line(0))?,
        }
    } else {
        let blank = if text.trim().is_empty() { "" } else { line_end(text) };
        let head = [blank, "[", &key_text(parent), "]"].concat();
        let with_head = insert_line(text, text.len(), &head)?;
        insert_line(&with_head, with_head.len(), &line(parent.len()))?
    };
    (get(&new, parts)? == value).then_some(new)
}
