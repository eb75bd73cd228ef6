//! A plain text as RTF, which is what a ScrollableText control shows.

use std::fmt::Write as _;

/// A text in RTF, in plain ASCII whatever is in it: no code page and no column's syntax can harm it.
pub fn rtf(text: &str, face: &str, points: i32, language: u16) -> String {
    // fcharset of the font: 128 is Shift-JIS, 0 is ANSI ("LOGFONT" on Microsoft Learn).
    let charset = if language & 0x3ff == 0x11 { 128 } else { 0 };
    let size = points.saturating_mul(2);
    let mut out = format!("{{\\rtf1\\ansi\\deff0{{\\fonttbl{{\\f0\\fnil\\fcharset{charset} {face};}}}}");
    let _ = write!(out, "\\viewkind4\\uc1\\pard\\f0\\fs{size} ");
    // A byte order mark is no text.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for line in text.lines() {
        line.chars().for_each(|c| escape(c, &mut out));
        out.push_str("\\par\r\n");
    }
    out.push('}');
    out
}

fn escape(c: char, out: &mut String) {
    match c {
        '\\' | '{' | '}' => {
            out.push('\\');
            out.push(c);
        }
        // Square brackets are references in a column of the type Formatted.
        '[' => out.push_str("\\'5b"),
        ']' => out.push_str("\\'5d"),
        '\t' => out.push_str("\\tab "),
        ' '..='~' => out.push(c),
        _ if c.is_control() => {}
        _ => {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // A signed number of 16 bits, and what is shown by readers that know no Unicode.
                let _ = write!(out, "\\u{}?", *unit as i16);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str) -> String {
        let rtf = rtf(text, "Tahoma", 8, 1033);
        let (head, body) = rtf.split_once("\\fs16 ").unwrap();
        assert_eq!(
            head,
            "{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0\\fnil\\fcharset0 Tahoma;}}\\viewkind4\\uc1\\pard\\f0"
        );
        assert!(rtf.is_ascii() && !rtf.contains(['[', ']']));
        body.strip_suffix('}').unwrap().to_owned()
    }

    #[test]
    fn lines_are_paragraphs_and_what_has_a_meaning_is_escaped() {
        assert_eq!(body("a\r\nb\n\nc"), "a\\par\r\nb\\par\r\n\\par\r\nc\\par\r\n");
        assert_eq!(body(r"{a}\b"), "\\{a\\}\\\\b\\par\r\n");
        assert_eq!(body("[x]\t1\u{c}"), "\\'5bx\\'5d\\tab 1\\par\r\n");
        assert_eq!(body("\u{feff}"), "");
    }

    #[test]
    fn every_character_is_there_in_ascii() {
        assert_eq!(body("é日😀"), "\\u233?\\u26085?\\u-10179?\\u-8704?\\par\r\n");
        assert!(rtf("", "MS UI Gothic", 9, 1041).contains("\\fcharset128 MS UI Gothic;}}"));
    }
}
