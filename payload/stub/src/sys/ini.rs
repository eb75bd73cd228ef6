//! Values of INI files: Windows' own functions, which keep a file's encoding and its other lines.

use alloc::string::String;
use core::ptr::null;

use packager_engine::system::Result;

use super::{Win32, error, redirection};
use crate::ffi;
use crate::text;

/// What no value is: read when there is none.
const NONE: &str = "\u{1}";

impl Win32 {
    pub(super) fn ini_value(&self, path: &str, section: &str, key: &str) -> Option<String> {
        let (file, section, key) = (text::wide(path), text::wide(section), text::wide(key));
        let default = text::wide(NONE);
        let _literal = redirection::literal(&self.system32, path);
        // An empty value has the length 0, which is no failure here. A value that does not fit is cut off.
        let mut buffer = [0u16; 4096];
        // SAFETY: all texts end with a zero, and the buffer is as long as is said.
        let length = unsafe {
            ffi::GetPrivateProfileStringW(
                section.as_ptr(),
                key.as_ptr(),
                default.as_ptr(),
                buffer.as_mut_ptr(),
                buffer.len() as u32,
                file.as_ptr(),
            )
        };
        let value = text::narrow(buffer.get(..length as usize)?);
        (value != NONE).then_some(value)
    }

    pub(super) fn ini_write(&self, path: &str, section: &str, key: &str, value: Option<&str>) -> Result<()> {
        let file = text::wide(path);
        let (wide_section, wide_key) = (text::wide(section), text::wide(key));
        let wide_value = value.map(text::wide);
        let wide_value = wide_value.as_ref().map_or(null(), |value| value.as_ptr());
        let _literal = redirection::literal(&self.system32, path);
        // SAFETY: all texts end with a zero, or are null.
        unsafe {
            let done = ffi::WritePrivateProfileStringW(
                wide_section.as_ptr(),
                wide_key.as_ptr(),
                wide_value,
                file.as_ptr(),
            );
            error::check(done, "write INI file", path)?;
            if value.is_none() && self.section_is_empty(&wide_section, &file) {
                // "RemoveIniFile Table": removing the last value from a section deletes that section.
                let done =
                    ffi::WritePrivateProfileStringW(wide_section.as_ptr(), null(), null(), file.as_ptr());
                error::check(done, "write INI file", path)?;
            }
            // Written to the disk: all null but the file. What it returns says nothing.
            ffi::WritePrivateProfileStringW(null(), null(), null(), file.as_ptr());
        }
        Ok(())
    }

    /// Whether no key stands in a section.
    fn section_is_empty(&self, section: &[u16], file: &[u16]) -> bool {
        let mut buffer = [0u16; 8];
        let default = [0u16];
        // SAFETY: all texts end with a zero, and the buffer is as long as is said. Without a key all keys are listed.
        let length = unsafe {
            ffi::GetPrivateProfileStringW(
                section.as_ptr(),
                null(),
                default.as_ptr(),
                buffer.as_mut_ptr(),
                buffer.len() as u32,
                file.as_ptr(),
            )
        };
        length == 0
    }
}
