//! Starting this program again with an administrator's rights.

use alloc::string::String;

use packager_engine::system::{ExitCode, Result};

use crate::dynamic;
use crate::ffi::{self, Handle};
use crate::sys::handle::Owned;
use crate::sys::{error, process};
use crate::text;

/// `SHELLEXECUTEINFOW`
#[repr(C)]
struct ExecuteInformation {
    size: u32,
    mask: u32,
    window: Handle,
    verb: *const u16,
    file: *const u16,
    parameters: *const u16,
    directory: *const u16,
    show: i32,
    instance: Handle,
    id_list: Handle,
    class: *const u16,
    class_key: Handle,
    hot_key: u32,
    icon: Handle,
    process: Handle,
}

const SEE_MASK_NOCLOSEPROCESS: u32 = 0x40;
const SEE_MASK_NOASYNC: u32 = 0x100;
const SEE_MASK_FLAG_NO_UI: u32 = 0x400;
const SW_SHOWNORMAL: i32 = 1;
/// `ERROR_ELEVATION_REQUIRED`
const ELEVATION_REQUIRED: u32 = 740;

/// Runs this program with arguments and an administrator's rights, and waits for it. The error is 1223
/// when the person refuses, and 740 where Windows has no way to ask (XP and 2003: the account's rights decide).
pub fn run_elevated(command_line: &str) -> Result<ExitCode> {
    let program = unmapped(&process::own_path()?);
    let (major, _, _) = crate::sys::machine::machine().version;
    let execute = match dynamic::ShellExecuteExW() {
        Some(execute) if major >= 6 => execute,
        _ => return Err(error::code(ELEVATION_REQUIRED, "elevate", &program)),
    };
    let parameters = text::wide(&unmapped(command_line));
    let (verb, file) = (text::wide("runas"), text::wide(&program));
    // SAFETY: all fields are numbers or pointers, for which zero is a value.
    let mut information: ExecuteInformation = unsafe { core::mem::zeroed() };
    information.size = size_of::<ExecuteInformation>() as u32;
    information.mask = SEE_MASK_NOCLOSEPROCESS | SEE_MASK_NOASYNC | SEE_MASK_FLAG_NO_UI;
    information.verb = verb.as_ptr();
    information.file = file.as_ptr();
    information.parameters = parameters.as_ptr();
    information.show = SW_SHOWNORMAL;
    // SAFETY: the texts end with a zero and outlive the call.
    let done = unsafe { execute((&raw mut information).cast()) };
    error::check(done, "elevate", &program)?;
    match Owned::new(information.process) {
        Some(started) => process::wait(&started, &program),
        None => Err(error::code(ELEVATION_REQUIRED, "elevate", &program)),
    }
}

/// The text with every path on a mapped network drive written as the share's: the elevated process is of another
/// logon session, which has no such drive.
fn unmapped(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut before = ' ';
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let bytes = rest.as_bytes();
        let starts_path = matches!(before, ' ' | '\t' | '"' | '=')
            && letter.is_ascii_alphabetic()
            && bytes.get(1) == Some(&b':')
            && bytes.get(2) == Some(&b'\\');
        let share = if starts_path { share_of(letter) } else { None };
        // The drive's letter and colon are one byte each.
        let taken = match share {
            Some(share) => {
                result.push_str(&share);
                2
            }
            None => {
                result.push(letter);
                letter.len_utf8()
            }
        };
        before = letter;
        rest = rest.get(taken..).unwrap_or_default();
    }
    result
}

/// `\\server\share` of a drive letter, if it is a network drive.
fn share_of(letter: char) -> Option<String> {
    let mut drive = String::from(letter);
    drive.push_str(r":\");
    let root = text::wide(&drive);
    // SAFETY: the text ends with a zero.
    if unsafe { ffi::GetDriveTypeW(root.as_ptr()) } != ffi::DRIVE_REMOTE {
        return None;
    }
    let name = text::wide(drive.trim_end_matches('\\'));
    let mut buffer = [0u16; 1024];
    let mut size = buffer.len() as u32;
    // SAFETY: the name ends with a zero, the buffer is as long as is said.
    let result = unsafe { dynamic::WNetGetConnectionW()?(name.as_ptr(), buffer.as_mut_ptr(), &mut size) };
    let share = text::narrow(&buffer);
    (result == 0 && !share.is_empty()).then_some(share)
}
