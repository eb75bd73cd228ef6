//! `bad-replaces`: a predecessor that cannot be found, or whose traces are not its own.

use packager_shared::path::{self, same};
use packager_shared::plan::{Scope, Root};
use packager_shared::template::{Dir, Part};

use super::{Context, Finding, Findings, Rule};
use crate::manifest::types::Text;
use crate::model::{lower, places, predecessors};
use crate::report::Problem;

pub(super) const RULE: Rule =
    Rule { name: "bad-replaces", summary: "a predecessor that cannot be taken over", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    let manifest = context.manifest;
    let scope = lower::scope(manifest);
    for t in &manifest.replaces {
        if scope == Scope::User {
            let problem = Problem::new("a per-user product cannot take over another")
                .why("that needs the rights of an administrator")
                .help("remove it, or use scope = \"machine\"");
            out.error(Finding::at(t.span.clone(), problem));
            continue;
        }
        match predecessors::replaces(t, &context.names) {
            Err((span, problem)) => out.error(Finding::at(span, problem)),
            Ok(found) => {
                own_service(context, out, t);
                own_code(context, out, t, found.upgrade_code);
                own_keys(context, out, t, &found.keys);
                own_folder(context, out, t);
            }
        }
    }
    for t in &manifest.migrate {
        if let Some(from) = &t.from {
            out.check(from, |text| predecessors::place(text, &context.names));
        }
        if let Some(to) = &t.to {
            out.check(to, |text| places::directory(text, scope, &context.names));
        }
        if let (Some(from), Some(to)) = (&t.from, &t.to) {
            into_itself(context, out, from, to);
        }
    }
}

fn into_itself(context: &Context<'_>, out: &mut Findings<'_>, from: &Text, to: &Text) {
    let scope = lower::scope(context.manifest);
    let Ok(source) = predecessors::place(from.get_ref(), &context.names) else { return };
    let Ok(target) = places::directory(to.get_ref(), scope, &context.names) else { return };
    let ([Part::Dir(a), Part::Text(source)], [Part::Dir(b), Part::Text(target)]) =
        (source.0.as_slice(), target.0.as_slice())
    else {
        return;
    };
    let ended = |text: &str| format!("{}\\", path::lower(text).trim_matches('\\'));
    if a == b && ended(target).starts_with(&ended(source)) {
        let problem = Problem::new("the folder would be copied into itself")
            .why("what is there already stays where it is: nothing needs to be copied")
            .help("remove it, or name another folder");
        out.error(Finding::at(to.span(), problem).also(from.span(), "copied from here"));
    }
}

fn own_service(context: &Context<'_>, out: &mut Findings<'_>, t: &crate::manifest::types::Replaces) {
    for service in &t.services {
        let own = context.manifest.services.iter().filter_map(|own| own.name.as_ref());
        if let Some(own) = own.into_iter().find(|own| same(own.get_ref(), service.get_ref())) {
            let problem = Problem::new("this is a service of the product itself")
                .why("a predecessor's service of the same name becomes the product's by itself")
                .help("remove it here");
            out.error(Finding::at(service.span(), problem).also(own.span(), "declared here"));
        }
    }
}

fn own_code(
    context: &Context<'_>,
    out: &mut Findings<'_>,
    t: &crate::manifest::types::Replaces,
    code: Option<[u8; 16]>,
) {
    let id = context.manifest.product.id.as_ref();
    if let (Some(text), Some(code), Some(id)) = (&t.upgrade_code, code, id)
        && *crate::plan::ids::upgrade_code(id.get_ref()).as_bytes() == code
    {
        let problem = Problem::new("this is the product's own upgrade code")
            .why("earlier versions of the product are replaced by themselves")
            .help("remove it");
        out.error(Finding::at(text.span(), problem));
    }
}

fn own_keys(
    context: &Context<'_>,
    out: &mut Findings<'_>,
    t: &crate::manifest::types::Replaces,
    keys: &[(Root, String)],
) {
    let manifest = context.manifest;
    let mut own: Vec<String> = Vec::new();
    if let (Some(manufacturer), Some(id)) = (&manifest.product.manufacturer, &manifest.product.id) {
        own.push(format!("SOFTWARE\\{}\\{}", manufacturer.get_ref(), id.get_ref()));
    }
    let declared = manifest.registry.iter().filter_map(|r| r.key.as_ref());
    own.extend(declared.filter_map(|k| Some(crate::model::registry::key(k.get_ref()).ok()?.1)));
    let stored = manifest.settings.iter().filter_map(|s| s.registry.as_ref());
    own.extend(stored.filter_map(|v| Some(crate::model::registry::value(v.get_ref()).ok()?.1)));
    for ((_, key), text) in keys.iter().zip(&t.keys) {
        let key = path::lower(key);
        let above = |own: &String| {
            let own = path::lower(own);
            own == key || own.starts_with(&format!("{key}\\"))
        };
        if own.iter().any(above) {
            let problem = Problem::new("the product has keys of its own in it")
                .why("it is removed with all that is in it, at every install and upgrade")
                .help("name a key that only the predecessor has");
            out.error(Finding::at(text.span(), problem));
        }
    }
}

