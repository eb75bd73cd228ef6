//! Dialogs as the templates describe them, and what their words mean to Windows Installer.

use std::collections::BTreeMap;

use packager_templates::{DIALOG_PARTS, DIALOGS};
use serde::Deserialize;

use crate::outputs::msi::{Error, Result};

/// Event, argument, condition.
pub type Event = (String, String, String);

/// A dialog.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dialog {
    /// Its name.
    #[serde(skip)]
    pub name: String,
    /// Width and height, in installer units.
    pub size: (i32, i32),
    /// Attributes by name.
    pub is: Vec<String>,
    /// The text of its heading.
    pub heading: Option<String>,
    /// The text below it.
    pub text: Option<String>,
    /// Groups of controls that it shares with others.
    pub parts: Vec<String>,
    /// The control with the focus.
    pub first: String,
    /// The control of the Enter key.
    pub default: Option<String>,
    /// The control of the Escape key.
    pub cancel: Option<String>,
    /// Where Back leads, when it is no page of the wizard.
    pub back: Option<String>,
    /// When Next leads on; always when absent.
    pub leave: Option<String>,
    /// How its Finish button ends it.
    pub end: Option<String>,
    /// Whether its controls are linked by the tab key.
    #[serde(default = "yes")]
    pub tabs: bool,
    /// Sequence table, condition, number.
    #[serde(default)]
    pub shown: Vec<(String, String, i32)>,
    /// Its own controls, in tab order.
    #[serde(default, rename = "control")]
    pub controls: Vec<Control>,
    /// Action and condition, by control.
    #[serde(default)]
    pub conditions: BTreeMap<String, Vec<(String, String)>>,
    /// Events of a shared control that come before its own.
    #[serde(default)]
    pub before: BTreeMap<String, Vec<Event>>,
    /// Where fields go.
    pub fields: Option<Fields>,
}

/// A control.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Control {
    /// Its name.
    pub name: String,
    /// Windows Installer's name of its kind.
    pub kind: String,
    /// Left, top, width, height, in installer units.
    pub at: [i32; 4],
    /// Attributes by name.
    pub is: Vec<String>,
    /// The property behind it.
    pub property: Option<String>,
    /// The style of its text.
    pub style: Option<String>,
    /// Its text, by name.
    pub text: Option<String>,
    /// Its text itself.
    pub verbatim: Option<String>,
    /// What it does.
    #[serde(default)]
    pub events: Vec<Event>,
    /// Event and the attribute that it sets.
    #[serde(default)]
    pub maps: Vec<(String, String)>,
}

/// Where the fields of a page go.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fields {
    /// The first label.
    pub label: [i32; 4],
    /// The first field.
    pub field: [i32; 4],
    /// How far the next ones are below.
    pub step: i32,
    /// How many a page has.
    pub page: usize,
}

fn yes() -> bool {
    true
}

/// All dialogs with the parts that they share, by name.
pub fn all() -> Result<BTreeMap<String, Dialog>> {
    let parts: BTreeMap<String, Vec<Control>> = read("parts", DIALOG_PARTS)?;
    let mut dialogs = BTreeMap::new();
    for (name, text) in DIALOGS {
        let mut dialog: Dialog = read(name, text)?;
        dialog.name = (*name).to_owned();
        for part in &dialog.parts {
            let part = parts.get(part).ok_or_else(|| wrong(name, &format!("there is no part `{part}`")))?;
            dialog.controls.extend(part.iter().cloned());
        }
        dialogs.insert(dialog.name.clone(), dialog);
    }
    Ok(dialogs)
}

fn read<T: serde::de::DeserializeOwned>(name: &str, text: &str) -> Result<T> {
    toml::from_str(text).map_err(|error| wrong(name, &error.to_string()))
}

fn wrong(name: &str, what: &str) -> Error {
    Error::Texts(format!("dialogs/{name}.toml: {what}"))
}

impl Control {
    /// Whether the tab key stops at it (Microsoft: "Controls").
    pub fn takes_focus(&self) -> bool {
        !matches!(self.kind.as_str(), "Text" | "Line" | "ProgressBar")
    }
}

/// The bits of a dialog's attributes (Microsoft: "Dialog Style Bits").
pub fn dialog_bits(words: &[String]) -> Result<i32> {
    bits(words, |word| {
        Some(match word {
            "visible" => 0x1,
            "modal" => 0x2,
            "minimize" => 0x4,
            "keep-modeless" => 0x10,
            "track-disk-space" => 0x20,
            "error" => 0x1_0000,
            _ => return None,
        })
    })
}

/// The bits of a control's attributes (Microsoft: "Control Attributes"). The high ones mean another thing in each
/// kind of control.
pub fn control_bits(words: &[String]) -> Result<i32> {
    bits(words, |word| {
        Some(match word {
            "visible" => 0x1,
            "enabled" => 0x2,
            "sunken" => 0x4,
            "indirect" => 0x8,
            // Text, ProgressBar, ComboBox.
            "transparent" | "progress-95" | "sorted" => 0x1_0000,
            // Text, lists of volumes, ComboBox.
            "no-prefix" | "fixed" | "combo-list" => 0x2_0000,
            // Lists of volumes.
            "remote" => 0x4_0000,
            // Edit.
            "password" => 0x20_0000,
            // PushButton.
            "elevation-shield" => 0x80_0000,
            _ => return None,
        })
    })
}

fn bits(words: &[String], bit: impl Fn(&str) -> Option<i32>) -> Result<i32> {
    let each =
        |word: &String| bit(word).ok_or_else(|| wrong("*", &format!("there is no attribute `{word}`")));
    words.iter().try_fold(0, |bits, word| Ok(bits | each(word)?))
}
