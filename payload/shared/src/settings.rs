//! Which value a setting has.
//!
//! Command line over remembered over legacy over site over default. An empty value given is a value: it clears.
//! Clearing by name forgets what is remembered, and what a predecessor had.

use alloc::string::String;
use alloc::vec::Vec;

use crate::plan::{Setting, Site};

/// Where values may come from.
#[derive(Clone, Copy, Debug)]
pub struct Sources<'a> {
    /// `NAME=VALUE` of the command line, names in upper case; the last of a name counts.
    pub command_line: &'a [(String, String)],
    /// `/clear NAME`.
    pub clear: &'a [String],
    /// The site that was chosen.
    pub site: Option<&'a Site>,
}

/// Why the settings cannot be used: exit code 1639.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The setting.
    pub name: String,
    /// What is wrong.
    pub what: &'static str,
}

impl Error {
    /// One sentence; never the value.
    pub fn text(&self) -> String {
        let mut out = String::from("the setting ");
        out.push_str(&self.name);
        out.push(' ');
        out.push_str(self.what);
        out
    }
}

impl core::fmt::Display for Error {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.text())
    }
}

impl core::error::Error for Error {}

fn given<'a>(values: &'a [(String, String)], name: &str) -> Option<&'a String> {
    values.iter().rev().find(|(given, _)| given == name).map(|(_, value)| value)
}

/// One value for each setting, in their order. `remembered` is asked for what an earlier install or a predecessor
/// stored.
pub fn resolve(
    settings: &[Setting],
    sources: Sources<'_>,
    remembered: &mut dyn FnMut(&Setting) -> Option<String>,
) -> Result<Vec<(String, String)>, Error> {
    let unknown = sources.command_line.iter().map(|(name, _)| name).chain(sources.clear);
    for name in unknown {
        if !settings.iter().any(|setting| setting.name == *name) {
            return Err(Error { name: name.clone(), what: "is unknown" });
        }
    }
    let mut out = Vec::new();
    for setting in settings {
        let name = &setting.name;
        let mut value = given(sources.command_line, name).cloned();
        if value.is_none() && !sources.clear.contains(name) {
            value = remembered(setting);
        }
        if value.is_none() {
            value = sources.site.and_then(|site| given(&site.values, name)).cloned();
        }
        let value = value.unwrap_or_else(|| setting.default.clone());
        check(setting, &value)?;
        out.push((name.clone(), value));
    }
    Ok(out)
}

/// Whether a setting may have a value. A number sign at its start means another type to Windows Installer, both where
/// it writes the registry and where it reads it ("Registry Table" and "RegLocator Table" on Microsoft Learn), and no
/// table can take it off again: so no output takes it.
pub fn check(setting: &Setting, value: &str) -> Result<(), Error> {
    let fail = |what| Err(Error { name: setting.name.clone(), what });
    // No table has a secret.
    if value.starts_with('#') && !setting.secret {
        return fail("cannot start with #");
    }
    if value.is_empty() {
        return if setting.required { fail("needs a value") } else { Ok(()) };
    }
    if !setting.allowed.is_empty() && !setting.allowed.iter().any(|allowed| allowed == value) {
        return fail("does not allow this value");
    }
    Ok(())
}

/// The site of a name; case does not matter.
pub fn find_site<'a>(sites: &'a [Site], name: &str) -> Option<&'a Site> {
    sites.iter().find(|site| crate::path::same(&site.name, name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn setting(name: &str) -> Setting {
        Setting {
            name: name.into(),
            default: "d".into(),
            required: false,
            secret: false,
            allowed: vec![],
            registry: None,
            legacy: vec![],
        }
    }

    #[test]
    fn precedence() {
        let line = [("A".into(), "old".into()), ("A".into(), "line".into()), ("E".into(), "".into())];
        let names = ["A", "B", "C", "D", "E", "F"];
        let settings = names.map(setting);
        let site = Site { name: "s".into(), values: names.map(|n| (n.into(), "site".into())).into() };
        let clear = ["B".into()];
        let sources = Sources { command_line: &line, clear: &clear, site: Some(&site) };
        let mut remembered = |s: &Setting| ["A", "B", "C", "E"].contains(&&*s.name).then(|| "kept".into());
        let values = resolve(&settings, sources, &mut remembered).expect("resolves");
        let values: Vec<&str> = values.iter().map(|(_, value)| value.as_str()).collect();
        assert_eq!(values, ["line", "site", "kept", "site", "", "site"]);
        let none = Sources { command_line: &[], clear: &[], site: None };
        assert_eq!(resolve(&settings[..1], none, &mut |_| None), Ok(vec![("A".into(), "d".into())]));
    }

    #[test]
    fn required_allowed_unknown() {
        let mut one = setting("A");
        one.required = true;
        one.allowed = vec!["x".into()];
        let with = |value: &str| {
            let line = [("A".into(), String::from(value))];
            let sources = Sources { command_line: &line, clear: &[], site: None };
            resolve(core::slice::from_ref(&one), sources, &mut |_| None)
        };
        assert!(with("x").is_ok());
        assert!(with("y").is_err());
        assert!(with("").is_err());
        assert!(check(&setting("A"), "#5").is_err());
        assert!(check(&setting("A"), "5#").is_ok());
        let line = [("B".into(), "1".into())];
        let sources = Sources { command_line: &line, clear: &[], site: None };
        assert!(resolve(&[], sources, &mut |_| None).is_err());
    }
}
