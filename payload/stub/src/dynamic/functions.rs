//! The functions that are found at run time, with their types.
//!
//! Each becomes a function of its own name here that returns `Option<fn>`: `None` on a Windows without it.

use core::ffi::c_void;

use super::Library;
use crate::ffi::{Bool, FileTime, Handle, VersionInfo};

/// What a window procedure and a dialog procedure look like.
pub type WindowProcedure = unsafe extern "system" fn(Handle, u32, usize, isize) -> isize;

/// What [`EnumWindows`] calls for each window.
pub type EachWindow = unsafe extern "system" fn(Handle, isize) -> Bool;

macro_rules! found_at_run_time {
    ($($how:ident $dll:literal { $(fn $name:ident($($argument:ty),*) -> $result:ty;)* })*) => {
        $($(
            #[allow(non_snake_case, dead_code, reason = "the action's DLL and the stub use some each")]
            pub fn $name() -> Option<unsafe extern "system" fn($($argument),*) -> $result> {
                // The text is made from an identifier: one zero, at its end.
                const NAME: &core::ffi::CStr =
                    match core::ffi::CStr::from_bytes_with_nul(concat!(stringify!($name), "\0").as_bytes()) {
                        Ok(name) => name,
                        Err(_) => c"",
                    };
                let address = Library::$how($dll)?.address(NAME)?;
                // SAFETY: the DLL documents the function with this type.
                Some(unsafe { core::mem::transmute::<*const c_void, unsafe extern "system" fn($($argument),*) -> $result>(address) })
            }
        )*)*
    };
}

