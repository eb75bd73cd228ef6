use std::io::{Cursor, Read as _};

use proptest::prelude::*;

use super::layout::{FRAME, FRAME_DATA_MAX, WINDOW_MAX, WINDOW_MIN};
use super::*;

const LEVELS: [Level; 3] = [Level::Fast, Level::Normal, Level::Max];

fn noise(seed: u32, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state >> 11) as u8
    })
    .take(length)
    .collect()
}

/// Words that are drawn from a small vocabulary, the earlier ones more often.
fn words(seed: u32, length: usize) -> Vec<u8> {
    let mut text = Vec::with_capacity(length + 16);
    for byte in noise(seed, length) {
        let number = usize::from(byte) * usize::from(byte) / 256;
        text.extend(format!("{:x}", number * 7_919).bytes());
        text.push(if byte % 16 == 0 { b'\n' } else { b' ' });
        if text.len() >= length {
            break;
        }
    }
    text.truncate(length);
    text
}

/// Code that calls the same few functions from everywhere, and also calls beyond its ends.
fn calls_dense(length: usize) -> Vec<u8> {
    let mut code = Vec::with_capacity(length + 8);
    for (number, byte) in noise(5, length / 2 + 8).into_iter().enumerate() {
        if code.len() >= length {
            break;
        }
        match byte % 4 {
            0 => code.push(byte),
            1 => code.push(0xE8),
            _ => {
                let at = code.len() as i32;
                let target = match number % 5 {
                    0 => i32::from(byte) * 16,
                    1 => length as i32 - 1 + i32::from(byte % 3),
                    2 => at - i32::from(byte % 3),
                    3 => i32::MIN.wrapping_add(at),
                    _ => i32::from(byte) - 4,
                };
                code.push(0xE8);
                code.extend(target.wrapping_sub(at).to_le_bytes());
            }
        }
    }
    code.truncate(length);
    code
}

fn encode(plain: &[u8], options: Options) -> Vec<Vec<u8>> {
    let mut frames = Vec::new();
    Encoder::new(options).encode(plain, &mut |frame| frames.push(frame.to_vec()));
    frames
}

/// Plain bytes of each frame.
fn parts(plain: &[u8]) -> std::slice::Chunks<'_, u8> {
    plain.chunks(FRAME)
}

/// Encodes `plain`, decodes it with the own decoder and another one, and gives the length of its data.
fn round_trip(plain: &[u8], window: u32, level: Level) -> usize {
    let frames = encode(plain, Options { window, level });
    check(plain, window, &frames);
    frames.iter().map(Vec::len).sum()
}

fn check(plain: &[u8], window: u32, frames: &[Vec<u8>]) {
    assert_eq!(frames.len(), plain.len().div_ceil(FRAME));
    let mut decoder = Decoder::new(window).unwrap();
    let mut other = lzxd::Lzxd::new(other_window(window));
    for (number, (frame, part)) in frames.iter().zip(parts(plain)).enumerate() {
        assert!(frame.len() % 2 == 0 && frame.len() <= FRAME_DATA_MAX, "frame {number}: {}", frame.len());
        assert!(decoder.frame(frame, part.len()).unwrap() == part, "frame {number} differs");
        assert!(other.decompress_next(frame, part.len()).unwrap() == part, "frame {number} differs in lzxd");
    }
}

fn other_window(window: u32) -> lzxd::WindowSize {
    use lzxd::WindowSize::{KB32, KB64, KB128, KB256, KB512, MB1, MB2};
    [KB32, KB64, KB128, KB256, KB512, MB1, MB2][(window - WINDOW_MIN) as usize]
}

#[test]
fn every_length_comes_back() {
    for length in [0, 1, 2, 3, 10, 11, 255, 32_766, 32_767, 32_768, 32_769, 65_536] {
        // The long ones with a level each.
        let levels = if length > 255 { &LEVELS[length % 3..][..1] } else { &LEVELS };
        for level in levels.iter().copied() {
            round_trip(&words(3, length), 16, level);
            round_trip(&noise(length as u32, length), 17, level);
            round_trip(&vec![0; length], 15, level);
            round_trip(&calls_dense(length), 18, level);
        }
    }
}

