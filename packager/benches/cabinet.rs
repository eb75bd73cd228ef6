//! Throughput of one thread that makes the blocks of cabinets, MSZIP and LZX, on generated texts, programs and noise.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use packager::formats::cab::{Coder, Method};
use packager::formats::lzx;

/// Bytes of each text, program and noise.
const MEMBER: usize = 1 << 20;
/// Of how many a folder is made.
const MEMBERS: usize = 8;

fn folders(criterion: &mut Criterion) {
    let methods = [("mszip", Method::Mszip), ("lzx", Method::Lzx(lzx::Options::default()))];
    let cases = [("text", members(text)), ("program", members(program)), ("noise", members(noise))];
    let mut group = criterion.benchmark_group("cabinet");
    group.throughput(Throughput::Bytes((MEMBERS * MEMBER) as u64)).sample_size(10);
    for (name, folder) in &cases {
        for (word, method) in methods {
            let mut coder = Coder::new(method);
            group.bench_with_input(BenchmarkId::new(*name, word), folder, |bencher, folder| {
                bencher.iter(|| {
                    let mut blocks = Vec::with_capacity(folder.len());
                    coder.begin(folder.len() as u64);
                    coder.encode(black_box(folder), 0, &mut blocks, &mut |_| ());
                    blocks
                });
            });
        }
    }
}

criterion_group!(benches, folders);
criterion_main!(benches);

fn members(make: fn(&mut Random) -> Vec<u8>) -> Vec<u8> {
    let mut random = Random(1);
    (0..MEMBERS).flat_map(|_| make(&mut random)).collect()
}

/// Words, the first of the list more often than the last.
fn text(random: &mut Random) -> Vec<u8> {
    let words: Vec<String> = (0..2000_u32).map(|word| format!("{:x} ", word.wrapping_mul(0x9E37))).collect();
    let mut bytes = Vec::with_capacity(MEMBER + 16);
    while bytes.len() < MEMBER {
        let number = random.below(words.len()) * random.below(words.len()) / words.len();
        bytes.extend_from_slice(words[number].as_bytes());
    }
    bytes.truncate(MEMBER);
    bytes
}

/// Short repetitions between bytes of a skewed alphabet, as machine code has them.
fn program(random: &mut Random) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(MEMBER + 16);
    while bytes.len() < MEMBER {
        if bytes.len() > 4096 && random.below(3) == 0 {
            let start = bytes.len() - 1 - random.below(4096);
            let end = (start + 3 + random.below(12)).min(bytes.len());
            bytes.extend_from_within(start..end);
        } else {
            bytes.push((random.below(256) * random.below(256) / 256) as u8);
        }
    }
    bytes.truncate(MEMBER);
    bytes
}

fn noise(random: &mut Random) -> Vec<u8> {
    (0..MEMBER).map(|_| random.below(256) as u8).collect()
}

/// Knuth's multiplier for a linear congruential sequence of 64 bits; the upper bits are good.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }
}
