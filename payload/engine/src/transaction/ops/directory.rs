//! A directory that exists even if empty. Removing is cleaning up: only when it is empty.

use alloc::string::String;

use packager_shared::exit::Exit;
use packager_shared::path;
use packager_shared::plan::Scope;

use crate::System;
use crate::failure::{Failure, Outcome};
use crate::text;
use crate::transaction::Transaction;
use crate::transaction::undo::Undo;

/// Creates it, with its rights from the first moment.
pub fn apply<S: System>(tx: &mut Transaction<'_, S>, path: &str, rights: Option<&str>) -> Outcome<()> {
    if tx.system.stat(path)?.is_some_and(|stat| stat.directory) {
        // Whoever owns it can give himself any right, and to what he has put there, too. Before Windows Vista an
        // administrator's folders are his own, not Administrators'.
        let machine = tx.scope == Scope::Machine && tx.system.machine().version.0 >= 6;
        if machine && rights.is_some() && !tx.system.is_owned(path)? {
            return Err(Failure::about(
                Exit::Failed,
                "somebody else made this folder before, which shall be administrators': remove it",
                path,
            ));
        }
        return Ok(());
    }
    match (rights, path::parent(path)) {
        (Some(sddl), Some(parent)) => {
            tx.create_dirs(parent)?;
            tx.will(&[Undo::RemoveDir(String::from(path))])?;
            // The journal's folder may have been made in it meanwhile.
            if tx.system.stat(path)?.is_none() {
                tx.system.create_dir_with(path, sddl)?;
                tx.made.push(String::from(path));
            }
        }
        _ => tx.create_dirs(path)?,
    }
    tx.count();
    tx.system.log(&text::join(&["created directory ", path]));
    Ok(())
}
