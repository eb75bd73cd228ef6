//! Secret settings: hidden properties, and actions of a DLL that stores them where only administrators and the
//! system read.
//!
//! | action of a secret `X` | what it does |
//! | --- | --- |
//! | `Cleared.X`, early | what the sequence with a user interface passes on as cleared is empty again |
//! | `Blank.X`, before dialogs that ask | the field is empty; `Pass_X` takes that for "not given" |
//! | `File.X`, `ReadSecretFiles`, early | `X=@FILE` becomes the first line of the file |
//! | `IsGiven.X`, `WasGiven.X`, early | for conditions: whether it has a value |
//! | `Give.X`, `Clear.X`, `DataOf….X` | put place and secret into the data of the next ones |
//! | `Undo.X`, `Store.X`, `Forget.X` | rollback, the deed itself, commit |
//!
//! No search reads a secret: it would stand in a property, and in the log. What is not given stays as it is, so
//! removing an old version for a new one leaves it alone. Names with dots cannot be settings' names.

use packager_shared::plan::{Condition, Key, Root, Scope, Setting, View};
use packager_shared::state;

use super::actions::{self, SET_PROPERTY};
use super::builder::Builder;
use super::formatted;
use super::registry;
use super::rows::{Cell, row};
use super::sequences::{Early, Step};
use super::settings::{CLEARED, RESETS, UNSET, search, set_property};
use super::{Error, Result};
use crate::plan::ids::Kind;

/// The DLL in the Binary table.
pub const LIBRARY: &str = "SecretActions";

/// msidbCustomActionTypeDll with BinaryData as its source (Microsoft: "Custom Action Type 1").
pub const LIBRARY_ACTION: i32 = 1;
/// msidbCustomActionTypeHideTarget: the log does not show the Target column (Microsoft: "Custom Action Hidden Target
/// Option"). That of the DLL's actions is no secret; it also keeps CustomActionData out of the log.
const HIDE_TARGET: i32 = 0x2000;

/// After WriteRegistryValues and before services start: they may read what is stored here.
const FIRST: i32 = 5030;
const LAST: i32 = 5189;
/// After the launch conditions, before the dialogs.
const BLANK: i32 = 720;
/// How many actions each secret has there.
const EACH: i32 = 7;
/// How many secrets there is room for.
pub const MOST: usize = ((LAST + 1 - FIRST) / EACH) as usize;

/// Which secrets are to be read from files. The DLL knows this name.
const FILES: &str = "SecretFiles";
/// Says that they are read: one that begins as a file's name does is not read again.
const READ: &str = "PACKAGER_SECRETS_READ";

fn secrets<'a>(builder: &Builder<'a>) -> impl Iterator<Item = &'a Setting> + use<'a> {
    builder.release.package.target.settings.iter().filter(|setting| setting.secret)
}

/// The property that says that a secret has a value, now or from before.
pub fn given(name: &str) -> String {
    format!("Given.{name}")
}

/// Adds what stands before the other settings' actions.
pub fn before_settings(builder: &mut Builder<'_>, early: &mut Vec<Early>) -> Vec<String> {
    for setting in secrets(builder) {
        let name = &setting.name;
        let action = set_property(builder, &format!("Cleared.{name}"), name, "");
        early.push(Early { action, condition: format!("{name}=\"{CLEARED}\"") });
        let action = set_property(builder, &format!("File.{name}"), FILES, &format!("[{FILES}]{name};"));
        early.push(Early { action, condition: format!("{name}<<\"@\" AND NOT {READ}") });
    }
    if secrets(builder).next().is_none() {
        return Vec::new();
    }
    let action = "ReadSecretFiles".to_owned();
    builder
        .rows
        .push("CustomAction", row![&action, LIBRARY_ACTION | HIDE_TARGET, LIBRARY, "ReadSecretFiles"]);
    early.push(Early { action, condition: format!("{FILES} AND NOT {READ}") });
    let action = set_property(builder, "SecretFilesRead", READ, "1");
    early.push(Early { action, condition: FILES.to_owned() });
    vec![READ.to_owned()]
}

