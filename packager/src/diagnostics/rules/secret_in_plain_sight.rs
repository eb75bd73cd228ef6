//! `secret-in-plain-sight`: a secret setting whose value, or the key it is stored in, others would see.

use packager_shared::path::{lower, same};
use packager_shared::plan::{Root, Scope};

use super::{Context, Finding, Findings, Rule, bad_template};
use crate::manifest::types::{Setting, Text};
use crate::model::{lower as model, registry};
use crate::report::Problem;

pub(super) const RULE: Rule =
    Rule { name: "secret-in-plain-sight", summary: "a secret setting that others would see", check };

/// Keys directly below SOFTWARE that are Windows', with all below them.
const OF_WINDOWS: [&str; 7] =
    ["microsoft", "policies", "classes", "clients", "wow6432node", "odbc", "registeredapplications"];

/// How the value begins that holds, for a moment, what a secret was before.
const RESERVED: &str = "~before~";

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    for setting in context.manifest.settings.iter().filter(|setting| is_secret(setting)) {
        values(setting, out);
        if let Some(place) = &setting.registry {
            key(context, place, out);
        }
    }
    for text in in_plain_sight(context) {
        for name in named(context, text) {
            let problem = Problem::new(format!("the secret {name} would stand in plain sight here"))
                .why("every user of the machine may read this, and logs may hold it")
                .help("let the program read the secret from its registry key, or make the setting no secret");
            out.error(Finding::at(text.span(), problem));
        }
    }
}

fn is_secret(setting: &Setting) -> bool {
    setting.secret.as_ref().is_some_and(|secret| *secret.get_ref())
}

/// The texts in which no secret may stand: all but those that go to a place that is hidden.
fn in_plain_sight<'a>(context: &Context<'a>) -> Vec<&'a Text> {
    let mut texts = bad_template::texts(context);
    texts.retain(|text| !allowed_for_secret(context, text));
    texts
}

/// Whether a text may name a secret: it is put together where the secret is read, and stays there.
fn allowed_for_secret(context: &Context<'_>, text: &Text) -> bool {
    // Arguments of programs that run for a moment; the log shows none that has a secret in it.
    let runs = &context.manifest.runs;
    runs.iter().any(|run| run.args.iter().chain(run.undo.iter().flatten()).any(|arg| std::ptr::eq(arg, text)))
}

/// The secrets that a text names.
fn named<'a>(context: &Context<'a>, text: &Text) -> Vec<&'a str> {
    let Ok(template) = context.names.template(text.get_ref()) else { return Vec::new() };
    let secrets = context.manifest.settings.iter().filter(|setting| is_secret(setting));
    secrets
        .map(|setting| setting.name.get_ref().as_str())
        .filter(|name| template.settings().any(|named| named == *name))
        .collect()
}

/// What is written into the packages is no secret.
fn values(setting: &Setting, out: &mut Findings<'_>) {
    let name = setting.name.get_ref();
    let help = format!("give it when the product is installed: {name}=…, or {name}=@FILE");
    // Of sites `bad-site` says it.
    for value in setting.default.iter().filter(|value| !value.get_ref().is_empty()) {
        let problem = Problem::new(format!("the secret {name} has a value in the manifest"))
            .why("it would stand in every package")
            .help(&help);
        out.error(Finding::at(value.span(), problem));
    }
    if let Some(legacy) = setting.legacy.first() {
        let problem = Problem::new(format!("the secret {name} would be read from a key that everybody may read"))
            .why("Windows Installer looks for it in sight of its log")
            .help("remove `legacy`, and give the secret when the product is installed");
        out.error(Finding::at(legacy.span(), problem));
    }
    if let Some(allowed) = setting.allowed.first() {
        let problem = Problem::new(format!("the secret {name} has `allowed` values"))
            .why("they would stand in every package, so that one of them is no secret")
            .help("remove `allowed`, or make the setting no secret");
        out.error(Finding::at(allowed.span(), problem));
    }
}

