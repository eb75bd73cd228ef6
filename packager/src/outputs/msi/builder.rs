//! What the table modules share: the release, the rows so far, and the one way to make a component.

use packager_shared::plan::{Arch, View};
use packager_shared::state::native_view;
use uuid::Uuid;

use super::directories::Directories;
use super::rows::{Rows, row};
use super::ui::Language;
use crate::outputs::Release;
use crate::plan::ids::{self, Kind};

/// msidbComponentAttributes… (Microsoft: "Component Table").
pub mod attributes {
    /// The key path is a registry value.
    pub const REGISTRY_KEY_PATH: i32 = 4;
    /// Stays after uninstall.
    pub const PERMANENT: i32 = 16;
    /// Not installed when its key path is there.
    pub const NEVER_OVERWRITE: i32 = 128;
    /// 64-bit: its registry values go to the 64-bit view.
    pub const BITS_64: i32 = 256;
}

/// The one feature: an agent is installed whole or not at all.
pub const FEATURE: &str = "Complete";

/// Rows in the making.
pub struct Builder<'a> {
    /// What is packaged.
    pub release: Release<'a>,
    /// The rows.
    pub rows: Rows,
    /// The directories that they use.
    pub directories: Directories,
    /// What it says, in its language.
    pub texts: Language,
    upgrade_code: Uuid,
}

impl<'a> Builder<'a> {
    /// An empty package.
    pub fn new(release: Release<'a>, texts: Language) -> Self {
        let plan = &release.package.target;
        Self {
            release,
            rows: Rows::default(),
            texts,
            directories: Directories::new(&plan.install_dir, plan.product.arch != Arch::X86),
            upgrade_code: Uuid::from_bytes(plan.product.upgrade_code),
        }
    }

    /// Whether the package is for a 64-bit system.
    pub fn wide(&self) -> bool {
        self.release.package.target.product.arch != Arch::X86
    }

    /// The view of the package's own architecture.
    pub fn native_view(&self) -> View {
        native_view(self.release.package.target.product.arch)
    }

    /// Whether a dialog asks for a setting.
    pub fn asks(&self, setting: &str) -> bool {
        let options = &self.release.package.outputs.msi;
        options.dialogs && options.asks.iter().any(|ask| ask.setting == setting)
    }

    /// The key of an installed file's rows.
    pub fn file_key(&self, path: &str) -> String {
        ids::file_key(path)
    }

    /// Where a component stands that has only registry values. ICE80 wants none of the 32-bit ones in a folder
    /// of 64-bit programs.
    pub fn registry_directory(&self, view: View) -> &'static str {
        if view == self.native_view() { "INSTALLDIR" } else { "TARGETDIR" }
    }

    /// Adds a component with this key. `view` decides the 64-bit attribute; a key path of `None` is its directory.
    pub fn component(
        &mut self,
        key: &str,
        (kind, target): (Kind, &str),
        directory: &str,
        view: View,
        attributes: i32,
        key_path: Option<&str>,
    ) {
        self.component_if(None, key, (kind, target), directory, view, attributes, key_path);
    }

    /// Adds a component that is installed when a condition holds.
    #[expect(clippy::too_many_arguments, reason = "they are the columns of one row")]
    pub fn component_if(
        &mut self,
        condition: Option<&str>,
        key: &str,
        (kind, target): (Kind, &str),
        directory: &str,
        view: View,
        attributes: i32,
        key_path: Option<&str>,
    ) {
        let code =
            ids::component_code(self.upgrade_code, self.release.package.target.product.arch, kind, target);
        let bits = if view == View::Bits64 { attributes::BITS_64 } else { 0 };
        self.rows.push(
            "Component",
            row![key, ids::braced(code.as_bytes()), directory, attributes | bits, condition, key_path],
        );
        self.rows.push("FeatureComponents", row![FEATURE, key]);
    }
}
