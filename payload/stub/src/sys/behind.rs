//! Files that are forced to the disk while the run goes on. A disk takes many at once in little more time than one, and
//! a file system writes its journal once for all of them.

use core::ffi::c_void;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicPtr, AtomicU32, AtomicUsize, Ordering};

use packager_engine::system::Result;

use super::error;
use super::files::File;
use crate::ffi;

/// How many are forced at once.
const WORKERS: u32 = 4;
/// How many are open at most.
const ROOM: usize = 64;

/// Handles of files, in a ring; null where there is none.
static FILES: [AtomicPtr<c_void>; ROOM] = [const { AtomicPtr::new(null_mut()) }; ROOM];
/// How many were taken out so far.
static TAKEN: AtomicUsize = AtomicUsize::new(0);
/// Semaphores: how many files wait, and how many more may be given.
static WAITING: AtomicPtr<c_void> = AtomicPtr::new(null_mut());
static FREE: AtomicPtr<c_void> = AtomicPtr::new(null_mut());
/// The first error.
static ERROR: AtomicU32 = AtomicU32::new(0);

/// The side that gives the files: one thread.
#[derive(Default)]
pub struct Behind {
    /// Files so far; nothing before there are threads.
    given: Option<usize>,
}

impl Behind {
    /// Takes a file.
    pub fn give(&mut self, mut file: File) -> Result<()> {
        let Some(given) = self.given.or_else(start) else {
            // Without threads it is forced here and now.
            return file.flush();
        };
        self.given = Some(given.wrapping_add(1));
        let Some(slot) = FILES.get(given % ROOM) else { return file.flush() };
        // SAFETY: both are semaphores that are never closed.
        unsafe {
            ffi::WaitForSingleObject(FREE.load(Ordering::Acquire), ffi::INFINITE);
            // There is room, but perhaps not here: the thread that has this file's number may not have it yet.
            while !slot.load(Ordering::Acquire).is_null() {
                ffi::Sleep(0);
            }
            slot.store(file.release(), Ordering::Release);
            ffi::ReleaseSemaphore(WAITING.load(Ordering::Acquire), 1, null_mut());
        }
        Ok(())
    }

    /// Waits until all are on the disk and closed.
    pub fn settle(&mut self) -> Result<()> {
        if self.given.is_some() {
            let free = FREE.load(Ordering::Acquire);
            // SAFETY: a semaphore that is never closed; what is taken of it is given back.
            unsafe {
                for _ in 0..ROOM {
                    ffi::WaitForSingleObject(free, ffi::INFINITE);
                }
                ffi::ReleaseSemaphore(free, ROOM as i32, null_mut());
            }
        }
        error::status(ERROR.swap(0, Ordering::AcqRel), "flush", "new files")
    }
}

/// Starts the threads. They live as long as the process.
fn start() -> Option<usize> {
    // SAFETY: no names, no security attributes; the threads use nothing but what is above.
    unsafe {
        let waiting = ffi::CreateSemaphoreW(core::ptr::null(), 0, ROOM as i32, core::ptr::null());
        let free = ffi::CreateSemaphoreW(core::ptr::null(), ROOM as i32, ROOM as i32, core::ptr::null());
        if waiting.is_null() || free.is_null() {
            return None;
        }
        WAITING.store(waiting, Ordering::Release);
        FREE.store(free, Ordering::Release);
        let mut some = None;
        for _ in 0..WORKERS {
            let thread = ffi::CreateThread(core::ptr::null(), 0, work, null_mut(), 0, null_mut());
            if !thread.is_null() {
                ffi::CloseHandle(thread);
                some = Some(0);
            }
        }
        some
    }
}

/// Forces one file after the other.
unsafe extern "system" fn work(_: *mut c_void) -> u32 {
    let (waiting, free) = (WAITING.load(Ordering::Acquire), FREE.load(Ordering::Acquire));
    loop {
        // SAFETY: both are semaphores that are never closed; the file is taken out of the ring, so it is ours.
        unsafe {
            ffi::WaitForSingleObject(waiting, ffi::INFINITE);
            let number = TAKEN.fetch_add(1, Ordering::AcqRel);
            if let Some(slot) = FILES.get(number % ROOM) {
                let file = slot.swap(null_mut(), Ordering::AcqRel);
                if ffi::FlushFileBuffers(file) == 0 {
                    let code = ffi::GetLastError().max(1);
                    let _ = ERROR.compare_exchange(0, code, Ordering::AcqRel, Ordering::Acquire);
                }
                ffi::CloseHandle(file);
            }
            ffi::ReleaseSemaphore(free, 1, null_mut());
        }
    }
}
