//! Lines for the person at the console, if there is one.
//!
//! The image is one of the graphical subsystem, so that no console window appears when it is started from the
//! Explorer; started from a console, it writes there.

use core::sync::atomic::{AtomicPtr, Ordering};

use crate::dynamic;
use crate::ffi;
use crate::text;

const ATTACH_PARENT_PROCESS: u32 = u32::MAX;

/// Where lines go; null before the first one.
static OUTPUT: AtomicPtr<core::ffi::c_void> = AtomicPtr::new(core::ptr::null_mut());

fn output() -> Option<ffi::Handle> {
    let known = OUTPUT.load(Ordering::Relaxed);
    if known == ffi::INVALID_HANDLE {
        return None;
    }
    if !known.is_null() {
        return Some(known);
    }
    // SAFETY: takes a number.
    let mut handle = unsafe { ffi::GetStdHandle(ffi::STD_OUTPUT_HANDLE) };
    if (handle.is_null() || handle == ffi::INVALID_HANDLE)
        && let Some(attach) = dynamic::AttachConsole()
    {
        // SAFETY: as above.
        unsafe {
            if attach(ATTACH_PARENT_PROCESS) != 0 {
                handle = ffi::GetStdHandle(ffi::STD_OUTPUT_HANDLE);
            }
        }
    }
    if handle.is_null() {
        handle = ffi::INVALID_HANDLE;
    }
    OUTPUT.store(handle, Ordering::Relaxed);
    (handle != ffi::INVALID_HANDLE).then_some(handle)
}

/// Whether lines are seen or redirected by somebody.
pub fn exists() -> bool {
    output().is_some()
}

/// Writes a line: UTF-16 to a console, UTF-8 to a file or pipe.
pub fn line(line: &str) {
    let Some(handle) = output() else { return };
    let line = [line, "\r\n"].concat();
    let units = text::wide(&line);
    let mut written = 0;
    let null = core::ptr::null_mut();
    // SAFETY: both buffers are as long as is said (without the zero).
    unsafe {
        if ffi::WriteConsoleW(handle, units.as_ptr(), units.len() as u32 - 1, &mut written, null) == 0 {
            ffi::WriteFile(handle, line.as_ptr(), line.len() as u32, &mut written, null);
        }
    }
}
