//! Running other programs, with their command line in every error.

use std::process::{Command, Stdio};

use crate::failure::{Context, Failure, Result};

/// The command line, for messages.
fn shown(command: &Command) -> String {
    let mut text = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args() {
        text.push(' ');
        text.push_str(&argument.to_string_lossy());
    }
    text
}

/// Runs to the end, output to the terminal.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().context(|| format!("starting `{}`", shown(command)))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::new(format!("`{}` ended with {status}", shown(command))))
    }
}

/// Runs to the end; the output is shown only when it fails. Returns standard output.
pub fn output(command: &mut Command) -> Result<String> {
    let output =
        command.stdin(Stdio::null()).output().context(|| format!("starting `{}`", shown(command)))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(Failure::new(format!(
        "`{}` ended with {}\n{}{}",
        shown(command),
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )))
}

/// First line of what `program --version` says; `None` when there is no such program.
pub fn version(program: &str) -> Option<String> {
    output(Command::new(program).arg("--version")).ok()?.lines().next().map(str::to_owned)
}
