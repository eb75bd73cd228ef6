use flate2::{Decompress, FlushDecompress, Status};
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};
use proptest::prelude::*;

use super::{BLOCK, Encoder, Level, OVERHEAD};

const LEVELS: [Level; 2] = [Level::Fast, Level::Normal];

fn encode(encoder: &mut Encoder, bytes: &[u8], history: usize) -> Vec<(usize, Vec<u8>)> {
    let mut streams = Vec::new();
    encoder.blocks(bytes, history, &mut |plain, stream| streams.push((plain, stream.to_vec())));
    streams
}

/// Compresses with every level, and lets two inflaters that know nothing of each other have a go at it. The sum of
/// the streams of the last level.
fn check(bytes: &[u8], history: usize) -> usize {
    let mut sum = 0;
    for level in LEVELS {
        sum = 0;
        let mut at = history;
        for (length, stream) in encode(&mut Encoder::new(level), bytes, history) {
            let dictionary = &bytes[at.saturating_sub(BLOCK)..at];
            let plain = &bytes[at..at + length];
            assert!(length == BLOCK || at + length == bytes.len(), "{length} at {at}");
            assert!(stream.len() <= length + OVERHEAD, "{} of {length} at {at}", stream.len());
            assert!(zlib(dictionary, &stream, length) == plain, "{level:?}, zlib, block at {at}");
            assert!(miniz(dictionary, &stream, length) == plain, "{level:?}, miniz, block at {at}");
            at += length;
            sum += stream.len();
        }
        assert_eq!(at, bytes.len());
    }
    sum
}

/// Refuses what reaches farther back than the dictionary or 32,768 bytes.
fn zlib(dictionary: &[u8], stream: &[u8], length: usize) -> Vec<u8> {
    let mut inflate = Decompress::new(false);
    if !dictionary.is_empty() {
        inflate.set_dictionary(dictionary).expect("a dictionary");
    }
    let mut plain = vec![0; length];
    let status = inflate.decompress(stream, &mut plain, FlushDecompress::Finish);
    assert!(matches!(status, Ok(Status::StreamEnd)), "{status:?}");
    assert_eq!((inflate.total_in(), inflate.total_out()), (stream.len() as u64, length as u64));
    plain
}

fn miniz(dictionary: &[u8], stream: &[u8], length: usize) -> Vec<u8> {
    let mut plain = dictionary.to_vec();
    plain.resize(dictionary.len() + length, 0);
    let flags = TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    let mut inflate = Box::<DecompressorOxide>::default();
    let (status, read, written) = decompress(&mut inflate, stream, &mut plain, dictionary.len(), flags);
    assert_eq!((status, read, written), (TINFLStatus::Done, stream.len(), length));
    plain.split_off(dictionary.len())
}

/// Bytes without any order.
fn noise(mut state: u64, length: usize) -> Vec<u8> {
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    (0..length).map(|_| next()).collect()
}

/// Words in an order of their own, as programs and texts have them.
fn text(seed: u64, length: usize) -> Vec<u8> {
    let mut text = Vec::new();
    for pair in noise(seed | 1, length + 1).windows(2) {
        let word = u32::from(pair[0]) * u32::from(pair[1] % 8);
        text.extend_from_slice(word.to_string().as_bytes());
        text.push(b' ');
        if text.len() > length {
            break;
        }
    }
    text.truncate(length);
    text
}

const LENGTHS: [usize; 13] =
    [0, 1, 2, 3, 4, 257, 258, 259, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 3, 16 * BLOCK + 1];

#[test]
fn every_length_comes_back_with_and_without_history() {
    for plain in LENGTHS {
        for history in [0, 1, 3, 258, BLOCK - 1, BLOCK] {
            check(&vec![0; history + plain], history);
            check(&text(7, history + plain), history);
            check(&noise(7, history + plain), history);
        }
    }
}

#[test]
fn no_plain_bytes_are_no_block() {
    for history in [0, 5] {
        assert!(encode(&mut Encoder::new(Level::Normal), b"bytes", history.max(5)).is_empty());
    }
    // A history that is said to be longer than there are bytes.
    assert!(encode(&mut Encoder::new(Level::Normal), b"bytes", usize::MAX).is_empty());
}

