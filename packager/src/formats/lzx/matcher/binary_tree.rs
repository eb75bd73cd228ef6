//! Binary trees: of each hash of four bytes a search tree over the positions with that hash, in the order of what
//! follows there, with the latest as its root. A search passes the longest matches, and puts the new root in.

use super::super::layout::{MATCH_MAX, WINDOW_MAX};
use super::super::sequence::common_from;
use super::{NOWHERE, filled, hash_3, word};

const BITS: u32 = 17;
const BITS_3: u32 = 15;
const WINDOW: usize = 1 << WINDOW_MAX;

/// The trees of a window.
#[derive(Debug)]
pub struct BinaryTree {
    roots: Box<[u32; 1 << BITS]>,
    latest_3: Box<[u32; 1 << BITS_3]>,
    /// Left and right child of each position.
    children: Box<[[u32; 2]; WINDOW]>,
    depth: u32,
    enough: usize,
}

impl BinaryTree {
    /// Trees without positions. A search looks at `depth` positions, and ends at a match of `enough` bytes.
    pub fn new(depth: u32, enough: usize) -> Self {
        Self {
            roots: filled(NOWHERE),
            latest_3: filled(NOWHERE),
            children: filled([NOWHERE; 2]),
            depth,
            enough,
        }
    }

    /// Forgets all positions.
    pub fn reset(&mut self) {
        self.roots.fill(NOWHERE);
        self.latest_3.fill(NOWHERE);
    }

    /// Adds position `at`, and gives `found` the length and offset of its matches: each is longer, and further
    /// away, than the one before it. At most `limit` bytes, at most `offset_max` away. Gives the longest's length.
    ///
    /// `limit` must not be less than [`MATCH_MAX`] but where the stream ends: an order by fewer bytes is none for
    /// the positions after it.
    #[inline]
    pub fn find(
        &mut self,
        plain: &[u8],
        at: usize,
        limit: usize,
        offset_max: u32,
        mut found: impl FnMut(usize, u32),
    ) -> usize {
        if !(4..=MATCH_MAX).contains(&limit) {
            return 0;
        }
        let bytes = word(plain, at);
        let latest_3 = &mut self.latest_3[hash_3::<BITS_3>(bytes)];
        let offset = (at as u32).wrapping_sub(*latest_3);
        let mut longest = 0;
        if offset <= offset_max && (word(plain, *latest_3 as usize) ^ bytes) << 8 == 0 {
            found(3, offset);
            longest = 3;
        }
        *latest_3 = at as u32;
        let root = &mut self.roots[(bytes.wrapping_mul(0x9E37_79B1) >> (32 - BITS)) as usize];
        let mut node = *root;
        *root = at as u32;
        longest = longest.max(3);
        let here = &plain[at..at + limit];
        // Where the next smaller and the next greater position go, and how much of them is known to match.
        let mut places = [(at % WINDOW, 0), (at % WINDOW, 1)];
        let mut known = [0, 0];
        let mut depth = self.depth;
        loop {
            let offset = (at as u32).wrapping_sub(node);
            if offset > offset_max || depth == 0 {
                for (place, side) in places {
                    self.children[place][side] = NOWHERE;
                }
                return longest;
            }
            depth -= 1;
            let from = node as usize;
            let there = &plain[from..from + limit];
            let length = common_from(here, there, known[0].min(known[1]));
            if length > longest {
                longest = length;
                found(length, offset);
            }
            let pair = self.children[from % WINDOW];
            if length >= limit || length >= self.enough {
                // As good as equal: the new root takes the place of this node.
                for ((place, side), child) in places.into_iter().zip(pair) {
                    self.children[place][side] = child;
                }
                return longest;
            }
            let greater = usize::from(there[length] > here[length]);
            // A node that is smaller goes to the left, and the search to its right.
            let (place, side) = places[greater];
            self.children[place][side] = node;
            places[greater] = (from % WINDOW, 1 - greater);
            known[greater] = length;
            node = pair[1 - greater];
        }
    }
}
