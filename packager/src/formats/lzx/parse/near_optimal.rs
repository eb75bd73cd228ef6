//! The cheapest way through a block, by the costs of the pass before.
//!
//! From each byte on, every literal and match leads to a later byte; a byte keeps the cheapest way that leads to
//! it, and the repeat offsets of that way alone. That, and that costs follow from the way and the way from costs,
//! is why the result is only near the optimum.

use std::ops::Range;

use super::super::layout::{FRAME, LENGTH_BASE, LENGTH_HEADERS, LITERALS, MATCH_MAX, MATCH_MIN, slot};
use super::super::matcher::binary_tree::BinaryTree;
use super::super::sequence::{Repeats, Sequence, apply, common};
use super::super::statistics::Statistics;
use super::costs::Costs;

/// How hard the parser works.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Positions that a search looks at.
    pub depth: u32,
    /// A match of this length is taken without looking for another way.
    pub enough: usize,
    /// How often a block is parsed with costs from its own statistics.
    pub passes: u32,
}

/// Parses frame by frame, and each block again when its end is known.
#[derive(Debug)]
pub struct NearOptimal {
    tree: BinaryTree,
    effort: Effort,
    offset_max: u32,
    costs: Costs,
    matches: Cache,
    nodes: Vec<Node>,
    /// At the end of what was parsed for the first time, and of the last block.
    repeats: (Repeats, Repeats),
}

/// The matches of some positions.
#[derive(Debug, Default)]
struct Cache {
    /// The first position.
    base: usize,
    /// Where the matches of each position end.
    ends: Vec<u32>,
    matches: Vec<(u32, u32)>,
}

/// What leads to a byte.
#[derive(Clone, Copy, Debug)]
struct Node {
    cost: u32,
    formatted: u32,
    length: u32,
    repeats: Repeats,
}

const UNREACHED: Node = Node { cost: u32::MAX, formatted: 0, length: 0, repeats: [1; 3] };

impl NearOptimal {
    /// A parser for offsets up to `offset_max`.
    pub fn new(offset_max: u32, effort: Effort) -> Self {
        Self {
            tree: BinaryTree::new(effort.depth, effort.enough),
            effort,
            offset_max,
            costs: Costs::new(),
            matches: Cache::default(),
            nodes: Vec::new(),
            repeats: ([1; 3], [1; 3]),
        }
    }

    /// Forgets what was parsed.
    pub fn reset(&mut self) {
        self.tree.reset();
        self.costs = Costs::new();
        self.matches.base = 0;
        self.matches.ends.clear();
        self.matches.matches.clear();
        self.repeats = ([1; 3], [1; 3]);
    }

    /// Parses the frame `range`, by the costs of the block before; all bytes before it were parsed.
    pub fn frame(&mut self, plain: &[u8], range: Range<usize>, sequences: &mut Vec<Sequence>) {
        let mut skip = 0;
        for at in range.clone() {
            // Trees are in order by what follows, also behind the frame: matches are cut when they are used.
            let limit = MATCH_MAX.min(plain.len() - at);
            let matches = &mut self.matches.matches;
            let longest = self.tree.find(plain, at, limit, self.offset_max, |length, offset| {
                if skip == 0 {
                    matches.push((length as u32, offset));
                }
            });
            if skip > 0 {
                skip -= 1;
            } else if longest.min(range.end - at) >= self.effort.enough {
                skip = longest.min(range.end - at) - 1;
            }
            self.matches.ends.push(self.matches.matches.len() as u32);
        }
        self.repeats.0 = self.way(plain, range, self.repeats.0, sequences);
    }

    /// Parses a block again. `sequences` are what came out before, and what comes out now.
    pub fn block(&mut self, plain: &[u8], range: Range<usize>, sequences: &mut Vec<Sequence>) {
        let mut end = self.repeats.1;
        for _ in 0..self.effort.passes {
            let mut statistics = Statistics::default();
            statistics.count(&plain[range.clone()], sequences);
            self.costs.set(&statistics);
            sequences.clear();
            end = self.way(plain, range.clone(), self.repeats.1, sequences);
        }
        self.repeats.1 = end;
        self.matches.forget(range.end);
    }

    /// Finds the cheapest way through `range`. Gives the repeat offsets at its end.
    fn way(
        &mut self,
        plain: &[u8],
        range: Range<usize>,
        repeats: Repeats,
        sequences: &mut Vec<Sequence>,
    ) -> Repeats {
        let start = range.start;
        self.nodes.clear();
        self.nodes.resize(range.len() + 1, UNREACHED);
        self.nodes[0] = Node { cost: 0, repeats, ..UNREACHED };
        let mut at = start;
        while at < range.end {
            at += self.step(plain, at, &range);
        }
        let end = self.arrive(range.len()).repeats;
        self.collect(&range, sequences);
        end
    }

