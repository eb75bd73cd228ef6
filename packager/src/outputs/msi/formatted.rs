//! Text for columns of the types Formatted and Condition (Microsoft: "Formatted", "Conditional Statement Syntax").

use packager_shared::plan::{Arch, Product, Scope};
use packager_shared::template::{Dir, Part, Template};

/// What known directories depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Folders {
    /// The package is for a 64-bit system.
    pub wide: bool,
    /// It is for one user.
    pub user: bool,
}

impl Folders {
    /// Those of a product.
    pub fn of(product: &Product) -> Self {
        Self { wide: product.arch != Arch::X86, user: product.scope == Scope::User }
    }
}

/// The programs of a user: no folder that Windows Installer knows, but one below the user's data.
pub const USER_PROGRAMS: &str = "UserPrograms";

/// The Directory row that stands for a known directory.
pub fn directory_id(dir: Dir, folders: Folders) -> &'static str {
    let wide = folders.wide;
    match dir {
        Dir::ProgramFiles if folders.user => USER_PROGRAMS,
        Dir::StartMenu if folders.user => "ProgramMenuFolder",
        Dir::Desktop if folders.user => "DesktopFolder",
        Dir::Startup if folders.user => "StartupFolder",
        Dir::InstallDir => "INSTALLDIR",
        Dir::ProgramFiles if wide => "ProgramFiles64Folder",
        Dir::ProgramFiles => "ProgramFilesFolder",
        Dir::CommonFiles if wide => "CommonFiles64Folder",
        Dir::CommonFiles => "CommonFilesFolder",
        Dir::ProgramData => "CommonAppDataFolder",
        Dir::Windows => "WindowsFolder",
        Dir::System if wide => "System64Folder",
        Dir::System => "SystemFolder",
        Dir::StartMenu => "CommonPrograms",
        Dir::Desktop => "CommonDesktop",
        Dir::Startup => "CommonStartup",
        Dir::LocalAppData => "LocalAppDataFolder",
        Dir::AppData => "AppDataFolder",
    }
}

/// Literal text in a Formatted column: brackets and braces lose their meaning.
pub fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '[' | ']' | '{' | '}' => {
                out.push_str("[\\");
                out.push(c);
                out.push(']');
            }
            _ => out.push(c),
        }
    }
    out
}

/// A template in a Formatted column. Directories are properties that end in a backslash, as the template wants.
pub fn template(template: &Template, folders: Folders) -> String {
    let mut out = String::new();
    for part in &template.0 {
        match part {
            Part::Text(text) => out.push_str(&literal(text)),
            Part::Dir(dir) => {
                out.push('[');
                out.push_str(directory_id(*dir, folders));
                out.push(']');
            }
            Part::Setting(name) => {
                out.push('[');
                out.push_str(name);
                out.push(']');
            }
            // Braces vanish with what is in them while the property has no value (Microsoft: "Formatted").
            Part::Optional(name, before, after) => {
                out.push_str(&format!("{{{}[{name}]{}}}", literal(before), literal(after)));
            }
        }
    }
    out
}

/// A string constant in a condition. There is no escape for a quote: the caller has refused it.
pub fn condition_string(text: &str) -> String {
    format!("\"{text}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_are_literal_and_tokens_are_properties() {
        let text = Template(vec![
            Part::Text("[x]{y} ".into()),
            Part::Dir(Dir::InstallDir),
            Part::Text("bin;".into()),
            Part::Setting("SERVER_URL".into()),
            Part::Optional("PROXY".into(), " --proxy [".into(), "]".into()),
        ]);
        assert_eq!(
            template(&text, Folders { wide: true, user: false }),
            "[\\[]x[\\]][\\{]y[\\}] [INSTALLDIR]bin;[SERVER_URL]{ --proxy [\\[][PROXY][\\]]}"
        );
    }

    #[test]
    fn a_32_bit_package_uses_the_32_bit_folders() {
        let text = Template(vec![Part::Dir(Dir::ProgramFiles)]);
        let id = |wide, user| template(&text, Folders { wide, user });
        assert_eq!(id(true, false), "[ProgramFiles64Folder]");
        assert_eq!(id(false, false), "[ProgramFilesFolder]");
        assert_eq!([id(false, true), id(true, true)], ["[UserPrograms]", "[UserPrograms]"]);
    }
}
