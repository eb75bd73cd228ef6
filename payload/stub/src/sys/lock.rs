//! The product's lock.
//!
//! Of administrators it is a file in the Windows directory, where nobody else can make one: a name that users can
//! take, as that of a mutex, would let them keep every update out. It is seen in all sessions, and goes with whoever
//! holds it, also when he crashes; what a power cut leaves is taken over. Of users it is a mutex.

use packager_engine::system::Result;

use super::handle::Owned;
use super::{error, folders, security};
use crate::ffi;
use crate::text;

/// How often a file is tried that cannot be opened: it may be on its way to be deleted.
const ATTEMPTS: u32 = 20;
/// Milliseconds between two of them.
const PAUSE: u32 = 50;

/// What this process holds, and whether it is a mutex.
pub struct Lock(Owned, bool);

impl Drop for Lock {
    fn drop(&mut self) {
        if self.1 {
            // SAFETY: this thread holds it.
            unsafe { ffi::ReleaseMutex(self.0.get()) };
        }
    }
}

/// Takes the lock; `None` when another process holds it.
pub fn take(name: &str) -> Result<Option<Lock>> {
    if security::is_administrator() { take_file(name) } else { take_mutex(name) }
}

fn take_file(name: &str) -> Result<Option<Lock>> {
    let path = [&folders::windows()?, "\\", name, ".lock"].concat();
    let units = text::wide_path(&path);
    let descriptor = security::administrators_only()?;
    let attributes = descriptor.attributes();
    let mut attempt = 0;
    loop {
        // SAFETY: the path ends with a zero; the attributes live as long as the descriptor.
        let file = unsafe {
            ffi::CreateFileW(
                units.as_ptr(),
                ffi::GENERIC_WRITE | ffi::DELETE,
                0,
                &attributes,
                ffi::OPEN_ALWAYS,
                ffi::FILE_FLAG_DELETE_ON_CLOSE | ffi::FILE_FLAG_OPEN_REPARSE_POINT,
                core::ptr::null_mut(),
            )
        };
        if let Some(file) = Owned::new(file) {
            return Ok(Some(Lock(file, false)));
        }
        let error = error::last("take lock", &path);
        if error.code == ffi::ERROR_SHARING_VIOLATION {
            return Ok(None);
        }
        attempt += 1;
        if attempt == ATTEMPTS {
            return Err(error);
        }
        // SAFETY: takes a number.
        unsafe { ffi::Sleep(PAUSE) };
    }
}

fn take_mutex(name: &str) -> Result<Option<Lock>> {
    let units = text::wide(name);
    // SAFETY: the name ends with a zero.
    let mutex = unsafe { Owned::new(ffi::CreateMutexW(core::ptr::null(), 0, units.as_ptr())) };
    let Some(mutex) = mutex else { return Err(error::last("take lock", name)) };
    // SAFETY: the mutex is open.
    match unsafe { ffi::WaitForSingleObject(mutex.get(), 0) } {
        ffi::WAIT_OBJECT_0 | ffi::WAIT_ABANDONED => Ok(Some(Lock(mutex, true))),
        ffi::WAIT_TIMEOUT => Ok(None),
        _ => Err(error::last("take lock", name)),
    }
}