found_at_run_time! {
    loaded "kernel32.dll" {
        fn SetDefaultDllDirectories(u32) -> Bool;
        fn SetDllDirectoryW(*const u16) -> Bool;
        fn AttachConsole(u32) -> Bool;
        fn FormatMessageW(u32, *mut c_void, u32, u32, *mut u16, u32, *mut c_void) -> u32;
        fn Wow64DisableWow64FsRedirection(*mut *mut c_void) -> Bool;
        fn Wow64RevertWow64FsRedirection(*mut c_void) -> Bool;
        fn IsWow64Process2(Handle, *mut u16, *mut u16) -> Bool;
        fn CreatePipe(*mut Handle, *mut Handle, *const c_void, u32) -> Bool;
        fn PeekNamedPipe(Handle, *mut c_void, u32, *mut u32, *mut u32, *mut u32) -> Bool;
        fn SetHandleInformation(Handle, u32, u32) -> Bool;
        fn CreateJobObjectW(*mut c_void, *const u16) -> Handle;
        fn AssignProcessToJobObject(Handle, Handle) -> Bool;
        fn TerminateJobObject(Handle, u32) -> Bool;
        fn TerminateProcess(Handle, u32) -> Bool;
        fn ResumeThread(Handle) -> u32;
        fn CreateToolhelp32Snapshot(u32, u32) -> Handle;
        fn Process32FirstW(Handle, *mut c_void) -> Bool;
        fn Process32NextW(Handle, *mut c_void) -> Bool;
        fn Module32FirstW(Handle, *mut c_void) -> Bool;
        fn QueryFullProcessImageNameW(Handle, u32, *mut u16, *mut u32) -> Bool;
        fn GetProcessTimes(Handle, *mut FileTime, *mut FileTime, *mut FileTime, *mut FileTime) -> Bool;
    }
    loaded "advapi32.dll" {
        fn RegDeleteKeyExW(Handle, *const u16, u32, u32) -> u32;
    }
    loaded "ntdll.dll" {
        fn RtlGetVersion(*mut VersionInfo) -> i32;
    }
    system "user32.dll" {
        fn SendMessageTimeoutW(Handle, u32, usize, *const u16, u32, u32, *mut usize) -> isize;
        fn MessageBoxW(Handle, *const u16, *const u16, u32) -> i32;
        fn CreateDialogIndirectParamW(Handle, *const c_void, Handle, WindowProcedure, isize) -> Handle;
        fn CreateWindowExW(u32, *const u16, *const u16, u32, i32, i32, i32, i32, Handle, Handle, Handle, *mut c_void) -> Handle;
        fn DestroyWindow(Handle) -> Bool;
        fn DispatchMessageW(*const c_void) -> isize;
        fn EnableWindow(Handle, Bool) -> Bool;
        fn GetDlgItem(Handle, i32) -> Handle;
        fn GetMessageW(*mut c_void, Handle, u32, u32) -> Bool;
        fn IsDialogMessageW(Handle, *const c_void) -> Bool;
        fn LoadImageW(Handle, *const u16, u32, i32, i32, u32) -> Handle;
        fn MapDialogRect(Handle, *mut [i32; 4]) -> Bool;
        fn PostMessageW(Handle, u32, usize, isize) -> Bool;
        fn PostQuitMessage(i32) -> ();
        fn SendMessageW(Handle, u32, usize, isize) -> isize;
        fn SetForegroundWindow(Handle) -> Bool;
        fn SetWindowTextW(Handle, *const u16) -> Bool;
        fn ShowWindow(Handle, i32) -> Bool;
        fn TranslateMessage(*const c_void) -> Bool;
        fn GetProcessWindowStation() -> Handle;
        fn EnumWindows(EachWindow, isize) -> Bool;
        fn GetWindowThreadProcessId(Handle, *mut u32) -> u32;
        fn GetUserObjectInformationW(Handle, i32, *mut c_void, u32, *mut u32) -> Bool;
    }
    system "shell32.dll" {
        fn SHGetFolderPathW(Handle, i32, Handle, u32, *mut u16) -> i32;
        fn ShellExecuteExW(*mut c_void) -> Bool;
    }
    system "ole32.dll" {
        fn CoInitializeEx(*mut c_void, u32) -> i32;
        fn CoUninitialize() -> ();
        fn CoCreateInstance(*const Guid, *mut c_void, u32, *const Guid, *mut *mut c_void) -> i32;
    }
    system "msi.dll" {
        fn MsiCloseHandle(u32) -> u32;
        fn MsiCreateRecord(u32) -> u32;
        fn MsiGetPropertyW(u32, *const u16, *mut u16, *mut u32) -> u32;
        fn MsiProcessMessage(u32, u32, u32) -> i32;
        fn MsiRecordSetStringW(u32, u32, *const u16) -> u32;
        fn MsiSetPropertyW(u32, *const u16, *const u16) -> u32;
        fn MsiEnumRelatedProductsW(*const u16, u32, u32, *mut u16) -> u32;
        fn MsiGetProductInfoW(*const u16, *const u16, *mut u16, *mut u32) -> u32;
    }
    system "rstrtmgr.dll" {
        fn RmStartSession(*mut u32, u32, *mut u16) -> u32;
        fn RmRegisterResources(u32, u32, *const c_void, u32, *const c_void, u32, *const c_void) -> u32;
        fn RmGetList(u32, *mut u32, *mut u32, *mut c_void, *mut u32) -> u32;
        fn RmShutdown(u32, u32, *const c_void) -> u32;
        fn RmEndSession(u32) -> u32;
    }
    system "winhttp.dll" {
        fn WinHttpOpen(*const u16, u32, *const u16, *const u16, u32) -> Handle;
        fn WinHttpConnect(Handle, *const u16, u16, u32) -> Handle;
        fn WinHttpOpenRequest(Handle, *const u16, *const u16, *const u16, *const u16, *const *const u16, u32) -> Handle;
        fn WinHttpSendRequest(Handle, *const u16, u32, *const c_void, u32, u32, usize) -> Bool;
        fn WinHttpReceiveResponse(Handle, *mut c_void) -> Bool;
        fn WinHttpQueryHeaders(Handle, u32, *const u16, *mut c_void, *mut u32, *mut u32) -> Bool;
        fn WinHttpReadData(Handle, *mut c_void, u32, *mut u32) -> Bool;
        fn WinHttpSetOption(Handle, u32, *const c_void, u32) -> Bool;
        fn WinHttpSetTimeouts(Handle, i32, i32, i32, i32) -> Bool;
        fn WinHttpCloseHandle(Handle) -> Bool;
    }
    system "mpr.dll" {
        fn WNetGetConnectionW(*const u16, *mut u16, *mut u32) -> u32;
    }
    system "comctl32.dll" {
        fn InitCommonControls() -> ();
    }
}

/// `GUID`
#[repr(C)]
pub struct Guid(pub u32, pub u16, pub u16, pub [u8; 8]);
