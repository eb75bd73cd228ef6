//! Dialogs as rows.

use super::dialog::{Control, Dialog, control_bits, dialog_bits};
use super::{Language, fields, license, pages};
use crate::outputs::Release;
use crate::outputs::msi::rows::{Cell, Rows, row};
use crate::outputs::msi::{Error, Result};

/// The style of everything that has none of its own.
const BODY: &str = "body";
/// The style of headings, which are bold.
const HEADING: &str = "heading";
const BOLD: i32 = 1;

/// Properties that dialogs need from the start: the style of texts, the dialog of errors, and whose folder the
/// browse dialog changes.
const PROPERTIES: [(&str, &str); 3] =
    [("DefaultUIFont", BODY), ("ErrorDialog", "ErrorMessage"), ("BrowsedFolder", "INSTALLDIR")];

/// Adds the dialogs, when the package shows any.
pub fn write(rows: &mut Rows, release: &Release<'_>, texts: &Language) -> Result<()> {
    let options = &release.package.outputs.msi;
    if !options.dialogs {
        return Ok(());
    }
    for (name, value) in PROPERTIES {
        rows.push("Property", row![name, value]);
    }
    let mut body = ("", 0);
    for (style, face, size) in texts.fonts() {
        let bold = if style == HEADING { BOLD } else { 0 };
        rows.push("TextStyle", row![style, face, size, None::<i32>, bold]);
        if style == BODY {
            body = (face, size);
        }
    }
    // The list of programs is filled while the installation runs; without its table there is none.
    rows.ensure("ListBox");
    fields::write_lists(rows, &release.package.target.settings, &options.asks);
    let license = release.license.map(|text| license::rtf(text, body.0, body.1, options.language));
    let mut page = Writer { rows, texts, license: license.as_deref() };
    for dialog in pages::of(release, texts)? {
        page.dialog(&dialog)?;
        for (table, condition, number) in &dialog.shown {
            let table = match table.as_str() {
                "AdminUISequence" => "AdminUISequence",
                _ => "InstallUISequence",
            };
            page.rows.push(table, row![&dialog.name, condition, *number]);
        }
    }
    Ok(())
}

struct Writer<'a> {
    rows: &'a mut Rows,
    texts: &'a Language,
    license: Option<&'a str>,
}

impl Writer<'_> {
    fn dialog(&mut self, dialog: &Dialog) -> Result<()> {
        let (width, height) = dialog.size;
        let title = self.texts.text("setup", &[])?;
        self.rows.push(
            "Dialog",
            row![
                &dialog.name,
                50,
                50,
                width,
                height,
                dialog_bits(&dialog.is)?,
                title,
                &dialog.first,
                dialog.default.clone(),
                dialog.cancel.clone()
            ],
        );
        for control in &dialog.controls {
            self.control(dialog, control)?;
        }
        for (control, conditions) in &dialog.conditions {
            for (action, condition) in conditions {
                self.rows.push("ControlCondition", row![&dialog.name, control, action, condition]);
            }
        }
        Ok(())
    }

    fn control(&mut self, dialog: &Dialog, control: &Control) -> Result<()> {
        let [x, y, width, height] = control.at;
        let text = self.text(dialog, control)?;
        self.rows.push(
            "Control",
            row![
                &dialog.name,
                &control.name,
                &control.kind,
                x,
                y,
                width,
                height,
                control_bits(&control.is)?,
                control.property.clone(),
                text,
                next(dialog, control),
                Cell::Null
            ],
        );
        for (order, (event, argument, condition)) in (1..).zip(&control.events) {
            self.rows
                .push("ControlEvent", row![&dialog.name, &control.name, event, argument, condition, order]);
        }
        for (event, attribute) in &control.maps {
            self.rows.push("EventMapping", row![&dialog.name, &control.name, event, attribute]);
        }
        Ok(())
    }

    fn text(&self, dialog: &Dialog, control: &Control) -> Result<String> {
        let key = match control.text.as_deref() {
            Some("@heading") => dialog.heading.as_deref(),
            Some("@text") => dialog.text.as_deref(),
            other => other,
        };
        let text = match (key, control.verbatim.as_deref()) {
            (Some(key), None) => self.texts.text(key, &[])?,
            (None, Some("@license")) => self.license.unwrap_or_default().to_owned(),
            (None, Some(verbatim)) => verbatim.to_owned(),
            (None, None) if control.text.is_none() => String::new(),
            _ => {
                let at = format!("{}.{}", dialog.name, control.name);
                return Err(Error::Texts(format!("dialogs: {at} has no text, or two")));
            }
        };
        Ok(match &control.style {
            Some(style) => format!("{{\\{style}}}{text}"),
            None => text,
        })
    }
}

/// The control that the tab key goes to. They make one circle, in the order they are in (ICE23).
fn next<'a>(dialog: &'a Dialog, control: &'a Control) -> Option<&'a str> {
    if !dialog.tabs {
        return (control.name == dialog.first).then_some(control.name.as_str());
    }
    if !control.takes_focus() {
        return None;
    }
    let mut stops = dialog.controls.iter().filter(|control| control.takes_focus());
    let first = stops.clone().next()?;
    stops.by_ref().find(|stop| stop.name == control.name)?;
    Some(&stops.next().unwrap_or(first).name)
}
