//! Whether there is anybody who could see a window.

use crate::dynamic;

const UOI_FLAGS: i32 = 1;
const WSF_VISIBLE: u32 = 1;

/// `USEROBJECTFLAGS`
#[repr(C)]
#[derive(Default)]
struct Flags {
    inherit: i32,
    reserved: i32,
    flags: u32,
}

/// Whether this process' window station is one that is shown. Services, scheduled tasks and deployment tools run
/// in one that is not: a message box there waits for ever.
pub fn is_visible() -> bool {
    let (Some(station), Some(ask)) =
        (dynamic::GetProcessWindowStation(), dynamic::GetUserObjectInformationW())
    else {
        return false;
    };
    let mut flags = Flags::default();
    let mut needed = 0;
    // SAFETY: the structure is as long as is said; the station's handle is not to be closed.
    unsafe {
        let done = ask(station(), UOI_FLAGS, (&raw mut flags).cast(), size_of::<Flags>() as u32, &mut needed);
        done != 0 && flags.flags & WSF_VISIBLE != 0
    }
}
