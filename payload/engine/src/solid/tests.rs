use std::io::Write as _;
use std::string::String;
use std::vec;
use std::vec::Vec;

use ::zstd::stream::raw::CParameter;
use lzma_rust2::filter::bcj::BcjWriter;
use lzma_rust2::{Lzma2Options, Lzma2Writer, LzmaOptions};

use super::*;

/// Numbers that look random, the same in each run.
fn noise(seed: u32) -> impl FnMut() -> u32 {
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    move || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state
    }
}

/// Contents of every kind: what repeats near and far, what does not, what is a program, and what looks like one.
fn contents() -> Vec<(String, Vec<u8>)> {
    let mut next = noise(1);
    let words: Vec<Vec<u8>> =
        (0..300).map(|_| (0..2 + next() % 9).map(|_| b'a' + (next() % 26) as u8).collect()).collect();
    let mut text = Vec::new();
    while text.len() < 300_000 {
        let skewed = (next() % 300).min(next() % 300) as usize;
        text.extend(&words[skewed]);
        text.push(b' ');
    }
    let random: Vec<u8> = (0..150_000).map(|_| next() as u8).collect();
    let far = [&random[..], &text[..90_000], &random[..70_000]].concat();
    let pairs = (0..200_000).map(|_| [0, 0, 0, 1, 1, 2, 255, 7][next() as usize % 8]).collect();
    let calls =
        (0..200_000).map(|_| [0xe8, 0xe9, 0, 0xff, 0xe8, 1, 0xfe, 0x0f][next() as usize % 8]).collect();
    let program = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../prebuilt/stub-x86.exe"));
    [
        ("one byte", vec![b'x']),
        ("few bytes", b"\xe8\0\0\0\0\xe8\0\0".to_vec()),
        ("zeros", vec![0; 400_000]),
        ("text", text),
        ("random", random),
        ("far repeats", far),
        ("few symbols", pairs),
        ("calls", calls),
        ("a program", program.expect("the committed stub")),
    ]
    .map(|(name, bytes)| (name.into(), bytes))
    .into()
}

fn zstd_frame(plain: &[u8], level: i32, window_log: u32, flags: u32) -> Vec<u8> {
    let mut encoder = ::zstd::stream::Encoder::new(Vec::new(), level).expect("an encoder");
    encoder.set_parameter(CParameter::WindowLog(window_log)).expect("a window");
    encoder.include_checksum(flags & 1 != 0).expect("a checksum");
    encoder.long_distance_matching(flags & 2 != 0).expect("long distances");
    if flags & 4 != 0 {
        encoder.set_pledged_src_size(Some(plain.len() as u64)).expect("a size");
    }
    encoder.write_all(plain).expect("memory");
    encoder.finish().expect("a frame")
}

fn lzma2_chunks(plain: &[u8], preset: u32, window: u32, (lc, lp, pb): (u32, u32, u32)) -> Vec<u8> {
    let mut options = Lzma2Options::with_preset(preset);
    options.lzma_options = LzmaOptions { dict_size: window, lc, lp, pb, ..options.lzma_options };
    let mut writer = Lzma2Writer::new(Vec::new(), options);
    writer.write_all(plain).expect("memory");
    writer.finish().expect("chunks")
}

fn filtered(plain: &[u8]) -> Vec<u8> {
    let mut writer = BcjWriter::new_x86(Vec::new(), 0);
    writer.write_all(plain).expect("memory");
    writer.finish().expect("filtered")
}

fn stream(method: Method, filter: Filter, window: u32, packed: &[u8], plain: usize) -> Stream {
    Stream { method, filter, window, packed: packed.len() as u64, plain: plain as u64, contents: 1 }
}

fn unpacker(streams: &[Stream]) -> Unpacker {
    let streams = streams.iter().map(|stream| (0, *stream)).collect();
    Unpacker::new(&Solid { streams, places: Vec::new() })
}

fn unpack_with(unpacker: &mut Unpacker, stream: &Stream, mut packed: &[u8]) -> Result<Vec<u8>, Error> {
    let mut out = Vec::new();
    unpacker.start(0, stream);
    while unpacker.next(&mut packed)? {
        assert!(!unpacker.data().is_empty());
        out.extend_from_slice(unpacker.data());
        assert!(out.len() as u64 <= stream.plain, "no more than was announced");
    }
    Ok(out)
}

