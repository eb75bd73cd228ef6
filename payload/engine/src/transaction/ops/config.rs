//! Configuration files that take values from settings.
//!
//! A value is written when it is another one than was written last: the state key has a mark of that, a digest. So
//! what people change in the file stays until the setting changes. A file that nobody has written into yet gets all
//! values. A file that cannot be understood is left alone, and the log says so.

use alloc::string::String;
use alloc::vec::Vec;

use packager_shared::config::{self, MOST, Value};
use packager_shared::ids::{hex, sha256};
use packager_shared::plan::{ConfigFormat, Key};

use super::{registry, secret};
use crate::System;
use crate::failure::Outcome;
use crate::registry::{SZ, get_string, string};
use crate::source::read_whole;
use crate::system::Securable;
use crate::text;
use crate::transaction::Transaction;
use crate::transaction::undo::Undo;

/// A file and what stands in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Its path.
    pub path: String,
    /// Its path below the install directory: what marks are named by.
    pub file: String,
    /// How it is written.
    pub format: ConfigFormat,
    /// Key and value.
    pub values: Vec<(String, String)>,
    /// SHA-256 of the payload's file.
    pub pristine: [u8; 32],
    /// Lines with placeholders.
    pub lines: Vec<String>,
    /// Where the marks are.
    pub marks: Key,
    /// Secrets are in it: the marks are for administrators alone.
    pub secret: bool,
}

impl Config {
    fn mark_name(&self, key: &str) -> String {
        text::join(&[&self.file, "\\", key])
    }
}

/// What tells one value from another, and nothing else of it.
fn digest(name: &str, value: &str) -> String {
    let digest = sha256(text::join(&[name, "\n", value]).as_bytes());
    hex(digest.get(..8).unwrap_or_default())
}

/// Puts the values in. `old` is how an earlier release left the file.
pub fn apply<S: System>(tx: &mut Transaction<'_, S>, new: &Config, old: Option<&Config>) -> Outcome<()> {
    let mut marks = Vec::new();
    for (key, value) in &new.values {
        let name = new.mark_name(key);
        let mark = digest(&name, value);
        let known = get_string(tx.system, &new.marks, &name)?;
        marks.push((name, known.as_deref() == Some(&mark), mark));
    }
    // Without a journal nothing is put in: what is taken back here is a removal, which left the file alone.
    let mut failed = Vec::new();
    if !tx.is_unjournaled() {
        match write(tx, new, &marks)? {
            Some(keys) => failed = keys,
            None => return Ok(()),
        }
    }
    for ((key, _), (name, _, mark)) in new.values.iter().zip(&marks) {
        if failed.contains(key) {
            tx.system.log(&text::join(&["cannot put a value into ", &new.path, ": ", key]));
        } else {
            set_mark(tx, new, name, Some(mark))?;
        }
    }
    for (key, _) in old.map_or(&[][..], |old| &old.values) {
        if !new.values.iter().any(|(other, _)| other == key) {
            set_mark(tx, new, &new.mark_name(key), None)?;
        }
    }
    Ok(())
}

/// Gives the marks up; the file is people's own.
pub fn remove<S: System>(tx: &mut Transaction<'_, S>, old: &Config) -> Outcome<()> {
    for (key, _) in &old.values {
        set_mark(tx, old, &old.mark_name(key), None)?;
    }
    Ok(())
}

fn set_mark<S: System>(
    tx: &mut Transaction<'_, S>,
    config: &Config,
    name: &str,
    mark: Option<&String>,
) -> Outcome<()> {
    let value = mark.map(|mark| string(SZ, mark));
    match (config.secret, value) {
        (true, value) => secret::apply(tx, &config.marks, name, value.as_ref()),
        (false, Some(value)) => registry::set_value(tx, &config.marks, name, &value),
        (false, None) => registry::remove_value(tx, &config.marks, name),
    }
}

/// Writes the file, if anything in it changes; gives the keys without a place, or `None` when there is no such file.
fn write<S: System>(
    tx: &mut Transaction<'_, S>,
    new: &Config,
    marks: &[(String, bool, String)],
) -> Outcome<Option<Vec<String>>> {
    let all = || new.values.iter().map(|(key, _)| key.clone()).collect();
    match tx.system.stat(&new.path)? {
        Some(stat) if !stat.directory && !stat.reparse => {
            if stat.size > MOST {
                tx.system.log(&text::join(&["too large to be edited: ", &new.path]));
                return Ok(Some(all()));
            }
        }
        // One that hangs on a condition, or that somebody has put a folder in the place of.
        _ => return Ok(None),
    }
    let bytes = read_whole(tx.system, &new.path, MOST)?;
    let untouched = sha256(&bytes) == new.pristine;
    let values: Vec<Value> = new
        .values
        .iter()
        .zip(marks)
        .map(|((key, text), (_, known, _))| Value {
            key: key.clone(),
            text: text.clone(),
            set: untouched || !known,
        })
        .collect();
    if values.iter().all(|value| !value.set) {
        return Ok(Some(Vec::new()));
    }
    let Ok(edited) = config::edit(new.format, &bytes, &values, &new.lines) else {
        tx.system.log(&text::join(&["cannot be understood, and is left as it is: ", &new.path]));
        return Ok(Some(all()));
    };
    if edited.bytes != bytes {
        replace(tx, &new.path, &edited.bytes)?;
        tx.count();
        tx.system.log(&text::join(&["put values into ", &new.path]));
    }
    Ok(Some(edited.failed))
}

/// The old file goes aside, the new one takes its place and its rights.
fn replace<S: System>(tx: &mut Transaction<'_, S>, file: &str, bytes: &[u8]) -> Outcome<()> {
    let rights = tx.system.rights(&Securable::Path(String::from(file)))?;
    let (staged, aside) = tx.places()?;
    let mut open = tx.system.create(&staged)?;
    tx.system.write(&mut open, bytes)?;
    tx.system.flush(&mut open)?;
    drop(open);
    tx.will(&[
        Undo::Rename(aside.clone(), String::from(file)),
        Undo::Rename(String::from(file), staged.clone()),
    ])?;
    tx.system.rename(file, &aside)?;
    tx.system.rename(&staged, file)?;
    tx.system.inherit_rights(&[String::from(file)])?;
    let of = Securable::Path(String::from(file));
    if let Some(rights) = rights
        && tx.system.rights(&of)?.as_ref() != Some(&rights)
    {
        tx.system.set_rights(&of, &crate::sddl::own(&rights))?;
    }
    Ok(())
}
