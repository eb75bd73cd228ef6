//! The own command line.

use alloc::string::String;

use crate::ffi;
use crate::text;

/// The whole command line.
pub fn command_line() -> String {
    // SAFETY: Windows ends the text with a zero; it lives as long as the process.
    unsafe { text::from_pointer(ffi::GetCommandLineW()) }
}
