use std::io::{Read as _, Write as _};

use packager_shared::solid::{Filter, Method, Stream};
use proptest::prelude::*;

use super::*;

const SHAPES: [(Method, Filter); 4] = [
    (Method::Zstd, Filter::None),
    (Method::Zstd, Filter::X86),
    (Method::Lzma2, Filter::None),
    (Method::Lzma2, Filter::X86),
];

fn pack(plain: &[u8], (method, filter): (Method, Filter), piece: usize) -> (Stream, Vec<u8>) {
    let window = 1 << 16;
    let mut encoder = Encoder::new(Shape { method, filter, window }, plain.len() as u64, Vec::new()).unwrap();
    for piece in plain.chunks(piece) {
        encoder.write_all(piece).unwrap();
    }
    let packed = encoder.finish().unwrap();
    let (length, plain) = (packed.len() as u64, plain.len() as u64);
    (Stream { method, filter, window, packed: length, plain, contents: 1 }, packed)
}

fn unpack(stream: &Stream, packed: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut plain = Vec::new();
    decode(packed, stream)?.read_to_end(&mut plain)?;
    Ok(plain)
}

/// Calls, text and noise.
fn sample(length: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let mut out = Vec::new();
    while out.len() < length {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        match state >> 30 {
            0 => out.extend([0xE8, (state >> 8) as u8, 0, 0, 0]),
            1 => out.extend([0xE9, (state >> 8) as u8, 0xFF, 0xFF, 0xFF]),
            2 => out.extend(b"the same words again and again "),
            _ => out.extend(state.to_le_bytes()),
        }
    }
    out.truncate(length);
    out
}

#[test]
fn streams_come_back_however_they_were_given() {
    for shape in SHAPES {
        for length in [1, 4, 5, 6, 4095, 4096, 4097, 65_535, 65_536, 65_537, 300_000] {
            let plain = sample(length);
            let (stream, packed) = pack(&plain, shape, 7_777);
            assert!(unpack(&stream, &packed).unwrap() == plain, "{shape:?} {length}");
            assert_eq!(pack(&plain, shape, usize::MAX).1, packed, "{shape:?} {length}");
        }
    }
}

#[test]
fn segments_are_a_stream() {
    let plain = [sample(150_000), sample(100_000), sample(70_001)].concat();
    let shape = Shape { method: Method::Lzma2, filter: Filter::None, window: 1 << 16 };
    for cuts in [&[1][..], &[100_000, 100_001, 250_000], &[65_536, 131_072, 320_000]] {
        let ends = cuts.iter().copied().chain([plain.len()]);
        let mut packed = Vec::new();
        let mut from = 0_usize;
        for to in ends {
            let history = plain[from.saturating_sub(1 << 16)..from].to_vec();
            let between = Between { history, goes_on: to < plain.len() };
            let mut encoder = Encoder::segment(shape, (to - from) as u64, between, Vec::new()).unwrap();
            encoder.write_all(&plain[from..to]).unwrap();
            packed.extend(encoder.finish().unwrap());
            from = to;
        }
        let (whole, _) = pack(&plain, (Method::Lzma2, Filter::None), 4096);
        let stream = Stream { packed: packed.len() as u64, ..whole };
        assert!(unpack(&stream, &packed).unwrap() == plain, "{cuts:?}");
        // The history is used.
        assert!(stream.packed < whole.packed + 1_000 * cuts.len() as u64, "{cuts:?}");
    }
}

#[test]
fn other_tools_read_them() {
    let plain = sample(200_000);
    for shape in [SHAPES[0], SHAPES[2], SHAPES[3]] {
        let (_, packed) = pack(&plain, shape, 4096);
        let (program, arguments) = match shape {
            (Method::Zstd, _) => ("zstd", &["-dc"][..]),
            (_, Filter::None) => ("xz", &["-dc", "--format=raw", "--lzma2=dict=64KiB"][..]),
            (_, Filter::X86) => ("xz", &["-dc", "--format=raw", "--x86", "--lzma2=dict=64KiB"][..]),
        };
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&packed).unwrap();
        std::io::Seek::rewind(&mut file).unwrap();
        match std::process::Command::new(program).args(arguments).stdin(file).output() {
            Ok(output) => assert!(output.stdout == plain, "{program}: {shape:?}"),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => panic!("{program}: {error}"),
        }
    }
}

#[test]
fn cut_streams_are_errors() {
    let plain = sample(50_000);
    for shape in SHAPES {
        let (stream, packed) = pack(&plain, shape, 4096);
        for cut in (0..packed.len() - 8).step_by(997) {
            let found = unpack(&stream, &packed[..cut]);
            assert!(found.is_err() || found.is_ok_and(|found| found.len() < plain.len()), "{shape:?} {cut}");
        }
    }
}

proptest! {
    #[test]
    fn damaged_streams_do_no_harm(
        shape in 0_usize..4,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let plain = sample(20_000);
        let (stream, mut packed) = pack(&plain, SHAPES[shape], 4096);
        for (at, value) in changes {
            let at = at.index(packed.len());
            packed[at] = value;
        }
        if let Ok(found) = unpack(&stream, &packed) {
            prop_assert!(found.len() <= plain.len());
        }
    }
}
