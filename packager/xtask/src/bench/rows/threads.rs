//! What a second thread brings.

use super::shown;
use crate::bench::contest::{self, ratio};
use crate::bench::inputs;
use crate::bench::ours::{Mode, Packager};
use crate::bench::table::{Check, Row};
use crate::failure::Result;

/// Times faster with two threads than with one.
const AIM: f64 = 1.8;

/// Each mode with one thread and with two.
pub fn run(packager: &Packager) -> Result<Vec<Row>> {
    let input = inputs::dlls()?;
    input.warm()?;
    let mut rows = Vec::new();
    for mode in [Mode::Mszip, Mode::Lzx, Mode::Balanced, Mode::Max] {
        let what = format!("{} of {}, 1 and 2 threads", mode.shown(), input.name);
        let contenders = [packager.contender(&input, mode, 1)?, packager.contender(&input, mode, 2)?];
        let outcomes = contest::run(&contenders);
        let [one, two] = &outcomes[..] else { continue };
        rows.push(match (one.done(), two.done()) {
            (Ok((alone, size)), Ok((both, size_of_both))) if size == size_of_both => {
                let times = ratio(alone, both, |sample| sample.wall);
                let check = Check::aimed(
                    format!("{times} times faster"),
                    format!("{AIM} times"),
                    times.median >= AIM,
                );
                Row::new(what, shown(two), format!("1 thread: {}", shown(one)), vec![check])
            }
            (Ok((_, size)), Ok((_, other))) => {
                Row::failed(what, format!("{size} bytes with one thread, {other} with two"))
            }
            (Err(why), _) | (_, Err(why)) => Row::failed(what, why),
        });
    }
    Ok(rows)
}
