//! Programs of the host, each with a time limit.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

/// What a program left behind.
#[derive(Debug)]
pub struct Output {
    /// The exit code; 137 when it was killed.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Output {
    /// Fails the test unless the program ended with 0.
    #[track_caller]
    pub fn expect_success(self, what: &str) -> Self {
        assert!(self.code == 0, "{what} ended with {}:\n{}\n{}", self.code, self.stdout, self.stderr);
        self
    }
}

/// A command that is killed, with all it started, after `seconds`.
pub fn limited(seconds: u32, program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new("timeout");
    command.args(["-s", "KILL", &seconds.to_string()]).arg(program).stdin(Stdio::null());
    command
}

/// Runs a command to its end.
#[track_caller]
pub fn output(command: &mut Command) -> Output {
    match command.output() {
        Ok(output) => Output {
            // No code: ended by a signal, as a shell shows it.
            code: output.status.code().unwrap_or(137),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        },
        Err(error) => panic!("cannot run {command:?}: {error}"),
    }
}

/// Runs a tool with arguments in a folder, two minutes at most.
#[track_caller]
pub fn run<S: AsRef<OsStr>>(folder: &Path, program: &str, arguments: &[S]) -> Output {
    output(limited(120, program).args(arguments).current_dir(folder))
}
