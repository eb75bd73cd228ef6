//! What parsers give and blocks are made of: literals, then a match.

/// The last offsets that were used, latest first.
pub type Repeats = [u32; 3];

/// Literals, then a match. No sequence crosses the end of a frame; the last one of a frame, and one that only
/// cuts a long run of literals, may have no match.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sequence {
    /// Formatted offset: 0 to 2 for a repeat offset, else the offset + 2.
    pub formatted: u32,
    /// Bytes of the literals, at most a frame.
    pub literals: u16,
    /// Bytes of the match; 0 for none.
    pub length: u16,
}

impl Sequence {
    /// Plain bytes that it stands for.
    #[inline]
    pub fn plain(&self) -> usize {
        usize::from(self.literals) + usize::from(self.length)
    }

    /// Changes the repeat offsets as a decoder would.
    #[inline]
    pub fn apply(&self, repeats: &mut Repeats) {
        if self.length > 0 {
            apply(self.formatted, repeats);
        }
    }
}

/// Changes the repeat offsets as a decoder does for a match with this formatted offset.
#[inline]
pub fn apply(formatted: u32, repeats: &mut Repeats) {
    match formatted {
        0 => {}
        1 => repeats.swap(0, 1),
        2 => repeats.swap(0, 2),
        _ => *repeats = [formatted - 2, repeats[0], repeats[1]],
    }
}

/// Bytes that `a` and `b` have in common from their starts, at most the length of the shorter.
#[inline]
pub fn common(a: &[u8], b: &[u8]) -> usize {
    let mut length = 0;
    let (a_words, b_words) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    for (a, b) in a_words.0.iter().zip(b_words.0) {
        let difference = u64::from_le_bytes(*a) ^ u64::from_le_bytes(*b);
        if difference != 0 {
            return length + (difference.trailing_zeros() / 8) as usize;
        }
        length += 8;
    }
    length + a[length..].iter().zip(&b[length..]).take_while(|(a, b)| a == b).count()
}

/// [`common`], when the first `known` bytes are known to be.
#[inline]
pub fn common_from(a: &[u8], b: &[u8], known: usize) -> usize {
    known + common(&a[known..], &b[known..])
}
