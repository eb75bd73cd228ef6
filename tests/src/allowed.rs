//! What may differ between two installations, read from `parity-allowed.txt`.

use crate::state::{Difference, like};

/// The one committed list of what an MSI and an EXE may leave differently.
const PARITY: &str = include_str!("../parity-allowed.txt");

/// The patterns of the list, without comments and empty lines.
pub fn patterns() -> Vec<&'static str> {
    PARITY.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}

/// The differences that the list does not allow.
pub fn not_allowed(differences: Vec<Difference>) -> Vec<Difference> {
    let patterns = patterns();
    let mut rest = differences;
    rest.retain(|difference| !patterns.iter().any(|pattern| like(pattern, &difference.subject)));
    rest
}
