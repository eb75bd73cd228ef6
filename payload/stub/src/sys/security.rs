//! Who this process is, and security descriptors for what only administrators may touch.

use alloc::string::String;
use alloc::vec::Vec;
use core::ffi::c_void;

use packager_engine::system::Result;

use super::error;
use super::handle::{Local, Owned};
use crate::ffi::{self, SecurityAttributes};
use crate::text;

/// A self-relative security descriptor.
pub struct Descriptor(Local);

impl Descriptor {
    /// From SDDL (Microsoft Learn, "Security Descriptor String Format").
    pub fn from_sddl(sddl: &str) -> Result<Self> {
        let units = text::wide(sddl);
        let mut descriptor = core::ptr::null_mut();
        // SAFETY: the text ends with a zero; the descriptor is ours afterwards.
        let done = unsafe {
            ffi::ConvertStringSecurityDescriptorToSecurityDescriptorW(
                units.as_ptr(),
                ffi::SDDL_REVISION_1,
                &mut descriptor,
                core::ptr::null_mut(),
            )
        };
        error::check(done, "read security descriptor", sddl)?;
        Ok(Self(Local(descriptor)))
    }

    /// For a call that creates something. Valid while this lives.
    pub fn attributes(&self) -> SecurityAttributes {
        SecurityAttributes {
            length: size_of::<SecurityAttributes>() as u32,
            descriptor: self.0.0,
            inherit: 0,
        }
    }
}

/// For a directory of administrators and the system alone; for an ordinary user, of the user and the system.
pub fn protected_directory() -> Result<Descriptor> {
    if is_administrator() {
        return Descriptor::from_sddl("O:BAD:PAI(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)");
    }
    let user = user_sid()?;
    Descriptor::from_sddl(&[r"D:PAI(A;OICI;FA;;;", &user, ")(A;OICI;FA;;;SY)"].concat())
}

/// For a mutex: administrators and the system.
pub fn administrators_only() -> Result<Descriptor> {
    Descriptor::from_sddl("O:BAD:P(A;;GA;;;BA)(A;;GA;;;SY)")
}

/// Whether Administrators is enabled in this process' token (not so with UAC's filtered one). LocalSystem has it.
pub fn is_administrator() -> bool {
    let mut sid = core::ptr::null_mut();
    let mut member = 0;
    // SAFETY: the SID is freed after its use; null means the token of this thread or process.
    unsafe {
        let made = ffi::AllocateAndInitializeSid(
            &ffi::SECURITY_NT_AUTHORITY,
            2,
            ffi::SECURITY_BUILTIN_DOMAIN_RID,
            ffi::DOMAIN_ALIAS_RID_ADMINS,
            0,
            0,
            0,
            0,
            0,
            0,
            &mut sid,
        );
        if made == 0 {
            return false;
        }
        let asked = ffi::CheckTokenMembership(core::ptr::null_mut(), sid, &mut member);
        ffi::FreeSid(sid);
        asked != 0 && member != 0
    }
}

/// The SID of the user of this process, as text.
fn user_sid() -> Result<String> {
    let mut token = core::ptr::null_mut();
    // SAFETY: `token` takes a handle that is ours.
    let opened = unsafe { ffi::OpenProcessToken(ffi::GetCurrentProcess(), ffi::TOKEN_QUERY, &mut token) };
    error::check(opened, "open", "the process token")?;
    let Some(token) = Owned::new(token) else { return Err(error::last("open", "the process token")) };
    // A TOKEN_USER with the longest SID takes 68 + 16 bytes; u64 for its alignment.
    let mut buffer: Vec<u64> = alloc::vec![0; 32];
    let size = (buffer.len() * 8) as u32;
    let mut needed = 0;
    // SAFETY: the buffer holds `size` bytes.
    let done = unsafe {
        ffi::GetTokenInformation(token.get(), ffi::TOKEN_USER, buffer.as_mut_ptr().cast(), size, &mut needed)
    };
    error::check(done, "read", "the process token")?;
    let mut sid = core::ptr::null_mut();
    // SAFETY: the buffer starts with a SID_AND_ATTRIBUTES whose SID lies in the buffer.
    let done = unsafe {
        let user = &*buffer.as_ptr().cast::<ffi::SidAndAttributes>();
        ffi::ConvertSidToStringSidW(user.sid, &mut sid)
    };
    error::check(done, "read", "the user's SID")?;
    let sid = Local(sid.cast());
    // SAFETY: Windows ends the text with a zero.
    Ok(unsafe { text::from_pointer(sid.0.cast()) })
}

