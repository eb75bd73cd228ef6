//! The Registry table (Microsoft: "Registry Table"). One component a value, which is its own key path.

use packager_shared::ids::hex;
use packager_shared::plan::{Data, Key, Root};

use super::builder::{Builder, attributes};
use super::formatted::{self, Folders};
use super::rows::{Cell, row};
use crate::plan::ids::{self, Kind};

/// msidbRegistryRoot…
pub fn root(root: Root) -> i32 {
    match root {
        Root::ClassesRoot => 0,
        Root::CurrentUser => 1,
        Root::LocalMachine => 2,
        Root::Users => 3,
    }
}

/// The Value column, which carries the type in a prefix. `None`: the table has no such type.
pub fn value(data: &Data, folders: Folders) -> Option<Cell> {
    let text = |template| formatted::template(template, folders);
    Some(match data {
        Data::Sz(template) => {
            let text = text(template);
            // A number sign at the start would announce another type; two stand for one.
            if text.starts_with('#') { format!("#{text}").into() } else { text.into() }
        }
        Data::ExpandSz(template) => format!("#%{}", text(template)).into(),
        Data::MultiSz(list) => match list.as_slice() {
            // Without separators on both sides one string alone would be REG_SZ.
            [] => "[~]".into(),
            [one] => format!("[~]{}[~]", text(one)).into(),
            many => many.iter().map(text).collect::<Vec<_>>().join("[~]").into(),
        },
        Data::Dword(number) => format!("#{number}").into(),
        Data::Binary(bytes) => format!("#x{}", hex(bytes)).into(),
        Data::Qword(_) | Data::MultiSzPart { .. } => return None,
    })
}

/// Adds a value in a component of its own. QWORD values and parts of lists are the bootstrap's work: nothing is written.
pub fn write_value(builder: &mut Builder<'_>, key: &Key, name: &str, data: &Data) {
    let Some(value) = value(data, builder.folders()) else { return };
    let name = formatted::literal(name);
    write(builder, key, name.into(), value);
}

/// Adds a key that exists even if empty. `+` only creates it; `-` and `*` would take it away on uninstall with all
/// that others put below it (Microsoft: "Registry Table", Name). Such a row is no key path of a component ("Component
/// Table", Attributes).
///
/// Returns the row's key.
pub fn write_key(builder: &mut Builder<'_>, key: &Key) -> String {
    let target = builder.identity(&ids::registry_target(key, "+"));
    let id = ids::row_key("r", Kind::Registry, &target);
    let component = shared_component(builder, &id, &target);
    let path = in_own_view(builder, key);
    let row = row![&id, root(key.root), formatted::literal(&path), "+", Cell::Null, component];
    builder.rows.push("Registry", row);
    id
}

/// The component for a row that is no key path: the one that is always there, or, under a condition, one of its own.
/// Its view is the package's: the other one is named by its place.
fn shared_component(builder: &mut Builder<'_>, id: &str, target: &str) -> String {
    if builder.when.is_none() {
        return super::ownership::component(builder);
    }
    super::shell::directory_component(builder, id, (Kind::Registry, target), "INSTALLDIR");
    id.to_owned()
}

fn in_own_view(builder: &Builder<'_>, key: &Key) -> String {
    if key.view == builder.native_view() { key.path.clone() } else { in_32_bit_view(&key.path) }
}

fn write(builder: &mut Builder<'_>, key: &Key, name: Cell, value: Cell) -> String {
    let what = match &name {
        Cell::Text(text) => text.clone(),
        _ => String::new(),
    };
    let target = builder.identity(&ids::registry_target(key, &what));
    let id = ids::row_key("r", Kind::Registry, &target);
    builder.component(
        &id,
        (Kind::Registry, &target),
        builder.registry_directory(key.view),
        key.view,
        attributes::REGISTRY_KEY_PATH,
        Some(&id),
    );
    let row = vec![
        id.clone().into(),
        root(key.root).into(),
        formatted::literal(&key.path).into(),
        name,
        value,
        id.clone().into(),
    ];
    builder.rows.push("Registry", row);
    id
}

