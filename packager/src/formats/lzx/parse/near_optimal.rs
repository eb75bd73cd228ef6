//! The cheapest way through a block, by the costs of the pass before.
//!
//! From each byte on, every literal and match leads to a later byte; a byte keeps the cheapest way that leads to
//! it, and the repeat offsets of that way alone. That, and that costs follow from the way and the way from costs,
//! is why the result is only near the optimum.

use std::ops::Range;

use super::super::layout::{
    FRAME, LENGTH_BASE, LENGTH_HEADERS, LITERALS, MATCH_MAX, MATCH_MIN, REPEATS, slot,
};
use super::super::matcher::binary_tree::BinaryTree;
use super::super::matcher::rows::{AllCandidates, AllRows};
use super::super::sequence::{Repeats, Sequence, apply, common};
use super::super::statistics::Statistics;
use super::costs::Costs;

/// Positions whose candidates are looked up at once: so waiting for their rows in memory overlaps.
const BATCH: usize = 16;

/// How hard the parser works.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Positions that a search in a tree looks at; without, rows are searched, which is faster.
    pub depth: Option<u32>,
    /// A match of this length is taken without looking for another way.
    pub enough: usize,
    /// How often a block is parsed with costs from its own statistics.
    pub passes: u32,
}

/// Parses frame by frame, and each block again when its end is known.
#[derive(Debug)]
pub struct NearOptimal {
    finder: Finder,
    effort: Effort,
    offset_max: u32,
    costs: Costs,
    matches: Cache,
    nodes: Vec<Node>,
    /// The repeat offsets behind the cheapest way to each byte that was visited.
    repeats_of: Vec<Repeats>,
    /// At the end of what was parsed for the first time, and of the last block.
    repeats: (Repeats, Repeats),
}

#[derive(Debug)]
enum Finder {
    Rows(AllRows, Box<[AllCandidates; BATCH]>),
    Tree(BinaryTree),
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

/// The cheapest way to a byte, and its last step: a literal, or a match.
#[derive(Clone, Copy, Debug)]
struct Node {
    cost: u32,
    step: Step,
}

/// The formatted offset above nine bits of length; a literal has the length 1.
#[derive(Clone, Copy, Debug)]
struct Step(u32);

impl Step {
    #[inline]
    fn new(formatted: u32, length: usize) -> Self {
        Self((formatted << 9) | length as u32)
    }

    #[inline]
    fn formatted(self) -> u32 {
        self.0 >> 9
    }

    #[inline]
    fn length(self) -> usize {
        (self.0 & 511) as usize
    }
}

const UNREACHED: Node = Node { cost: u32::MAX, step: Step(0) };

impl NearOptimal {
    /// A parser for offsets up to `offset_max`.
    pub fn new(offset_max: u32, effort: Effort) -> Self {
        let finder = match effort.depth {
            None => Finder::Rows(AllRows::new(), Box::new([AllCandidates::default(); BATCH])),
            Some(depth) => Finder::Tree(BinaryTree::new(depth, effort.enough)),
        };
        Self {
            finder,
            effort,
            offset_max,
            costs: Costs::new(),
            matches: Cache::default(),
            nodes: vec![UNREACHED; FRAME + 1],
            repeats_of: vec![REPEATS; FRAME + 1],
            repeats: (REPEATS, REPEATS),
        }
    }

    /// Starts a stream: forgets what was parsed.
    pub fn reset(&mut self) {
        self.forget();
        self.repeats = (REPEATS, REPEATS);
    }

    /// Forgets the text before, not the last offsets.
    pub fn forget(&mut self) {
        match &mut self.finder {
            Finder::Rows(rows, _) => rows.reset(),
            Finder::Tree(tree) => tree.reset(),
        }
        self.costs = Costs::new();
        self.matches.base = 0;
        self.matches.ends.clear();
        self.matches.matches.clear();
    }

