//! Predecessors that a product takes over.

use packager_shared::path;
use packager_shared::plan::{Replaces, Root};
use packager_shared::template::{Dir, Part, Template};
use uuid::Uuid;

use super::places::Names;
use super::values::{self, short};
use super::{registry, rules};
use crate::manifest::types::{self, Text};
use crate::report::Problem;

/// Where the fault is, and what it is.
type Fault = (std::ops::Range<usize>, Problem);

fn checked<T>(text: &Text, check: impl FnOnce(&str) -> Result<T, Problem>) -> Result<T, Fault> {
    check(text.get_ref()).map_err(|problem| (text.span(), problem))
}

/// What a table means.
pub fn replaces(t: &types::Replaces, names: &Names) -> Result<Replaces, Fault> {
    let each = |texts: &[Text], check: fn(&str) -> Result<String, Problem>| {
        texts.iter().map(|text| checked(text, check)).collect::<Result<Vec<_>, _>>()
    };
    let refuse = t.then.as_ref().is_some_and(|then| then.get_ref() == "refuse");
    let found = Replaces {
        name: match (&t.name, t.uninstall_entry.as_ref().or(t.services.first()).or(t.upgrade_code.as_ref())) {
            (Some(name), _) => checked(name, |text| values::shown(text, 100).map(|()| text.to_owned()))?,
            (None, Some(other)) => other.get_ref().clone(),
            (None, None) => "a predecessor".into(),
        },
        upgrade_code: match &t.upgrade_code {
            Some(code) => Some(checked(code, guid)?),
            None => None,
        },
        uninstall_entry: match &t.uninstall_entry {
            Some(entry) => Some(checked(entry, part)?),
            None => None,
        },
        uninstall_args: match &t.uninstall_args {
            Some(args) => Some(checked(args, |text| values::line(text, 1000).map(|()| text.to_owned()))?),
            None => None,
        },
        services: each(&t.services, part)?,
        files: t
            .files
            .iter()
            .map(|text| checked(text, |text| place(text, names)))
            .collect::<Result<_, _>>()?,
        keys: t.keys.iter().map(|text| checked(text, key)).collect::<Result<_, _>>()?,
        firewall: each(&t.firewall, |text| rules::firewall_name(text).map(|()| text.to_owned()))?,
        refuse,
    };
    if found.upgrade_code.is_none() && found.uninstall_entry.is_none() && found.services.is_empty() {
        let nothing = found.files.is_empty() && found.keys.is_empty() && found.firewall.is_empty();
        if nothing || refuse {
            let problem = Problem::new("nothing says how the predecessor is found")
                .help("name its upgrade-code, its uninstall-entry or its service");
            return Err((t.span.clone(), problem));
        }
    }
    let traces = [&t.files, &t.keys, &t.firewall].into_iter().flatten().next();
    if let (true, Some(trace)) = (refuse, traces) {
        let problem = Problem::new("a predecessor that is refused is not removed")
            .why("it is found by its upgrade-code, uninstall-entry or service, and all of it stays")
            .help("remove this, or write then = \"remove\"");
        return Err((trace.span(), problem));
    }
    if let (Some(args), None) = (&t.uninstall_args, &t.uninstall_entry) {
        let problem = Problem::new("there is no uninstaller that gets these arguments")
            .help("name its uninstall-entry: the key below ...\\CurrentVersion\\Uninstall");
        return Err((args.span(), problem));
    }
    Ok(found)
}

/// A file, or with a backslash at its end a folder, below a known folder.
pub fn place(text: &str, names: &Names) -> Result<Template, Problem> {
    let text = text.replace('/', "\\");
    let template = Names { settings: vec![], ..names.clone() }.template(&text)?;
    let help = "write a path below a known folder, such as '{ProgramFiles}\\Acme\\Old\\'";
    let [Part::Dir(dir), Part::Text(below)] = template.0.as_slice() else {
        return Err(Problem::new(format!("`{}` does not name what is to be found", short(&text)))
            .why("where such folders are differs from machine to machine, and all of a known folder is nobody's")
            .help(help));
    };
    if matches!(dir, Dir::LocalAppData | Dir::AppData) {
        return Err(Problem::new(format!("{{{}}} is of whoever installs", dir.name()))
            .why("that is LocalSystem when a management system installs")
            .help(help));
    }
    let whole = below.strip_suffix('\\').unwrap_or(below);
    path::check(whole)
        .map_err(|error| Problem::new(format!("the path `{}` {error}", short(below))).help(help))?;
    if matches!(dir, Dir::Windows | Dir::System) && below.ends_with('\\') && !whole.contains('\\') {
        return Err(Problem::new(format!("`{}` is Windows' own", short(&text))).help(help));
    }
    Ok(template)
}

fn guid(text: &str) -> Result<[u8; 16], Problem> {
    Uuid::try_parse(text).map(Uuid::into_bytes).map_err(|_| {
        Problem::new(format!("`{}` is no upgrade code", short(text)))
            .help("write the GUID, such as \"{01234567-89AB-CDEF-0123-456789ABCDEF}\"")
    })
}

fn part(text: &str) -> Result<String, Problem> {
    if text.contains(['/', '\\', '"', '*', '?']) {
        return Err(Problem::new(format!("`{}` is no such name", short(text)))
            .why("a name has no slashes, backslashes, quotes and wildcards")
            .help("write the name of the key or of the service alone"));
    }
    values::shown(text, 255).map(|()| text.to_owned())
}

/// Keys that hold more than one program's: nothing above or among these is removed.
fn key(text: &str) -> Result<(Root, String), Problem> {
    let (root, path) = registry::key(text)?;
    if !matches!(root, Root::LocalMachine | Root::ClassesRoot) {
        return Err(Problem::new(format!("{} is of one user", registry::root_name(root)))
            .why("a predecessor is taken over for the machine, mostly by LocalSystem")
            .help("name keys below HKLM or HKCR"));
    }
    let depth = path.split('\\').count();
    let lower = path::lower(&path);
    let shared =
        ["software\\microsoft", "software\\classes", "software\\policies", "software\\wow6432node", "system"];
    let within = shared.iter().any(|key| lower == *key || lower.starts_with(&format!("{key}\\")));
    if root == Root::LocalMachine && (depth < 2 || (within && depth < 4)) {
        return Err(Problem::new(format!("`{}` holds more than a predecessor", short(text)))
            .why("the key is removed with all that is in it")
            .help("name the predecessor's own key, such as 'HKLM\\SOFTWARE\\Acme\\OldAgent'"));
    }
    if lower.starts_with("software\\wow6432node") {
        return Err(Problem::new("the key names the 32-bit view")
            .why("keys are looked for in both views")
            .help("write it without Wow6432Node"));
    }
    Ok((root, path))
}
