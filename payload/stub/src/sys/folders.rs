//! Known directories.

use alloc::string::String;

use packager_engine::system::Result;
use packager_shared::plan::{Key, Root, Scope, View};
use packager_shared::template::Dir;

use super::{error, registry};
use crate::dynamic;
use crate::ffi;
use crate::text;

/// Values of `CSIDL_*` (Microsoft Learn, "CSIDL"), which Windows XP knows too.
const CSIDL_PROGRAMS: i32 = 0x02;
const CSIDL_STARTUP: i32 = 0x07;
const CSIDL_DESKTOPDIRECTORY: i32 = 0x10;
const CSIDL_COMMON_PROGRAMS: i32 = 0x17;
const CSIDL_COMMON_STARTUP: i32 = 0x18;
const CSIDL_COMMON_DESKTOPDIRECTORY: i32 = 0x19;
const CSIDL_APPDATA: i32 = 0x1a;
const CSIDL_LOCAL_APPDATA: i32 = 0x1c;
const CSIDL_COMMON_APPDATA: i32 = 0x23;
const CSIDL_FLAG_CREATE: i32 = 0x8000;

/// A known directory, without trailing backslash. `wide` asks for the 64-bit one of two.
pub fn directory(dir: Dir, wide: bool, scope: Scope) -> Result<String> {
    let user = scope == Scope::User;
    match dir {
        Dir::InstallDir => Err(error::code(ffi::ERROR_PATH_NOT_FOUND, "find folder", "{InstallDir}")),
        Dir::ProgramFiles => from_registry("ProgramFilesDir", wide),
        Dir::CommonFiles => from_registry("CommonFilesDir", wide),
        Dir::ProgramData => from_shell(CSIDL_COMMON_APPDATA, "ProgramData"),
        Dir::Windows => windows(),
        Dir::System => system(wide),
        Dir::StartMenu if user => from_shell(CSIDL_PROGRAMS, "Programs"),
        Dir::StartMenu => from_shell(CSIDL_COMMON_PROGRAMS, "Common Programs"),
        Dir::Desktop if user => from_shell(CSIDL_DESKTOPDIRECTORY, "Desktop"),
        Dir::Desktop => from_shell(CSIDL_COMMON_DESKTOPDIRECTORY, "Common Desktop"),
        Dir::Startup if user => from_shell(CSIDL_STARTUP, "Startup"),
        Dir::Startup => from_shell(CSIDL_COMMON_STARTUP, "Common Startup"),
        Dir::LocalAppData => from_shell(CSIDL_LOCAL_APPDATA, "Local AppData"),
        Dir::AppData => from_shell(CSIDL_APPDATA, "AppData"),
    }
}

/// `C:\Windows`, the machine's also on a terminal server.
pub fn windows() -> Result<String> {
    // SAFETY: the buffer is as long as is said.
    text::fill(|buffer, size| unsafe { ffi::GetSystemWindowsDirectoryW(buffer, size) })
        .map(trimmed)
        .ok_or_else(|| error::last("find folder", "Windows"))
}

/// System32, or on 64-bit Windows SysWOW64 for 32-bit files.
fn system(wide: bool) -> Result<String> {
    let mut path = windows()?;
    path.push_str(if wide || !super::machine::is_wide() { r"\System32" } else { r"\SysWOW64" });
    Ok(path)
}

/// The shell's answer in a 32-bit process is the 32-bit folder, so the 64-bit one is read from the registry,
/// where the system keeps it.
fn from_registry(name: &'static str, wide: bool) -> Result<String> {
    let key = Key {
        root: Root::LocalMachine,
        view: if wide { View::Bits64 } else { View::Bits32 },
        path: String::from(r"SOFTWARE\Microsoft\Windows\CurrentVersion"),
    };
    let path = registry::get(&key, name)?.map(|value| text::from_bytes(&value.bytes)).unwrap_or_default();
    if text::is_absolute(&path) {
        Ok(trimmed(path))
    } else {
        Err(error::code(ffi::ERROR_PATH_NOT_FOUND, "find folder", name))
    }
}

fn from_shell(folder: i32, name: &'static str) -> Result<String> {
    let missing = || error::code(ffi::ERROR_PROC_NOT_FOUND, "find folder", name);
    let call = dynamic::SHGetFolderPathW().ok_or_else(missing)?;
    let mut buffer = [0u16; 260];
    let null = core::ptr::null_mut();
    // SAFETY: the buffer holds MAX_PATH units, as the function wants.
    let result = unsafe { call(null, folder | CSIDL_FLAG_CREATE, null, 0, buffer.as_mut_ptr()) };
    let path = text::narrow(&buffer);
    // The low half of an HRESULT of Win32's facility is the Win32 code.
    if result != 0 {
        return Err(error::code(result as u32 & 0xffff, "find folder", name));
    }
    if path.is_empty() { Err(missing()) } else { Ok(trimmed(path)) }
}

fn trimmed(mut path: String) -> String {
    path.truncate(path.trim_end_matches('\\').len());
    path
}
