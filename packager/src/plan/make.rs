//! From the model and a scan to the plan of one package. Pure.

use std::collections::HashSet;

use packager_shared::plan::{
    Arch, Condition, ConfigFormat, Data, FileGroup, Key, Op, Plan, Product, Root, Scope, Setting, View,
};
use packager_shared::state::{self, native_view};
use packager_shared::template::{Dir, Part, Template};

use super::scan::{self, Scan};
use super::{PackagePlan, PlannedFile, ids};
use crate::manifest::Manifest;
use crate::model::lower::config;
use crate::model::{Model, RegistryKey, ViewChoice, conditions};
use crate::report::Problem;

/// The plan of one architecture.
#[must_use]
pub fn plan(
    model: &Model,
    manifest: &Manifest,
    arch: Arch,
    scan: &Scan,
    sites: &[(Arch, String, Result<Scan, Problem>)],
) -> PackagePlan {
    let keep = scan::globs(manifest.payload.keep.iter().map(|t| t.get_ref().as_str())).unwrap_or_default();
    // What people change in a file that takes values is theirs.
    let configs: Vec<String> = manifest.configs.iter().filter_map(config::file).collect();
    let files = |scan: &Scan| -> Vec<PlannedFile> {
        let file = |found: &scan::Found| PlannedFile {
            source: found.source.clone(),
            path: found.path.clone(),
            size: found.size,
            keep: keep.is_match(found.path.replace('\\', "/"))
                || configs.iter().any(|file| packager_shared::path::same(file, &found.path)),
            version: found.version.clone(),
        };
        scan.files.iter().map(file).collect()
    };
    let of_arch = sites.iter().filter(|(of, _, _)| *of == arch);
    let site_files =
        of_arch.filter_map(|(_, site, scan)| Some((site.clone(), files(scan.as_ref().ok()?)))).collect();
    let files = files(scan);
    PackagePlan {
        target: target(model, arch, scan),
        files,
        site_files,
        icon: model.icon.clone(),
        license: model.license.clone(),
        outputs: model.outputs.clone(),
    }
}

/// Adds what the payload's files say of those that take values.
fn fill_configs(plan: &mut Plan, scan: &Scan) {
    let product = plan.product.clone();
    let secrets: Vec<String> =
        plan.settings.iter().filter(|setting| setting.secret).map(|setting| setting.name.clone()).collect();
    for op in &mut plan.ops {
        let op = match op {
            Op::When(_, inner) => &mut **inner,
            op => op,
        };
        let Op::Config(config) = op else { continue };
        let same = |(path, _): &&(String, Vec<u8>)| packager_shared::path::same(path, &config.file);
        if let Some((path, content)) = scan.configs.iter().find(same) {
            let keys: Vec<&str> = config.values.iter().map(|(key, _)| key.as_str()).collect();
            config.file.clone_from(path);
            config.pristine = packager_shared::ids::sha256(content);
            if matches!(config.format, ConfigFormat::Xml | ConfigFormat::Text) {
                let text = String::from_utf8_lossy(content);
                config.lines = packager_shared::config::text::lines_with(&text, &keys);
            }
        }
        let mut named = config.values.iter().flat_map(|(_, value)| value.settings());
        config.secret = named.any(|name| secrets.iter().any(|secret| secret == name));
        config.marks = state::below(&product, if config.secret { state::SECRETS } else { state::CONFIG });
    }
}

/// The files of conditional groups.
fn groups(model: &Model, scan: &Scan) -> Vec<FileGroup> {
    let group = |(when, globs): &(Condition, Vec<String>)| {
        let globs = scan::globs(globs.iter().map(String::as_str)).unwrap_or_default();
        let files = scan.files.iter().filter(|found| globs.is_match(found.path.replace('\\', "/")));
        FileGroup { when: when.clone(), files: files.map(|found| found.path.clone()).collect() }
    };
    model.groups.iter().map(group).collect()
}

