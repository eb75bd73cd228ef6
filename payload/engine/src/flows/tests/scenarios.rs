//! Generated scenarios: an old installation, a new release, a machine with a history, a run; then a power cut before
//! every call that changes the machine, every such call failing, and more going wrong on the way back. Files may be in
//! use, under each policy: then it is refused, or they are moved aside, or all is put off and done after a restart.
//!
//! `PACKAGER_SCENARIOS` is how many (default 1,000), `PACKAGER_SEED` the first seed, in hexadecimal.

mod check;
mod generate;

use std::string::String;
use std::vec::Vec;

use check::{Counts, check};
pub use generate::Rng;
use generate::scenario;

/// Whether registry writes that were not flushed may be lost.
const REGISTRY_IS_LOST: bool = true;

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Whether what could not be undone is undone by the next run.
const ALL_COMES_BACK: bool = true;

#[test]
fn whatever_goes_wrong_the_machine_is_in_the_old_state_or_the_new_one() {
    let first =
        variable("PACKAGER_SEED").map(|text| u64::from_str_radix(&text, 16).expect("a hexadecimal seed"));
    let number = variable("PACKAGER_SCENARIOS").map(|text| text.parse().expect("a number of scenarios"));
    let number: u64 = number.unwrap_or(if first.is_some() { 1 } else { 1_000 });
    let first = first.unwrap_or(0);
    let mut counts = Counts::default();
    let mut failures = Vec::new();
    for seed in first..first + number {
        let scenario = scenario(seed);
        if let Err(text) = check(&scenario, &mut counts) {
            failures.push(std::format!("PACKAGER_SEED={seed:x} ({}): {text}", scenario.flow));
        }
        if failures.len() >= 10 {
            break;
        }
    }
    super::report(&std::format!("simulated: {counts:?}"));
    let all = failures.iter().map(|text| text.get(..200).unwrap_or(text)).collect::<Vec<_>>();
    assert!(failures.is_empty(), "{all:#?}\nthe first of them: {}", failures[0]);
    if number >= 100 {
        assert!(counts.back > counts.scenarios && counts.forward > counts.scenarios, "{counts:?}");
        assert!(counts.put_off > 0 && counts.moved_aside > 0 && counts.cuts_back > 0, "{counts:?}");
        assert!(counts.refused * 5 < counts.scenarios, "too many scenarios do nothing: {counts:?}");
    }
}
