//! Handles that are given back when dropped.

use crate::ffi::{self, Handle};

/// A kernel object: a file, a process, a token.
pub struct Owned(Handle);

impl Owned {
    /// Takes over a handle; `None` when it is null or invalid. The last error is kept as it is.
    pub fn new(handle: Handle) -> Option<Self> {
        (!handle.is_null() && handle != ffi::INVALID_HANDLE).then_some(Self(handle))
    }

    /// Gives the handle away.
    pub fn release(self) -> Handle {
        let handle = self.0;
        core::mem::forget(self);
        handle
    }

    /// The handle, for a call.
    pub fn get(&self) -> Handle {
        self.0
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        // SAFETY: the handle is ours and open.
        unsafe { ffi::CloseHandle(self.0) };
    }
}

/// Memory that Windows gave with LocalAlloc.
pub struct Local(pub *mut core::ffi::c_void);

impl Drop for Local {
    fn drop(&mut self) {
        if !self.0.is_null() {
            // SAFETY: the block is ours.
            unsafe { ffi::LocalFree(self.0) };
        }
    }
}
