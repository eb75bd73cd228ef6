//! Programs that must end: asked by the Restart Manager where there is one, then by closing their windows, and ended
//! when they do not.
//!
//! The Restart Manager reaches programs in other sessions, which messages do not ("About Restart Manager" on Microsoft
//! Learn). It is told of processes and not of files, so that nobody who only reads the file is ended.

use alloc::vec::Vec;

use packager_engine::buffer::Buffer;
use packager_engine::system::Result;
use packager_shared::path;

use super::error;
use super::handle::Owned;
use crate::dynamic;
use crate::ffi::{self, Bool, Handle};
use crate::text;

const TH32CS_SNAPPROCESS: u32 = 2;
const TH32CS_SNAPMODULE: u32 = 8;
const PROCESS_TERMINATE: u32 = 1;
const PROCESS_QUERY_INFORMATION: u32 = 0x400;
const PROCESS_QUERY_LIMITED_INFORMATION: u32 = 0x1000;
const WM_CLOSE: u32 = 0x10;
/// How long an ended process may take to be gone, in milliseconds.
const GONE: u32 = 5_000;

/// `PROCESSENTRY32W`
#[repr(C)]
pub struct ProcessEntry {
    size: u32,
    usage: u32,
    id: u32,
    heap: usize,
    module: u32,
    threads: u32,
    parent: u32,
    priority: i32,
    flags: u32,
    name: [u16; 260],
}

/// `MODULEENTRY32W`
#[repr(C)]
pub struct ModuleEntry {
    size: u32,
    id: u32,
    process: u32,
    usage: [u32; 2],
    base: *mut u8,
    length: u32,
    module: Handle,
    name: [u16; 256],
    path: [u16; 260],
}

/// `RM_UNIQUE_PROCESS`
#[repr(C)]
pub struct UniqueProcess {
    id: u32,
    started: ffi::FileTime,
}

struct Process {
    id: u32,
    handle: Owned,
}

impl Process {
    fn waits(&self, ms: u32) -> bool {
        // SAFETY: the process is open.
        unsafe { ffi::WaitForSingleObject(self.handle.get(), ms) != ffi::WAIT_OBJECT_0 }
    }
}

/// Ends the processes of an image. How many there were.
pub fn close(image: &str, within_ms: u32) -> Result<usize> {
    let mut processes = processes_of(image);
    let count = processes.len();
    if count == 0 {
        return Ok(0);
    }
    ask_restart_manager(&processes);
    processes.retain(|process| process.waits(0));
    if processes.is_empty() {
        return Ok(count);
    }
    ask_windows(&processes);
    // SAFETY: takes nothing.
    let start = unsafe { ffi::GetTickCount() };
    for process in &processes {
        // SAFETY: takes nothing.
        let passed = unsafe { ffi::GetTickCount() }.wrapping_sub(start);
        if !process.waits(within_ms.saturating_sub(passed)) {
            continue;
        }
        if let Some(end) = dynamic::TerminateProcess() {
            // SAFETY: the process is open with the right to end it.
            unsafe { end(process.handle.get(), 1) };
        }
        if process.waits(GONE) {
            return Err(error::code(ffi::WAIT_TIMEOUT, "close", image));
        }
    }
    Ok(count)
}

fn processes_of(image: &str) -> Vec<Process> {
    let mut found = Vec::new();
    let wanted = image.rsplit('\\').next().unwrap_or_default();
    let (Some(snapshot), Some(first), Some(next)) =
        (dynamic::CreateToolhelp32Snapshot(), dynamic::Process32FirstW(), dynamic::Process32NextW())
    else {
        return found;
    };
    // SAFETY: takes numbers.
    let Some(snapshot) = Owned::new(unsafe { snapshot(TH32CS_SNAPPROCESS, 0) }) else { return found };
    // SAFETY: all fields are numbers, for which zero is a value.
    let mut entry: ProcessEntry = unsafe { core::mem::zeroed() };
    entry.size = size_of::<ProcessEntry>() as u32;
    // SAFETY: the entry says how long it is.
    let mut more = unsafe { first(snapshot.get(), (&raw mut entry).cast()) };
    while more != 0 {
        if path::same(&text::narrow(&entry.name), wanted)
            && let Some(process) = open(entry.id, image)
        {
            found.push(process);
        }
        // SAFETY: as above.
        more = unsafe { next(snapshot.get(), (&raw mut entry).cast()) };
    }
    found
}