/// The rights of files; of two for one file the last counts.
fn rights(model: &Model, scan: &Scan) -> Vec<Op> {
    let sets: Vec<_> = model
        .rights
        .iter()
        .map(|(globs, acl)| (scan::globs(globs.iter().map(String::as_str)).unwrap_or_default(), acl))
        .collect();
    let of_file = |path: &str| {
        let name = path.replace('\\', "/");
        let (_, acl) = sets.iter().rev().find(|(globs, _)| globs.is_match(&name))?;
        Some(Op::FileAcl { file: path.to_owned(), acl: (*acl).clone() })
    };
    scan.files.iter().filter_map(|found| of_file(&found.path)).collect()
}

fn target(model: &Model, arch: Arch, scan: &Scan) -> Plan {
    let native = native_view(arch);
    let key = |root: Root, path: &str| Key { root, view: native, path: path.to_owned() };
    let settings = model
        .settings
        .iter()
        .map(|s| Setting {
            name: s.name.clone(),
            default: s.default.clone(),
            required: s.required,
            secret: s.secret,
            allowed: s.allowed.clone(),
            registry: s.registry.as_ref().map(|(root, path, name)| (key(*root, path), name.clone())),
            legacy: legacy(&s.legacy, native),
        })
        .collect();
    let own = default_detection_key(model, arch);
    let mut detect: Vec<Key> = model.detect.iter().map(|(root, path)| key(*root, path)).collect();
    if !detect.iter().any(|k| same_key(k, &own)) {
        detect.push(own);
    }
    let mut plan = Plan {
        product: Product {
            id: model.id.clone(),
            slug: model.slug.clone(),
            name: model.name.clone(),
            manufacturer: model.manufacturer.clone(),
            version: model.version,
            version_text: model.version_text.clone(),
            upgrade_code: *ids::upgrade_code(&model.id).as_bytes(),
            arch,
            scope: model.scope,
            listing: model.listing.clone(),
        },
        platform: model.platform.clone(),
        install_dir: model.install_dir.clone(),
        settings,
        sites: model.sites.clone(),
        groups: groups(model, scan),
        detect,
        detect_value: model.detect_value.clone(),
        bootstrap: model.bootstrap.clone(),
        ops: ops(model, arch, rights(model, scan)),
    };
    fill_configs(&mut plan, scan);
    plan
}

/// Where predecessors stored a setting: each place in both views, the package's own first.
fn legacy(places: &[(Root, String, String)], native: View) -> Vec<(Key, String)> {
    let other = if native == View::Bits64 { View::Bits32 } else { View::Bits64 };
    let in_both = |(root, path, name): &(Root, String, String)| {
        [native, other].map(|view| (Key { root: *root, view, path: path.clone() }, name.clone()))
    };
    places.iter().flat_map(in_both).collect()
}

/// The key that every install writes its directory to: the sibling of the product's state key.
#[must_use]
pub fn default_detection_key(model: &Model, arch: Arch) -> Key {
    let root = match model.scope {
        Scope::Machine => Root::LocalMachine,
        Scope::User => Root::CurrentUser,
    };
    let path = format!("SOFTWARE\\{}\\{}\\CurrentVersion", model.manufacturer, model.id);
    Key { root, view: native_view(arch), path }
}

