//! Kinds of text, and what each accepts.
//!
//! <https://learn.microsoft.com/windows/win32/msi/column-data-types>; each function names its page.

use super::condition;
use super::formatted::{self, Reference, is_identifier};

macro_rules! categories {
    ($($(#[$doc:meta])* $name:ident,)+) => {
        /// The categories of `_Validation`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Category {
            $($(#[$doc])* $name,)+
        }

        impl Category {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// As `_Validation` writes it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)+
                }
            }
        }
    };
}

categories! {
    /// Any text.
    Text,
    /// Text in capitals.
    UpperCase,
    /// Text in small letters.
    LowerCase,
    /// A number of two bytes.
    Integer,
    /// A number of four bytes.
    DoubleInteger,
    /// A date and time.
    TimeDate,
    /// A name in the database.
    Identifier,
    /// An identifier, or an environment variable with `%` before it.
    Property,
    /// A file name, `short` or `short|long`.
    Filename,
    /// A file name with wildcards.
    WildCardFilename,
    /// A full path.
    Path,
    /// Full paths, separated by semicolons.
    Paths,
    /// A full or relative path.
    AnyPath,
    /// What `Directory.DefaultDir` holds.
    DefaultDir,
    /// A registry key.
    RegPath,
    /// Text with references in square brackets.
    Formatted,
    /// Formatted text that is a security descriptor.
    FormattedSDDLText,
    /// Formatted text that may have numbers in its brackets.
    Template,
    /// A conditional statement.
    Condition,
    /// A GUID in braces and capitals.
    Guid,
    /// A version of up to four numbers.
    Version,
    /// Language ids, separated by commas.
    Language,
    /// A stream.
    Binary,
    /// Source of a custom action.
    CustomSource,
    /// A cabinet's file or stream.
    Cabinet,
    /// A feature, or formatted text.
    Shortcut,
}

impl Category {
    /// The category of that name. Case does not count.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|category| category.name().eq_ignore_ascii_case(name))
    }

    /// Whether a text is of this kind. References to other tables are not looked at.
    #[must_use]
    pub fn accepts(self, text: &str) -> bool {
        match self {
            Self::Text | Self::Integer | Self::DoubleInteger | Self::TimeDate | Self::Binary => true,
            Self::UpperCase => !text.contains(char::is_lowercase),
            Self::LowerCase => !text.contains(char::is_uppercase),
            Self::Identifier | Self::CustomSource => is_identifier(text),
            Self::Property => is_identifier(text.strip_prefix('%').unwrap_or(text)),
            Self::Filename => is_filename(text, false),
            Self::WildCardFilename => is_filename(text, true),
            Self::Path => is_path(text),
            Self::Paths => text.split(';').all(is_path),
            Self::AnyPath => is_any_path(text),
            Self::DefaultDir => is_default_dir(text),
            Self::RegPath => !text.starts_with('\\') && !text.ends_with('\\') && is_formatted(text, false),
            Self::Formatted => is_formatted(text, false),
            Self::Template => is_formatted(text, true),
            // The descriptor's brackets follow the same rules; Windows alone can tell whether it is one.
            Self::FormattedSDDLText => is_formatted(text, false),
            Self::Condition => condition::parse(text).is_some(),
            Self::Guid => is_guid(text),
            Self::Version => is_version(text),
            Self::Language => text.split(',').all(|id| id.trim().parse::<u16>().is_ok()),
            Self::Cabinet => match text.strip_prefix('#') {
                Some(stream) => is_identifier(stream),
                None => is_short_name(text, false),
            },
            Self::Shortcut => {
                if text.contains('[') {
                    is_formatted(text, false)
                } else {
                    is_identifier(text)
                }
            }
        }
    }
}

/// <https://learn.microsoft.com/windows/win32/msi/formatted> and .../template
fn is_formatted(text: &str, template: bool) -> bool {
    formatted::references(text).iter().all(|reference| match reference {
        Reference::Invalid(_) => false,
        Reference::Field(_) => template,
        _ => true,
    })
}

/// <https://learn.microsoft.com/windows/win32/msi/guid>
fn is_guid(text: &str) -> bool {
    text.len() == 38
        && text.bytes().enumerate().all(|(at, byte)| match at {
            0 => byte == b'{',
            9 | 14 | 19 | 24 => byte == b'-',
            37 => byte == b'}',
            _ => byte.is_ascii_digit() || (b'A'..=b'F').contains(&byte),
        })
}

/// <https://learn.microsoft.com/windows/win32/msi/version>
fn is_version(text: &str) -> bool {
    let mut parts = 0;
    text.split('.').all(|part| {
        parts += 1;
        part.bytes().all(|byte| byte.is_ascii_digit()) && part.parse::<u16>().is_ok()
    }) && parts <= 4
}

/// Eight characters, a dot and three more. <https://learn.microsoft.com/windows/win32/msi/filename>
fn is_short_name(text: &str, wildcards: bool) -> bool {
    let (name, extension) = text.split_once('.').unwrap_or((text, ""));
    // A wildcard stands for any number of characters, so lengths say little.
    let fits = |part: &str, most: usize| part.chars().count() <= most;
    !name.is_empty()
        && fits(name, 8)
        && fits(extension, 3)
        && !extension.contains('.')
        && !text.ends_with('.')
        && !text.contains([' ', '+', ',', ';', '=', '[', ']'])
        && is_long_name(text, wildcards)
}

