//! File system redirection: in a 32-bit process on 64-bit Windows, `System32` means `SysWOW64`.
//!
//! The engine's paths are literal: whoever wants SysWOW64 says so. So redirection is off for each call whose
//! path lies in System32, and on for all others, DLLs among them (Microsoft Learn, "File System Redirector").

use alloc::string::String;
use core::ffi::c_void;

use crate::dynamic;

/// Redirection is off for this thread while this lives.
pub struct Literal(Option<*mut c_void>);

/// Switches redirection off if the path needs it. `system` is `C:\Windows\System32`.
pub fn literal(system: &str, path: &str) -> Literal {
    Literal(if cfg!(target_pointer_width = "32") && is_below(path, system) { disable() } else { None })
}

fn disable() -> Option<*mut c_void> {
    let mut old = core::ptr::null_mut();
    // SAFETY: `old` takes one pointer. Windows without the function has no redirection, or no way to stop it.
    let done = unsafe { dynamic::Wow64DisableWow64FsRedirection()?(&mut old) };
    (done != 0).then_some(old)
}

impl Drop for Literal {
    fn drop(&mut self) {
        if let (Some(old), Some(revert)) = (self.0, dynamic::Wow64RevertWow64FsRedirection()) {
            // SAFETY: `old` is what disabling gave, on this thread.
            unsafe { revert(old) };
        }
    }
}

/// Whether `path` is `folder` or lies below it, in any case of letters.
pub fn is_below(path: &str, folder: &str) -> bool {
    let path = path.strip_prefix(r"\\?\").unwrap_or(path);
    let Some(start) = path.as_bytes().get(..folder.len()) else { return false };
    !folder.is_empty()
        && start.eq_ignore_ascii_case(folder.as_bytes())
        && matches!(path.as_bytes().get(folder.len()), None | Some(b'\\') | Some(b'/'))
}

/// The directory whose paths are redirected.
pub fn system() -> String {
    dynamic::system_directory().unwrap_or_default()
}
