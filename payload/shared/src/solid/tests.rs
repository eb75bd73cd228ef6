use super::*;
use crate::index::Entry;
use alloc::string::String;

fn index(files: &[(&str, u64, u8)]) -> Index {
    let entries = files
        .iter()
        .map(|(path, size, digest)| Entry {
            path: String::from(*path),
            size: *size,
            sha256: [*digest; 32],
            pe_version: None,
            keep: false,
        })
        .collect();
    Index { entries }
}

/// Two contents that several files share, and an empty file. The digest of `e` is that of `b`, its size is not.
fn files() -> Index {
    index(&[("a", 5, 9), ("b", 7, 1), ("c", 5, 9), ("d", 0, 3), ("e", 8, 1), ("f", 7, 1), ("g", 0, 3)])
}

fn stream(method: Method, packed: u64, plain: u64, contents: u32) -> Stream {
    Stream { method, filter: Filter::None, window: 4096, packed, plain, contents }
}

fn streams() -> [Stream; 2] {
    [
        Stream { filter: Filter::X86, ..stream(Method::Lzma2, 3, 12, 2) },
        Stream { window: MOST_WINDOW, ..stream(Method::Zstd, 2, 8, 1) },
    ]
}

const CONTENTS: [u32; 3] = [1, 0, 4];

fn section(streams: &[Stream], contents: &[u32]) -> Vec<u8> {
    let mut out = b"before".to_vec();
    out.extend(header(streams, contents));
    out.extend(b"LLLZZ");
    out
}

fn open(mut bytes: &[u8]) -> Result<Solid, Error> {
    let length = bytes.len() as u64 - 6;
    Solid::open(&mut bytes, 6, length, &files())
}

#[test]
fn what_is_written_comes_back_with_the_place_of_each_file() {
    let bytes = section(&streams(), &CONTENTS);
    let solid = open(&bytes).expect("opens");
    let start = bytes.len() as u64 - 5;
    assert_eq!(solid.streams, [(start, streams()[0]), (start + 3, streams()[1])]);
    let place = |stream, offset| Some(Place { stream, offset });
    let (a, b, e) = (place(0, 7), place(0, 0), place(1, 0));
    assert_eq!(solid.places, [a, b, a, None, e, b, None]);
    assert_eq!(solid.heap(), heap(&streams()));
}

#[test]
fn the_first_entry_of_a_content_is_the_lowest() {
    assert_eq!(first_of_each(&files()), [0, 1, 0, 3, 4, 1, 6]);
    assert!(first_of_each(&Index::default()).is_empty());
}

#[test]
fn the_layout_is_the_documented_one() {
    let bytes = header(&streams()[..1], &[0x0102]);
    let mut expected = b"PKGSOLD\x01\x01\0\0\0\x01\0\0\0".to_vec();
    expected
        .extend(b"\x02\x01\0\0\0\x10\0\0\x03\0\0\0\0\0\0\0\x0c\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0\x02\x01\0\0");
    assert_eq!(bytes, expected);
}

#[test]
fn contents_that_are_not_the_indexs_are_refused() {
    for bad in [
        &[1, 0][..],
        &[1, 0, 4, 4],
        &[1, 0, 1],
        &[1, 2, 4],
        &[1, 0, 3],
        &[5, 0, 4],
        &[1, 0, 7],
        &[1, 0, u32::MAX],
        &[0, 4, 1],
    ] {
        assert!(open(&section(&streams(), bad)).is_err(), "{bad:?}");
    }
    assert!(open(&section(&streams(), &[0, 1, 4])).is_ok(), "any order within a stream");
    // Too few streams, with all that is there in order.
    let one = [stream(Method::Zstd, 5, 12, 2)];
    assert_eq!(open(&section(&one, &[0, 1])), Err(Error::Damaged("its streams lack files of its index")));
    assert!(open(&section(&[], &[])).is_err());
}

#[test]
fn streams_that_cannot_be_are_refused() {
    let good = streams();
    for (what, bad) in [
        ("window 0", Stream { window: 0, ..good[0] }),
        ("window", Stream { window: MOST_WINDOW + 1, ..good[0] }),
        ("packed 0", Stream { packed: 0, ..good[0] }),
        ("packed", Stream { packed: 4, ..good[0] }),
        ("packed less", Stream { packed: 2, ..good[0] }),
        ("packed far", Stream { packed: u64::MAX, ..good[0] }),
        ("plain", Stream { plain: 13, ..good[0] }),
        ("plain less", Stream { plain: 11, ..good[0] }),
        ("contents", Stream { contents: 1, ..good[0] }),
        ("contents more", Stream { contents: 3, ..good[0] }),
        ("contents far", Stream { contents: u32::MAX, ..good[0] }),
    ] {
        assert!(open(&section(&[bad, good[1]], &CONTENTS)).is_err(), "{what}");
    }
    let many = alloc::vec![good[0]; MOST_STREAMS as usize + 1];
    assert!(open(&section(&many, &CONTENTS)).is_err());
}

#[test]
fn every_cut_and_every_changed_byte_of_the_header_is_an_error_or_means_something_else() {
    let bytes = section(&streams(), &CONTENTS);
    let solid = open(&bytes);
    for cut in 6..bytes.len() {
        assert!(open(&bytes[..cut]).is_err(), "cut at {cut}");
    }
    for at in 6..bytes.len() - 5 {
        for bit in 0..8 {
            let mut bad = bytes.clone();
            bad[at] ^= 1 << bit;
            assert_ne!(open(&bad), solid, "bit {bit} of byte {at}");
        }
    }
    let far = Solid::open(&mut &bytes[..], u64::MAX - 3, 5, &files());
    assert!(far.is_err());
}

#[test]
fn sizes_that_wrap_are_no_way_around_the_limits() {
    let index = index(&[("a", u64::MAX, 1), ("b", 13, 2)]);
    let bytes = section(&[stream(Method::Zstd, 5, 12, 2)], &[0, 1]);
    let opened = Solid::open(&mut &bytes[..], 6, bytes.len() as u64 - 6, &index);
    assert!(opened.is_err());
    let most = section(&[stream(Method::Zstd, 5, u64::MAX, 1)], &[0]);
    let opened = Solid::open(&mut &most[..], 6, most.len() as u64 - 6, &index);
    assert_eq!(opened, Err(Error::Damaged("the length of a stream is impossible")));
}

#[test]
fn the_heap_is_the_largest_window_and_each_decoder_once() {
    let zstd = stream(Method::Zstd, 1, 1, 1);
    let lzma2 = stream(Method::Lzma2, 1, 1, 1);
    let (only_zstd, only_lzma2) = (heap(&[zstd]), heap(&[lzma2]));
    assert_eq!(heap(&[zstd, zstd]), only_zstd);
    assert_eq!(heap(&[zstd, Stream { window: 1 << 20, ..zstd }]), only_zstd + (1 << 20) - 4096);
    let both = heap(&[zstd, lzma2]);
    assert!(both > only_zstd && both > only_lzma2);
}