fn is_long_name(text: &str, wildcards: bool) -> bool {
    !text.is_empty()
        && !text.contains(['\\', '/', '|', '>', '<', ':', '"'])
        && (wildcards || !text.contains(['?', '*']))
        && !text.chars().all(|c| c == '.')
}

fn is_filename(text: &str, wildcards: bool) -> bool {
    match text.split_once('|') {
        Some((short, long)) => is_short_name(short, wildcards) && is_long_name(long, wildcards),
        None => is_short_name(text, wildcards),
    }
}

/// <https://learn.microsoft.com/windows/win32/msi/defaultdir>
fn is_default_dir(text: &str) -> bool {
    let part = |part: &str| part == "." || is_identifier(part) || is_filename(part, false);
    match text.split_once(':') {
        Some((target, source)) => part(target) && part(source),
        None => part(text),
    }
}

/// <https://learn.microsoft.com/windows/win32/msi/path>
fn is_path(text: &str) -> bool {
    let rooted = text.starts_with(['[', '%']) || text.starts_with("\\\\") || text.get(1..2) == Some(":");
    rooted && !text.contains(['|', '<', '>', '"', '*', '?']) && is_formatted(text, false)
}

/// <https://learn.microsoft.com/windows/win32/msi/anypath>
fn is_any_path(text: &str) -> bool {
    match text.split_once('|') {
        Some(_) => is_filename(text, false),
        None => !text.contains(['<', '>', '"', '*', '?']) && is_formatted(text, false),
    }
}

#[cfg(test)]
mod tests {
    use super::Category::*;
    use super::*;

    #[test]
    fn names_find_their_category() {
        for &category in Category::ALL {
            assert_eq!(Category::find(category.name()), Some(category));
        }
        assert_eq!(Category::find("WildcardFilename"), Some(WildCardFilename));
        assert_eq!(Category::find("Nonsense"), None);
    }

    #[test]
    fn each_accepts_its_own() {
        let cases: &[(Category, &[&str], &[&str])] = &[
            (Identifier, &["a", "_1", "A.b_c"], &["1a", "", "a-b", ".a", "ä"]),
            (Property, &["A", "%PATH"], &["%", "%%A", "a b"]),
            (UpperCase, &["ABC_1"], &["ABc"]),
            (LowerCase, &["abc_1"], &["abC"]),
            (
                Guid,
                &["{0123ABCD-4567-89EF-0123-456789ABCDEF}"],
                &["{0123abcd-4567-89EF-0123-456789ABCDEF}", "{}", ""],
            ),
            (
                Version,
                &["1", "1.0", "65535.65535.65535.65535", "1.00.10"],
                &["1.", "1.2.3.4.5", "65536", "a", "+1", ""],
            ),
            (Language, &["0", "1033", "1033,1031"], &["x", "1033,", "70000"]),
            (
                Filename,
                &["status.txt", "projec~1.txt|Project Status.txt", "A", "x|.config", "a.b|a.b.c"],
                &[
                    "Project Status.txt",
                    "longfilename.txt",
                    "a.html",
                    "a|b|c",
                    "a b|c",
                    "a.b.c",
                    "|x",
                    "x|",
                    "a|b*",
                    "a|b\\c",
                ],
            ),
            (WildCardFilename, &["*", "*.txt", "a|*.config", "?.*"], &["*.conf", "a\\*"]),
            (
                DefaultDir,
                &["SourceDir", ".", "a|A long one", "t:s", "a|bc:.", "PFiles"],
                &["a b", "a:b:c", "toolongname-x"],
            ),
            (RegPath, &["Software\\[Manufacturer]\\x", "a b"], &["\\a", "a\\", "[a b]"]),
            (Formatted, &["[A] x [#f] [~]", "{a [B]}", "]["], &["[a b]", "[1]", "[]"]),
            (Template, &["Action [Time]: [1]. [2]"], &["[a b]"]),
            (Condition, &["NOT A", "1"], &["A B"]),
            (Cabinet, &["#data.cab", "data1.cab"], &["#1.cab", "longername.cab", "a b.cab"]),
            (Shortcut, &["Feature1", "[#f]", "[DIR]a b.exe"], &["a b", "[a b]"]),
            (Path, &["C:\\a", "\\\\s\\h", "[DIR]x", "%X%"], &["a\\b", "C:\\a|b"]),
            (Paths, &["C:\\a;[X]"], &["C:\\a;b"]),
            (AnyPath, &["a\\b", "projec~1|Project Status", "[X]y"], &["a\\b|c", "a<b"]),
            (Text, &["", "[x y"], &[]),
        ];
        for (category, good, bad) in cases {
            for text in *good {
                assert!(category.accepts(text), "{category:?} takes `{text}`");
            }
            for text in *bad {
                assert!(!category.accepts(text), "{category:?} refuses `{text}`");
            }
        }
    }
}
