//! The registry, each key in the view that is asked for.

use alloc::string::String;
use alloc::vec::Vec;

use packager_engine::buffer::Buffer;
use packager_engine::system::{RegValue, Result};
use packager_shared::plan::{Key, Root, View};

use super::{error, security, trust};
use crate::dynamic;
use crate::ffi::{self, Handle};
use crate::text;

/// An open key.
struct Open(Handle);

impl Drop for Open {
    fn drop(&mut self) {
        // SAFETY: the key is ours and open.
        unsafe { ffi::RegCloseKey(self.0) };
    }
}

/// The root's name in errors and the log.
fn describe(key: &Key) -> String {
    let root = match key.root {
        Root::ClassesRoot => r"HKCR\",
        Root::CurrentUser => r"HKCU\",
        Root::LocalMachine => r"HKLM\",
        Root::Users => r"HKU\",
    };
    let view = match key.view {
        View::Bits32 => " (32-bit view)",
        View::Bits64 => " (64-bit view)",
    };
    [root, &key.path, view].concat()
}

fn root(key: &Key) -> Handle {
    match key.root {
        Root::ClassesRoot => ffi::HKEY_CLASSES_ROOT,
        Root::CurrentUser => ffi::HKEY_CURRENT_USER,
        Root::LocalMachine => ffi::HKEY_LOCAL_MACHINE,
        Root::Users => ffi::HKEY_USERS,
    }
}

/// The access flag of a view. 32-bit Windows from XP on ignores it (Microsoft Learn, "Registry Key Security").
fn view(key: &Key) -> u32 {
    match key.view {
        View::Bits32 => ffi::KEY_WOW64_32KEY,
        View::Bits64 => ffi::KEY_WOW64_64KEY,
    }
}

/// Opens a key; `None` when it is absent.
fn open(key: &Key, access: u32) -> Result<Option<Open>> {
    open_path(key, &key.path, access)
}

fn open_path(key: &Key, path: &str, access: u32) -> Result<Option<Open>> {
    let name = text::wide(path);
    let mut result = core::ptr::null_mut();
    // SAFETY: the path ends with a zero, `result` takes a key that is ours.
    let code = unsafe { ffi::RegOpenKeyExW(root(key), name.as_ptr(), 0, access | view(key), &mut result) };
    match code {
        0 => Ok(Some(Open(result))),
        ffi::ERROR_FILE_NOT_FOUND | ffi::ERROR_PATH_NOT_FOUND => Ok(None),
        code => Err(error::code(code, "open key", &describe(key))),
    }
}

/// Opens a key that must be there.
fn open_existing(key: &Key, access: u32) -> Result<Open> {
    open(key, access)?.ok_or_else(|| error::code(ffi::ERROR_FILE_NOT_FOUND, "open key", &describe(key)))
}

pub fn exists(key: &Key) -> Result<bool> {
    Ok(open(key, ffi::KEY_READ)?.is_some())
}

/// Forces the hive of a key to the disk.
pub fn flush(key: &Key) -> Result<()> {
    match open(key, ffi::KEY_READ)? {
        // SAFETY: the key is open.
        Some(opened) => error::status(unsafe { ffi::RegFlushKey(opened.0) }, "flush key", &describe(key)),
        None => Ok(()),
    }
}

/// Creates a key and what is missing above it; the number of components that were new.
pub fn create(key: &Key) -> Result<usize> {
    if exists(key)? {
        return Ok(0);
    }
    let mut new = 0;
    let ends = key.path.match_indices('\\').map(|(at, _)| at).chain([key.path.len()]);
    for end in ends {
        let Some(path) = key.path.get(..end) else { continue };
        if open_path(key, path, ffi::KEY_READ)?.is_some() {
            continue;
        }
        let name = text::wide(path);
        let (mut result, mut disposition) = (core::ptr::null_mut(), 0);
        // SAFETY: the path ends with a zero; both results are ours.
        let code = unsafe {
            ffi::RegCreateKeyExW(
                root(key),
                name.as_ptr(),
                0,
                core::ptr::null(),
                0,
                ffi::KEY_READ | ffi::KEY_WRITE | view(key),
                core::ptr::null(),
                &mut result,
                &mut disposition,
            )
        };
        error::status(code, "create key", &describe(key))?;
        drop(Open(result));
        if disposition == ffi::REG_CREATED_NEW_KEY {
            new += 1;
        }
    }
    Ok(new)
}

