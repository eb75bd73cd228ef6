//! Conditions over settings (`when`): `GROUP <> 'kiosk' AND ENROLLMENT_TOKEN`.
//!
//! They mean in both outputs what they mean to Windows Installer ("Conditional Statement Syntax" on Microsoft
//! Learn): a name alone holds when the setting is not empty, `=` and `<>` compare with case, `NOT` binds closest,
//! then `AND`, then `OR`.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use crate::wire::{Reader, Writer};

/// A condition over settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// The setting has a value that is not empty.
    Given(String),
    /// The setting has this value.
    Is(String, String),
    /// The other does not hold.
    Not(Box<Condition>),
    /// All hold.
    All(Vec<Condition>),
    /// One of them holds.
    Any(Vec<Condition>),
}

/// What is wrong with a condition's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// A setting, a value or an operator was to stand there.
    Expected(&'static str),
    /// A name that is no setting.
    Unknown(String),
    /// A quote that is not closed.
    Unclosed,
    /// A value with `"` in it: Windows Installer has no escape for it.
    Quote,
    /// Deeper than [`DEEPEST`].
    Deep,
}

/// Why a text is no condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// Where, in bytes from the text's start.
    pub at: usize,
    /// What.
    pub problem: Problem,
}

impl core::fmt::Display for Error {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let at = self.at;
        match &self.problem {
            Problem::Expected(what) => write!(f, "at byte {at} {what} was expected"),
            Problem::Unknown(name) => write!(f, "`{name}` at byte {at} is no setting"),
            Problem::Unclosed => write!(f, "the quote at byte {at} is not closed"),
            Problem::Quote => write!(f, "the value at byte {at} has a double quote in it"),
            Problem::Deep => write!(f, "at byte {at} there are too many parentheses"),
        }
    }
}

impl core::error::Error for Error {}

/// How deep conditions nest at most.
pub const DEEPEST: usize = 16;

impl Condition {
    /// Parses a text over these settings.
    pub fn parse(text: &str, settings: &[&str]) -> Result<Self, Error> {
        let mut parser = Parser { text, at: 0, settings };
        let condition = parser.any(0)?;
        parser.blank();
        if parser.at < text.len() {
            return parser.fail(Problem::Expected("AND, OR or the end"));
        }
        Ok(condition)
    }

    /// Whether it holds; a setting without a value is empty.
    pub fn holds(&self, value: &mut dyn FnMut(&str) -> Option<String>) -> bool {
        match self {
            Self::Given(name) => value(name).is_some_and(|value| !value.is_empty()),
            Self::Is(name, wanted) => value(name).unwrap_or_default() == *wanted,
            Self::Not(inner) => !inner.holds(value),
            Self::All(parts) => parts.iter().all(|part| part.holds(value)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(value)),
        }
    }

    /// The settings it asks for, in order, also twice.
    pub fn settings(&self) -> Vec<&str> {
        match self {
            Self::Given(name) | Self::Is(name, _) => alloc::vec![name.as_str()],
            Self::Not(inner) => inner.settings(),
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(|part| part.settings()).collect(),
        }
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    settings: &'a [&'a str],
}

impl<'a> Parser<'a> {
    fn fail<T>(&self, problem: Problem) -> Result<T, Error> {
        Err(Error { at: self.at, problem })
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes).min(self.text.len());
    }

    fn blank(&mut self) {
        let rest = self.rest();
        self.skip(rest.len() - rest.trim_start().len());
    }

    fn eat(&mut self, sign: &str) -> bool {
        self.blank();
        let found = self.rest().starts_with(sign);
        if found {
            self.skip(sign.len());
        }
        found
    }

    fn name(&self) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        rest.get(..end).unwrap_or_default()
    }

    fn word(&mut self, word: &str) -> bool {
        self.blank();
        let found = self.name().eq_ignore_ascii_case(word);
        if found {
            self.skip(word.len());
        }
        found
    }

    fn any(&mut self, depth: usize) -> Result<Condition, Error> {
        let first = self.all(depth)?;
        let mut parts = alloc::vec![first];
        while self.word("OR") {
            parts.push(self.all(depth)?);
        }
        Ok(one_or(parts, Condition::Any))
    }

    fn all(&mut self, depth: usize) -> Result<Condition, Error> {
        let first = self.one(depth)?;
        let mut parts = alloc::vec![first];
        while self.word("AND") {
            parts.push(self.one(depth)?);
        }
        Ok(one_or(parts, Condition::All))
    }

    fn one(&mut self, depth: usize) -> Result<Condition, Error> {
        if depth >= DEEPEST {
            return self.fail(Problem::Deep);
        }
        if self.word("NOT") {
            return Ok(Condition::Not(Box::new(self.one(depth + 1)?)));
        }
        if self.eat("(") {
            let inner = self.any(depth + 1)?;
            if !self.eat(")") {
                return self.fail(Problem::Expected("a closing parenthesis"));
            }
            return Ok(inner);
        }
        let name = self.name();
        if name.is_empty() {
            return self.fail(Problem::Expected("a setting"));
        }
        if !self.settings.contains(&name) {
            return self.fail(Problem::Unknown(String::from(name)));
        }
        self.skip(name.len());
        let name = String::from(name);
        if self.eat("<>") {
            return Ok(Condition::Not(Box::new(Condition::Is(name, self.value()?))));
        }
        if self.eat("=") {
            return Ok(Condition::Is(name, self.value()?));
        }
        Ok(Condition::Given(name))
    }

    fn value(&mut self) -> Result<String, Error> {
        self.blank();
        let rest = self.rest();
        let Some(quote) = rest.chars().next().filter(|c| matches!(c, '\'' | '"')) else {
            return self.fail(Problem::Expected("a value in quotes"));
        };
        let inner = rest.get(1..).unwrap_or_default();
        let Some(end) = inner.find(quote) else { return self.fail(Problem::Unclosed) };
        let value = inner.get(..end).unwrap_or_default();
        if value.contains('"') {
            return self.fail(Problem::Quote);
        }
        self.skip(end.saturating_add(2));
        Ok(String::from(value))
    }
}

