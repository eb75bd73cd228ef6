//! `unquoted-path`: a folder in an argument that is not in quotes, or whose backslash would escape a quote.
//!
//! `{InstallDir}` has spaces in it on nearly every machine and ends with a backslash. Without quotes it becomes
//! several arguments; as `"{InstallDir}"` its backslash escapes the closing quote ("Parsing C command-line
//! arguments" on Microsoft Learn).

use packager_shared::template::{Part, Template};

use super::{Context, Finding, Findings, Rule};
use crate::report::Problem;

pub(super) const RULE: Rule =
    Rule { name: "unquoted-path", summary: "a folder in an argument that spaces would split", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    let manifest = context.manifest;
    let arguments = manifest.services.iter().filter_map(|s| s.arguments.as_ref());
    for text in arguments.chain(manifest.shortcuts.iter().filter_map(|s| s.arguments.as_ref())) {
        let Ok(template) = context.names.template(text.get_ref()) else { continue };
        let problem = match fault(&template) {
            Some(Fault::Unquoted) => Problem::new("a folder in an argument is not in quotes")
                .why("folders have spaces in their names: the program would see several arguments")
                .help("write \"{InstallDir}\\conf\" with the quotes inside a '…' string"),
            Some(Fault::Escapes) => Problem::new("the backslash of the folder would escape the quote after it")
                .why("a folder ends with a backslash, and \\\" is a quote inside an argument")
                .help("write \"{InstallDir}\\.\" to name the folder itself"),
            None => continue,
        };
        out.warning(Finding::at(text.span(), problem));
    }
}

enum Fault {
    Unquoted,
    Escapes,
}

fn fault(template: &Template) -> Option<Fault> {
    let mut quoted = false;
    for (n, part) in template.0.iter().enumerate() {
        match part {
            Part::Text(text) => quoted ^= text.matches('"').count() % 2 == 1,
            Part::Dir(_) if !quoted => return Some(Fault::Unquoted),
            Part::Dir(_) => {
                if matches!(template.0.get(n.saturating_add(1)), Some(Part::Text(next)) if next.starts_with('"')) {
                    return Some(Fault::Escapes);
                }
            }
            Part::Setting(_) | Part::Optional(..) => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::testing::{and, fine, warning};

    #[test]
    fn unquoted_path() {
        let service = |arguments: &str| {
            and(&format!("[[service]]\nname = 'A'\nexe = 'bin\\agent.exe'\narguments = '{arguments}'"))
        };
        warning(&service("--conf {InstallDir}\\conf"), "unquoted-path", "arguments");
        warning(&service("\"--a\" {ProgramData}"), "unquoted-path", "arguments");
        warning(&service("--root \"{InstallDir}\""), "unquoted-path", "arguments");
        fine(&service("--conf \"{InstallDir}\\conf\" --root \"{InstallDir}\\.\""));
    }
}
