//! A program: ours with what it carries, any other with what its headers say.

use camino::Utf8Path;
use packager_shared::ids::{braced, hex};
use packager_shared::index::Index;
use packager_shared::overlay::{self, Kind};
use packager_shared::plan::{Condition, Data, Key, Op, Plan, Platform, Root, View};
use packager_shared::template::Template;
use serde_json::{Value, json};

use super::super::kind::bad;
use super::shown::{Shown, Table};
use crate::formats::pe;
use crate::outputs::bootstrap::read::{Program, What};
use crate::report::BuildError;
use crate::report::artifacts::arch_name;

pub(super) fn look(path: &Utf8Path) -> Result<Shown, BuildError> {
    let mut shown = Shown { kind: "exe", path: path.to_string(), ..Shown::default() };
    let file = std::fs::File::open(path).map_err(|e| BuildError::io("open", path, &e))?;
    let mut image = pe::Image::open(std::io::BufReader::new(file)).map_err(|e| bad(path, e))?;
    shown.fact("Machine", format!("{:?}", image.machine()).to_lowercase());
    shown.fact("Subsystem", format!("{:?}", image.subsystem()).to_lowercase());
    let (major, minor) = image.subsystem_version();
    shown.fact("Subsystem version", format!("{major}.{minor:02}"));
    if let Ok(Some(version)) = image.version() {
        for (name, value) in version.strings {
            shown.fact(&name, value);
        }
    }
    match Program::open(path) {
        Ok(program) => ours(program, path, &mut shown)?,
        // Something else may stand behind any program.
        Err(e)
            if matches!(
                e.what,
                What::Overlay(overlay::Error::Missing | overlay::Error::Damaged(FOREIGN))
            ) =>
        {
            shown.fact("Package", "none: packager did not make it");
        }
        Err(e) => return Err(bad(path, e)),
    }
    let mut sections = Table::new("Sections", &["Name", "Address", "Size", "Offset", "Bytes"]);
    for section in image.sections() {
        let (name, size) = (json!(section.name), json!(section.size));
        sections.push([name, json!(section.address), size, json!(section.offset), json!(section.file_size)]);
    }
    sections.counted = true;
    let mut imports = Table::new("Imports", &["Library", "Name"]);
    for import in image.imports().unwrap_or_default() {
        for name in import.names {
            imports.push([json!(import.dll), json!(name)]);
        }
    }
    imports.counted = true;
    shown.tables.extend([sections, imports]);
    Ok(shown)
}

/// What the overlay's reader says of bytes that are not its own.
const FOREIGN: &str = "its first bytes are unknown";

fn ours(mut program: Program, path: &Utf8Path, shown: &mut Shown) -> Result<(), BuildError> {
    program.verify().map_err(|e| bad(path, e))?;
    let kind = match program.overlay.kind {
        Kind::Setup => "setup EXE",
        Kind::Installed => "bootstrap of an installation",
        Kind::Share => "bootstrap of a share",
    };
    shown.fact("Package", kind);
    shown.fact("Memory bound", program.overlay.memory);
    let mut table = Table::new("Overlay", &["Section", "Start", "Bytes", "SHA-256"]);
    for section in &program.overlay.sections {
        let tag = String::from_utf8_lossy(&section.tag).trim_end_matches('\0').to_owned();
        table.push([json!(tag), json!(section.start), json!(section.length), json!(hex(&section.sha256))]);
    }
    shown.tables.push(table);
    if program.overlay.kind == Kind::Share {
        let identity = program.identity().map_err(|e| bad(path, e))?;
        shown.fact("Product", identity.product_id);
        shown.fact("Name", identity.name);
        shown.fact("Manufacturer", identity.manufacturer);
        shown.fact("Upgrade code", braced(&identity.upgrade_code));
        shown.fact("Public key", identity.public_key.map(|key| hex(&key)));
        shown.fact("Sources", identity.sources);
        shown.fact("First install", if identity.first_install_msi { "msi" } else { "exe" });
        shown.fact("In use", format!("{:?}", identity.in_use).to_lowercase());
        let mut archs =
            Table::new("Architectures", &["Architecture", "Windows from", "Server", "Client", "Refused"]);
        for (arch, platform) in &identity.archs {
            let [from, server, client, refused] = needs(platform);
            archs.push([json!(arch_name(*arch)), from, server, client, refused]);
        }
        shown.tables.extend([archs, keys("Detection", &identity.detect)]);
        return Ok(());
    }
    let (plan, index) = program.release().map_err(|e| bad(path, e))?;
    describe(&plan, shown);
    shown.tables.extend([
        files(&index, None),
        settings(&plan),
        operations(&plan),
        keys("Detection", &plan.detect),
    ]);
    Ok(())
}

