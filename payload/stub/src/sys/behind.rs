//! Files that are forced to the disk while the run goes on. A disk takes many at once in little more time than one, and
//! a file system writes its journal once for all of them.

use core::ffi::c_void;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicPtr, AtomicU32, AtomicUsize, Ordering};

use packager_engine::system::Result;

use super::error;
use super::files::File;
use crate::ffi;

/// How many threads force them.
const WORKERS: u32 = 4;
/// How many a thread takes at a time: waking one for each file would cost more than some files do.
const BATCH: usize = 16;
/// How many batches there are at most, waiting and at work.
const BATCHES: usize = 8;

/// Handles of files, in a ring; null where there is none.
static FILES: [[AtomicPtr<c_void>; BATCH]; BATCHES] =
    [const { [const { AtomicPtr::new(null_mut()) }; BATCH] }; BATCHES];
/// How many batches were taken out so far.
static TAKEN: AtomicUsize = AtomicUsize::new(0);
/// Semaphores: how many batches wait, and how many more may be begun.
static WAITING: AtomicPtr<c_void> = AtomicPtr::new(null_mut());
static FREE: AtomicPtr<c_void> = AtomicPtr::new(null_mut());
/// The first error.
static ERROR: AtomicU32 = AtomicU32::new(0);

/// The side that gives the files: one thread.
#[derive(Default)]
pub struct Behind {
    /// Files so far, as if every batch were full; nothing before there are threads.
    given: Option<usize>,
}

impl Behind {
    /// Takes a file.
    pub fn give(&mut self, mut file: File) -> Result<()> {
        let Some(given) = self.given.or_else(start) else {
            // Without threads it is forced here and now.
            return file.flush();
        };
        let (batch, place) = (given / BATCH, given % BATCH);
        let Some(slot) = FILES.get(batch % BATCHES).and_then(|batch| batch.get(place)) else {
            return file.flush();
        };
        // SAFETY: a semaphore that is never closed.
        unsafe {
            if place == 0 {
                ffi::WaitForSingleObject(FREE.load(Ordering::Acquire), ffi::INFINITE);
            }
            // There is room, but perhaps not here: the thread that has this batch's number may not be through yet.
            while !slot.load(Ordering::Acquire).is_null() {
                ffi::Sleep(0);
            }
        }
        slot.store(file.release(), Ordering::Release);
        self.given = Some(given.wrapping_add(1));
        if place + 1 == BATCH {
            pass_on();
        }
        Ok(())
    }

    /// Waits until all are on the disk and closed.
    pub fn settle(&mut self) -> Result<()> {
        if let Some(given) = self.given {
            if !given.is_multiple_of(BATCH) {
                self.given = Some(given.next_multiple_of(BATCH));
                pass_on();
            }
            let free = FREE.load(Ordering::Acquire);
            // SAFETY: a semaphore that is never closed; what is taken of it is given back.
            unsafe {
                for _ in 0..BATCHES {
                    ffi::WaitForSingleObject(free, ffi::INFINITE);
                }
                ffi::ReleaseSemaphore(free, BATCHES as i32, null_mut());
            }
        }
        error::status(ERROR.swap(0, Ordering::AcqRel), "flush", "new files")
    }
}

/// Lets a thread have the batch that is complete.
fn pass_on() {
    // SAFETY: a semaphore that is never closed.
    unsafe { ffi::ReleaseSemaphore(WAITING.load(Ordering::Acquire), 1, null_mut()) };
}

/// Starts the threads. They live as long as the process.
fn start() -> Option<usize> {
    // SAFETY: no names, no security attributes; the threads use nothing but what is above.
    unsafe {
        let waiting = ffi::CreateSemaphoreW(core::ptr::null(), 0, BATCHES as i32, core::ptr::null());
        let free =
            ffi::CreateSemaphoreW(core::ptr::null(), BATCHES as i32, BATCHES as i32, core::ptr::null());
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

/// Forces one batch after the other.
unsafe extern "system" fn work(_: *mut c_void) -> u32 {
    let (waiting, free) = (WAITING.load(Ordering::Acquire), FREE.load(Ordering::Acquire));
    loop {
        // SAFETY: both are semaphores that are never closed; a file is taken out of the ring, so it is ours.
        unsafe {
            ffi::WaitForSingleObject(waiting, ffi::INFINITE);
            let number = TAKEN.fetch_add(1, Ordering::AcqRel);
            for slot in FILES.get(number % BATCHES).into_iter().flatten() {
                let file = slot.swap(null_mut(), Ordering::AcqRel);
                // The last batch may have fewer.
                if file.is_null() {
                    break;
                }
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
