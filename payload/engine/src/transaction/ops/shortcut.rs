//! Shortcuts. They may lie on another volume than the install directory, so undoing keeps their bytes.

use alloc::string::String;
use alloc::vec::Vec;

use packager_shared::exit::Exit;
use packager_shared::path;

use crate::System;
use crate::failure::{Failure, Outcome};
use crate::system::Shortcut;
use crate::text;
use crate::transaction::Transaction;
use crate::transaction::compare::refuse_links_outside;
use crate::transaction::undo::Undo;

/// A larger file is no shortcut, in bytes.
const MOST: u64 = 1 << 20;

/// Writes it, if it is not there or not the one that was written before.
pub fn apply<S: System>(
    tx: &mut Transaction<'_, S>,
    path: &str,
    shortcut: &Shortcut,
    unchanged: bool,
) -> Outcome<()> {
    let exists = tx.system.stat(path)?.is_some();
    if exists && unchanged {
        return Ok(());
    }
    refuse_links_outside(tx, path)?;
    if exists {
        delete(tx, path)?;
    } else if let Some(folder) = path::parent(path) {
        tx.create_dirs(folder)?;
    }
    tx.will(&[Undo::RemoveFile(String::from(path))])?;
    tx.system.shortcut_write(path, shortcut)?;
    tx.count();
    tx.system.log(&text::join(&["wrote shortcut ", path]));
    Ok(())
}

/// Removes it, and so many folders above it while they are empty.
pub fn remove<S: System>(tx: &mut Transaction<'_, S>, path: &str, folders: usize) -> Outcome<()> {
    if tx.system.stat(path)?.is_some() {
        delete(tx, path)?;
        tx.count();
        tx.system.log(&text::join(&["removed shortcut ", path]));
    }
    remove_folders(tx, path, folders)
}

/// Removes so many folders above a path while they are empty.
pub fn remove_folders<S: System>(tx: &mut Transaction<'_, S>, path: &str, folders: usize) -> Outcome<()> {
    let mut folder = path::parent(path);
    for _ in 0..folders {
        let Some(dir) = folder else { break };
        if tx.system.stat(dir)?.is_some() {
            if !tx.system.list(dir)?.is_empty() {
                break;
            }
            tx.will(&[Undo::CreateDir(String::from(dir))])?;
            tx.system.remove_dir(dir)?;
        }
        folder = path::parent(dir);
    }
    Ok(())
}

fn delete<S: System>(tx: &mut Transaction<'_, S>, path: &str) -> Outcome<()> {
    let mut file = tx.system.open(path)?;
    let length = tx.system.length(&mut file)?;
    if length > MOST {
        return Err(Failure::about(Exit::Failed, "this is no shortcut", path));
    }
    let mut bytes: Vec<u8> = alloc::vec![0; usize::try_from(length).unwrap_or(0)];
    let mut at = 0;
    while let Some(rest) = bytes.get_mut(at..).filter(|rest| !rest.is_empty()) {
        match tx.system.read(&mut file, rest)? {
            0 => break,
            count => at += count,
        }
    }
    drop(file);
    tx.will(&[Undo::WriteFile(String::from(path), bytes)])?;
    Ok(tx.system.remove_file(path)?)
}
