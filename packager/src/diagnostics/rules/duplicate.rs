//! `duplicate`: the same thing twice: a service, a variable, a shortcut, a registry value, a folder, an
//! architecture.

use std::collections::HashMap;
use std::ops::Range;

use packager_shared::path::lower;

use super::{Context, Finding, Findings, Rule};
use crate::manifest::types::Text;
use crate::model::registry;
use crate::report::Problem;

pub(super) const RULE: Rule = Rule { name: "duplicate", summary: "the same thing twice", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    let manifest = context.manifest;
    let mut seen = Seen { first: HashMap::new(), out };
    for arch in &manifest.product.arch {
        seen.see("architecture", arch.get_ref(), arch.span());
    }
    for service in &manifest.services {
        let Some(name) = &service.name else { continue };
        seen.see_when("service", name.get_ref(), name.span(), &service.when);
    }
    for variable in &manifest.environment {
        if let (Some(name), true) = (&variable.name, variable.value.is_some()) {
            seen.see_when("environment variable", name.get_ref(), name.span(), &variable.when);
        }
    }
    for shortcut in &manifest.shortcuts {
        let text = |t: &Option<crate::manifest::types::Text>| t.as_ref().map(|t| t.get_ref().clone());
        let name = text(&shortcut.name).or_else(|| text(&manifest.product.name)).unwrap_or_default();
        let folder = text(&shortcut.folder).unwrap_or_else(|| "start-menu".into());
        let sub = text(&shortcut.subfolder).unwrap_or_default().replace('/', "\\");
        let span = shortcut.name.as_ref().map_or(shortcut.span.clone(), |n| n.span());
        seen.see_when("shortcut", &[folder, sub, name].join("\\"), span, &shortcut.when);
    }
    for directory in &manifest.directories {
        let Some(path) = &directory.path else { continue };
        let text = path.get_ref().replace('/', "\\");
        seen.see_when("folder", text.trim_end_matches('\\'), path.span(), &directory.when);
    }
    for setting in &manifest.settings {
        let Some(place) = &setting.registry else { continue };
        if let Ok((root, path, name)) = registry::value(place.get_ref()) {
            seen.see("registry value", &value_id(root, "native", &path, &name), place.span());
        }
    }
    for declared in &manifest.registry {
        let Some(Ok((root, path))) = declared.key.as_ref().map(|k| registry::key(k.get_ref())) else { continue };
        let view = declared.view.as_ref().map_or("native", |v| v.get_ref().as_str());
        for (name, _) in &declared.values {
            seen.see_when(
                "registry value",
                &value_id(root, view, &path, name.get_ref()),
                name.span(),
                &declared.when,
            );
        }
    }
    for rule in &manifest.firewall {
        let Some(name) = &rule.name else { continue };
        let traffic = rule.allow.as_ref().or(rule.block.as_ref());
        let direction = traffic.and_then(|t| t.direction.as_ref()).map_or("in", |d| d.get_ref().as_str());
        seen.see("firewall rule", &format!("{} ({direction})", name.get_ref()), name.span());
    }
    for name in manifest.tasks.iter().filter_map(|task| task.name.as_ref()) {
        seen.see("scheduled task", name.get_ref(), name.span());
    }
    for key in &manifest.detect.keys {
        seen.see("detection key", key.get_ref(), key.span());
    }
}

fn value_id(root: packager_shared::plan::Root, view: &str, path: &str, name: &str) -> String {
    format!("{}\\{path}\\{name} ({view} view)", registry::root_name(root))
}

/// Where it stands first, and the conditions it stands under.
type First = (Range<usize>, Vec<Option<String>>);

struct Seen<'o, 'p> {
    first: HashMap<(&'static str, String), First>,
    out: &'o mut Findings<'p>,
}

impl Seen<'_, '_> {
    fn see(&mut self, kind: &'static str, name: &str, span: Range<usize>) {
        self.see_when(kind, name, span, &None);
    }

    /// Things may be there in turns: each under a condition of its own.
    fn see_when(&mut self, kind: &'static str, name: &str, span: Range<usize>, when: &Option<Text>) {
        let when = when.as_ref().map(|text| text.get_ref().clone());
        if let Some((first, conditions)) = self.first.get_mut(&(kind, lower(name))) {
            if when.is_some() && !conditions.contains(&None) && !conditions.contains(&when) {
                conditions.push(when);
                return;
            }
            let problem = Problem::new(format!("the {kind} {} stands here twice", crate::model::values::short(name)))
                .why("which of them holds would be chance")
                .help("remove one, or give each a `when` of its own");
            self.out.error(Finding::at(span, problem).also(first.clone(), "first here"));
        } else {
            self.first.insert((kind, lower(name)), (span, vec![when]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{and, error, fine, with};

    #[test]
    fn duplicate() {
        error(&with("\"x86\"", "\"x64\""), "duplicate", "arch");
        let service = "[[service]]\nexe = 'bin\\agent.exe'\nname =";
        error(&and(&format!("{service} 'A'\n{service} 'a'")), "duplicate", "name = 'a'");
        let shortcut = "[[shortcut]]\ntarget = 'bin\\ctl.exe'";
        error(&and(&format!("{shortcut}\n{shortcut}\nname = 'AGENT'")), "duplicate", "AGENT");
        let key = "[[registry]]\nkey = 'HKLM\\A'\nvalues =";
        error(&and(&format!("{key} {{ A = '1' }}\n{key} {{ a = '1' }}")), "duplicate", "a = '1'");
        error(
            &and(&format!("[setting.A]\nregistry = 'HKLM\\A\\B'\n{key} {{ B = '1' }}")),
            "duplicate",
            "B = '1'",
        );
        fine(&and(&format!("{key} {{ A = '1' }}\n{key} {{ A = '1' }}\nview = 32")));
        let two = |second: &str| {
            and(&format!("[setting.S]\n{key} {{ A = '1' }}\nwhen = 'S'\n{key} {{ A = '2' }}\n{second}"))
        };
        fine(&two("when = 'NOT S'"));
        error(&two("when = 'S'"), "duplicate", "A = '2'");
        error(&two(""), "duplicate", "A = '2'");
    }
}
