//! The command line: one file for each subcommand, with its `Args` and `run`.
//!
//! Exit codes: 0 done, 1 the input is at fault, 2 usage, 3 the environment is at fault. With
//! `--message-format json` every line on standard output is one JSON object, the last of them
//! `{"reason":"finished", …}`.

pub mod build;
pub mod check;
pub mod completions;
pub mod console;
pub mod extract;
pub mod init;
pub mod inspect;
pub mod keygen;
mod kind;
pub mod man;
pub mod methods;
pub mod publish;
pub mod schema;
mod unpack;
pub mod validate;
pub mod verify;

use std::ffi::OsString;

use clap::{Parser, Subcommand};

use crate::report::BuildError;
use console::{Console, MessageFormat};

/// From a payload directory and agent.toml to a Windows MSI, a setup EXE and a bootstrap share
#[derive(Debug, Parser)]
#[command(name = "packager", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// How to say what happens: for people, or one JSON object a line
    #[arg(long, global = true, value_name = "FORMAT", value_enum, default_value_t)]
    message_format: MessageFormat,
    /// Say nothing but errors
    #[arg(long, short, global = true)]
    quiet: bool,
}

/// The subcommands, in the order of their use.
#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Args),
    Check(check::Args),
    Build(build::Args),
    Inspect(inspect::Args),
    Extract(extract::Args),
    Validate(validate::Args),
    Verify(verify::Args),
    Publish(publish::Args),
    Keygen(keygen::Args),
    Methods(methods::Args),
    Schema(schema::Args),
    Completions(completions::Args),
    Man(man::Args),
}

/// What every subcommand returns.
pub type Outcome = Result<(), BuildError>;

/// Runs the command with the arguments of the process (the first is its own name); gives its exit code.
#[must_use]
pub fn main(arguments: Vec<OsString>) -> u8 {
    let checked = |cli: Cli| match &cli.command {
        Command::Build(args) => args.check().map(|()| cli),
        _ => Ok(cli),
    };
    let cli = match Cli::try_parse_from(&arguments).and_then(checked) {
        Ok(cli) => cli,
        Err(error) => {
            let code = if error.use_stderr() { 2 } else { 0 };
            // A closed pipe is no reason to panic.
            let _ = error.print();
            if code != 0 && asks_for_json(&arguments) {
                Console::new(MessageFormat::Json, true).finish(code);
            }
            return code;
        }
    };
    let mut console = Console::new(cli.message_format, cli.quiet);
    let result = match &cli.command {
        Command::Init(args) => init::run(args, &mut console),
        Command::Check(args) => check::run(args, &mut console),
        Command::Build(args) => build::run(args, &mut console),
        Command::Inspect(args) => inspect::run(args, &mut console),
        Command::Extract(args) => extract::run(args, &mut console),
        Command::Validate(args) => validate::run(args, &mut console),
        Command::Verify(args) => verify::run(args, &mut console),
        Command::Publish(args) => publish::run(args, &mut console),
        Command::Keygen(args) => keygen::run(args, &mut console),
        Command::Methods(args) => methods::run(args, &mut console),
        Command::Schema(args) => schema::run(args, &mut console),
        Command::Completions(args) => completions::run(args, &mut console),
        Command::Man(args) => man::run(args, &mut console),
    };
    let code = match result {
        Ok(()) => 0,
        Err(error) => {
            console.failed(&error);
            error.exit_code()
        }
    };
    console.finish(code);
    code
}

/// Whether JSON was asked for on a command line that could not be read.
fn asks_for_json(arguments: &[OsString]) -> bool {
    let pair = |two: &[OsString]| matches!(two, [a, b] if a == "--message-format" && b == "json");
    arguments.windows(2).any(pair) || arguments.iter().any(|a| a == "--message-format=json")
}

#[cfg(test)]
mod tests;
