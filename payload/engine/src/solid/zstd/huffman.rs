//! Huffman codes for literals (RFC 8878, 4.2).

use super::bits::Backward;
use super::fse::{Shares, Table as Weights};
use crate::buffer::Buffer;

/// Bits of a code at most.
const MOST_BITS: u32 = 11;
/// States of the code for weights at most, as a binary logarithm.
const WEIGHTS_LOG: u32 = 6;

/// What some bits mean: the symbol that they begin with, and its length in bits.
#[derive(Clone, Copy, Default)]
struct Code {
    symbol: u8,
    bits: u8,
}

/// A table with an item for each value of the next bits.
pub struct Huffman {
    codes: Buffer<Code>,
    weights: Weights,
    /// Bits of the longest code; 0: there is no table yet.
    bits: u32,
}

impl Huffman {
    /// One without codes.
    pub fn new() -> Self {
        Self { codes: Buffer::new(1 << MOST_BITS), weights: Weights::new(WEIGHTS_LOG), bits: 0 }
    }

    /// Forgets the codes.
    pub fn reset(&mut self) {
        self.bits = 0;
    }

    /// Reads a description of codes; says how many bytes it took.
    pub fn read(&mut self, bytes: &[u8]) -> Option<usize> {
        let (head, rest) = bytes.split_first()?;
        let mut weights = [0u8; 256];
        let (used, count) = if *head < 128 {
            let packed = rest.get(..usize::from(*head))?;
            (packed.len(), self.unpack(packed, &mut weights)?)
        } else {
            let count = usize::from(*head) - 127;
            let packed = rest.get(..count.div_ceil(2))?;
            for (pair, byte) in weights.chunks_exact_mut(2).zip(packed) {
                pair.copy_from_slice(&[byte >> 4, byte & 15]);
            }
            (packed.len(), count)
        };
        self.set(weights.get_mut(..=count)?)?;
        Some(1 + used)
    }

    /// Weights by two states that take turns. They end where bits are missing for the next state (RFC 8878, 4.2.1.2).
    fn unpack(&mut self, packed: &[u8], weights: &mut [u8; 256]) -> Option<usize> {
        let (shares, used) = Shares::read(packed, 15, WEIGHTS_LOG)?;
        self.weights.set(&shares)?;
        let mut bits = Backward::new(packed.get(used..)?)?;
        let mut states = [self.weights.start(&mut bits), self.weights.start(&mut bits)];
        if bits.is_beyond() {
            return None;
        }
        let mut count = 0;
        loop {
            // The last but one of at most 255: both states have room.
            if count > 253 {
                return None;
            }
            let [now, other] = states;
            *weights.get_mut(count)? = now.symbol;
            count += 1;
            let next = self.weights.next(now, &mut bits);
            if bits.is_beyond() {
                *weights.get_mut(count)? = other.symbol;
                return Some(count + 1);
            }
            states = [other, next];
        }
    }

    /// Makes the table. The last weight is not said: it fills what the others leave of a power of two.
    fn set(&mut self, weights: &mut [u8]) -> Option<()> {
        let (last, said) = weights.split_last_mut()?;
        let mut sum = 0u32;
        for weight in said.iter() {
            if u32::from(*weight) > MOST_BITS {
                return None;
            }
            sum += (1 << weight) >> 1;
        }
        let bits = sum.checked_ilog2()? + 1;
        let rest = (1u32 << bits) - sum;
        if bits > MOST_BITS || !rest.is_power_of_two() {
            return None;
        }
        *last = rest.ilog2() as u8 + 1;
        // Long codes stand first, those of one length in the order of their symbols.
        let mut at = 0;
        for length in (1..=bits).rev() {
            let weight = bits + 1 - length;
            for (symbol, _) in weights.iter().enumerate().filter(|(_, other)| u32::from(**other) == weight) {
                let span = 1 << (weight - 1);
                let codes = self.codes.get_mut(at..at + span)?;
                codes.fill(Code { symbol: symbol as u8, bits: length as u8 });
                at += span;
            }
        }
        self.bits = bits;
        (at == 1 << bits).then_some(())
    }

    /// Decodes one stream that has exactly as many literals as there is room for.
    pub fn decode(&self, bytes: &[u8], out: &mut [u8]) -> Option<()> {
        if self.bits == 0 {
            return None;
        }
        let mut bits = Backward::new(bytes)?;
        let codes: &[Code] = &self.codes;
        for literal in out {
            let code = codes.get(bits.peek(self.bits) as usize).copied()?;
            *literal = code.symbol;
            bits.pass(u32::from(code.bits));
        }
        bits.is_at_end().then_some(())
    }

    /// Decodes four streams behind a table of their lengths (RFC 8878, 3.1.1.3.1.6).
    pub fn decode_four(&self, bytes: &[u8], out: &mut [u8]) -> Option<()> {
        let (lengths, mut bytes) = bytes.split_first_chunk::<6>()?;
        let quarter = out.len().div_ceil(4);
        let mut lengths = lengths.as_chunks::<2>().0.iter();
        let mut out = out;
        loop {
            let length = lengths.next().map(|length| usize::from(u16::from_le_bytes(*length)));
            let Some(length) = length else { return self.decode(bytes, out) };
            let (stream, rest) = bytes.split_at_checked(length)?;
            let (literals, others) = out.split_at_mut_checked(quarter)?;
            self.decode(stream, literals)?;
            (bytes, out) = (rest, others);
        }
    }
}
