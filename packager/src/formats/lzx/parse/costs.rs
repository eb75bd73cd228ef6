//! What literals and matches cost, as far as a parser can know.

use super::super::layout::{ALIGNED, ALIGNED_BITS, LENGTHS, MAIN_MAX, SLOT_BITS};
use super::super::statistics::{Statistics, log};

/// Costs in 1/256 bits.
#[derive(Debug)]
pub struct Costs {
    /// Of the elements of the main tree.
    pub main: [u32; MAIN_MAX],
    /// Of the elements of the length tree.
    pub length: [u32; LENGTHS],
    /// Of the low bits of an offset.
    pub aligned: [u32; ALIGNED],
}

impl Costs {
    /// Costs when nothing is known yet.
    pub fn new() -> Self {
        let mut costs = Self { main: [0; MAIN_MAX], length: [0; LENGTHS], aligned: [0; ALIGNED] };
        costs.set(&Statistics::default());
        costs
    }

    /// The costs of a block with these statistics. An element that does not occur costs more than one that does
    /// so once, but can be had.
    pub fn set(&mut self, statistics: &Statistics) {
        fill(&mut self.main, &statistics.main, 16 * 256);
        fill(&mut self.length, &statistics.length, 16 * 256);
        fill(&mut self.aligned, &statistics.aligned, 3 * 256);
    }

    /// The bits of an offset, without its position slot.
    #[inline]
    pub fn offset(&self, slot: usize, formatted: u32) -> u32 {
        let bits = u32::from(SLOT_BITS[slot]);
        if bits >= ALIGNED_BITS {
            256 * (bits - ALIGNED_BITS) + self.aligned[formatted as usize % ALIGNED]
        } else {
            256 * bits
        }
    }
}

fn fill(costs: &mut [u32], frequencies: &[u32], most: u32) {
    let total: u32 = frequencies.iter().map(|frequency| 4 * frequency + 1).sum();
    let whole = log(total);
    for (cost, frequency) in costs.iter_mut().zip(frequencies) {
        *cost = (whole - log(4 * frequency + 1)).min(most);
    }
}
