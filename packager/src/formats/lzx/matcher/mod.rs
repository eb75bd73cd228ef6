//! Finding earlier occurrences of what comes next.

pub mod binary_tree;
pub mod rows;

/// The positions' tables are filled with this: no position of a stream is that far away from any.
const NOWHERE: u32 = 1 << 31;

/// Four bytes at `at` as a number. The buffers of the encoder go on beyond the stream's end.
#[inline]
fn word(plain: &[u8], at: usize) -> u32 {
    match plain.get(at..at + 4) {
        Some(&[a, b, c, d]) => u32::from_le_bytes([a, b, c, d]),
        _ => 0,
    }
}

/// A hash of the first three of four bytes.
#[inline]
fn hash_3<const BITS: u32>(bytes: u32) -> usize {
    ((bytes << 8).wrapping_mul(0x9E37_79B1) >> (32 - BITS)) as usize
}

/// A table of `N` values, on the heap from the start.
fn filled<T: Clone, const N: usize>(value: T) -> Box<[T; N]> {
    match vec![value; N].into_boxed_slice().try_into() {
        Ok(table) => table,
        Err(_) => unreachable!("a vector of N values has N values"),
    }
}