fn one_or(mut parts: Vec<Condition>, many: fn(Vec<Condition>) -> Condition) -> Condition {
    match (parts.len(), parts.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            parts.extend(last);
            many(parts)
        }
    }
}

/// The condition as bytes.
pub(crate) fn encode(w: &mut Writer, condition: &Condition) {
    match condition {
        Condition::Given(name) => {
            w.u8(0);
            w.string(name);
        }
        Condition::Is(name, value) => {
            w.u8(1);
            w.string(name);
            w.string(value);
        }
        Condition::Not(inner) => {
            w.u8(2);
            encode(w, inner);
        }
        Condition::All(parts) => {
            w.u8(3);
            w.list(parts, encode);
        }
        Condition::Any(parts) => {
            w.u8(4);
            w.list(parts, encode);
        }
    }
}

/// Reads what [`encode`] wrote.
pub(crate) fn decode(r: &mut Reader<'_>) -> Condition {
    decode_at(r, 0)
}

fn decode_at(r: &mut Reader<'_>, depth: usize) -> Condition {
    // A level of the text is up to three of the tree.
    if depth > DEEPEST.saturating_mul(4) {
        r.fail("a condition is too deep");
    }
    match r.u8() {
        0 => Condition::Given(r.string()),
        1 => Condition::Is(r.string(), r.string()),
        2 => Condition::Not(Box::new(decode_at(r, depth + 1))),
        3 => Condition::All(r.list(|r| decode_at(r, depth + 1))),
        4 => Condition::Any(r.list(|r| decode_at(r, depth + 1))),
        _ => {
            r.fail("a condition is unknown");
            Condition::All(Vec::new())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: &[&str] = &["GROUP", "TOKEN"];

    fn holds(text: &str, group: &str, token: &str) -> bool {
        let condition = Condition::parse(text, SETTINGS).expect(text);
        let mut w = Writer::new();
        encode(&mut w, &condition);
        let mut reader = Reader::new(&w.bytes);
        assert_eq!((decode(&mut reader), reader.finish()), (condition.clone(), Ok(())));
        condition.holds(&mut |name| match name {
            "GROUP" => Some(group.into()),
            "TOKEN" if !token.is_empty() => Some(token.into()),
            _ => None,
        })
    }

    #[test]
    fn not_binds_closer_than_and_closer_than_or() {
        assert!(holds("GROUP <> 'kiosk'", "servers", ""));
        assert!(!holds("GROUP <> 'kiosk'", "kiosk", ""));
        assert!(!holds("GROUP = \"Kiosk\"", "kiosk", ""));
        assert!(holds("TOKEN", "", "t") && !holds("TOKEN", "", ""));
        assert!(holds("NOT TOKEN AND GROUP = 'a'", "a", ""));
        assert!(holds("GROUP = 'a' OR TOKEN AND GROUP='b'", "a", ""));
        assert!(!holds("(GROUP = 'a' OR TOKEN) AND GROUP='b'", "a", "t"));
        assert!(holds("not (TOKEN or GROUP='')", "a", ""));
    }

    #[test]
    fn what_is_wrong_says_where() {
        let problem = |text| Condition::parse(text, SETTINGS).map_err(|e| (e.at, e.problem));
        assert_eq!(problem("GROPU = 'a'"), Err((0, Problem::Unknown("GROPU".into()))));
        assert_eq!(problem("GROUP = a"), Err((8, Problem::Expected("a value in quotes"))));
        assert_eq!(problem("GROUP = 'a"), Err((8, Problem::Unclosed)));
        assert_eq!(problem("GROUP = 'a\"'"), Err((8, Problem::Quote)));
        assert_eq!(problem("(GROUP"), Err((6, Problem::Expected("a closing parenthesis"))));
        assert_eq!(problem("GROUP TOKEN"), Err((6, Problem::Expected("AND, OR or the end"))));
        assert_eq!(problem(""), Err((0, Problem::Expected("a setting"))));
        let deep = "(".repeat(100);
        assert!(matches!(problem(&deep), Err((_, Problem::Deep))));
    }
}
