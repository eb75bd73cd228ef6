use std::io::{Cursor, Read as _, Write};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};

use proptest::prelude::*;

use super::layout::{BLOCK, checksum};
use super::*;

fn options(method: Method, threads: usize) -> Options {
    Options { method, threads: NonZeroUsize::new(threads).unwrap() }
}

fn make(members: &[(&str, Vec<u8>)], method: Method, threads: usize) -> Vec<u8> {
    let reserved = write::reserve(members.iter().map(|(name, bytes)| (*name, bytes.len() as u64)));
    let mut writer = Writer::new(Cursor::new(Vec::new()), reserved, &options(method, threads)).unwrap();
    for (name, bytes) in members {
        writer.begin(name, bytes.len() as u64).unwrap();
        // Odd pieces: block borders must not depend on how the bytes come.
        for piece in bytes.chunks(7_777) {
            writer.write(piece).unwrap();
        }
    }
    let (sink, summary) = writer.finish().unwrap();
    let bytes = sink.into_inner();
    assert_eq!(bytes.len() as u64, summary.bytes);
    bytes
}

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn unpack(bytes: &[u8]) -> Result<Vec<(String, Vec<u8>)>, read::Error> {
    let mut cabinet = Cabinet::open(Cursor::new(bytes))?;
    let outputs: Vec<Shared> = cabinet.files().iter().map(|_| Shared::default()).collect();
    let names: Vec<String> = cabinet.files().iter().map(|file| file.name.clone()).collect();
    cabinet.extract(|number, _| Ok(Some(Box::new(outputs[number].clone()))))?;
    Ok(names.into_iter().zip(outputs.iter().map(|output| output.0.lock().unwrap().clone())).collect())
}

fn noise(seed: u32, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as u8
    })
    .take(length)
    .collect()
}

fn sample() -> Vec<(&'static str, Vec<u8>)> {
    let words = "every block knows the thirty-two kilobytes before it. ".repeat(30_000).into_bytes();
    vec![
        ("first.txt", b"abc".to_vec()),
        ("empty", Vec::new()),
        ("words.txt", words),
        ("noise.bin", noise(7, 700_000)),
        ("grüße", b"non-ascii name".to_vec()),
        ("zeros", vec![0; 3 * BLOCK]),
        ("last empty", Vec::new()),
    ]
}

fn owned(members: &[(&str, Vec<u8>)]) -> Vec<(String, Vec<u8>)> {
    members.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.clone())).collect()
}

#[test]
fn what_goes_in_comes_out() {
    for method in [Method::Mszip, Method::Stored] {
        let members = sample();
        assert_eq!(unpack(&make(&members, method, 3)).unwrap(), owned(&members));
    }
}

#[test]
fn threads_do_not_show() {
    let members = sample();
    let one = make(&members, Method::Mszip, 1);
    for threads in [2, 5, 16] {
        assert!(make(&members, Method::Mszip, threads) == one, "{threads}");
    }
}

#[test]
fn the_dictionary_is_used() {
    // The same noise again and again: it only shrinks when a block sees the one before it.
    let noise = noise(3, 20_000);
    let members = [("a", noise.repeat(20))];
    assert!(make(&members, Method::Mszip, 2).len() < 60_000);
}

#[test]
fn blocks_that_do_not_shrink_are_stored() {
    let members = [("noise", noise(9, 10 * BLOCK))];
    let bytes = make(&members, Method::Mszip, 2);
    assert_eq!(bytes.len(), 36 + 8 + 16 + 6 + 10 * (8 + 2 + 5 + BLOCK));
    assert_eq!(unpack(&bytes).unwrap(), owned(&members));
}

#[test]
fn the_cab_crate_reads_it() {
    for method in [Method::Mszip, Method::Stored] {
        let members = sample();
        let mut cabinet = ::cab::Cabinet::new(Cursor::new(make(&members, method, 2))).unwrap();
        for (name, bytes) in &members {
            let mut read = Vec::new();
            cabinet.read_file(name).unwrap().read_to_end(&mut read).unwrap();
            assert!(read == *bytes, "{name}");
        }
        let folder = cabinet.folder_entries().next().unwrap();
        let file = folder.file_entries().next().unwrap();
        assert_eq!(file.datetime().unwrap().to_string(), "2020-01-01 0:00:00.0");
    }
}

