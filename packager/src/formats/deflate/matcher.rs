//! Repetitions: a window over history and block, and hash chains of the places where four bytes were seen before.

use super::symbols::{MATCH_MAX, MATCH_MIN, Symbols};
use super::{BLOCK, Level};

/// The window: the block before, and the block at hand.
const WINDOW: usize = 2 * BLOCK;
/// Bytes behind the window that are looked at with the last ones in it.
const AHEAD: usize = 8;
const HASH4_BITS: u32 = 16;
const HASH3_BITS: u32 = 15;
/// A match of three bytes that lies farther back costs more than three literals.
const DISTANCE3_MAX: usize = 4_096;

/// What a level means. What each is worth was measured on the DLLs of a large program.
#[derive(Clone, Copy)]
struct Effort {
    /// Places that are looked at for a match.
    depth: u32,
    /// The same for a better match at the next byte.
    again: u32,
    /// The same when the match at hand has [`GOOD`] bytes or more.
    again_good: u32,
    /// From that length on no better match is looked for at the next byte.
    lazy: usize,
    /// A match of that length ends the search.
    nice: usize,
}

/// Bytes of a match that is seldom surpassed at the next byte.
const GOOD: usize = 8;

impl Effort {
    fn of(level: Level) -> Self {
        match level {
            Level::Fast => Self { depth: 4, again: 2, again_good: 1, lazy: 32, nice: 64 },
            Level::Normal => Self { depth: 8, again: 4, again_good: 2, lazy: 32, nice: 64 },
        }
    }
}

/// A repetition of what lies `distance` bytes before.
#[derive(Clone, Copy)]
struct Match {
    length: usize,
    distance: usize,
}

impl Match {
    /// A quarter of the bits it saves, less those of its distance.
    fn worth(self) -> u32 {
        4 * self.length as u32 + (self.distance as u32).leading_zeros()
    }
}

/// The hashes of a place, and the last places that had them. They are looked up a place ahead, while the search at the
/// place before it is still waiting for memory.
#[derive(Clone, Copy)]
struct Heads {
    hash3: usize,
    hash4: usize,
    place3: u16,
    place4: u16,
}

/// Finds repetitions.
///
/// Places in the tables are places in the window, turned by half of it with every block: so they stay what they are
/// when the window moves on, and the difference of two, modulo the window's size, is their distance. What is older
/// than the window shows as a place in it that has other bytes, and is found out by comparing them.
pub(super) struct Matcher {
    effort: Effort,
    /// Where the history starts in the window.
    start: usize,
    /// What is added to a place in the window: 0 or [`BLOCK`].
    turn: u16,
    window: [u8; WINDOW + AHEAD],
    /// The last place of each hash of four bytes.
    heads4: [u16; 1 << HASH4_BITS],
    /// The last place of each hash of three bytes.
    heads3: [u16; 1 << HASH3_BITS],
    /// The place before each one that had the same hash of four bytes.
    previous: [u16; BLOCK],
}

impl Matcher {
    pub fn new(level: Level) -> Self {
        Self {
            effort: Effort::of(level),
            start: WINDOW,
            turn: 0,
            window: [0; WINDOW + AHEAD],
            heads4: [0; 1 << HASH4_BITS],
            heads3: [0; 1 << HASH3_BITS],
            previous: [0; BLOCK],
        }
    }

    /// Forgets everything, and takes a history of which the last [`BLOCK`] bytes count. `behind` is what follows.
    pub fn start(&mut self, history: &[u8], behind: &[u8]) {
        let history = history.get(history.len().saturating_sub(BLOCK)..).unwrap_or_default();
        // What is left in the window of other work lies before `start`, so no match would be taken from it. Searches
        // would go astray in it all the same.
        self.heads4.fill(0);
        self.heads3.fill(0);
        self.previous.fill(0);
        self.turn = 0;
        self.start = WINDOW - history.len();
        self.window[self.start..WINDOW].copy_from_slice(history);
        self.look_ahead(WINDOW, behind);
        let mut heads = self.heads(self.start);
        for at in self.start..WINDOW {
            self.insert(at, &mut heads);
        }
    }

    /// Moves the window on to a block of at most [`BLOCK`] bytes, which becomes its second half.
    pub fn load(&mut self, plain: &[u8], behind: &[u8]) {
        self.window.copy_within(BLOCK..WINDOW, 0);
        self.start = self.start.saturating_sub(BLOCK);
        self.turn ^= BLOCK as u16;
        let end = BLOCK + plain.len();
        self.window[BLOCK..end].copy_from_slice(plain);
        self.look_ahead(end, behind);
    }

    fn look_ahead(&mut self, end: usize, behind: &[u8]) {
        let room = &mut self.window[end..end + AHEAD];
        room.fill(0);
        for (room, byte) in room.iter_mut().zip(behind) {
            *room = *byte;
        }
    }

