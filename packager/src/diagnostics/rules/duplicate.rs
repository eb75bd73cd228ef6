//! `duplicate`: the same thing twice: a service, a variable, a shortcut, a registry value, a folder, an
//! architecture.

use std::collections::HashMap;
use std::ops::Range;

use packager_shared::path::lower;

use super::{Context, Finding, Findings, Rule};
use crate::model::registry;
use crate::report::Problem;

pub(super) const RULE: Rule = Rule { name: "duplicate", summary: "the same thing twice", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    let manifest = context.manifest;
    let mut seen = Seen { first: HashMap::new(), out };
    for arch in &manifest.product.arch {
        seen.see("architecture", arch.get_ref(), arch.span());
    }
    for name in manifest.services.iter().filter_map(|s| s.name.as_ref()) {
        seen.see("service", name.get_ref(), name.span());
    }
    for variable in &manifest.environment {
        if let (Some(name), true) = (&variable.name, variable.value.is_some()) {
            seen.see("environment variable", name.get_ref(), name.span());
        }
    }
    for shortcut in &manifest.shortcuts {
        let text = |t: &Option<crate::manifest::types::Text>| t.as_ref().map(|t| t.get_ref().clone());
        let name = text(&shortcut.name).or_else(|| text(&manifest.product.name)).unwrap_or_default();
        let folder = text(&shortcut.folder).unwrap_or_else(|| "start-menu".into());
        let sub = text(&shortcut.subfolder).unwrap_or_default().replace('/', "\\");
        let span = shortcut.name.as_ref().map_or(shortcut.span.clone(), |n| n.span());
        seen.see("shortcut", &[folder, sub, name].join("\\"), span);
    }
    for directory in &manifest.directories {
        let path = directory.get_ref().replace('/', "\\");
        seen.see("folder", path.trim_end_matches('\\'), directory.span());
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
            seen.see("registry value", &value_id(root, view, &path, name.get_ref()), name.span());
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

struct Seen<'o, 'p> {
    first: HashMap<(&'static str, String), Range<usize>>,
    out: &'o mut Findings<'p>,
}

impl Seen<'_, '_> {
    fn see(&mut self, kind: &'static str, name: &str, span: Range<usize>) {
        if let Some(first) = self.first.get(&(kind, lower(name))) {
            let problem = Problem::new(format!("the {kind} {} stands here twice", crate::model::values::short(name)))
                .why("which of them holds would be chance")
                .help("remove one");
            self.out.error(Finding::at(span, problem).also(first.clone(), "first here"));
        } else {
            self.first.insert((kind, lower(name)), span);
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
    }
}
