//! The translation of x86 calls.
//!
//! A call of one function has another relative target at every place. As an absolute target it is the same
//! everywhere, and a match. So the four bytes behind each byte 0xE8 are taken for a relative target and made
//! absolute, as if the stream were a program of a certain size that starts at 0; what would not lead into it
//! stays. This is done frame by frame, not in the last ten bytes of one, and only in the first 32,768 frames.

use super::layout::CALL_TAIL;

const CALL: u8 = 0xE8;

/// Makes the targets of a frame absolute. `position` is where the frame starts in the stream, below 2^30; `size`
/// is the size of the program that is assumed, above 0. Tells whether anything was changed.
pub fn translate(frame: &mut [u8], position: i32, size: i32) -> bool {
    let mut changed = false;
    each(frame, position, |at, relative| {
        let absolute = relative.wrapping_add(at);
        let target = if relative >= -at && relative < size.wrapping_sub(at) {
            Some(absolute)
        } else if relative >= size.wrapping_sub(at) && relative < size {
            Some(relative.wrapping_sub(size))
        } else {
            None
        };
        changed |= target.is_some();
        target
    });
    changed
}

/// Undoes [`translate`].
pub fn restore(frame: &mut [u8], position: i32, size: i32) {
    each(frame, position, |at, absolute| {
        if absolute >= 0 && absolute < size {
            Some(absolute.wrapping_sub(at))
        } else if absolute < 0 && absolute >= -at {
            Some(absolute.wrapping_add(size))
        } else {
            None
        }
    });
}

/// Gives place and target of each call to `change`, and replaces the target by what comes back.
fn each(frame: &mut [u8], position: i32, mut change: impl FnMut(i32, i32) -> Option<i32>) {
    let Some(end) = frame.len().checked_sub(CALL_TAIL) else { return };
    let mut from = 0;
    while from < end {
        let Some(found) = frame[from..end].iter().position(|byte| *byte == CALL) else { return };
        let call = from + found;
        if let Some(target) = frame.get_mut(call + 1..).and_then(<[u8]>::first_chunk_mut::<4>)
            && let Some(new) = change(position.wrapping_add(call as i32), i32::from_le_bytes(*target))
        {
            *target = new.to_le_bytes();
        }
        from = call + 5;
    }
}