/// Makes a key that is administrators' and the system's alone (of HKEY_CURRENT_USER: the user's and the system's), or
/// makes one that exists so. The number of components that were new.
pub fn protect(key: &Key) -> Result<usize> {
    refuse_link(key)?;
    if exists(key)? {
        if is_protected(key)? {
            return Ok(0);
        }
        // Whoever has it open keeps the rights of that moment: an empty one is better made anew.
        if !remove_empty(key)? {
            restrict(key)?;
            return Ok(0);
        }
    }
    let new = match packager_engine::registry::parent(key) {
        Some(parent) => create(&parent)?,
        None => 0,
    };
    let descriptor = security::protected_key(key.root == Root::CurrentUser)?;
    let attributes = descriptor.attributes();
    let name = text::wide(&key.path);
    let (mut result, mut disposition) = (core::ptr::null_mut(), 0);
    // SAFETY: the path ends with a zero, the descriptor lives until the end; both results are ours.
    let code = unsafe {
        ffi::RegCreateKeyExW(
            root(key),
            name.as_ptr(),
            0,
            core::ptr::null(),
            0,
            ffi::KEY_READ | ffi::KEY_WRITE | view(key),
            &attributes,
            &mut result,
            &mut disposition,
        )
    };
    error::status(code, "create protected key", &describe(key))?;
    drop(Open(result));
    if disposition != ffi::REG_CREATED_NEW_KEY {
        // Somebody was faster, and the rights are not ours.
        return Err(error::code(ffi::ERROR_ACCESS_DENIED, "create protected key", &describe(key)));
    }
    // Wine makes the key and passes over the rights.
    if !is_protected(key)? {
        restrict(key)?;
    }
    Ok(new + 1)
}

/// Takes the rights of all others away from a key that exists.
fn restrict(key: &Key) -> Result<()> {
    let descriptor = security::protected_key(key.root == Root::CurrentUser)?;
    let information = ffi::OWNER_SECURITY_INFORMATION
        | ffi::DACL_SECURITY_INFORMATION
        | ffi::PROTECTED_DACL_SECURITY_INFORMATION;
    let opened = open_existing(key, ffi::READ_CONTROL | ffi::WRITE_DAC | ffi::WRITE_OWNER)?;
    // SAFETY: the key is open, the descriptor lives until the end.
    let code = unsafe { ffi::RegSetKeySecurity(opened.0, information, descriptor.pointer()) };
    error::status(code, "protect key", &describe(key))
}

/// A link would take what is written to another key, with other rights (Microsoft Learn, "RegCreateKeyExW",
/// REG_OPTION_CREATE_LINK).
fn refuse_link(key: &Key) -> Result<()> {
    let name = text::wide(&key.path);
    let mut result = core::ptr::null_mut();
    // SAFETY: the path ends with a zero, `result` takes a key that is ours.
    let code = unsafe {
        let access = ffi::KEY_READ | view(key);
        ffi::RegOpenKeyExW(root(key), name.as_ptr(), ffi::REG_OPTION_OPEN_LINK, access, &mut result)
    };
    if code != 0 {
        // It is not there, or the next call says what is wrong.
        return Ok(());
    }
    let opened = Open(result);
    let (value, mut kind) = (text::wide("SymbolicLinkValue"), 0);
    let null = core::ptr::null_mut();
    // SAFETY: the name ends with a zero; what is not asked for is null.
    let code = unsafe { ffi::RegQueryValueExW(opened.0, value.as_ptr(), null, &mut kind, null.cast(), null) };
    if code == 0 && kind == ffi::REG_LINK {
        return Err(error::code(ffi::ERROR_ACCESS_DENIED, "use a key that is a link", &describe(key)));
    }
    Ok(())
}

/// Whether [`protect`] would change nothing.
pub fn is_protected(key: &Key) -> Result<bool> {
    match open(key, ffi::READ_CONTROL)? {
        Some(opened) => trust::is_ours_alone(opened.0, &describe(key)),
        None => Ok(false),
    }
}

/// A key's security descriptor, and the error code of asking for it; `None`: there is no such key.
pub fn descriptor(key: &Key, information: u32, result: &mut *mut core::ffi::c_void) -> Result<Option<u32>> {
    let Some(opened) = open(key, ffi::READ_CONTROL)? else { return Ok(None) };
    let null = core::ptr::null_mut;
    // SAFETY: the key is open; the descriptor becomes the caller's.
    Ok(Some(unsafe {
        ffi::GetSecurityInfo(
            opened.0,
            ffi::SE_REGISTRY_KEY,
            information,
            null(),
            null(),
            null(),
            null(),
            result,
        )
    }))
}

/// Sets parts of a key's security descriptor; the error code of that.
pub fn set_descriptor(key: &Key, information: u32, descriptor: *const core::ffi::c_void) -> Result<u32> {
    let owner = ffi::OWNER_SECURITY_INFORMATION | ffi::GROUP_SECURITY_INFORMATION;
    let more = if information & owner != 0 { ffi::WRITE_OWNER } else { 0 };
    let opened = open_existing(key, ffi::READ_CONTROL | ffi::WRITE_DAC | more)?;
    // SAFETY: the key is open, the caller's descriptor lives until the end.
    Ok(unsafe { ffi::RegSetKeySecurity(opened.0, information, descriptor) })
}

