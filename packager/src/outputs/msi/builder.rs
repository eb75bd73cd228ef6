//! What the table modules share: the release, the rows so far, and the one way to make a component.

use packager_shared::plan::{Condition, Key, Root, View};
use packager_shared::state::native_view;
use uuid::Uuid;

use super::directories::Directories;
use super::formatted::{self, Folders};
use super::rows::{Rows, row};
use super::secrets;
use super::ui::Language;
use crate::model::conditions;
use crate::outputs::Release;
use crate::plan::ids::{self, Kind};

/// msidbComponentAttributes… (Microsoft: "Component Table").
pub mod attributes {
    /// The key path is a registry value.
    pub const REGISTRY_KEY_PATH: i32 = 4;
    /// Stays after uninstall.
    pub const PERMANENT: i32 = 16;
    /// Its condition is looked at again when the product is reinstalled.
    pub const TRANSITIVE: i32 = 64;
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
    /// What the components that are added now hang on; `None`: they are always there.
    pub when: Option<Condition>,
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
            when: None,
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
        let lower = packager_shared::path::lower(path);
        match self.release.site {
            Some(site) if site.paths.binary_search(&lower).is_ok() => ids::site_file_key(path),
            _ => ids::file_key(path),
        }
    }

    /// Where a component stands that has only registry values. ICE80 wants none of the 32-bit ones in a folder
    /// of 64-bit programs.
    pub fn registry_directory(&self, view: View) -> &'static str {
        if view == self.native_view() { "INSTALLDIR" } else { "TARGETDIR" }
    }

    /// A target as ids are made of it. What is there in turns, each time under another condition, is another
    /// component each time.
    pub fn identity(&self, target: &str) -> String {
        match &self.when {
            Some(when) => format!("{target}?{}", conditions::text(when)),
            None => target.to_owned(),
        }
    }

    /// A condition as Windows Installer evaluates it when it costs. A secret is not read back: that it was given is
    /// known from a mark.
    pub fn condition(&self, when: &Condition) -> String {
        let settings = &self.release.package.target.settings;
        conditions::text_with(when, &|name| match settings.iter().find(|setting| setting.name == name) {
            Some(setting) if setting.secret => secrets::given(name),
            _ => name.to_owned(),
        })
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
        // Costing finds what hangs on a condition that does not hold any more: removing takes it along.
        let when = self.when.as_ref().map(|when| format!("{} OR REMOVE~=\"ALL\"", self.condition(when)));
        let transitive = if when.is_some() { attributes::TRANSITIVE } else { 0 };
        let condition = when.as_deref().or(condition);
        let bits = transitive | if view == View::Bits64 { attributes::BITS_64 } else { 0 };
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
