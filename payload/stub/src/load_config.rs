//! The load configuration: what the loader reads before the first line of code runs.
//!
//! The linker does not know it; `cargo xtask stubs` finds it by its mark and enters it into the image's header.

/// The first 64 bytes of `IMAGE_LOAD_CONFIG_DIRECTORY32`, all that Windows XP takes (Microsoft Learn, "PE Format",
/// "The Load Configuration Structure").
#[repr(C)]
pub struct LoadConfig {
    size: u32,
    /// Others have the time of their build here; nobody reads it.
    mark: [u8; 4],
    unused: [u32; 11],
    service_pack: u16,
    dependent_load_flags: u16,
    edit_list: u32,
    security_cookie: u32,
}

/// `LOAD_LIBRARY_SEARCH_SYSTEM32`: imported DLLs come from System32 alone (Windows 10 1607 and later; older ones
/// have kernel32 and advapi32, all that is imported, among their known DLLs).
const SYSTEM32_ONLY: u16 = 0x800;

/// The structure of this image.
pub static LOAD_CONFIG: LoadConfig = LoadConfig {
    size: 0x40,
    mark: *b"PKLC",
    unused: [0; 11],
    service_pack: 0,
    dependent_load_flags: SYSTEM32_ONLY,
    edit_list: 0,
    security_cookie: 0,
};
