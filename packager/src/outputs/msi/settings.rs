//! Settings as secure public properties: command line, then what is remembered, then what a predecessor stored, then
//! the site, then the default.
//!
//! The Property table gives each the value [`UNSET`], which a command line replaces, also by nothing. AppSearch brings
//! what an earlier installation and a predecessor stored. Type 51 actions in both sequences then fill what is still
//! unset. So whatever else may set the property itself counts as the command line: a site does not, its transform has
//! properties of its own (see `sites`), because Windows Installer applies a transform again at every repair.
//!
//! Nothing and an empty value are one to Windows Installer, in two places: a registry value that is empty is not found,
//! and a public property that is empty does not pass from the sequence with a user interface to the other. So the
//! names of cleared settings are remembered in a value of the state key, and [`CLEARED`] is what is passed.

use packager_shared::plan::{Key, Plan, Root, Setting, View};
use packager_shared::state;

use super::Result;
use super::actions::SET_PROPERTY;
use super::builder::Builder;
use super::formatted;
use super::registry;
use super::rows::row;
use super::secrets;
use super::sequences::{Early, Step};
use super::sites;

/// What a setting is when nobody gave it a value. An empty value is a value: cleared.
pub const UNSET: &str = "*unset*";
/// How an empty setting passes from one sequence to the other.
pub const CLEARED: &str = "*cleared*";

/// `RESET=NAME;NAME` on the command line: these settings forget what was remembered.
pub const RESET: &str = "RESET";
pub const RESETS: &str = "SettingsToReset";
/// What the state key says of settings that were cleared: as it was found, between separators, and as it will be.
const FOUND_CLEARED: &str = "CLEARED_BEFORE";
const WERE_CLEARED: &str = "SettingsClearedBefore";
pub const NOW_CLEARED: &str = "SettingsCleared";

/// msidbLocatorTypeRawValue, and msidbLocatorType64bit.
const RAW_VALUE: i32 = 2;
const LOCATE_64: i32 = 16;

/// What is true when the whole product goes.
const REMOVING: &str = "REMOVE~=\"ALL\"";

/// Where [`hand_over`] starts: behind all dialogs.
const HAND_OVER: i32 = 4000;

/// The width of conditions and of messages (Microsoft: "LaunchCondition Table"), in characters.
const WIDTH: usize = 255;

/// Where a setting is stored.
pub fn stored(plan: &Plan, setting: &Setting) -> (Key, String) {
    state::place(&plan.product, setting)
}

/// Adds the rows of every setting; returns the properties that must be secure.
pub fn write(builder: &mut Builder<'_>, early: &mut Vec<Early>) -> Result<Vec<String>> {
    let plan = &builder.release.package.target;
    let mut writer = Writer { builder, early, secure: Vec::new() };
    let secure = secrets::before_settings(writer.builder, writer.early);
    writer.secure.extend(secure);
    if !plan.settings.is_empty() {
        // With separators on both sides, so that no name is found inside another.
        writer.set("ListResets", RESET, RESETS, &format!(";[{RESET}];"));
        search(writer.builder, FOUND_CLEARED, &state::key_of(&plan.product), state::CLEARED);
        writer.set("ListCleared", FOUND_CLEARED, WERE_CLEARED, &format!(";[{FOUND_CLEARED}]"));
        writer.set("StartCleared", "", NOW_CLEARED, "");
        writer.secure.extend([RESET.to_owned(), FOUND_CLEARED.to_owned()]);
    }
    for setting in &plan.settings {
        if setting.secret {
            let secure = secrets::write_property(writer.builder, setting, writer.early)?;
            writer.secure.extend(secure);
            continue;
        }
        writer.fill(plan, setting);
        writer.accept(setting)?;
    }
    Ok(writer.secure)
}

/// Actions that run before ExecuteAction, when all dialogs are over: empty settings are passed as [`CLEARED`].
pub fn hand_over(builder: &mut Builder<'_>) -> Vec<Step> {
    let mut steps = Vec::new();
    for (setting, sequence) in builder.release.package.target.settings.iter().zip(HAND_OVER..) {
        let name = &setting.name;
        // Of a secret nobody sees whether there is one: a field that is left empty leaves it as it is.
        let kept = setting.secret && builder.asks(name);
        let passed = if kept { UNSET } else { CLEARED };
        let action = set_property(builder, &format!("Pass_{name}"), name, passed);
        steps.push(Step { action, condition: format!("NOT {name}"), sequence });
    }
    steps.extend(secrets::blank(builder));
    steps
}