fn needs(platform: &Platform) -> [Value; 4] {
    let version = |(major, minor, build): (u32, u32, u32)| format!("{major}.{minor}.{build}");
    let refused: Vec<String> = platform.refuse.iter().map(|v| version(*v)).collect();
    [json!(version(platform.min)), json!(platform.server), json!(platform.client), json!(refused)]
}

/// A plan's facts.
pub(super) fn describe(plan: &Plan, shown: &mut Shown) {
    let (product, bootstrap) = (&plan.product, &plan.bootstrap);
    let [from, ..] = needs(&plan.platform);
    shown.fact("Product", product.id.as_str());
    shown.fact("Name", product.name.as_str());
    shown.fact("Manufacturer", product.manufacturer.as_str());
    shown.fact("Version", product.version_text.as_str());
    shown.fact("Upgrade code", braced(&product.upgrade_code));
    shown.fact("Architecture", arch_name(product.arch));
    shown.fact("Scope", format!("{:?}", product.scope).to_lowercase());
    shown.fact("Windows from", from);
    shown.fact("Install directory", template(&plan.install_dir));
    shown.fact("Bootstrap", bootstrap.name.as_str());
    shown.fact("Serial", bootstrap.serial);
    shown.fact("Floor", bootstrap.floor);
    shown.fact("Public key", bootstrap.public_key.map(|key| hex(&key)));
    shown.fact("Sources", bootstrap.sources.clone());
    shown.fact("Spread", format!("{} s", bootstrap.spread_s));
    shown.fact("Sites", plan.sites.iter().map(|site| site.name.clone()).collect::<Vec<_>>());
}

/// An index as a table; with several architectures each row names its own.
pub(super) fn files(index: &Index, arch: Option<&str>) -> Table {
    let mut table = Table::new("Files", &["Path", "Bytes", "SHA-256", "Version", "Keep"]);
    if arch.is_some() {
        table.columns.insert(0, "Architecture".into());
    }
    for entry in &index.entries {
        let version = entry.pe_version.map(|[a, b, c, d]| format!("{a}.{b}.{c}.{d}"));
        let mut row = vec![
            json!(entry.path),
            json!(entry.size),
            json!(hex(&entry.sha256)),
            json!(version),
            json!(entry.keep),
        ];
        if let Some(arch) = arch {
            row.insert(0, json!(arch));
        }
        table.rows.push(row);
    }
    table
}

fn settings(plan: &Plan) -> Table {
    let mut table = Table::new("Settings", &["Name", "Default", "Required", "Secret", "Allowed", "Stored"]);
    for setting in &plan.settings {
        let stored = setting.registry.as_ref().map(|(at, name)| format!(r"{}\{name}", key(at)));
        table.push([
            json!(setting.name),
            json!(setting.default),
            json!(setting.required),
            json!(setting.secret),
            json!(setting.allowed),
            json!(stored),
        ]);
    }
    table
}

fn keys(name: &str, keys: &[Key]) -> Table {
    let mut table = Table::new(name, &["Key"]);
    for at in keys {
        table.push([json!(key(at))]);
    }
    table
}

fn operations(plan: &Plan) -> Table {
    let mut table = Table::new("Operations", &["Operation", "On", "Value"]);
    for op in &plan.ops {
        let (what, on, value) = operation(op);
        table.push([json!(what), json!(on), json!(value)]);
    }
    table
}