    /// Takes literals and matches for the block, of that many bytes.
    pub fn parse(&mut self, length: usize, symbols: &mut Symbols) {
        let end = BLOCK + length;
        let Effort { depth, again, again_good, lazy, .. } = self.effort;
        let mut at = BLOCK;
        let mut heads = self.heads(at);
        while at < end {
            let mut found = self.search(at, &mut heads, end, MATCH_MIN - 1, depth);
            if found.distance == 0 {
                symbols.literal(self.window[at % WINDOW]);
                at += 1;
                continue;
            }
            let mut known = at + 1;
            while found.length < lazy && known < end {
                let depth = if found.length >= GOOD { again_good } else { again };
                let next = self.search(known, &mut heads, end, found.length - 1, depth);
                known += 1;
                if next.distance == 0 || next.worth() <= found.worth() + 2 {
                    break;
                }
                symbols.literal(self.window[at % WINDOW]);
                at += 1;
                found = next;
            }
            symbols.repetition(found.length, found.distance);
            at += found.length;
            for place in known..at {
                self.insert(place, &mut heads);
            }
        }
    }

    /// Finds a match that is longer than `floor`, else one of distance 0, and puts the place into the tables.
    #[inline(always)]
    fn search(&mut self, at: usize, heads: &mut Heads, end: usize, floor: usize, depth: u32) -> Match {
        let (place3, mut place) = self.insert(at, heads);
        let here = at as u16 ^ self.turn;
        let farthest = (at - self.start).min(BLOCK);
        let longest = (end - at).min(MATCH_MAX);
        let nice = self.effort.nice.min(longest);
        let mut best = Match { length: floor, distance: 0 };
        if floor >= nice || longest < 4 {
            return best;
        }
        let word = self.word(at);
        if floor < MATCH_MIN {
            let distance = usize::from(here.wrapping_sub(place3));
            if (1..=farthest.min(DISTANCE3_MAX)).contains(&distance)
                && (self.word(at - distance) ^ word) & 0x00FF_FFFF == 0
            {
                best = Match { length: MATCH_MIN, distance };
            }
        }
        // What would have to match for a longer match: the four bytes up to one behind the best.
        let mut tail = at + best.length.max(MATCH_MIN) - MATCH_MIN;
        let mut tail_word = self.word(tail);
        let mut last = 0;
        for _ in 0..depth {
            let distance = usize::from(here.wrapping_sub(place));
            // A place that was overwritten since does not lie behind the one that led to it.
            if distance <= last || distance > farthest {
                break;
            }
            last = distance;
            place = self.previous[usize::from(place) % BLOCK];
            if self.word(tail - distance) == tail_word && self.word(at - distance) == word {
                let length = self.common(at, at - distance, longest);
                if length > best.length {
                    best = Match { length, distance };
                    if length >= nice {
                        break;
                    }
                    tail = at + length - MATCH_MIN;
                    tail_word = self.word(tail);
                }
            }
        }
        best
    }

    /// Puts a place into the tables, and goes on to the heads of the next one. The last places with the same three,
    /// and four, bytes: only hashes were compared.
    #[inline(always)]
    fn insert(&mut self, at: usize, heads: &mut Heads) -> (u16, u16) {
        let here = at as u16 ^ self.turn;
        let Heads { hash3, hash4, place3, place4 } = *heads;
        self.heads3[hash3 % (1 << HASH3_BITS)] = here;
        self.heads4[hash4 % (1 << HASH4_BITS)] = here;
        self.previous[at % BLOCK] = place4;
        *heads = self.heads(at + 1);
        (place3, place4)
    }

    /// The hashes of a place, and what they lead to.
    #[inline(always)]
    fn heads(&self, at: usize) -> Heads {
        let word = self.word(at);
        let hash3 = ((word << 8).wrapping_mul(0x9E37_79B1) >> (32 - HASH3_BITS)) as usize % (1 << HASH3_BITS);
        let hash4 = (word.wrapping_mul(0x9E37_79B1) >> (32 - HASH4_BITS)) as usize % (1 << HASH4_BITS);
        Heads { hash3, hash4, place3: self.heads3[hash3], place4: self.heads4[hash4] }
    }

    /// How many bytes are the same at two places that share four: at most `longest`.
    #[inline(always)]
    fn common(&self, at: usize, there: usize, longest: usize) -> usize {
        let mut length = 4;
        while length < longest {
            let differ = self.long(at + length) ^ self.long(there + length);
            if differ != 0 {
                return (length + differ.trailing_zeros() as usize / 8).min(longest);
            }
            length += 8;
        }
        longest
    }

    // The masks below never cut anything: they say so to the compiler.

    #[inline(always)]
    fn word(&self, at: usize) -> u32 {
        let at = at % WINDOW;
        let mut bytes = [0; 4];
        bytes.copy_from_slice(&self.window[at..at + 4]);
        u32::from_le_bytes(bytes)
    }

    #[inline(always)]
    fn long(&self, at: usize) -> u64 {
        let at = at % WINDOW;
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&self.window[at..at + 8]);
        u64::from_le_bytes(bytes)
    }
}
