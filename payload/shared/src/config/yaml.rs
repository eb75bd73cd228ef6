//! YAML: block mappings of scalars, the first document of a file. A value that is a list, a flow collection, an alias,
//! tagged, or longer than a line is left alone.

use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use super::{after_line, insert_line, json, lines, quoted, replace, written};

/// How deep mappings nest at most.
const DEEPEST: usize = 64;

/// A key of a block mapping.
struct Entry {
    path: Vec<String>,
    indent: usize,
    /// The value on the key's line, without comment; empty: none.
    value: Range<usize>,
    /// Where the line ends, and where the last line that belongs to the key ends.
    line_end: usize,
    end: usize,
    /// Lines that are deeper follow.
    has_more: bool,
    /// They are no mapping.
    opaque: bool,
}

/// Splits `key: value` of a line without its indentation: the key, and where the value starts.
fn key_of(line: &str) -> Option<(String, usize)> {
    let (name, after) = match line.chars().next()? {
        quote @ ('"' | '\'') => {
            let end = closing(line, quote)?;
            let name = scalar(line.get(..end)?)?;
            (name, end)
        }
        '-' | '?' | '{' | '[' | '&' | '*' | '!' | '|' | '>' | '%' | '@' | '`' | '#' => return None,
        _ => {
            let end = line.find(": ").or_else(|| line.trim_end().strip_suffix(':').map(str::len))?;
            if line.get(..end)?.contains(" #") {
                return None;
            }
            (String::from(line.get(..end)?.trim_end()), end)
        }
    };
    let rest = line.get(after..)?;
    let colon = rest.find(|c: char| !matches!(c, ' ' | '\t'))?;
    let tail = rest.get(colon..)?.strip_prefix(':')?;
    if !(tail.is_empty() || tail.starts_with([' ', '\t'])) {
        return None;
    }
    let start = after + colon + 1;
    Some((name, start + (tail.len() - tail.trim_start().len())))
}

/// Where a quoted scalar ends, behind its quote.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c == '\\' && quote == '"' {
            chars.next();
        } else if c == quote {
            if quote == '\'' && chars.next_if(|(_, c)| *c == '\'').is_some() {
                continue;
            }
            return Some(at + 1);
        }
    }
    None
}

/// The content of a scalar that stands on one line; `None`: it is something else.
fn scalar(text: &str) -> Option<String> {
    match text.chars().next() {
        None => Some(String::new()),
        Some('"') => {
            // What is escaped here beyond JSON is left alone.
            let mut found = json::Scanner { text, at: 0 };
            let content = found.string()?;
            (found.at == text.len()).then_some(content)
        }
        Some('\'') => {
            let inner = text.strip_prefix('\'')?.strip_suffix('\'')?;
            Some(inner.replace("''", "'"))
        }
        Some('{' | '[' | '&' | '*' | '!' | '|' | '>' | '%' | '@' | '`' | '#' | ',' | ']' | '}') => None,
        Some('-' | '?' | ':') if text.len() == 1 || text.get(1..2) == Some(" ") => None,
        Some(_) if text.contains(": ") || text.ends_with(':') => None,
        Some(_) => Some(String::from(text)),
    }
}

/// A value with a comment behind it: the length of the value.
fn value_length(text: &str) -> usize {
    let quoted =
        text.chars().next().filter(|c| matches!(c, '"' | '\'')).and_then(|quote| closing(text, quote));
    let from = quoted.unwrap_or(0);
    let rest = text.get(from..).unwrap_or_default();
    let comment = if text.starts_with('#') {
        Some(0)
    } else {
        rest.char_indices()
            .zip(rest.chars().skip(1))
            .find(|((_, c), next)| matches!(c, ' ' | '\t') && *next == '#')
            .map(|((at, _), _)| from + at)
    };
    text.get(..comment.unwrap_or(text.len())).unwrap_or(text).trim_end().len()
}