/// Deletes a key that has neither values nor sub-keys.
pub fn remove_empty(key: &Key) -> Result<bool> {
    let Some(opened) = open(key, ffi::KEY_READ)? else { return Ok(false) };
    let (mut subkeys, mut values) = (0, 0);
    let null = core::ptr::null_mut::<u32>;
    // SAFETY: the key is open; what is not asked for is null.
    let code = unsafe {
        ffi::RegQueryInfoKeyW(
            opened.0,
            core::ptr::null_mut(),
            null(),
            null(),
            &mut subkeys,
            null(),
            null(),
            &mut values,
            null(),
            null(),
            null(),
            core::ptr::null_mut(),
        )
    };
    error::status(code, "look at key", &describe(key))?;
    drop(opened);
    if subkeys != 0 || values != 0 {
        return Ok(false);
    }
    let name = text::wide(&key.path);
    // SAFETY: the path ends with a zero. RegDeleteKeyW knows no views; Windows without RegDeleteKeyExW has one view.
    let code = unsafe {
        match dynamic::RegDeleteKeyExW() {
            Some(delete) => delete(root(key), name.as_ptr(), view(key), 0),
            None => ffi::RegDeleteKeyW(root(key), name.as_ptr()),
        }
    };
    error::status(code, "delete key", &describe(key))?;
    Ok(true)
}

/// Longest key name 255 units, longest value name 16,383 (Microsoft Learn, "Registry Element Size Limits").
const LONGEST_NAME: usize = 16_384;

pub fn subkeys(key: &Key) -> Result<Vec<String>> {
    names(key, |opened, index, buffer, length| {
        let null = core::ptr::null_mut();
        // SAFETY: the buffer is as long as is said; what is not asked for is null.
        unsafe {
            ffi::RegEnumKeyExW(opened, index, buffer, length, null, null.cast(), null, core::ptr::null_mut())
        }
    })
}

pub fn values(key: &Key) -> Result<Vec<String>> {
    names(key, |opened, index, buffer, length| {
        let null = core::ptr::null_mut();
        // SAFETY: as above.
        unsafe { ffi::RegEnumValueW(opened, index, buffer, length, null, null, null.cast(), null) }
    })
}

fn names(key: &Key, next: impl Fn(Handle, u32, *mut u16, *mut u32) -> u32) -> Result<Vec<String>> {
    let mut names = Vec::new();
    let Some(opened) = open(key, ffi::KEY_READ)? else { return Ok(names) };
    let mut buffer = Buffer::<u16>::new(LONGEST_NAME);
    for index in 0.. {
        let mut length = LONGEST_NAME as u32;
        match next(opened.0, index, buffer.as_mut_ptr(), &mut length) {
            0 => names.push(text::narrow(buffer.get(..length as usize).unwrap_or_default())),
            ffi::ERROR_NO_MORE_ITEMS => break,
            code => return Err(error::code(code, "list key", &describe(key))),
        }
    }
    Ok(names)
}

pub fn get(key: &Key, name: &str) -> Result<Option<RegValue>> {
    let Some(opened) = open(key, ffi::KEY_READ)? else { return Ok(None) };
    let units = text::wide(name);
    let mut bytes: Vec<u8> = alloc::vec![0; 512];
    loop {
        let (mut kind, mut size) = (0, bytes.len() as u32);
        // SAFETY: the name ends with a zero, the buffer is as long as is said.
        let code = unsafe {
            ffi::RegQueryValueExW(
                opened.0,
                units.as_ptr(),
                core::ptr::null_mut(),
                &mut kind,
                bytes.as_mut_ptr(),
                &mut size,
            )
        };
        match code {
            0 => {
                bytes.truncate(size as usize);
                return Ok(Some(RegValue { kind, bytes }));
            }
            ffi::ERROR_MORE_DATA if size as usize > bytes.len() => bytes.resize(size as usize, 0),
            ffi::ERROR_FILE_NOT_FOUND => return Ok(None),
            code => return Err(error::code(code, "read value", &[&describe(key), " ", name].concat())),
        }
    }
}

pub fn set(key: &Key, name: &str, value: &RegValue) -> Result<()> {
    let opened = open_existing(key, ffi::KEY_READ | ffi::KEY_WRITE)?;
    let units = text::wide(name);
    let size = u32::try_from(value.bytes.len())
        .map_err(|_| error::code(ffi::ERROR_INVALID_DATA, "write value", &describe(key)))?;
    // Windows looks at the address also when there is nothing there.
    let bytes = if value.bytes.is_empty() { &[0u8; 2] } else { value.bytes.as_slice() };
    // SAFETY: the name ends with a zero, the bytes are at least as many as is said.
    let code = unsafe { ffi::RegSetValueExW(opened.0, units.as_ptr(), 0, value.kind, bytes.as_ptr(), size) };
    if code != 0 {
        return Err(error::code(code, "write value", &[&describe(key), " ", name].concat()));
    }
    Ok(())
}

pub fn remove(key: &Key, name: &str) -> Result<bool> {
    let Some(opened) = open(key, ffi::KEY_READ | ffi::KEY_WRITE)? else { return Ok(false) };
    let units = text::wide(name);
    // SAFETY: the name ends with a zero.
    match unsafe { ffi::RegDeleteValueW(opened.0, units.as_ptr()) } {
        0 => Ok(true),
        ffi::ERROR_FILE_NOT_FOUND => Ok(false),
        code => Err(error::code(code, "delete value", &[&describe(key), " ", name].concat())),
    }
}
