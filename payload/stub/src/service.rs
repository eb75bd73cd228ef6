//! This program as a service: the engine's run is the service's whole life.
//!
//! It says that it runs before it does anything: while a service starts, Windows starts no other ("StartServiceW" on
//! Microsoft Learn), and the engine starts those of the product. It takes no orders; a restart in the middle is one of
//! the ends that the engine recovers from.

use core::ffi::c_void;

use crate::ffi::{self, Handle, ServiceStatus, ServiceTableEntry};

const NO_ERROR: u32 = 0;
const ERROR_CALL_NOT_IMPLEMENTED: u32 = 120;
const SERVICE_CONTROL_INTERROGATE: u32 = 4;

/// Runs as a service until that is done. `false`: nobody started this as a service.
pub fn serve() -> bool {
    // A service of a process of its own needs no name here.
    let name = [0u16];
    let table = [
        ServiceTableEntry { name: name.as_ptr(), main: Some(main) },
        ServiceTableEntry { name: core::ptr::null(), main: None },
    ];
    // SAFETY: the table ends with an empty entry and outlives the call, which returns when the service has stopped.
    unsafe { ffi::StartServiceCtrlDispatcherW(table.as_ptr()) != 0 }
}

unsafe extern "system" fn main(_: u32, _: *const *const u16) {
    let name = [0u16];
    // SAFETY: the name ends with a zero, the handler takes no context.
    let service =
        unsafe { ffi::RegisterServiceCtrlHandlerExW(name.as_ptr(), control, core::ptr::null_mut()) };
    report(service, ffi::SERVICE_RUNNING);
    crate::entry::whole_run();
    // How it ended stands in the log: for Windows it is no failure that a file is in use still.
    report(service, ffi::SERVICE_STOPPED);
}

unsafe extern "system" fn control(control: u32, _: u32, _: *mut c_void, _: *mut c_void) -> u32 {
    if control == SERVICE_CONTROL_INTERROGATE { NO_ERROR } else { ERROR_CALL_NOT_IMPLEMENTED }
}

fn report(service: Handle, state: u32) {
    let status = ServiceStatus { kind: ffi::SERVICE_WIN32_OWN_PROCESS, state, ..ServiceStatus::default() };
    // SAFETY: the structure is ours. Without a handle there is nobody to tell.
    unsafe { ffi::SetServiceStatus(service, &status) };
}
