//! What is installed.

use alloc::string::String;
use alloc::vec::Vec;

use packager_shared::decide::{Found, Manager, Related};
use packager_shared::identity::Identity;
use packager_shared::ids;
use packager_shared::path;
use packager_shared::plan::{Arch, Key, Platform, Root, Scope, View};
use packager_shared::platform;
use packager_shared::state;

use crate::System;
use crate::failure::Outcome;
use crate::guard;
use crate::registry;
use crate::text;

/// What was found, and where its state key is.
pub struct Detected {
    /// For deciding.
    pub found: Found,
    /// The view that the state key was found in.
    pub view: Option<View>,
    /// The state key names the directory: this program or Windows Installer put the product there.
    pub registered: bool,
}

/// Whether a package may be installed on this machine: processor, Windows, .NET Framework. The inner error says what
/// does not fit.
pub fn fits<S: System>(
    system: &mut S,
    platform: &Platform,
    arch: Arch,
) -> Outcome<core::result::Result<(), &'static str>> {
    if let Err(what) = platform::check(&system.machine(), platform, arch) {
        return Ok(Err(what));
    }
    let key = Key {
        root: Root::LocalMachine,
        view: state::native_view(arch),
        path: String::from("SOFTWARE\\Microsoft\\NET Framework Setup\\NDP\\v4\\Full"),
    };
    let release = registry::get_dword(system, &key, "Release")?;
    Ok(platform::check_dotnet(platform, release))
}

/// A folder as a registry value names it: absolute, without trailing backslash. `None` for anything else.
fn folder(text: &str) -> Option<String> {
    let trimmed = text.trim_matches('"');
    let trimmed = trimmed.strip_suffix('\\').unwrap_or(trimmed);
    path::is_local_absolute(trimmed).then(|| String::from(trimmed))
}

/// Looks at the state key, then at the detection keys in order, each in the 64- and the 32-bit view, and asks
/// Windows Installer. `archs` are those that the package or share has, the best first.
pub fn detect<S: System>(system: &mut S, identity: &Identity, archs: &[Arch]) -> Outcome<Detected> {
    let mut found = Found::default();
    let mut view = None;
    let first = archs.first().map_or(View::Bits64, |arch| state::native_view(*arch));
    let second = if first == View::Bits64 { View::Bits32 } else { View::Bits64 };
    let mut folders: Vec<String> = Vec::new();
    for candidate in [first, second] {
        let key = state::key(&identity.manufacturer, &identity.product_id, identity.scope, candidate);
        if found.state || system.value_get(&key, state::MANAGED_BY)?.is_none() {
            continue;
        }
        found.state = true;
        view = Some(candidate);
        found.managed_by = match registry::get_string(system, &key, state::MANAGED_BY)?.as_deref() {
            Some(state::ENGINE) => Some(Manager::Engine),
            Some(state::MSI) => Some(Manager::Msi),
            _ => None,
        };
        let version = registry::get_string(system, &key, state::VERSION)?;
        found.version = version.as_deref().and_then(text::version);
        found.serial = registry::get_dword(system, &key, state::SERIAL)?;
        found.digest = registry::get_string(system, &key, state::DIGEST)?;
        folders.extend(registry::get_string(system, &key, state::INSTALL_DIR)?);
    }
    let registered = folders.len();
    for key in &identity.detect {
        for view in [View::Bits64, View::Bits32] {
            let key = Key { view, ..key.clone() };
            folders.extend(registry::get_string(system, &key, &identity.detect_value)?);
        }
    }
    found.broken = !folders.is_empty();
    let mut ours = false;
    for (place, text) in folders.iter().enumerate() {
        let Some(candidate) = folder(text) else { continue };
        if system.stat(&candidate)?.is_none_or(|stat| !stat.directory) {
            continue;
        }
        ours = place < registered;
        // What a foreign key names may be anybody's: nothing there is believed, and nothing is put there.
        if !ours && identity.scope == Scope::Machine && !guard::is_safe(system, &candidate) {
            system.log(&text::join(&["others than administrators can change this folder: ", &candidate]));
            continue;
        }
        found.dir = Some(candidate);
        found.broken = false;
        break;
    }
    for product in system.related_products(&ids::braced(&identity.upgrade_code))? {
        let version = text::version(&product.version);
        found.related.push(Related { product_code: product.product_code, version });
    }
    Ok(Detected { found, view, registered: ours })
}
