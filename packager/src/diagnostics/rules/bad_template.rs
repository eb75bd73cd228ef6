//! `bad-template`: a text names a setting or folder that does not exist, or has a brace too many.

use super::{Context, Findings, Rule};
use crate::manifest::types::{Data, Text, Typed};

pub(super) const RULE: Rule =
    Rule { name: "bad-template", summary: "a text that names an unknown setting or folder", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    for text in texts(context) {
        out.check(text, |text| context.names.template(text));
    }
    // A secret may stand in a file that is protected: they are no texts that everybody sees.
    for (_, value) in context.manifest.configs.iter().flat_map(|config| &config.values) {
        out.check(value, |text| context.names.template(text));
    }
}

/// All texts that are put together on the target, but for folders, which have a rule of their own.
pub(super) fn texts<'a>(context: &Context<'a>) -> Vec<&'a Text> {
    let manifest = context.manifest;
    let mut texts = Vec::new();
    for (_, data) in manifest.registry.iter().flat_map(|r| &r.values) {
        match data {
            Data::Text(text) => texts.push(text),
            Data::Typed(_, found) => {
                for typed in found {
                    match typed {
                        Typed::Expand(text) => texts.push(text),
                        Typed::Multi(parts) | Typed::Append(parts) | Typed::Prepend(parts) => texts.extend(parts),
                        Typed::Dword(_) | Typed::Qword(_) | Typed::Hex(_) => {}
                    }
                }
            }
        }
    }
    texts.extend(manifest.services.iter().flat_map(|s| [&s.arguments, &s.account]).flatten());
    texts.extend(manifest.shortcuts.iter().filter_map(|s| s.arguments.as_ref()));
    for run in &manifest.runs {
        texts.extend(run.args.iter().chain(run.undo.iter().flatten()));
    }
    texts.extend(manifest.associations.iter().filter_map(|a| a.args.as_ref()));
    for variable in &manifest.environment {
        texts.extend([&variable.value, &variable.append, &variable.prepend].into_iter().flatten());
    }
    for traffic in manifest.firewall.iter().flat_map(|rule| [&rule.allow, &rule.block]).flatten() {
        texts.extend([&traffic.ports, &traffic.remote_ports, &traffic.remote].into_iter().flatten());
    }
    texts.extend(manifest.tasks.iter().flat_map(|task| &task.args));
    texts
}

#[cfg(test)]
mod tests {
    use super::super::testing::{and, error, fine};

    #[test]
    fn bad_template() {
        let value = |text: &str| and(&format!("[[registry]]\nkey = 'HKLM\\A'\nvalues = {{ V = {text} }}"));
        for bad in ["'{GROUP}'", "'{Instaldir}'", "'a{'", "'a}'", "'{}'", "{ expand = '{X}' }", "{ multi = ['a', '{X}'] }"] {
            error(&value(bad), "bad-template", "values");
        }
        error(
            &and("[[service]]\nname = 'A'\nexe = 'bin\\agent.exe'\narguments = '{URL}'"),
            "bad-template",
            "arguments",
        );
        for key in ["args", "undo"] {
            let run = "[[run]]\nprogram = 'bin\\ctl.exe'\nat = 'after-install'\n";
            error(&and(&format!("{run}{key} = ['a', '{{URL}}']")), "bad-template", key);
        }
        error(&and("[[environment]]\nname = 'A'\nvalue = '{URL}'"), "bad-template", "value");
        fine(&value("'{{GROUP}} {Version} {Name} {InstallDir}'"));
    }
}
