//! Whether what is found on the disk is of our own making: who owns it, and who else could have changed it.

use alloc::string::String;
use alloc::vec::Vec;
use core::ffi::c_void;

use packager_engine::system::Result;

use super::error;
use super::handle::{Local, Owned};
use crate::ffi::{self, Handle};
use crate::text;

/// Rights that change a directory or what is in it: write, append, extended attributes, delete children, write
/// attributes, delete, write DACL and owner, and the generic ones (Microsoft Learn, "File Access Rights
/// Constants", "Access Mask Format").
const CHANGES: u32 = 0x2 | 0x4 | 0x10 | 0x40 | 0x100 | 0x1_0000 | 0x4_0000 | 0x8_0000 | 0x5000_0000;
const ACCESS_ALLOWED_ACE_TYPE: u8 = 0;
const ACCESS_DENIED_ACE_TYPE: u8 = 1;
/// The entry is for what is made in a directory, and not for the directory.
const INHERIT_ONLY_ACE: u8 = 8;
/// Whoever makes something: in a directory that only we can write into, that is us.
const CREATOR_OWNER: &str = "S-1-3-0";
/// Before Windows Vista they may change what is in `Program Files`, all of it.
const POWER_USERS: &str = "S-1-5-32-547";
/// The service that owns Windows and `Program Files`; it can do what the system can.
const TRUSTED_INSTALLER: &str = "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464";

/// The start of every `ACE` of the two types above.
#[repr(C)]
struct Ace {
    kind: u8,
    flags: u8,
    size: u16,
    mask: u32,
    /// The SID begins here.
    sid: u32,
}

/// `ACL`
#[repr(C)]
struct Acl {
    revision: u8,
    padding: u8,
    size: u16,
    count: u16,
    more_padding: u16,
}

/// Owner and rights of an open file, directory or registry key.
struct Rights {
    owner: *mut c_void,
    dacl: *mut Acl,
    _descriptor: Local,
}

impl Rights {
    fn of(object: Handle, kind: u32, path: &str) -> Result<Self> {
        let (mut owner, mut dacl) = (core::ptr::null_mut(), core::ptr::null_mut());
        let mut descriptor = core::ptr::null_mut();
        // SAFETY: the pointers are ours; owner and list lie in the descriptor, which is freed when dropped.
        let result = unsafe {
            ffi::GetSecurityInfo(
                object,
                kind,
                ffi::OWNER_SECURITY_INFORMATION | ffi::DACL_SECURITY_INFORMATION,
                &mut owner,
                core::ptr::null_mut(),
                &mut dacl,
                core::ptr::null_mut(),
                &mut descriptor,
            )
        };
        let rights = Self { owner, dacl: dacl.cast(), _descriptor: Local(descriptor) };
        error::status(result, "read the rights of", path)?;
        Ok(rights)
    }

    /// Whether nobody but us, and who else is named, has any of these rights. No list at all is leave for everybody.
    fn are_ours(&self, rights: u32, and: Option<&str>) -> bool {
        if self.dacl.is_null() {
            return false;
        }
        // SAFETY: Windows gives a valid list.
        let count = unsafe { (*self.dacl).count };
        (0..u32::from(count)).all(|index| {
            let mut ace: *mut c_void = core::ptr::null_mut();
            // SAFETY: the entry that is given lies in the list, and begins as every entry does.
            unsafe {
                if ffi::GetAce(self.dacl.cast(), index, &mut ace) == 0 {
                    return false;
                }
                let ace = ace.cast::<Ace>();
                match (*ace).kind {
                    ACCESS_DENIED_ACE_TYPE => true,
                    ACCESS_ALLOWED_ACE_TYPE => {
                        let sid: *mut c_void = (&raw mut (*ace).sid).cast();
                        let later = (*ace).flags & INHERIT_ONLY_ACE != 0;
                        (*ace).mask & rights == 0
                            || is_ours(sid)
                            || sid_text(sid).is_ok_and(|text| {
                                later && text == CREATOR_OWNER || and == Some(text.as_str())
                            })
                    }
                    _ => false,
                }
            }
        })
    }
}

/// Whether an open file belongs to administrators, the system, or the account of this run.
pub fn is_owned_by_us(file: Handle, path: &str) -> bool {
    // SAFETY: the owner lies in the descriptor, which lives until the end.
    Rights::of(file, ffi::SE_FILE_OBJECT, path).is_ok_and(|rights| unsafe { is_ours(rights.owner) })
}

/// Whether only we can write into an open directory, and one of us owns it.
pub fn is_ours_to_write(directory: Handle, path: &str, before_vista: bool) -> Result<bool> {
    let rights = Rights::of(directory, ffi::SE_FILE_OBJECT, path)?;
    let and = before_vista.then_some(POWER_USERS);
    // SAFETY: the owner lies in the descriptor, which lives until the end.
    Ok(unsafe { is_ours(rights.owner) } && rights.are_ours(CHANGES, and))
}

/// Whether a registry key is administrators', the system's and this account's alone: nobody else has any right.
pub fn is_ours_alone(key: Handle, path: &str) -> Result<bool> {
    let rights = Rights::of(key, ffi::SE_REGISTRY_KEY, path)?;
    // SAFETY: the owner lies in the descriptor, which lives until the end.
    Ok(unsafe { is_ours(rights.owner) } && rights.are_ours(u32::MAX, None))
}

/// Whether a SID is that of administrators, the system, Windows' installer, or the account of this run.
///
/// # Safety
/// `sid` is null or a valid SID.
unsafe fn is_ours(sid: *mut c_void) -> bool {
    // SAFETY: as the caller promises.
    unsafe {
        !sid.is_null()
            && (ffi::IsWellKnownSid(sid, ffi::WIN_BUILTIN_ADMINISTRATORS_SID) != 0
                || ffi::IsWellKnownSid(sid, ffi::WIN_LOCAL_SYSTEM_SID) != 0
                || sid_text(sid)
                    .is_ok_and(|text| text == TRUSTED_INSTALLER || user_sid().is_ok_and(|user| text == user)))
    }
}

/// What this process' token says of a class (`TOKEN_INFORMATION_CLASS`).
fn of_token(class: u32) -> Result<Vec<u64>> {
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
        ffi::GetTokenInformation(token.get(), class, buffer.as_mut_ptr().cast(), size, &mut needed)
    };
    error::check(done, "read", "the process token")?;
    Ok(buffer)
}

/// Whether User Account Control took this process' rights as an administrator: its token is the limited one of two.
/// Windows before Vista does not know the question.
pub fn is_filtered() -> bool {
    of_token(ffi::TOKEN_ELEVATION_TYPE)
        .is_ok_and(|buffer| buffer.first() == Some(&ffi::TOKEN_ELEVATION_TYPE_LIMITED))
}

/// The SID of the account of this process, as text.
pub fn user_sid() -> Result<String> {
    let buffer = of_token(ffi::TOKEN_USER)?;
    // SAFETY: the buffer starts with a SID_AND_ATTRIBUTES whose SID lies in the buffer.
    unsafe { sid_text((*buffer.as_ptr().cast::<ffi::SidAndAttributes>()).sid) }
}

/// A SID as text.
///
/// # Safety
/// `sid` is a valid SID.
unsafe fn sid_text(sid: *mut c_void) -> Result<String> {
    let mut name = core::ptr::null_mut();
    // SAFETY: as the caller promises; the text ends with a zero and is ours.
    unsafe {
        error::check(ffi::ConvertSidToStringSidW(sid, &mut name), "read", "a SID")?;
        let name = Local(name.cast());
        Ok(text::from_pointer(name.0.cast()))
    }
}
