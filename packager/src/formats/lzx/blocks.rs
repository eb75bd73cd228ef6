//! Where blocks end.

use super::sequence::Sequence;
use super::statistics::Statistics;

/// Plain bytes by which the statistics are compared.
const SEGMENT: usize = 8_192;
/// The most plain bytes of a block: what they cost, at 16 bits each, fits into the numbers of the parsers.
const BLOCK: usize = 1 << 19;
/// What a further block costs, in 1/256 bits: header and trees.
const HEADER: u64 = 256 * 800;

/// Cuts sequences into blocks: a segment goes into the block before it if its own trees would cost more than they
/// save.
#[derive(Debug, Default)]
pub struct Splitter {
    block: Part,
    segment: Part,
}

#[derive(Clone, Debug, Default)]
struct Part {
    statistics: Statistics,
    cost: u64,
    sequences: usize,
    plain: usize,
}

impl Splitter {
    /// Forgets all sequences.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// Takes more sequences, which stand for the start of `plain`. `done` gets the number of sequences of each
    /// block that is ready.
    pub fn add(&mut self, mut plain: &[u8], mut sequences: &[Sequence], done: &mut Vec<usize>) {
        while !sequences.is_empty() {
            let (mut count, mut bytes) = (0, 0);
            while count < sequences.len() && self.segment.plain + bytes < SEGMENT {
                bytes += sequences[count].plain();
                count += 1;
            }
            let (now, later) = sequences.split_at(count);
            self.segment.statistics.count(plain, now);
            self.segment.sequences += count;
            self.segment.plain += bytes;
            sequences = later;
            plain = &plain[bytes..];
            if self.segment.plain >= SEGMENT {
                self.close_segment(done);
            }
        }
    }

    /// Ends the last block.
    pub fn finish(&mut self, done: &mut Vec<usize>) {
        self.close_segment(done);
        if self.block.sequences > 0 {
            done.push(self.block.sequences);
        }
        self.reset();
    }

    fn close_segment(&mut self, done: &mut Vec<usize>) {
        let mut segment = std::mem::take(&mut self.segment);
        segment.cost = segment.statistics.cost();
        let block = &mut self.block;
        if block.sequences == 0 {
            *block = segment;
            return;
        }
        let together = block.statistics.cost_with(&segment.statistics);
        if together > block.cost + segment.cost + HEADER || block.plain + segment.plain > BLOCK {
            done.push(block.sequences);
            *block = segment;
        } else {
            block.statistics.add(&segment.statistics);
            block.cost = together;
            block.sequences += segment.sequences;
            block.plain += segment.plain;
        }
    }
}