/// A folder of the predecessor's that holds the product is the product's.
fn own_folder(context: &Context<'_>, out: &mut Findings<'_>, t: &crate::manifest::types::Replaces) {
    let scope = lower::scope(context.manifest);
    let Some(dir) = &context.manifest.payload.dir else { return };
    let Ok(install) = places::install_dir(dir.get_ref(), scope, &context.names) else { return };
    let [Part::Dir(root), Part::Text(own)] = install.0.as_slice() else { return };
    for text in t.files.iter().filter(|text| text.get_ref().ends_with(['\\', '/'])) {
        let Ok(place) = predecessors::place(text.get_ref(), &context.names) else { continue };
        let [Part::Dir(dir), Part::Text(below)] = place.0.as_slice() else { continue };
        let (own, below) = (format!("{}\\", path::lower(own)), path::lower(below));
        if dir == root && own.starts_with(&below) && *dir != Dir::InstallDir {
            let problem = Problem::new("the product is installed into this folder")
                .why("what people and the product itself put there later would be removed at every upgrade")
                .help("name the predecessor's files one by one");
            out.error(Finding::at(text.span(), problem));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{and, error, fine};

    #[test]
    fn bad_replaces() {
        let replaces = |more: &str| and(&format!("[[replaces]]\n{more}"));
        error(&replaces("name = 'Old'"), "bad-replaces", "[[replaces]]");
        error(&replaces("upgrade-code = 'x'"), "bad-replaces", "upgrade-code");
        error(&replaces("uninstall-entry = 'a\\b'"), "bad-replaces", "uninstall-entry");
        error(&replaces("service = 'a'\nuninstall-args = '/S'"), "bad-replaces", "uninstall-args");
        for bad in ["C:\\Old\\", "{ProgramFiles}\\", "{AppData}\\x", "{Windows}\\System32\\", "{ProgramData}\\..\\x"] {
            error(&replaces(&format!("files = ['{bad}']")), "bad-replaces", "files");
        }
        for bad in [
            "HKCU\\Software\\Old",
            "HKLM\\SOFTWARE",
            "HKLM\\SOFTWARE\\Microsoft\\Windows",
            "HKLM\\SYSTEM\\CurrentControlSet\\Services",
            "HKLM\\SOFTWARE\\WOW6432Node\\Acme\\Old",
            "HKLM\\SOFTWARE\\Example",
        ] {
            error(&replaces(&format!("keys = ['{bad}']")), "bad-replaces", "keys");
        }
        error(&replaces("files = ['{ProgramFiles}\\Example\\']"), "bad-replaces", "files");
        error(&replaces("service = 'x'\nkeys = ['HKLM\\SOFTWARE\\Old']\nthen = 'refuse'"), "bad-replaces", "keys");
        error(&replaces("firewall = ['ALL']"), "bad-replaces", "firewall");
        error(&replaces("firewall = ['x']\nthen = 'refuse'"), "bad-replaces", "[[replaces]]");
        let own = "[[service]]\nname = 'A'\nexe = 'bin\\agent.exe'\n";
        error(&and(&format!("{own}[[replaces]]\nservice = 'a'")), "bad-replaces", "service = 'a'");
        let code = crate::plan::ids::upgrade_code("com.example.agent");
        error(&replaces(&format!("upgrade-code = '{{{code}}}'")), "bad-replaces", "upgrade-code");
        fine(&replaces(
            "name = 'Old'\nuninstall-entry = 'Old 1'\nuninstall-args = '/S'\nservice = ['a', 'b']\n\
             files = ['{InstallDir}\\old.exe', '{ProgramFiles}\\Example\\Old\\']\nkeys = ['HKLM\\SOFTWARE\\Old']\nfirewall = ['Old']",
        ));
        let migrate = |from: &str, to: &str| and(&format!("[[migrate]]\nfrom = '{from}'\nto = '{to}'"));
        error(&migrate("C:\\x", "{ProgramData}\\x"), "bad-replaces", "from");
        error(&migrate("{ProgramData}\\x", "{ProgramData}"), "bad-replaces", "to");
        error(&migrate("{ProgramData}\\Old", "{ProgramData}\\old"), "bad-replaces", "to");
        error(&migrate("{ProgramData}\\Old\\", "{ProgramData}\\Old\\New"), "bad-replaces", "to");
        fine(&migrate("{ProgramData}\\Old", "{ProgramData}\\Older"));
        fine(&migrate("{ProgramData}\\Old", "{ProgramData}\\New"));
    }

    #[test]
    fn of_one_user() {
        let user = and("[[replaces]]\nservice = 'a'").replace("[payload]", "scope = \"user\"\n[payload]");
        let user = user.replace("[\"x64\", \"x86\"]", "[\"x64\"]");
        error(&user, "bad-replaces", "[[replaces]]");
    }
}
