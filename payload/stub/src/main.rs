//! The Windows bootstrap: one EXE for everything from Windows XP SP2 on.
#![no_std]
#![no_main]

extern crate alloc;

mod heap;
mod win32;

/// The entry point of the image; there is no C runtime before it.
///
/// # Safety
/// Called by Windows alone, once, on the first thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _start() -> ! {
    let text = alloc::string::String::from("packager stub\r\n");
    win32::write_console(text.as_bytes());
    win32::exit(1620)
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    win32::exit(1603)
}
