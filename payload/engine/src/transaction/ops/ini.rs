//! Values of INI files that are not ours. Windows reads and writes them, as Windows Installer has it do: whatever
//! the file's encoding, its other lines stay. What undoes a change is the file as it was.

use alloc::string::String;
use alloc::vec::Vec;

use packager_shared::exit::Exit;
use packager_shared::path;

use crate::System;
use crate::failure::{Failure, Outcome};
use crate::source::read_whole;
use crate::text;
use crate::transaction::Transaction;
use crate::transaction::compare::refuse_links_outside;
use crate::transaction::undo::Undo;

/// A larger file is no INI file, in bytes.
const MOST: u64 = 1 << 20;

/// A value, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The file.
    pub file: String,
    /// How many of its folders are ours.
    pub folders: usize,
    /// Section.
    pub section: String,
    /// Key.
    pub key: String,
    /// Value.
    pub value: String,
}

impl Entry {
    /// Whether both are about the same value.
    pub fn same(&self, other: &Entry) -> bool {
        path::same(&self.file, &other.file)
            && path::same(&self.section, &other.section)
            && path::same(&self.key, &other.key)
    }
}

/// Windows does not give the quotes around a value.
fn unquoted(value: &str) -> &str {
    let inner = |quote| value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    inner('"').or_else(|| inner('\'')).unwrap_or(value)
}

/// Says how to bring the file back.
fn will<S: System>(tx: &mut Transaction<'_, S>, file: &str) -> Outcome<()> {
    let undo = match tx.system.stat(file)? {
        None => Undo::RemoveFile(String::from(file)),
        Some(stat) if stat.directory || stat.size > MOST => {
            return Err(Failure::about(Exit::Failed, "this is no INI file", file));
        }
        Some(_) => Undo::WriteFile(String::from(file), read_whole(tx.system, file, MOST)?),
    };
    tx.will(&[undo])
}

/// Writes a value.
pub fn apply<S: System>(tx: &mut Transaction<'_, S>, entry: &Entry) -> Outcome<()> {
    let now = tx.system.ini_get(&entry.file, &entry.section, &entry.key)?;
    if now.as_deref() == Some(unquoted(&entry.value)) {
        return Ok(());
    }
    refuse_links_outside(tx, &entry.file)?;
    if let Some(folder) = path::parent(&entry.file) {
        tx.create_dirs(folder)?;
    }
    will(tx, &entry.file)?;
    tx.system.ini_set(&entry.file, &entry.section, &entry.key, Some(&entry.value))?;
    tx.count();
    tx.system.log(&text::join(&["wrote ", &entry.file, " [", &entry.section, "] ", &entry.key]));
    Ok(())
}

/// Removes a value, its section when nothing else is in it, the file when it is empty, and so many folders above it
/// while they are empty.
pub fn remove<S: System>(tx: &mut Transaction<'_, S>, entry: &Entry) -> Outcome<()> {
    if tx.system.ini_get(&entry.file, &entry.section, &entry.key)?.is_none() {
        return Ok(());
    }
    if let Err(failure) = refuse_links_outside(tx, &entry.file) {
        tx.system.log(&text::join(&["left alone: ", &failure.text]));
        return Ok(());
    }
    will(tx, &entry.file)?;
    tx.system.ini_set(&entry.file, &entry.section, &entry.key, None)?;
    tx.count();
    tx.system.log(&text::join(&["removed from ", &entry.file, " [", &entry.section, "] ", &entry.key]));
    // A byte order mark alone is nothing.
    if tx.system.stat(&entry.file)?.is_some_and(|stat| stat.size <= 3) {
        let bytes: Vec<u8> = read_whole(tx.system, &entry.file, MOST)?;
        tx.will(&[Undo::WriteFile(entry.file.clone(), bytes)])?;
        tx.system.remove_file(&entry.file)?;
        super::shortcut::remove_folders(tx, &entry.file, entry.folders)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_around_a_value_are_not_part_of_it() {
        for (value, shown) in
            [("a", "a"), ("\"a b\"", "a b"), ("'a'", "a"), ("\"", "\""), ("a\"", "a\""), ("", "")]
        {
            assert_eq!(unquoted(value), shown);
        }
    }
}