/// Adds a secret's property and launch conditions; returns the properties that must be secure.
pub fn write_property(
    builder: &mut Builder<'_>,
    setting: &Setting,
    early: &mut Vec<Early>,
) -> Result<Vec<String>> {
    let name = &setting.name;
    builder.rows.push("Property", row![name, UNSET]);
    let mut secure = vec![name.clone()];
    let plan = &builder.release.package.target;
    if plan.marks_given(setting) {
        // That it was given once is known without looking at it, also to a run that may not read it.
        let mark = state::below(&plan.product, state::GIVEN);
        let remembered = format!("REMEMBERED_{name}");
        search(builder, &remembered, &mark, name);
        let kept = format!("{name}=\"{UNSET}\" AND {remembered} AND NOT ({RESETS}><\";{name};\")");
        for (action, condition) in [
            (format!("IsGiven.{name}"), format!("{name} AND {name}<>\"{UNSET}\"")),
            (format!("WasGiven.{name}"), kept),
        ] {
            let action = set_property(builder, &action, &given(name), "1");
            early.push(Early { action, condition });
        }
        builder.when = Some(Condition::Given(name.clone())).filter(|_| !setting.required);
        registry::write_group(
            builder,
            (Kind::State, &format!("{}\\{name}", mark.path)),
            &mark,
            &[(name, "#1".into())],
            None,
        );
        builder.when = None;
        secure.push(remembered.clone());
    }
    if setting.required {
        let remembered = format!("REMEMBERED_{name}");
        let message = builder.texts.message("required", &[("setting", name)])?;
        let is_given = format!("{name}<>\"{UNSET}\"");
        // A person who is asked gives it later: the dialog lets nobody go on without it.
        let asked = if builder.asks(name) { " OR UILevel = 5" } else { "" };
        // Three conditions, because one of all would be longer than the column.
        for condition in [
            format!("REMOVE~=\"ALL\" OR {name}"),
            format!("Installed OR {is_given} OR {remembered}{asked}"),
            format!("{is_given} OR NOT ({RESETS}><\";{name};\")"),
        ] {
            builder.rows.push("LaunchCondition", row![condition, &message]);
        }
    }
    Ok(secure)
}

/// Actions before the dialogs, in their sequence alone: the field of a secret is empty.
pub fn blank(builder: &mut Builder<'_>) -> Vec<Step> {
    let mut steps = Vec::new();
    for (setting, sequence) in secrets(builder).zip(BLANK..) {
        let name = &setting.name;
        if builder.asks(name) {
            let action = set_property(builder, &format!("Blank.{name}"), name, "");
            steps.push(Step { action, condition: format!("{name}=\"{UNSET}\""), sequence });
        }
    }
    steps
}

/// Adds the actions that store; returns where they stand.
pub fn write(builder: &mut Builder<'_>) -> Result<Vec<Step>> {
    let mut steps = Vec::new();
    let mut hidden = Vec::new();
    let product = &builder.release.package.target.product;
    let context = if product.scope == Scope::Machine { actions::NO_IMPERSONATE } else { 0 };
    let deed = LIBRARY_ACTION | actions::DEFERRED | context | HIDE_TARGET;
    let count = secrets(builder).count();
    if count > MOST {
        return Err(Error::Secrets { count });
    }
    for setting in secrets(builder) {
        let name = &setting.name;
        let (key, value) = state::place(product, setting);
        let place = data(&key, &value);
        let [undo, store, forget] = ["Undo", "Store", "Forget"].map(|verb| format!("{verb}.{name}"));
        let unset = format!("{name}=\"{UNSET}\"");
        let asked = format!("{unset} AND {RESETS}><\";{name};\" AND NOT REMOVE~=\"ALL\"");
        let removed = "REMOVE~=\"ALL\" AND NOT UPGRADINGPRODUCTCODE";
        let set = SET_PROPERTY | HIDE_TARGET;
        for (action, kind, source, target, condition) in [
            (
                format!("Give.{name}"),
                set,
                store.as_str(),
                format!("{place}[{name}]"),
                format!("NOT ({unset}) AND NOT REMOVE~=\"ALL\""),
            ),
            (format!("Clear.{name}"), set, &store, place.clone(), format!("({asked}) OR ({removed})")),
            (format!("DataOfUndo.{name}"), set, &undo, place.clone(), store.clone()),
            (format!("DataOfForget.{name}"), set, &forget, place.clone(), store.clone()),
            (
                undo.clone(),
                deed | actions::ROLLBACK | actions::IGNORE_EXIT_CODE,
                LIBRARY,
                "RestoreSecret".to_owned(),
                store.clone(),
            ),
            (store.clone(), deed, LIBRARY, "StoreSecret".to_owned(), store.clone()),
            (
                forget.clone(),
                deed | actions::COMMIT | actions::IGNORE_EXIT_CODE,
                LIBRARY,
                "ForgetSecret".to_owned(),
                store.clone(),
            ),
        ] {
            builder.rows.push("CustomAction", row![&action, kind, source, target]);
            let sequence = FIRST + steps.len() as i32;
            steps.push(Step { action, condition, sequence });
        }
        hidden.extend([name.clone(), undo, store, forget]);
    }
    if count > 0 {
        builder.rows.push("Binary", vec![LIBRARY.into(), Cell::Stream]);
        builder.rows.push("Property", row!["MsiHiddenProperties", hidden.join(";")]);
    }
    Ok(steps)
}

/// The data of an action, up to the secret itself: see `secrets::action` in the engine.
fn data(key: &Key, name: &str) -> String {
    let root = if key.root == Root::CurrentUser { "HKCU" } else { "HKLM" };
    let view = if key.view == View::Bits64 { 64 } else { 32 };
    let place = format!("{}\\{name}", key.path);
    let length = place.encode_utf16().count();
    format!("{root};{view};[RollbackDisabled];{length};{};", formatted::literal(&place))
}

#[cfg(test)]
mod tests;
