//! Settings as fields of a page, and what is checked on Next.
//!
//! A field shows what the setting is by then: AppSearch and the actions after it have run. A required value and
//! the allowed ones are checked before the page is left. `matches` is not: a condition of Windows Installer knows
//! no patterns, and to run code for it would need a DLL; it stays a check of what the package itself brings.

use std::collections::BTreeSet;

use packager_shared::plan::Setting;

use super::Language;
use super::dialog::{Control, Dialog, Event};
use crate::outputs::msi::formatted::{condition_string, literal};
use crate::outputs::msi::rows::{Rows, row};
use crate::outputs::msi::{Error, Result};
use crate::plan::Ask;

/// The message about the first setting that is not as it should be; nothing when all are.
const PROBLEM: &str = "SettingProblem";
/// Set while a value is not found among those allowed.
const REFUSED: &str = "SettingRefused";

/// The pages, numbered from 1.
pub fn pages(template: &Dialog, settings: &[Setting], asks: &[Ask], texts: &Language) -> Result<Vec<Dialog>> {
    let fields = template
        .fields
        .as_ref()
        .ok_or_else(|| Error::Texts("dialogs/Settings.toml: it does not say where fields go".into()))?;
    let mut pages = Vec::new();
    for (number, asks) in (1..).zip(asks.chunks(fields.page.max(1))) {
        let mut page = template.clone();
        page.name = format!("Settings{number}");
        let mut own = Vec::new();
        let mut checks = vec![set(PROBLEM, "{}", "1")];
        for (line, ask) in (0..).zip(asks) {
            let Some(setting) = settings.iter().find(|setting| setting.name == ask.setting) else { continue };
            let below = |[x, y, width, height]: [i32; 4]| [x, y + line * fields.step, width, height];
            own.push(Control {
                name: format!("Label{}", line + 1),
                kind: "Text".into(),
                at: below(fields.label),
                is: words(&["visible", "enabled", "no-prefix"]),
                verbatim: Some(ask.label.clone()),
                ..Control::default()
            });
            own.push(field(setting, format!("Field{}", line + 1), below(fields.field)));
            check(setting, &ask.label, texts, &mut checks)?;
        }
        checks.push(("SpawnDialog".into(), "SettingProblem".into(), PROBLEM.into()));
        own.append(&mut page.controls);
        page.controls = own;
        for next in page.controls.iter_mut().filter(|control| control.name == "Next") {
            next.events.iter_mut().for_each(|event| event.2 = format!("NOT {PROBLEM}"));
            next.events.splice(..0, std::mem::take(&mut checks));
        }
        pages.push(page);
    }
    Ok(pages)
}

/// A list where the values are known, else a line of text.
fn field(setting: &Setting, name: String, at: [i32; 4]) -> Control {
    let mut is = words(&["visible", "enabled", "sunken"]);
    let kind = if setting.allowed.is_empty() || setting.secret {
        if setting.secret {
            is.push("password".into());
        }
        "Edit"
    } else {
        is.push("sorted".into());
        if !can_be_empty(setting) {
            is.push("combo-list".into());
        }
        "ComboBox"
    };
    Control { name, kind: kind.into(), at, is, property: Some(setting.name.clone()), ..Control::default() }
}

/// A list has no empty entry (`ComboBox.Value` cannot be empty): such a field is one that can be typed into.
fn can_be_empty(setting: &Setting) -> bool {
    setting.allowed.iter().any(String::is_empty)
}

/// What is looked at before the page is left. Later conditions see what earlier events set.
fn check(setting: &Setting, label: &str, texts: &Language, events: &mut Vec<Event>) -> Result<()> {
    let name = &setting.name;
    let label = [("label", label)];
    if setting.required {
        let message = texts.text("setting-missing", &label)?;
        // A secret that is there is not shown, and not asked for again.
        let there = if setting.secret { format!(" AND NOT REMEMBERED_{name}") } else { String::new() };
        events.push(set(PROBLEM, &message, &format!("NOT {PROBLEM} AND NOT {name}{there}")));
    }
    if setting.secret {
        return Ok(());
    }
    // What the launch condition refuses too: it would announce another type of registry value.
    let message = texts.text("setting-number-sign", &label)?;
    events.push(set(PROBLEM, &message, &format!("NOT {PROBLEM} AND {name}<<\"#\"")));
    if !setting.allowed.is_empty() {
        events.push(set(REFUSED, "1", name));
        events.push(set(REFUSED, "{}", &format!("NOT {name}")));
        for value in values(setting) {
            events.push(set(REFUSED, "{}", &format!("{name}={}", condition_string(value))));
        }
        let condition = format!("NOT {PROBLEM} AND {REFUSED}");
        events.push(set(PROBLEM, &texts.text("setting-refused", &label)?, &condition));
    }
    Ok(())
}

/// The values that a list shows, each once.
fn values(setting: &Setting) -> Vec<&str> {
    let mut seen = BTreeSet::new();
    setting
        .allowed
        .iter()
        .map(String::as_str)
        .filter(|value| !value.is_empty() && seen.insert(*value))
        .collect()
}

/// The values of the lists.
pub fn write_lists(rows: &mut Rows, settings: &[Setting], asks: &[Ask]) {
    for setting in settings.iter().filter(|s| !s.secret && asks.iter().any(|ask| ask.setting == s.name)) {
        for (order, value) in (1..).zip(values(setting)) {
            rows.push("ComboBox", row![&setting.name, order, literal(value), literal(value)]);
        }
    }
}

fn set(property: &str, value: &str, condition: &str) -> Event {
    (format!("[{property}]"), value.to_owned(), condition.to_owned())
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}