fn unpack(stream: &Stream, packed: &[u8]) -> Result<Vec<u8>, Error> {
    unpack_with(&mut unpacker(&[*stream]), stream, packed)
}

#[track_caller]
fn assert_unpacks(name: &str, stream: &Stream, packed: &[u8], plain: &[u8]) {
    let found = unpack(stream, packed);
    let first = found.as_ref().map(|found| found.iter().zip(plain).position(|(a, b)| a != b));
    assert!(found.as_deref() == Ok(plain), "{name}, {stream:?}: {first:?}");
}

#[test]
fn zstd_frames_of_every_level_and_window_come_back() {
    for (name, plain) in contents() {
        for level in [-7, 1, 3, 6, 13, 19] {
            for window_log in [10, 15, 20] {
                let flags = (level + window_log as i32) as u32 & 7;
                let packed = zstd_frame(&plain, level, window_log, flags);
                let stream = stream(Method::Zstd, Filter::None, 1 << window_log, &packed, plain.len());
                assert_unpacks(&name, &stream, &packed, &plain);
            }
        }
    }
}

#[test]
fn lzma2_chunks_of_every_preset_and_window_come_back() {
    for (name, plain) in contents() {
        for (preset, window, properties) in [
            (0, 1 << 16, (3, 0, 2)),
            (3, 1 << 16, (0, 0, 0)),
            (4, 1 << 17, (4, 0, 4)),
            (6, 1 << 20, (3, 0, 2)),
            (9, 1 << 22, (0, 4, 0)),
            (6, 70_001, (1, 2, 3)),
        ] {
            let packed = lzma2_chunks(&plain, preset, window, properties);
            let stream = stream(Method::Lzma2, Filter::None, window, &packed, plain.len());
            assert_unpacks(&name, &stream, &packed, &plain);
        }
    }
}

#[test]
fn filtered_streams_come_back_with_both_methods() {
    for (name, plain) in contents() {
        let code = filtered(&plain);
        let packed = zstd_frame(&code, 3, 17, 0);
        assert_unpacks(
            &name,
            &stream(Method::Zstd, Filter::X86, 1 << 17, &packed, plain.len()),
            &packed,
            &plain,
        );
        let packed = lzma2_chunks(&code, 0, 70_001, (3, 0, 2));
        assert_unpacks(
            &name,
            &stream(Method::Lzma2, Filter::X86, 70_001, &packed, plain.len()),
            &packed,
            &plain,
        );
    }
}

#[test]
fn the_filter_does_not_care_where_its_input_is_cut() {
    for (name, plain) in contents() {
        let code = filtered(&plain);
        let mut next = noise(plain.len() as u32);
        let mut filter = X86::new();
        for _ in 0..3 {
            let (mut out, mut rest) = (Vec::new(), &code[..]);
            filter.start();
            while !rest.is_empty() {
                let piece = &rest[..rest.len().min(1 + next() as usize % 23)];
                rest = &rest[filter.add(piece)..];
                filter.convert(false);
                out.extend_from_slice(filter.data());
                filter.take();
            }
            filter.convert(true);
            out.extend_from_slice(filter.data());
            assert!(out == plain, "{name}");
        }
    }
}

#[test]
fn one_unpacker_takes_all_streams_in_any_order() {
    let (_, text) = contents().swap_remove(3);
    let code = filtered(&text);
    let frame = zstd_frame(&text, 9, 18, 1);
    let chunks = lzma2_chunks(&code, 6, 1 << 16, (3, 0, 2));
    let streams = [
        (stream(Method::Zstd, Filter::None, 1 << 18, &frame, text.len()), &frame),
        (stream(Method::Lzma2, Filter::X86, 1 << 16, &chunks, text.len()), &chunks),
    ];
    let mut unpacker = unpacker(&streams.each_ref().map(|(stream, _)| *stream));
    for number in [0, 1, 1, 0, 0] {
        let (stream, packed) = &streams[number];
        // One that is left in the middle leaves nothing behind.
        unpacker.start(0, stream);
        assert_eq!(unpacker.next(&mut &packed[..]), Ok(true));
        assert!(unpack_with(&mut unpacker, stream, packed).as_deref() == Ok(&text));
    }
}

