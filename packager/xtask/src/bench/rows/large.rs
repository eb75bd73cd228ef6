//! Four gigabytes: what counts is that memory does not grow with them.

use super::{jobs, shown};
use crate::bench::contest;
use crate::bench::inputs;
use crate::bench::ours::{Mode, Packager};
use crate::bench::table::{Check, Row};
use crate::failure::Result;

/// KB that a build may need.
const PEAK: u64 = 400 << 10;

/// Each mode by itself, but for the one that takes longest.
pub fn run(packager: &Packager) -> Result<Vec<Row>> {
    of(packager, &[Mode::Mszip, Mode::Lzx, Mode::Fast, Mode::Balanced])
}

/// The one that takes longest.
pub fn run_max(packager: &Packager) -> Result<Vec<Row>> {
    of(packager, &[Mode::Max])
}

fn of(packager: &Packager, modes: &[Mode]) -> Result<Vec<Row>> {
    let input = inputs::mix()?;
    let mut rows = Vec::new();
    for &mode in modes {
        let what = format!("{} of {}", mode.shown(), input.name);
        let contender = packager.contender(&input, mode, jobs())?;
        let outcomes = contest::run(std::slice::from_ref(&contender));
        let proven = packager.prove(&contender.output, mode, &input);
        rows.extend(outcomes.iter().map(|outcome| match (outcome.done(), &proven) {
            (Err(why), _) => Row::failed(&what, why),
            (_, Err(why)) => Row::failed(&what, why.to_string()),
            (Ok((samples, _)), Ok(())) => {
                let peak = samples.iter().map(|sample| sample.peak).max().unwrap_or_default();
                let check = Check::aimed(format!("{} MB peak", peak >> 10), "below 400 MB", peak < PEAK);
                Row::new(&what, shown(outcome), "", vec![check])
            }
        }));
        contest::remove(&contender)?;
    }
    Ok(rows)
}
