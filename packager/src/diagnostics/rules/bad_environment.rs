//! `bad-environment`: an environment variable without a name, or without exactly one of value, append, prepend.

use super::{Context, Finding, Findings, Rule};
use crate::report::Problem;

pub(super) const RULE: Rule =
    Rule { name: "bad-environment", summary: "an environment variable that cannot be set", check };

/// Variables that Windows needs as they are, and that are no lists: setting one breaks the machine.
const UNTOUCHABLE: [&str; 10] = [
    "ALLUSERSPROFILE",
    "COMPUTERNAME",
    "COMSPEC",
    "OS",
    "PROCESSOR_ARCHITECTURE",
    "SYSTEMDRIVE",
    "SYSTEMROOT",
    "USERNAME",
    "USERPROFILE",
    "WINDIR",
];

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    for variable in &context.manifest.environment {
        if let Some(name) = &variable.name {
            out.check(name, |name| {
                let upper = name.to_ascii_uppercase();
                if name.is_empty() || name.len() > 255 || name.chars().any(|c| c == '=' || c == '%' || c.is_control()) {
                    return Err(Problem::new("this is no name of an environment variable")
                        .why("a name is not empty and has no =, % or control characters")
                        .help("such as ACME_HOME"));
                }
                // Windows Installer reads these in front of a name as instructions.
                if name.starts_with(['+', '-', '!', '*']) {
                    return Err(Problem::new(format!("an environment variable cannot start with {:?}", name.chars().next()))
                        .help("such as ACME_HOME"));
                }
                if UNTOUCHABLE.contains(&upper.as_str()) {
                    return Err(Problem::new(format!("{upper} belongs to Windows"))
                        .why("programs that have nothing to do with the product depend on it")
                        .help("use a variable of the product's own"));
                }
                if ["PATH", "PATHEXT"].contains(&upper.as_str()) && variable.value.is_some() {
                    return Err(Problem::new(format!("`value` would replace the whole of {upper}"))
                        .why("and remove it on uninstall")
                        .help("use `append`"));
                }
                Ok(())
            });
        }
        let given = [&variable.value, &variable.append, &variable.prepend].into_iter().flatten().count();
        if given != 1 {
            let problem = Problem::new(format!("an environment variable with {given} of value, append, prepend"))
                .help("write exactly one: `value` sets it, `append` and `prepend` add a part to a list");
            out.error(Finding::at(variable.span.clone(), problem));
        }
        for part in [&variable.append, &variable.prepend].into_iter().flatten() {
            out.check(part, |part| {
                if part.is_empty() || part.starts_with(';') || part.ends_with(';') {
                    return Err(Problem::new("a part of a list is not empty and has no `;` at its ends")
                        .help("the semicolon is put between parts by itself"));
                }
                Ok(())
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{and, error, fine};

    #[test]
    fn bad_environment() {
        let variable = |text: &str| and(&format!("[[environment]]\n{text}"));
        error(&variable("name = 'A'"), "bad-environment", "[[environment]]");
        error(&variable("name = 'A'\nvalue = '1'\nappend = '2'"), "bad-environment", "[[environment]]");
        error(&variable("name = 'A=B'\nvalue = '1'"), "bad-environment", "name =");
        error(&variable("name = 'Path'\nvalue = '1'"), "bad-environment", "name =");
        error(&variable("name = 'windir'\nvalue = '1'"), "bad-environment", "name =");
        error(&variable("name = 'PATH'\nappend = ';a'"), "bad-environment", "append =");
        fine(&variable("name = 'PATH'\nappend = '{InstallDir}\\bin'"));
    }
}
