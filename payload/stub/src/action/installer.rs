//! What an action may ask of the installation that runs it.

use alloc::string::String;
use alloc::vec::Vec;

use crate::dynamic;
use crate::text;

/// `INSTALLMESSAGE_ERROR`
const ERROR: u32 = 0x0100_0000;
const MORE_DATA: u32 = 234;

/// The installation's handle, which is Windows Installer's.
pub struct Session(pub u32);

impl Session {
    /// A property's value, empty when it has none; `None` when it cannot be read.
    pub fn property(&self, name: &str) -> Option<String> {
        let get = dynamic::MsiGetPropertyW()?;
        let name = text::wide(name);
        let mut buffer: Vec<u16> = alloc::vec![0; 512];
        loop {
            let mut length = buffer.len() as u32;
            // SAFETY: the name ends with a zero, the buffer is as long as is said.
            match unsafe { get(self.0, name.as_ptr(), buffer.as_mut_ptr(), &mut length) } {
                0 => return Some(text::narrow(buffer.get(..length as usize)?)),
                // The length is said without the zero at the end.
                MORE_DATA if length as usize >= buffer.len() => buffer.resize(length as usize + 1, 0),
                _ => return None,
            }
        }
    }

    /// Sets a property; whether it worked.
    pub fn set_property(&self, name: &str, value: &str) -> bool {
        let (name, value) = (text::wide(name), text::wide(value));
        // SAFETY: both texts end with a zero.
        dynamic::MsiSetPropertyW()
            .is_some_and(|set| unsafe { set(self.0, name.as_ptr(), value.as_ptr()) } == 0)
    }

    /// Says what went wrong, in the log and, where there are dialogs, on the screen.
    pub fn error(&self, told: &str) {
        let (Some(create), Some(set), Some(say), Some(close)) = (
            dynamic::MsiCreateRecord(),
            dynamic::MsiRecordSetStringW(),
            dynamic::MsiProcessMessage(),
            dynamic::MsiCloseHandle(),
        ) else {
            return;
        };
        // The record's field 0 is a format; what it puts in is taken as it is.
        let (format, told) = (text::wide("[1]"), text::wide(told));
        // SAFETY: the texts end with a zero; the record is closed after its use.
        unsafe {
            let record = create(1);
            set(record, 0, format.as_ptr());
            set(record, 1, told.as_ptr());
            say(self.0, ERROR, record);
            close(record);
        }
    }
}
