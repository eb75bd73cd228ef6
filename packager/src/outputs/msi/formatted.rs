//! Text for columns of the types Formatted and Condition (Microsoft: "Formatted", "Conditional Statement Syntax").

use packager_shared::template::{Dir, Part, Template};

/// The Directory row that stands for a known directory.
pub fn directory_id(dir: Dir, wide: bool) -> &'static str {
    match dir {
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
pub fn template(template: &Template, wide: bool) -> String {
    let mut out = String::new();
    for part in &template.0 {
        match part {
            Part::Text(text) => out.push_str(&literal(text)),
            Part::Dir(dir) => {
                out.push('[');
                out.push_str(directory_id(*dir, wide));
                out.push(']');
            }
            Part::Setting(name) => {
                out.push('[');
                out.push_str(name);
                out.push(']');
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
        ]);
        assert_eq!(template(&text, true), "[\\[]x[\\]][\\{]y[\\}] [INSTALLDIR]bin;[SERVER_URL]");
    }

    #[test]
    fn a_32_bit_package_uses_the_32_bit_folders() {
        let text = Template(vec![Part::Dir(Dir::ProgramFiles)]);
        assert_eq!(template(&text, false), "[ProgramFilesFolder]");
        assert_eq!(template(&text, true), "[ProgramFiles64Folder]");
    }
}
