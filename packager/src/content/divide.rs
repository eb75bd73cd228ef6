//! Which contents share a cabinet, and which are compressed together.
//!
//! A division is found from paths and sizes, so that it does not depend on who compresses, and so that a change of one
//! file moves as few borders as possible: what lies between the same two borders as in the last build comes from the
//! cache. Where the next border is therefore does not depend on where the last one was, but on the file before
//! it, by chance: large files are more often the last of their kind.

use super::Hashed;
use super::arrange::Content;
use crate::formats::cab::layout::{BLOCK, FILES_MAX};

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

/// Which contents go into each cabinet, in their order. There is always one. A content that more files have than a
/// cabinet can hold is in several.
#[must_use]
pub fn cabinets(contents: &[Content], limits: Limits) -> Vec<Vec<Content>> {
    let most = limits.files.max(1);
    let (mut all, mut cabinet, mut files, mut bytes) = (Vec::new(), Vec::new(), 0_usize, 0_u64);
    for content in contents {
        for taken in content.files.chunks(most) {
            let next = bytes.saturating_add(content.size);
            if !cabinet.is_empty() && (files.saturating_add(taken.len()) > most || next > limits.bytes) {
                all.push(std::mem::take(&mut cabinet));
                (files, bytes) = (0, 0);
            }
            files += taken.len();
            bytes = bytes.saturating_add(content.size);
            cabinet.push(Content { files: taken.to_vec(), ..*content });
        }
    }
    all.push(cabinet);
    all
}

/// How large a stretch of contents is that is compressed together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretches {
    /// Plain bytes that they have on the average. None is smaller than half of that, as long as the order of contents
    /// allows it, or larger than twice, unless it is a single content.
    pub about: u64,
    /// Whether programs and other files are kept apart.
    pub by_kind: bool,
}

impl Stretches {
    /// How many contents each stretch has. Empty contents do not end one.
    #[must_use]
    pub fn divide(self, contents: &[Content], files: &[Hashed]) -> Vec<usize> {
        let (mut all, mut count, mut bytes) = (Vec::new(), 0_usize, 0_u64);
        let mut last: Option<&Content> = None;
        for content in contents {
            let apart = self.by_kind && last.is_some_and(|last| last.code != content.code);
            let full = bytes.saturating_add(content.size) > self.about.saturating_mul(2);
            let border = bytes >= self.about / 2 && last.is_some_and(|last| self.ends(last, files));
            if count > 0 && content.size > 0 && (apart || full || border) && bytes > 0 {
                all.push(count);
                (count, bytes) = (0, 0);
            }
            count += 1;
            bytes = bytes.saturating_add(content.size);
            if content.size > 0 {
                last = Some(content);
            }
        }
        all.push(count);
        all.retain(|count| *count > 0);
        all
    }

    /// Whether a content is the last of a stretch that is large enough: by chance, which grows with its size.
    fn ends(self, content: &Content, files: &[Hashed]) -> bool {
        let path = files.get(content.first()).map_or("", |file| file.path.as_str());
        let digest = packager_shared::ids::sha256(path.to_lowercase().as_bytes());
        let number = digest.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
        // The number is below about/size of all, or else.
        u128::from(number) * u128::from(self.about) < u128::from(content.size) << 64
    }
}

/// Whole blocks of a large content that are made by themselves, in plain bytes.
pub const PART: u64 = 128 * BLOCK as u64;

#[cfg(test)]
mod tests {
    use super::*;

    fn contents(sizes: &[u64]) -> (Vec<Content>, Vec<Hashed>) {
        let content =
            |(number, size): (usize, &u64)| Content { files: vec![number], size: *size, code: false };
        let file = |(number, size): (usize, &u64)| Hashed {
            path: format!("file {number}"),
            size: *size,
            sha256: [0; 32],
            msi_hash: None,
            code: false,
        };
        (sizes.iter().enumerate().map(content).collect(), sizes.iter().enumerate().map(file).collect())
    }

    fn counts(sizes: &[u64], limits: Limits) -> Vec<usize> {
        cabinets(&contents(sizes).0, limits).iter().map(Vec::len).collect()
    }