    /// Parses the frame `range`, by the costs of the block before; all bytes before it were parsed.
    pub fn frame(&mut self, plain: &[u8], range: Range<usize>, sequences: &mut Vec<Sequence>) {
        match self.finder {
            Finder::Rows(..) => self.find_in_rows(plain, range.clone()),
            Finder::Tree(_) => self.find_in_tree(plain, range.clone()),
        }
        self.repeats.0 = self.way(plain, range, self.repeats.0, sequences);
    }

    fn find_in_rows(&mut self, plain: &[u8], range: Range<usize>) {
        let Finder::Rows(rows, batch) = &mut self.finder else { return };
        // Up to here all positions are part of a match that is taken.
        let mut taken = range.start;
        for start in range.clone().step_by(BATCH) {
            let end = range.end.min(start + BATCH);
            rows.touch(plain, start..end);
            for (at, candidates) in (start..end).zip(batch.iter_mut()) {
                *candidates = rows.candidates(plain, at);
            }
            for (at, candidates) in (start..end).zip(batch.iter()) {
                if at >= taken {
                    let limit = MATCH_MAX.min(range.end - at);
                    let matches = &mut self.matches.matches;
                    let longest =
                        candidates.find(plain, at, limit, self.offset_max, self.effort.enough, |found| {
                            matches.push(found);
                        });
                    if longest >= self.effort.enough {
                        taken = at + longest;
                    }
                }
                self.matches.ends.push(self.matches.matches.len() as u32);
            }
        }
    }

    fn find_in_tree(&mut self, plain: &[u8], range: Range<usize>) {
        let Finder::Tree(tree) = &mut self.finder else { return };
        let mut taken = range.start;
        for at in range.clone() {
            // Trees are in order by what follows, also behind the frame: matches are cut when they are used.
            let limit = MATCH_MAX.min(plain.len() - at);
            let matches = &mut self.matches.matches;
            let longest = tree.find(plain, at, limit, self.offset_max, |length, offset| {
                if at >= taken {
                    matches.push((length as u32, offset));
                }
            });
            let longest = longest.min(range.end - at);
            if at >= taken && longest >= self.effort.enough {
                taken = at + longest;
            }
            self.matches.ends.push(matches.len() as u32);
        }
    }

    /// Parses a block again. `sequences` are what came out before, and what comes out now.
    pub fn block(&mut self, plain: &[u8], range: Range<usize>, sequences: &mut Vec<Sequence>) {
        let mut repeats = self.repeats.1;
        for _ in 0..self.effort.passes {
            let mut statistics = Statistics::default();
            statistics.count(&plain[range.clone()], sequences);
            self.costs.set(&statistics);
            sequences.clear();
            repeats = self.repeats.1;
            let mut start = range.start;
            while start < range.end {
                let end = range.end.min(start / FRAME * FRAME + FRAME);
                repeats = self.way(plain, start..end, repeats, sequences);
                start = end;
            }
        }
        self.repeats.1 = repeats;
        self.matches.forget(range.end);
    }

    /// Finds the cheapest way through `range`, which is a part of one frame. Gives the repeat offsets at its end.
    fn way(
        &mut self,
        plain: &[u8],
        range: Range<usize>,
        repeats: Repeats,
        sequences: &mut Vec<Sequence>,
    ) -> Repeats {
        let count = range.len();
        self.nodes[..=count].fill(UNREACHED);
        self.nodes[0].cost = 0;
        self.repeats_of[0] = repeats;
        let mut index = 0;
        while index < count {
            index += self.step(plain, index, &range);
        }
        let end = self.arrive(count);
        self.collect(count, sequences);
        end
    }

