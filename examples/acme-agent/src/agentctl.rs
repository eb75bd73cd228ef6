//! The example's control program.
//!
//! - `agentctl status`: says that it is there.
//! - `agentctl hold FILE [SECONDS]`: keeps a file open, shared with nobody, as a busy program would; prints
//!   `holding` once it does. 60 seconds unless told.
#![no_std]
#![no_main]

mod arguments;
mod win32;

use arguments::Arguments;

/// The entry point of the image.
///
/// # Safety
/// Called by Windows alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _start() -> ! {
    let mut arguments = Arguments::of_process().skip(1);
    match (arguments.next(), arguments.next(), arguments.next()) {
        (Some(command), Some(file), seconds) if command.is("hold") => {
            win32::exit(hold(file.text(), seconds.and_then(|text| text.number()).unwrap_or(60)))
        }
        (Some(command), None, _) if command.is("status") => {
            win32::print(b"Acme Agent Control: ready\r\n");
            win32::exit(0)
        }
        _ => {
            win32::print(b"agentctl status | hold FILE [SECONDS]\r\n");
            win32::exit(1)
        }
    }
}

/// Returns the exit code: 0, or Windows' error when the file cannot be had.
fn hold(file: &[u16], seconds: u32) -> u32 {
    let Some(handle) = win32::open_unshared(file) else {
        win32::print(b"cannot open the file\r\n");
        return win32::last_error();
    };
    win32::print(b"holding\r\n");
    win32::sleep(seconds.saturating_mul(1000));
    win32::close(handle);
    0
}
