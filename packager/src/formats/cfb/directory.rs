//! The directory: one 128-byte entry per stream, linked into a red-black tree.

use std::cmp::Ordering;

use super::{Entry, Error};

pub(super) const ENTRY_LEN: usize = 128;
const NO_STREAM: u32 = 0xffff_ffff;
const ROOT: u8 = 5;
const STREAM: u8 = 2;
const RED: u8 = 0;
const BLACK: u8 = 1;
const MAX_UNITS: usize = 31;

/// Where the data of an entry starts and how long it is.
#[derive(Clone, Copy)]
pub(super) struct Extent {
    pub(super) start: u32,
    pub(super) len: u64,
}

/// The order of names: shorter first, then by upper-case UTF-16 units ([MS-CFB] 2.6.4).
fn fold(name: &str) -> Vec<u16> {
    let upper = |c: char| {
        // Only mappings of one unit to one unit count, so that the length stays.
        let mut mapped = c.to_uppercase();
        match (mapped.next(), mapped.next()) {
            (Some(upper), None) if upper.len_utf16() == c.len_utf16() => upper,
            _ => c,
        }
    };
    let mut units = Vec::with_capacity(name.len());
    for c in name.chars() {
        units.extend_from_slice(upper(c).encode_utf16(&mut [0; 2]));
    }
    units
}

fn compare(a: &[u16], b: &[u16]) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

/// Indices of the entries, in the order of the tree.
pub(super) fn sorted(entries: &[Entry]) -> Result<Vec<u32>, Error> {
    let mut order = Vec::with_capacity(entries.len());
    for (index, entry) in (0u32..).zip(entries) {
        let units = fold(&entry.name);
        if units.is_empty() || units.len() > MAX_UNITS || entry.name.contains(['/', '\\', ':', '!', '\0']) {
            return Err(Error::Name { name: entry.name.clone() });
        }
        order.push((units, index, entry));
    }
    order.sort_by(|a, b| compare(&a.0, &b.0));
    for pair in order.windows(2) {
        if let [a, b] = pair
            && a.0 == b.0
        {
            return Err(Error::Duplicate { name: b.2.name.clone() });
        }
    }
    Ok(order.into_iter().map(|(_, index, _)| index).collect())
}

#[derive(Clone, Copy)]
struct Node {
    left: u32,
    right: u32,
    color: u8,
}

/// Links `order` into a tree by halves. All levels but the lowest are full, so black everywhere and red on an
/// incomplete lowest level is a red-black tree. Ids are entry indices + 1, the root storage being 0.
fn link(order: &[u32], depth: u32, lowest: u32, nodes: &mut [Node]) -> u32 {
    let middle = order.len() / 2;
    let Some((left, rest)) = order.split_at_checked(middle) else { return NO_STREAM };
    let Some((&index, right)) = rest.split_first() else { return NO_STREAM };
    let node = Node {
        left: link(left, depth + 1, lowest, nodes),
        right: link(right, depth + 1, lowest, nodes),
        color: if depth == lowest && depth > 0 { RED } else { BLACK },
    };
    if let Some(place) = nodes.get_mut(index as usize) {
        *place = node;
    }
    index + 1
}

/// The directory's bytes, without padding to a sector.
pub(super) fn encode(
    clsid: [u8; 16],
    entries: &[Entry],
    order: &[u32],
    mini: Extent,
    extents: &[Extent],
) -> Vec<u8> {
    let mut nodes = vec![Node { left: NO_STREAM, right: NO_STREAM, color: BLACK }; entries.len()];
    let lowest = entries.len().checked_ilog2().unwrap_or(0);
    let child = link(order, 0, lowest, &mut nodes);

    let mut bytes = Vec::with_capacity((entries.len() + 1) * ENTRY_LEN);
    let root = Node { left: NO_STREAM, right: NO_STREAM, color: BLACK };
    push(&mut bytes, "Root Entry", ROOT, root, child, clsid, mini);
    for ((entry, node), extent) in entries.iter().zip(nodes).zip(extents) {
        push(&mut bytes, &entry.name, STREAM, node, NO_STREAM, [0; 16], *extent);
    }
    bytes
}

fn push(bytes: &mut Vec<u8>, name: &str, kind: u8, node: Node, child: u32, clsid: [u8; 16], extent: Extent) {
    let start = bytes.len();
    let mut units = 1u16;
    for unit in name.encode_utf16() {
        bytes.extend_from_slice(&unit.to_le_bytes());
        units += 1;
    }
    bytes.resize(start + 64, 0);
    bytes.extend_from_slice(&(units * 2).to_le_bytes());
    bytes.extend_from_slice(&[kind, node.color]);
    for id in [node.left, node.right, child] {
        bytes.extend_from_slice(&id.to_le_bytes());
    }
    bytes.extend_from_slice(&clsid);
    // State bits, created, modified: all zero.
    bytes.extend_from_slice(&[0; 20]);
    bytes.extend_from_slice(&extent.start.to_le_bytes());
    bytes.extend_from_slice(&extent.len.to_le_bytes());
}

/// An entry that is not used, to fill the last sector.
pub(super) fn pad(bytes: &mut Vec<u8>, sector: usize) {
    while !bytes.len().is_multiple_of(sector) {
        let start = bytes.len();
        bytes.resize(start + 68, 0);
        for _ in 0..3 {
            bytes.extend_from_slice(&NO_STREAM.to_le_bytes());
        }
        bytes.resize(start + ENTRY_LEN, 0);
    }
}
