//! `bad-registry-key`: a registry key whose root does not exist or whose path cannot be.

use super::{Context, Finding, Findings, Rule};
use crate::manifest::types::Text;
use crate::model::{registry, values};
use crate::report::Problem;

pub(super) const RULE: Rule = Rule { name: "bad-registry-key", summary: "a registry key that cannot be", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    let manifest = context.manifest;
    for key in manifest.registry.iter().filter_map(|r| r.key.as_ref()) {
        out.check(key, registry::key);
        literal(context, out, key);
    }
    for value in manifest.settings.iter().flat_map(|s| s.registry.iter().chain(&s.legacy)) {
        out.check(value, registry::value);
        literal(context, out, value);
    }
    for registry in &manifest.registry {
        if let Some(view) = &registry.view
            && !["native", "32", "64"].contains(&view.get_ref().as_str())
        {
            let problem = Problem::new(format!("there is no view {}", values::short(view.get_ref())))
                .help("write \"native\", 32 or 64");
            out.error(Finding::at(view.span(), problem));
        }
    }
}

/// Keys are taken as they are written: braces are common in them (`CLSID\{…}`).
fn literal(context: &Context<'_>, out: &mut Findings<'_>, key: &Text) {
    if !key.get_ref().contains('{') {
        return;
    }
    let names = &context.names;
    let known = names.constants.iter().map(|(n, _)| *n).chain(["InstallDir", "ProgramFiles"]);
    for name in known.chain(names.settings.iter().map(String::as_str)) {
        if key.get_ref().contains(&format!("{{{name}}}")) {
            let problem = Problem::new(format!("`{{{name}}}` is not put into a registry key"))
                .why("keys are taken as they are written: braces are ordinary characters in them")
                .help("write the key out");
            out.error(Finding::at(key.span(), problem));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{and, error, fine};

    #[test]
    fn bad_registry_key() {
        let long = format!("HKLM\\{}", "a".repeat(256));
        for bad in
            ["HKXM\\SOFTWARE\\A", "SOFTWARE\\A", "HKLM", "HKLM\\A\\\\B", "HKLM\\A\\", "HKLM/SOFTWARE/A", "HKLM\\{Version}", &long]
        {
            error(&and(&format!("[[registry]]\nkey = '{bad}'")), "bad-registry-key", "key =");
        }
        error(&and("[[registry]]\nkey = 'HKLM\\A'\nview = 48"), "bad-registry-key", "view =");
        error(&and("[setting.A]\nregistry = 'HKLM\\A\\'"), "bad-registry-key", "registry =");
        error(&and("[setting.A]\nlegacy = ['HKLM\\A']"), "bad-registry-key", "legacy =");
        fine(&and("[setting.A]\nlegacy = ['HKLM\\A\\B', 'HKCU\\A\\B']"));
        fine(&and("[[registry]]\nkey = 'HKEY_CLASSES_ROOT\\CLSID\\{00000000-0000-0000-0000-000000000000}'"));
    }
}
