//! `per-user`: a per-user product has what only a machine can have, or a per-machine one what only a user has.

use packager_shared::plan::{Root, Scope};

use super::{Context, Finding, Findings, Rule};
use crate::model::{lower, registry};
use crate::report::Problem;

pub(super) const RULE: Rule =
    Rule { name: "per-user", summary: "what a product of this scope cannot have", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    let manifest = context.manifest;
    let keys = manifest.registry.iter().filter_map(|r| r.key.as_ref());
    let keys = keys.filter_map(|k| Some((k, registry::key(k.get_ref()).ok()?.0)));
    let values = manifest.settings.iter().filter_map(|s| s.registry.as_ref());
    let values = values.filter_map(|v| Some((v, registry::value(v.get_ref()).ok()?.0)));
    let user = lower::scope(manifest) == Scope::User;
    for (text, root) in keys.chain(values) {
        let name = registry::root_name(root);
        // HKCR is HKCU\SOFTWARE\Classes then.
        if user && !matches!(root, Root::CurrentUser | Root::ClassesRoot) {
            let problem = Problem::new(format!("a per-user product cannot write to {name}"))
                .why("it is installed without the rights of an administrator")
                .help("write to HKCU, or use scope = \"machine\"");
            out.error(Finding::at(text.span(), problem));
        } else if !user && root == Root::CurrentUser {
            let problem = Problem::new("a per-machine product writes to the HKCU of whoever installs it")
                .why("that is LocalSystem when a management system installs, and never the people who use it")
                .help("write to HKLM, or use scope = \"user\"");
            out.warning(Finding::at(text.span(), problem));
        }
    }
    let spans = manifest.services.iter().map(|s| ("service", &s.span));
    let spans = spans.chain(manifest.firewall.iter().map(|f| ("firewall rule", &f.span)));
    let spans = spans.chain(manifest.tasks.iter().map(|t| ("scheduled task of the machine", &t.span)));
    let spans = spans.chain(manifest.event_sources.iter().map(|e| ("source of the event log", &e.span)));
    let update = manifest.bootstrap.update_every.iter().map(|every| every.span());
    let update: Vec<_> = update.collect();
    let spans = spans.chain(update.iter().map(|span| ("task that updates it as the system", span)));
    for (what, span) in spans.filter(|_| user) {
        let problem = Problem::new(format!("a per-user product cannot have a {what}"))
            .why("it belongs to the machine; making one needs an administrator")
            .help("remove it, or use scope = \"machine\"");
        out.error(Finding::at(span.clone(), problem));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{and, error, fine, warning};

    fn user(more: &str) -> String {
        and(more).replace("[payload]", "scope = \"user\"\n[payload]").replace(r#"["x64", "x86"]"#, r#"["x64"]"#)
    }

    #[test]
    fn per_user() {
        error(&user("[[service]]\nname = 'A'\nexe = 'bin\\agent.exe'"), "per-user", "[[service]]");
        error(&user("[[firewall]]\nname = 'A'\nallow = { remote = '::1' }"), "per-user", "[[firewall]]");
        error(&user("[[event-source]]\nname = 'A'"), "per-user", "[[event-source]]");
        error(&user("[[registry]]\nkey = 'HKLM\\A'"), "per-user", "key");
        let update = "[bootstrap]\nsources = ['\\\\s\\x']\nupdate-every = '4h'";
        error(&user("").replace("[bootstrap]", update), "per-user", "update-every");
        error(&user("[setting.A]\nregistry = 'HKLM\\A\\B'"), "per-user", "registry");
        fine(&user("[[registry]]\nkey = 'HKCU\\A'"));
        fine(&user("[[registry]]\nkey = 'HKCR\\.acme'"));
        warning(&and("[[registry]]\nkey = 'HKCU\\A'"), "per-user", "key");
    }
}
