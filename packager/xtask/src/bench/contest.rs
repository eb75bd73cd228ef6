//! Programs that do the same work in turn, so that what else the machine does hits all of them.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::figures::{Ratio, median};
use super::measure::{self, Sample};
use crate::failure::{Context, Failure, Result};

/// Rounds, where no contender's run takes longer than [`LONG`].
const ROUNDS: usize = 3;
/// Seconds from which on one round has to do.
const LONG: f64 = 30.0;

/// One of the programs.
pub struct Contender {
    /// Its name in the table and on the terminal.
    pub name: String,
    /// What runs it.
    pub command: Command,
    /// What it makes; removed before each run.
    pub output: PathBuf,
    /// Seconds after which a run is ended.
    pub limit: Option<u32>,
}

/// How a contender did.
pub enum Outcome {
    /// All rounds, and the size of what the last one made.
    Done { samples: Vec<Sample>, bytes: u64 },
    /// It was not ready after this many seconds.
    OverLimit(u32),
    /// It cannot do it.
    Failed(String),
}

/// Lets all run in turn. One that fails drops out; the others go on.
pub fn run(contenders: &[Contender]) -> Vec<Outcome> {
    let mut all: Vec<Vec<Sample>> = contenders.iter().map(|_| Vec::new()).collect();
    let mut out: Vec<Option<Outcome>> = contenders.iter().map(|_| None).collect();
    for _ in 0..ROUNDS {
        for ((contender, samples), out) in contenders.iter().zip(&mut all).zip(&mut out) {
            if out.is_some() {
                continue;
            }
            match run_once(contender) {
                Ok(Some(sample)) => {
                    println!(
                        "  {:32} {:8.2} s {:8.2} s CPU {:6} MB",
                        contender.name,
                        sample.wall,
                        sample.cpu,
                        sample.peak / 1024
                    );
                    samples.push(sample);
                }
                Ok(None) => *out = Some(Outcome::OverLimit(contender.limit.unwrap_or_default())),
                Err(failure) => {
                    println!("  {}: {failure}", contender.name);
                    *out = Some(Outcome::Failed(failure.to_string()));
                }
            }
        }
        if all.iter().flatten().any(|sample| sample.wall > LONG) {
            break;
        }
    }
    let sized = contenders.iter().zip(all).zip(out).map(|((contender, samples), out)| {
        out.unwrap_or_else(|| match size(contender) {
            Ok(bytes) => Outcome::Done { samples, bytes },
            Err(failure) => Outcome::Failed(failure.to_string()),
        })
    });
    sized.collect()
}

/// One run; `None` when it was ended after its limit.
pub fn run_once(contender: &Contender) -> Result<Option<Sample>> {
    remove(contender)?;
    measure::run(&contender.command, contender.limit)
}

/// Removes what a contender made, if it is there.
pub fn remove(contender: &Contender) -> Result<()> {
    match fs::remove_file(&contender.output) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Failure::new(format!("removing {}: {error}", contender.output.display())))
        }
        _ => Ok(()),
    }
}

fn size(contender: &Contender) -> Result<u64> {
    let metadata = fs::metadata(&contender.output);
    Ok(metadata.context(|| format!("looking at {}", contender.output.display()))?.len())
}

impl Outcome {
    /// Rounds and size, or the word for the table.
    pub fn done(&self) -> std::result::Result<(&[Sample], u64), String> {
        match self {
            Outcome::Done { samples, bytes } => Ok((samples, *bytes)),
            Outcome::OverLimit(seconds) => Err(format!("> {seconds} s")),
            Outcome::Failed(why) => Err(why.clone()),
        }
    }

    /// Median of a figure.
    pub fn median(&self, figure: impl Fn(&Sample) -> f64) -> Option<f64> {
        self.done().ok().map(|(samples, _)| median(samples.iter().map(figure).collect()))
    }
}

/// A figure of one over the same figure of the other, round by round.
pub fn ratio(over: &[Sample], under: &[Sample], figure: impl Fn(&Sample) -> f64) -> Ratio {
    Ratio::of(over.iter().zip(under).map(|(over, under)| figure(over) / figure(under)).collect())
}
