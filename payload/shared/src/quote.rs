//! Command lines: quoting and splitting as CommandLineToArgvW and the C runtime do ("Parsing C command-line
//! arguments" on Microsoft Learn).

use alloc::string::String;
use alloc::vec::Vec;

/// Appends one argument, quoted when it has to be, after a space when the line is not empty.
pub fn push(line: &mut String, argument: &str) {
    if !line.is_empty() {
        line.push(' ');
    }
    let plain = !argument.is_empty() && !argument.contains([' ', '\t', '\n', '\u{b}', '"']);
    if plain {
        line.push_str(argument);
        return;
    }
    push_quoted(line, argument);
}

/// Appends one argument in quotes, whether it needs them or not.
pub fn push_quoted(line: &mut String, argument: &str) {
    line.push('"');
    let mut backslashes = 0usize;
    for c in argument.chars() {
        if c == '\\' {
            backslashes += 1;
        } else {
            if c == '"' {
                // Backslashes before a quote are doubled, and the quote gets one.
                line.extend(core::iter::repeat_n('\\', backslashes + 1));
            }
            backslashes = 0;
        }
        line.push(c);
    }
    line.extend(core::iter::repeat_n('\\', backslashes));
    line.push('"');
}

/// A program's path as the first word of a command line. Paths have no quotes in them.
pub fn program(path: &str) -> String {
    let mut out = String::from("\"");
    out.push_str(path);
    out.push('"');
    out
}

/// Appends `NAME=value` as msiexec reads it: quotes around the value, doubled inside.
pub fn push_property(line: &mut String, name: &str, value: &str) {
    if !line.is_empty() {
        line.push(' ');
    }
    line.push_str(name);
    line.push_str("=\"");
    for c in value.chars() {
        if c == '"' {
            line.push('"');
        }
        line.push(c);
    }
    line.push('"');
}

/// Splits a whole command line, the program's name first.
pub fn split(line: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut chars = line.chars().peekable();
    // The program's name knows no backslash rules.
    let mut name = String::new();
    let mut quoted = false;
    for c in chars.by_ref() {
        match c {
            '"' => quoted = !quoted,
            ' ' | '\t' if !quoted => break,
            _ => name.push(c),
        }
    }
    out.push(name);
    loop {
        while matches!(chars.peek(), Some(' ' | '\t')) {
            chars.next();
        }
        if chars.peek().is_none() {
            return out;
        }
        let mut word = String::new();
        let mut quoted = false;
        while let Some(&c) = chars.peek() {
            if !quoted && matches!(c, ' ' | '\t') {
                break;
            }
            chars.next();
            match c {
                '\\' => {
                    let mut count = 1usize;
                    while chars.peek() == Some(&'\\') {
                        chars.next();
                        count += 1;
                    }
                    if chars.peek() == Some(&'"') {
                        word.extend(core::iter::repeat_n('\\', count / 2));
                        if count % 2 == 1 {
                            chars.next();
                            word.push('"');
                        }
                    } else {
                        word.extend(core::iter::repeat_n('\\', count));
                    }
                }
                '"' => {
                    if quoted && chars.peek() == Some(&'"') {
                        chars.next();
                        word.push('"');
                    } else {
                        quoted = !quoted;
                    }
                }
                _ => word.push(c),
            }
        }
        out.push(word);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_quoted_is_split_again() {
        let words =
            ["", "a", "a b", "a\\", "a b\\", "\"", "a\\\"b", "\\\\s\\x y\\", "\t", "A=\"x y\"", "\\\\\\\""];
        let mut line = String::from("\"C:\\x y\\p.exe\"");
        for word in words {
            push(&mut line, word);
        }
        let back = split(&line);
        assert_eq!(back[0], "C:\\x y\\p.exe");
        assert_eq!(back[1..], words);
    }

    #[test]
    fn splits_like_windows() {
        assert_eq!(split("p \"a b\"c  d"), ["p", "a bc", "d"]);
        assert_eq!(split("p \"a\"\"b\" c"), ["p", "a\"b", "c"]);
        assert_eq!(split("p A=\"x y\""), ["p", "A=x y"]);
        assert_eq!(split(""), [""]);
    }

    #[test]
    fn properties_double_their_quotes() {
        let mut line = String::new();
        push_property(&mut line, "A", "x \"y\"");
        push_property(&mut line, "B", "");
        assert_eq!(line, "A=\"x \"\"y\"\"\" B=\"\"");
    }
}
