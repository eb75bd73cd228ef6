//! A directory that exists even if empty. Removing is cleaning up: only when it is empty.

use crate::System;
use crate::failure::Outcome;
use crate::text;
use crate::transaction::Transaction;

/// Creates it.
pub fn apply<S: System>(tx: &mut Transaction<'_, S>, path: &str) -> Outcome<()> {
    if tx.system.stat(path)?.is_some_and(|stat| stat.directory) {
        return Ok(());
    }
    tx.create_dirs(path)?;
    tx.count();
    tx.system.log(&text::join(&["created directory ", path]));
    Ok(())
}