#[test]
fn we_read_what_the_cab_crate_writes() {
    let mut builder = ::cab::CabinetBuilder::new();
    let folder = builder.add_folder(::cab::CompressionType::MsZip);
    folder.add_file("one");
    folder.add_file("two");
    let mut writer = builder.build(Cursor::new(Vec::new())).unwrap();
    while let Some(mut file) = writer.next_file().unwrap() {
        let text = file.file_name().repeat(50_000);
        file.write_all(text.as_bytes()).unwrap();
    }
    let bytes = writer.finish().unwrap().into_inner();
    let expected = ["one", "two"].map(|name| (name.to_owned(), name.repeat(50_000).into_bytes()));
    assert_eq!(unpack(&bytes).unwrap(), expected);
}

/// Runs a tool on a cabinet; `None` when it is not installed.
fn tool(program: &str, arguments: &[&str], bytes: &[u8]) -> Option<bool> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("test.cab");
    std::fs::write(&path, bytes).unwrap();
    match std::process::Command::new(program).args(arguments).arg(&path).output() {
        Ok(output) => {
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            let complains = ["checksum", "warning", "WARNING", "ERROR", "failed"];
            let complaint = complains.iter().find(|word| text.contains(*word));
            assert!(complaint.is_none() || !output.status.success(), "{text}");
            Some(output.status.success())
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => panic!("{program}: {error}"),
    }
}

#[test]
fn cabextract_and_7z_accept_it() {
    let members = sample();
    let mut writer = Writer::new(Cursor::new(Vec::new()), 500, &options(Method::Mszip, 2)).unwrap();
    let first = writer.begin("one", 100_000).unwrap();
    writer.write(&noise(4, 100_000)).unwrap();
    writer.begin("other", 5).unwrap();
    writer.write(b"other").unwrap();
    writer.duplicate("twin", first).unwrap();
    let twins = writer.finish().unwrap().0.into_inner();
    let whole = [make(&members, Method::Mszip, 2), make(&members, Method::Stored, 2), twins];
    for (number, bytes) in whole.iter().enumerate() {
        for (program, argument) in [("cabextract", "-t"), ("7z", "t")] {
            assert_ne!(tool(program, &[argument], bytes), Some(false), "{program} refuses {number}");
            let mut flipped = bytes.clone();
            let middle = flipped.len() / 2;
            flipped[middle] ^= 1;
            assert_ne!(tool(program, &[argument], &flipped), Some(true), "{program} takes anything");
        }
    }
}

#[test]
fn duplicates_share_an_offset_and_stand_together() {
    let mut writer = Writer::new(Cursor::new(Vec::new()), 500, &options(Method::Mszip, 2)).unwrap();
    let first = writer.begin("one", 3).unwrap();
    writer.write(b"abc").unwrap();
    writer.begin("other", 5).unwrap();
    writer.write(b"other").unwrap();
    writer.duplicate("twin", first).unwrap();
    let (sink, summary) = writer.finish().unwrap();
    assert_eq!(summary.places, [0, 2, 1]);
    let expected = [("one", "abc"), ("twin", "abc"), ("other", "other")];
    let expected = expected.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()));
    assert_eq!(unpack(sink.get_ref()).unwrap(), expected);
}

#[test]
fn a_cabinet_may_start_anywhere_in_its_sink() {
    let mut sink = Cursor::new(b"front".to_vec());
    sink.set_position(5);
    let mut writer = Writer::new(sink, 100, &options(Method::Mszip, 1)).unwrap();
    writer.begin("one", 3).unwrap();
    writer.write(b"abc").unwrap();
    let (mut sink, summary) = writer.finish().unwrap();
    assert_eq!(sink.position(), 5 + summary.bytes);
    sink.write_all(b"behind").unwrap();
    let bytes = sink.into_inner();
    assert!(bytes.starts_with(b"frontMSCF") && bytes.ends_with(b"behind"));
    assert_eq!(unpack(&bytes[5..]).unwrap(), [("one".to_owned(), b"abc".to_vec())]);
}

