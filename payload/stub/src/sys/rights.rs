//! Rights of files, directories and registry keys, as SDDL.

use core::ffi::c_void;

use alloc::string::String;

use packager_engine::system::{Result, Securable};

use super::handle::Local;
use super::security::Descriptor;
use super::{error, registry};
use crate::ffi;
use crate::text;

const ALL: u32 =
    ffi::OWNER_SECURITY_INFORMATION | ffi::GROUP_SECURITY_INFORMATION | ffi::DACL_SECURITY_INFORMATION;

/// What somebody has; `None` when it is not there, or its volume knows no rights.
pub fn get(of: &Securable) -> Result<Option<String>> {
    let mut descriptor = core::ptr::null_mut();
    let code = match of {
        Securable::Path(path) => {
            let name = text::wide_path(path);
            let null = core::ptr::null_mut;
            // SAFETY: the path ends with a zero; the descriptor is ours afterwards.
            unsafe {
                let kind = ffi::SE_FILE_OBJECT;
                let (name, result) = (name.as_ptr(), &mut descriptor);
                ffi::GetNamedSecurityInfoW(name, kind, ALL, null(), null(), null(), null(), result)
            }
        }
        Securable::Key(key) => match registry::descriptor(key, ALL, &mut descriptor)? {
            Some(code) => code,
            None => return Ok(None),
        },
    };
    let descriptor = Local(descriptor);
    match code {
        ffi::ERROR_FILE_NOT_FOUND | ffi::ERROR_PATH_NOT_FOUND => return Ok(None),
        ffi::ERROR_INVALID_FUNCTION | ffi::ERROR_NOT_SUPPORTED => return Ok(None),
        code => error::status(code, "read the rights of", of.name())?,
    }
    let mut sddl = core::ptr::null_mut();
    // SAFETY: the descriptor is Windows' own; the text is ours afterwards, and ends with a zero.
    unsafe {
        let done = ffi::ConvertSecurityDescriptorToStringSecurityDescriptorW(
            descriptor.0,
            ffi::SDDL_REVISION_1,
            ALL,
            &mut sddl,
            core::ptr::null_mut(),
        );
        let sddl = Local(sddl.cast::<c_void>());
        error::check(done, "read the rights of", of.name())?;
        Ok(Some(text::from_pointer(sddl.0.cast::<u16>())))
    }
}

/// Sets what the SDDL names. Files and folders below that inherit get their share.
pub fn set(of: &Securable, sddl: &str) -> Result<()> {
    let descriptor = Descriptor::from_sddl(sddl)?;
    let (mut owner, mut group, mut dacl) =
        (core::ptr::null_mut(), core::ptr::null_mut(), core::ptr::null_mut());
    let (mut present, mut defaulted) = (0, 0);
    // SAFETY: the descriptor lives until the end, and the results lie in it.
    unsafe {
        ffi::GetSecurityDescriptorOwner(descriptor.pointer(), &mut owner, &mut defaulted);
        ffi::GetSecurityDescriptorGroup(descriptor.pointer(), &mut group, &mut defaulted);
        ffi::GetSecurityDescriptorDacl(descriptor.pointer(), &mut present, &mut dacl, &mut defaulted);
    }
    let flags = sddl.split_once("D:").map_or("", |(_, list)| list.split('(').next().unwrap_or_default());
    let mut information = ffi::DACL_SECURITY_INFORMATION;
    information |= if flags.contains('P') {
        ffi::PROTECTED_DACL_SECURITY_INFORMATION
    } else {
        ffi::UNPROTECTED_DACL_SECURITY_INFORMATION
    };
    if !owner.is_null() {
        information |= ffi::OWNER_SECURITY_INFORMATION;
    }
    if !group.is_null() {
        information |= ffi::GROUP_SECURITY_INFORMATION;
    }
    let code = match of {
        Securable::Path(path) => {
            let name = text::wide_path(path);
            let sacl = core::ptr::null();
            // SAFETY: the path ends with a zero, the rest lies in the descriptor.
            unsafe {
                let kind = ffi::SE_FILE_OBJECT;
                ffi::SetNamedSecurityInfoW(name.as_ptr(), kind, information, owner, group, dacl, sacl)
            }
        }
        Securable::Key(key) => registry::set_descriptor(key, information, descriptor.pointer())?,
    };
    error::status(code, "set the rights of", of.name())
}
