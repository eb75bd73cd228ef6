//! `packager man`: the manual page.

use clap::CommandFactory as _;

use super::console::Console;
use super::{Cli, Outcome};
use crate::report::{BuildError, Problem};

/// Print the manual page, in roff
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Prints it: the command and, after it, each subcommand's options.
pub fn run(_: &Args, console: &mut Console) -> Outcome {
    let mut page = Vec::new();
    let failed =
        |e: std::io::Error| BuildError::Environment(Problem::new("the manual cannot be made").why(e));
    let mut command = Cli::command();
    command.build();
    clap_mangen::Man::new(command.clone()).render(&mut page).map_err(failed)?;
    for sub in command.get_subcommands().filter(|s| s.get_name() != "help") {
        let man = clap_mangen::Man::new(sub.clone());
        man.render_synopsis_section(&mut page).map_err(failed)?;
        man.render_options_section(&mut page).map_err(failed)?;
    }
    console.document(&String::from_utf8_lossy(&page))
}