/// Removes a value, or (`None`) a key with all below it, on install: before values are written, and brought back by
/// rollback (Microsoft: "RemoveRegistry Table", "RemoveRegistryValues Action").
pub fn remove(builder: &mut Builder<'_>, key: &Key, name: Option<&str>) {
    let name: Cell = match name {
        None => "-".into(),
        Some(name) => formatted::literal(name).into(),
    };
    let what = match &name {
        Cell::Text(text) => text.clone(),
        _ => String::new(),
    };
    let target = builder.identity(&ids::registry_target(key, &what));
    let id = ids::row_key("u", Kind::Registry, &target);
    let component = shared_component(builder, &id, &format!("{target} is removed"));
    let path = in_own_view(builder, key);
    builder.rows.push("RemoveRegistry", row![id, root(key.root), formatted::literal(&path), name, component]);
}

/// Where a key of the 32-bit view lies in the 64-bit one ("Registry Keys Affected by WOW64" on Microsoft Learn).
fn in_32_bit_view(path: &str) -> String {
    const CLASSES: &str = "software\\classes\\";
    let lower = packager_shared::path::lower(path);
    if let Some(below) = lower.strip_prefix(CLASSES) {
        let first = below.split('\\').next().unwrap_or_default();
        let own = ["clsid", "directshow", "interface", "media type", "mediafoundation"].contains(&first);
        let rest = path.get(CLASSES.len()..).unwrap_or_default();
        return if own { format!("SOFTWARE\\Classes\\Wow6432Node\\{rest}") } else { path.to_owned() };
    }
    match path.get("SOFTWARE\\".len()..) {
        Some(rest) if lower.starts_with("software\\") => format!("SOFTWARE\\Wow6432Node\\{rest}"),
        _ => path.to_owned(),
    }
}

/// Rows that belong to one component, which is installed when `condition` holds: the first is its key path.
pub fn write_group(
    builder: &mut Builder<'_>,
    (kind, target): (Kind, &str),
    key: &Key,
    values: &[(&str, Cell)],
    condition: Option<&str>,
) {
    let component = ids::row_key("c", kind, target);
    let mut key_path = None;
    for (name, value) in values {
        let id = ids::row_key("r", Kind::Registry, &ids::registry_target(key, name));
        builder.rows.push(
            "Registry",
            row![&id, root(key.root), formatted::literal(&key.path), *name, value.clone(), &component],
        );
        key_path.get_or_insert(id);
    }
    let directory = builder.registry_directory(key.view);
    let attribute = attributes::REGISTRY_KEY_PATH;
    let key_path = key_path.as_deref();
    builder.component_if(condition, &component, (kind, target), directory, key.view, attribute, key_path);
}

#[cfg(test)]
mod tests {
    use packager_shared::template::{Part, Template};

    use super::*;

    fn text(text: &str) -> Template {
        Template(vec![Part::Text(text.into())])
    }

    #[test]
    fn the_other_view_is_named_by_its_place() {
        for (path, place) in [
            ("Software\\Acme\\X", "SOFTWARE\\Wow6432Node\\Acme\\X"),
            ("SOFTWARE\\Classes\\.acme", "SOFTWARE\\Classes\\.acme"),
            ("SOFTWARE\\Classes\\CLSID\\{1}", "SOFTWARE\\Classes\\Wow6432Node\\CLSID\\{1}"),
            ("SYSTEM\\Acme", "SYSTEM\\Acme"),
        ] {
            assert_eq!(in_32_bit_view(path), place);
        }
    }

    #[test]
    fn every_type_has_its_prefix() {
        let value = |data: Data| value(&data, Folders { wide: true, user: false });
        assert_eq!(value(Data::Sz(text("a"))), Some("a".into()));
        assert_eq!(value(Data::Sz(text("#1"))), Some("##1".into()));
        assert_eq!(value(Data::Sz(text(""))), Some(Cell::Null));
        assert_eq!(value(Data::ExpandSz(text("%TEMP%"))), Some("#%%TEMP%".into()));
        assert_eq!(value(Data::MultiSz(vec![text("a"), text("b")])), Some("a[~]b".into()));
        assert_eq!(value(Data::MultiSz(vec![text("a")])), Some("[~]a[~]".into()));
        assert_eq!(value(Data::Dword(5)), Some("#5".into()));
        assert_eq!(value(Data::Binary(vec![0, 255, 16])), Some("#x00ff10".into()));
        assert_eq!(value(Data::Qword(5)), None);
    }
}
