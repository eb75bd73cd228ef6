//! The log file: UTF-8, one line each with the local time before it.
//!
//! An elevated run writes where users may write too (`C:\Windows\Temp`), so a file of another's making is not
//! taken: no link, no second name, no foreign owner.

use alloc::string::String;
use core::ffi::c_void;
use core::sync::atomic::{AtomicPtr, Ordering};

use packager_engine::system::Result;

use super::handle::Owned;
use super::{error, files, folders, redirection, trust};
use crate::ffi;
use crate::text;

/// The open file, for lines from anywhere; null before it is opened. It stays open until the process ends.
static OUTPUT: AtomicPtr<c_void> = AtomicPtr::new(core::ptr::null_mut());

/// Opens a log file and empties it.
pub fn open(path: &str) -> Result<()> {
    let file = open_ours(path, ffi::GENERIC_WRITE | ffi::READ_CONTROL, ffi::FILE_SHARE_READ)?;
    // SAFETY: the file is open for writing.
    error::check(unsafe { ffi::SetEndOfFile(file.get()) }, "empty log", path)?;
    put(file);
    Ok(())
}

/// Opens a log file; what is written goes to its end, also when another run writes too.
pub fn append(path: &str) -> Result<()> {
    let rights = ffi::FILE_APPEND_DATA | ffi::FILE_READ_ATTRIBUTES | ffi::READ_CONTROL | ffi::SYNCHRONIZE;
    put(open_ours(path, rights, ffi::FILE_SHARE_READ | ffi::FILE_SHARE_WRITE)?);
    Ok(())
}

/// Ends the log.
pub fn close() {
    drop(Owned::new(OUTPUT.swap(core::ptr::null_mut(), Ordering::AcqRel)));
}

fn put(file: Owned) {
    let old = OUTPUT.swap(file.get(), Ordering::AcqRel);
    core::mem::forget(file);
    drop(Owned::new(old));
}

fn open_ours(path: &str, access: u32, share: u32) -> Result<Owned> {
    let name = text::wide_path(path);
    // SAFETY: the path ends with a zero.
    let handle = unsafe {
        ffi::CreateFileW(
            name.as_ptr(),
            access,
            share,
            core::ptr::null(),
            ffi::OPEN_ALWAYS,
            ffi::FILE_ATTRIBUTE_NORMAL | ffi::FILE_FLAG_OPEN_REPARSE_POINT,
            core::ptr::null_mut(),
        )
    };
    let Some(file) = Owned::new(handle) else { return Err(error::last("open log", path)) };
    let foreign = is_shared_place(path) && !trust::is_owned_by_us(file.get(), path);
    if foreign || !files::is_plain(file.get(), path)? {
        return Err(error::code(ffi::ERROR_ACCESS_DENIED, "open log", path));
    }
    Ok(file)
}

/// Whether a path lies below the Windows directory, whose `Temp` is open to everybody.
fn is_shared_place(path: &str) -> bool {
    folders::windows().is_ok_and(|windows| redirection::is_below(&text::absolute(path), &windows))
}

/// Whether there is a log.
pub fn is_open() -> bool {
    !OUTPUT.load(Ordering::Acquire).is_null()
}

/// Writes a line, if there is a log.
pub fn line(line: &str) {
    if is_open() {
        write(&stamped(line));
    }
}

/// Writes text as it is.
pub fn write(text: &str) {
    let mut written = 0;
    let file = OUTPUT.load(Ordering::Acquire);
    // SAFETY: the text is as long as is said. A line that cannot be written is lost; there is no place to say so.
    unsafe { ffi::WriteFile(file, text.as_ptr(), text.len() as u32, &mut written, core::ptr::null_mut()) };
}

/// A line with the time before it and its end.
pub fn stamped(line: &str) -> String {
    let mut time = ffi::SystemTime::default();
    // SAFETY: the structure is ours.
    unsafe { ffi::GetLocalTime(&mut time) };
    let mut text = String::with_capacity(line.len() + 24);
    let parts = [
        (time.year, 4, '-'),
        (time.month, 2, '-'),
        (time.day, 2, ' '),
        (time.hour, 2, ':'),
        (time.minute, 2, ':'),
        (time.second, 2, ' '),
    ];
    for (value, digits, after) in parts {
        digits_of(&mut text, u32::from(value), digits);
        text.push(after);
    }
    text.push_str(line);
    text.push_str("\r\n");
    text
}

/// The last `count` decimal digits of a number.
fn digits_of(text: &mut String, value: u32, count: u32) {
    for place in (0..count).rev() {
        let digit = value / 10u32.pow(place) % 10;
        text.push(char::from(b'0' + digit as u8));
    }
}

/// Eight hexadecimal digits.
pub fn hexadecimal(value: u32) -> String {
    (0..8).rev().map(|place| char::from_digit(value >> (place * 4) & 15, 16).unwrap_or('0')).collect()
}