    /// Goes on from the byte at `at`, to which the cheapest way is known. Gives how far the next such byte is.
    #[inline]
    fn step(&mut self, plain: &[u8], at: usize, range: &Range<usize>) -> usize {
        let index = at - range.start;
        // A match ends with its frame, and with the block.
        let frame_end = at / FRAME * FRAME + FRAME;
        let limit = MATCH_MAX.min(frame_end.min(range.end) - at);
        let Node { cost, repeats, .. } = self.arrive(index);
        let nodes = &mut self.nodes[index..=index + limit];
        let costs = &self.costs;
        let here = &plain[at..at + limit];
        reach(&mut nodes[1], cost + costs.main[usize::from(here[0])], 0, 1);
        if limit < MATCH_MIN {
            return 1;
        }
        for (formatted, repeat) in repeats.iter().enumerate() {
            let Some(from) = at.checked_sub(*repeat as usize) else { continue };
            if plain[from..from + 2] != here[..2] {
                continue;
            }
            let length = common(here, &plain[from..from + limit]);
            if length >= self.effort.enough {
                let cost = cost + price(costs, formatted, length);
                nodes[length] = UNREACHED;
                reach(&mut nodes[length], cost, formatted as u32, length);
                return length;
            }
            relax(nodes, costs, cost, formatted, formatted as u32, MATCH_MIN..=length);
        }
        let mut shortest = MATCH_MIN;
        let matches = self.matches.of(at);
        if let Some((length, offset)) = matches.last()
            && (*length as usize).min(limit) >= self.effort.enough
        {
            let length = (*length as usize).min(limit);
            let formatted = offset + 2;
            let slot = slot(formatted);
            let cost = cost + costs.offset(slot, formatted) + price(costs, slot, length);
            nodes[length] = UNREACHED;
            reach(&mut nodes[length], cost, formatted, length);
            return length;
        }
        for (length, offset) in matches {
            let length = (*length as usize).min(limit);
            let formatted = offset + 2;
            let slot = slot(formatted);
            let cost = cost + costs.offset(slot, formatted);
            relax(nodes, costs, cost, slot, formatted, shortest..=length);
            shortest = length + 1;
        }
        1
    }

    /// Sets the repeat offsets of a node to which the cheapest way is known.
    #[inline]
    fn arrive(&mut self, index: usize) -> Node {
        let node = self.nodes[index];
        if node.length > 0 {
            let mut repeats = self.nodes[index - node.length as usize].repeats;
            if node.length > 1 {
                apply(node.formatted, &mut repeats);
            }
            self.nodes[index].repeats = repeats;
        }
        self.nodes[index]
    }

    /// Goes the way back from its end.
    fn collect(&mut self, range: &Range<usize>, sequences: &mut Vec<Sequence>) {
        // Turn the arrows around: a node then says what leads on from it.
        let mut at = range.len();
        let (mut length, mut formatted) = (0, 0);
        loop {
            let node = self.nodes[at];
            (self.nodes[at].length, self.nodes[at].formatted) = (length, formatted);
            if at == 0 {
                break;
            }
            (length, formatted) = (node.length, node.formatted);
            at -= length as usize;
        }
        let mut literals = 0;
        while at < range.len() {
            let Node { length, formatted, .. } = self.nodes[at];
            at += length as usize;
            if length == 1 {
                literals += 1;
                if (range.start + at) % FRAME == 0 {
                    sequences.push(Sequence { literals, ..Sequence::default() });
                    literals = 0;
                }
            } else {
                sequences.push(Sequence { formatted, literals, length: length as u16 });
                literals = 0;
            }
        }
        if literals > 0 {
            sequences.push(Sequence { literals, ..Sequence::default() });
        }
    }
}

impl Cache {
    #[inline]
    fn of(&self, at: usize) -> &[(u32, u32)] {
        let index = at - self.base;
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.matches[start as usize..self.ends[index] as usize]
    }

    /// Forgets the positions before `at`.
    fn forget(&mut self, at: usize) {
        let count = at - self.base;
        let Some(gone) = count.checked_sub(1).map(|last| self.ends[last]) else { return };
        self.ends.drain(..count);
        self.matches.drain(..gone as usize);
        for end in &mut self.ends {
            *end -= gone;
        }
        self.base = at;
    }
}

#[inline]
fn reach(node: &mut Node, cost: u32, formatted: u32, length: usize) {
    if cost < node.cost {
        node.cost = cost;
        node.formatted = formatted;
        node.length = length as u32;
    }
}

/// What the lengths of a match cost, with the position slot.
#[inline]
fn price(costs: &Costs, slot: usize, length: usize) -> u32 {
    let header = (length - MATCH_MIN).min(LENGTH_HEADERS - 1);
    let more = length.checked_sub(LENGTH_BASE).map_or(0, |more| costs.length[more]);
    costs.main[LITERALS + slot * LENGTH_HEADERS + header] + more
}

#[inline]
fn relax(
    nodes: &mut [Node],
    costs: &Costs,
    cost: u32,
    slot: usize,
    formatted: u32,
    lengths: std::ops::RangeInclusive<usize>,
) {
    for length in lengths {
        reach(&mut nodes[length], cost + price(costs, slot, length), formatted, length);
    }
}
