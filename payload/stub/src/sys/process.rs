//! Other programs.

use alloc::string::String;

use packager_engine::system::{ExitCode, Result};

use super::handle::Owned;
use super::{Win32, error, redirection};
use crate::ffi::{self, Handle};
use crate::text;

const STARTF_USESTDHANDLES: u32 = 0x100;

impl Win32 {
    /// Runs a program by its full path and waits for it.
    pub(super) fn process_run(&self, program: &str, arguments: &str) -> Result<ExitCode> {
        let (process, _thread) = self.process_start(program, arguments, 0, None)?;
        wait(&process, program)
    }

    /// Starts a program by its full path; `output` is what it has as standard output and error. Gives the process and
    /// its first thread.
    pub(super) fn process_start(
        &self,
        program: &str,
        arguments: &str,
        flags: u32,
        output: Option<Handle>,
    ) -> Result<(Owned, Owned)> {
        let application = text::wide(program);
        let mut command_line = text::wide(&["\"", program, "\" ", arguments].concat());
        // The program's own folder: what the current directory of this process is must not matter to it.
        let directory = text::wide(program.rsplit_once('\\').map_or(r"C:\", |(folder, _)| folder));
        // SAFETY: all fields are numbers or pointers, for which zero is a value.
        let (mut startup, mut process): (ffi::StartupInfo, ffi::ProcessInformation) =
            unsafe { (core::mem::zeroed(), core::mem::zeroed()) };
        startup.size = size_of::<ffi::StartupInfo>() as u32;
        if let Some(output) = output {
            startup.flags = STARTF_USESTDHANDLES;
            startup.standard = [core::ptr::null_mut(), output, output];
        }
        let started = {
            let _literal = redirection::literal(&self.system32, program);
            // SAFETY: the texts end with a zero; the command line may be changed by the call.
            unsafe {
                ffi::CreateProcessW(
                    application.as_ptr(),
                    command_line.as_mut_ptr(),
                    core::ptr::null(),
                    core::ptr::null(),
                    i32::from(output.is_some()),
                    flags,
                    core::ptr::null(),
                    directory.as_ptr(),
                    &startup,
                    &mut process,
                )
            }
        };
        error::check(started, "run", program)?;
        match (Owned::new(process.process), Owned::new(process.thread)) {
            (Some(process), Some(thread)) => Ok((process, thread)),
            _ => Err(error::last("run", program)),
        }
    }
}

/// Waits for a process and gives its exit code.
pub fn wait(process: &Owned, program: &str) -> Result<ExitCode> {
    // SAFETY: the process is open.
    unsafe { ffi::WaitForSingleObject(process.get(), ffi::INFINITE) };
    exit_code(process, program)
}

/// The exit code of a process that has ended.
pub fn exit_code(process: &Owned, program: &str) -> Result<ExitCode> {
    let mut code = 0;
    // SAFETY: the process is open, `code` is ours.
    error::check(unsafe { ffi::GetExitCodeProcess(process.get(), &mut code) }, "wait for", program)?;
    Ok(code)
}

/// The path of this program.
pub fn own_path() -> Result<String> {
    // SAFETY: the buffer is as long as is said; null is this program.
    let path =
        text::fill(|buffer, size| unsafe { ffi::GetModuleFileNameW(core::ptr::null_mut(), buffer, size) });
    path.map(usual).ok_or_else(|| error::last("find", "this program"))
}

/// A path as people write it: without `\\?\`, which a program has when it was started by such a name. Wine leaves
/// `UNC\server\share` of a share's.
fn usual(path: String) -> String {
    let bare = path.strip_prefix("\\\\?\\").unwrap_or(&path);
    match bare.strip_prefix("UNC\\") {
        Some(share) => ["\\\\", share].concat(),
        None => String::from(bare),
    }
}
