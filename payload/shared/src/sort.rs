//! Sorting in little code: the standard library's sorts are several kilobytes for each type.

use core::cmp::Ordering;

/// Sorts in place by heapsort ("Algorithm 232 - Heapsort", Williams 1964); equal items may change places.
pub fn by<T>(items: &mut [T], compare: &mut dyn FnMut(&T, &T) -> Ordering) {
    let count = items.len();
    // Most lists come in order: those of a payload that was scanned, and of an index that was read.
    if items.windows(2).all(|pair| compare(&pair[0], &pair[1]) != Ordering::Greater) {
        return;
    }
    for root in (0..count / 2).rev() {
        sift(items, root, count, compare);
    }
    for end in (1..count).rev() {
        items.swap(0, end);
        sift(items, 0, end, compare);
    }
}

fn sift<T>(items: &mut [T], mut root: usize, end: usize, compare: &mut dyn FnMut(&T, &T) -> Ordering) {
    loop {
        let mut largest = root;
        for child in [2 * root + 1, 2 * root + 2] {
            if child < end && compare(&items[largest], &items[child]) == Ordering::Less {
                largest = child;
            }
        }
        if largest == root {
            return;
        }
        items.swap(root, largest);
        root = largest;
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    #[test]
    fn sorts_like_the_standard_library() {
        for count in 0..70u32 {
            let mut ours: Vec<u32> = (0..count).map(|n| n.wrapping_mul(2_654_435_761) % 50).collect();
            let mut theirs = ours.clone();
            super::by(&mut ours, &mut |a, b| a.cmp(b));
            theirs.sort_unstable();
            assert_eq!(ours, theirs);
        }
    }
}
