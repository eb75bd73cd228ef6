//! `cargo xtask bench`: packager beside the tools that people use today, on the same inputs, on one machine, in one run.
//!
//! Contenders run in turn, round by round, with the input in memory; a ratio is that of each round. Times of a machine
//! that does other things are no proof, so a missed target is only told. What is built is looked at: a row whose
//! artefact does not hold what was packaged fails, and so does the task.

mod contest;
mod figures;
mod inputs;
mod machine;
mod measure;
mod ours;
mod peers;
mod rows;
mod table;

use ours::Packager;
use rows::GROUPS;
use table::Row;

use crate::failure::{Failure, Result};
use crate::place;

/// Where the whole table goes.
const RESULTS: &str = "packager/benches/RESULTS.md";

/// What the task was asked for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Options<'a> {
    only: Vec<&'a str>,
    keep: bool,
}

/// Measures, prints the table, and writes it when it is the whole one.
pub fn run(arguments: &[&str]) -> Result<()> {
    let options = parse(arguments)?;
    peers::install()?;
    let packager = Packager::build()?;
    let mut rows: Vec<Row> = Vec::new();
    let mut measured = Vec::new();
    for group in GROUPS.iter().filter(|group| options.only.is_empty() || options.only.contains(&group.name)) {
        println!("{}: {}", group.name, group.what);
        // What one group lacks says nothing of the others.
        rows.extend(
            (group.run)(&packager).unwrap_or_else(|why| vec![Row::failed(group.what, why.to_string())]),
        );
        measured.push(group.name);
        // All of it takes more than an hour: what is measured stays when the rest is cut off.
        if options.only.is_empty() {
            let text = document(&table::render(&rows), &measured);
            place::write(&place::root().join(RESULTS), text.as_bytes())?;
        }
    }
    if !options.keep {
        inputs::remove_mix()?;
    }
    println!("\n{}", table::render(&rows));
    if options.only.is_empty() {
        println!("written to {RESULTS}");
    }
    match rows.iter().filter(|row| row.is_failed()).count() {
        0 => Ok(()),
        count => Err(Failure::new(format!("{count} rows failed"))),
    }
}

fn parse<'a>(arguments: &[&'a str]) -> Result<Options<'a>> {
    let mut options = Options::default();
    let mut rest = arguments.iter().copied();
    while let Some(argument) = rest.next() {
        match (argument, if argument == "--only" { rest.next() } else { None }) {
            ("--keep", _) => options.keep = true,
            ("--only", Some(name)) if GROUPS.iter().any(|group| group.name == name) => {
                options.only.push(name)
            }
            _ => {
                let names: Vec<_> = GROUPS.iter().map(|group| group.name).collect();
                return Err(Failure::new(format!(
                    "`{}` is not `--keep` or `--only ROW`; rows: {}",
                    arguments.join(" "),
                    names.join(", ")
                )));
            }
        }
    }
    Ok(options)
}

/// The page, and what is missing on it.
fn document(table: &str, measured: &[&str]) -> String {
    let missing: Vec<&str> =
        GROUPS.iter().map(|group| group.name).filter(|name| !measured.contains(name)).collect();
    let missing = match missing.as_slice() {
        [] => String::new(),
        names => format!("\nThe run was cut off: not measured are {}.\n", names.join(", ")),
    };
    let peers: Vec<_> = peers::PACKAGES.iter().map(|name| machine::package(name)).collect();
    format!(
        "# Packager beside its peers\n\n\
         Written by `cargo xtask bench`, in one run. Machine: {}. Peers: {}, as Debian packs them.\n\n\
         Contenders ran in turn on the same input, which was in memory. Seconds are medians of three rounds (of one, \
         where a run takes longer than half a minute); a ratio is of the runs of one round, with the lowest and the highest in \
         brackets. MB are 1,048,576 bytes. Each artefact of packager was extracted again and held what was packaged, those of MSIs also \
         by msiextract.\n\n{table}{missing}",
        machine::machine(),
        peers.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::{Options, parse};

    #[test]
    fn options_are_understood() {
        assert_eq!(parse(&[]).expect("options"), Options::default());
        let expected = Options { only: vec!["msi", "exe"], keep: true };
        assert_eq!(parse(&["--only", "msi", "--keep", "--only", "exe"]).expect("options"), expected);
    }

    #[test]
    fn what_is_no_option_is_refused() {
        for arguments in [&["--only"][..], &["--only", "nothing"], &["msi"], &["--keep", "x"]] {
            assert!(parse(arguments).is_err(), "{arguments:?}");
        }
    }
}
