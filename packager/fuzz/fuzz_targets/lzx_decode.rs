//! Any bytes into the LZX decoder: no panic, and never more than was asked for.

#![no_main]

use libfuzzer_sys::fuzz_target;
use packager::formats::lzx::Decoder;
use packager::formats::lzx::layout::FRAME;

fuzz_target!(|input: (u8, u16, &[u8])| {
    let (window, cut, data) = input;
    let Ok(mut decoder) = Decoder::new(15 + u32::from(window % 7)) else { return };
    // Two full frames, then a short one.
    let (first, rest) = data.split_at(data.len().min(usize::from(cut)));
    let (second, third) = rest.split_at(rest.len() / 2);
    for (data, plain) in [(first, FRAME), (second, FRAME), (third, 1 + usize::from(cut) % FRAME)] {
        match decoder.frame(data, plain) {
            Ok(bytes) => assert_eq!(bytes.len(), plain),
            Err(_) => return,
        }
    }
});
