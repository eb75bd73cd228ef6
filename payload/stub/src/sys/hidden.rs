//! Programs without a window: what they print goes to the log, and they get so much time and no more.
//!
//! A program and its children are in one job ("Job Objects" on Microsoft Learn), so that all of them are ended when
//! the time is over. A child that lives on after its parent is left alone, and nobody waits for the handles it has.

use alloc::string::String;
use alloc::vec::Vec;

use packager_engine::system::{ExitCode, Result};

use super::handle::Owned;
use super::{Win32, error, log};
use crate::dynamic;
use crate::ffi::{self, Handle, SecurityAttributes};

const CREATE_SUSPENDED: u32 = 4;
const CREATE_NO_WINDOW: u32 = 0x0800_0000;
const HANDLE_FLAG_INHERIT: u32 = 1;
/// `ERROR_TIMEOUT`
const TIMED_OUT: u32 = 1460;
/// More output than this is dropped, in bytes.
const MOST: usize = 16 << 10;
/// How often the pipe is emptied, in milliseconds: a program that fills it would wait.
const TURN: u32 = 50;
/// How long an ended process may take to be gone, in milliseconds.
const GONE: u32 = 5_000;

/// The two ends of a pipe for standard output and error of a child.
struct Output {
    read: Owned,
    write: Owned,
    taken: Vec<u8>,
}

impl Output {
    /// `None` where there is none: the program prints to nowhere then.
    fn new() -> Option<Self> {
        let security = SecurityAttributes {
            length: size_of::<SecurityAttributes>() as u32,
            descriptor: core::ptr::null_mut(),
            inherit: 1,
        };
        let (mut read, mut write): (Handle, Handle) = (core::ptr::null_mut(), core::ptr::null_mut());
        let create = dynamic::CreatePipe()?;
        // SAFETY: the pointers are valid for the call.
        let made = unsafe { create(&mut read, &mut write, (&raw const security).cast(), 0) };
        if made == 0 {
            return None;
        }
        let output = Self { read: Owned::new(read)?, write: Owned::new(write)?, taken: Vec::new() };
        keep(output.read.get());
        Some(output)
    }

    /// Takes what there is, without waiting for more.
    fn drain(&mut self) {
        let Some(peek) = dynamic::PeekNamedPipe() else { return };
        let mut buffer = [0u8; 4096];
        loop {
            let (mut there, mut count) = (0, 0);
            let none = core::ptr::null_mut();
            // SAFETY: the pointers are valid for the call; null for what is not asked.
            let asked = unsafe {
                peek(self.read.get(), none, 0, core::ptr::null_mut(), &mut there, core::ptr::null_mut())
            };
            if asked == 0 || there == 0 {
                return;
            }
            // SAFETY: the buffer is as long as is said.
            let done = unsafe {
                let size = buffer.len() as u32;
                ffi::ReadFile(self.read.get(), buffer.as_mut_ptr(), size, &mut count, core::ptr::null_mut())
            };
            let piece = buffer.get(..count as usize).unwrap_or_default();
            if done == 0 || piece.is_empty() {
                return;
            }
            let room = MOST.saturating_sub(self.taken.len());
            self.taken.extend_from_slice(piece.get(..room.min(piece.len())).unwrap_or_default());
        }
    }

    fn log(&self) {
        for line in self.taken.split(|byte| *byte == b'\n') {
            let line = String::from_utf8_lossy(line);
            if !line.trim().is_empty() {
                log::line(&["  it says: ", line.trim_end()].concat());
            }
        }
    }
}

/// Makes a handle one that children do not get.
fn keep(handle: Handle) {
    if let Some(set) = dynamic::SetHandleInformation() {
        // SAFETY: takes any value.
        unsafe { set(handle, HANDLE_FLAG_INHERIT, 0) };
    }
}

impl Win32 {
    /// Runs a program without a window, and waits for it.
    pub(super) fn process_run_hidden(
        &self,
        program: &str,
        arguments: &str,
        timeout_ms: u32,
        log_output: bool,
    ) -> Result<ExitCode> {
        // What this process was given stays its own: a child that lives on would keep whoever reads it waiting.
        for which in [-10i32, -11, -12] {
            // SAFETY: takes a number.
            keep(unsafe { ffi::GetStdHandle(which as u32) });
        }
        let mut output = Output::new();
        let pipe = output.as_ref().map(|output| output.write.get());
        let (process, thread) =
            self.process_start(program, arguments, CREATE_SUSPENDED | CREATE_NO_WINDOW, pipe)?;
        let job = Job::with(&process);
        if let Some(resume) = dynamic::ResumeThread() {
            // SAFETY: the thread is open.
            unsafe { resume(thread.get()) };
        }
        let ended = wait(&process, timeout_ms, output.as_mut());
        if !ended {
            job.end(&process);
            wait(&process, GONE, output.as_mut());
        }
        if let (Some(output), true) = (&output, log_output) {
            output.log();
        }
        if !ended {
            return Err(error::code(TIMED_OUT, "run", program));
        }
        super::process::exit_code(&process, program)
    }
}

/// A job for a program and its children; without one where there cannot be another (before Windows 8, when this
/// process is in one itself).
struct Job(Option<Owned>);

impl Job {
    fn with(process: &Owned) -> Self {
        let (Some(create), Some(assign)) = (dynamic::CreateJobObjectW(), dynamic::AssignProcessToJobObject())
        else {
            return Self(None);
        };
        // SAFETY: null for no rights of its own and no name; both handles are open.
        let job = Owned::new(unsafe { create(core::ptr::null_mut(), core::ptr::null()) });
        Self(job.filter(|job| unsafe { assign(job.get(), process.get()) } != 0))
    }

    fn end(&self, process: &Owned) {
        // SAFETY: the handles are open.
        unsafe {
            if let (Some(job), Some(end)) = (&self.0, dynamic::TerminateJobObject()) {
                end(job.get(), TIMED_OUT);
            } else if let Some(end) = dynamic::TerminateProcess() {
                end(process.get(), TIMED_OUT);
            }
        }
    }
}

/// Waits for a process; whether it ended in time.
fn wait(process: &Owned, timeout_ms: u32, mut output: Option<&mut Output>) -> bool {
    // SAFETY: takes nothing.
    let start = unsafe { ffi::GetTickCount() };
    loop {
        // SAFETY: as above; the process is open.
        let (waited, passed) = unsafe {
            let waited = ffi::WaitForSingleObject(process.get(), TURN.min(timeout_ms));
            (waited, ffi::GetTickCount().wrapping_sub(start))
        };
        if let Some(output) = &mut output {
            output.drain();
        }
        if waited == ffi::WAIT_OBJECT_0 {
            return true;
        }
        if passed >= timeout_ms {
            return false;
        }
    }
}