/// A secret's key is closed to all but administrators: it must be one that nothing else needs.
fn key(context: &Context<'_>, place: &Text, out: &mut Findings<'_>) {
    let Ok((root, path, name)) = registry::value(place.get_ref()) else { return };
    let mut refuse = |what: &str, why: &str, help: &str| {
        out.error(Finding::at(place.span(), Problem::new(what).why(why).help(help)));
    };
    let scope = model::scope(context.manifest);
    // Of a per-user product `per-user` says it.
    if scope == Scope::Machine && root != Root::LocalMachine {
        refuse(
            "a secret of a per-machine product is stored in HKLM",
            "what is elsewhere is a user's, or a view of both",
            "write a key below HKLM\\SOFTWARE, or leave `registry` away",
        );
    }
    let lower_path = lower(&path);
    let parts: Vec<&str> = lower_path.split('\\').collect();
    if parts.len() < 3 || parts[0] != "software" || OF_WINDOWS.contains(&parts[1]) {
        refuse(
            "a secret needs a key of its own",
            "the key is closed to all but administrators and the system",
            "write HKLM\\SOFTWARE\\Manufacturer\\Product\\Secrets\\Name, or leave `registry` away",
        );
    }
    if lower(&name).starts_with(RESERVED) {
        refuse(
            "this name of a value is reserved",
            "what a secret was before stands in one of such a name while it is changed",
            "choose another name",
        );
    }
    let shares = |other_root: Root, other: &str| {
        let other = lower(other);
        other_root == root && (other == lower_path || other.starts_with(&format!("{lower_path}\\")))
    };
    let manifest = context.manifest;
    let settings = manifest.settings.iter().filter(|setting| !is_secret(setting));
    let settings = settings.filter_map(|setting| setting.registry.as_ref());
    let settings = settings.filter_map(|text| Some((text, registry::value(text.get_ref()).ok()?)));
    let settings = settings.map(|(text, (root, path, _))| (text, root, path));
    let keys = manifest.registry.iter().filter_map(|key| key.key.as_ref()).chain(&manifest.detect.keys);
    let keys = keys.filter_map(|text| Some((text, registry::key(text.get_ref()).ok()?)));
    let keys = keys.map(|(text, (root, path))| (text, root, path));
    let other = settings.chain(keys).find(|(_, root, path)| shares(*root, path));
    if let Some((text, ..)) = other {
        let problem = Problem::new("a secret needs a key of its own")
            .why("the key is closed to all but administrators and the system, with all that is in it")
            .help("store it in a sub-key such as Secrets");
        out.error(Finding::at(place.span(), problem).also(text.span(), "this is in it too"));
    }
    if let (Some(manufacturer), Some(id)) = (&manifest.product.manufacturer, &manifest.product.id) {
        let own = format!("SOFTWARE\\{}\\{}", manufacturer.get_ref(), id.get_ref());
        if same(&own, &path) || lower(&own).starts_with(&format!("{lower_path}\\")) {
            let problem = Problem::new("a secret needs a key of its own")
                .why("the state of the installation is below this one, and every user may read that")
                .help(format!("store it in a sub-key: HKLM\\{own}\\Secrets\\{name}"));
            out.error(Finding::at(place.span(), problem));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{and, error, fine};

    const NAME: &str = "secret-in-plain-sight";

    fn secret(more: &str) -> String {
        and(&format!("[setting.TOKEN]\nsecret = true\n{more}"))
    }

    #[test]
    fn secret_in_plain_sight() {
        error(&secret("default = 'x'"), NAME, "default");
        error(&secret("allowed = ['a', 'b']\nrequired = true"), NAME, "allowed");
        fine(&secret("required = true\nregistry = 'HKLM\\SOFTWARE\\Example\\Agent\\Secrets\\Token'"));
        fine(&secret("default = ''"));
        error(&secret("legacy = ['HKLM\\SOFTWARE\\Old\\Token']"), NAME, "legacy");
        fine(&and("[setting.TOKEN]\nsecret = false\ndefault = 'x'"));
    }

    #[test]
    fn keys_of_others_are_refused() {
        let stored = |key: &str, more: &str| secret(&format!("registry = 'HKLM\\{key}\\Token'\n{more}"));
        for key in ["SOFTWARE\\Example", "SYSTEM\\A\\B", "SOFTWARE\\Microsoft\\Agent", "SOFTWARE\\Example\\com.example.agent"] {
            error(&stored(key, ""), NAME, "registry");
        }
        let own = "SOFTWARE\\Example\\Agent\\Secrets";
        for other in [
            format!("[setting.B]\nregistry = 'HKLM\\{own}\\B'"),
            format!("[setting.B]\nregistry = 'HKLM\\{own}\\Below\\B'"),
            format!("[[registry]]\nkey = 'HKLM\\{}'", own.to_uppercase()),
            format!("[detect]\nkeys = ['HKLM\\{own}']"),
        ] {
            error(&stored(own, &other), NAME, "Token");
        }
        error(&secret("registry = 'HKCR\\Example\\Agent\\Secrets\\Token'").replace("HKCR\\", "HKCR\\SOFTWARE\\"), NAME, "registry");
        error(&secret(&format!("registry = 'HKLM\\{own}\\~Before~x'")), NAME, "registry");
        fine(&stored(own, &format!("[setting.B]\nsecret = true\nregistry = 'HKLM\\{own}\\B'")));
        fine(&stored(own, "[[registry]]\nkey = 'HKLM\\SOFTWARE\\Example\\Agent'"));
    }

    #[test]
    fn no_text_that_others_read_names_a_secret() {
        for text in [
            "[[service]]\nname = 'A'\nexe = 'bin\\agent.exe'\narguments = '--token {TOKEN}'",
            "[[environment]]\nname = 'A'\nvalue = 'x{TOKEN}'",
            "[[shortcut]]\ntarget = 'bin\\agent.exe'\narguments = '{TOKEN}'",
            "[[registry]]\nkey = 'HKLM\\SOFTWARE\\Example\\A'\nvalues = { A = '{TOKEN}' }",
        ] {
            error(&secret(text), NAME, "{TOKEN}");
        }
        fine(&secret(
            "[[run]]\nprogram = 'bin\\ctl.exe'\nargs = ['--token', '{TOKEN}']\nundo = ['{TOKEN}']\nat = 'after-install'",
        ));
        fine(&secret("[[environment]]\nname = 'A'\nvalue = '{{TOKEN}}'"));
    }
}