#[test]
fn a_folder_ends_at_its_limit() {
    let names = ["a", "b", "c", "empty", "d"];
    let sizes = [BLOCK + 5, 2 * BLOCK, BLOCK - 5, 0, 3 * BLOCK];
    let reserved = layout::front_len(3, names);
    let mut writer = Writer::new(Cursor::new(Vec::new()), reserved, &options(Method::Mszip, 2)).unwrap();
    writer.folder_max = 3 * BLOCK as u64;
    let mut expected = Vec::new();
    for (seed, (name, size)) in names.into_iter().zip(sizes).enumerate() {
        let bytes = noise(seed as u32 + 1, size);
        writer.begin(name, size as u64).unwrap();
        writer.write(&bytes).unwrap();
        expected.push((name.to_owned(), bytes));
    }
    let (sink, summary) = writer.finish().unwrap();
    assert_eq!(summary.folders, 3);
    let bytes = sink.into_inner();
    let cabinet = Cabinet::open(Cursor::new(&bytes)).unwrap();
    let folders: Vec<_> = cabinet.files().iter().map(|file| (file.folder, file.offset as usize)).collect();
    assert_eq!(folders, [(0, 0), (1, 0), (1, 2 * BLOCK), (1, 3 * BLOCK - 5), (2, 0)]);
    assert_eq!(cabinet.folders().iter().map(|folder| folder.blocks).collect::<Vec<_>>(), [2, 3, 3]);
    assert_eq!(unpack(&bytes).unwrap(), expected);
    for (program, argument) in [("cabextract", "-t"), ("7z", "t")] {
        assert_ne!(tool(program, &[argument], &bytes), Some(false), "{program}");
    }
}

#[test]
fn space_is_reserved_for_all_folders() {
    let half = layout::FOLDER_MAX / 2 + 1;
    assert_eq!(write::reserve([("one", half), ("two", half)]), layout::front_len(2, ["one", "two"]));
    assert_eq!(write::reserve([("one", half), ("two", half - 2)]), layout::front_len(1, ["one", "two"]));
    let mut writer = Writer::new(Cursor::new(Vec::new()), 500, &options(Method::Mszip, 2)).unwrap();
    let too_large = layout::FOLDER_MAX + 1;
    assert!(matches!(writer.begin("x", too_large), Err(write::Error::FileTooLarge { .. })));
}

#[test]
fn misuse_is_an_error() {
    let mut writer = Writer::new(Cursor::new(Vec::new()), 100, &options(Method::Mszip, 1)).unwrap();
    assert!(matches!(writer.write(b"x"), Err(write::Error::NoSuchMember)));
    assert!(matches!(writer.begin("", 3), Err(write::Error::Name(_))));
    assert!(matches!(writer.begin(&"x".repeat(256), 3), Err(write::Error::Name(_))));
    writer.begin("one", 3).unwrap();
    assert!(matches!(writer.begin("two", 3), Err(write::Error::SizeMismatch { given: 0, .. })));
    assert!(matches!(writer.write(b"four"), Err(write::Error::SizeMismatch { given: 4, .. })));

    let mut writer = Writer::new(Cursor::new(Vec::new()), 40, &options(Method::Mszip, 1)).unwrap();
    writer.begin("one", 0).unwrap();
    assert!(matches!(writer.finish(), Err(write::Error::Reserve { reserved: 40, needed: 64 })));
}

#[test]
fn checksums_of_the_specification() {
    assert_eq!(checksum(&[1, 2, 3, 4], 0), 0x0403_0201);
    assert_eq!(checksum(&[1, 2, 3, 4, 5], 0), 0x0403_0204);
    assert_eq!(checksum(&[1, 2, 3], 0), 0x0001_0203);
}

#[test]
fn damage_is_found() {
    let bytes = make(&sample(), Method::Mszip, 2);
    let data = layout::front_len(1, sample().iter().map(|(name, _)| *name)) as usize;
    for at in (data..bytes.len()).step_by(991) {
        let mut flipped = bytes.clone();
        flipped[at] ^= 0x10;
        assert!(unpack(&flipped).is_err(), "{at}");
    }
    for length in (0..bytes.len()).step_by(997) {
        assert!(unpack(&bytes[..length]).is_err(), "{length}");
    }
}

fn small() -> Vec<u8> {
    make(&[("a", b"hello ".repeat(9_000)), ("b", noise(1, 100)), ("c", Vec::new())], Method::Mszip, 1)
}

proptest! {
    #[test]
    fn any_bytes_do_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let mut bytes = bytes;
        bytes.splice(0..bytes.len().min(4), *b"MSCF");
        let _ = unpack(&bytes);
    }

    #[test]
    fn mutated_cabinets_do_no_harm(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        table_changes in proptest::collection::vec((0_usize..100, any::<u8>()), 0..4),
        cut in proptest::option::of(any::<prop::sample::Index>()),
    ) {
        let mut bytes = small();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        for (at, value) in table_changes {
            bytes[at] = value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let _ = unpack(&bytes);
    }
}
