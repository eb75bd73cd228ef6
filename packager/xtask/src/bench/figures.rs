//! Numbers, and how a table shows them.

use std::fmt;

/// The middle of some numbers; of an even count the lower of the two in the middle. 0 of none.
pub fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    let middle = numbers.len().saturating_sub(1) / 2;
    numbers.get(middle).copied().unwrap_or_default()
}

/// How many times larger one figure is than another, over some rounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ratio {
    pub median: f64,
    pub min: f64,
    pub max: f64,
}

impl Ratio {
    /// From the ratio of each round.
    pub fn of(rounds: Vec<f64>) -> Self {
        let min = rounds.iter().copied().fold(f64::INFINITY, f64::min);
        let max = rounds.iter().copied().fold(0.0, f64::max);
        Self { median: median(rounds), min, max }
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { median, min, max } = self;
        if min == max { write!(f, "{median:.2}") } else { write!(f, "{median:.2} ({min:.2}..{max:.2})") }
    }
}

/// A count with commas.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// One count over another.
pub fn share(of: u64, whole: u64) -> f64 {
    of as f64 / whole as f64
}

#[cfg(test)]
mod tests {
    use super::{Ratio, grouped, median};

    #[test]
    fn the_middle_of_numbers() {
        assert_eq!(median(vec![]), 0.0);
        assert_eq!(median(vec![3.0]), 3.0);
        assert_eq!(median(vec![3.0, 1.0]), 1.0);
        assert_eq!(median(vec![9.0, 1.0, 4.0]), 4.0);
    }

    #[test]
    fn a_ratio_shows_its_spread_when_there_is_one() {
        assert_eq!(Ratio::of(vec![2.0, 4.0, 2.5]).to_string(), "2.50 (2.00..4.00)");
        assert_eq!(Ratio::of(vec![2.0]).to_string(), "2.00");
    }

    #[test]
    fn counts_have_commas() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_000), "1,000");
        assert_eq!(grouped(123_846_656), "123,846,656");
    }
}
