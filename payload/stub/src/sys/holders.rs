//! Who holds a file: the Restart Manager knows, from Windows Vista on. XP has none, and Wine's knows nobody.

use alloc::vec::Vec;

use packager_engine::system::Holder;

use crate::dynamic;
use crate::text;

/// More are not named.
const MOST: usize = 16;

/// `RM_PROCESS_INFO`
#[repr(C)]
#[derive(Clone, Copy)]
struct ProcessInfo {
    id: u32,
    started: [u32; 2],
    name: [u16; 256],
    service: [u16; 64],
    kind: u32,
    status: u32,
    session: u32,
    restartable: i32,
}

/// The processes that hold a file; none when nobody can tell.
pub fn of(path: &str) -> Vec<Holder> {
    let mut holders = Vec::new();
    let (Some(start), Some(register), Some(list), Some(end)) = (
        dynamic::RmStartSession(),
        dynamic::RmRegisterResources(),
        dynamic::RmGetList(),
        dynamic::RmEndSession(),
    ) else {
        return holders;
    };
    let mut session = 0;
    // `CCH_RM_SESSION_KEY` and a zero.
    let mut key = [0u16; 33];
    let name = text::wide(path);
    let files = [name.as_ptr()];
    // SAFETY: all fields are numbers, for which zero is a value.
    let mut found: Vec<ProcessInfo> = alloc::vec![unsafe { core::mem::zeroed() }; MOST];
    let (mut needed, mut count, mut reasons) = (0, MOST as u32, 0);
    let none = core::ptr::null;
    // SAFETY: the key is as long as the function wants; the lists are as long as is said.
    unsafe {
        if start(&mut session, 0, key.as_mut_ptr()) != 0 {
            return holders;
        }
        let told = register(session, 1, files.as_ptr().cast(), 0, none(), 0, none()) == 0
            && list(session, &mut needed, &mut count, found.as_mut_ptr().cast(), &mut reasons) == 0;
        end(session);
        if !told {
            return holders;
        }
    }
    for info in found.iter().take(count as usize) {
        holders.push(Holder { name: text::narrow(&info.name), pid: info.id });
    }
    holders
}
