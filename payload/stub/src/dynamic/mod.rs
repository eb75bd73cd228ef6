//! Functions that are found at run time: those of DLLs other than kernel32 and advapi32, and those that
//! younger Windows versions added.
//!
//! A DLL is loaded by its full path in System32, never by name: nothing that lies beside the EXE or in the
//! current directory can take its place.

mod functions;

pub use functions::*;

use alloc::string::String;
use core::ffi::c_void;

use crate::ffi::{self, Handle};
use crate::text;

/// A loaded DLL; it stays for the life of the process.
#[derive(Clone, Copy)]
pub struct Library(Handle);

impl Library {
    /// Loads a DLL of System32; `None` when this Windows has none.
    pub fn system(name: &str) -> Option<Self> {
        let mut path = system_directory()?;
        path.push('\\');
        path.push_str(name);
        let path = text::wide(&path);
        // SAFETY: the path ends with a zero; the flags make the DLL's own folder the first place for what it needs.
        let module = unsafe {
            ffi::LoadLibraryExW(path.as_ptr(), core::ptr::null_mut(), ffi::LOAD_WITH_ALTERED_SEARCH_PATH)
        };
        (!module.is_null()).then_some(Self(module))
    }

    /// A DLL that every process has from its start.
    pub fn loaded(name: &str) -> Option<Self> {
        let name = text::wide(name);
        // SAFETY: the name ends with a zero.
        let module = unsafe { ffi::GetModuleHandleW(name.as_ptr()) };
        (!module.is_null()).then_some(Self(module))
    }

    /// The address of an exported function.
    pub fn address(self, name: &core::ffi::CStr) -> Option<*const c_void> {
        // SAFETY: the name ends with a zero, the module is loaded.
        let address = unsafe { ffi::GetProcAddress(self.0, name.as_ptr().cast()) };
        (!address.is_null()).then_some(address)
    }
}

/// `C:\Windows\System32`; in a 32-bit process on 64-bit Windows the loader reads SysWOW64 there.
pub fn system_directory() -> Option<String> {
    // SAFETY: the buffer is as long as is said.
    text::fill(|buffer, size| unsafe { ffi::GetSystemDirectoryW(buffer, size) })
}