fn operation(op: &Op) -> (&'static str, String, String) {
    match op {
        Op::Directory { path, acl, purge } => {
            let purge = if *purge { "purge" } else { "" };
            let value = format!("{} {purge}", acl.as_deref().unwrap_or_default());
            ("directory", template(path), value.trim().to_owned())
        }
        Op::RegistryValue { key: at, name, data } => {
            ("registry value", format!(r"{}\{name}", key(at)), shown_data(data))
        }
        Op::RegistryKey { key: at, acl } => ("registry key", key(at), acl.clone().unwrap_or_default()),
        Op::Environment { name, value, action } => (
            "environment",
            name.clone(),
            format!("{} {}", format!("{action:?}").to_lowercase(), template(value)),
        ),
        Op::Shortcut { folder, subfolder, name, target, arguments, .. } => (
            "shortcut",
            format!(r"{{{}}}\{subfolder}\{name}", folder.name()).replace(r"\\", r"\"),
            format!("{target} {}", template(arguments)).trim_end().to_owned(),
        ),
        Op::Service(service) => (
            "service",
            service.name.clone(),
            format!("{} {}", service.exe, template(&service.arguments)).trim_end().to_owned(),
        ),
        Op::FileAcl { file, acl } => ("file rights", file.clone(), acl.clone()),
        Op::RemoveFiles { folder, pattern, on_uninstall } => (
            if *on_uninstall { "remove on uninstall" } else { "remove" },
            if folder.is_empty() { pattern.clone() } else { format!(r"{folder}\{pattern}") },
            String::new(),
        ),
        Op::RegistryRemove { key: at, name, on_uninstall } => (
            if *on_uninstall { "remove on uninstall" } else { "remove" },
            name.as_ref().map_or_else(|| key(at), |name| format!(r"{}\{name}", key(at))),
            String::new(),
        ),
        Op::Ini { folder, file, section, key, value } => (
            "ini",
            format!("{}{file} [{}] {}", template(folder), template(section), template(key)),
            template(value),
        ),
        Op::Config(config) => {
            let values = config.values.iter().map(|(key, value)| format!("{key} = {}", template(value)));
            ("config", config.file.clone(), values.collect::<Vec<_>>().join("; "))
        }
        Op::Migrate { from, to } => ("migrate", template(from), template(to)),
        Op::Firewall(rule) => (
            "firewall",
            rule.name.clone(),
            format!(
                "{} {} {:?} {} {}",
                if rule.block { "block" } else { "allow" },
                if rule.outbound { "out" } else { "in" },
                rule.protocol,
                template(&rule.ports),
                rule.program.as_deref().unwrap_or_default()
            )
            .trim_end()
            .to_owned(),
        ),
        Op::Task(task) => (
            "task",
            task.name.clone(),
            format!("{} {}", template(&task.program), template(&task.args)).trim_end().to_owned(),
        ),
        Op::Run(run) => {
            let args = run.args.iter().map(template).collect::<Vec<_>>().join(" ");
            ("run", run.program.clone(), args)
        }
        Op::Replaces(replaces) => {
            let then = if replaces.refuse { "refuse" } else { "remove" };
            ("replaces", replaces.name.clone(), then.to_owned())
        }
        Op::EventProvider { manifest, file } => ("events", manifest.clone(), file.clone()),
        Op::Close { program, within_ms } => ("close", program.clone(), format!("within {within_ms} ms")),
        Op::When(condition, inner) => {
            let (what, on, value) = operation(inner);
            (what, on, format!("{value} (when {})", when(condition)).trim_start().to_owned())
        }
    }
}

fn when(condition: &Condition) -> String {
    let list = |parts: &[Condition], word| parts.iter().map(when).collect::<Vec<_>>().join(word);
    match condition {
        Condition::Given(name) => name.clone(),
        Condition::Is(name, value) => format!("{name} = '{value}'"),
        Condition::Not(inner) => format!("NOT ({})", when(inner)),
        Condition::All(parts) => list(parts, " AND "),
        Condition::Any(parts) => format!("({})", list(parts, " OR ")),
    }
}

fn shown_data(data: &Data) -> String {
    match data {
        Data::Sz(text) => template(text),
        Data::ExpandSz(text) => format!("expand {}", template(text)),
        Data::MultiSz(texts) => {
            format!("multi {}", texts.iter().map(template).collect::<Vec<_>>().join(", "))
        }
        Data::Dword(number) => format!("dword {number}"),
        Data::Qword(number) => format!("qword {number}"),
        Data::Binary(bytes) => format!("hex {}", hex(bytes)),
        Data::MultiSzPart { strings, first } => format!(
            "{} {}",
            if *first { "prepend" } else { "append" },
            strings.iter().map(template).collect::<Vec<_>>().join(", ")
        ),
    }
}

fn template(template: &Template) -> String {
    template
        .expand(&mut |dir| Some(format!("{{{}}}", dir.name())), &mut |name| Some(format!("{{{name}}}")))
        .unwrap_or_default()
}

fn key(key: &Key) -> String {
    let root = match key.root {
        Root::ClassesRoot => "HKCR",
        Root::CurrentUser => "HKCU",
        Root::LocalMachine => "HKLM",
        Root::Users => "HKU",
    };
    let view = match key.view {
        View::Bits32 => "32",
        View::Bits64 => "64",
    };
    format!(r"{root}{view}\{}", key.path)
}
