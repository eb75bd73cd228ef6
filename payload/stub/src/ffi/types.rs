//! Handles and structures.

use core::ffi::c_void;

/// A `HANDLE`, or any of the opaque handles (`HKEY`, `SC_HANDLE`, `HMODULE`, …).
pub type Handle = *mut c_void;

/// `INVALID_HANDLE_VALUE`.
pub const INVALID_HANDLE: Handle = -1isize as Handle;

/// A Win32 `BOOL`.
pub type Bool = i32;

/// `SECURITY_ATTRIBUTES`
#[repr(C)]
pub struct SecurityAttributes {
    pub length: u32,
    pub descriptor: *mut c_void,
    pub inherit: Bool,
}

/// `FILETIME`
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct FileTime {
    pub low: u32,
    pub high: u32,
}

impl FileTime {
    /// From 100 ns units since 1601.
    pub fn new(time: u64) -> Self {
        Self { low: time as u32, high: (time >> 32) as u32 }
    }

    /// In 100 ns units since 1601.
    pub fn get(self) -> u64 {
        u64::from(self.high) << 32 | u64::from(self.low)
    }
}

/// `SYSTEMTIME`
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct SystemTime {
    pub year: u16,
    pub month: u16,
    pub weekday: u16,
    pub day: u16,
    pub hour: u16,
    pub minute: u16,
    pub second: u16,
    pub milliseconds: u16,
}

/// `WIN32_FILE_ATTRIBUTE_DATA`
#[repr(C)]
#[derive(Default)]
pub struct FileAttributeData {
    pub attributes: u32,
    pub created: FileTime,
    pub accessed: FileTime,
    pub written: FileTime,
    pub size_high: u32,
    pub size_low: u32,
}

/// `WIN32_FIND_DATAW`
#[repr(C)]
pub struct FindData {
    pub attributes: u32,
    pub created: FileTime,
    pub accessed: FileTime,
    pub written: FileTime,
    pub size_high: u32,
    pub size_low: u32,
    /// The reparse tag, when the attributes say that there is one.
    pub reserved0: u32,
    pub reserved1: u32,
    pub name: [u16; 260],
    pub short_name: [u16; 14],
}

/// `BY_HANDLE_FILE_INFORMATION`
#[repr(C)]
#[derive(Default)]
pub struct FileInformation {
    pub attributes: u32,
    pub created: FileTime,
    pub accessed: FileTime,
    pub written: FileTime,
    pub volume: u32,
    pub size_high: u32,
    pub size_low: u32,
    pub links: u32,
    pub index_high: u32,
    pub index_low: u32,
}

/// `STARTUPINFOW`
#[repr(C)]
pub struct StartupInfo {
    pub size: u32,
    pub reserved: *mut u16,
    pub desktop: *mut u16,
    pub title: *mut u16,
    pub rectangle: [u32; 4],
    pub chars: [u32; 2],
    pub fill: u32,
    pub flags: u32,
    pub show: u16,
    pub reserved2_size: u16,
    pub reserved2: *mut u8,
    pub standard: [Handle; 3],
}

/// `PROCESS_INFORMATION`
#[repr(C)]
pub struct ProcessInformation {
    pub process: Handle,
    pub thread: Handle,
    pub process_id: u32,
    pub thread_id: u32,
}

/// `SYSTEM_INFO`
#[repr(C)]
pub struct SystemInfo {
    pub architecture: u16,
    pub reserved: u16,
    pub page_size: u32,
    pub minimum_address: *mut c_void,
    pub maximum_address: *mut c_void,
    pub processor_mask: usize,
    pub processors: u32,
    pub processor_type: u32,
    pub granularity: u32,
    pub level: u16,
    pub revision: u16,
}

/// `OSVERSIONINFOEXW`
#[repr(C)]
pub struct VersionInfo {
    pub size: u32,
    pub major: u32,
    pub minor: u32,
    pub build: u32,
    pub platform: u32,
    pub service_pack_text: [u16; 128],
    pub service_pack: [u16; 2],
    pub suites: u16,
    pub product_type: u8,
    pub reserved: u8,
}

/// `SERVICE_STATUS`
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct ServiceStatus {
    pub kind: u32,
    pub state: u32,
    pub accepted: u32,
    pub exit_code: u32,
    pub specific_exit_code: u32,
    pub check_point: u32,
    pub wait_hint: u32,
}

/// `SERVICE_TABLE_ENTRYW`
#[repr(C)]
pub struct ServiceTableEntry {
    pub name: *const u16,
    pub main: Option<unsafe extern "system" fn(u32, *const *const u16)>,
}

/// `SERVICE_STATUS_PROCESS`
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct ServiceStatusProcess {
    pub status: ServiceStatus,
    pub process_id: u32,
    pub flags: u32,
}

/// `QUERY_SERVICE_CONFIGW`
#[repr(C)]
pub struct QueryServiceConfig {
    pub kind: u32,
    pub start: u32,
    pub error_control: u32,
    pub image_path: *const u16,
    pub load_order_group: *const u16,
    pub tag: u32,
    pub depends: *const u16,
    pub account: *const u16,
    pub display: *const u16,
}

/// `ENUM_SERVICE_STATUSW`
#[repr(C)]
pub struct EnumServiceStatus {
    pub name: *const u16,
    pub display: *const u16,
    pub status: ServiceStatus,
}

/// `SID_AND_ATTRIBUTES`, which is also all of a `TOKEN_USER`.
#[repr(C)]
pub struct SidAndAttributes {
    pub sid: *mut c_void,
    pub attributes: u32,
}

/// `EXCEPTION_POINTERS`
#[repr(C)]
pub struct ExceptionPointers {
    pub record: *const ExceptionRecord,
    pub context: *const c_void,
}

/// The start of `EXCEPTION_RECORD`.
#[repr(C)]
pub struct ExceptionRecord {
    pub code: u32,
    pub flags: u32,
    pub next: *const ExceptionRecord,
    pub address: *const c_void,
}

/// `SERVICE_FAILURE_ACTIONSW`
#[repr(C)]
pub struct ServiceFailureActions {
    pub reset_period: u32,
    pub reboot_message: *const u16,
    pub command: *const u16,
    pub count: u32,
    pub actions: *const ServiceAction,
}

/// `SC_ACTION`
#[repr(C)]
pub struct ServiceAction {
    pub kind: u32,
    pub delay: u32,
}
