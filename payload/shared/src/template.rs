//! Text with directories and settings in it: `{InstallDir}\bin;{SERVER_URL}`.
//!
//! A directory always expands **with** its trailing backslash, and a backslash that directly follows the
//! token in the text is swallowed by the parser. That is what Windows Installer does with `[INSTALLDIR]`, so
//! one rule serves both outputs: `{InstallDir}\bin` is `C:\App\bin`, `{InstallDir}` alone is `C:\App\`.

use alloc::string::String;
use alloc::vec::Vec;

/// A directory that is known only on the target machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dir {
    /// Where the product is installed.
    InstallDir,
    /// `C:\Program Files` of the package's architecture; in a per-user package `%LOCALAPPDATA%\Programs`.
    ProgramFiles,
    /// `C:\Program Files\Common Files` of the package's architecture.
    CommonFiles,
    /// `C:\ProgramData`.
    ProgramData,
    /// `C:\Windows`.
    Windows,
    /// `System32` of the package's architecture.
    System,
    /// The Programs folder of the start menu: of all users, or in a per-user package of the user.
    StartMenu,
    /// The desktop, of all users or of the user.
    Desktop,
    /// The Startup folder, of all users or of the user.
    Startup,
    /// `%LOCALAPPDATA%` (per-user packages).
    LocalAppData,
    /// `%APPDATA%` (per-user packages).
    AppData,
}

/// A piece of a [`Template`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Literal text.
    Text(String),
    /// A directory, expanded with a trailing backslash.
    Dir(Dir),
    /// The value of a setting.
    Setting(String),
    /// The value of a setting with text before and after it, and nothing at all while the setting is empty:
    /// `{PROXY? --proxy {PROXY}}`.
    Optional(String, String, String),
}

impl Part {
    /// The setting that it names.
    pub fn setting(&self) -> Option<&str> {
        match self {
            Part::Setting(name) | Part::Optional(name, ..) => Some(name),
            Part::Text(_) | Part::Dir(_) => None,
        }
    }
}

/// Text with directories and settings in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Template(pub Vec<Part>);

impl Dir {
    /// All of them.
    pub const ALL: [Dir; 11] = [
        Dir::InstallDir,
        Dir::ProgramFiles,
        Dir::CommonFiles,
        Dir::ProgramData,
        Dir::Windows,
        Dir::System,
        Dir::StartMenu,
        Dir::Desktop,
        Dir::Startup,
        Dir::LocalAppData,
        Dir::AppData,
    ];

    /// The name in a manifest, without braces.
    pub fn name(self) -> &'static str {
        match self {
            Dir::InstallDir => "InstallDir",
            Dir::ProgramFiles => "ProgramFiles",
            Dir::CommonFiles => "CommonFiles",
            Dir::ProgramData => "ProgramData",
            Dir::Windows => "Windows",
            Dir::System => "System",
            Dir::StartMenu => "StartMenu",
            Dir::Desktop => "Desktop",
            Dir::Startup => "Startup",
            Dir::LocalAppData => "LocalAppData",
            Dir::AppData => "AppData",
        }
    }

    /// The directory of a name.
    pub fn from_name(name: &str) -> Option<Dir> {
        Dir::ALL.into_iter().find(|dir| dir.name() == name)
    }
}

/// What is wrong with a template's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// `{` without `}`.
    Unclosed,
    /// `}` without `{`; a brace itself is written `}}`.
    Stray,
    /// `{}`.
    Empty,
    /// A name that is neither a directory, a setting nor a constant.
    Unknown(String),
    /// `{NAME?…}` with anything but text and, once, `{NAME}` in it.
    Optional(String),
}

/// Why a text is no template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// Where, in bytes from the text's start: the brace.
    pub at: usize,
    /// What.
    pub problem: Problem,
}

