//! The example's control program.
//!
//! - `agentctl status`: says that it is there.
//! - `agentctl hold FILE [SECONDS]`: keeps a file open, shared with nobody, as a busy program would; prints
//!   `holding` once it does. 60 seconds unless told.
//! - `agentctl note FILE [WORD…]`: appends its command line, from the first word on, as a line to a file.
//! - `agentctl fail CODE`: ends with an exit code.
//! - `agentctl wait SECONDS`: takes its time.
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
        (Some(command), Some(file), _) if command.is("note") => win32::exit(note(file.text())),
        (Some(command), Some(code), _) if command.is("fail") => win32::exit(code.number().unwrap_or(1)),
        (Some(command), Some(seconds), _) if command.is("wait") => {
            win32::sleep(seconds.number().unwrap_or(1).saturating_mul(1000));
            win32::exit(0)
        }
        (Some(command), None, _) if command.is("status") => {
            win32::print(b"Acme Agent Control: ready\r\n");
            win32::exit(0)
        }
        _ => {
            win32::print(
                b"agentctl status | hold FILE [SECONDS] | note FILE [WORD...] | fail CODE | wait SECONDS\r\n",
            );
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

/// Returns the exit code: 0, or Windows' error when the file cannot be written.
fn note(file: &[u16]) -> u32 {
    let Some(handle) = win32::open_to_append(file) else {
        return win32::last_error();
    };
    let mut line = [0u8; 1024];
    let mut length = 0;
    // As it was given, quotes and all; what is not ASCII becomes a question mark.
    for unit in Arguments::of_process().after(3) {
        if let Some(byte) = line.get_mut(length).filter(|_| length < 1000) {
            *byte = u8::try_from(*unit).ok().filter(u8::is_ascii).unwrap_or(b'?');
            length += 1;
        }
    }
    for byte in *b"\r\n" {
        if let Some(to) = line.get_mut(length) {
            *to = byte;
            length += 1;
        }
    }
    let line = line.get(..length).unwrap_or_default();
    win32::write(handle, line);
    win32::close(handle);
    win32::print(line);
    0
}