    #[test]
    fn a_cabinet_ends_before_it_is_too_full() {
        let limits = Limits { bytes: 10, files: 3 };
        assert_eq!(counts(&[], limits), [0]);
        assert_eq!(counts(&[5, 5], limits), [2]);
        assert_eq!(counts(&[5, 5, 1], limits), [2, 1]);
        assert_eq!(counts(&[0, 0, 0, 0], limits), [3, 1]);
        assert_eq!(counts(&[1, 99, 1], limits), [1, 1, 1]);
        assert_eq!(counts(&[10, 0, 0], limits), [3]);
    }

    #[test]
    fn copies_count_as_files_and_not_as_bytes() {
        let limits = Limits { bytes: 10, files: 3 };
        let copies = |count| Content { files: (0..count).collect(), size: 9, code: false };
        assert_eq!(cabinets(&[copies(3)], limits), [[copies(3)]]);
        let seven = cabinets(&[copies(7)], limits);
        assert_eq!(seven.iter().map(|cabinet| cabinet[0].files.len()).collect::<Vec<_>>(), [3, 3, 1]);
    }

    #[test]
    fn the_formats_own_limits_hold_without_being_asked_for() {
        assert_eq!(counts(&vec![1; 65_536], Limits::default()), [65_535, 1]);
        assert_eq!(counts(&[BYTES_MAX, 1], Limits::of_bytes(u64::MAX)), [1, 1]);
        assert_eq!(Limits::of_bytes(7).bytes, 7);
    }

    #[test]
    fn stretches_are_about_as_large_as_wanted() {
        let (contents, files) = contents(&(0..5_000).map(|n| n * 7_919 % 100_000).collect::<Vec<_>>());
        let stretches = Stretches { about: 4 << 20, by_kind: false };
        let counts = stretches.divide(&contents, &files);
        assert_eq!(counts.iter().sum::<usize>(), contents.len());
        let mut rest = contents.as_slice();
        let mut sizes = Vec::new();
        for count in &counts {
            let (stretch, others) = rest.split_at(*count);
            sizes.push(stretch.iter().map(|content| content.size).sum::<u64>());
            rest = others;
        }
        let (_, all) = sizes.split_last().unwrap();
        assert!(all.iter().all(|size| (2 << 20..=8 << 20).contains(size)), "{sizes:?}");
        let average = all.iter().sum::<u64>() / all.len() as u64;
        assert!((3 << 20..6 << 20).contains(&average), "{average}");
    }

    #[test]
    fn a_changed_size_moves_few_borders() {
        let sizes: Vec<u64> = (0..5_000).map(|n| n * 7_919 % 100_000).collect();
        let stretches = Stretches { about: 4 << 20, by_kind: false };
        let borders = |sizes: &[u64]| -> Vec<usize> {
            let (contents, files) = contents(sizes);
            let counts = stretches.divide(&contents, &files);
            counts
                .iter()
                .scan(0, |at, count| {
                    *at += count;
                    Some(*at)
                })
                .collect()
        };
        let before = borders(&sizes);
        for changed in [3, 700, 2_500, 4_999] {
            let mut sizes = sizes.clone();
            sizes[changed] += 300_000;
            let after = borders(&sizes);
            let moved = before.iter().filter(|border| !after.contains(border)).count();
            assert!(moved <= 4, "{moved} of {} after {changed}", before.len());
        }
    }

    #[test]
    fn kinds_are_kept_apart_where_that_helps() {
        let (mut contents, files) = contents(&[5, 5, 0, 5, 5]);
        for content in contents.iter_mut().take(2) {
            content.code = true;
        }
        assert_eq!(Stretches { about: 100, by_kind: true }.divide(&contents, &files), [3, 2]);
        assert_eq!(Stretches { about: 100, by_kind: false }.divide(&contents, &files), [5]);
        assert_eq!(Stretches { about: 1, by_kind: false }.divide(&contents, &files), [1, 2, 1, 1]);
        assert_eq!(Stretches { about: 1, by_kind: false }.divide(&[], &files), Vec::<usize>::new());
    }
}
