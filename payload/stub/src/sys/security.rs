//! Who this process is, and security descriptors for what only administrators may touch.

use alloc::string::String;

use packager_engine::system::Result;
use packager_shared::path;

use super::handle::Local;
use super::{error, trust};
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

    /// For a call that changes the rights of something. Valid while this lives.
    pub fn pointer(&self) -> *const core::ffi::c_void {
        self.0.0
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

/// For a directory of administrators and the system alone; for an ordinary user, of the user and them: an elevated
/// run may be somebody else's.
pub fn protected_directory() -> Result<Descriptor> {
    if is_administrator() {
        return Descriptor::from_sddl("O:BAD:PAI(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)");
    }
    let user = trust::user_sid()?;
    Descriptor::from_sddl(&[r"D:PAI(A;OICI;FA;;;", &user, ")(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)"].concat())
}

/// For a registry key with secrets: of administrators and the system alone, or of this user and the system.
pub fn protected_key(of_user: bool) -> Result<Descriptor> {
    if !of_user {
        return Descriptor::from_sddl("O:BAD:PAI(A;CI;KA;;;BA)(A;CI;KA;;;SY)");
    }
    let user = trust::user_sid()?;
    Descriptor::from_sddl(&["O:", &user, "D:PAI(A;CI;KA;;;", &user, ")(A;CI;KA;;;SY)"].concat())
}

/// For a lock: administrators and the system.
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

/// Takes files' own rights away and gives them those that their folders pass on. Windows works them out for the first of
/// a folder; the others there get the same.
pub fn inherit(paths: &[String]) -> Result<()> {
    let mut inherited: Option<Inherited> = None;
    for path in paths {
        let folder = path::parent(path).unwrap_or_default();
        let known = inherited.as_ref().filter(|known| known.folder == folder);
        if known.is_some_and(|known| known.give(path)) {
            continue;
        }
        inherit_alone(path)?;
        inherited = Inherited::by(path, folder);
    }
    Ok(())
}

fn inherit_alone(path: &str) -> Result<()> {
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

/// What a file has that inherited all its rights from its folder.
struct Inherited<'a> {
    folder: &'a str,
    descriptor: Local,
}

impl<'a> Inherited<'a> {
    /// That of a file. `None`: others have to be told in the long way.
    fn by(path: &str, folder: &'a str) -> Option<Self> {
        let name = text::wide_path(path);
        let mut descriptor = core::ptr::null_mut();
        let null = core::ptr::null_mut;
        let (kind, what) = (ffi::SE_FILE_OBJECT, ffi::DACL_SECURITY_INFORMATION);
        // SAFETY: the path ends with a zero; the descriptor is ours afterwards.
        let result = unsafe {
            let (name, result) = (name.as_ptr(), &mut descriptor);
            ffi::GetNamedSecurityInfoW(name, kind, what, null(), null(), null(), null(), result)
        };
        let descriptor = Local(descriptor);
        let (mut control, mut revision) = (0, 0);
        // SAFETY: the descriptor is Windows' own.
        unsafe {
            if result != 0
                || ffi::GetSecurityDescriptorControl(descriptor.0, &mut control, &mut revision) == 0
                || control & (ffi::SE_DACL_PRESENT | ffi::SE_DACL_PROTECTED) != ffi::SE_DACL_PRESENT
            {
                return None;
            }
            // What is inherited stays marked as such only when that is asked for (winnt.h, SE_DACL_AUTO_INHERIT_REQ).
            if control & ffi::SE_DACL_AUTO_INHERITED != 0 {
                let ask = ffi::SE_DACL_AUTO_INHERIT_REQ;
                if ffi::SetSecurityDescriptorControl(descriptor.0, ask, ask) == 0 {
                    return None;
                }
            }
        }
        Some(Self { folder, descriptor })
    }

    /// Gives the same to another file of the folder. Says whether that was done.
    fn give(&self, path: &str) -> bool {
        let name = text::wide_path(path);
        // SAFETY: the path ends with a zero; the descriptor lives as long as this.
        unsafe {
            ffi::SetFileSecurityW(name.as_ptr(), ffi::DACL_SECURITY_INFORMATION, self.descriptor.0) != 0
        }
    }
}
