//! Constants, by area.

use super::types::Handle;

// Errors (winerror.h).
pub const ERROR_INVALID_FUNCTION: u32 = 1;
pub const ERROR_FILE_NOT_FOUND: u32 = 2;
pub const ERROR_PATH_NOT_FOUND: u32 = 3;
pub const ERROR_ACCESS_DENIED: u32 = 5;
pub const ERROR_SHARING_VIOLATION: u32 = 32;
pub const ERROR_NO_MORE_FILES: u32 = 18;
pub const ERROR_NOT_SUPPORTED: u32 = 50;
pub const ERROR_INSUFFICIENT_BUFFER: u32 = 122;
pub const ERROR_INVALID_NAME: u32 = 123;
pub const ERROR_PROC_NOT_FOUND: u32 = 127;
pub const ERROR_MORE_DATA: u32 = 234;
pub const ERROR_NO_MORE_ITEMS: u32 = 259;
pub const ERROR_INVALID_DATA: u32 = 13;
pub const ERROR_SERVICE_REQUEST_TIMEOUT: u32 = 1053;
pub const ERROR_SERVICE_ALREADY_RUNNING: u32 = 1056;
pub const ERROR_SERVICE_DOES_NOT_EXIST: u32 = 1060;
pub const ERROR_SERVICE_NOT_ACTIVE: u32 = 1062;
pub const ERROR_SERVICE_MARKED_FOR_DELETE: u32 = 1072;

// Files (winnt.h, fileapi.h, winbase.h).
pub const GENERIC_READ: u32 = 0x8000_0000;
pub const GENERIC_WRITE: u32 = 0x4000_0000;
pub const FILE_WRITE_DATA: u32 = 2;
pub const DELETE: u32 = 0x0001_0000;
pub const READ_CONTROL: u32 = 0x0002_0000;
pub const WRITE_DAC: u32 = 0x0004_0000;
pub const WRITE_OWNER: u32 = 0x0008_0000;
pub const SYNCHRONIZE: u32 = 0x0010_0000;
pub const FILE_APPEND_DATA: u32 = 4;
pub const FILE_READ_ATTRIBUTES: u32 = 0x80;
pub const FILE_SHARE_READ: u32 = 1;
pub const FILE_SHARE_WRITE: u32 = 2;
pub const FILE_SHARE_DELETE: u32 = 4;
pub const CREATE_NEW: u32 = 1;
pub const OPEN_EXISTING: u32 = 3;
pub const OPEN_ALWAYS: u32 = 4;
pub const FILE_ATTRIBUTE_READONLY: u32 = 1;
pub const FILE_ATTRIBUTE_DIRECTORY: u32 = 0x10;
pub const FILE_ATTRIBUTE_NORMAL: u32 = 0x80;
pub const FILE_ATTRIBUTE_REPARSE_POINT: u32 = 0x400;
pub const INVALID_FILE_ATTRIBUTES: u32 = u32::MAX;
pub const FILE_FLAG_OPEN_REPARSE_POINT: u32 = 0x0020_0000;
pub const FILE_FLAG_BACKUP_SEMANTICS: u32 = 0x0200_0000;
pub const FILE_FLAG_DELETE_ON_CLOSE: u32 = 0x0400_0000;
pub const FILE_FLAG_SEQUENTIAL_SCAN: u32 = 0x0800_0000;
pub const FILE_BEGIN: u32 = 0;
pub const MOVEFILE_REPLACE_EXISTING: u32 = 1;
pub const MOVEFILE_DELAY_UNTIL_REBOOT: u32 = 4;
pub const MOVEFILE_WRITE_THROUGH: u32 = 8;
/// The bit of a reparse tag that says: this name stands for another name ([MS-FSCC] 2.1.2.1).
pub const REPARSE_NAME_SURROGATE: u32 = 0x2000_0000;
pub const DRIVE_REMOTE: u32 = 4;

// Processes, waits, errors boxes (winbase.h).
pub const INFINITE: u32 = u32::MAX;
pub const WAIT_OBJECT_0: u32 = 0;
pub const WAIT_ABANDONED: u32 = 0x80;
pub const WAIT_TIMEOUT: u32 = 258;
pub const SEM_FAILCRITICALERRORS: u32 = 1;
pub const SEM_NOGPFAULTERRORBOX: u32 = 2;
pub const SEM_NOOPENFILEERRORBOX: u32 = 0x8000;
pub const STD_OUTPUT_HANDLE: u32 = -11i32 as u32;
pub const LOAD_WITH_ALTERED_SEARCH_PATH: u32 = 8;
pub const LOAD_LIBRARY_SEARCH_SYSTEM32: u32 = 0x800;

