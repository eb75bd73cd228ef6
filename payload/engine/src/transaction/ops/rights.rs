//! Who may do what with a directory, a file, a key. What differs is put right on every run; the way back holds what
//! was there before.

use alloc::string::String;

use packager_shared::path;

use crate::System;
use crate::failure::Outcome;
use crate::sddl;
use crate::system::Securable;
use crate::text;
use crate::transaction::Transaction;
use crate::transaction::undo::Undo;

/// Makes the rights what they shall be.
pub fn apply<S: System>(tx: &mut Transaction<'_, S>, of: &Securable, wanted: &str) -> Outcome<()> {
    if let Securable::Path(path) = of
        && tx.made.contains(path)
    {
        return Ok(());
    }
    let Some(now) = tx.system.rights(of)? else {
        tx.system.log(&text::join(&["no rights can be set: ", of.name()]));
        return Ok(());
    };
    if sddl::is(&now, wanted) {
        return Ok(());
    }
    if !is_new(tx, of) {
        tx.will(&[Undo::Rights(of.clone(), sddl::own(&now))])?;
    }
    tx.system.set_rights(of, wanted)?;
    tx.count();
    tx.system.log(&text::join(&["set rights of ", of.name()]));
    Ok(())
}

/// Whether a file came in this transaction. Undoing takes it away with its rights: those of the file that comes back
/// in its place must not be touched, and a recovery that was cut off comes by here again.
fn is_new<S: System>(tx: &Transaction<'_, S>, of: &Securable) -> bool {
    let Securable::Path(path) = of else { return false };
    tx.undo.iter().any(|undo| matches!(undo, Undo::Rename(from, _) if path::same(from, path)))
}

/// Something that stays loses its own rights, and gets those that the folder above passes on.
pub fn remove<S: System>(tx: &mut Transaction<'_, S>, of: &Securable) -> Outcome<()> {
    apply(tx, of, &String::from("D:"))
}
