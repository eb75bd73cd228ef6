//! `reserved-key`: a registry value that the installation itself, Windows Installer or Windows manages.

use packager_shared::path::lower;
use packager_shared::plan::Root;

use super::{Context, Finding, Findings, Rule};
use crate::manifest::types::Text;
use crate::model::registry;
use crate::report::Problem;

pub(super) const RULE: Rule =
    Rule { name: "reserved-key", summary: "a registry key that someone else manages", check };

/// Keys with all below them: Windows Installer's own (ICE53), the list of installed programs, the services.
const MANAGED: [&str; 5] = [
    "software\\microsoft\\windows\\currentversion\\installer",
    "software\\microsoft\\windows\\currentversion\\uninstall",
    "software\\policies\\microsoft\\windows\\installer",
    "software\\classes\\installer",
    "system\\currentcontrolset\\services",
];

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    let manifest = context.manifest;
    for key in manifest.registry.iter().filter_map(|r| r.key.as_ref()) {
        if let Ok((root, path)) = registry::key(key.get_ref()) {
            look(context, out, key, root, &path);
        }
    }
    for place in manifest.settings.iter().filter_map(|s| s.registry.as_ref()) {
        if let Ok((root, path, _)) = registry::value(place.get_ref()) {
            look(context, out, place, root, &path);
        }
    }
}

fn look(context: &Context<'_>, out: &mut Findings<'_>, text: &Text, root: Root, path: &str) {
    let product = &context.manifest.product;
    let lower_path = lower(path);
    let below = |parent: &str| lower_path == parent || lower_path.starts_with(&format!("{parent}\\"));
    if let (Some(manufacturer), Some(id)) = (&product.manufacturer, &product.id) {
        let own = lower(&format!("SOFTWARE\\{}\\{}\\Setup", manufacturer.get_ref(), id.get_ref()));
        if below(&own) {
            let problem = Problem::new("this key holds the state of the installation")
                .why("what is installed, by whom, and the remembered settings stand in it")
                .help("use a key beside it");
            return out.error(Finding::at(text.span(), problem));
        }
    }
    if matches!(root, Root::LocalMachine | Root::CurrentUser) && MANAGED.iter().any(|m| below(m)) {
        let problem = Problem::new("this key is managed by Windows or by the installation itself")
            .why("writing to it by hand makes what is installed and what is listed differ")
            .help("services are declared with [[service]]; the entry in the list of programs is made by itself");
        out.error(Finding::at(text.span(), problem));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{and, error, fine};

    #[test]
    fn reserved_key() {
        for bad in [
            "HKLM\\Software\\Example\\com.example.agent\\setup",
            "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\x",
            "HKLM\\SYSTEM\\CurrentControlSet\\Services\\Agent",
        ] {
            error(&and(&format!("[[registry]]\nkey = '{bad}'")), "reserved-key", "key");
            error(&and(&format!("[setting.A]\nregistry = '{bad}\\A'")), "reserved-key", "registry");
        }
        fine(&and("[[registry]]\nkey = 'HKLM\\SOFTWARE\\Example\\com.example.agent\\Setup2'"));
    }
}
