//! From the manifest to the model. What a rule has reported makes the result `None` without another word.

mod acts;
pub mod config;
mod registered;
mod rules;
mod service;
mod when;

use camino::Utf8PathBuf;
use packager_shared::plan::{Arch, Bootstrap, Data, EnvironmentAction, InUse, Op, Platform, Scope, Site};
use packager_shared::template::{Dir, Template};

use super::acl::{self, Object};
use super::places::{self, Names};
use super::{Model, RegistryKey, Setting, ViewChoice, raw, registry, values, windows};
use crate::manifest::types::{self, Manifest, Removal, Text, Typed, Version};
use crate::plan::inputs::Inputs;
use crate::plan::{Ask, Compression, ExeCompression, MsiOptions, Outputs, ShareOptions};
use crate::sign::KeySource;

/// The meaning of a manifest; `None` when something in it is wrong.
#[must_use]
pub fn lower(manifest: &Manifest, inputs: &Inputs) -> Option<Model> {
    let product = &manifest.product;
    let id = text(&product.id)?;
    values::product_id(&id).ok()?;
    let scope = scope(manifest);
    let (version, version_text) = version(manifest, inputs)?;
    let names = names(manifest, inputs);
    let slug = text(&product.slug).unwrap_or_else(|| values::slug_of(&id));
    values::slug(&slug).ok()?;
    let file = |at: &Option<Text>| at.as_ref().map(|t| inputs.path(t.get_ref()));
    let mut registry = all(&manifest.registry, |r| registry_key(r, &names))?;
    registry.extend(registered::keys(manifest, inputs, &names, &slug)?);
    Some(Model {
        slug,
        name: text(&product.name)?,
        manufacturer: text(&product.manufacturer)?,
        version,
        version_text,
        archs: archs(manifest),
        scope,
        listing: registered::listing(product),
        icon: file(&product.icon),
        license: file(&product.license),
        platform: platform(product)?,
        install_dir: places::install_dir(manifest.payload.dir.as_ref()?.get_ref(), scope, &names).ok()?,
        directories: all(&manifest.directories, |d| {
            let path = places::directory(d.path.as_ref()?.get_ref(), scope, &names).ok()?;
            let purge = d.purge.as_ref().is_some_and(|flag| *flag.get_ref());
            when::op(&d.when, &names, Op::Directory { path, acl: rights(&d.acl, Object::Directory)?, purge })
        })?,
        settings: all(&manifest.settings, setting)?,
        registry,
        services: service::services(manifest, &names)?,
        shell: shell(manifest, &names)?,
        acts: acts(manifest, &names)?,
        groups: all(&manifest.payload.groups, |g| {
            let globs = g.files.iter().map(|glob| glob.get_ref().clone()).collect();
            Some((when::condition(&g.when, &names)??, globs))
        })?,
        rights: all(&manifest.payload.rights, |r| {
            let globs = r.files.iter().map(|glob| glob.get_ref().clone()).collect();
            Some((globs, rights(&r.acl, Object::File)??))
        })?,
        detect: all(&manifest.detect.keys, |k| registry::key(k.get_ref()).ok())?,
        detect_value: text(&manifest.detect.path).unwrap_or_else(|| "Application Path".into()),
        bootstrap: bootstrap(&manifest.bootstrap, inputs)?,
        sites: manifest.sites.iter().map(site).collect(),
        outputs: outputs(manifest, inputs)?,
        id,
    })
}

/// Files that take values come first: what is run reads them.
fn acts(manifest: &Manifest, names: &Names) -> Option<Vec<Op>> {
    let mut ops = config::configs(manifest, names)?;
    ops.extend(acts::acts(manifest, names)?);
    Some(ops)
}

/// Machine unless it says user.
#[must_use]
pub fn scope(manifest: &Manifest) -> Scope {
    match manifest.product.scope.as_ref().map(|s| s.get_ref().as_str()) {
        Some("user") => Scope::User,
        _ => Scope::Machine,
    }
}

/// The architectures of the manifest, each once; x64 when it names none.
#[must_use]
pub fn archs(manifest: &Manifest) -> Vec<Arch> {
    let mut archs = Vec::new();
    for arch in manifest.product.arch.iter().filter_map(|a| values::arch(a.get_ref())) {
        if !archs.contains(&arch) {
            archs.push(arch);
        }
    }
    if archs.is_empty() {
        archs.push(Arch::X64);
    }
    archs
}

/// What may be named in the manifest's texts. Names that are missing stand as empty constants, so that a
/// manifest without a version does not also complain about `{Version}`.
#[must_use]
pub fn names(manifest: &Manifest, inputs: &Inputs) -> Names {
    let product = &manifest.product;
    Names::of(
        &version(manifest, inputs).map(|(_, text)| text).unwrap_or_default(),
        &text(&product.name).unwrap_or_default(),
        &text(&product.manufacturer).unwrap_or_default(),
        manifest.settings.iter().map(|s| s.name.get_ref().clone()).collect(),
    )
}

