//! `packager completions SHELL`: what a shell needs to complete the command line.

use clap::CommandFactory as _;

use super::console::Console;
use super::{Cli, Outcome};

/// Print a shell's completion script
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The shell
    #[arg(value_name = "SHELL", value_enum)]
    pub shell: clap_complete::Shell,
}

/// Prints it.
pub fn run(args: &Args, console: &mut Console) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "packager", &mut script);
    console.document(&String::from_utf8_lossy(&script))
}
