//! What the table modules share: the release, the rows so far, and the one way to make a component.

use packager_shared::plan::{Key, Root, View};
use packager_shared::state::native_view;
use uuid::Uuid;

use super::directories::Directories;
use super::formatted::{self, Folders};
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
            directories: Directories::new(&plan.install_dir, Folders::of(&plan.product)),
            upgrade_code: Uuid::from_bytes(plan.product.upgrade_code),
        }
    }

    /// What the known directories are.
    pub fn folders(&self) -> Folders {
        Folders::of(&self.release.package.target.product)
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
    ///
    /// In a package for one user all is in the user's profile, and what a file there says counts for no other user
    /// of the machine: a component of such a package gets a value under HKCU as its key path, if it has none (ICE38).
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
        let mut attributes = attributes | bits;
        let mut key_path = key_path.map(str::to_owned);
        if self.folders().user && attributes & attributes::REGISTRY_KEY_PATH == 0 {
            attributes |= attributes::REGISTRY_KEY_PATH;
            key_path = Some(self.presence(key));
        }
        self.rows.push(
            "Component",
            row![key, ids::braced(code.as_bytes()), directory, attributes, condition, key_path],
        );
        self.rows.push("FeatureComponents", row![FEATURE, key]);
    }

    /// A value of the user that says that a component is there, and nothing else.
    fn presence(&mut self, component: &str) -> String {
        let product = &self.release.package.target.product;
        let path = format!("SOFTWARE\\{}\\{}\\Components", product.manufacturer, product.id);
        let key = Key { root: Root::CurrentUser, view: self.native_view(), path };
        let id = ids::row_key("k", Kind::Registry, &ids::registry_target(&key, component));
        let root = super::registry::root(key.root);
        self.rows
            .push("Registry", row![&id, root, formatted::literal(&key.path), component, "#1", component]);
        id
    }
}
