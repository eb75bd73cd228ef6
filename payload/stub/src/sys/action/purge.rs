//! Folders that go with all that is in them, in an action of an MSI.

use alloc::string::String;
use alloc::vec::Vec;

use packager_engine::purge::{Folders, remove};
use packager_engine::system::{Result, Stat};

use super::{Win32, error, redirection};
use crate::ffi;

/// Removes a folder, and so many above it while they are empty; what is in use goes at the next restart.
pub fn purge(folder: &str, levels: usize) -> Result<()> {
    // Never a drive: that no product has one to itself, the packager saw to.
    if folder.matches('\\').count() < 2 || !crate::text::is_absolute(folder) {
        return Err(error::code(ffi::ERROR_INVALID_NAME, "remove", folder));
    }
    let mut machine = Win32 { system32: redirection::system() };
    remove(&mut machine, folder)?;
    let mut above = folder.rsplit_once('\\').map(|(above, _)| above);
    for _ in 0..levels {
        let Some(level) = above.filter(|level| level.contains('\\')) else { break };
        // It is not empty, or not there.
        if machine.path_remove_dir(level).is_err() {
            break;
        }
        above = level.rsplit_once('\\').map(|(above, _)| above);
    }
    Ok(())
}

impl Folders for Win32 {
    fn stat(&mut self, path: &str) -> Result<Option<Stat>> {
        self.path_stat(path)
    }

    fn list(&mut self, path: &str) -> Result<Vec<(String, Stat)>> {
        self.path_list(path)
    }

    fn remove_file(&mut self, path: &str) -> Result<()> {
        self.path_remove_file(path)
    }

    fn remove_dir(&mut self, path: &str) -> Result<()> {
        self.path_remove_dir(path)
    }

    fn later(&mut self, path: &str) {
        let _ = self.path_move("delete at restart", path, None, ffi::MOVEFILE_DELAY_UNTIL_REBOOT);
    }
}
