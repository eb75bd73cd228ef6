//! Formatted text: what stands in square brackets.
//!
//! <https://learn.microsoft.com/windows/win32/msi/formatted>

/// Something in square brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reference<'a> {
    /// `[Name]`
    Property(&'a str),
    /// `[%Name]`
    Environment(&'a str),
    /// `[#File]`: its path, and `[!File]`: its short path.
    File(&'a str),
    /// `[$Component]`: its directory.
    Component(&'a str),
    /// `[1]`: a field of the record.
    Field(&'a str),
    /// `[~]`: a zero character.
    Null,
    /// `[\x]`: the character itself.
    Escape(char),
    /// Brackets around brackets: the name is known at run time only.
    Nested,
    /// Anything else: such text is not well formed.
    Invalid(&'a str),
}

/// What a text refers to, in its order. Brackets without their match are text.
#[must_use]
pub fn references(text: &str) -> Vec<Reference<'_>> {
    let mut found = Vec::new();
    // Start of each open bracket's content, and whether it has brackets in it.
    let mut open: Vec<(usize, bool)> = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '[' if text.get(at..).is_some_and(|rest| rest.starts_with("[\\")) => {
                chars.next();
                // The character after the backslash, then all up to the bracket, is dropped by the installer.
                let Some((_, escaped)) = chars.next() else { break };
                if chars.by_ref().any(|(_, c)| c == ']') {
                    found.push(Reference::Escape(escaped));
                    if let Some(outer) = open.last_mut() {
                        outer.1 = true;
                    }
                }
            }
            '[' => open.push((at + 1, false)),
            ']' => {
                if let Some((start, nested)) = open.pop() {
                    let content = text.get(start..at).unwrap_or("");
                    found.push(if nested { Reference::Nested } else { reference(content) });
                    if let Some(outer) = open.last_mut() {
                        outer.1 = true;
                    }
                }
            }
            _ => {}
        }
    }
    found
}

fn reference(content: &str) -> Reference<'_> {
    let mut chars = content.chars();
    let prefix = chars.next();
    let rest = chars.as_str();
    match prefix {
        Some('~') if rest.is_empty() => Reference::Null,
        Some('%') if !rest.is_empty() => Reference::Environment(rest),
        Some('#' | '!') if is_identifier(rest) => Reference::File(rest),
        Some('$') if is_identifier(rest) => Reference::Component(rest),
        Some(_) if is_identifier(content) => Reference::Property(content),
        Some(_) if content.bytes().all(|byte| byte.is_ascii_digit()) => Reference::Field(content),
        _ => Reference::Invalid(content),
    }
}

/// Letters, digits, `_` and `.`, not starting with a digit or a dot.
/// <https://learn.microsoft.com/windows/win32/msi/identifier>
#[must_use]
pub fn is_identifier(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.')
}

#[cfg(test)]
mod tests {
    use super::Reference::{Component, Environment, Escape, Field, File, Invalid, Nested, Null, Property};
    use super::*;

    #[test]
    fn every_kind_is_told_apart() {
        for (text, found) in [
            ("plain { } ] [", vec![]),
            (
                "\"[INSTALLDIR]a.exe\" [#F_1] [!f.2] [$C]",
                vec![Property("INSTALLDIR"), File("F_1"), File("f.2"), Component("C")],
            ),
            ("[~]a[~]", vec![Null, Null]),
            ("[%ProgramFiles(x86)]", vec![Environment("ProgramFiles(x86)")]),
            ("[\\[]x[\\]]", vec![Escape('['), Escape(']')]),
            ("[[A]]", vec![Property("A"), Nested]),
            ("[1] [2]", vec![Field("1"), Field("2")]),
            ("[a b] [] [#] [1a]", vec![Invalid("a b"), Invalid(""), Invalid("#"), Invalid("1a")]),
            ("[\\", vec![]),
            ("[\\x", vec![]),
        ] {
            assert_eq!(references(text), found, "{text}");
        }
    }
}