fn ops(model: &Model, arch: Arch, rights: Vec<Op>) -> Vec<Op> {
    let native = native_view(arch);
    let mut ops: Vec<Op> = model.directories.clone();

    ops.extend(rights);
    ops.extend(removals(model, native));
    let mut values: Vec<(Option<Condition>, Key, String, Data)> = Vec::new();
    let own = default_detection_key(model, arch);
    values.push((
        None,
        own,
        model.detect_value.clone(),
        Data::Sz(Template(vec![Part::Dir(Dir::InstallDir)])),
    ));
    // A secret is no ordinary value: whoever writes it protects its key first.
    for setting in model.settings.iter().filter(|setting| !setting.secret) {
        if let Some((root, path, name)) = &setting.registry {
            let key = Key { view: native, ..unmerged(model.scope, *root, path) };
            values.push((
                None,
                key,
                name.clone(),
                Data::Sz(Template(vec![Part::Setting(setting.name.clone())])),
            ));
        }
    }
    let mut empty_keys = Vec::new();
    for declared in &model.registry {
        let key = declared_key(model.scope, declared, native);
        if declared.values.is_empty() && declared.remove.is_empty() && declared.remove_on_uninstall.is_empty()
        {
            let acl = declared.acl.clone();
            empty_keys.push(when(&declared.when, Op::RegistryKey { key: key.clone(), acl }));
        } else if let Some(acl) = &declared.acl {
            // Before its values: what is in them is nobody else's from the first moment.
            ops.push(when(&declared.when, Op::RegistryKey { key: key.clone(), acl: Some(acl.clone()) }));
        }
        values.extend(
            declared
                .values
                .iter()
                .map(|(name, data)| (declared.when.clone(), key.clone(), name.clone(), data.clone())),
        );
    }
    // The author may say the same as a default does: one value, one op.
    let mut seen: HashSet<(String, Key, String)> = HashSet::new();
    for (condition, key, name, data) in values {
        let text = condition.as_ref().map(conditions::text).unwrap_or_default();
        let id = (text, folded(&key), packager_shared::path::lower(&name));
        if seen.insert(id) {
            ops.push(when(&condition, Op::RegistryValue { key, name, data }));
        }
    }
    ops.extend(empty_keys);
    ops.extend(model.shell.iter().cloned());
    ops.extend(model.services.iter().cloned());
    ops.extend(model.acts.iter().cloned());
    ops
}

fn declared_key(scope: Scope, declared: &RegistryKey, native: View) -> Key {
    let view = match declared.view {
        ViewChoice::Native => native,
        ViewChoice::Bits32 => View::Bits32,
        ViewChoice::Bits64 => View::Bits64,
    };
    Key { view, ..unmerged(scope, declared.root, &declared.path) }
}

/// HKEY_CLASSES_ROOT is a merged view: where a write lands depends on what is there already ("HKEY_CLASSES_ROOT
/// Key" on Microsoft Learn). The product's scope decides instead.
fn unmerged(scope: Scope, root: Root, path: &str) -> Key {
    let (root, path) = match (root, scope) {
        (Root::ClassesRoot, Scope::Machine) => (Root::LocalMachine, format!("SOFTWARE\\Classes\\{path}")),
        (Root::ClassesRoot, Scope::User) => (Root::CurrentUser, format!("SOFTWARE\\Classes\\{path}")),
        _ => (root, path.to_owned()),
    };
    Key { root, view: View::Bits64, path }
}

/// Removals come before the values: that is the order of Windows Installer's actions, too.
fn removals(model: &Model, native: View) -> Vec<Op> {
    let mut ops = Vec::new();
    for declared in &model.registry {
        let key = declared_key(model.scope, declared, native);
        for (names, on_uninstall) in [(&declared.remove, false), (&declared.remove_on_uninstall, true)] {
            let op = |name: &Option<String>| {
                let op = Op::RegistryRemove { key: key.clone(), name: name.clone(), on_uninstall };
                when(&declared.when, op)
            };
            ops.extend(names.iter().map(op));
        }
    }
    ops
}

fn when(condition: &Option<Condition>, op: Op) -> Op {
    match condition {
        Some(condition) => Op::When(condition.clone(), Box::new(op)),
        None => op,
    }
}

fn folded(key: &Key) -> Key {
    Key { path: packager_shared::path::lower(&key.path), ..key.clone() }
}

fn same_key(a: &Key, b: &Key) -> bool {
    a.root == b.root && packager_shared::path::same(&a.path, &b.path)
}
