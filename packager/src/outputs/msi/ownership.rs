//! The state key, which says that Windows Installer owns this installation, and the takeover from the engine.

use packager_shared::plan::{Key, Plan, Root, Scope, View};

use super::builder::Builder;
use super::registry;
use super::rows::{Cell, row};
use super::settings::stored;
use crate::plan::ids::{self, Kind};

/// The product's state key, in the view of the package.
pub fn state_key(plan: &Plan) -> Key {
    let root = match plan.product.scope {
        Scope::Machine => Root::LocalMachine,
        Scope::User => Root::CurrentUser,
    };
    let view =
        if plan.product.arch == packager_shared::plan::Arch::X86 { View::Bits32 } else { View::Bits64 };
    Key { root, view, path: format!("SOFTWARE\\{}\\{}\\Setup", plan.product.manufacturer, plan.product.id) }
}

/// Adds the state key, and removes the uninstall entry that the setup EXE made. Rollback brings both back as
/// they were: they are ordinary rows.
pub fn write(builder: &mut Builder<'_>) {
    let plan = &builder.release.package.target;
    let key = state_key(plan);
    let digest: String = builder.release.digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let values: Vec<(&str, Cell)> = vec![
        ("ManagedBy", "msi".into()),
        ("Version", plan.product.version_text.as_str().into()),
        ("Serial", format!("#{}", plan.bootstrap.serial).into()),
        ("Digest", digest.into()),
        ("InstallDir", "[INSTALLDIR]".into()),
    ];
    registry::write_group(builder, (Kind::State, &key.path), &key, &values);
    let own: Vec<_> = plan.settings.iter().filter(|setting| setting.registry.is_none()).collect();
    if let Some(first) = own.first() {
        let (key, _) = stored(plan, first);
        let values: Vec<(&str, Cell)> =
            own.iter().map(|setting| (setting.name.as_str(), format!("[{}]", setting.name).into())).collect();
        registry::write_group(builder, (Kind::State, &key.path), &key, &values);
    }
    let entry = format!("SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\{}", plan.product.id);
    let component = ids::row_key('c', Kind::State, &key.path);
    let id = ids::row_key('u', Kind::State, &entry);
    builder.rows.push("RemoveRegistry", row![id, registry::root(key.root), entry, "-", component]);
}
