//! `[[config]]`. What depends on the payload's file is added when the plan of an architecture is made.

use packager_shared::path;
use packager_shared::plan::{Config, ConfigFormat, Key, Op, Root, View};

use super::{all, when};
use crate::manifest::types::{self, Manifest};
use crate::model::places::Names;
use crate::model::values;

/// The files that take values.
pub(super) fn configs(manifest: &Manifest, names: &Names) -> Option<Vec<Op>> {
    all(&manifest.configs, |t| {
        let file = file(t)?;
        let value = |(key, text): &(types::Text, types::Text)| {
            Some((key.get_ref().clone(), names.template(text.get_ref()).ok()?))
        };
        let config = Config {
            format: format(t)?,
            values: all(&t.values, value)?,
            file,
            pristine: [0; 32],
            lines: Vec::new(),
            marks: Key { root: Root::LocalMachine, view: View::Bits64, path: String::new() },
            secret: false,
        };
        when::op(&t.when, names, Op::Config(config))
    })
}

/// The file, below the install directory.
#[must_use]
pub fn file(config: &types::Config) -> Option<String> {
    values::below_install_dir(config.file.as_ref()?.get_ref()).ok()
}

/// How it is written: as the manifest says, or as its extension does.
#[must_use]
pub fn format(config: &types::Config) -> Option<ConfigFormat> {
    let word = match &config.format {
        Some(word) => word.get_ref().clone(),
        None => {
            let file = path::lower(&file(config)?);
            let name = file.rsplit('\\').next()?;
            name.rsplit_once('.')?.1.to_owned()
        }
    };
    Some(match word.as_str() {
        "ini" | "inf" => ConfigFormat::Ini,
        "toml" => ConfigFormat::Toml,
        "json" | "jsonc" => ConfigFormat::Json,
        "yaml" | "yml" => ConfigFormat::Yaml,
        "xml" | "config" => ConfigFormat::Xml,
        "text" | "txt" => ConfigFormat::Text,
        _ => return None,
    })
}
