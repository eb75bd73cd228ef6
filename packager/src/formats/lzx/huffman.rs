//! Canonical Huffman codes whose codewords have a greatest length.

use super::layout::CODE_MAX;

/// Makes the lengths of a code for `frequencies`, 0 for what does not occur, none above `limit` bits.
///
/// A code of a single element is incomplete, and decoders refuse it: a second element gets a codeword, too.
/// Nothing that occurs gives no code at all.
///
/// The lengths are those of Huffman, found with two queues over the sorted frequencies. When some are too long,
/// leaves move from the shallowest place that makes room, which costs less than 0.1 % on real statistics.
pub fn lengths(frequencies: &[u32], limit: u32, scratch: &mut Vec<u64>, lengths: &mut [u8]) {
    debug_assert!(frequencies.len() == lengths.len() && limit <= CODE_MAX);
    lengths.fill(0);
    let leaves = scratch;
    leaves.clear();
    let used = frequencies.iter().enumerate().filter(|(_, frequency)| **frequency > 0);
    leaves.extend(used.map(|(element, frequency)| (u64::from(*frequency) << 16) | element as u64));
    match leaves[..] {
        [] => return,
        [leaf] => {
            let element = (leaf & 0xFFFF) as usize;
            lengths[element] = 1;
            lengths[usize::from(element == 0)] = 1;
            return;
        }
        _ => leaves.sort_unstable(),
    }
    let mut counts = depths(leaves);
    shorten(&mut counts, limit as usize);
    // The rarest elements are first, and get the longest codewords.
    let mut elements = leaves[leaves.len() / 2..].iter();
    for length in (1..=limit as usize).rev() {
        for leaf in elements.by_ref().take(counts[length] as usize) {
            lengths[(leaf & 0xFFFF) as usize] = length as u8;
        }
    }
}

/// How many leaves there are at each depth, 64 and more as 63: with 32-bit frequencies none is deeper than 47.
/// Leaves the leaves themselves in the second half of the vector.
fn depths(leaves: &mut Vec<u64>) -> [u32; 64] {
    let count = leaves.len();
    let weight = |leaf: u64| leaf >> 16;
    // Inner nodes come in the order of their weights: weights first, then their parents take the place.
    let mut nodes: Vec<u64> = Vec::with_capacity(count - 1);
    let (mut leaf, mut node) = (0, 0);
    for next in 0..count - 1 {
        let mut sum = 0;
        for _ in 0..2 {
            let take_leaf = leaf < count && (node >= next || weight(leaves[leaf]) <= nodes[node]);
            if take_leaf {
                sum += weight(leaves[leaf]);
                leaf += 1;
            } else {
                sum += nodes[node];
                nodes[node] = next as u64;
                node += 1;
            }
        }
        nodes.push(sum);
    }
    let mut counts = [0_u32; 64];
    let mut inner = [0_u32; 65];
    inner[0] = 1;
    if let Some(root) = nodes.last_mut() {
        *root = 0;
    }
    for index in (0..count.saturating_sub(2)).rev() {
        let depth = nodes[nodes[index] as usize] + 1;
        nodes[index] = depth;
        inner[(depth as usize).min(63)] += 1;
    }
    for depth in 1..64 {
        counts[depth] = (2 * inner[depth - 1]).saturating_sub(inner[depth]);
    }
    leaves.extend_from_within(..);
    counts
}

/// Brings leaves below `limit` up to it, and makes room for them.
fn shorten(counts: &mut [u32; 64], limit: usize) {
    let mut room: i64 = 1 << limit;
    for length in 1..64 {
        if length > limit {
            counts[limit] += counts[length];
            counts[length] = 0;
        }
    }
    for (length, count) in counts.iter().enumerate().take(limit + 1).skip(1) {
        room -= i64::from(*count) << (limit - length);
    }
    // Each turn makes a leaf above the limit an inner node of itself and one of the deepest leaves.
    while room < 0 {
        let Some(length) = (1..limit).rev().find(|length| counts[*length] > 0) else { return };
        counts[length] -= 1;
        counts[length + 1] += 2;
        counts[limit] -= 1;
        room += 1;
    }
}

