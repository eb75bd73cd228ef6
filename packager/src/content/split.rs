//! Which files share a cabinet. It is decided by sizes alone, before anything is read, so that it depends neither on
//! what compresses well nor on who compresses.

use crate::formats::cab::layout::FILES_MAX;

/// The most plain bytes of a cabinet: a compressed one of incompressible files, with its tables, stays below the
/// 2 GB that Windows can seek in.
pub const BYTES_MAX: u64 = 2_000_000_000;

/// What a cabinet may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Plain bytes. A file that is larger gets a cabinet of its own.
    pub bytes: u64,
    /// Files.
    pub files: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: BYTES_MAX, files: FILES_MAX }
    }
}

impl Limits {
    /// With at most this many plain bytes a cabinet, if the format allows as many.
    #[must_use]
    pub fn of_bytes(bytes: u64) -> Self {
        Self { bytes: bytes.min(BYTES_MAX), ..Self::default() }
    }
}

/// How many of the files, in their order, go into each cabinet. There is always one.
pub fn split(sizes: impl IntoIterator<Item = u64>, limits: Limits) -> Vec<usize> {
    let (mut all, mut files, mut bytes) = (Vec::new(), 0, 0_u64);
    for size in sizes {
        let next = bytes.saturating_add(size);
        if files > 0 && (files >= limits.files || next > limits.bytes) {
            all.push(files);
            (files, bytes) = (0, 0);
        }
        files += 1;
        bytes = bytes.saturating_add(size);
    }
    all.push(files);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cabinet_ends_before_it_is_too_full() {
        let limits = Limits { bytes: 10, files: 3 };
        assert_eq!(split([], limits), [0]);
        assert_eq!(split([5, 5], limits), [2]);
        assert_eq!(split([5, 5, 1], limits), [2, 1]);
        assert_eq!(split([0, 0, 0, 0], limits), [3, 1]);
        assert_eq!(split([1, 99, 1], limits), [1, 1, 1]);
        assert_eq!(split([10, 0, 0], limits), [3]);
    }

    #[test]
    fn the_formats_own_limits_hold_without_being_asked_for() {
        assert_eq!(split(vec![1; 65_536], Limits::default()), [65_535, 1]);
        assert_eq!(split([BYTES_MAX, 1], Limits::of_bytes(u64::MAX)), [1, 1]);
        assert_eq!(Limits::of_bytes(7).bytes, 7);
    }
}