#[test]
fn matches_reach_to_the_windows_end() {
    for (window, distances) in [(WINDOW_MIN, -5..3), (WINDOW_MAX, -3..-1)] {
        for more in distances {
            let distance = (1 << window) + more;
            let mut plain = noise(8, 9_001);
            plain.resize(distance as usize, 0);
            plain.extend(noise(8, 9_001));
            let bytes = round_trip(&plain, window, Level::Fast);
            assert_eq!(more <= -3, bytes < 15_000, "{window} {more}: {bytes}");
        }
    }
}

#[test]
fn every_window_and_level_comes_back() {
    let mut plain = words(1, 40_000);
    plain.extend(noise(2, 20_001));
    plain.extend(calls_dense(30_000));
    plain.extend_from_within(10_000..40_000);
    plain.extend(vec![7; 20_000]);
    for level in LEVELS {
        let step = if level == Level::Fast { 1 } else { 3 };
        for window in (WINDOW_MIN..=WINDOW_MAX).step_by(step) {
            assert!(round_trip(&plain, window, level) < plain.len() * 3 / 4);
        }
    }
}

#[test]
fn a_long_match_goes_on_in_the_next_frame() {
    for period in [1, 3, 258, 32_768, 40_000] {
        let plain: Vec<u8> = noise(9, period).into_iter().cycle().take(100_001).collect();
        for level in LEVELS {
            let bytes = round_trip(&plain, 17, level);
            assert!(bytes < period + 3_500, "{level:?} {period}: {bytes}");
        }
    }
}

#[test]
fn noise_grows_by_little() {
    for level in LEVELS {
        for length in [1, 100, 40_000, 200_001] {
            let bytes = round_trip(&noise(4, length), 21, level);
            assert!(bytes <= length + 400 + length / 500, "{level:?} {length}: {bytes}");
        }
    }
}

#[test]
fn what_misleads_the_codes_of_a_block_stays_within_a_frame() {
    // Rare elements crowd in one frame, and get long codewords from the others.
    let mut plain = Vec::new();
    for round in 0..10 {
        plain.extend(std::iter::repeat_n(if round == 7 { 1 } else { 0 }, 32_768 - 8_000));
        plain.extend(noise(round, 8_000).iter().map(|byte| if round == 7 { *byte } else { byte % 2 }));
    }
    for level in LEVELS {
        round_trip(&plain, 15, level);
    }
}

#[test]
fn an_encoder_forgets() {
    for level in LEVELS {
        let mut encoder = Encoder::new(Options { window: 16, level });
        let mut first = Vec::new();
        let plain = words(6, 50_000);
        encoder.encode(&plain, &mut |frame| first.push(frame.to_vec()));
        encoder.encode(&noise(1, 40_000), &mut |_| {});
        let mut again = Vec::new();
        encoder.encode(&plain, &mut |frame| again.push(frame.to_vec()));
        assert_eq!(first, again);
        assert_eq!(first, encode(&plain, Options { window: 16, level }));
    }
}

/// What positions have in common by chance, tags and hashes, is no match: two bytes are only worth it at a repeat
/// offset, and one byte never.
#[test]
fn a_match_has_a_length() {
    let mut state = 163_540_847_u32;
    let plain = std::iter::repeat_with(|| {
        state = state.wrapping_mul(0x9E37_79B1).wrapping_add(0x7F4A_7C15);
        (state >> 24) as u8
    });
    round_trip(&plain.take(64_378).collect::<Vec<_>>(), 18, Level::Fast);
}

#[test]
fn pieces_make_one_stream() {
    let repeated = words(4, 2 * FRAME).repeat(4);
    for plain in [calls_dense(7 * FRAME + 100), [words(3, 5 * FRAME), repeated].concat(), noise(2, 4 * FRAME)]
    {
        for level in LEVELS {
            let mut encoder = Encoder::new(Options { window: 17, level });
            // What came before must not show.
            encoder.encode(&words(1, 3 * FRAME), &mut |_| ());
            let mut frames = Vec::new();
            encoder.begin(plain.len() as u64);
            for piece in plain.chunks(2 * FRAME) {
                encoder.piece(piece, &mut |frame| frames.push(frame.to_vec()));
            }
            encoder.end(&mut |frame| frames.push(frame.to_vec()));
            check(&plain, 17, &frames);
            // A single piece is the whole stream.
            let mut whole = Vec::new();
            encoder.begin(plain.len() as u64);
            encoder.piece(&plain, &mut |frame| whole.push(frame.to_vec()));
            encoder.end(&mut |frame| whole.push(frame.to_vec()));
            assert!(whole == encode(&plain, Options { window: 17, level }));
        }
    }
}

