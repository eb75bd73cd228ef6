//! What a product tells Windows about itself, as the registry values that say it.

use packager_shared::plan::{Data, Listing, Op, Root, Scope};
use packager_shared::template::{Dir, Part, Template};

use super::{all, scope, text};
use crate::manifest::types::{Association, EventSource, Font, Manifest, Product};
use crate::model::places::{self, Names};
use crate::model::{RegistryKey, ViewChoice, values};
use crate::plan::inputs::Inputs;

/// What the list of installed programs shows.
pub(super) fn listing(product: &Product) -> Listing {
    let listing = &product.listing;
    Listing {
        url: text(&product.url),
        help: text(&listing.help),
        updates: text(&listing.updates),
        contact: text(&listing.contact),
        phone: text(&listing.phone),
        comments: text(&listing.comments),
        no_remove: listing.no_remove.as_ref().is_some_and(|flag| *flag.get_ref()),
        hidden: listing.hidden.as_ref().is_some_and(|flag| *flag.get_ref()),
    }
}

/// The keys of event sources, fonts and associations.
pub(super) fn keys(
    manifest: &Manifest,
    inputs: &Inputs,
    names: &Names,
    slug: &str,
) -> Option<Vec<RegistryKey>> {
    let mut keys = all(&manifest.event_sources, |source| {
        Some(RegistryKey { when: super::when::condition(&source.when, names)?, ..event_source(source)? })
    })?;
    for (font, title) in manifest.fonts.iter().zip(&inputs.fonts) {
        keys.push(self::font(font, title.as_ref().ok()?, scope(manifest))?);
    }
    let name = text(&manifest.product.name)?;
    for association in &manifest.associations {
        keys.extend(self::association(association, names, slug, &name)?);
    }
    Some(keys)
}

/// Values of INI files.
pub(super) fn ini(manifest: &Manifest, names: &Names) -> Option<Vec<Op>> {
    let mut ops = Vec::new();
    for ini in &manifest.ini {
        let path = places::directory(ini.file.as_ref()?.get_ref(), scope(manifest), names).ok()?;
        let [Part::Dir(dir), Part::Text(below)] = path.0.as_slice() else { return None };
        let (folder, file) = below.rsplit_once('\\').unwrap_or(("", below));
        let mut parts = vec![Part::Dir(*dir)];
        if !folder.is_empty() {
            parts.push(Part::Text(folder.to_owned()));
        }
        for (key, value) in &ini.values {
            let op = Op::Ini {
                folder: Template(parts.clone()),
                file: file.to_owned(),
                section: names.template(ini.section.as_ref()?.get_ref()).ok()?,
                key: names.template(key.get_ref()).ok()?,
                value: names.template(value.get_ref()).ok()?,
            };
            ops.push(super::when::op(&ini.when, names, op)?);
        }
    }
    Some(ops)
}

fn key(root: Root, path: String, values: Vec<(&str, Data)>) -> RegistryKey {
    let values = values.into_iter().map(|(name, data)| (name.to_owned(), data)).collect();
    RegistryKey {
        root,
        path,
        view: ViewChoice::Native,
        values,
        remove: Vec::new(),
        remove_on_uninstall: Vec::new(),
        when: None,
        acl: None,
    }
}

fn classes(path: String, values: Vec<(&str, Data)>) -> RegistryKey {
    key(Root::ClassesRoot, path, values)
}

fn sz(text: &str) -> Data {
    Data::Sz(Template::text(text))
}

/// A file below the install directory.
fn installed(path: &str) -> Template {
    Template(vec![Part::Dir(Dir::InstallDir), Part::Text(path.to_owned())])
}

/// "Event Sources" and "Eventlog Key" on Microsoft Learn. Without a file of its own a source uses EventCreate's,
/// whose messages 1 to 1000 are nothing but their first string.
fn event_source(source: &EventSource) -> Option<RegistryKey> {
    let log = text(&source.log).unwrap_or_else(|| "Application".into());
    let path = format!("SYSTEM\\CurrentControlSet\\Services\\EventLog\\{log}\\{}", text(&source.name)?);
    let file = match &source.file {
        Some(file) => installed(&values::below_install_dir(file.get_ref()).ok()?),
        None => Template::text("%SystemRoot%\\System32\\EventCreate.exe"),
    };
    let mut values = vec![("EventMessageFile", Data::ExpandSz(file.clone()))];
    if let Some(count) = &source.categories {
        values.push(("CategoryMessageFile", Data::ExpandSz(file)));
        values.push(("CategoryCount", Data::Dword(*count.get_ref())));
    }
    // Error, warning, information.
    values.push(("TypesSupported", Data::Dword(7)));
    Some(key(Root::LocalMachine, path, values))
}

/// A font outside of the Fonts folder is registered with its whole path; Windows loads it when it starts next.
fn font(font: &Font, title: &str, scope: Scope) -> Option<RegistryKey> {
    let path = values::below_install_dir(font.file.as_ref()?.get_ref()).ok()?;
    let title = text(&font.title).unwrap_or_else(|| title.to_owned());
    let root = if scope == Scope::User { Root::CurrentUser } else { Root::LocalMachine };
    let place = "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Fonts".to_owned();
    Some(key(root, place, vec![(&title, Data::Sz(installed(&path)))]))
}

/// "File Types" and "Registering an Application to a URI Scheme" on Microsoft Learn.
fn association(
    association: &Association,
    names: &Names,
    slug: &str,
    product: &str,
) -> Option<Vec<RegistryKey>> {
    let program = values::below_install_dir(association.program.as_ref()?.get_ref()).ok()?;
    let args = match &association.args {
        Some(args) => names.template(args.get_ref()).ok()?,
        None => Template::text("\"%1\""),
    };
    let mut command = vec![Part::Text("\"".into()), Part::Dir(Dir::InstallDir)];
    command.push(Part::Text(format!("{program}\" ")));
    command.extend(args.0);
    let icon = match &association.icon {
        Some(icon) => values::below_install_dir(icon.get_ref()).ok()?,
        None => program,
    };
    let quote = || Part::Text("\"".into());
    let icon = Template(vec![quote(), Part::Dir(Dir::InstallDir), Part::Text(format!("{icon}\",0"))]);
    let described = text(&association.description);
    let mut keys = Vec::new();
    let class = match (&association.extension, &association.protocol) {
        (Some(extension), None) => {
            let extension = extension.get_ref();
            let class = values::prog_id(slug, extension);
            let mut own = vec![("", sz(&class))];
            if let Some(content_type) = &association.content_type {
                own.push(("Content Type", sz(content_type.get_ref())));
            }
            keys.push(classes(extension.clone(), own));
            keys.push(classes(format!("{extension}\\OpenWithProgids"), vec![(&class, sz(""))]));
            keys.push(classes(class.clone(), vec![("", sz(&described.unwrap_or_else(|| product.into())))]));
            class
        }
        (None, Some(protocol)) => {
            let text = format!("URL:{}", described.unwrap_or_else(|| product.into()));
            keys.push(classes(protocol.get_ref().clone(), vec![("", sz(&text)), ("URL Protocol", sz(""))]));
            protocol.get_ref().clone()
        }
        _ => return None,
    };
    keys.push(classes(format!("{class}\\DefaultIcon"), vec![("", Data::Sz(icon))]));
    keys.push(classes(format!("{class}\\shell\\open\\command"), vec![("", Data::Sz(Template(command)))]));
    Some(keys)
}
