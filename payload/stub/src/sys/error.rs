//! Windows' errors as the engine knows them.

use packager_engine::system::{Error, Result};

use crate::ffi;

/// The error of the last call of this thread.
pub fn last(what: &'static str, on: &str) -> Error {
    // SAFETY: takes nothing.
    code(unsafe { ffi::GetLastError() }, what, on)
}

/// An error with a known code.
pub fn code(code: u32, what: &'static str, on: &str) -> Error {
    Error::new(code, what, on)
}

/// The error of the last call, when it gave zero.
pub fn check(result: ffi::Bool, what: &'static str, on: &str) -> Result<()> {
    if result == 0 { Err(last(what, on)) } else { Ok(()) }
}

/// The error of a function that returns its code.
pub fn status(result: u32, what: &'static str, on: &str) -> Result<()> {
    if result == 0 { Ok(()) } else { Err(code(result, what, on)) }
}
