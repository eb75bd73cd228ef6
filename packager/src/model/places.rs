//! Install directories and other folders: templates that start with a known folder.

use packager_shared::path;
use packager_shared::plan::Scope;
use packager_shared::template::{Dir, Part, Template};

use super::values::short;
use crate::report::Problem;

/// What may be named in a text.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Constants with their values, put in now.
    pub constants: Vec<(&'static str, String)>,
    /// The settings there are.
    pub settings: Vec<String>,
}

impl Names {
    /// The constants of a product.
    #[must_use]
    pub fn of(version: &str, name: &str, manufacturer: &str, settings: Vec<String>) -> Self {
        let constants = vec![
            ("Version", version.to_owned()),
            ("Name", name.to_owned()),
            ("Manufacturer", manufacturer.to_owned()),
        ];
        Self { constants, settings }
    }

    /// Parses a text with `{…}` in it.
    pub fn template(&self, text: &str) -> Result<Template, Problem> {
        let constants: Vec<(&str, &str)> = self.constants.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let settings: Vec<&str> = self.settings.iter().map(String::as_str).collect();
        if text.contains('\0') {
            return Err(Problem::new("the text has a NUL character").help("remove it"));
        }
        Template::parse(text, &constants, &settings).map_err(|error| self.explain(text, &error))
    }

    fn explain(&self, text: &str, error: &packager_shared::template::Error) -> Problem {
        use packager_shared::template::Problem as P;
        let unknown = match &error.problem {
            P::Unknown(name) => name,
            _ => {
                return Problem::new(format!("in `{}`: {error}", short(text)))
                    .help("write {Name}, and {{ or }} for a brace itself");
            }
        };
        let mut known: Vec<&str> = Dir::ALL.into_iter().map(Dir::name).collect();
        known.extend(self.constants.iter().map(|(n, _)| *n));
        known.extend(self.settings.iter().map(String::as_str));
        let help = match crate::diagnostics::suggest::closest(unknown, known.iter().copied()) {
            Some(near) => format!("did you mean {{{near}}}?"),
            None if packager_shared::template::is_setting_name(unknown) => {
                format!(
                    "declare it with [setting.{unknown}], or write {{{{ and }}}} for the braces themselves"
                )
            }
            None => format!(
                "there are {}",
                known.iter().map(|n| format!("{{{n}}}")).collect::<Vec<_>>().join(", ")
            ),
        };
        Problem::new(format!("`{{{}}}` is no setting and no folder", short(unknown))).help(help)
    }
}

/// The directory a product is installed to.
pub fn install_dir(text: &str, scope: Scope, names: &Names) -> Result<Template, Problem> {
    let allowed: &[Dir] = match scope {
        Scope::Machine => &[Dir::ProgramFiles, Dir::CommonFiles, Dir::ProgramData],
        Scope::User => &[Dir::ProgramFiles, Dir::LocalAppData, Dir::AppData],
    };
    let template = folder(text, allowed, &Names { settings: vec![], ..names.clone() })?;
    if template.0.len() < 2 {
        return Err(Problem::new(format!("`{}` is a folder that other programs share", short(text)))
            .why("the product's files need a folder of their own: what lies in it is updated and removed")
            .help(format!(
                "write '{{{}}}\\Manufacturer\\Product'",
                allowed.first().map_or("", |d| d.name())
            )));
    }
    Ok(template)
}

/// A folder that shall exist.
pub fn directory(text: &str, scope: Scope, names: &Names) -> Result<Template, Problem> {
    let allowed: &[Dir] = match scope {
        Scope::Machine => &[
            Dir::InstallDir,
            Dir::ProgramData,
            Dir::ProgramFiles,
            Dir::CommonFiles,
            Dir::Windows,
            Dir::System,
            Dir::StartMenu,
        ],
        Scope::User => &[Dir::InstallDir, Dir::LocalAppData, Dir::AppData, Dir::ProgramFiles, Dir::StartMenu],
    };
    let template = folder(text, allowed, &Names { settings: vec![], ..names.clone() })?;
    if template.0.len() < 2 {
        return Err(Problem::new(format!("`{}` exists already", short(text))).help("name a folder below it"));
    }
    Ok(template)
}

/// Whose a folder is when it is not a product's alone: Windows' own folders, and those that Windows shares out.
#[must_use]
pub fn shared_with(folder: &Template) -> Option<&'static str> {
    let [Part::Dir(dir), Part::Text(below)] = folder.0.as_slice() else { return None };
    let mut names = below.split('\\').filter(|name| !name.is_empty());
    let first = path::lower(names.next().unwrap_or_default());
    let alone = names.next().is_none();
    match dir {
        Dir::Windows | Dir::System => Some("Windows"),
        Dir::StartMenu | Dir::Startup | Dir::Desktop => Some("all programs"),
        Dir::ProgramData | Dir::LocalAppData | Dir::AppData if first == "microsoft" => Some("Windows"),
        Dir::ProgramData | Dir::LocalAppData
            if alone
                && matches!(
                    first.as_str(),
                    "package cache" | "packages" | "temp" | "programs" | "start menu"
                ) =>
        {
            Some("all programs")
        }
        Dir::ProgramFiles if alone && first == "common files" => Some("all programs"),
        Dir::ProgramFiles if first == "windowsapps" || first.starts_with("windows ") => Some("Windows"),
        Dir::ProgramFiles | Dir::CommonFiles if alone && first == "microsoft shared" => Some("Windows"),
        _ => None,
    }
}

/// A template of a known folder and a plain path below it.
fn folder(text: &str, allowed: &[Dir], names: &Names) -> Result<Template, Problem> {
    let text = text.replace('/', "\\");
    let trimmed = text.strip_suffix('\\').unwrap_or(&text);
    let template = names.template(trimmed)?;
    let list = || allowed.iter().map(|d| format!("{{{}}}", d.name())).collect::<Vec<_>>().join(", ");
    let below = match template.0.as_slice() {
        [Part::Dir(dir)] | [Part::Dir(dir), Part::Text(_)] if !allowed.contains(dir) => {
            return Err(Problem::new(format!("{{{}}} cannot be used here", dir.name()))
                .help(format!("folders that can: {}", list())));
        }
        [Part::Dir(_)] => return Ok(template),
        [Part::Dir(_), Part::Text(below)] => below,
        _ => {
            return Err(Problem::new(format!("`{}` does not start with a known folder", short(&text)))
                .why("where such folders are differs from machine to machine")
                .help(format!("start it with one of {}", list())));
        }
    };
    path::check(below).map_err(|e| {
        Problem::new(format!("the path `{}` {e}", short(below))).help("name a folder that Windows can have")
    })?;
    Ok(template)
}
