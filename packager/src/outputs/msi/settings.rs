//! Settings as secure public properties: command line, then what is remembered, then the default.
//!
//! The Property table gives each the value [`UNSET`]. A command line replaces it, also by nothing; AppSearch
//! brings what an earlier installation stored; two type 51 actions then fill what is still unset.

use packager_shared::plan::{Key, Plan, Root, Setting, View};
use packager_shared::state;

use super::Result;
use super::actions::SET_PROPERTY;
use super::builder::Builder;
use super::formatted;
use super::registry;
use super::rows::row;
use super::sequences::Early;

/// What a setting is when nobody gave it a value. An empty value is a value: cleared.
pub const UNSET: &str = "*unset*";

/// `RESET=NAME;NAME` on the command line: these settings forget what was remembered.
const RESET: &str = "RESET";
const RESETS: &str = "SettingsToReset";

/// msidbLocatorTypeRawValue, and msidbLocatorType64bit.
const RAW_VALUE: i32 = 2;
const LOCATE_64: i32 = 16;

/// Where a setting is stored.
pub fn stored(plan: &Plan, setting: &Setting) -> (Key, String) {
    setting.registry.clone().unwrap_or_else(|| {
        let mut key = state::key_of(&plan.product);
        key.path.push('\\');
        key.path.push_str(state::SETTINGS);
        (key, setting.name.clone())
    })
}

/// Adds the rows of every setting; returns the properties that must be secure.
pub fn write(builder: &mut Builder<'_>, early: &mut Vec<Early>) -> Result<Vec<String>> {
    let plan = &builder.release.package.target;
    let mut secure = Vec::new();
    if !plan.settings.is_empty() {
        // With separators on both sides, so that no name is found inside another.
        let action = set_property(builder, "ListResets", RESETS, &format!(";[{RESET}];"));
        early.push(Early { action, condition: RESET.to_owned() });
        secure.push(RESET.to_owned());
    }
    for setting in &plan.settings {
        let name = &setting.name;
        let remembered = format!("REMEMBERED_{name}");
        builder.rows.push("Property", row![name, UNSET]);
        let (key, value) = stored(plan, setting);
        search(builder, &remembered, &key, &value);
        let unset = format!("{name}=\"{UNSET}\"");
        early.push(Early {
            action: set_property(builder, &format!("Remember_{name}"), name, &format!("[{remembered}]")),
            condition: format!("{unset} AND {remembered} AND NOT ({RESETS}><\";{name};\")"),
        });
        early.push(Early {
            action: set_property(
                builder,
                &format!("Default_{name}"),
                name,
                &formatted::literal(&setting.default),
            ),
            condition: unset,
        });
        if setting.required {
            let message = builder.texts.message("required", &[("setting", name)])?;
            builder.rows.push("LaunchCondition", row![format!("Installed OR {name}"), message]);
        }
        if !setting.allowed.is_empty() {
            let mut condition = "Installed".to_owned();
            if !setting.required {
                condition.push_str(&format!(" OR NOT {name}"));
            }
            for value in &setting.allowed {
                condition.push_str(&format!(" OR {name}={}", formatted::condition_string(value)));
            }
            let list: Vec<String> = setting.allowed.iter().map(|value| formatted::literal(value)).collect();
            let places = [("setting", name.as_str()), ("values", &list.join(", "))];
            let message = builder.texts.message("allowed", &places)?;
            builder.rows.push("LaunchCondition", row![condition, message]);
        }
        secure.extend([name.clone(), remembered]);
    }
    Ok(secure)
}

/// Sets a property from a registry value, if there is one.
pub fn search(builder: &mut Builder<'_>, property: &str, key: &Key, value: &str) {
    let bits = if key.view == View::Bits64 { LOCATE_64 } else { 0 };
    builder.rows.push("AppSearch", row![property, property]);
    builder.rows.push(
        "RegLocator",
        row![
            property,
            registry::root(key.root),
            formatted::literal(&key.path),
            formatted::literal(value),
            RAW_VALUE | bits
        ],
    );
}

/// An action that sets a property.
pub fn set_property(builder: &mut Builder<'_>, action: &str, property: &str, value: &str) -> String {
    builder.rows.push("CustomAction", row![action, SET_PROPERTY, property, value]);
    action.to_owned()
}

/// Looks up the folders of all users that the package uses, so that moved ones are found. Returns
/// the properties that must be secure.
pub fn search_folders(builder: &mut Builder<'_>, early: &mut Vec<Early>) -> Vec<String> {
    let mut secure = Vec::new();
    let searched: Vec<_> = builder.directories.searched().collect();
    for (directory, value) in searched {
        let property = format!("FOUND_{}", directory.to_uppercase());
        let key = Key {
            root: Root::LocalMachine,
            view: builder.native_view(),
            path: r"SOFTWARE\Microsoft\Windows\CurrentVersion\Explorer\Shell Folders".into(),
        };
        search(builder, &property, &key, value);
        let action = format!("Find_{directory}");
        early.push(Early {
            action: set_property(builder, &action, directory, &format!("[{property}]")),
            condition: property.clone(),
        });
        secure.push(property);
    }
    secure
}
