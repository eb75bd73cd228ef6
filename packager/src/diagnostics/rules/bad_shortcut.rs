//! `bad-shortcut`: a shortcut with a name or a folder that Windows cannot have.

use packager_shared::path;

use super::{Context, Finding, Findings, Rule};
use crate::model::values;
use crate::report::Problem;

pub(super) const RULE: Rule = Rule { name: "bad-shortcut", summary: "a shortcut that cannot be made", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    for shortcut in &context.manifest.shortcuts {
        if let Some(name) = &shortcut.name {
            out.check(name, name_of_file);
        } else if let Some(product) = &context.manifest.product.name
            && name_of_file(product.get_ref()).is_err()
        {
            let problem = Problem::new("the shortcut has no name, and the product's cannot be one")
                .help("name it: name = \"…\"");
            out.error(Finding::at(shortcut.span.clone(), problem));
        }
        if let Some(folder) = &shortcut.subfolder {
            out.check(folder, |text| {
                path::check(&text.replace('/', "\\")).map_err(|e| {
                    Problem::new(format!("the folder `{}` {e}", values::short(text)))
                        .help("name a folder below the one `in` says, such as \"Acme\"")
                })
            });
        }
        if let Some(icon) = &shortcut.icon {
            out.check(icon, |text| {
                let kinds = [".ico", ".exe", ".dll"];
                match kinds.iter().any(|kind| path::lower(text).ends_with(kind)) {
                    true => Ok(()),
                    false => Err(Problem::new("this file cannot hold an icon of a shortcut")
                        .help("name an .ico, .exe or .dll file of the payload")),
                }
            });
        }
        if let Some(description) = &shortcut.description {
            // INFOTIPSIZE of the shell, with its terminator.
            out.check(description, |text| values::line(text, 255));
        }
    }
}

fn name_of_file(text: &str) -> Result<(), Problem> {
    let named = path::check_part(text).map_err(|e| {
        Problem::new(format!("the name `{}` {e}", values::short(text))).help("it becomes a file name: name.lnk")
    });
    named.and_then(|()| values::shown(text, 100))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{and, error, fine, one, Case};
    use crate::diagnostics::Severity;

    #[test]
    fn bad_shortcut() {
        let shortcut = |more: &str| and(&format!("[[shortcut]]\ntarget = 'bin\\ctl.exe'\n{more}"));
        error(&shortcut("name = 'a/b'"), "bad-shortcut", "name =");
        error(&shortcut("folder = '..'"), "bad-shortcut", "folder =");
        error(&shortcut("icon = 'conf\\agent.conf'"), "bad-shortcut", "icon =");
        fine(&shortcut("icon = 'bin\\agent.exe'"));
        fine(&shortcut("folder = 'Acme/Tools'\nname = 'Acme Control'"));
        let named = shortcut("").replace("\"Agent\"", "\"Agent: the tool\"");
        one(&Case::new(), &named, "bad-shortcut", Severity::Error, "[[shortcut]]");
    }
}