#[test]
fn the_translation_is_undone_and_pays() {
    let plain = calls_dense(100_000);
    let mut frame = plain[..FRAME].to_vec();
    for size in [1, 5, 100, 40_000, 12_000_000, i32::MAX] {
        for position in [0, 4, 98_304, 1 << 29] {
            frame.copy_from_slice(&plain[..FRAME]);
            let changed = calls::translate(&mut frame, position, size);
            assert_eq!(changed, frame != plain[..FRAME], "{size} {position}");
            calls::restore(&mut frame, position, size);
            assert!(frame == plain[..FRAME], "{size} {position}");
        }
    }
    let mut short = [0xE8; 10];
    assert!(!calls::translate(&mut short, 0, 100) && short == [0xE8; 10]);
}

#[test]
fn another_encoder_is_understood() {
    for plain in [words(2, 70_000), noise(3, 33_000), vec![1; 40_000]] {
        let mut encoder = lzxc::Encoder::new(lzxc::WindowSize::KB32);
        let mut decoder = Decoder::new(15).unwrap();
        for part in parts(&plain) {
            let frame = encoder.encode_chunk(part);
            assert!(decoder.frame(&frame, part.len()).unwrap() == part);
        }
    }
}

#[test]
fn what_is_no_stream_is_refused() {
    assert_eq!(Decoder::new(14).unwrap_err(), Error::Window);
    assert_eq!(Decoder::new(22).unwrap_err(), Error::Window);
    let decode = |data: &[u8], plain| Decoder::new(15).unwrap().frame(data, plain).map(<[u8]>::to_vec);
    assert_eq!(decode(&[], 0), Err(Error::FrameLength));
    assert_eq!(decode(&[0; 8], FRAME + 1), Err(Error::FrameLength));
    assert_eq!(decode(&[], 1), Err(Error::Block));
    assert_eq!(decode(&[0xFF; 16], 1), Err(Error::Block));
    let frames = encode(&words(1, 50_000), Options { window: 15, level: Level::Fast });
    assert_eq!(decode(&frames[0][..frames[0].len() - 2], FRAME), Err(Error::End));
    let mut decoder = Decoder::new(15).unwrap();
    decoder.frame(&frames[0], FRAME).unwrap();
    decoder.frame(&frames[1], 50_000 - FRAME).unwrap();
    assert_eq!(decoder.frame(&frames[1], 1), Err(Error::FrameLength));
}

/// A cabinet of one folder with one file, as [MS-CAB] has it.
fn cabinet(plain: &[u8], window: u32, frames: &[Vec<u8>]) -> Vec<u8> {
    let data: usize = frames.iter().map(|frame| 8 + frame.len()).sum();
    let files = 36 + 8;
    let start = files + 16 + 2;
    let mut bytes = Vec::new();
    let mut long = |value: usize| bytes.extend((value as u32).to_le_bytes());
    long(u32::from_le_bytes(*b"MSCF") as usize);
    [0, start + data, 0, files, 0, 0x0103 | 1 << 16, 1, 0].into_iter().for_each(&mut long);
    [start, frames.len() | (3 | (window as usize) << 8) << 16].into_iter().for_each(&mut long);
    [plain.len(), 0, 0x5021 << 16, 0x20 << 16].into_iter().for_each(&mut long);
    bytes.extend(b"x\0");
    for (frame, part) in frames.iter().zip(parts(plain)) {
        let sum = crate::formats::cab::layout::data_checksum(frame, frame.len() as u16, part.len() as u16);
        bytes.extend(sum.to_le_bytes());
        bytes.extend((frame.len() as u16).to_le_bytes());
        bytes.extend((part.len() as u16).to_le_bytes());
        bytes.extend(frame);
    }
    bytes
}

fn extracted(program: &str, arguments: &[&str], cabinet: &[u8]) -> Option<Vec<u8>> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("test.cab");
    std::fs::write(&path, cabinet).unwrap();
    match std::process::Command::new(program).args(arguments).arg(&path).output() {
        Ok(output) => {
            assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
            Some(output.stdout)
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => panic!("{program}: {error}"),
    }
}

