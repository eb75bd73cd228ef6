//! The longest match here, unless the next bytes have a better one.

use super::super::layout::{MATCH_MAX, MATCH_MIN, REPEATS};
use super::super::matcher::rows::{Effort, Rows};
use super::super::sequence::{Repeats, Sequence, apply, common};

/// Positions whose rows are asked for ahead: so waiting for memory overlaps.
const AHEAD: usize = 32;

/// Parses frame by frame.
#[derive(Debug)]
pub struct Lazy {
    rows: Rows,
    repeats: Repeats,
    effort: Effort,
    offset_max: u32,
}

/// A match, and about how much it saves: 4 for each byte, less the logarithm of its offset.
#[derive(Clone, Copy)]
struct Match {
    length: usize,
    formatted: u32,
    score: i32,
}

const NONE: Match = Match { length: 0, formatted: 0, score: 0 };

impl Lazy {
    /// A parser for offsets up to `offset_max`.
    pub fn new(offset_max: u32, effort: Effort) -> Self {
        Self { rows: Rows::new(), repeats: REPEATS, effort, offset_max }
    }

    /// Starts a stream: forgets what was parsed.
    pub fn reset(&mut self) {
        self.forget();
        self.repeats = REPEATS;
    }

    /// Forgets the text before, not the last offsets.
    pub fn forget(&mut self) {
        self.rows.reset();
    }

    /// Parses the frame from `start` to `end`; all bytes before it were parsed.
    pub fn frame(&mut self, plain: &[u8], start: usize, end: usize, sequences: &mut Vec<Sequence>) {
        let mut at = start;
        let mut literals = 0;
        let mut touched = start;
        while at < end {
            if at + AHEAD > touched && touched < end {
                let next = end.min(at + 2 * AHEAD);
                self.rows.touch(plain, touched.max(at)..next);
                touched = next;
            }
            let mut current = self.best(plain, at, end);
            if current.length == 0 {
                at += 1;
                literals += 1;
                continue;
            }
            let mut inserted = at + 1;
            while current.length < self.effort.enough && at + 2 < end {
                let next = self.best(plain, at + 1, end);
                inserted = at + 2;
                if next.score <= current.score + 3 {
                    break;
                }
                literals += 1;
                at += 1;
                current = next;
            }
            let Match { length, formatted, .. } = current;
            sequences.push(Sequence { formatted, literals, length: length as u16 });
            apply(formatted, &mut self.repeats);
            literals = 0;
            at += length;
            for skipped in inserted..at {
                self.rows.insert(plain, skipped);
            }
        }
        if literals > 0 {
            sequences.push(Sequence { literals, ..Sequence::default() });
        }
    }

    fn best(&mut self, plain: &[u8], at: usize, end: usize) -> Match {
        let limit = MATCH_MAX.min(end - at);
        let here = &plain[at..at + limit];
        let mut best = NONE;
        for (formatted, repeat) in self.repeats.iter().enumerate() {
            let Some(from) = at.checked_sub(*repeat as usize) else { continue };
            let length = common(here, &plain[from..from + limit]);
            if length >= MATCH_MIN && length > best.length {
                best = Match { length, formatted: formatted as u32, score: 4 * length as i32 + 4 };
            }
        }
        if best.length >= self.effort.enough {
            self.rows.insert(plain, at);
            return best;
        }
        let (length, offset) = self.rows.find(plain, at, (best.length, limit), self.offset_max, self.effort);
        if offset > 0 && length > best.length {
            let score = 4 * length as i32 + 4 - (offset + 2).ilog2() as i32;
            if score > best.score && !(length == 3 && offset > 1 << 11 || length == 4 && offset > 1 << 15) {
                best = Match { length, formatted: offset + 2, score };
            }
        }
        best
    }
}
