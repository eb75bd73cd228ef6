//! What happens before and after the engine runs.

use packager_engine::System;

use crate::dynamic;
use crate::ffi;
use crate::sys::{self, Win32, log};
use crate::{arguments, text, ui};

/// `ERROR_INSTALL_FAILURE`
const FAILED: u32 = 1603;

/// The entry point of the image; there is no C runtime before it.
///
/// # Safety
/// Called by Windows alone, once, on the first thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _start() -> ! {
    harden();
    // A service that nobody started as one is a program.
    if packager_shared::args::is_service(&arguments::command_line()) && crate::service::serve() {
        exit(0);
    }
    exit(whole_run())
}

/// One run of the engine, from its command line to its exit code.
pub fn whole_run() -> u32 {
    let mut system = Win32::new();
    let code = if is_redirected() {
        system.say("A .local file beside this program would put foreign code into it. Remove that file.");
        FAILED
    } else {
        run(&mut system, &arguments::command_line())
    };
    system.end(code);
    code
}

#[cfg(not(feature = "selftest"))]
use packager_engine::main as run;

#[cfg(feature = "selftest")]
use crate::selftest::run;

/// Ends the process.
fn exit(code: u32) -> ! {
    // SAFETY: takes a number.
    unsafe { ffi::ExitProcess(code) }
}

/// No boxes from Windows about missing disks, and no DLLs but those of System32.
fn harden() {
    // Windows reads it from the image; the linker keeps only what is used.
    core::hint::black_box(&crate::load_config::LOAD_CONFIG);
    let empty = text::wide("");
    // SAFETY: the text ends with a zero, the rest are numbers and functions of this program.
    unsafe {
        ffi::SetErrorMode(
            ffi::SEM_FAILCRITICALERRORS | ffi::SEM_NOGPFAULTERRORBOX | ffi::SEM_NOOPENFILEERRORBOX,
        );
        ffi::SetUnhandledExceptionFilter(crashed);
        // Windows 8, or 7 and Vista with KB2533623. Older ones at least leave out the current directory.
        match dynamic::SetDefaultDllDirectories() {
            Some(set) => set(ffi::LOAD_LIBRARY_SEARCH_SYSTEM32),
            None => dynamic::SetDllDirectoryW().map_or(0, |set| set(empty.as_ptr())),
        };
        ffi::SetConsoleCtrlHandler(interrupted, 1);
    }
}

/// Whether a `.local` file or folder sends this program to other DLLs, while it has an administrator's rights
/// (Microsoft Learn, "Dynamic-Link Library Redirection").
fn is_redirected() -> bool {
    let Ok(mut path) = sys::process::own_path() else { return false };
    path.push_str(".local");
    let name = text::wide_path(&path);
    // SAFETY: the path ends with a zero.
    let attributes = unsafe { ffi::GetFileAttributesW(name.as_ptr()) };
    attributes != ffi::INVALID_FILE_ATTRIBUTES && sys::security::is_administrator()
}

/// Ctrl+C, Ctrl+Break, the console's end: the engine is asked to stop, and undoes what it did.
unsafe extern "system" fn interrupted(_: u32) -> ffi::Bool {
    ui::window::cancel();
    1
}

/// A crash, or a panic, which is one: it is logged, and the next run recovers from the journal.
unsafe extern "system" fn crashed(pointers: *const ffi::ExceptionPointers) -> i32 {
    // SAFETY: Windows gives valid pointers.
    let (code, address) = unsafe {
        match pointers.as_ref().and_then(|pointers| pointers.record.as_ref()) {
            Some(record) => (record.code, record.address as usize),
            None => (0, 0),
        }
    };
    // SAFETY: null is this program.
    let base = unsafe { ffi::GetModuleHandleW(core::ptr::null()) } as usize;
    let place = log::hexadecimal(address.wrapping_sub(base) as u32);
    let line = ["internal error ", &log::hexadecimal(code), " at ", &place].concat();
    log::line(&line);
    exit(FAILED)
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    log::line("internal error");
    exit(FAILED)
}
