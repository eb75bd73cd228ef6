//! Imports from kernel32.dll, all of them exported by Windows XP SP2.

use core::ffi::c_void;

use super::types::*;

#[cfg_attr(
    target_arch = "x86",
    link(name = "kernel32", kind = "raw-dylib", import_name_type = "undecorated")
)]
#[cfg_attr(not(target_arch = "x86"), link(name = "kernel32", kind = "raw-dylib"))]
unsafe extern "system" {
    pub fn GetPrivateProfileStringW(
        section: *const u16,
        key: *const u16,
        default: *const u16,
        buffer: *mut u16,
        size: u32,
        file: *const u16,
    ) -> u32;
    pub fn WritePrivateProfileStringW(
        section: *const u16,
        key: *const u16,
        value: *const u16,
        file: *const u16,
    ) -> Bool;
    pub fn CloseHandle(handle: Handle) -> Bool;
    pub fn CreateDirectoryW(path: *const u16, security: *const SecurityAttributes) -> Bool;
    pub fn CreateFileW(
        path: *const u16,
        access: u32,
        share: u32,
        security: *const SecurityAttributes,
        disposition: u32,
        flags: u32,
        template: Handle,
    ) -> Handle;
    pub fn CreateMutexW(security: *const SecurityAttributes, own: Bool, name: *const u16) -> Handle;
    pub fn CreateProcessW(
        program: *const u16,
        command_line: *mut u16,
        process_security: *const SecurityAttributes,
        thread_security: *const SecurityAttributes,
        inherit: Bool,
        flags: u32,
        environment: *const c_void,
        directory: *const u16,
        startup: *const StartupInfo,
        information: *mut ProcessInformation,
    ) -> Bool;
    pub fn CreateSemaphoreW(
        security: *const SecurityAttributes,
        count: i32,
        most: i32,
        name: *const u16,
    ) -> Handle;
    pub fn ReleaseSemaphore(semaphore: Handle, count: i32, before: *mut i32) -> Bool;
    pub fn CreateThread(
        security: *const SecurityAttributes,
        stack: usize,
        start: unsafe extern "system" fn(*mut c_void) -> u32,
        parameter: *mut c_void,
        flags: u32,
        id: *mut u32,
    ) -> Handle;
    pub fn DeleteFileW(path: *const u16) -> Bool;
    pub fn ExitProcess(code: u32) -> !;
    pub fn FindClose(find: Handle) -> Bool;
    pub fn FindFirstFileW(pattern: *const u16, data: *mut FindData) -> Handle;
    pub fn FindNextFileW(find: Handle, data: *mut FindData) -> Bool;
    pub fn FlushFileBuffers(file: Handle) -> Bool;
    pub fn GetCommandLineW() -> *const u16;
    pub fn GetCurrentProcess() -> Handle;
    pub fn GetDiskFreeSpaceExW(path: *const u16, caller: *mut u64, total: *mut u64, free: *mut u64) -> Bool;
    pub fn GetDriveTypeW(root: *const u16) -> u32;
    pub fn GetExitCodeProcess(process: Handle, code: *mut u32) -> Bool;
    pub fn GetFileAttributesExW(path: *const u16, level: u32, data: *mut FileAttributeData) -> Bool;
    pub fn GetFileAttributesW(path: *const u16) -> u32;
    pub fn GetFileInformationByHandle(file: Handle, information: *mut FileInformation) -> Bool;
    pub fn GetFileSizeEx(file: Handle, size: *mut u64) -> Bool;
    pub fn GetFullPathNameW(path: *const u16, size: u32, buffer: *mut u16, name: *mut *mut u16) -> u32;
    pub fn GetLastError() -> u32;
    pub fn GetLocalTime(time: *mut SystemTime);
    pub fn GetModuleFileNameW(module: Handle, buffer: *mut u16, size: u32) -> u32;
    pub fn GetModuleHandleW(name: *const u16) -> Handle;
    pub fn GetNativeSystemInfo(information: *mut SystemInfo);
    pub fn GetProcAddress(module: Handle, name: *const u8) -> *const c_void;
    pub fn GetProcessHeap() -> Handle;
    pub fn GetStdHandle(which: u32) -> Handle;
    pub fn GetSystemDirectoryW(buffer: *mut u16, size: u32) -> u32;
    pub fn GetSystemWindowsDirectoryW(buffer: *mut u16, size: u32) -> u32;
    pub fn GetTickCount() -> u32;
    pub fn HeapAlloc(heap: Handle, flags: u32, size: usize) -> *mut u8;
    pub fn HeapFree(heap: Handle, flags: u32, block: *mut u8) -> Bool;
    pub fn HeapReAlloc(heap: Handle, flags: u32, block: *mut u8, size: usize) -> *mut u8;
    pub fn LoadLibraryExW(path: *const u16, reserved: Handle, flags: u32) -> Handle;
    pub fn LocalFree(block: *mut c_void) -> *mut c_void;
    pub fn MoveFileExW(from: *const u16, to: *const u16, flags: u32) -> Bool;
    pub fn OpenMutexW(access: u32, inherit: Bool, name: *const u16) -> Handle;
    pub fn OpenProcess(access: u32, inherit: Bool, id: u32) -> Handle;
    pub fn ReadFile(
        file: Handle,
        buffer: *mut u8,
        size: u32,
        read: *mut u32,
        overlapped: *mut c_void,
    ) -> Bool;
    pub fn ReleaseMutex(mutex: Handle) -> Bool;
    pub fn RemoveDirectoryW(path: *const u16) -> Bool;
    pub fn SetConsoleCtrlHandler(handler: unsafe extern "system" fn(u32) -> Bool, add: Bool) -> Bool;
    pub fn SetEndOfFile(file: Handle) -> Bool;
    pub fn SetErrorMode(mode: u32) -> u32;
    pub fn SetFileAttributesW(path: *const u16, attributes: u32) -> Bool;
    pub fn SetFilePointerEx(file: Handle, distance: i64, position: *mut i64, method: u32) -> Bool;
    pub fn SetFileTime(
        file: Handle,
        created: *const FileTime,
        accessed: *const FileTime,
        written: *const FileTime,
    ) -> Bool;
    pub fn SetUnhandledExceptionFilter(
        filter: unsafe extern "system" fn(*const ExceptionPointers) -> i32,
    ) -> *const c_void;
    pub fn Sleep(ms: u32);
    pub fn WaitForSingleObject(object: Handle, ms: u32) -> u32;
    pub fn WriteConsoleW(
        console: Handle,
        text: *const u16,
        length: u32,
        written: *mut u32,
        reserved: *mut c_void,
    ) -> Bool;
    pub fn WriteFile(
        file: Handle,
        buffer: *const u8,
        size: u32,
        written: *mut u32,
        overlapped: *mut c_void,
    ) -> Bool;
}