/// Small streams with every part of the formats in them, and what they are.
fn samples() -> Vec<(Stream, Vec<u8>, Vec<u8>)> {
    let mut out = Vec::new();
    for (_, mut plain) in contents() {
        plain.truncate(6_000);
        for (level, flags) in [(1, 0), (19, 5), (-5, 1)] {
            let packed = zstd_frame(&plain, level, 12, flags);
            out.push((
                stream(Method::Zstd, Filter::None, 1 << 13, &packed, plain.len()),
                packed,
                plain.clone(),
            ));
        }
        let packed = lzma2_chunks(&filtered(&plain), 6, 1 << 16, (3, 0, 2));
        out.push((stream(Method::Lzma2, Filter::X86, 1 << 16, &packed, plain.len()), packed, plain));
    }
    out
}

#[test]
fn hostile_bytes_never_panic_and_never_give_more_than_was_announced() {
    let mut next = noise(7);
    for (stream, packed, _) in samples() {
        let mut unpacker = unpacker(&[stream]);
        for at in 0..packed.len() {
            // All of the headers, and some of the rest.
            if at > 100 && !next().is_multiple_of(16) {
                continue;
            }
            for value in [packed[at] ^ 1 << (next() % 8), 0, 0x7f, 0x80, 0xff, next() as u8] {
                let mut bad = packed.clone();
                bad[at] = value;
                let _ = unpack_with(&mut unpacker, &stream, &bad);
            }
        }
        for _ in 0..200 {
            let mut bad = packed.clone();
            for _ in 0..1 + next() % 8 {
                let at = next() as usize % bad.len();
                bad[at] = next() as u8;
            }
            let _ = unpack_with(&mut unpacker, &stream, &bad);
        }
        // What went wrong before leaves nothing behind.
        assert!(unpack_with(&mut unpacker, &stream, &packed).is_ok());
    }
}

#[test]
fn streams_that_end_early_or_late_or_have_another_length_are_refused() {
    for (stream, packed, plain) in samples() {
        assert_unpacks("whole", &stream, &packed, &plain);
        for cut in (0..packed.len()).filter(|cut| packed.len() < 300 || cut % 13 == 0) {
            let short = Stream { packed: cut as u64, ..stream };
            assert_eq!(unpack(&short, &packed).ok(), None, "cut at {cut} of {}", packed.len());
        }
        let more = [&packed[..], b"\0"].concat();
        assert!(unpack(&Stream { packed: more.len() as u64, ..stream }, &more).is_err());
        for plain in [stream.plain + 1, stream.plain.saturating_sub(1)] {
            assert!(unpack(&Stream { plain, ..stream }, &packed).is_err());
        }
        let twice = [&packed[..], &packed[..]].concat();
        assert!(unpack(&Stream { packed: twice.len() as u64, ..stream }, &twice).is_err());
        let twice = Stream { packed: twice.len() as u64, plain: 2 * stream.plain, ..stream };
        assert!(unpack(&twice, &[&packed[..], &packed[..]].concat()).is_err());
    }
}

#[test]
fn a_match_beyond_the_window_or_the_start_is_refused() {
    let (_, far) = contents().swap_remove(5);
    // Distances of 240,000 bytes, and room for fewer.
    let packed = lzma2_chunks(&far, 6, 1 << 19, (3, 0, 2));
    let good = stream(Method::Lzma2, Filter::None, 1 << 19, &packed, far.len());
    assert_unpacks("far", &good, &packed, &far);
    assert!(unpack(&Stream { window: 1 << 17, ..good }, &packed).is_err());
    let packed = zstd_frame(&far, 19, 19, 0);
    let good = stream(Method::Zstd, Filter::None, 1 << 19, &packed, far.len());
    assert_unpacks("far", &good, &packed, &far);
    assert!(unpack(&Stream { window: 1 << 18, ..good }, &packed).is_err());
    // The frame's window is right, and its match begins before its first byte: literal `a`, then offset 2 of 3 bytes.
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0, 0];
    let block = [0x08, b'a', 1, 0x54, 1, 2, 0, 0b101];
    frame.extend(((block.len() as u32) << 3 | 0b101).to_le_bytes()[..3].iter());
    frame.extend(block);
    let stream = stream(Method::Zstd, Filter::None, 1 << 10, &frame, 4);
    assert!(unpack(&stream, &frame).is_err());
    // With an offset of 1 it is a frame.
    let last = frame.len() - 1;
    frame[last] = 0b100;
    assert_eq!(unpack(&stream, &frame).as_deref(), Ok(&b"aaaa"[..]));
}
