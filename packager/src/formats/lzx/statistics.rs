//! How often the elements of the trees occur, and what that costs.

use super::layout::{
    ALIGNED, ALIGNED_BITS, LENGTH_BASE, LENGTH_HEADERS, LENGTHS, LITERALS, MAIN_MAX, MATCH_MIN, SLOT_BITS,
    slot,
};
use super::sequence::Sequence;

/// Frequencies of the elements of each tree.
#[derive(Clone, Debug)]
pub struct Statistics {
    /// Of the main tree.
    pub main: [u32; MAIN_MAX],
    /// Of the length tree.
    pub length: [u32; LENGTHS],
    /// Of the aligned offset tree, in case that it is used.
    pub aligned: [u32; ALIGNED],
    /// Bits of offsets that stand for themselves in any kind of block.
    pub extra: u64,
}

impl Default for Statistics {
    fn default() -> Self {
        Self { main: [0; MAIN_MAX], length: [0; LENGTHS], aligned: [0; ALIGNED], extra: 0 }
    }
}

/// The main tree's element of a match, and its element of the length tree if it has one.
#[inline]
pub fn elements(slot: usize, length: usize) -> (usize, Option<usize>) {
    let header = (length - MATCH_MIN).min(LENGTH_HEADERS - 1);
    (LITERALS + slot * LENGTH_HEADERS + header, length.checked_sub(LENGTH_BASE))
}

impl Statistics {
    /// Counts the elements of `sequences`, which stand for the start of `plain`.
    pub fn count(&mut self, mut plain: &[u8], sequences: &[Sequence]) {
        for sequence in sequences {
            let (literals, rest) = plain.split_at(usize::from(sequence.literals));
            for literal in literals {
                self.main[usize::from(*literal)] += 1;
            }
            plain = &rest[usize::from(sequence.length)..];
            if sequence.length == 0 {
                continue;
            }
            let slot = slot(sequence.formatted);
            let (element, length) = elements(slot, usize::from(sequence.length));
            self.main[element] += 1;
            if let Some(length) = length {
                self.length[length] += 1;
            }
            let bits = u32::from(SLOT_BITS[slot]);
            if bits >= ALIGNED_BITS {
                self.aligned[sequence.formatted as usize % ALIGNED] += 1;
                self.extra += u64::from(bits - ALIGNED_BITS);
            } else {
                self.extra += u64::from(bits);
            }
        }
    }

    /// Adds the frequencies of `other`.
    pub fn add(&mut self, other: &Statistics) {
        let pairs = self.main.iter_mut().zip(&other.main);
        let pairs = pairs.chain(self.length.iter_mut().zip(&other.length));
        for (frequency, more) in pairs.chain(self.aligned.iter_mut().zip(&other.aligned)) {
            *frequency += more;
        }
        self.extra += other.extra;
    }

    /// About how many bits a block of these elements has behind its header, in 1/256 bits: their entropy.
    pub fn cost(&self) -> u64 {
        entropy(self.main.iter().copied()) + entropy(self.length.iter().copied()) + 256 * self.extra
    }

    /// [`Statistics::cost`] of this and `other` together.
    pub fn cost_with(&self, other: &Statistics) -> u64 {
        entropy(self.main.iter().zip(&other.main).map(|(a, b)| a + b))
            + entropy(self.length.iter().zip(&other.length).map(|(a, b)| a + b))
            + 256 * (self.extra + other.extra)
    }
}

/// Bits of all elements together, in 1/256 bits, in whole numbers: the same on every machine.
fn entropy(frequencies: impl Iterator<Item = u32>) -> u64 {
    let (mut total, mut sum) = (0, 0);
    for frequency in frequencies {
        total += u64::from(frequency);
        sum += u64::from(frequency) * u64::from(log(frequency));
    }
    (total * u64::from(log(total as u32))).saturating_sub(sum)
}

/// The logarithm of `value` to base 2 in 1/256, linear between the powers; 0 for 0. The error of the straight line
/// is taken out by a parabola.
#[inline]
pub fn log(value: u32) -> u32 {
    if value == 0 {
        return 0;
    }
    let whole = value.ilog2();
    let part = (((u64::from(value) << 8) >> whole) & 255) as u32;
    // log2(1 + x) is x + 0.344 x (1 - x), to 0.01.
    (whole << 8) + part + ((part * (256 - part) * 88) >> 16)
}
