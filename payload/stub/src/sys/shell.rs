//! Shortcuts, and telling running programs about a new environment.

use core::ffi::c_void;

use packager_engine::system::{Result, Shortcut};

use super::error;
use crate::dynamic::{self, Guid};
use crate::ffi;
use crate::text;

/// `CLSID_ShellLink`
const SHELL_LINK: Guid = Guid(0x0002_1401, 0, 0, [0xc0, 0, 0, 0, 0, 0, 0, 0x46]);
/// `IID_IShellLinkW`
const SHELL_LINK_W: Guid = Guid(0x0002_14f9, 0, 0, [0xc0, 0, 0, 0, 0, 0, 0, 0x46]);
/// `IID_IPersistFile`
const PERSIST_FILE: Guid = Guid(0x0000_010b, 0, 0, [0xc0, 0, 0, 0, 0, 0, 0, 0x46]);
const CLSCTX_INPROC_SERVER: u32 = 1;
const COINIT_APARTMENTTHREADED: u32 = 2;

type QueryInterface = unsafe extern "system" fn(*mut c_void, *const Guid, *mut *mut c_void) -> i32;
type Release = unsafe extern "system" fn(*mut c_void) -> u32;
type SetText = unsafe extern "system" fn(*mut c_void, *const u16) -> i32;
type SetIcon = unsafe extern "system" fn(*mut c_void, *const u16, i32) -> i32;
type Save = unsafe extern "system" fn(*mut c_void, *const u16, i32) -> i32;

/// Places in the tables of functions (shobjidl_core.h, objidl.h).
mod slot {
    pub const QUERY_INTERFACE: usize = 0;
    pub const RELEASE: usize = 2;
    pub const SET_DESCRIPTION: usize = 7;
    pub const SET_WORKING_DIRECTORY: usize = 9;
    pub const SET_ARGUMENTS: usize = 11;
    pub const SET_ICON_LOCATION: usize = 17;
    pub const SET_PATH: usize = 20;
    pub const SAVE: usize = 6;
}

/// A COM interface that is released when dropped.
struct Interface(*mut c_void);

impl Interface {
    /// A function of the interface.
    ///
    /// # Safety
    /// `slot` is in the interface's table and `F` is its type.
    unsafe fn function<F: Copy>(&self, slot: usize) -> F {
        // SAFETY: an interface points to a pointer to its table.
        unsafe {
            let table = *self.0.cast::<*const *const c_void>();
            core::mem::transmute_copy(&*table.add(slot))
        }
    }

    fn set(&self, slot: usize, value: &str) -> i32 {
        let units = text::wide(value);
        // SAFETY: all slots that are given here take one text; it ends with a zero.
        unsafe { self.function::<SetText>(slot)(self.0, units.as_ptr()) }
    }
}

impl Drop for Interface {
    fn drop(&mut self) {
        // SAFETY: the interface is ours.
        unsafe { self.function::<Release>(slot::RELEASE)(self.0) };
    }
}

/// COM is initialised for this thread while this lives.
struct Com(bool);

impl Com {
    fn new() -> Self {
        // SAFETY: takes null and a number. A failure (another model was chosen) leaves COM usable.
        Self(
            dynamic::CoInitializeEx()
                .is_some_and(|begin| unsafe { begin(core::ptr::null_mut(), COINIT_APARTMENTTHREADED) } >= 0),
        )
    }
}

impl Drop for Com {
    fn drop(&mut self) {
        if self.0
            && let Some(end) = dynamic::CoUninitialize()
        {
            // SAFETY: matches the successful call above.
            unsafe { end() };
        }
    }
}

/// Writes a `.lnk` file.
pub fn write_shortcut(path: &str, shortcut: &Shortcut) -> Result<()> {
    let failed = |result: i32| error::code(hresult_code(result), "write shortcut", path);
    let create = dynamic::CoCreateInstance()
        .ok_or_else(|| error::code(ffi::ERROR_PROC_NOT_FOUND, "write shortcut", path))?;
    let _com = Com::new();
    let null = core::ptr::null_mut();
    let (mut link, mut file) = (null, null);
    // SAFETY: the identifiers are this class' and this interface's; `link` takes an interface that is ours.
    let result = unsafe { create(&SHELL_LINK, null, CLSCTX_INPROC_SERVER, &SHELL_LINK_W, &mut link) };
    if result < 0 || link.is_null() {
        return Err(failed(result));
    }
    let link = Interface(link);
    let texts = [
        (slot::SET_PATH, &shortcut.target),
        (slot::SET_ARGUMENTS, &shortcut.arguments),
        (slot::SET_DESCRIPTION, &shortcut.description),
        (slot::SET_WORKING_DIRECTORY, &shortcut.working_dir),
    ];
    for (slot, value) in texts {
        let result = if value.is_empty() { 0 } else { link.set(slot, value) };
        if result < 0 {
            return Err(failed(result));
        }
    }
    if !shortcut.icon.is_empty() {
        let icon = text::wide(&shortcut.icon);
        // SAFETY: the path ends with a zero; the first icon of the file.
        let result = unsafe { link.function::<SetIcon>(slot::SET_ICON_LOCATION)(link.0, icon.as_ptr(), 0) };
        if result < 0 {
            return Err(failed(result));
        }
    }
    // SAFETY: as above. Every shell link is a file.
    let result =
        unsafe { link.function::<QueryInterface>(slot::QUERY_INTERFACE)(link.0, &PERSIST_FILE, &mut file) };
    if result < 0 || file.is_null() {
        return Err(failed(result));
    }
    let file = Interface(file);
    let units = text::wide(path);
    // SAFETY: the path ends with a zero.
    let result = unsafe { file.function::<Save>(slot::SAVE)(file.0, units.as_ptr(), 1) };
    if result < 0 { Err(failed(result)) } else { Ok(()) }
}

/// The Win32 code in an HRESULT of facility 7, else the low half of whatever it is.
fn hresult_code(result: i32) -> u32 {
    result as u32 & 0xffff
}

/// Tells running programs that the environment changed. Who does not answer in a second is not waited for.
pub fn broadcast_environment() {
    const HWND_BROADCAST: usize = 0xffff;
    const WM_SETTINGCHANGE: u32 = 0x1a;
    const SMTO_ABORTIFHUNG: u32 = 2;
    let Some(send) = dynamic::SendMessageTimeoutW() else { return };
    let area = text::wide("Environment");
    let mut answer = 0;
    // SAFETY: the text ends with a zero and outlives the call.
    unsafe {
        send(HWND_BROADCAST as _, WM_SETTINGCHANGE, 0, area.as_ptr(), SMTO_ABORTIFHUNG, 1000, &mut answer)
    };
}
