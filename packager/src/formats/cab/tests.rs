use std::io::{Cursor, Read as _, Write};
use std::sync::{Arc, Mutex};

use proptest::prelude::*;

use super::layout::{BLOCK, checksum};
use super::*;
use crate::formats::lzx;

/// A cabinet of one folder, whose stretches are made in the order of `order` by one coder.
fn make_in(members: &[(&str, Vec<u8>)], method: Method, order: impl Fn(usize) -> usize) -> Vec<u8> {
    let plain: Vec<u8> = members.iter().flat_map(|(_, bytes)| bytes.iter().copied()).collect();
    let part = if Coder::in_stretches(method) { 3 * BLOCK } else { plain.len().max(1) };
    let count = plain.len().div_ceil(part);
    let mut made = vec![(Vec::new(), 0); count];
    let mut coder = Coder::new(method);
    for number in 0..count {
        let number = order(number) % count;
        let from = number * part;
        let start = from.saturating_sub(Coder::HISTORY);
        let bytes = &plain[start..plain.len().min(from + part)];
        let mut data = Vec::new();
        let mut told = 0;
        coder.begin((bytes.len() - (from - start)) as u64);
        let blocks = coder.encode(bytes, from - start, &mut data, &mut |bytes| told += bytes);
        assert_eq!(told as usize, bytes.len() - (from - start));
        made[number] = (data, blocks);
    }
    let packed: usize = made.iter().map(|(data, _)| data.len()).sum();
    let blocks = made.iter().map(|(_, blocks)| blocks).sum();
    let mut offset = 0;
    let mut all = Vec::new();
    for (name, bytes) in members {
        all.push(Member { name, size: bytes.len() as u64, folder: 0, offset });
        offset += bytes.len() as u64;
    }
    let mut out = tables(&[Folder { method, packed: packed as u64, blocks }], &all).unwrap();
    assert_eq!(out.len() as u64, layout::front_len(1, members.iter().map(|(name, _)| *name)));
    out.extend(made.into_iter().flat_map(|(data, _)| data));
    out
}

fn make(members: &[(&str, Vec<u8>)], method: Method) -> Vec<u8> {
    make_in(members, method, |number| number)
}

const LZX: Method = Method::Lzx(lzx::Options { window: 16, level: lzx::Level::Fast });

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
    for method in [Method::Mszip, Method::Stored, LZX] {
        let members = sample();
        assert_eq!(unpack(&make(&members, method)).unwrap(), owned(&members));
    }
}

#[test]
fn the_order_of_work_does_not_show() {
    let members = sample();
    let one = make(&members, Method::Mszip);
    // A coder's past must not show either: other stretches came before.
    for step in [7, 11, 13] {
        assert!(make_in(&members, Method::Mszip, |number| number * step) == one, "{step}");
    }
}

#[test]
fn the_dictionary_is_used() {
    // The same noise again and again: it only shrinks when a block sees the one before it.
    let noise = noise(3, 20_000);
    let members = [("a", noise.repeat(20))];
    assert!(make(&members, Method::Mszip).len() < 60_000);
}

#[test]
fn blocks_that_do_not_shrink_are_stored() {
    let members = [("noise", noise(9, 10 * BLOCK))];
    let bytes = make(&members, Method::Mszip);
    assert_eq!(bytes.len(), 36 + 8 + 16 + 6 + 10 * (8 + 2 + 5 + BLOCK));
    assert_eq!(unpack(&bytes).unwrap(), owned(&members));
}