/// Who installs what is installed gets all of it again, as from the setup EXE: else a setting on the command line of
/// `msiexec /i` would be taken and not stored. After the dialogs, which decide otherwise when they are asked.
pub fn reinstall(builder: &mut Builder<'_>) -> Step {
    let action = set_property(builder, "ReinstallAll", "REINSTALL", "ALL");
    let condition = "Installed AND NOT (REMOVE OR REINSTALL OR ADDLOCAL OR ADDSOURCE OR ADDDEFAULT OR ADVERTISE \
                     OR PATCH OR RESUME)";
    Step { action, condition: condition.to_owned(), sequence: 710 }
}

/// Rows in the making.
struct Writer<'w, 'r> {
    builder: &'w mut Builder<'r>,
    early: &'w mut Vec<Early>,
    secure: Vec<String>,
}

impl Writer<'_, '_> {
    /// An action that sets a property, next in the sequences.
    fn set(&mut self, action: &str, condition: &str, property: &str, value: &str) {
        let action = set_property(self.builder, action, property, value);
        self.early.push(Early { action, condition: condition.to_owned() });
    }

    /// What gives a setting its value.
    fn fill(&mut self, plan: &Plan, setting: &Setting) {
        let name = &setting.name;
        self.builder.rows.push("Property", row![name, UNSET]);
        self.secure.push(name.clone());
        let (key, value) = stored(plan, setting);
        self.remember(name, "Remember", "REMEMBERED", "", (&key, &value));
        let unset = unset(name);
        let cleared = format!(
            "{name}=\"{CLEARED}\" OR ({unset} AND {WERE_CLEARED}><\";{name};\" AND {})",
            not_reset(name)
        );
        self.set(&format!("Clear_{name}"), &cleared, name, "");
        for (number, (key, value)) in (1..).zip(&setting.legacy) {
            self.remember(name, "Legacy", "LEGACY", &format!("_{number}"), (key, value));
        }
        let of_site = format!("{unset} AND {}", sites::sets(name));
        self.set(&format!("Site_{name}"), &of_site, name, &format!("[{}]", sites::value_property(name)));
        // Through a property, because an action's text has 255 characters.
        let default = format!("DefaultValue_{name}");
        if !setting.default.is_empty() {
            self.builder.rows.push("Property", row![&default, &setting.default]);
        }
        self.set(&format!("Default_{name}"), &unset, name, &format!("[{default}]"));
        let note = format!("[{NOW_CLEARED}]{name};");
        self.set(&format!("Note_{name}"), &format!("NOT {name}"), NOW_CLEARED, &note);
    }

    /// Takes a registry value, if there is one. Text alone is taken: AppSearch marks numbers, and text that starts
    /// so, with a number sign (Microsoft: "RegLocator Table").
    fn remember(&mut self, name: &str, action: &str, prefix: &str, suffix: &str, place: (&Key, &str)) {
        let found = format!("{prefix}_{name}{suffix}");
        search(self.builder, &found, place.0, place.1);
        let condition =
            format!("{} AND {found} AND NOT ({found}<<\"#\") AND {}", unset(name), not_reset(name));
        self.set(&format!("{action}_{name}{suffix}"), &condition, name, &format!("[{found}]"));
        self.secure.push(found);
    }

    /// What refuses a value. Only who removes the product may have any.
    fn accept(&mut self, setting: &Setting) -> Result<()> {
        let name = &setting.name;
        // A person who is asked may give it later: the dialog lets nobody go on without it.
        let asked = self.builder.asks(name);
        let later = if asked { format!(" OR UILevel = 5 AND NOT {name}") } else { String::new() };
        if setting.required {
            let message = self.builder.texts.message("required", &[("setting", name)])?;
            self.launch(&format!("{REMOVING} OR {name}{later}"), message);
        }
        // In the Registry table it would announce another type, and no table can double it.
        let message = self.builder.texts.message("number-sign", &[("setting", name)])?;
        self.launch(&format!("{REMOVING} OR NOT ({name}<<\"#\")"), message);
        if setting.allowed.is_empty() {
            return Ok(());
        }
        let empty = if setting.required { later } else { format!(" OR NOT {name}") };
        let tests: Vec<String> = setting
            .allowed
            .iter()
            .map(|value| format!("{name}={}", formatted::condition_string(value)))
            .collect();
        let all = tests.join(" OR ");
        let mut condition = format!("{REMOVING}{empty} OR {all}");
        if condition.chars().count() > WIDTH {
            // One property says whether any of several conditions holds.
            let allowed = format!("AllowedValue_{name}");
            for (number, part) in (1..).zip(parts(&tests)) {
                self.set(&format!("Allow_{name}_{number}"), &part, &allowed, "1");
            }
            condition = format!("{REMOVING}{empty} OR {allowed}");
        }
        let list: Vec<String> = setting.allowed.iter().map(|value| formatted::literal(value)).collect();
        let message = |values: &str| {
            self.builder.texts.message("allowed", &[("setting", name.as_str()), ("values", values)])
        };
        let room = WIDTH.saturating_sub(message("")?.chars().count());
        let message = message(&shortened(&list, room))?;
        self.launch(&condition, message);
        Ok(())
    }