// Registry (winreg.h, winnt.h).
pub const HKEY_CLASSES_ROOT: Handle = 0x8000_0000u32 as i32 as isize as Handle;
pub const HKEY_CURRENT_USER: Handle = 0x8000_0001u32 as i32 as isize as Handle;
pub const HKEY_LOCAL_MACHINE: Handle = 0x8000_0002u32 as i32 as isize as Handle;
pub const HKEY_USERS: Handle = 0x8000_0003u32 as i32 as isize as Handle;
pub const KEY_READ: u32 = 0x2_0019;
pub const KEY_WRITE: u32 = 0x2_0006;
pub const KEY_WOW64_64KEY: u32 = 0x100;
pub const KEY_WOW64_32KEY: u32 = 0x200;
pub const REG_CREATED_NEW_KEY: u32 = 1;
pub const REG_OPTION_OPEN_LINK: u32 = 8;
pub const REG_LINK: u32 = 6;

// Services (winsvc.h).
pub const SC_MANAGER_CONNECT: u32 = 1;
pub const SC_MANAGER_CREATE_SERVICE: u32 = 2;
pub const SERVICE_QUERY_CONFIG: u32 = 1;
pub const SERVICE_CHANGE_CONFIG: u32 = 2;
pub const SERVICE_QUERY_STATUS: u32 = 4;
pub const SERVICE_ENUMERATE_DEPENDENTS: u32 = 8;
pub const SERVICE_START: u32 = 0x10;
pub const SERVICE_STOP: u32 = 0x20;
pub const SERVICE_WIN32_OWN_PROCESS: u32 = 0x10;
pub const SERVICE_AUTO_START: u32 = 2;
pub const SERVICE_DEMAND_START: u32 = 3;
pub const SERVICE_DISABLED: u32 = 4;
pub const SERVICE_ERROR_IGNORE: u32 = 0;
pub const SERVICE_ERROR_NORMAL: u32 = 1;
pub const SERVICE_ERROR_CRITICAL: u32 = 3;
pub const SERVICE_CONFIG_DESCRIPTION: u32 = 1;
pub const SERVICE_CONFIG_FAILURE_ACTIONS: u32 = 2;
pub const SERVICE_CONFIG_DELAYED_AUTO_START_INFO: u32 = 3;
pub const SERVICE_CONFIG_FAILURE_ACTIONS_FLAG: u32 = 4;
pub const SERVICE_CONFIG_PRESHUTDOWN_INFO: u32 = 7;
pub const SERVICE_CONTROL_STOP: u32 = 1;
pub const SERVICE_STOPPED: u32 = 1;
pub const SERVICE_START_PENDING: u32 = 2;
pub const SERVICE_STOP_PENDING: u32 = 3;
pub const SERVICE_RUNNING: u32 = 4;
pub const SERVICE_ACTIVE: u32 = 1;
pub const SC_STATUS_PROCESS_INFO: u32 = 0;

// Security (winnt.h, accctrl.h, sddl.h).
pub const TOKEN_QUERY: u32 = 8;
pub const TOKEN_USER: u32 = 1;
pub const TOKEN_ELEVATION_TYPE: u32 = 18;
/// `TokenElevationTypeLimited`, in a buffer of zeros.
pub const TOKEN_ELEVATION_TYPE_LIMITED: u64 = 3;
pub const SDDL_REVISION_1: u32 = 1;
pub const SE_FILE_OBJECT: u32 = 1;
pub const GROUP_SECURITY_INFORMATION: u32 = 2;
pub const SE_REGISTRY_KEY: u32 = 4;
pub const OWNER_SECURITY_INFORMATION: u32 = 1;
pub const DACL_SECURITY_INFORMATION: u32 = 4;
pub const PROTECTED_DACL_SECURITY_INFORMATION: u32 = 0x8000_0000;
pub const UNPROTECTED_DACL_SECURITY_INFORMATION: u32 = 0x2000_0000;
pub const SE_DACL_PRESENT: u16 = 4;
pub const SE_DACL_AUTO_INHERIT_REQ: u16 = 0x100;
pub const SE_DACL_AUTO_INHERITED: u16 = 0x400;
pub const SE_DACL_PROTECTED: u16 = 0x1000;
pub const SECURITY_NT_AUTHORITY: [u8; 6] = [0, 0, 0, 0, 0, 5];
pub const SECURITY_BUILTIN_DOMAIN_RID: u32 = 32;
pub const DOMAIN_ALIAS_RID_ADMINS: u32 = 544;
/// `WinLocalSystemSid`
pub const WIN_LOCAL_SYSTEM_SID: u32 = 22;
/// `WinBuiltinAdministratorsSid`
pub const WIN_BUILTIN_ADMINISTRATORS_SID: u32 = 26;

// Processors (winnt.h).
pub const PROCESSOR_ARCHITECTURE_AMD64: u16 = 9;
pub const PROCESSOR_ARCHITECTURE_ARM64: u16 = 12;
pub const IMAGE_FILE_MACHINE_AMD64: u16 = 0x8664;
pub const IMAGE_FILE_MACHINE_ARM64: u16 = 0xAA64;
/// `VER_NT_WORKSTATION`
pub const VER_NT_WORKSTATION: u8 = 1;
