//! ActionText, Error and UIText: what Windows Installer says while it works.
//!
//! They are there with and without dialogs: a progress bar (`/qb`) shows them too. Numbers that are not among the
//! errors keep Windows Installer's own words (Microsoft: "Error Table").

use super::Language;
use crate::outputs::msi::rows::{Rows, row};
use crate::outputs::msi::{Error, Result};

/// Adds the rows.
pub fn write(rows: &mut Rows, language: &Language) -> Result<()> {
    for (action, (description, template)) in &language.action {
        rows.push("ActionText", row![action, description, template]);
    }
    for (number, message) in &language.error {
        let number: i32 =
            number.parse().map_err(|_| Error::Texts(format!("the error `{number}` is no number")))?;
        rows.push("Error", row![number, message]);
    }
    for (key, text) in &language.ui {
        rows.push("UIText", row![key, text]);
    }
    Ok(())
}
