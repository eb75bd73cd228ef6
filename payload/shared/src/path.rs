//! Which relative paths may be installed, and when two of them are the same file on Windows.
//!
//! Facts: "Naming Files, Paths, and Namespaces" on Microsoft Learn.

use alloc::string::String;
use alloc::vec::Vec;

use crate::sort;

/// The longest path below the install directory, in UTF-16 units. MAX_PATH is 260 with its terminator; this
/// leaves 60 for the install directory.
pub const LONGEST: usize = 200;

/// The longest absolute path that every supported Windows opens, in UTF-16 units.
pub const LONGEST_ABSOLUTE: usize = 259;

/// Why a path cannot be installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// It is empty.
    Empty,
    /// It starts with a drive, a slash or `\\`.
    Absolute,
    /// A part is empty: `a\\b`, or a backslash at the end.
    EmptyPart,
    /// A part is `.` or `..`.
    Dots,
    /// A part ends with a dot or a space, which Windows drops.
    TrailingDotOrSpace,
    /// A part is a device such as `con`, `nul.txt`, `com1`.
    Device,
    /// A character that file names cannot have: control characters and `< > : " / | ? *`.
    Character(char),
    /// A part looks like the short name of another file: `LONGNA~1.TXT`.
    ShortName,
    /// It is longer than [`LONGEST`].
    TooLong,
    /// It lies in the folder that the installer works in (`.upd`).
    WorkFolder,
}

impl Error {
    /// What is wrong, as a sentence's end: "the path …".
    pub fn what(&self) -> &'static str {
        match self {
            Error::Empty => "is empty",
            Error::Absolute => "is not relative: it starts with a drive or a backslash",
            Error::EmptyPart => "has an empty part between two backslashes or at its end",
            Error::Dots => "has a part `.` or `..`",
            Error::TrailingDotOrSpace => "has a part that ends with a dot or a space, which Windows drops",
            Error::Device => "has a part that Windows takes for a device (con, prn, aux, nul, com1…, lpt1…)",
            Error::Character(_) => "has a character that Windows file names cannot have",
            Error::ShortName => {
                "has a part that Windows may have given another file as its short name (name~1)"
            }
            Error::TooLong => "is longer than 200 characters below the install directory",
            Error::WorkFolder => "lies in `.upd`, the folder that updates work in",
        }
    }
}

impl core::fmt::Display for Error {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.what())?;
        if let Error::Character(found) = self {
            write!(f, ": {found:?}")?;
        }
        Ok(())
    }
}

impl core::error::Error for Error {}

/// The folder below the install directory in which the engine stages files.
pub const WORK_FOLDER: &str = ".upd";

/// The folders in which custom actions of an MSI keep what brings them back, until Windows Installer commits.
pub const MSI_WORK_FOLDERS: [&str; 3] = [".upd-msi-install", ".upd-msi-run", ".upd-msi-replace"];

/// Checks a path relative to the install directory, parts separated by backslashes.
pub fn check(path: &str) -> Result<(), Error> {
    if path.is_empty() {
        return Err(Error::Empty);
    }
    let mut chars = path.chars();
    let first = chars.next();
    if matches!(first, Some('\\' | '/')) || chars.next() == Some(':') {
        return Err(Error::Absolute);
    }
    if path.encode_utf16().count() > LONGEST {
        return Err(Error::TooLong);
    }
    for (at, part) in path.split('\\').enumerate() {
        check_part(part)?;
        if is_short(part) {
            return Err(Error::ShortName);
        }
        let mut ours = core::iter::once(WORK_FOLDER).chain(MSI_WORK_FOLDERS);
        if at == 0 && ours.any(|ours| part.eq_ignore_ascii_case(ours)) {
            return Err(Error::WorkFolder);
        }
    }
    Ok(())
}

/// Whether a file name fits a pattern: `*` stands for any characters, `?` for any one, case does not matter.
pub fn fits(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (lower(pattern), lower(name));
    let (mut pattern, mut name) = (pattern.as_str(), name.as_str());
    // Where the last star was, and where in the name it was tried: more of the name may belong to it.
    let mut star: Option<(&str, &str)> = None;
    loop {
        let (mut p, mut n) = (pattern.chars(), name.chars());
        match (p.next(), n.next()) {
            (None, None) => return true,
            (Some('*'), _) => {
                star = Some((p.as_str(), name));
                pattern = p.as_str();
                continue;
            }
            (Some(wanted), Some(found)) if wanted == '?' || wanted == found => {
                (pattern, name) = (p.as_str(), n.as_str());
                continue;
            }
            _ => {}
        }
        let Some((rest, tried)) = star else { return false };
        let mut tried = tried.chars();
        if tried.next().is_none() {
            return false;
        }
        star = Some((rest, tried.as_str()));
        (pattern, name) = (rest, tried.as_str());
    }
}