    /// Goes on from a byte to which the cheapest way is known. Gives how far the next such byte is.
    #[inline]
    fn step(&mut self, plain: &[u8], index: usize, range: &Range<usize>) -> usize {
        let at = range.start + index;
        let limit = MATCH_MAX.min(range.end - at);
        let cost = self.nodes[index].cost;
        let repeats = self.arrive(index);
        let nodes = &mut self.nodes[index..=index + limit];
        let costs = &self.costs;
        let here = &plain[at..at + limit];
        reach(&mut nodes[1], cost + costs.main[usize::from(here[0])], Step::new(0, 1));
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
                nodes[length] = Node {
                    cost: cost + price(costs, formatted, length),
                    step: Step::new(formatted as u32, length),
                };
                return length;
            }
            relax(nodes, costs, cost, formatted, formatted as u32, MATCH_MIN, length);
        }
        let matches = self.matches.of(at);
        let Some((longest, offset)) = matches.last() else { return 1 };
        let longest = (*longest as usize).min(limit);
        if longest >= self.effort.enough {
            let formatted = offset + 2;
            let slot = slot(formatted);
            nodes[longest] = Node {
                cost: cost + costs.offset(slot, formatted) + price(costs, slot, longest),
                step: Step::new(formatted, longest),
            };
            return longest;
        }
        let mut shortest = MATCH_MIN;
        for (length, offset) in matches {
            let length = (*length as usize).min(limit);
            let formatted = offset + 2;
            let slot = slot(formatted);
            relax(nodes, costs, cost + costs.offset(slot, formatted), slot, formatted, shortest, length);
            shortest = length + 1;
        }
        1
    }

    /// The repeat offsets behind the cheapest way to a byte, when it is known.
    #[inline]
    fn arrive(&mut self, index: usize) -> Repeats {
        let step = self.nodes[index].step;
        let mut repeats = self.repeats_of[index - step.length()];
        if step.length() > 1 {
            apply(step.formatted(), &mut repeats);
        }
        self.repeats_of[index] = repeats;
        repeats
    }

    /// Goes the way back from its end, and then along it.
    fn collect(&mut self, count: usize, sequences: &mut Vec<Sequence>) {
        // Turn the arrows around: a node then says what leads on from it.
        let mut at = count;
        let mut next = Step(0);
        loop {
            let step = std::mem::replace(&mut self.nodes[at].step, next);
            if at == 0 {
                break;
            }
            at -= step.length();
            next = step;
        }
        let mut literals = 0;
        while at < count {
            let step = self.nodes[at].step;
            at += step.length();
            if step.length() == 1 {
                literals += 1;
            } else {
                let length = step.length() as u16;
                sequences.push(Sequence { formatted: step.formatted(), literals, length });
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
fn reach(node: &mut Node, cost: u32, step: Step) {
    if cost < node.cost {
        *node = Node { cost, step };
    }
}

/// What the length of a match costs, with the position slot.
#[inline]
fn price(costs: &Costs, slot: usize, length: usize) -> u32 {
    let header = (length - MATCH_MIN).min(LENGTH_HEADERS - 1);
    let more = length.checked_sub(LENGTH_BASE).map_or(0, |more| costs.length[more]);
    costs.main[LITERALS + slot * LENGTH_HEADERS + header] + more
}

/// Reaches the nodes that matches of the lengths from `first` to `last` lead to.
#[inline]
fn relax(
    nodes: &mut [Node],
    costs: &Costs,
    cost: u32,
    slot: usize,
    formatted: u32,
    first: usize,
    last: usize,
) {
    let element = LITERALS + slot * LENGTH_HEADERS;
    let headers = &costs.main[element..element + LENGTH_HEADERS];
    for length in first..=last.min(LENGTH_BASE - 1) {
        reach(&mut nodes[length], cost + headers[length - MATCH_MIN], Step::new(formatted, length));
    }
    let first = first.max(LENGTH_BASE);
    if first <= last {
        let cost = cost + headers[LENGTH_HEADERS - 1];
        let prices = &costs.length[first - LENGTH_BASE..=last - LENGTH_BASE];
        for (length, (node, price)) in (first..).zip(nodes[first..=last].iter_mut().zip(prices)) {
            reach(node, cost + price, Step::new(formatted, length));
        }
    }
}
