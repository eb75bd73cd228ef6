//! The command line entry point; everything else is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(packager::cli::main(std::env::args_os().collect()))
}
