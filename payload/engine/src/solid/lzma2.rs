//! LZMA2: chunks of LZMA with a header each ("The .xz File Format", 5.3.1, names it; LZMA itself and the chunks are as
//! the public LZMA SDK specification has them). A chunk has at most 64 KB packed and 2 MB plain.

use super::history::History;
use super::lzma::{Lzma, Range};

/// What comes next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Control,
    Header,
    /// Bytes as they are: so many are left.
    Plain(usize),
    /// LZMA: packed bytes, plain bytes that are left, and the range decoder in between.
    Packed(usize, usize, Option<Range>),
    Ended,
}

/// Unpacks one stream after another.
pub struct Lzma2 {
    lzma: Lzma,
    state: State,
    want: usize,
    /// The next chunk has to forget what was, and the next one with LZMA has to say how it is coded.
    fresh: bool,
    unset: bool,
}

impl Lzma2 {
    /// One without a stream.
    pub fn new() -> Self {
        Self { lzma: Lzma::new(), state: State::Ended, want: 0, fresh: true, unset: true }
    }

    /// Begins a stream.
    pub fn start(&mut self) {
        (self.state, self.want, self.fresh, self.unset) = (State::Control, 1, true, true);
    }

    /// Bytes that the next step needs; nothing after the end.
    pub fn want(&self) -> Option<usize> {
        (self.state != State::Ended).then_some(self.want)
    }

    /// Goes on with at least the wanted bytes; says how many were used.
    pub fn step(&mut self, bytes: &[u8], history: &mut History) -> Option<usize> {
        match self.state {
            State::Control => {
                self.want = match *bytes.first()? {
                    0 => {
                        self.state = State::Ended;
                        return Some(1);
                    }
                    1 | 2 => 3,
                    0x80..0xc0 => 5,
                    0xc0.. => 6,
                    _ => return None,
                };
                self.state = State::Header;
                Some(0)
            }
            State::Header => self.header(bytes, history),
            State::Plain(left) => {
                let count = left.min(history.room()).min(bytes.len());
                history.extend(bytes.get(..count)?)?;
                self.lzma.position = self.lzma.position.wrapping_add(count);
                self.goes_on(State::Plain(left - count), left - count, 1);
                Some(count)
            }
            State::Packed(packed, left, range) => {
                let bytes = bytes.get(..packed)?;
                let mut range = match range {
                    Some(range) => range,
                    None => Range::start(bytes)?,
                };
                let count = left.min(history.room());
                self.lzma.decode(&mut range, bytes, history, count)?;
                let left = left - count;
                self.goes_on(State::Packed(packed, left, Some(range)), left, packed);
                if left > 0 {
                    return Some(0);
                }
                (range.is_at_end(bytes) && self.lzma.is_between()).then_some(packed)
            }
            State::Ended => None,
        }
    }

    /// Stays in a chunk while something is left of it.
    fn goes_on(&mut self, state: State, left: usize, want: usize) {
        (self.state, self.want) = if left > 0 { (state, want) } else { (State::Control, 1) };
    }

    fn header(&mut self, bytes: &[u8], history: &mut History) -> Option<usize> {
        let [control, a, b, rest @ ..] = bytes else { return None };
        let low = usize::from(*a) << 8 | usize::from(*b);
        let control = *control;
        if control == 1 || control >= 0xe0 {
            history.forget();
            self.lzma.position = 0;
            (self.fresh, self.unset) = (false, true);
        }
        if self.fresh {
            return None;
        }
        let used = self.want;
        let plain;
        if control < 0x80 {
            plain = low + 1;
            (self.state, self.want) = (State::Plain(plain), 1);
        } else {
            plain = (usize::from(control & 0x1f) << 16) + low + 1;
            let [c, d, rest @ ..] = rest else { return None };
            let packed = (usize::from(*c) << 8 | usize::from(*d)) + 1;
            if control >= 0xc0 {
                self.lzma.set(*rest.first()?)?;
                self.unset = false;
            } else if self.unset {
                return None;
            }
            if control >= 0xa0 {
                self.lzma.reset();
            }
            (self.state, self.want) = (State::Packed(packed, plain, None), packed);
        }
        (plain as u64 <= history.left()).then_some(used)
    }
}