#[test]
fn repetitions_are_found_at_every_distance_of_the_window() {
    for period in (1..=300).chain([4_095, 4_096, 4_097, 16_384, BLOCK - 1, BLOCK]) {
        let bytes: Vec<u8> = noise(period as u64 + 9, period).into_iter().cycle().take(3 * BLOCK).collect();
        // The first period cannot be shorter than it is; what follows are matches alone.
        let sum = check(&bytes, period);
        assert!(sum < 1_500, "period {period}: {sum}");
    }
}

#[test]
fn what_is_farther_away_than_the_window_is_not_used() {
    for period in [BLOCK + 1, BLOCK + 2, 2 * BLOCK, 2 * BLOCK + 1, 3 * BLOCK] {
        let bytes: Vec<u8> = noise(period as u64, period).into_iter().cycle().take(5 * BLOCK).collect();
        assert_eq!(check(&bytes, 0), bytes.len() + 5 * OVERHEAD, "period {period}");
    }
}

#[test]
fn history_before_the_last_block_does_not_count() {
    let bytes = text(3, 5 * BLOCK);
    let long = encode(&mut Encoder::new(Level::Normal), &bytes, 3 * BLOCK);
    let short = encode(&mut Encoder::new(Level::Normal), &bytes[2 * BLOCK..], BLOCK);
    assert!(long == short);
}

#[test]
fn a_history_is_worth_something() {
    let bytes = [noise(1, BLOCK), noise(1, BLOCK)].concat();
    assert!(check(&bytes, BLOCK) < 300);
    assert_eq!(check(&bytes[BLOCK..], 0), BLOCK + OVERHEAD);
}

#[test]
fn matches_that_were_found_in_other_work_are_not_seen() {
    for level in LEVELS {
        // The second block once more without history: what is left of it in the window is what it looks for.
        let blocks = text(5, 2 * BLOCK);
        let works = [
            (text(1, 3 * BLOCK), BLOCK),
            (noise(2, BLOCK + 9), 70),
            (blocks.clone(), 0),
            (blocks[BLOCK..].to_vec(), 0),
            (vec![0; 2 * BLOCK], 0),
            (text(1, 2 * BLOCK + 77), 20_000),
        ];
        let fresh =
            works.each_ref().map(|(bytes, history)| encode(&mut Encoder::new(level), bytes, *history));
        let mut encoder = Encoder::new(level);
        for _ in 0..3 {
            for ((bytes, history), fresh) in works.iter().zip(&fresh) {
                assert!(encode(&mut encoder, bytes, *history) == *fresh);
            }
        }
    }
}

#[test]
fn all_literals_and_codes_of_every_length_come_back() {
    // Each byte twice as often as the one before, up to what a block holds: the tree would be deeper than 15.
    let mut bytes = Vec::new();
    let (mut count, mut next) = (1_usize, 1_usize);
    for byte in 0_u8.. {
        if bytes.len() + count > BLOCK {
            break;
        }
        bytes.extend(std::iter::repeat_n(byte, count));
        (count, next) = (next, count + next);
    }
    // Spread out, so that they stay literals.
    let length = bytes.len();
    let spread: Vec<u8> = (0..length).map(|at| bytes[at * 7_919 % length]).collect();
    check(&spread, 0);
    let every: Vec<u8> = (0..=u8::MAX).collect();
    check(&every, 0);
}

/// Noise, runs and repetitions of what came before, in any order.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let piece = (0..3_u8, any::<u64>(), 1..3_000_usize, 1..70_000_usize);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| {
        let mut bytes: Vec<u8> = Vec::new();
        for (kind, seed, length, distance) in pieces {
            match kind {
                0 => bytes.extend(noise(seed | 1, length)),
                1 => bytes.extend(std::iter::repeat_n(seed as u8, length)),
                _ if bytes.is_empty() => bytes.push(0),
                _ => {
                    let from = bytes.len() - distance.min(bytes.len());
                    for at in from..from + length {
                        bytes.push(bytes[at]);
                    }
                }
            }
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_is_put_together_comes_back(bytes in pieces(), history in 0..40_000_usize) {
        check(&bytes, history.min(bytes.len()));
    }
}