fn read(text: &str) -> Option<Vec<Entry>> {
    let mut out: Vec<Entry> = Vec::new();
    // The keys that the current line is below: place in `out`.
    let mut open: Vec<usize> = Vec::new();
    let mut started = false;
    for (at, line) in lines(text) {
        let content = line.trim_start_matches(' ');
        let indent = line.len() - content.len();
        let content = content.trim_end();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        if indent == 0 && (content == "---" || content.starts_with('%')) && out.is_empty() && !started {
            started = content == "---";
            continue;
        }
        if indent == 0 && (content.starts_with("---") || content.starts_with("...")) {
            break;
        }
        if content.starts_with('\t') {
            return None;
        }
        let end = after_line(text, at);
        while let Some(parent) = open.last().and_then(|place| out.get(*place)) {
            // A list may stand as deep as its key.
            let list = content == "-" || content.starts_with("- ");
            if indent > parent.indent || (list && indent == parent.indent && parent.value.is_empty()) {
                break;
            }
            open.pop();
        }
        for place in &open {
            if let Some(parent) = out.get_mut(*place) {
                parent.end = end;
                parent.has_more = true;
            }
        }
        let parent = open.last().and_then(|place| out.get(*place));
        // Inside a value that is no block mapping, lines are not looked at.
        if parent.is_some_and(|parent| parent.opaque || !parent.value.is_empty()) || open.len() > DEEPEST {
            continue;
        }
        let siblings = |entry: &Entry| {
            entry.path.len() == open.len() + 1 && entry.line_end > parent.map_or(0, |p| p.line_end)
        };
        if let Some(sibling) = out.iter().rfind(|entry| siblings(entry))
            && sibling.indent != indent
        {
            // A list's item, or a mistake.
            continue;
        }
        let Some((name, from)) = key_of(content) else {
            let parent = open.last().and_then(|place| out.get_mut(*place))?;
            parent.opaque = true;
            continue;
        };
        let start = at + indent + from;
        let length = value_length(content.get(from..).unwrap_or_default());
        let mut path = parent.map(|parent| parent.path.clone()).unwrap_or_default();
        path.push(name);
        let entry = Entry {
            path,
            indent,
            value: start..start + length,
            line_end: end,
            end,
            has_more: false,
            opaque: false,
        };
        open.push(out.len());
        out.push(entry);
    }
    Some(out)
}

/// Whether the text is YAML, as far as editing it goes.
pub fn is_readable(text: &str) -> bool {
    if is_json(text) { json::is_readable(text) } else { read(text).is_some() }
}

fn is(path: &[String], parts: &[&str]) -> bool {
    path.len() == parts.len() && path.iter().zip(parts).all(|(a, b)| a == b)
}

fn is_json(text: &str) -> bool {
    text.trim_start().starts_with('{')
}

/// The value of a key.
pub fn get(text: &str, parts: &[&str]) -> Option<String> {
    if is_json(text) {
        return json::get(text, parts);
    }
    let entries = read(text)?;
    let mut found = entries.iter().filter(|entry| is(&entry.path, parts));
    let entry = found.next()?;
    if entry.has_more || found.next().is_some() {
        return None;
    }
    scalar(text.get(entry.value.clone())?)
}

fn key_text(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/');
    // Words that would not be strings.
    let word = matches!(
        &*name.to_ascii_lowercase(),
        "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n"
    );
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if starts && !word && name.chars().all(plain) { String::from(name) } else { quoted(name) }
}

/// The text with a key's value replaced, or with one more line in its mapping.
pub fn set(text: &str, parts: &[&str], value: &str) -> Option<String> {
    if is_json(text) {
        return json::set(text, parts, value);
    }
    let entries = read(text)?;
    let found = entries.iter().find(|entry| is(&entry.path, parts));
    let new = if let Some(entry) = found {
        let old = text.get(entry.value.clone())?;
        scalar(old)?;
        if entry.has_more {
            return None;
        }
        let mut by = written(Some(old), value);
        if old.is_empty() {
            let before = text.get(..entry.value.start)?;
            if !before.ends_with([' ', '\t']) {
                by.insert(0, ' ');
            }
            if text.get(entry.value.end..)?.starts_with('#') {
                by.push(' ');
            }
        }
        replace(text, entry.value.clone(), &by)?
    } else {
        // The deepest mapping on the way.
        let parent = (1..parts.len()).rev().find_map(|count| {
            let parts = parts.get(..count)?;
            entries.iter().find(|entry| is(&entry.path, parts)).map(|entry| (count, entry))
        });
        let (depth, indent, at) = match parent {
            None => (0, 0, entries.iter().map(|entry| entry.end).max().unwrap_or(text.len())),
            Some((count, entry)) => {
                if !entry.value.is_empty() {
                    return None;
                }
                let start = parts.get(..count)?;
                let child = entries.iter().find(|other| {
                    other.path.len() == count + 1
                        && other.path.get(..count).is_some_and(|path| is(path, start))
                });
                // Deeper lines that are no mapping are a list.
                if child.is_none() && entry.has_more {
                    return None;
                }
                (count, child.map_or(entry.indent + 2, |child| child.indent), entry.end)
            }
        };
        let missing = parts.get(depth..)?;
        let mut out = String::from(text);
        let mut at = at;
        for (place, name) in missing.iter().enumerate() {
            let mut line = " ".repeat(indent + 2 * place);
            line.push_str(&key_text(name));
            line.push(':');
            if place + 1 == missing.len() {
                line.push(' ');
                line.push_str(&quoted(value));
            }
            let length = out.len();
            out = insert_line(&out, at, &line)?;
            at += out.len() - length;
        }
        out
    };
    (get(&new, parts)? == value).then_some(new)
}