/// Checks one part of a path: a file or folder name.
pub fn check_part(part: &str) -> Result<(), Error> {
    if part.is_empty() {
        return Err(Error::EmptyPart);
    }
    if part == "." || part == ".." {
        return Err(Error::Dots);
    }
    for c in part.chars() {
        let bad = c < ' ' || matches!(c, '<' | '>' | ':' | '"' | '/' | '\\' | '|' | '?' | '*' | '\u{7f}');
        if bad {
            return Err(Error::Character(c));
        }
    }
    if part.ends_with(['.', ' ']) {
        return Err(Error::TrailingDotOrSpace);
    }
    if is_device(part) {
        return Err(Error::Device);
    }
    Ok(())
}

/// Whether a name could be one that Windows makes for another file: at most eight characters with a tilde and digits at
/// their end, and an extension of three ("Naming Files, Paths, and Namespaces", "Short vs. Long Names").
fn is_short(part: &str) -> bool {
    let (stem, extension) = part.rsplit_once('.').unwrap_or((part, ""));
    let name = stem.trim_end_matches(|c: char| c.is_ascii_digit());
    name.len() < stem.len() && name.ends_with('~') && stem.len() <= 8 && extension.len() <= 3
}

/// Whether Windows takes a name for a device, whatever its extension.
fn is_device(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or(part).trim_end_matches(' ');
    for name in ["con", "prn", "aux", "nul", "conin$", "conout$", "clock$"] {
        if stem.eq_ignore_ascii_case(name) {
            return true;
        }
    }
    let mut chars = stem.chars();
    let mut head = [' '; 3];
    for slot in &mut head {
        match chars.next() {
            Some(c) => *slot = c.to_ascii_lowercase(),
            None => return false,
        }
    }
    let port = head == ['c', 'o', 'm'] || head == ['l', 'p', 't'];
    // The superscript digits count as digits here.
    let digit = matches!(chars.next(), Some('0'..='9' | '\u{b9}' | '\u{b2}' | '\u{b3}'));
    port && digit && chars.next().is_none()
}

/// The canonical form of a path: two paths are one file on Windows exactly when these are equal.
pub fn lower(text: &str) -> String {
    text.chars().map(lower_char).collect()
}

/// Whether two paths or names are the same but for case.
pub fn same(a: &str, b: &str) -> bool {
    a.chars().map(lower_char).eq(b.chars().map(lower_char))
}

/// The order of files in an index: by canonical form.
pub fn compare(a: &str, b: &str) -> core::cmp::Ordering {
    a.chars().map(lower_char).cmp(b.chars().map(lower_char))
}

/// One-to-one lower case of the scripts that have it. A table of all Unicode would be a tenth of the bootstrap.
pub fn lower_char(c: char) -> char {
    let n = c as u32;
    let shifted = match n {
        0x41..=0x5a => n + 32,
        0..=0xbf => n,
        0xc0..=0xd6 | 0xd8..=0xde => n + 32,
        0x130 | 0x138 | 0x149 | 0x17f => n,
        0x178 => 0xff,
        // Latin Extended-A: pairs, even-odd and (in two stretches) odd-even.
        0x100..=0x137 | 0x14a..=0x177 => n | 1,
        0x139..=0x148 | 0x179..=0x17e => n + (n & 1),
        0x386 => 0x3ac,
        0x388..=0x38a => n + 37,
        0x38c => 0x3cc,
        0x38e | 0x38f => n + 63,
        0x391..=0x3a1 | 0x3a3..=0x3ab => n + 32,
        0x400..=0x40f => n + 80,
        0x410..=0x42f => n + 32,
        0x460..=0x481 | 0x48a..=0x4bf | 0x4d0..=0x52f => n | 1,
        0x4c1..=0x4ce => n + (n & 1),
        0x531..=0x556 => n + 48,
        0x1e00..=0x1e95 | 0x1ea0..=0x1eff => n | 1,
        0xff21..=0xff3a => n + 32,
        _ => n,
    };
    char::from_u32(shifted).unwrap_or(c)
}

/// The first two paths of a list that are the same file, or of which one is a folder of the other.
pub fn collision<'a>(paths: &[&'a str]) -> Option<(&'a str, &'a str)> {
    let mut sorted = Vec::from(paths);
    sort::by(&mut sorted, &mut |a, b| compare(a, b).then_with(|| a.cmp(b)));
    sorted_collision(sorted.into_iter())
}

