//! Finite state entropy: tables that say, for each state, its symbol and how the next state comes about (RFC 8878, 4.1).

use super::bits::{Backward, Forward};
use crate::buffer::Buffer;

/// A state.
#[derive(Clone, Copy, Default)]
pub struct State {
    /// The next state, with `bits` more bits added.
    next: u16,
    bits: u8,
    /// Its symbol.
    pub symbol: u8,
}

/// Symbols of a code at most: match lengths have 53.
const MOST_SYMBOLS: usize = 64;

/// Numbers of states that belong to the symbols; -1 is one, with all bits new.
pub struct Shares {
    shares: [i16; MOST_SYMBOLS],
    /// Binary logarithm of all of them together.
    log: u32,
}

impl Shares {
    /// Shares that both sides know.
    pub fn known(list: &[i8], log: u32) -> Self {
        let mut shares = [0; MOST_SYMBOLS];
        for (share, known) in shares.iter_mut().zip(list) {
            *share = i16::from(*known);
        }
        Self { shares, log }
    }

    /// Reads them, for symbols up to `last`, and 2 to the power of `most` states at most; says how many bytes they took
    /// (RFC 8878, 4.1.1).
    pub fn read(bytes: &[u8], last: usize, most: u32) -> Option<(Self, usize)> {
        let mut bits = Forward::new(bytes);
        let log = bits.peek(4) + 5;
        bits.pass(4);
        if log > most {
            return None;
        }
        let mut shares = [0; MOST_SYMBOLS];
        let (mut left, mut symbol) = (1u32 << log, 0);
        while left > 0 {
            if symbol > last {
                return None;
            }
            // A share is 0 to `left`, and one more means -1. The values that need one bit less are the first.
            let width = (left + 1).ilog2() + 1;
            let short = (1 << width) - 2 - left;
            let mut value = bits.peek(width);
            let low = value & ((1 << (width - 1)) - 1);
            if low < short {
                value = low;
                bits.pass(width - 1);
            } else {
                if value != low {
                    value -= short;
                }
                bits.pass(width);
            }
            let share = value as i16 - 1;
            *shares.get_mut(symbol)? = share;
            left = left.checked_sub(u32::from(share.unsigned_abs()))?;
            symbol += 1;
            // Behind a zero stands how many follow it, in steps of up to three.
            let mut zeros = if share == 0 { 3 } else { 0 };
            while zeros == 3 {
                zeros = bits.peek(2);
                bits.pass(2);
                symbol += zeros as usize;
            }
        }
        // Zeros behind the last symbol would be symbols, too.
        Some((Self { shares, log }, bits.used()?))
    }
}

/// A table of states.
pub struct Table {
    states: Buffer<State>,
    /// Binary logarithm of their number in use.
    log: u32,
}

impl Table {
    /// Room for 2 to the power of `most` states.
    pub fn new(most: u32) -> Self {
        Self { states: Buffer::new(1 << most), log: 0 }
    }

    /// One state that is its own next one.
    pub fn set_single(&mut self, symbol: u8) -> Option<()> {
        *self.states.first_mut()? = State { next: 0, bits: 0, symbol };
        self.log = 0;
        Some(())
    }

    /// Spreads the symbols over the states (RFC 8878, 4.1.1, "From normalized distribution to decoding tables").
    pub fn set(&mut self, shares: &Shares) -> Option<()> {
        let size = 1usize << shares.log;
        self.log = shares.log;
        let states = self.states.get_mut(..size)?;
        // The first state number of each symbol as it counts them: its share.
        let mut counts = [0u16; MOST_SYMBOLS];
        let mut high = size;
        for ((symbol, share), count) in shares.shares.iter().enumerate().zip(&mut counts) {
            *count = share.unsigned_abs();
            if *share == -1 {
                high = high.checked_sub(1)?;
                states.get_mut(high)?.symbol = symbol as u8;
            }
        }
        let (step, mut at) = ((size >> 1) + (size >> 3) + 3, 0);
        for (symbol, share) in shares.shares.iter().enumerate() {
            for _ in 0..(*share).max(0) {
                states.get_mut(at)?.symbol = symbol as u8;
                at = (at + step) & (size - 1);
                while at >= high {
                    at = (at + step) & (size - 1);
                }
            }
        }
        for state in states {
            let count = counts.get_mut(usize::from(state.symbol))?;
            let bits = shares.log.checked_sub(count.checked_ilog2()?)?;
            state.bits = bits as u8;
            state.next = (*count << bits).wrapping_sub(size as u16);
            *count += 1;
        }
        Some(())
    }

    /// The first state of a stream.
    #[inline(always)]
    pub fn start(&self, bits: &mut Backward<'_>) -> State {
        self.state(bits.read(self.log) as usize)
    }

    /// The state after another.
    #[inline(always)]
    pub fn next(&self, state: State, bits: &mut Backward<'_>) -> State {
        self.state(usize::from(state.next) + bits.read(u32::from(state.bits)) as usize)
    }

    #[inline(always)]
    fn state(&self, number: usize) -> State {
        self.states.get(number).copied().unwrap_or_default()
    }
}
