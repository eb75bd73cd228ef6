//! Which folders a run with an administrator's rights may work in: those that nobody else can change.
//!
//! Whoever can write into the install directory decides what its service and its next update are, and whoever can
//! rename it, or a folder above it, can put another one in its place while this program looks away. So a folder that
//! is there already has to be administrators', with everything above it up to a folder of Windows' own, and one that
//! is made where others may make folders too gets rights of its own.

use packager_shared::exit::Exit;
use packager_shared::path;
use packager_shared::plan::Scope;
use packager_shared::template::Dir;

use crate::System;
use crate::failure::{Failure, Outcome};
use crate::system::Result;

/// Administrators and the system change what is in it, everybody else reads and runs it.
pub const RIGHTS: &str = "O:BAD:PAI(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)(A;OICI;0x1200a9;;;BU)";

/// Whether only administrators can change what lies in a folder. A link, and what cannot be asked, is not safe.
pub fn is_safe<S: System>(system: &mut S, folder: &str) -> bool {
    matches!(system.stat(folder), Ok(Some(stat)) if !stat.reparse)
        && matches!(system.is_protected(folder), Ok(true))
}

/// Refuses an install directory that others can change or replace. `anchor` is the folder above it that is Windows'
/// own, if there is one. It is not asked, nor is `ProgramData`, nor the root of the drive: in them others may make
/// folders, and not take away those of others.
pub fn check<S: System>(system: &mut S, dir: &str, anchor: &str) -> Outcome<()> {
    let data = system.directory(Dir::ProgramData, false, Scope::Machine)?;
    let ends = |folder: &str| path::same(folder, anchor) || path::same(folder, &data);
    let mut level = Some(dir);
    while let Some(folder) = level.filter(|folder| folder.contains('\\') && !ends(folder)) {
        if system.stat(folder)?.is_some() && !is_safe(system, folder) {
            let text = "others than administrators can change this folder: take their rights away, remove it, or \
                        install elsewhere with /dir";
            return Err(Failure::about(Exit::Failed, text, folder));
        }
        level = path::parent(folder);
    }
    Ok(())
}

/// Creates the install directory, or a folder above it. Below one that passes on what only administrators may do it
/// inherits, elsewhere it has [`RIGHTS`] from its first moment.
pub fn create_dir<S: System>(system: &mut S, dir: &str, scope: Scope) -> Result<()> {
    let parent = path::parent(dir).filter(|parent| parent.contains('\\'));
    if scope == Scope::User || parent.is_some_and(|parent| is_safe(system, parent)) {
        return system.create_dir(dir);
    }
    system.create_dir_with(dir, RIGHTS)
}
