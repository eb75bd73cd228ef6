//! Imports from advapi32.dll, all of them exported by Windows XP SP2.

use core::ffi::c_void;

use super::types::*;

#[cfg_attr(
    target_arch = "x86",
    link(name = "advapi32", kind = "raw-dylib", import_name_type = "undecorated")
)]
#[cfg_attr(not(target_arch = "x86"), link(name = "advapi32", kind = "raw-dylib"))]
unsafe extern "system" {
    pub fn AllocateAndInitializeSid(
        authority: *const [u8; 6],
        count: u8,
        part0: u32,
        part1: u32,
        part2: u32,
        part3: u32,
        part4: u32,
        part5: u32,
        part6: u32,
        part7: u32,
        sid: *mut *mut c_void,
    ) -> Bool;
    pub fn ChangeServiceConfig2W(service: Handle, level: u32, information: *const c_void) -> Bool;
    pub fn ChangeServiceConfigW(
        service: Handle,
        kind: u32,
        start: u32,
        error_control: u32,
        image_path: *const u16,
        load_order_group: *const u16,
        tag: *mut u32,
        depends: *const u16,
        account: *const u16,
        password: *const u16,
        display: *const u16,
    ) -> Bool;
    pub fn CheckTokenMembership(token: Handle, sid: *mut c_void, member: *mut Bool) -> Bool;
    pub fn CloseServiceHandle(handle: Handle) -> Bool;
    pub fn ControlService(service: Handle, control: u32, status: *mut ServiceStatus) -> Bool;
    pub fn ConvertSidToStringSidW(sid: *mut c_void, text: *mut *mut u16) -> Bool;
    pub fn ConvertSecurityDescriptorToStringSecurityDescriptorW(
        descriptor: *const c_void,
        revision: u32,
        information: u32,
        text: *mut *mut u16,
        length: *mut u32,
    ) -> Bool;
    pub fn ConvertStringSecurityDescriptorToSecurityDescriptorW(
        text: *const u16,
        revision: u32,
        descriptor: *mut *mut c_void,
        size: *mut u32,
    ) -> Bool;
    pub fn CreateServiceW(
        manager: Handle,
        name: *const u16,
        display: *const u16,
        access: u32,
        kind: u32,
        start: u32,
        error_control: u32,
        image_path: *const u16,
        load_order_group: *const u16,
        tag: *mut u32,
        depends: *const u16,
        account: *const u16,
        password: *const u16,
    ) -> Handle;
    pub fn DeleteService(service: Handle) -> Bool;
    pub fn EnumDependentServicesW(
        service: Handle,
        state: u32,
        buffer: *mut c_void,
        size: u32,
        needed: *mut u32,
        count: *mut u32,
    ) -> Bool;
    pub fn FreeSid(sid: *mut c_void) -> *mut c_void;
    pub fn GetAce(list: *mut c_void, index: u32, ace: *mut *mut c_void) -> Bool;
    pub fn GetNamedSecurityInfoW(
        name: *const u16,
        kind: u32,
        information: u32,
        owner: *mut *mut c_void,
        group: *mut *mut c_void,
        dacl: *mut *mut c_void,
        sacl: *mut *mut c_void,
        descriptor: *mut *mut c_void,
    ) -> u32;
    pub fn GetSecurityDescriptorControl(
        descriptor: *const c_void,
        control: *mut u16,
        revision: *mut u32,
    ) -> Bool;
    pub fn GetSecurityDescriptorDacl(
        descriptor: *const c_void,
        present: *mut Bool,
        dacl: *mut *mut c_void,
        defaulted: *mut Bool,
    ) -> Bool;
    pub fn GetSecurityDescriptorGroup(
        descriptor: *const c_void,
        group: *mut *mut c_void,
        defaulted: *mut Bool,
    ) -> Bool;
    pub fn GetSecurityDescriptorOwner(
        descriptor: *const c_void,
        owner: *mut *mut c_void,
        defaulted: *mut Bool,
    ) -> Bool;
    pub fn GetSecurityInfo(
        object: Handle,
        kind: u32,
        information: u32,
        owner: *mut *mut c_void,
        group: *mut *mut c_void,
        dacl: *mut *mut c_void,
        sacl: *mut *mut c_void,
        descriptor: *mut *mut c_void,
    ) -> u32;
    pub fn GetTokenInformation(
        token: Handle,
        class: u32,
        buffer: *mut c_void,
        size: u32,
        needed: *mut u32,
    ) -> Bool;
    pub fn IsWellKnownSid(sid: *mut c_void, kind: u32) -> Bool;
    pub fn OpenProcessToken(process: Handle, access: u32, token: *mut Handle) -> Bool;
    pub fn OpenSCManagerW(machine: *const u16, database: *const u16, access: u32) -> Handle;
    pub fn OpenServiceW(manager: Handle, name: *const u16, access: u32) -> Handle;
    pub fn QueryServiceConfig2W(
        service: Handle,
        level: u32,
        buffer: *mut c_void,
        size: u32,
        needed: *mut u32,
    ) -> Bool;
    pub fn QueryServiceConfigW(service: Handle, buffer: *mut c_void, size: u32, needed: *mut u32) -> Bool;
    pub fn QueryServiceStatus(service: Handle, status: *mut ServiceStatus) -> Bool;
    pub fn QueryServiceStatusEx(
        service: Handle,
        level: u32,
        buffer: *mut c_void,
        size: u32,
        needed: *mut u32,
    ) -> Bool;
    pub fn RegCloseKey(key: Handle) -> u32;
    pub fn RegCreateKeyExW(
        key: Handle,
        path: *const u16,
        reserved: u32,
        class: *const u16,
        options: u32,
        access: u32,
        security: *const SecurityAttributes,
        result: *mut Handle,
        disposition: *mut u32,
    ) -> u32;
    pub fn RegDeleteKeyW(key: Handle, path: *const u16) -> u32;
    pub fn RegDeleteValueW(key: Handle, name: *const u16) -> u32;
    pub fn RegEnumKeyExW(
        key: Handle,
        index: u32,
        name: *mut u16,
        length: *mut u32,
        reserved: *mut u32,
        class: *mut u16,
        class_length: *mut u32,
        written: *mut FileTime,
    ) -> u32;
    pub fn RegEnumValueW(
        key: Handle,
        index: u32,
        name: *mut u16,
        length: *mut u32,
        reserved: *mut u32,
        kind: *mut u32,
        data: *mut u8,
        size: *mut u32,
    ) -> u32;
    pub fn RegFlushKey(key: Handle) -> u32;
    pub fn RegOpenKeyExW(
        key: Handle,
        path: *const u16,
        options: u32,
        access: u32,
        result: *mut Handle,
    ) -> u32;
    pub fn RegQueryInfoKeyW(
        key: Handle,
        class: *mut u16,
        class_length: *mut u32,
        reserved: *mut u32,
        subkeys: *mut u32,
        longest_subkey: *mut u32,
        longest_class: *mut u32,
        values: *mut u32,
        longest_value: *mut u32,
        largest_data: *mut u32,
        descriptor: *mut u32,
        written: *mut FileTime,
    ) -> u32;
    pub fn RegQueryValueExW(
        key: Handle,
        name: *const u16,
        reserved: *mut u32,
        kind: *mut u32,
        data: *mut u8,
        size: *mut u32,
    ) -> u32;
    pub fn RegisterServiceCtrlHandlerExW(
        name: *const u16,
        handler: unsafe extern "system" fn(u32, u32, *mut c_void, *mut c_void) -> u32,
        context: *mut c_void,
    ) -> Handle;
    pub fn RegSetKeySecurity(key: Handle, information: u32, descriptor: *const c_void) -> u32;
    pub fn RegSetValueExW(
        key: Handle,
        name: *const u16,
        reserved: u32,
        kind: u32,
        data: *const u8,
        size: u32,
    ) -> u32;
    pub fn SetFileSecurityW(name: *const u16, information: u32, descriptor: *const c_void) -> Bool;
    pub fn SetNamedSecurityInfoW(
        name: *const u16,
        kind: u32,
        information: u32,
        owner: *const c_void,
        group: *const c_void,
        dacl: *const c_void,
        sacl: *const c_void,
    ) -> u32;
    pub fn SetSecurityDescriptorControl(descriptor: *mut c_void, of: u16, bits: u16) -> Bool;
    pub fn SetServiceStatus(service: Handle, status: *const ServiceStatus) -> Bool;
    pub fn StartServiceCtrlDispatcherW(table: *const ServiceTableEntry) -> Bool;
    pub fn StartServiceW(service: Handle, count: u32, arguments: *const *const u16) -> Bool;
    /// RtlGenRandom, by its only exported name.
    pub fn SystemFunction036(buffer: *mut u8, size: u32) -> u8;
}
