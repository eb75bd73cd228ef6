//! The imports from Windows. Each must be in `payload/prebuilt/xp-sp2-imports.txt`.

/// A Windows handle.
pub type Handle = *mut core::ffi::c_void;

#[cfg_attr(
    target_arch = "x86",
    link(name = "kernel32", kind = "raw-dylib", import_name_type = "undecorated")
)]
#[cfg_attr(not(target_arch = "x86"), link(name = "kernel32", kind = "raw-dylib"))]
unsafe extern "system" {
    fn ExitProcess(code: u32) -> !;
    fn GetStdHandle(which: u32) -> Handle;
    fn WriteFile(file: Handle, bytes: *const u8, length: u32, written: *mut u32, overlapped: *mut u8) -> i32;
    /// The heap of the process.
    pub fn GetProcessHeap() -> Handle;
    /// Memory of a heap; null when there is none.
    pub fn HeapAlloc(heap: Handle, flags: u32, size: usize) -> *mut u8;
    /// Gives memory back.
    pub fn HeapFree(heap: Handle, flags: u32, block: *mut u8) -> i32;
}

/// Ends the process.
pub fn exit(code: u32) -> ! {
    // SAFETY: takes no pointers.
    unsafe { ExitProcess(code) }
}

/// Writes to the standard output, if there is one.
pub fn write_console(bytes: &[u8]) {
    const STD_OUTPUT_HANDLE: u32 = -11i32 as u32;
    let mut written = 0;
    // SAFETY: `bytes` is valid for its length, `written` for one u32.
    unsafe {
        WriteFile(
            GetStdHandle(STD_OUTPUT_HANDLE),
            bytes.as_ptr(),
            bytes.len() as u32,
            &mut written,
            core::ptr::null_mut(),
        );
    }
}
