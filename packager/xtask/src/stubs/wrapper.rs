//! This program between cargo and rustc, so that a stub's bytes do not depend on where the checkout stands.
//!
//! Cargo puts a hash into every symbol name that covers the absolute paths of crates outside of the workspace,
//! among them `core` and the shared crates. Here it becomes one of the crate's name and version alone.

use std::ffi::OsString;
use std::process::{Command, ExitCode};

use sha2::{Digest, Sha256};

/// Set for rustc's calls only.
pub const VARIABLE: &str = "PACKAGER_XTASK_WRAPS_RUSTC";

/// Whether this process stands before rustc.
pub fn asked_for() -> bool {
    std::env::var_os(VARIABLE).is_some()
}

/// Runs the rustc that is the first argument with the others.
pub fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let Some(rustc) = arguments.next() else { return ExitCode::FAILURE };
    let arguments: Vec<OsString> = arguments.map(settled).collect();
    match Command::new(&rustc).args(arguments).status() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("starting {}: {error}", rustc.to_string_lossy());
            ExitCode::FAILURE
        }
    }
}

fn settled(argument: OsString) -> OsString {
    if !argument.to_string_lossy().starts_with("metadata=") {
        return argument;
    }
    let variable = |name| std::env::var(name).unwrap_or_default();
    let crate_id = format!("{} {}", variable("CARGO_PKG_NAME"), variable("CARGO_PKG_VERSION"));
    let hash: String = Sha256::digest(crate_id).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    OsString::from(format!("metadata={hash}"))
}