fn version(manifest: &Manifest, inputs: &Inputs) -> Option<([u16; 4], String)> {
    match manifest.product.version.as_ref()? {
        Version::Text(text) => Some((values::version(text.get_ref()).ok()?, text.get_ref().clone())),
        Version::File(_) => {
            let version = *inputs.version.as_ref()?.as_ref().ok()?;
            let [a, b, c, d] = version;
            let text = if d == 0 { format!("{a}.{b}.{c}") } else { format!("{a}.{b}.{c}.{d}") };
            Some((values::version(&text).ok()?, text))
        }
    }
}

fn platform(product: &types::Product) -> Option<Platform> {
    Some(Platform {
        min: match &product.min {
            Some(name) => windows::windows(name.get_ref())?,
            None => windows::OLDEST,
        },
        server: product.server.as_ref().is_none_or(|s| *s.get_ref()),
        client: product.client.as_ref().is_none_or(|s| *s.get_ref()),
        refuse: all(&product.refuse, |name| windows::windows(name.get_ref()))?,
        dotnet_release: match &product.dotnet {
            Some(version) => Some(windows::dotnet(version.get_ref())?),
            None => None,
        },
        free_megabytes: match &product.free_space {
            Some(size) => values::free_space(size.get_ref()).ok()?,
            None => 0,
        },
    })
}

fn setting(setting: &types::Setting) -> Option<Setting> {
    Some(Setting {
        name: setting.name.get_ref().clone(),
        default: text(&setting.default).unwrap_or_default(),
        required: setting.required.as_ref().is_some_and(|f| *f.get_ref()),
        secret: setting.secret.as_ref().is_some_and(|f| *f.get_ref()),
        allowed: setting.allowed.iter().map(|a| a.get_ref().clone()).collect(),
        registry: match &setting.registry {
            Some(place) => Some(registry::value(place.get_ref()).ok()?),
            None => None,
        },
        legacy: all(&setting.legacy, |place| registry::value(place.get_ref()).ok())?,
    })
}

fn registry_key(key: &types::Registry, names: &Names) -> Option<RegistryKey> {
    let (root, path) = registry::key(key.key.as_ref()?.get_ref()).ok()?;
    let view = match key.view.as_ref().map(|v| v.get_ref().as_str()) {
        None | Some("native") => ViewChoice::Native,
        Some("32") => ViewChoice::Bits32,
        Some("64") => ViewChoice::Bits64,
        Some(_) => return None,
    };
    let values = all(&key.values, |(name, value)| {
        registry::value_name(name.get_ref()).ok()?;
        Some((name.get_ref().clone(), data(value, names)?))
    })?;
    Some(RegistryKey {
        root,
        path,
        view,
        values,
        remove: removal(&key.remove),
        remove_on_uninstall: removal(&key.remove_on_uninstall),
        acl: rights(&key.acl, Object::Key)?,
        when: when::condition(&key.when, names)?,
    })
}

fn removal(what: &Option<Removal>) -> Vec<Option<String>> {
    match what {
        None => Vec::new(),
        Some(Removal::Key(_)) => vec![None],
        Some(Removal::Values(names)) => names.iter().map(|name| Some(name.get_ref().clone())).collect(),
    }
}

fn data(data: &types::Data, names: &Names) -> Option<Data> {
    let template = |t: &Text| names.template(t.get_ref()).ok();
    Some(match data {
        types::Data::Text(text) => Data::Sz(template(text)?),
        types::Data::Typed(_, found) => match found.as_slice() {
            [Typed::Dword(n)] => Data::Dword(*n),
            [Typed::Qword(n)] => Data::Qword(*n),
            [Typed::Expand(text)] => Data::ExpandSz(template(text)?),
            [Typed::Multi(texts)] => Data::MultiSz(all(texts, template)?),
            [Typed::Append(texts)] => Data::MultiSzPart { strings: all(texts, template)?, first: false },
            [Typed::Prepend(texts)] => Data::MultiSzPart { strings: all(texts, template)?, first: true },
            [Typed::Hex(text)] => Data::Binary(registry::hex(text.get_ref()).ok()?),
            _ => return None,
        },
    })
}

fn shell(manifest: &Manifest, names: &Names) -> Option<Vec<Op>> {
    let mut ops = all(&manifest.environment, |variable| {
        let (value, action) = match (&variable.value, &variable.append, &variable.prepend) {
            (Some(value), None, None) => (value, EnvironmentAction::Set),
            (None, Some(value), None) => (value, EnvironmentAction::Append),
            (None, None, Some(value)) => (value, EnvironmentAction::Prepend),
            _ => return None,
        };
        let value = names.template(value.get_ref()).ok()?;
        when::op(&variable.when, names, Op::Environment { name: text(&variable.name)?, value, action })
    })?;
    let product = text(&manifest.product.name)?;
    ops.extend(all(&manifest.shortcuts, |shortcut| {
        let op = Op::Shortcut {
            folder: match shortcut.folder.as_ref().map(|f| f.get_ref().as_str()) {
                None | Some("start-menu") => Dir::StartMenu,
                Some("desktop") => Dir::Desktop,
                Some("startup") => Dir::Startup,
                Some(_) => return None,
            },
            subfolder: text(&shortcut.subfolder).unwrap_or_default().replace('/', "\\"),
            name: text(&shortcut.name).unwrap_or_else(|| product.clone()),
            target: values::below_install_dir(shortcut.target.as_ref()?.get_ref()).ok()?,
            arguments: template(&shortcut.arguments, names)?,
            description: text(&shortcut.description).unwrap_or_default(),
            icon: match &shortcut.icon {
                Some(icon) => Some(values::below_install_dir(icon.get_ref()).ok()?),
                None => None,
            },
        };
        when::op(&shortcut.when, names, op)
    })?);
    ops.extend(registered::ini(manifest, names)?);
    Some(ops)
}