/// [`collision`] of paths that are in the order of [`compare`].
pub fn sorted_collision<'a>(paths: impl Iterator<Item = &'a str>) -> Option<(&'a str, &'a str)> {
    // A folder sorts before what is in it, but names with characters below `\` may stand between.
    let mut folders: Vec<(String, &'a str)> = Vec::new();
    for path in paths {
        let canonical = lower(path);
        while let Some((folder, earlier)) = folders.last() {
            if let Some(rest) = canonical.strip_prefix(folder.as_str()) {
                if rest.is_empty() || rest.starts_with('\\') {
                    return Some((earlier, path));
                }
                break;
            }
            folders.pop();
        }
        folders.push((canonical, path));
    }
    None
}

/// Whether an absolute path is one that an install directory may be: `X:\…`, no devices, no `..`, not a root.
pub fn is_local_absolute(path: &str) -> bool {
    let mut chars = path.chars();
    let drive = matches!(chars.next(), Some('A'..='Z' | 'a'..='z'));
    if !drive || chars.next() != Some(':') || chars.next() != Some('\\') {
        return false;
    }
    let rest = chars.as_str();
    let rest = rest.strip_suffix('\\').unwrap_or(rest);
    !rest.is_empty()
        && path.encode_utf16().count() <= LONGEST_ABSOLUTE
        && rest.split('\\').all(|part| check_part(part).is_ok())
}

/// `folder\name`, with one backslash between.
pub fn join(folder: &str, name: &str) -> String {
    let mut out = String::with_capacity(folder.len() + name.len() + 1);
    out.push_str(folder);
    if !folder.ends_with('\\') && !name.is_empty() {
        out.push('\\');
    }
    out.push_str(name);
    out
}

/// The folder that a path lies in, without trailing backslash; `None` for a drive or a bare name.
pub fn parent(path: &str) -> Option<&str> {
    let trimmed = path.strip_suffix('\\').unwrap_or(path);
    let (folder, _) = trimmed.rsplit_once('\\')?;
    // What is above `\\server\share` is no folder.
    let server = folder.strip_prefix("\\\\").is_some_and(|name| !name.contains('\\'));
    if folder.is_empty() || folder == "\\" || folder.ends_with(':') || server { None } else { Some(folder) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_patterns() {
        for (pattern, name) in
            [("*.log", "A.LOG"), ("*", ""), ("a?c*", "abcd"), ("*a*b", "xxaybzb"), ("*.*", "a.b")]
        {
            assert!(fits(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [("*.log", "a.log1"), ("?", ""), ("a*b", "acbx"), ("", "a"), ("*.*", "a")] {
            assert!(!fits(pattern, name), "{pattern} {name}");
        }
    }

    #[test]
    fn good_paths_pass() {
        for path in [
            "a",
            "bin\\agent.exe",
            "com10\\x",
            "console\\a.b.c",
            ".config",
            "ä\\日本.txt",
            "lpt",
            "a .b",
            "~1a",
            "longname~1",
            "a~1.text",
        ] {
            assert_eq!(check(path), Ok(()), "{path}");
        }
    }

    #[test]
    fn bad_paths_are_refused() {
        let long = "a".repeat(201);
        for (path, error) in [
            ("", Error::Empty),
            ("c:\\a", Error::Absolute),
            ("\\a", Error::Absolute),
            ("\\\\server\\share", Error::Absolute),
            ("a\\\\b", Error::EmptyPart),
            ("a\\", Error::EmptyPart),
            ("a\\..\\b", Error::Dots),
            (".", Error::Dots),
            ("a.", Error::TrailingDotOrSpace),
            ("a \\b", Error::TrailingDotOrSpace),
            ("a.txt:stream", Error::Character(':')),
            ("a/b", Error::Character('/')),
            ("a*", Error::Character('*')),
            ("a\tb", Error::Character('\t')),
            ("NUL", Error::Device),
            ("a\\con.txt", Error::Device),
            ("Com1.log", Error::Device),
            ("lpt\u{b2}", Error::Device),
            ("aux .c", Error::Device),
            (".UPD\\x", Error::WorkFolder),
            ("PROGRA~1\\x", Error::ShortName),
            ("bin\\longn~12.txt", Error::ShortName),
            (&long, Error::TooLong),
        ] {
            assert_eq!(check(path), Err(error), "{path}");
        }
    }

    #[test]
    fn collisions_ignore_case_and_see_folders() {
        assert_eq!(collision(&["a\\B", "A\\b"]), Some(("A\\b", "a\\B")));
        assert_eq!(collision(&["Ä", "ä"]), Some(("Ä", "ä")));
        assert_eq!(collision(&["a", "a-b", "A\\c"]), Some(("a", "A\\c")));
        assert_eq!(collision(&["a\\b", "ab", "a-b\\c"]), None);
    }

    #[test]
    fn lower_case_agrees_with_unicode_where_it_maps() {
        for n in 0..=0xffff {
            let Some(c) = char::from_u32(n) else { continue };
            let ours = lower_char(c);
            if ours != c {
                let mut theirs = c.to_lowercase();
                assert_eq!((theirs.next(), theirs.next()), (Some(ours), None), "U+{n:04X}");
            }
        }
    }

    #[test]
    fn parents_end_at_drives_and_shares() {
        assert_eq!(parent("C:\\a\\b\\"), Some("C:\\a"));
        assert_eq!(parent("C:\\a"), None);
        assert_eq!(parent("\\\\s\\x\\a"), Some("\\\\s\\x"));
        assert_eq!(parent("\\\\s\\x"), None);
        assert_eq!(parent("a"), None);
    }

    #[test]
    fn local_paths() {
        assert!(is_local_absolute("C:\\Program Files\\Acme"));
        assert!(is_local_absolute("C:\\a\\"));
        for bad in ["C:\\", "C:a", "\\\\s\\x", "C:\\a\\..\\b", "\\\\?\\C:\\a", "a", "C:\\a\\\\", "C:\\nul"] {
            assert!(!is_local_absolute(bad), "{bad}");
        }
    }

    /// Pieces that attacks on paths are made of, and harmless ones between them.
    const PIECES: [&str; 36] = [
        "",
        ".",
        "..",
        "...",
        " ",
        "a",
        "b.txt",
        "A",
        "ä",
        "..a",
        "a..",
        "a.",
        "a ",
        "~",
        "A~1",
        "PROGRA~1",
        ":",
        "C:",
        "c",
        "::$DATA",
        ".upd",
        "con",
        "CON.txt",
        "nul",
        "COM1",
        "com\u{b9}",
        "lpt9.log",
        "aux ",
        "?",
        "*",
        "<",
        "\u{1}",
        "\u{7f}",
        "\"",
        "|",
        "\0",
    ];

    /// Where Windows goes with a name below a folder, told without this file: `None`, somewhere else than the name says.
    fn windows_goes(name: &str) -> Option<Vec<String>> {
        let mut parts: Vec<String> = Vec::new();
        for part in name.split(['\\', '/']) {
            let kept = part.trim_end_matches(['.', ' ']);
            let stem = kept.split('.').next().unwrap_or_default().trim_end().to_lowercase();
            let numbered = |head: &str| {
                let number = stem.strip_prefix(head).unwrap_or_default();
                number.chars().count() == 1
                    && number.contains(|c: char| c.is_ascii_digit() || "¹²³".contains(c))
            };
            let device = ["con", "prn", "aux", "nul", "conin$", "conout$", "clock$"].contains(&stem.as_str());
            let odd = kept.is_empty() || kept != part || device || numbered("com") || numbered("lpt");
            if odd || part.contains(|c: char| c.is_control() || "<>:\"|?*".contains(c)) {
                return None;
            }
            parts.push(part.to_lowercase());
        }
        Some(parts)
    }

    /// Every path of up to five pieces with separators between them: what passes goes where it says.
    #[test]
    fn whatever_passes_stays_below_the_folder_and_is_what_it_says() {
        let mut passed = 0;
        let mut seed = 1u64;
        let mut next = |below: usize| {
            // Knuth's generator: the same paths on every run.
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as usize % below
        };
        for _ in 0..200_000 {
            let mut path = String::new();
            for place in 0..=next(5) {
                if place > 0 {
                    path.push_str(["\\", "\\", "\\", "/", "\\\\", ""][next(6)]);
                }
                path.push_str(PIECES[next(PIECES.len())]);
            }
            if check(&path).is_err() {
                continue;
            }
            passed += 1;
            let parts = windows_goes(&path);
            let parts = parts.unwrap_or_else(|| panic!("{path:?} passes, and Windows goes elsewhere"));
            assert_eq!(parts.join("\\"), path.to_lowercase(), "{path:?}");
            assert_ne!(parts[0], ".upd", "{path:?}");
        }
        assert!(passed > 1_000, "{passed} paths passed");
    }

    #[test]
    fn no_single_piece_of_an_attack_passes() {
        let good = ["a", "b.txt", "A", "ä", "..a", "~", "c"];
        for piece in PIECES {
            for path in [String::from(piece), join("bin", piece), alloc::format!("{piece}\\x")] {
                let deeper = piece == ".upd" && path.starts_with("bin");
                assert_eq!(
                    check(&path).is_ok(),
                    good.contains(&piece) || deeper || path == "bin",
                    "{path:?}"
                );
            }
        }
    }
}
