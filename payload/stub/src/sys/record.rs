//! The log of a run that nobody asked for one: in memory until something happens, then in a folder that only
//! administrators can write into.

use alloc::string::String;

use packager_engine::system::Result;

use super::{Win32, error, log};
use crate::dynamic;
use crate::ffi;
use crate::text;

/// From this size on a log becomes the old one, in bytes.
const LONG: u64 = 512 << 10;
/// As much is kept in memory of a run that has not said yet whether it will have a log, in bytes.
const MOST: usize = 256 << 10;

/// Where it may be kept, and its lines so far.
#[derive(Default)]
pub struct Record {
    place: Option<(String, String)>,
    early: String,
}

impl Win32 {
    pub(super) fn record_line(&mut self, line: &str) {
        if log::is_open() {
            log::line(line);
        } else if self.record.early.len() < MOST {
            self.record.early.push_str(&log::stamped(line));
        }
    }

    pub(super) fn record_place(&mut self, folder: &str, name: &str) {
        self.record.place = Some((String::from(folder), String::from(name)));
    }

    pub(super) fn record_keep(&mut self) {
        let Some((folder, name)) = &self.record.place else { return };
        if log::is_open() {
            return;
        }
        match self.record_open(folder, name) {
            Ok(()) => log::write(&core::mem::take(&mut self.record.early)),
            // Not asked again.
            Err(_) => self.record.place = None,
        }
    }

    fn record_open(&self, folder: &str, name: &str) -> Result<()> {
        let plain = self.path_stat(folder)?.is_some_and(|stat| stat.directory && !stat.reparse);
        if !plain || !self.path_is_ours(folder, super::machine::machine().version.0 < 6)? {
            return Err(error::code(ffi::ERROR_ACCESS_DENIED, "open log", folder));
        }
        let [file, old] = files(folder, name);
        if self.path_stat(&file)?.is_some_and(|stat| stat.size > LONG) {
            self.path_move("rename log", &file, Some(&old), ffi::MOVEFILE_REPLACE_EXISTING)?;
        }
        log::append(&file)
    }

    pub(super) fn record_forget(&mut self) {
        let Some((folder, name)) = self.record.place.take() else { return };
        log::close();
        for file in files(&folder, &name) {
            let _ = self.path_remove_file(&file);
        }
    }
}

fn files(folder: &str, name: &str) -> [String; 2] {
    [".log", ".old.log"].map(|ending| [folder, "\\", name, ending].concat())
}

/// What Windows says of an error code, on one line.
pub fn error_text(code: u32) -> String {
    let mut buffer = [0u16; 512];
    let Some(format) = dynamic::FormatMessageW() else { return String::new() };
    let null = core::ptr::null_mut();
    // FORMAT_MESSAGE_FROM_SYSTEM, FORMAT_MESSAGE_IGNORE_INSERTS; line breaks become spaces.
    let flags = 0x1000 | 0x200 | 0xff;
    // SAFETY: the buffer holds as many units as is said.
    unsafe { format(flags, null, code, 0, buffer.as_mut_ptr(), buffer.len() as u32, null) };
    String::from(text::narrow(&buffer).trim_end())
}
