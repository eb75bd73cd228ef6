//! Development tasks of packager: `cargo xtask --help`.
//!
//! | task | what it does | where |
//! | --- | --- | --- |
//! | `stubs` | builds the Windows stub and the example agents, or proves the committed ones | `stubs/` |

mod apt;
mod command;
mod failure;
mod place;
mod stubs;

use std::process::ExitCode;

use failure::{Failure, Result};

const HELP: &str = "\
cargo xtask TASK

  stubs            build the Windows stub and the example agents, write them and their provenance
  stubs --check    prove that the committed ones come from the committed sources
";

fn main() -> ExitCode {
    // When cargo builds the stub, this program stands before rustc: see stubs/wrapper.rs.
    if stubs::wrapper::asked_for() {
        return stubs::wrapper::main();
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments.iter().map(String::as_str).collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("xtask: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Result<()> {
    match arguments {
        ["stubs"] => stubs::write(),
        ["stubs", "--check"] => stubs::check(),
        ["--help" | "-h" | "help"] => {
            print!("{HELP}");
            Ok(())
        }
        other => Err(Failure::new(format!("no such task: `{}`\n\n{HELP}", other.join(" ")))),
    }
}