impl core::fmt::Display for Error {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match &self.problem {
            Problem::Unclosed => {
                write!(f, "`{{` at byte {} has no `}}`; write `{{{{` for the brace itself", self.at)
            }
            Problem::Stray => {
                write!(f, "`}}` at byte {} has no `{{`; write `}}}}` for the brace itself", self.at)
            }
            Problem::Empty => write!(f, "`{{}}` at byte {} names nothing", self.at),
            Problem::Optional(name) => {
                write!(
                    f,
                    "the part at byte {} that depends on {name} has to hold {{{name}}} once, and text",
                    self.at
                )
            }
            Problem::Unknown(name) => {
                write!(f, "`{{{name}}}` at byte {} is no directory, setting or constant", self.at)
            }
        }
    }
}

impl core::error::Error for Error {}

/// Whether a name can be a setting's: an upper-case letter, then upper-case letters, digits and underscores.
pub fn is_setting_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

impl Template {
    /// A template that is only text.
    pub fn text(text: &str) -> Self {
        if text.is_empty() { Self::default() } else { Self(alloc::vec![Part::Text(String::from(text))]) }
    }

    /// Parses a text. `{{` and `}}` are braces; `{Name}` is a directory, one of `constants` (name and value, put
    /// in now: `Version`, `Name`, `Manufacturer`) or one of `settings`.
    pub fn parse(text: &str, constants: &[(&str, &str)], settings: &[&str]) -> Result<Self, Error> {
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(brace) = rest.find(['{', '}']) {
            let at = text.len().saturating_sub(rest.len()).saturating_add(brace);
            let (before, from) = rest.split_at(brace);
            literal.push_str(before);
            if let Some(after) = from.strip_prefix("{{") {
                literal.push('{');
                rest = after;
                continue;
            }
            if let Some(after) = from.strip_prefix("}}") {
                literal.push('}');
                rest = after;
                continue;
            }
            let Some(inner) = from.strip_prefix('{') else {
                return Err(Error { at, problem: Problem::Stray });
            };
            let asked = inner.split_once('?').filter(|(name, _)| is_setting_name(name));
            if let Some((name, body)) = asked {
                if !settings.contains(&name) {
                    return Err(Error { at, problem: Problem::Unknown(String::from(name)) });
                }
                let Some((part, after)) = optional(name, body) else {
                    return Err(Error { at, problem: Problem::Optional(String::from(name)) });
                };
                if !literal.is_empty() {
                    parts.push(Part::Text(core::mem::take(&mut literal)));
                }
                parts.push(part);
                rest = after;
                continue;
            }
            let Some((name, after)) = inner.split_once('}') else {
                return Err(Error { at, problem: Problem::Unclosed });
            };
            rest = after;
            if name.is_empty() {
                return Err(Error { at, problem: Problem::Empty });
            }
            if let Some((_, value)) = constants.iter().find(|(constant, _)| *constant == name) {
                literal.push_str(value);
                continue;
            }
            let part = if let Some(dir) = Dir::from_name(name) {
                rest = rest.strip_prefix('\\').unwrap_or(rest);
                Part::Dir(dir)
            } else if settings.contains(&name) {
                Part::Setting(String::from(name))
            } else {
                return Err(Error { at, problem: Problem::Unknown(String::from(name)) });
            };
            if !literal.is_empty() {
                parts.push(Part::Text(core::mem::take(&mut literal)));
            }
            parts.push(part);
        }
        literal.push_str(rest);
        if !literal.is_empty() {
            parts.push(Part::Text(literal));
        }
        Ok(Self(parts))
    }

    /// Puts in directories (given with or without their trailing backslash) and settings. A name that the
    /// closures do not know gives `None`.
    pub fn expand(
        &self,
        dir: &mut dyn FnMut(Dir) -> Option<String>,
        setting: &mut dyn FnMut(&str) -> Option<String>,
    ) -> Option<String> {
        let mut out = String::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Dir(name) => {
                    out.push_str(&dir(*name)?);
                    if !out.ends_with('\\') {
                        out.push('\\');
                    }
                }
                Part::Setting(name) => out.push_str(&setting(name)?),
                Part::Optional(name, before, after) => {
                    let value = setting(name)?;
                    if !value.is_empty() {
                        for text in [before, &value, after] {
                            out.push_str(text);
                        }
                    }
                }
            }
        }
        Some(out)
    }

    /// The settings that it names.
    pub fn settings(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(Part::setting)
    }
}

