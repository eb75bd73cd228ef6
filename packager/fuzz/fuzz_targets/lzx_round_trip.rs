//! What the LZX encoder makes of any stream, the own decoder and another one make the stream again.

#![no_main]

use std::cell::RefCell;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use lzxd::{Lzxd, WindowSize};
use packager::formats::lzx::layout::{FRAME, FRAME_DATA_MAX};
use packager::formats::lzx::{Decoder, Encoder, Level, Options};

/// A piece of the stream. With pieces that repeat, small inputs make long streams.
#[derive(Arbitrary, Debug)]
enum Piece<'a> {
    Bytes(&'a [u8]),
    Fill(u8, u16),
    Noise(u32, u16),
    Again(u32, u16),
    Call(i32),
}

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    window: u8,
    level: u8,
    pieces: Vec<Piece<'a>>,
}

/// The longest stream.
const MOST: usize = 1 << 18;

fuzz_target!(|input: Input| {
    let plain = stream(&input.pieces);
    let window = u32::from(input.window % 7);
    let level = [Level::Fast, Level::Normal, Level::Max][usize::from(input.level % 3)];
    let frames = encode(&plain, Options { window: 15 + window, level });
    assert_eq!(frames.len(), plain.len().div_ceil(FRAME));

    let mut own = Decoder::new(15 + window).expect("a window of 2^15 to 2^21");
    let windows = [
        WindowSize::KB32,
        WindowSize::KB64,
        WindowSize::KB128,
        WindowSize::KB256,
        WindowSize::KB512,
        WindowSize::MB1,
        WindowSize::MB2,
    ];
    let mut other = Some(Lzxd::new(windows[window as usize])).filter(|_| !calls_its_start(&plain));
    for (frame, part) in frames.iter().zip(plain.chunks(FRAME)) {
        assert!(frame.len() <= FRAME_DATA_MAX);
        assert!(own.frame(frame, part.len()).expect("a frame") == part);
        if let Some(other) = &mut other {
            assert!(other.decompress_next(frame, part.len()).expect("a frame") == part);
        }
    }
});

/// Whether something looks like a call of the stream's first byte. lzxd 0.2 takes the absolute target 0 for a negative one
/// (cabextract and 7-Zip do not).
fn calls_its_start(plain: &[u8]) -> bool {
    (0..)
        .zip(plain.windows(5))
        .any(|(at, bytes): (i32, _)| bytes[0] == 0xE8 && bytes[1..] == (-at).to_le_bytes())
}

thread_local! {
    /// Encoders are big, and used again: what they did before must not matter.
    static ENCODERS: RefCell<Vec<(Options, Encoder)>> = const { RefCell::new(Vec::new()) };
}

fn encode(plain: &[u8], options: Options) -> Vec<Vec<u8>> {
    let mut frames = Vec::new();
    ENCODERS.with_borrow_mut(|encoders| {
        let place = encoders.iter().position(|(its, _)| *its == options).unwrap_or_else(|| {
            encoders.push((options, Encoder::new(options)));
            encoders.len() - 1
        });
        encoders[place].1.encode(plain, &mut |frame| frames.push(frame.to_vec()));
    });
    frames
}

fn stream(pieces: &[Piece]) -> Vec<u8> {
    let mut plain = Vec::new();
    for piece in pieces {
        match *piece {
            Piece::Bytes(bytes) => plain.extend_from_slice(bytes),
            Piece::Fill(byte, count) => plain.extend(std::iter::repeat_n(byte, usize::from(count))),
            Piece::Noise(seed, count) => {
                let mut state = seed | 1;
                plain.extend((0..count).map(|_| {
                    state = state.wrapping_mul(0x9E37_79B1).wrapping_add(0x7F4A_7C15);
                    (state >> 24) as u8
                }));
            }
            Piece::Again(back, count) => {
                let from = plain.len().saturating_sub(back as usize % (1 << 17));
                for at in from..from + usize::from(count) {
                    let Some(byte) = plain.get(at).copied() else { break };
                    plain.push(byte);
                }
            }
            Piece::Call(target) => {
                plain.push(0xE8);
                plain.extend(target.wrapping_sub(plain.len() as i32 - 1).to_le_bytes());
            }
        }
        plain.truncate(MOST);
    }
    plain
}