    fn launch(&mut self, condition: &str, message: String) {
        self.builder.rows.push("LaunchCondition", row![condition, message]);
    }
}

fn unset(name: &str) -> String {
    format!("{name}=\"{UNSET}\"")
}

fn not_reset(name: &str) -> String {
    format!("NOT ({RESETS}><\";{name};\")")
}

/// Conditions joined by OR, as many in one as fit.
fn parts(tests: &[String]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for test in tests {
        match out.last_mut() {
            Some(last) if last.chars().count() + " OR ".len() + test.chars().count() <= WIDTH => {
                last.push_str(" OR ");
                last.push_str(test);
            }
            _ => out.push(test.clone()),
        }
    }
    out
}

/// A list as text of so many characters at most.
fn shortened(list: &[String], room: usize) -> String {
    let whole = list.join(", ");
    if whole.chars().count() <= room {
        return whole;
    }
    let mut out = String::new();
    for item in list {
        if out.chars().count() + item.chars().count() + ", ...".chars().count() > room {
            break;
        }
        out.push_str(item);
        out.push_str(", ");
    }
    out.push_str("...");
    out
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

#[cfg(test)]
mod tests {
    use packager_shared::plan::Arch;

    use super::super::plan;
    use super::super::rows::{Cell, Rows};
    use super::*;
    use crate::outputs::sample;

    fn rows(change: impl FnOnce(&mut Setting)) -> Rows {
        let mut package = sample::package(Arch::X64);
        change(&mut package.target.settings[1]);
        package.target.ops.clear();
        let files = sample::files();
        plan(sample::release(&package, &files)).unwrap().rows
    }

    fn texts<'r>(rows: &'r Rows, table: &str, column: usize) -> Vec<&'r str> {
        let text = |row: &'r Vec<Cell>| match &row[column] {
            Cell::Text(text) => text.as_str(),
            _ => "",
        };
        rows.table(table).iter().map(text).collect()
    }

    #[test]
    fn the_longest_names_and_values_fit_their_columns() {
        let rows = rows(|setting| {
            setting.name = "N".repeat(40);
            setting.default = "d".repeat(4096);
            setting.allowed = (0..50).map(|n| format!("{n:0>180}")).collect();
            let place = setting.legacy[0].clone();
            setting.legacy = vec![place; 20];
        });
        for (table, column) in [
            ("InstallExecuteSequence", 1),
            ("InstallUISequence", 1),
            ("LaunchCondition", 0),
            ("LaunchCondition", 1),
            ("CustomAction", 3),
        ] {
            for text in texts(&rows, table, column) {
                assert!(text.chars().count() <= WIDTH, "{table}: {text}");
            }
        }
        for (table, column) in [("CustomAction", 0), ("CustomAction", 2), ("Property", 0)] {
            assert!(texts(&rows, table, column).iter().all(|text| text.len() <= 72), "{table}");
        }
        // Every allowed value is asked for.
        let conditions = texts(&rows, "InstallExecuteSequence", 1).join("\n");
        assert!((0..50).all(|n| conditions.contains(&format!("=\"{n:0>180}\""))));
    }

    #[test]
    fn a_setting_is_filled_in_this_order() {
        let rows = rows(|_| {});
        let mut actions: Vec<(i32, &str)> = rows
            .table("InstallExecuteSequence")
            .iter()
            .filter_map(|row| match (&row[0], &row[2]) {
                (Cell::Text(action), Cell::Int(number)) => Some((*number, action.as_str())),
                _ => None,
            })
            .filter(|(_, action)| action.contains("GROUP"))
            .collect();
        actions.sort_unstable();
        let names: Vec<&str> = actions.iter().map(|(_, name)| *name).collect();
        let expected =
            ["Remember_GROUP", "Clear_GROUP", "Legacy_GROUP_1", "Site_GROUP", "Default_GROUP", "Note_GROUP"];
        assert_eq!(names, expected);
        let ui = texts(&rows, "InstallUISequence", 0);
        assert!(expected.iter().chain(&["Pass_GROUP"]).all(|name| ui.contains(name)), "{ui:?}");
    }

    #[test]
    fn long_lists_are_cut_off() {
        let list: Vec<String> = (0..9).map(|n| n.to_string()).collect();
        assert_eq!(shortened(&list, 25), "0, 1, 2, 3, 4, 5, 6, 7, 8");
        assert_eq!(shortened(&list, 24), "0, 1, 2, 3, 4, 5, 6, ...");
        assert_eq!(
            parts(&["a".repeat(200), "b".repeat(60), "c".into()]),
            ["a".repeat(200), format!("{} OR c", "b".repeat(60))]
        );
    }
}