/// Gives each element of a code its codeword, in the low bits.
pub fn codewords(lengths: &[u8], codewords: &mut [u32]) {
    let mut counts = [0_u32; CODE_MAX as usize + 1];
    for length in lengths {
        counts[usize::from(*length)] += 1;
    }
    counts[0] = 0;
    let mut next = [0_u32; CODE_MAX as usize + 1];
    for length in 1..next.len() {
        next[length] = (next[length - 1] + counts[length - 1]) << 1;
    }
    for (codeword, length) in codewords.iter_mut().zip(lengths) {
        *codeword = next[usize::from(*length)];
        next[usize::from(*length)] += 1;
    }
}

/// Bits of a codeword that one look decodes.
const DIRECT: u32 = 11;

/// A code, made for decoding.
#[derive(Debug)]
pub struct Table {
    /// By the next bits: element and length, or 0 when the codeword is longer.
    direct: Box<[u16; 1 << DIRECT]>,
    /// Elements in the order of their codewords.
    elements: Vec<u16>,
    /// By length: where codewords of this length end, as 16 bits, and what leads from codeword to place.
    ends: [u32; CODE_MAX as usize + 1],
    places: [u32; CODE_MAX as usize + 1],
    empty: bool,
}

impl Default for Table {
    fn default() -> Self {
        Self {
            direct: Box::new([0; 1 << DIRECT]),
            elements: Vec::new(),
            ends: [0; CODE_MAX as usize + 1],
            places: [0; CODE_MAX as usize + 1],
            empty: true,
        }
    }
}

impl Table {
    /// Takes the code of these lengths. False if it is no complete one; one without any codeword is taken, and
    /// decodes to nothing.
    pub fn set(&mut self, lengths: &[u8]) -> bool {
        let mut counts = [0_u32; CODE_MAX as usize + 1];
        for length in lengths {
            counts[usize::from(*length) % counts.len()] += 1;
        }
        self.empty = counts[0] as usize == lengths.len();
        if self.empty {
            return true;
        }
        let (mut code, mut place) = (0, 0);
        let mut next = [0_u32; CODE_MAX as usize + 1];
        for length in 1..=CODE_MAX as usize {
            let unit = 1 << (CODE_MAX as usize - length);
            next[length] = place;
            self.places[length] = place.wrapping_sub(code / unit);
            code += counts[length] * unit;
            place += counts[length];
            self.ends[length] = code;
        }
        if code != 1 << CODE_MAX {
            return false;
        }
        self.elements.clear();
        self.elements.resize(place as usize, 0);
        for (element, length) in lengths.iter().enumerate().filter(|(_, length)| **length > 0) {
            let place = &mut next[usize::from(*length) % (CODE_MAX as usize + 1)];
            self.elements[*place as usize] = element as u16;
            *place += 1;
        }
        self.fill(&counts);
        true
    }

    fn fill(&mut self, counts: &[u32; CODE_MAX as usize + 1]) {
        let mut elements = self.elements.iter();
        let mut at = 0;
        for (length, count) in counts.iter().enumerate().take(DIRECT as usize + 1).skip(1) {
            let span = 1 << (DIRECT as usize - length);
            for element in elements.by_ref().take(*count as usize) {
                self.direct[at..at + span].fill((element << 4) | length as u16);
                at += span;
            }
        }
        self.direct[at..].fill(0);
    }

    /// The element that the next 16 bits start with, and the length of its codeword. Nothing in an empty code.
    #[inline]
    pub fn decode(&self, next: usize) -> Option<(usize, u32)> {
        let entry = self.direct[(next >> (CODE_MAX - DIRECT)) % (1 << DIRECT)];
        if entry != 0 && !self.empty {
            return Some((usize::from(entry >> 4), u32::from(entry & 15)));
        }
        self.decode_long(next as u32)
    }

    #[cold]
    fn decode_long(&self, next: u32) -> Option<(usize, u32)> {
        if self.empty {
            return None;
        }
        let length = (DIRECT + 1..=CODE_MAX).find(|length| next < self.ends[*length as usize])?;
        let place = (next >> (CODE_MAX - length)).wrapping_add(self.places[length as usize]);
        let element = self.elements.get(place as usize)?;
        Some((usize::from(*element), length))
    }
}
