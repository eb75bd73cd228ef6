//! Which dialogs a product has, in what order, and where their buttons lead.

use std::collections::BTreeMap;

use super::Language;
use super::dialog::{self, Dialog};
use super::fields;
use crate::outputs::Release;
use crate::outputs::msi::{Error, Result};

/// The wizard of an installation, but for the pages of settings after the licence.
const WIZARD: [&str; 4] = ["Welcome", "License", "Folder", "Ready"];

/// The dialogs of a package.
pub fn of(release: &Release<'_>, texts: &Language) -> Result<Vec<Dialog>> {
    let mut all = dialog::all()?;
    let wizard = wizard(&mut all, release, texts)?;
    for (at, name) in wizard.iter().enumerate() {
        let neighbour = |at: Option<usize>| at.and_then(|at| wizard.get(at)).cloned();
        let (back, next) = (neighbour(at.checked_sub(1)), neighbour(at.checked_add(1)));
        if let Some(page) = all.get_mut(name) {
            page.back = page.back.take().or(back);
            lead(page, "@next", next.as_deref())?;
        }
    }
    let machine = release.package.target.product.scope == packager_shared::plan::Scope::Machine;
    for dialog in all.values_mut() {
        let (back, end) = (dialog.back.clone(), dialog.end.clone());
        lead(dialog, "@back", back.as_deref())?;
        lead(dialog, "@end", end.as_deref())?;
        for control in dialog.controls.iter_mut().filter(|_| !machine) {
            control.is.retain(|word| word != "elevation-shield");
        }
    }
    Ok(all.into_values().collect())
}

/// The names of the wizard's pages in their order. Dialogs that the product has no use for go.
fn wizard(
    all: &mut BTreeMap<String, Dialog>,
    release: &Release<'_>,
    texts: &Language,
) -> Result<Vec<String>> {
    let mut wizard: Vec<String> = WIZARD.iter().map(|name| (*name).to_owned()).collect();
    if release.license.is_none() {
        all.remove("License");
        wizard.retain(|name| name != "License");
    }
    let asks = &release.package.outputs.msi.asks;
    let template = all.remove("Settings");
    if asks.is_empty() {
        all.remove("SettingProblem");
    } else if let Some(template) = template {
        let pages = fields::pages(&template, &release.package.target.settings, asks, texts)?;
        let place = wizard.len().saturating_sub(2);
        wizard.splice(place..place, pages.iter().map(|page| page.name.clone()));
        all.extend(pages.into_iter().map(|page| (page.name.clone(), page)));
    }
    Ok(wizard)
}

/// Puts a name where a dialog's events have this sign, and its own events before those of shared controls.
fn lead(dialog: &mut Dialog, sign: &str, target: Option<&str>) -> Result<()> {
    for control in &mut dialog.controls {
        if sign == "@next"
            && let Some(before) = dialog.before.remove(&control.name)
        {
            control.events.splice(..0, before);
        }
        for (_, argument, condition) in control.events.iter_mut().filter(|event| event.1 == sign) {
            let target = target.ok_or_else(|| {
                Error::Texts(format!("dialogs/{}.toml: {} leads nowhere", dialog.name, control.name))
            })?;
            target.clone_into(argument);
            if let Some(leave) = dialog.leave.as_deref().filter(|_| sign == "@next") {
                leave.clone_into(condition);
            }
        }
    }
    Ok(())
}
