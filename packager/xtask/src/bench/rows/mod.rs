//! The rows, in groups that are measured together.

mod artefacts;
mod install;
mod large;
mod lzx;
mod many;
mod rebuild;
mod threads;

use super::contest::{Contender, Outcome, ratio};
use super::figures::{grouped, share};
use super::inputs::Input;
use super::measure::Sample;
use super::ours::{Mode, Packager};
use super::table::{Check, Row};
use crate::failure::Result;

/// Rows that are measured together.
pub struct Group {
    /// Its name for `--only`.
    pub name: &'static str,
    /// What is measured.
    pub what: &'static str,
    /// Measures it.
    pub run: fn(&Packager) -> Result<Vec<Row>>,
}

/// All of them, those first that say most in little time.
pub const GROUPS: &[Group] = &[
    Group { name: "msi", what: "an MSI of 300 DLLs", run: artefacts::msi },
    Group { name: "install", what: "installing node-runtime", run: install::run },
    Group { name: "exe", what: "a setup EXE of 300 DLLs", run: artefacts::exe },
    Group { name: "lzx", what: "LZX alone", run: lzx::run },
    Group { name: "rebuild", what: "a build after one changed file", run: rebuild::run },
    Group { name: "threads", what: "a second thread", run: threads::run },
    Group { name: "node", what: "a setup EXE of node-runtime", run: artefacts::node },
    Group { name: "many", what: "40,000 small files", run: many::run },
    Group { name: "large", what: "4 GB", run: large::run },
    Group { name: "large-max", what: "4 GB with LZMA", run: large::run_max },
];

/// Threads of packager where nothing else is said: those of the machine.
fn jobs() -> usize {
    std::thread::available_parallelism().map_or(1, |count| count.get())
}

/// What a comparison aims at.
#[derive(Clone, Copy, Default)]
struct Aim {
    /// As many times faster as the peer.
    faster: Option<f64>,
    /// At most this part of the peer's bytes.
    size: Option<f64>,
}

/// A contender of ours with what came out.
struct Ours<'a> {
    mode: Mode,
    contender: &'a Contender,
    outcome: &'a Outcome,
}

/// The row of two contenders of one contest. Ours is proven.
fn compared(
    packager: &Packager,
    input: &Input,
    ours: &Ours<'_>,
    peer: (&Contender, &Outcome),
    aim: Aim,
) -> Row {
    let what = format!("{} of {}", ours.mode.shown(), input.name);
    let theirs = format!("{}: {}", peer.0.name, shown(peer.1));
    let (samples, bytes) = match ours.outcome.done() {
        Ok(done) => done,
        Err(why) => return Row::failed(what, why).beside(theirs),
    };
    if let Err(why) = packager.prove(&ours.contender.output, ours.mode, input) {
        return Row::failed(what, why.to_string()).beside(theirs);
    }
    let checks = match peer.1.done() {
        Ok((other, size)) => {
            let times = ratio(other, samples, |sample| sample.wall);
            let part = share(bytes, size);
            vec![
                check(format!("{times} times faster"), aim.faster, |aim| {
                    (format!("{aim} times"), times.median >= aim)
                }),
                check(format!("{part:.3} of its size"), aim.size, |aim| {
                    (format!("{aim:.2} of its size"), part <= aim)
                }),
            ]
        }
        // A peer that is not ready in time is slower; by how much, nobody knows.
        Err(_) => Vec::new(),
    };
    Row::new(what, shown(ours.outcome), theirs, checks)
}

fn check(measured: String, aim: Option<f64>, judge: impl Fn(f64) -> (String, bool)) -> Check {
    match aim {
        Some(aim) => {
            let (target, met) = judge(aim);
            Check::aimed(measured, target, met)
        }
        None => Check::told(measured),
    }
}

/// Seconds, processor time, memory and size.
fn shown(outcome: &Outcome) -> String {
    let figure = |figure: fn(&Sample) -> f64| outcome.median(figure).unwrap_or_default();
    match outcome.done() {
        Ok((_, bytes)) => format!(
            "{:.2} s, {:.2} s CPU, {:.0} MB peak, {} bytes",
            figure(|sample| sample.wall),
            figure(|sample| sample.cpu),
            figure(|sample| sample.peak as f64 / 1024.0),
            grouped(bytes)
        ),
        Err(why) => why,
    }
}
