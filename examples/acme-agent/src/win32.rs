//! What the two programs need of Windows.
#![allow(dead_code, reason = "each of the two programs uses a part")]

use core::ffi::c_void;
use core::ptr::null_mut;

/// A Windows handle.
pub type Handle = *mut c_void;

/// SERVICE_STATUS
#[repr(C)]
pub struct ServiceStatus {
    pub kind: u32,
    pub state: u32,
    pub accepted: u32,
    pub exit_code: u32,
    pub specific_code: u32,
    pub check_point: u32,
    /// Milliseconds.
    pub wait_hint: u32,
}

/// SERVICE_TABLE_ENTRYW
#[repr(C)]
pub struct ServiceTableEntry {
    pub name: *const u16,
    pub main: Option<unsafe extern "system" fn(u32, *const *const u16)>,
}

pub type ControlHandler = unsafe extern "system" fn(u32, u32, Handle, Handle) -> u32;

pub const SERVICE_WIN32_OWN_PROCESS: u32 = 0x10;
pub const SERVICE_STOPPED: u32 = 1;
pub const SERVICE_STOP_PENDING: u32 = 3;
pub const SERVICE_RUNNING: u32 = 4;
pub const ACCEPT_STOP: u32 = 1;
pub const ACCEPT_SHUTDOWN: u32 = 4;
pub const CONTROL_STOP: u32 = 1;
pub const CONTROL_INTERROGATE: u32 = 4;
pub const CONTROL_SHUTDOWN: u32 = 5;
pub const INFINITE: u32 = u32::MAX;

#[cfg_attr(
    target_arch = "x86",
    link(name = "kernel32", kind = "raw-dylib", import_name_type = "undecorated")
)]
#[cfg_attr(not(target_arch = "x86"), link(name = "kernel32", kind = "raw-dylib"))]
unsafe extern "system" {
    fn ExitProcess(code: u32) -> !;
    fn GetCommandLineW() -> *const u16;
    fn GetStdHandle(which: u32) -> Handle;
    fn WriteFile(
        file: Handle,
        bytes: *const u8,
        length: u32,
        written: *mut u32,
        overlapped: *mut c_void,
    ) -> i32;
    fn CreateFileW(
        path: *const u16,
        access: u32,
        share: u32,
        security: *mut c_void,
        disposition: u32,
        flags: u32,
        template: Handle,
    ) -> Handle;
    fn CloseHandle(handle: Handle) -> i32;
    fn GetLastError() -> u32;
    fn Sleep(milliseconds: u32);
    pub fn CreateEventW(security: *mut c_void, manual: i32, set: i32, name: *const u16) -> Handle;
    pub fn SetEvent(event: Handle) -> i32;
    pub fn WaitForSingleObject(handle: Handle, milliseconds: u32) -> u32;
}

#[cfg_attr(
    target_arch = "x86",
    link(name = "advapi32", kind = "raw-dylib", import_name_type = "undecorated")
)]
#[cfg_attr(not(target_arch = "x86"), link(name = "advapi32", kind = "raw-dylib"))]
unsafe extern "system" {
    pub fn StartServiceCtrlDispatcherW(table: *const ServiceTableEntry) -> i32;
    pub fn RegisterServiceCtrlHandlerExW(
        name: *const u16,
        handler: ControlHandler,
        context: Handle,
    ) -> Handle;
    pub fn SetServiceStatus(service: Handle, status: *const ServiceStatus) -> i32;
}

/// ASCII as UTF-16.
pub const fn wide<const N: usize>(text: &[u8; N]) -> [u16; N] {
    let mut units = [0; N];
    let mut at = 0;
    while at < N {
        units[at] = text[at] as u16;
        at += 1;
    }
    units
}

/// The command line of this process.
pub fn command_line() -> &'static [u16] {
    // SAFETY: Windows keeps the line, which ends with a zero, as long as the process lives.
    unsafe {
        let line = GetCommandLineW();
        let mut length = 0;
        while *line.add(length) != 0 {
            length += 1;
        }
        core::slice::from_raw_parts(line, length)
    }
}

/// Writes to the standard output, if there is one.
pub fn print(bytes: &[u8]) {
    const STD_OUTPUT_HANDLE: u32 = -11i32 as u32;
    let mut written = 0;
    // SAFETY: the pointers are valid for the call.
    unsafe {
        let output = GetStdHandle(STD_OUTPUT_HANDLE);
        WriteFile(output, bytes.as_ptr(), bytes.len() as u32, &mut written, null_mut());
    }
}

/// Opens a file for reading, shared with nobody.
pub fn open_unshared(path: &[u16]) -> Option<Handle> {
    const GENERIC_READ: u32 = 0x8000_0000;
    const OPEN_EXISTING: u32 = 3;
    open(path, GENERIC_READ, OPEN_EXISTING)
}

/// Opens a file for writing at its end, and makes it if there is none.
pub fn open_to_append(path: &[u16]) -> Option<Handle> {
    const FILE_APPEND_DATA: u32 = 4;
    const OPEN_ALWAYS: u32 = 4;
    open(path, FILE_APPEND_DATA, OPEN_ALWAYS)
}

fn open(path: &[u16], access: u32, disposition: u32) -> Option<Handle> {
    const INVALID: Handle = -1isize as Handle;
    let mut ended = [0u16; 1024];
    // One unit stays for the zero at the end.
    if path.len() >= ended.len() {
        return None;
    }
    for (to, from) in ended.iter_mut().zip(path) {
        *to = *from;
    }
    // SAFETY: the path ends with a zero.
    let handle = unsafe { CreateFileW(ended.as_ptr(), access, 0, null_mut(), disposition, 0, null_mut()) };
    (handle != INVALID).then_some(handle)
}

/// Writes to an open file.
pub fn write(file: Handle, bytes: &[u8]) {
    let mut written = 0;
    // SAFETY: the pointers are valid for the call.
    unsafe { WriteFile(file, bytes.as_ptr(), bytes.len() as u32, &mut written, null_mut()) };
}

/// Closes a handle.
pub fn close(handle: Handle) {
    // SAFETY: takes any value.
    unsafe { CloseHandle(handle) };
}

/// Windows' error of the last call of this thread.
pub fn last_error() -> u32 {
    // SAFETY: takes no pointers.
    unsafe { GetLastError() }
}

/// Waits.
pub fn sleep(milliseconds: u32) {
    // SAFETY: takes no pointers.
    unsafe { Sleep(milliseconds) };
}

/// Ends the process.
pub fn exit(code: u32) -> ! {
    // SAFETY: takes no pointers.
    unsafe { ExitProcess(code) }
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    exit(3)
}
