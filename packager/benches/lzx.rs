//! LZX on data that is like what packages hold: bytes in and out a second, by level.

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput};
use packager::formats::lzx::layout::FRAME;
use packager::formats::lzx::{Decoder, Encoder, Level, Options};

const BYTES: usize = 4 << 20;

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_secs(3))
        .configure_from_args();
    for (name, plain) in [("text", text()), ("program", program())] {
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Bytes(plain.len() as u64));
        for level in [Level::Fast, Level::Normal, Level::Max] {
            let mut encoder = Encoder::new(Options { level, ..Options::default() });
            let mut frames = Vec::new();
            encoder.encode(&plain, &mut |frame| frames.push(frame.to_vec()));
            let bytes: usize = frames.iter().map(Vec::len).sum();
            println!("{name}, {level:?}: {bytes} bytes, {:.2} %", bytes as f64 * 100.0 / plain.len() as f64);
            group.bench_function(format!("encode {level:?}"), |bencher| {
                bencher.iter(|| encoder.encode(&plain, &mut |frame| _ = black_box(frame)));
            });
            group.bench_function(format!("decode {level:?}"), |bencher| {
                bencher.iter(|| decode(&frames, plain.len()));
            });
        }
        group.finish();
    }
    criterion.final_summary();
}

fn decode(frames: &[Vec<u8>], plain: usize) {
    let mut decoder = Decoder::new(21).expect("a window");
    for (number, frame) in frames.iter().enumerate() {
        let bytes = FRAME.min(plain - number * FRAME);
        black_box(decoder.frame(frame, bytes).expect("a frame"));
    }
}

/// Numbers that do not repeat and are the same in every run.
fn numbers() -> impl Iterator<Item = u32> {
    let mut state = 1_u32;
    std::iter::repeat_with(move || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state
    })
}

/// Words of a vocabulary of a few thousand, the first ones more often.
fn text() -> Vec<u8> {
    let mut text = Vec::with_capacity(BYTES + 16);
    for number in numbers() {
        let rank = (number % 64) * (number >> 8 & 63);
        let mut word = rank.wrapping_mul(2_654_435_761);
        for _ in 0..2 + rank % 8 {
            text.push(b'a' + (word % 26) as u8);
            word /= 13;
        }
        text.push(if number >> 28 == 0 { b'\n' } else { b' ' });
        if text.len() >= BYTES {
            text.truncate(BYTES);
            return text;
        }
    }
    text
}

/// Instructions with few opcodes, registers and near addresses, calls of some functions, and tables.
fn program() -> Vec<u8> {
    let mut code = Vec::with_capacity(BYTES + 64);
    let mut numbers = numbers();
    while code.len() < BYTES {
        let Some(number) = numbers.next() else { break };
        match number % 8 {
            0 => {
                let target = (number >> 8) % 2_000 * 512;
                code.push(0xE8);
                code.extend(target.wrapping_sub(code.len() as u32 - 1).to_le_bytes());
            }
            1..5 => {
                let registers = (number >> 4) as u8 & 0x3F;
                code.extend([0x48, [0x8B, 0x89, 0x8D, 0x85][(number >> 16) as usize % 4], 0x40 | registers]);
                code.push((number >> 20) as u8 & 0xF8);
            }
            5 | 6 => code.extend([0x0F, 0x84 + (number >> 9) as u8 % 2, (number >> 12) as u8, 0, 0, 0]),
            _ if number >> 24 == 0 => {
                for entry in 0..64_u32 {
                    code.extend((entry * 24 + (number >> 8) % 4_096).to_le_bytes());
                    code.extend([0; 4]);
                }
            }
            _ => code.extend((number >> 8).to_le_bytes()),
        }
    }
    code.truncate(BYTES);
    code
}