#[test]
fn the_cab_crate_reads_it() {
    for method in [Method::Mszip, Method::Stored, LZX] {
        let members = sample();
        let mut cabinet = ::cab::Cabinet::new(Cursor::new(make(&members, method))).unwrap();
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

/// The blocks of a folder.
fn encode(plain: &[u8], out: &mut Vec<u8>) -> u32 {
    let mut coder = Coder::new(Method::Mszip);
    coder.begin(plain.len() as u64);
    coder.encode(plain, 0, out, &mut |_| ())
}

/// One folder, in which a member stands under two names.
fn twins() -> Vec<u8> {
    let (one, other) = (noise(4, 100_000), b"other");
    let mut data = Vec::new();
    let plain = [&one[..], other].concat();
    let blocks = encode(&plain, &mut data);
    let member = |name, size, offset| Member { name, size, folder: 0, offset };
    let members = [member("one", 100_000, 0), member("twin", 100_000, 0), member("other", 5, 100_000)];
    let folder = Folder { method: Method::Mszip, packed: data.len() as u64, blocks };
    let mut bytes = tables(&[folder], &members).unwrap();
    bytes.extend(data);
    bytes
}

#[test]
fn cabextract_and_7z_accept_it() {
    let members = sample();
    let whole = [make(&members, Method::Mszip), make(&members, Method::Stored), make(&members, LZX), twins()];
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
fn members_may_share_their_bytes() {
    let one = noise(4, 100_000);
    let expected = [("one", one.clone()), ("twin", one), ("other", b"other".to_vec())];
    assert_eq!(unpack(&twins()).unwrap(), owned(&expected));
}

#[test]
fn a_cabinet_may_start_anywhere() {
    let small = small();
    let mut input = Cursor::new([b"front", &small[..], b"behind"].concat());
    input.set_position(5);
    let cabinet = Cabinet::open(input).unwrap();
    assert_eq!((cabinet.len(), cabinet.files().len()), (small.len() as u64, 3));
}

#[test]
fn folders_stand_one_behind_the_other() {
    let names = [&["a"][..], &["b", "c", "empty"], &["only empty"], &["d"]];
    let sizes = [&[BLOCK + 5][..], &[2 * BLOCK, BLOCK - 5, 0], &[0], &[3 * BLOCK]];
    let (mut folders, mut data, mut members, mut expected) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (folder, (names, sizes)) in names.iter().zip(sizes).enumerate() {
        let mut plain = Vec::new();
        for (seed, (name, size)) in names.iter().zip(sizes).enumerate() {
            let bytes = noise((folder * 9 + seed) as u32 + 1, *size);
            members.push(Member { name, size: *size as u64, folder, offset: plain.len() as u64 });
            plain.extend_from_slice(&bytes);
            expected.push(((*name).to_owned(), bytes));
        }
        let before = data.len();
        let blocks = encode(&plain, &mut data);
        folders.push(Folder { method: Method::Mszip, packed: (data.len() - before) as u64, blocks });
    }
    let mut bytes = tables(&folders, &members).unwrap();
    bytes.extend(data);
    let cabinet = Cabinet::open(Cursor::new(&bytes)).unwrap();
    let found: Vec<_> = cabinet.files().iter().map(|file| (file.folder, file.offset as usize)).collect();
    assert_eq!(found, [(0, 0), (1, 0), (1, 2 * BLOCK), (1, 3 * BLOCK - 5), (2, 0), (3, 0)]);
    assert_eq!(cabinet.folders().iter().map(|folder| folder.blocks).collect::<Vec<_>>(), [2, 3, 0, 3]);
    assert_eq!(unpack(&bytes).unwrap(), expected);
    for (program, argument) in [("cabextract", "-t"), ("7z", "t")] {
        assert_ne!(tool(program, &[argument], &bytes), Some(false), "{program}");
    }
}

#[test]
fn what_no_cabinet_can_hold_is_an_error() {
    let folder = |packed, blocks| Folder { method: Method::Mszip, packed, blocks };
    let member = |name, size, offset| Member { name, size, folder: 0, offset };
    let one = |member| tables(&[folder(0, 0)], &[member]);
    assert!(matches!(one(member("", 3, 0)), Err(write::Error::Name(_))));
    let long = "x".repeat(256);
    assert!(matches!(one(member(&long, 3, 0)), Err(write::Error::Name(_))));
    assert!(matches!(one(member("a\0b", 3, 0)), Err(write::Error::Name(_))));
    let most = layout::FOLDER_MAX;
    assert!(one(member("x", most, 0)).is_ok() && one(member("x", 0, most)).is_ok());
    assert!(matches!(one(member("x", most + 1, 0)), Err(write::Error::FileTooLarge { .. })));
    assert!(matches!(one(member("x", 1, most)), Err(write::Error::FileTooLarge { .. })));
    let members = vec![member("x", 0, 0); 65_536];
    assert!(matches!(tables(&[folder(0, 0)], &members), Err(write::Error::TooManyFiles(65_536))));
    assert!(tables(&[folder(0, 0)], &members[1..]).is_ok());
    assert!(matches!(tables(&vec![folder(0, 0); 65_536], &[]), Err(write::Error::TooManyFolders(65_536))));
    assert!(matches!(tables(&[folder(0, 65_536)], &[]), Err(write::Error::TooManyFolders(_))));
    let front = layout::front_len(1, []);
    assert!(tables(&[folder(layout::CABINET_MAX - front, 0)], &[]).is_ok());
    let large = tables(&[folder(layout::CABINET_MAX, 0)], &[]);
    assert!(
        matches!(large, Err(write::Error::CabinetTooLarge { bytes }) if bytes == layout::CABINET_MAX + front)
    );
}

#[test]
fn checksums_of_the_specification() {
    assert_eq!(checksum(&[1, 2, 3, 4], 0), 0x0403_0201);
    assert_eq!(checksum(&[1, 2, 3, 4, 5], 0), 0x0403_0204);
    assert_eq!(checksum(&[1, 2, 3], 0), 0x0001_0203);
}

#[test]
fn damage_is_found() {
    let bytes = make(&sample(), Method::Mszip);
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
    make(&[("a", b"hello ".repeat(9_000)), ("b", noise(1, 100)), ("c", Vec::new())], Method::Mszip)
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
