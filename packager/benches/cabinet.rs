//! Throughput of the cabinet writer: MSZIP with one thread and with two, on generated texts, programs and noise.

use std::hint::black_box;
use std::io::Cursor;
use std::num::NonZeroUsize;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use packager::formats::cab::write::{Writer, reserve};
use packager::formats::cab::{Method, Options};

/// Bytes of each member.
const MEMBER: usize = 1 << 20;
/// Members of each case.
const MEMBERS: usize = 16;
/// What `packager build` compresses with.
const LEVEL: u32 = 6;

fn mszip(criterion: &mut Criterion) {
    let cases = [("text", members(text)), ("program", members(program)), ("noise", members(noise))];
    let mut group = criterion.benchmark_group("cabinet");
    group.throughput(Throughput::Bytes((MEMBERS * MEMBER) as u64)).sample_size(10);
    for (name, members) in &cases {
        for threads in [1, 2] {
            let id = BenchmarkId::new(*name, threads);
            group.bench_with_input(id, &threads, |bencher, &threads| {
                bencher.iter(|| cabinet(black_box(members), threads));
            });
        }
    }
}

criterion_group!(benches, mszip);
criterion_main!(benches);

fn cabinet(members: &[(String, Vec<u8>)], threads: usize) -> u64 {
    let options = Options {
        method: Method::Mszip,
        level: LEVEL,
        threads: NonZeroUsize::new(threads).expect("a number of threads"),
    };
    let reserved = reserve(members.iter().map(|(name, bytes)| (name.as_str(), bytes.len() as u64)));
    let mut writer = Writer::new(Cursor::new(Vec::new()), reserved, &options).expect("a writer");
    for (name, bytes) in members {
        writer.begin(name, bytes.len() as u64).expect("a member");
        writer.write(bytes).expect("its bytes");
    }
    let (sink, summary) = writer.finish().expect("the cabinet");
    black_box(sink);
    summary.bytes
}

fn members(make: fn(&mut Random) -> Vec<u8>) -> Vec<(String, Vec<u8>)> {
    let mut random = Random(1);
    (0..MEMBERS).map(|number| (format!("member-{number}"), make(&mut random))).collect()
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
