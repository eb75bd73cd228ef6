//! Deflate by blocks against zlib's way, which needs its dictionary again for every block: generated programs, texts
//! and noise.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use flate2::{Compress, Compression, FlushCompress};
use packager::formats::deflate::{BLOCK, Encoder, Level};

const BLOCKS: usize = 16;

fn deflate(criterion: &mut Criterion) {
    let cases = [("program", program()), ("text", text()), ("noise", noise(1, BLOCKS * BLOCK))];
    let mut group = criterion.benchmark_group("deflate");
    group.throughput(Throughput::Bytes((BLOCKS * BLOCK) as u64));
    for (name, bytes) in &cases {
        for (level, what) in [(Level::Normal, "normal"), (Level::Fast, "fast")] {
            let mut encoder = Encoder::new(level);
            group.bench_with_input(BenchmarkId::new(what, name), bytes, |bencher, bytes| {
                bencher.iter(|| blocks(&mut encoder, black_box(bytes)));
            });
            eprintln!("{name}, {what}: {} bytes", blocks(&mut encoder, bytes));
        }
        group.bench_with_input(BenchmarkId::new("zlib-rs 6", name), bytes, |bencher, bytes| {
            bencher.iter(|| zlib(black_box(bytes)));
        });
        eprintln!("{name}, zlib-rs 6: {} bytes", zlib(bytes));
    }
}

criterion_group!(benches, deflate);
criterion_main!(benches);

fn blocks(encoder: &mut Encoder, bytes: &[u8]) -> usize {
    let mut sum = 0;
    encoder.blocks(bytes, 0, &mut |_, stream| sum += black_box(stream).len());
    sum
}

fn zlib(bytes: &[u8]) -> usize {
    let mut deflate = Compress::new(Compression::new(6), false);
    let (mut sum, mut stream) = (0, Vec::with_capacity(2 * BLOCK));
    for at in (0..bytes.len()).step_by(BLOCK) {
        deflate.reset();
        stream.clear();
        if at != 0 {
            deflate.set_dictionary(&bytes[at - BLOCK..at]).expect("a dictionary");
        }
        let plain = &bytes[at..(at + BLOCK).min(bytes.len())];
        deflate.compress_vec(plain, &mut stream, FlushCompress::Finish).expect("a stream");
        sum += black_box(&stream).len();
    }
    sum
}

fn noise(mut state: u64, length: usize) -> Vec<u8> {
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    (0..length).map(|_| next()).collect()
}

/// Words of a small vocabulary.
fn text() -> Vec<u8> {
    let picks = noise(2, 2 * BLOCKS * BLOCK);
    let words = picks.chunks(2).map(|pick| {
        let number = u32::from(pick[0]) * u32::from(pick[1] % 4 + 1);
        format!("{:x} ", number.wrapping_mul(2_654_435_761) >> 8)
    });
    cut(words.flat_map(String::into_bytes))
}

/// What resembles machine code: few operations, addresses near each other, a table now and then.
fn program() -> Vec<u8> {
    let picks = noise(3, 4 * BLOCKS * BLOCK);
    let operations = picks.chunks(4).zip(0_u32..).flat_map(|(pick, at)| match pick[0] % 8 {
        0..=2 => vec![0x48, 0x8B, 0x45, pick[1] & 0x38],
        3 | 4 => vec![0x0F, 0x84, pick[1], pick[2] & 1, 0, 0],
        5 => [vec![0xE8], (at / 16 * 64 + u32::from(pick[1] % 16) * 16).to_le_bytes().to_vec()].concat(),
        6 => vec![pick[1], pick[2], pick[3]],
        _ => vec![0xC3, 0xCC, 0xCC, 0xCC, 0x55, 0x8B, 0xEC],
    });
    cut(operations)
}

fn cut(bytes: impl Iterator<Item = u8>) -> Vec<u8> {
    bytes.take(BLOCKS * BLOCK).collect()
}