/// Opens a process if it is of this image, and not this one.
fn open(id: u32, image: &str) -> Option<Process> {
    let rights = ffi::SYNCHRONIZE | PROCESS_TERMINATE;
    // SAFETY: takes numbers. XP does not know the smaller right.
    let handle = unsafe {
        Owned::new(ffi::OpenProcess(rights | PROCESS_QUERY_LIMITED_INFORMATION, 0, id))
            .or_else(|| Owned::new(ffi::OpenProcess(rights | PROCESS_QUERY_INFORMATION, 0, id)))
    }?;
    let path = match dynamic::QueryFullProcessImageNameW() {
        Some(query) => {
            let mut buffer = Buffer::<u16>::new(32_768);
            let mut size = buffer.len() as u32;
            // SAFETY: the buffer is as long as is said.
            let done = unsafe { query(handle.get(), 0, buffer.as_mut_ptr(), &mut size) };
            (done != 0).then(|| text::narrow(&buffer))
        }
        None => first_module(id),
    }?;
    let own = super::process::own_path().ok()?;
    (path::same(&path, image) && !path::same(&path, &own)).then_some(Process { id, handle })
}

/// The image of a process on XP.
fn first_module(id: u32) -> Option<alloc::string::String> {
    let (snapshot, first) = (dynamic::CreateToolhelp32Snapshot()?, dynamic::Module32FirstW()?);
    // SAFETY: takes numbers.
    let snapshot = Owned::new(unsafe { snapshot(TH32CS_SNAPMODULE, id) })?;
    // SAFETY: all fields are numbers or pointers, for which zero is a value.
    let mut entry: ModuleEntry = unsafe { core::mem::zeroed() };
    entry.size = size_of::<ModuleEntry>() as u32;
    // SAFETY: the entry says how long it is.
    let done = unsafe { first(snapshot.get(), (&raw mut entry).cast()) };
    (done != 0).then(|| text::narrow(&entry.path))
}

/// From Windows Vista on. What it cannot end is ended otherwise, so nothing it says matters.
fn ask_restart_manager(processes: &[Process]) {
    let (Some(start), Some(register), Some(shut_down), Some(end), Some(times)) = (
        dynamic::RmStartSession(),
        dynamic::RmRegisterResources(),
        dynamic::RmShutdown(),
        dynamic::RmEndSession(),
        dynamic::GetProcessTimes(),
    ) else {
        return;
    };
    let mut unique = Vec::new();
    for process in processes {
        let mut at = [ffi::FileTime::default(); 4];
        let [started, ended, kernel, user] = &mut at;
        // SAFETY: the process is open, the times are ours.
        if unsafe { times(process.handle.get(), started, ended, kernel, user) } != 0 {
            unique.push(UniqueProcess { id: process.id, started: *started });
        }
    }
    let mut session = 0;
    // `CCH_RM_SESSION_KEY` and a zero.
    let mut key = [0u16; 33];
    let none = core::ptr::null;
    // SAFETY: the key is as long as the function wants; the list is as long as is said.
    unsafe {
        if start(&mut session, 0, key.as_mut_ptr()) != 0 {
            return;
        }
        let count = unique.len() as u32;
        if register(session, 0, none(), count, unique.as_ptr().cast(), 0, none()) == 0 {
            shut_down(session, 0, none());
        }
        end(session);
    }
}

/// Asks every top-level window of these processes on this desktop to close.
fn ask_windows(processes: &[Process]) {
    let Some(each) = dynamic::EnumWindows() else { return };
    let ids: Vec<u32> = processes.iter().map(|process| process.id).collect();
    // SAFETY: the list outlives the call that hands it on.
    unsafe { each(ask_window, (&raw const ids) as isize) };
}

unsafe extern "system" fn ask_window(window: Handle, ids: isize) -> Bool {
    // SAFETY: the list that `ask_windows` gave, which waits for this.
    let ids = unsafe { &*(ids as *const Vec<u32>) };
    let mut id = 0;
    if let (Some(owner), Some(post)) = (dynamic::GetWindowThreadProcessId(), dynamic::PostMessageW()) {
        // SAFETY: takes a window and a number of ours.
        unsafe {
            owner(window, &mut id);
            if ids.contains(&id) {
                post(window, WM_CLOSE, 0, 0);
            }
        }
    }
    1
}
