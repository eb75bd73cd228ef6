use super::*;
use miniz_oxide::deflate::compress_to_vec;

fn build(members: &[(&str, &[u8])], mszip: bool) -> Vec<u8> {
    let members: Vec<_> = members.iter().map(|(name, content)| ((*name).into(), content.to_vec())).collect();
    crate::sim::cabinet::cabinet(&members, mszip)
}

fn unpack(mut bytes: &[u8]) -> Result<Vec<u8>> {
    let cabinet = {
        let length = bytes.len() as u64;
        Cabinet::open(&mut bytes, 0, length)?
    };
    let mut out = Vec::new();
    for folder in &cabinet.folders {
        let mut blocks = Blocks::new(folder);
        while blocks.next(&mut bytes)? {
            out.extend_from_slice(blocks.data());
        }
    }
    Ok(out)
}

fn text(count: u32) -> Vec<u8> {
    (0..count).flat_map(|n| (n.wrapping_mul(2_654_435_761) >> 20).to_le_bytes()).collect()
}

#[test]
fn both_methods_come_back_over_block_borders() {
    let long = text(20_000);
    for mszip in [false, true] {
        let bytes = build(&[("a", &long), ("b", b"xyz")], mszip);
        let mut reader = &bytes[..];
        let cabinet = Cabinet::open(&mut reader, 0, bytes.len() as u64).expect("opens");
        assert_eq!(cabinet.members[1].name, "b");
        assert_eq!((cabinet.members[1].size, cabinet.members[1].offset), (3, 80_000));
        let plain = unpack(&bytes).expect("unpacks");
        assert_eq!(plain, [&long[..], b"xyz"].concat());
    }
}

#[test]
fn hostile_bytes_never_panic_and_cuts_are_errors() {
    let bytes = build(&[("a", &text(9_000)), ("b", b"xyz")], true);
    for at in 0..bytes.len().min(600) {
        for value in [0, 1, 0x7f, 0x80, 0xff] {
            let mut bad = bytes.clone();
            bad[at] = value;
            let _ = unpack(&bad);
        }
    }
    for cut in (0..bytes.len()).step_by(7) {
        assert!(unpack(&bytes[..cut]).is_err());
        // The same with a length that claims to be right.
        let mut short = bytes[..cut].to_vec();
        if cut > 12 {
            short[8..12].copy_from_slice(&(cut as u32).to_le_bytes());
            assert!(unpack(&short).is_err(), "cut at {cut}");
        }
    }
    assert!(unpack(&[0; 100]).is_err());
}

#[test]
fn matches_may_reach_into_the_block_before() {
    // A stored deflate block cannot, so make one by hand: fixed Huffman, length 3, distance 4, end of block.
    let first = [b'a'; 0x8000];
    let mut bytes = build(&[("a", &first), ("b", b"aaa")], true);
    // Bits, low first: 1 (last), 01 (fixed), 0000001 (length 3), 00011 (distance 4), 0000000 (end).
    // The second block is at the end: replace it.
    let tail = 8 + 2 + compress_to_vec(b"aaa", 6).len();
    bytes.truncate(bytes.len() - tail);
    let mut bits: Vec<u8> = Vec::new();
    for (value, count) in [(1u32, 1), (1, 2)] {
        bits.extend((0..count).map(|n| ((value >> n) & 1) as u8));
    }
    // Huffman codes go most significant bit first.
    for (code, count) in [(0b000_0001u32, 7), (0b00011, 5), (0, 7)] {
        bits.extend((0..count).rev().map(|n| ((code >> n) & 1) as u8));
    }
    let mut deflated = b"CK".to_vec();
    for byte in bits.chunks(8) {
        deflated.push(byte.iter().enumerate().fold(0, |sum, (n, bit)| sum | (bit << n)));
    }
    bytes.extend([0; 4]);
    bytes.extend((deflated.len() as u16).to_le_bytes());
    bytes.extend(3u16.to_le_bytes());
    bytes.extend(deflated);
    let length = bytes.len() as u32;
    bytes[8..12].copy_from_slice(&length.to_le_bytes());
    let plain = unpack(&bytes).expect("unpacks");
    assert_eq!(&plain[0x8000..], b"aaa");
}

#[test]
fn cabinets_behind_each_other_are_one_directory() {
    let long = text(20_000);
    let bytes = [
        build(&[("a", &long)], true),
        build(&[("b", b"xyz"), ("c", &long)], false),
        build(&[("d", b"")], true),
    ]
    .concat();
    let mut reader = &bytes[..];
    let all = Cabinet::open(&mut reader, 0, bytes.len() as u64).expect("opens");
    let names: Vec<_> = all.members.iter().map(|member| (member.name.as_str(), member.folder)).collect();
    assert_eq!(names, [("a", 0), ("b", 1), ("c", 1), ("d", 2)]);
    assert_eq!(unpack(&bytes).expect("unpacks"), [&long[..], b"xyz", &long[..]].concat());
    for cut in (1..bytes.len()).step_by(97) {
        // A cut between two leaves what is a directory by itself: who knows the index misses the files.
        let whole = cut == build(&[("a", &long)], true).len();
        assert_eq!(unpack(&bytes[..cut]).is_ok(), whole, "cut at {cut}");
    }
    assert!(unpack(&[&bytes[..], b"MSCF"].concat()).is_err());
    assert!(unpack(&[&bytes[..], &[0; 64]].concat()).is_err());
}
