//! The product's lock: a named mutex.

use packager_engine::system::Result;

use super::handle::Owned;
use super::{error, security};
use crate::ffi;
use crate::text;

/// A mutex that this thread holds.
pub struct Lock(Owned);

impl Drop for Lock {
    fn drop(&mut self) {
        // SAFETY: this thread holds it.
        unsafe { ffi::ReleaseMutex(self.0.get()) };
    }
}

/// Takes the lock; `None` when another process holds it. An elevated process gives it a DACL that lets no user
/// take it and keep everybody out.
pub fn take(name: &str) -> Result<Option<Lock>> {
    let descriptor = if security::is_administrator() { Some(security::administrators_only()?) } else { None };
    let attributes = descriptor.as_ref().map(security::Descriptor::attributes);
    let attributes = attributes.as_ref().map_or(core::ptr::null(), core::ptr::from_ref);
    let units = text::wide(&name);
    // SAFETY: the name ends with a zero; the attributes live as long as the descriptor.
    let mutex = unsafe { Owned::new(ffi::CreateMutexW(attributes, 0, units.as_ptr())) };
    let Some(mutex) = mutex else { return Err(error::last("take lock", &name)) };
    // SAFETY: the mutex is open.
    match unsafe { ffi::WaitForSingleObject(mutex.get(), 0) } {
        ffi::WAIT_OBJECT_0 | ffi::WAIT_ABANDONED => Ok(Some(Lock(mutex))),
        ffi::WAIT_TIMEOUT => Ok(None),
        _ => Err(error::last("take lock", &name)),
    }
}