fn bootstrap(bootstrap: &types::Bootstrap, inputs: &Inputs) -> Option<Bootstrap> {
    Some(Bootstrap {
        name: bootstrap_name(bootstrap),
        sources: bootstrap.sources.iter().map(|s| s.get_ref().clone()).collect(),
        first_install_msi: bootstrap.first_install.as_ref().is_some_and(|f| f.get_ref() == "msi"),
        in_use: match text(&bootstrap.in_use).as_deref() {
            Some("rename") => InUse::Rename,
            Some("restart") => InUse::Restart,
            _ => InUse::Abort,
        },
        public_key: match &inputs.public_key {
            Some(key) => Some(*key.as_ref().ok()?),
            None => None,
        },
        serial: bootstrap.serial.as_ref().map_or(1, |n| *n.get_ref()),
        floor: bootstrap.floor.as_ref().map_or(0, |n| *n.get_ref()),
        spread_s: match &bootstrap.spread {
            Some(spread) => values::spread(spread.get_ref()).ok()?,
            None => 0,
        },
    })
}

/// The bootstrap's file name.
#[must_use]
pub fn bootstrap_name(bootstrap: &types::Bootstrap) -> String {
    text(&bootstrap.name).unwrap_or_else(|| "autopcc.exe".into())
}

fn site(site: &types::Site) -> Site {
    let values = site.values.iter().map(|(s, v)| (s.get_ref().clone(), v.get_ref().clone())).collect();
    Site { name: site.name.get_ref().clone(), values }
}

fn outputs(manifest: &Manifest, inputs: &Inputs) -> Option<Outputs> {
    let msi = &manifest.msi;
    let word = |at: &Option<Text>, word: &str| at.as_ref().is_some_and(|t| t.get_ref() == word);
    let defaults = MsiOptions::default();
    let file = |path: &Text| -> Utf8PathBuf { inputs.path(path.get_ref()) };
    let bootstrap = &manifest.bootstrap;
    let private_key = match (&bootstrap.private_key_file, &bootstrap.private_key_env) {
        (Some(path), _) => Some(KeySource::File(file(path))),
        (None, Some(name)) => Some(KeySource::Env(name.get_ref().clone())),
        (None, None) => None,
    };
    let mut languages = all(&msi.language, |name| windows::language(name.get_ref()))?.into_iter();
    let language = languages.next().unwrap_or(defaults.language);
    Some(Outputs {
        msi: MsiOptions {
            language,
            is_translation: false,
            translations: languages.collect(),
            dialogs: word(&msi.dialogs, "minimal"),
            asks: asks(manifest),
            same_version_upgrades: !word(&msi.same_version, "refuse"),
            downgrade: word(&msi.downgrade, "allow"),
            compression: match &msi.compression {
                at if word(at, "none") => Compression::None,
                at if word(at, "lzx") => Compression::Lzx,
                _ => Compression::Mszip,
            },
            cabinet_size: match &msi.cabinet_size {
                Some(text) => Some(values::cabinet_size(text.get_ref()).ok()?),
                None => defaults.cabinet_size,
            },
            tables: raw::tables_of(&msi.tables).ok()?,
        },
        exe: match &manifest.exe_compression {
            at if word(at, "balanced") => ExeCompression::Balanced,
            at if word(at, "max") => ExeCompression::Max,
            _ => ExeCompression::Fast,
        },
        share: ShareOptions { private_key },
    })
}

fn asks(manifest: &Manifest) -> Vec<Ask> {
    let ask = |setting: &types::Setting| {
        Some(Ask { setting: setting.name.get_ref().clone(), label: text(&setting.ask)? })
    };
    manifest.settings.iter().filter_map(ask).collect()
}

/// SDDL of what is said about rights, if anything is.
fn rights(at: &Option<Text>, object: Object) -> Option<Option<String>> {
    match at {
        Some(text) => acl::sddl(text.get_ref(), object).ok().map(Some),
        None => Some(None),
    }
}

fn text(at: &Option<Text>) -> Option<String> {
    at.as_ref().map(|t| t.get_ref().clone())
}

fn template(at: &Option<Text>, names: &Names) -> Option<Template> {
    match at {
        Some(text) => names.template(text.get_ref()).ok(),
        None => Some(Template::default()),
    }
}

/// All or nothing.
fn all<T, U>(items: &[T], each: impl FnMut(&T) -> Option<U>) -> Option<Vec<U>> {
    items.iter().map(each).collect()
}
