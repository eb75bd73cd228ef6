//! A Windows service that does nothing but run: `agent.exe --server URL [--interval SECONDS] [--fail]`.
//!
//! Without `--server` it refuses to start (87, a wrong parameter): so a service that runs proves that its
//! arguments were registered. `--fail` refuses always, which makes an install or update roll back.
#![no_std]
#![no_main]

mod arguments;
mod win32;

use core::ptr::null_mut;
use core::sync::atomic::{AtomicPtr, Ordering};

use arguments::Arguments;
use win32::{Handle, ServiceStatus, ServiceTableEntry};

const NAME: [u16; 10] = win32::wide(b"AcmeAgent\0");

const ERROR_INVALID_PARAMETER: u32 = 87;
const ERROR_CALL_NOT_IMPLEMENTED: u32 = 120;
const ERROR_SERVICE_SPECIFIC_ERROR: u32 = 1066;

/// What the service manager knows the service by.
static STATUS: AtomicPtr<core::ffi::c_void> = AtomicPtr::new(null_mut());
/// Set when the service shall end.
static END: AtomicPtr<core::ffi::c_void> = AtomicPtr::new(null_mut());

/// The entry point of the image.
///
/// # Safety
/// Called by Windows alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _start() -> ! {
    let table = [
        ServiceTableEntry { name: NAME.as_ptr(), main: Some(service_main) },
        ServiceTableEntry { name: core::ptr::null(), main: None },
    ];
    // SAFETY: the table ends with an empty entry and lives until the call returns.
    if unsafe { win32::StartServiceCtrlDispatcherW(table.as_ptr()) } == 0 {
        win32::print(b"agent.exe is a service: it is started by Windows.\r\n");
        win32::exit(1)
    }
    win32::exit(0)
}

unsafe extern "system" fn service_main(_: u32, _: *const *const u16) {
    // SAFETY: the name ends with a zero, the handler is a function of this image.
    let status = unsafe { win32::RegisterServiceCtrlHandlerExW(NAME.as_ptr(), control, null_mut()) };
    STATUS.store(status, Ordering::SeqCst);
    let mut server = false;
    for argument in Arguments::of_process() {
        server |= argument.is("--server");
        if argument.is("--fail") {
            return report(win32::SERVICE_STOPPED, ERROR_SERVICE_SPECIFIC_ERROR);
        }
    }
    if !server {
        return report(win32::SERVICE_STOPPED, ERROR_INVALID_PARAMETER);
    }
    // SAFETY: an unnamed event of this process.
    let end = unsafe { win32::CreateEventW(null_mut(), 1, 0, core::ptr::null()) };
    END.store(end, Ordering::SeqCst);
    report(win32::SERVICE_RUNNING, 0);
    // SAFETY: the event is open until the process ends.
    unsafe { win32::WaitForSingleObject(end, win32::INFINITE) };
    report(win32::SERVICE_STOPPED, 0);
}

unsafe extern "system" fn control(code: u32, _: u32, _: Handle, _: Handle) -> u32 {
    match code {
        win32::CONTROL_STOP | win32::CONTROL_SHUTDOWN => {
            report(win32::SERVICE_STOP_PENDING, 0);
            // SAFETY: the event is made before the service says that it takes controls.
            unsafe { win32::SetEvent(END.load(Ordering::SeqCst)) };
            0
        }
        win32::CONTROL_INTERROGATE => 0,
        _ => ERROR_CALL_NOT_IMPLEMENTED,
    }
}

fn report(state: u32, error: u32) {
    let accepted =
        if state == win32::SERVICE_RUNNING { win32::ACCEPT_STOP | win32::ACCEPT_SHUTDOWN } else { 0 };
    let status = ServiceStatus {
        kind: win32::SERVICE_WIN32_OWN_PROCESS,
        state,
        accepted,
        exit_code: error,
        specific_code: u32::from(error == ERROR_SERVICE_SPECIFIC_ERROR),
        check_point: 0,
        wait_hint: if state == win32::SERVICE_STOP_PENDING { 5000 } else { 0 },
    };
    // SAFETY: the status lives until the call returns.
    unsafe { win32::SetServiceStatus(STATUS.load(Ordering::SeqCst), &status) };
}
