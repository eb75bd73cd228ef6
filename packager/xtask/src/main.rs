//! Development tasks of packager: `cargo xtask --help`.
//!
//! | task | what it does | where |
//! | --- | --- | --- |
//! | `test` | every check of the project | `test/` |
//! | `stubs` | builds the Windows stub and the example agents, or proves the committed ones | `stubs/` |
//! | `simulate` | runs generated scenarios of the engine | `simulate.rs` |
//! | `mutants` | breaks the engine in one place after the other | `mutants.rs` |
//! | `size` | lists what each part of the stub costs | `stubs/size.rs` |
//! | `wine` | prepares the Wine of the end-to-end tests | `wine/` |
//! | `node-runtime` | fetches the payload of `examples/node-runtime` | `node.rs` |
//! | `bench` | compares packager with its peers | `bench/` |
//! | `package` | packs the crates as for crates.io | `package.rs` |

mod apt;
mod bench;
mod command;
mod failure;
mod mutants;
mod node;
mod package;
mod place;
mod simulate;
mod stubs;
mod test;
mod wine;

use std::process::ExitCode;

use failure::{Failure, Result};

const HELP: &str = "\
cargo xtask TASK

  test [--only PART]…   every check: fmt, clippy, unit, stubs, package, e2e; installs what is missing with apt
  stubs                 build the Windows stub and the example agents, write them and their provenance
  stubs --check         prove that the committed ones come from the committed sources
  simulate [--scenarios N] [--seed HEX]
                        run generated scenarios of the engine (100,000, from seed 0)
  mutants [NAME]        break the engine in one place after the other: its tests have to notice each
  size [WORD]…          what each part of the stub costs, in bytes; with words: functions with these in their names
  wine                  prepare the Wine of the end-to-end tests
  node-runtime          fetch the payload of examples/node-runtime
  bench [--only ROW]… [--keep]
                        packager beside wixl, makensis and wimlib, as a table; installs them with apt; the whole table
                        goes to packager/benches/RESULTS.md, and takes hours and 20 GB of disk; --keep leaves the
                        4 GB of input for the next time
  package               pack the crates as for crates.io
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
        ["test", parts @ ..] => test::run(&only(parts)?),
        ["simulate", options @ ..] => simulate::run(options),
        ["mutants"] => mutants::run(Some("")),
        ["mutants", name] => mutants::run(Some(name)),
        ["wine"] => {
            let wine = wine::prepare()?;
            println!("run: {}\ntemplate: {}", wine.run.display(), wine.template.display());
            Ok(())
        }
        ["node-runtime"] => {
            println!("{}", node::prepare()?.display());
            Ok(())
        }
        ["bench", options @ ..] => bench::run(options),
        ["package"] => package::check(),
        ["stubs"] => stubs::write(),
        ["stubs", "--check"] => stubs::check(),
        ["size", words @ ..] => stubs::size::show(words),
        ["--help" | "-h" | "help"] => {
            print!("{HELP}");
            Ok(())
        }
        other => Err(Failure::new(format!("no such task: `{}`\n\n{HELP}", other.join(" ")))),
    }
}

/// The parts named by `--only PART`.
fn only<'a>(arguments: &[&'a str]) -> Result<Vec<&'a str>> {
    let mut parts = Vec::new();
    for pair in arguments.chunks(2) {
        match pair {
            ["--only", part] => parts.push(*part),
            _ => return Err(Failure::new(format!("`{}` is not `--only PART`", pair.join(" ")))),
        }
    }
    Ok(parts)
}