#[test]
fn cabinets_are_accepted_elsewhere() {
    let mut mixed = words(1, 40_000);
    mixed.extend(noise(2, 66_001));
    mixed.extend(calls_dense(30_000));
    mixed.extend(vec![0; 40_001]);
    for plain in [mixed, vec![0], vec![5; 40_000], noise(1, 33_000), noise(1, 65_536), b"abcdefgh".to_vec()] {
        for level in LEVELS {
            for window in [if level == Level::Max { WINDOW_MIN } else { WINDOW_MAX }] {
                let frames = encode(&plain, Options { window, level });
                let bytes = cabinet(&plain, window, &frames);
                let mut reader = cab::Cabinet::new(Cursor::new(&bytes)).unwrap();
                let mut content = Vec::new();
                reader.read_file("x").unwrap().read_to_end(&mut content).unwrap();
                assert!(content == plain, "crate cab: {level:?} {window} {}", plain.len());
                for (program, arguments) in [("cabextract", &["-q", "-p"][..]), ("7z", &["e", "-so"])] {
                    if let Some(content) = extracted(program, arguments, &bytes) {
                        assert!(content == plain, "{program}: {level:?} {window} {}", plain.len());
                    }
                }
            }
        }
    }
}

/// Literal pieces, repetitions and copies of what was before.
fn structured() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        (any::<u32>(), 1..3_000_usize).prop_map(|(seed, length)| (0, seed, length)),
        (any::<u32>(), 1..20_000_usize).prop_map(|(seed, length)| (1, seed, length)),
        (any::<u32>(), 1..9_000_usize).prop_map(|(seed, length)| (2, seed, length)),
        (any::<u32>(), 1..9_000_usize).prop_map(|(seed, length)| (3, seed, length)),
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| {
        let mut plain = Vec::new();
        for (kind, seed, length) in pieces {
            match kind {
                0 => plain.extend(noise(seed, length)),
                1 => plain.extend(std::iter::repeat_n(seed as u8, length)),
                2 => plain.extend(words(seed, length)),
                _ if plain.is_empty() => {}
                _ => {
                    let from = seed as usize % plain.len();
                    let to = plain.len().min(from + length);
                    plain.extend_from_within(from..to);
                }
            }
        }
        plain
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10))]

    #[test]
    fn anything_comes_back(plain in structured(), window in WINDOW_MIN..=WINDOW_MAX, level in 0..3_usize) {
        round_trip(&plain, window, LEVELS[level]);
    }

    #[test]
    fn damaged_frames_do_no_harm(
        flips in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..4),
        seed in any::<u32>(),
    ) {
        let mut plain = words(seed, 40_000);
        plain.extend(noise(seed, 10_000));
        let mut frames = encode(&plain, Options { window: 15, level: Level::Fast });
        for (place, value) in flips {
            let number = place.index(frames.len());
            let at = place.index(frames[number].len());
            frames[number][at] ^= value;
        }
        let mut decoder = Decoder::new(15).unwrap();
        for (frame, part) in frames.iter().zip(parts(&plain)) {
            if decoder.frame(frame, part.len()).is_err() {
                break;
            }
        }
    }

    #[test]
    fn codes_are_complete_and_short_enough(
        frequencies in proptest::collection::vec(prop_oneof![Just(0_u32), 1..4_u32, 1..1_000_000_u32], 2..700),
        limit in 10..17_u32,
    ) {
        let mut lengths = vec![0; frequencies.len()];
        huffman::lengths(&frequencies, limit, &mut Vec::new(), &mut lengths);
        prop_assert!(lengths.iter().all(|length| u32::from(*length) <= limit));
        let used = frequencies.iter().filter(|frequency| **frequency > 0).count();
        let coded = lengths.iter().filter(|length| **length > 0).count();
        prop_assert_eq!(coded, if used == 1 { 2 } else { used });
        let sum: u32 = lengths.iter().filter(|length| **length > 0).map(|length| 1 << (16 - length)).sum();
        prop_assert_eq!(sum, if used == 0 { 0 } else { 1 << 16 });
        prop_assert!(huffman::Table::default().set(&lengths));
    }
}
