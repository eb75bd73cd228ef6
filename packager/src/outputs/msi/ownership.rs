//! The state key, which says that Windows Installer owns this installation, and the takeover from the engine.

use packager_shared::ids::hex;
use packager_shared::plan::Key;
use packager_shared::state;

use super::builder::Builder;
use super::registry;
use super::rows::{Cell, row};
use super::sequences::Early;
use super::settings::{NOW_CLEARED, search, set_property, stored};
use super::sites;
use crate::plan::ids::{self, Kind};

/// What AppSearch finds in the state key of an earlier installation.
pub const MANAGER: &str = "INSTALLATION_MANAGER";

/// Adds the state key, and removes the uninstall entry that the setup EXE made. Rollback brings both back as
/// they were: they are ordinary rows. Returns the properties that must be secure.
pub fn write(builder: &mut Builder<'_>, early: &mut Vec<Early>) -> Vec<String> {
    let plan = &builder.release.package.target;
    let key = state::key_of(&plan.product);
    let digest = hex(&builder.release.digest);
    let mut values: Vec<(&str, Cell)> = vec![
        (state::MANAGED_BY, state::MSI.into()),
        (state::VERSION, plan.product.version_text.as_str().into()),
        (state::SERIAL, format!("#{}", plan.bootstrap.serial).into()),
        (state::DIGEST, digest.into()),
        (state::INSTALL_DIR, "[INSTALLDIR]".into()),
    ];
    if !plan.settings.is_empty() {
        values.push((state::CLEARED, format!("[{NOW_CLEARED}]").into()));
    }
    registry::write_group(builder, (Kind::State, &key.path), &key, &values, None);
    let own: Vec<_> =
        plan.settings.iter().filter(|setting| setting.registry.is_none() && !setting.secret).collect();
    if let Some(first) = own.first() {
        let (key, _) = stored(plan, first);
        let values: Vec<(&str, Cell)> =
            own.iter().map(|setting| (setting.name.as_str(), format!("[{}]", setting.name).into())).collect();
        registry::write_group(builder, (Kind::State, &key.path), &key, &values, None);
    }
    let entry = state::uninstall_key(&plan.product).path;
    let component = component(builder);
    let id = ids::row_key("u", Kind::State, &entry);
    builder.rows.push("RemoveRegistry", row![id, registry::root(key.root), entry, "-", component]);
    take_over_files(builder, &key, early);
    let mut secure = sites::record(builder, early, &key);
    secure.push(MANAGER.to_owned());
    secure
}

/// The component of the state key: it is in every package, in the view of its architecture.
pub fn component(builder: &Builder<'_>) -> String {
    ids::row_key("c", Kind::State, &state::key_of(&builder.release.package.target.product).path)
}

/// What the engine installed is replaced whatever its version: Windows Installer would else keep a program of
/// the same version. No other product shares these files.
fn take_over_files(builder: &mut Builder<'_>, state: &Key, early: &mut Vec<Early>) {
    search(builder, MANAGER, state, state::MANAGED_BY);
    let action = set_property(builder, "ReplaceEngineFiles", "REINSTALLMODE", "amus");
    early.push(Early { action, condition: format!("NOT Installed AND {MANAGER}=\"{}\"", state::ENGINE) });
}
