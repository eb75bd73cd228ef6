//! Text between Rust and Windows: UTF-16 with a terminator, and paths of any length.

use alloc::string::String;
use alloc::vec::Vec;

use crate::ffi;

/// UTF-16 with a terminating zero. A zero inside cuts nothing here but Windows reads no further; the engine
/// refuses such text before.
pub fn wide(text: &str) -> Vec<u16> {
    let mut units = Vec::with_capacity(text.len() + 1);
    units.extend(text.encode_utf16());
    units.push(0);
    units
}

/// Text from UTF-16 units, up to the first zero; what is not UTF-16 becomes U+FFFD.
pub fn narrow(units: &[u16]) -> String {
    let units = units.split(|unit| *unit == 0).next().unwrap_or(&[]);
    char::decode_utf16(units.iter().copied())
        .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

/// Text from a zero-terminated pointer; empty when it is null.
///
/// # Safety
/// `text` is null or points to units that end with a zero.
pub unsafe fn from_pointer(text: *const u16) -> String {
    if text.is_null() {
        return String::new();
    }
    let mut length = 0;
    // SAFETY: the caller promises a terminating zero, and each unit before it is readable.
    let units = unsafe {
        while *text.add(length) != 0 {
            length += 1;
        }
        core::slice::from_raw_parts(text, length)
    };
    narrow(units)
}

/// Several texts in a row, each with a zero, and one more zero: the form of `REG_MULTI_SZ`.
pub fn wide_list(texts: &[String]) -> Vec<u16> {
    let mut units = Vec::new();
    for text in texts {
        units.extend(text.encode_utf16());
        units.push(0);
    }
    units.push(0);
    units
}

/// UTF-16 units from the bytes of a registry value.
fn units(bytes: &[u8]) -> Vec<u16> {
    bytes.as_chunks::<2>().0.iter().map(|unit| u16::from_le_bytes(*unit)).collect()
}

/// The text of a `REG_SZ`.
pub fn from_bytes(bytes: &[u8]) -> String {
    narrow(&units(bytes))
}

/// The texts of a `REG_MULTI_SZ`.
pub fn list(bytes: &[u8]) -> Vec<String> {
    units(bytes).split(|unit| *unit == 0).take_while(|text| !text.is_empty()).map(narrow).collect()
}

/// Whether a path starts at a drive's root or a server: `C:\…`, `\\server\…`, also `\\?\…`.
pub fn is_absolute(path: &str) -> bool {
    let bytes = path.as_bytes();
    path.starts_with(r"\\") || (bytes.get(1) == Some(&b':') && bytes.get(2) == Some(&b'\\'))
}

/// A path for the file functions, in the `\\?\` form: no limit of 260 characters, and no meaning of its own in
/// trailing dots or device names (Microsoft Learn, "Naming Files, Paths, and Namespaces").
pub fn wide_path(path: &str) -> Vec<u16> {
    let full;
    let path = if is_absolute(path) {
        path
    } else {
        full = absolute(path);
        full.as_str()
    };
    let mut units = Vec::with_capacity(path.len() + 8);
    let rest = if path.starts_with(r"\\?\") || path.starts_with(r"\\.\") {
        path
    } else if let Some(share) = path.strip_prefix(r"\\") {
        units.extend(r"\\?\UNC\".encode_utf16());
        share
    } else {
        units.extend(r"\\?\".encode_utf16());
        path
    };
    units.extend(
        rest.encode_utf16().map(|unit| if unit == u16::from(b'/') { u16::from(b'\\') } else { unit }),
    );
    units.push(0);
    units
}

/// The absolute form of a path that a person gave; unchanged when Windows cannot tell.
pub fn absolute(path: &str) -> String {
    let relative = wide(path);
    // SAFETY: the text ends with a zero, and the buffer is as long as is said.
    let full = fill(|buffer, size| unsafe {
        ffi::GetFullPathNameW(relative.as_ptr(), size, buffer, core::ptr::null_mut())
    });
    full.unwrap_or_else(|| String::from(path))
}

/// Calls a function of the kind that fills a buffer and returns the length, or the size it wants, or 0.
pub fn fill(mut call: impl FnMut(*mut u16, u32) -> u32) -> Option<String> {
    let mut buffer: Vec<u16> = Vec::new();
    let mut size = 260u32;
    // The longest path is 32,767 units; a call that wants more than twice that is not answered.
    while size <= 0x1_0000 {
        buffer.clear();
        buffer.resize(size as usize, 0);
        let length = call(buffer.as_mut_ptr(), size);
        if length == 0 {
            return None;
        }
        if length < size {
            return Some(narrow(buffer.get(..length as usize)?));
        }
        size = length.max(size).saturating_mul(2);
    }
    None
}