/// Takes a file's own rights away and gives it those that its folder passes on.
pub fn inherit(path: &str) -> Result<()> {
    /// `ACL_REVISION`, a padding byte, the size and no entries: an `ACL` that says nothing.
    static EMPTY: [u16; 4] = [2, 8, 0, 0];
    let name = text::wide_path(path);
    // SAFETY: the path ends with a zero, the list is as long as it says.
    let result = unsafe {
        ffi::SetNamedSecurityInfoW(
            name.as_ptr(),
            ffi::SE_FILE_OBJECT,
            ffi::DACL_SECURITY_INFORMATION | ffi::UNPROTECTED_DACL_SECURITY_INFORMATION,
            core::ptr::null(),
            core::ptr::null(),
            EMPTY.as_ptr().cast(),
            core::ptr::null(),
        )
    };
    match result {
        // FAT and some servers know no rights.
        ffi::ERROR_INVALID_FUNCTION | ffi::ERROR_NOT_SUPPORTED => Ok(()),
        result => error::status(result, "set rights", path),
    }
}

/// Whether an open file belongs to administrators or the system, or to the user this process runs as.
pub fn is_owned_by_us(file: ffi::Handle) -> bool {
    let mut owner: *mut c_void = core::ptr::null_mut();
    let mut descriptor = core::ptr::null_mut();
    // SAFETY: the pointers are ours; the descriptor is freed when dropped, the owner lies in it.
    unsafe {
        let result = ffi::GetSecurityInfo(
            file,
            ffi::SE_FILE_OBJECT,
            ffi::OWNER_SECURITY_INFORMATION,
            &mut owner,
            core::ptr::null_mut(),
            core::ptr::null_mut(),
            core::ptr::null_mut(),
            &mut descriptor,
        );
        let _descriptor = Local(descriptor);
        if result != 0 || owner.is_null() {
            return false;
        }
        is_ours(owner)
    }
}

/// Whether a SID is that of administrators, the system, or the user this process runs as.
///
/// # Safety
/// `sid` points to a SID.
unsafe fn is_ours(sid: *mut c_void) -> bool {
    // SAFETY: the caller's word; the text is freed when dropped.
    unsafe {
        if ffi::IsWellKnownSid(sid, ffi::WIN_BUILTIN_ADMINISTRATORS_SID) != 0
            || ffi::IsWellKnownSid(sid, ffi::WIN_LOCAL_SYSTEM_SID) != 0
        {
            return true;
        }
        let mut name = core::ptr::null_mut();
        if ffi::ConvertSidToStringSidW(sid, &mut name) == 0 {
            return false;
        }
        let name = Local(name.cast());
        user_sid().is_ok_and(|user| user == text::from_pointer(name.0.cast()))
    }
}

/// All rights that change a directory, what is in it or its rights: FILE_WRITE_DATA, FILE_APPEND_DATA,
/// FILE_WRITE_EA, FILE_DELETE_CHILD, FILE_WRITE_ATTRIBUTES, DELETE, WRITE_DAC, WRITE_OWNER, MAXIMUM_ALLOWED,
/// GENERIC_ALL, GENERIC_WRITE (winnt.h).
const WRITE_RIGHTS: u32 = 0x520d_0156;

/// Whether an open directory belongs to administrators, the system or this user, and nobody else can write there.
pub fn is_protected(directory: ffi::Handle) -> bool {
    let mut owner: *mut c_void = core::ptr::null_mut();
    let mut dacl: *mut c_void = core::ptr::null_mut();
    let mut descriptor = core::ptr::null_mut();
    // SAFETY: the pointers are ours; the descriptor is freed when dropped, owner and DACL lie in it. An ACE starts
    // with type (u8), flags (u8) and size (u16); those of type 0 and 1 go on with mask (u32) and SID.
    unsafe {
        let result = ffi::GetSecurityInfo(
            directory,
            ffi::SE_FILE_OBJECT,
            ffi::OWNER_SECURITY_INFORMATION | ffi::DACL_SECURITY_INFORMATION,
            &mut owner,
            core::ptr::null_mut(),
            &mut dacl,
            core::ptr::null_mut(),
            &mut descriptor,
        );
        let _descriptor = Local(descriptor);
        // Without a DACL everybody may do everything.
        if result != 0 || owner.is_null() || dacl.is_null() || !is_ours(owner) {
            return false;
        }
        let mut place = 0;
        let mut ace = core::ptr::null_mut();
        while ffi::GetAce(dacl, place, &mut ace) != 0 {
            place += 1;
            match ace.cast::<u8>().read() {
                // ACCESS_ALLOWED_ACE_TYPE
                0 => {
                    let mask = ace.cast::<u32>().add(1).read();
                    if mask & WRITE_RIGHTS != 0 && !is_ours(ace.cast::<u32>().add(2).cast()) {
                        return false;
                    }
                }
                // ACCESS_DENIED_ACE_TYPE
                1 => {}
                _ => return false,
            }
        }
        true
    }
}