/// What stands behind `{NAME?`: the part, and what follows it.
fn optional<'t>(name: &str, body: &'t str) -> Option<(Part, &'t str)> {
    let mut texts = [String::new(), String::new()];
    let mut named = false;
    let mut rest = body;
    loop {
        let brace = rest.find(['{', '}'])?;
        let (text, from) = rest.split_at(brace);
        let literal = texts.get_mut(usize::from(named))?;
        literal.push_str(text);
        if let Some(after) = from.strip_prefix("{{") {
            literal.push('{');
            rest = after;
        } else if let Some(after) = from.strip_prefix('{') {
            rest = after.strip_prefix(name)?.strip_prefix('}')?;
            if core::mem::replace(&mut named, true) {
                return None;
            }
        } else {
            let [before, after] = texts;
            return named.then(|| {
                (Part::Optional(String::from(name), before, after), from.get(1..).unwrap_or_default())
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expand(text: &str) -> String {
        let template = Template::parse(text, &[("Version", "1.2")], &["A"]).expect("parses");
        let mut dir = |dir: Dir| match dir {
            Dir::InstallDir => Some(String::from("C:\\App")),
            Dir::Windows => Some(String::from("C:\\Windows\\")),
            _ => None,
        };
        template.expand(&mut dir, &mut |name| (name == "A").then(|| String::from("x"))).expect("expands")
    }

    #[test]
    fn directories_keep_one_backslash() {
        assert_eq!(expand("{InstallDir}"), "C:\\App\\");
        assert_eq!(expand("{InstallDir}\\bin"), "C:\\App\\bin");
        assert_eq!(expand("{InstallDir}bin"), "C:\\App\\bin");
        assert_eq!(expand("{Windows}\\x;{InstallDir}"), "C:\\Windows\\x;C:\\App\\");
    }

    #[test]
    fn braces_constants_and_settings() {
        assert_eq!(expand("{{{A}}} {Version}\\{A}"), "{x} 1.2\\x");
        assert_eq!(expand(""), "");
    }

    #[test]
    fn parts_vanish_with_their_setting() {
        fn parse(text: &str) -> Result<Template, Error> {
            Template::parse(text, &[], &["A", "B"])
        }
        let line = |text: &str, value: &str| {
            let setting = &mut |name: &str| (name == "A").then(|| String::from(value));
            parse(text).expect("parses").expand(&mut |_| None, setting).expect("expands")
        };
        assert_eq!(line("run{A? --a {A}!} x", "v"), "run --a v! x");
        assert_eq!(line("run{A? --a {A}!} x", ""), "run x");
        assert_eq!(line("{A?{{{A}}", "v"), "{v");
        let template = parse("{A?a{A}}").expect("parses");
        assert_eq!(template.settings().collect::<Vec<_>>(), ["A"]);
        for bad in ["{A?x}", "{A?{A}{A}}", "{A?{B}}", "{A?{A}", "{A?{A}{B}}"] {
            assert_eq!(parse(bad).map_err(|e| e.problem), Err(Problem::Optional("A".into())), "{bad}");
        }
        assert_eq!(parse("{C?{C}}").map_err(|e| e.problem), Err(Problem::Unknown("C".into())));
    }

    #[test]
    fn errors_say_where() {
        let parse = |text| Template::parse(text, &[], &[]).map_err(|e| (e.at, e.problem));
        assert_eq!(parse("ä{B}"), Err((2, Problem::Unknown(String::from("B")))));
        assert_eq!(parse("a{B"), Err((1, Problem::Unclosed)));
        assert_eq!(parse("a}"), Err((1, Problem::Stray)));
        assert_eq!(parse("{}"), Err((0, Problem::Empty)));
    }
}
