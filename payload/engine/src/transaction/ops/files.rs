//! Files that are no payload, such as logs that the product has written.

use alloc::vec::Vec;

use packager_shared::index::Index;
use packager_shared::path;

use crate::System;
use crate::failure::Outcome;
use crate::text;
use crate::transaction::Change;
use crate::transaction::Transaction;
use crate::transaction::undo::Undo;

/// Removes the files of a folder that fit a pattern, but those of the payload. One in use stays, and so does what lies
/// behind a link.
pub fn remove<S: System>(
    tx: &mut Transaction<'_, S>,
    change: &Change<'_, S>,
    folder: &str,
    pattern: &str,
) -> Outcome<()> {
    let mut level = Some(folder);
    while let Some(dir) = level {
        if tx.system.stat(dir)?.is_none_or(|stat| !stat.directory || stat.reparse) {
            return Ok(());
        }
        level = path::parent(dir).filter(|_| !path::same(dir, change.dir));
    }
    let below = folder.get(change.dir.len()..).unwrap_or_default().trim_start_matches('\\');
    let ours = |index: &Index, name: &str| {
        let entry = if below.is_empty() { name.into() } else { path::join(below, name) };
        index.find(&entry).is_some()
    };
    let mut names: Vec<_> = tx.system.list(folder)?;
    names.retain(|(name, stat)| {
        let fits = !stat.directory && path::fits(pattern, name);
        fits && !ours(&change.new.index, name) && !ours(&change.old.index, name)
    });
    for (name, _) in names {
        let file = path::join(folder, &name);
        if tx.system.probe_delete(&file).is_err() {
            tx.system.log(&text::join(&["in use, stays: ", &file]));
            continue;
        }
        let aside = tx.next_aside();
        tx.will(&[Undo::Rename(aside.clone(), file.clone())])?;
        tx.system.rename(&file, &aside)?;
        tx.count();
        tx.system.log(&text::join(&["removed ", &file]));
    }
    Ok(())
}
