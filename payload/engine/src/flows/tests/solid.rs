//! Setup EXEs whose payload is solid streams.

use std::io::Write as _;

use lzma_rust2::filter::bcj::BcjWriter;
use lzma_rust2::{Lzma2Options, Lzma2Writer};
use packager_shared::overlay;
use packager_shared::solid::{Filter, Method, Stream, first_of_each, header};

use super::scenarios::Rng;
use super::*;

/// As the packager makes them: programs as filtered LZMA2, the rest as a Zstandard frame.
fn packed(product: &Product) -> Vec<u8> {
    let index = product.index();
    let first = first_of_each(&index);
    let (mut streams, mut contents, mut packed) = (Vec::new(), Vec::new(), Vec::new());
    for method in [Method::Lzma2, Method::Zstd] {
        let mut plain = Vec::new();
        let mut count = 0;
        for (place, entry) in index.entries.iter().enumerate() {
            let program = entry.path.ends_with(".exe");
            if first[place] as usize == place && entry.size > 0 && program == (method == Method::Lzma2) {
                contents.push(place as u32);
                plain.extend(product.content(&entry.path));
                count += 1;
            }
        }
        let bytes = if method == Method::Zstd {
            zstd::encode_all(&plain[..], 19).expect("memory")
        } else {
            let mut filter = BcjWriter::new_x86(Vec::new(), 0);
            filter.write_all(&plain).expect("memory");
            let mut writer = Lzma2Writer::new(Vec::new(), Lzma2Options::with_preset(6));
            writer.write_all(&filter.finish().expect("memory")).expect("memory");
            writer.finish().expect("memory")
        };
        let filter = if method == Method::Zstd { Filter::None } else { Filter::X86 };
        streams.push(Stream {
            method,
            filter,
            window: 8 << 20,
            packed: bytes.len() as u64,
            plain: plain.len() as u64,
            contents: count,
        });
        packed.extend(bytes);
    }
    [header(&streams, &contents), packed].concat()
}

/// What a machine without anything is after a run of this program.
fn after(program: &[u8], arguments: &str) -> (u32, World) {
    let mut world = world();
    world.put(SETUP, program);
    let code = world.launch(SETUP, arguments);
    (code, world)
}

#[test]
fn what_is_installed_does_not_depend_on_how_it_was_packed() {
    let one = product(1);
    for arguments in ["/quiet", "/quiet GROUP=kiosk", "/extract C:\\Out"] {
        let (code, expected) = after(&one.setup(), arguments);
        assert_eq!(code, 0, "{:#?}", expected.log);
        let plain = Product { solid: true, ..one.clone() }.setup();
        let real = one.setup_with(overlay::SOLID, &packed(&one));
        for setup in [plain, real] {
            let (code, found) = after(&setup, arguments);
            assert_eq!(code, 0, "{:#?}", found.log);
            assert_same(&state(&expected), &state(&found), arguments);
        }
    }
}

#[test]
fn a_repair_takes_one_file_out_of_the_middle() {
    let one = product(1);
    for setup in
        [Product { solid: true, ..one.clone() }.setup(), one.setup_with(overlay::SOLID, &packed(&one))]
    {
        let (code, mut world) = after(&setup, "/quiet");
        assert_eq!(code, 0, "{:#?}", world.log);
        let good = state(&world);
        for file in ["bin\\agent.exe", "twin\\same.dll", "empty.txt", "old\\gone.txt"] {
            world.put(&std::format!("{DIR}\\{file}"), b"bad");
            assert_eq!(world.launch(SETUP, "/repair /quiet"), 0, "{file}: {:#?}", world.log);
            assert_same(&good, &state(&world), file);
        }
    }
}

#[test]
fn streams_that_were_changed_by_one_who_can_hash_install_the_right_files_or_nothing() {
    let mut one = product(1);
    for (_, content, _) in &mut one.files {
        content.truncate(2_000);
    }
    let before = state(&world());
    let simple = crate::sim::solid::solid(&one.index(), |path| one.content(path));
    let (mut refused, mut harmless) = (0, 0);
    for section in [simple, packed(&one)] {
        let (_, good) = after(&one.setup_with(overlay::SOLID, &section), "/quiet");
        let good = state(&good);
        let rng = &mut Rng(5);
        let head = 16 + 2 * 32 + 4 * one.files.len();
        for case in 0..600 {
            let mut bad = section.clone();
            // The list of streams and contents, or all of it.
            let at = rng.below(if case % 2 == 0 { head } else { bad.len() });
            match rng.below(4) {
                0 => bad.truncate(at),
                1 => bad[at] = rng.next() as u8,
                2 => drop(bad.remove(at)),
                _ => bad[at] ^= 1 << rng.below(8),
            }
            let (code, world) = after(&one.setup_with(overlay::SOLID, &bad), "/quiet");
            let expected = if code == 0 { &good } else { &before };
            assert!(matches!(code, 0 | 1620), "case {case} at {at}: {code}, {:#?}", world.log);
            assert_same(expected, &state(&world), &std::format!("case {case} at {at}"));
            refused += u32::from(code != 0);
            harmless += u32::from(code == 0);
        }
    }
    report(&std::format!("solid streams changed: {refused} refused, {harmless} make no difference"));
    assert!(refused > 10 * harmless, "{refused} {harmless}");
}

#[test]
fn a_container_is_refused_that_wants_more_memory_than_the_package_says() {
    let one = product(1);
    let index = one.index();
    let mut section = crate::sim::solid::solid(&index, |path| one.content(path));
    // The window of the first stream: the largest there may be, where the package has 64 MB for all.
    section[20..24].copy_from_slice(&packager_shared::solid::MOST_WINDOW.to_le_bytes());
    let (code, world) = after(&one.setup_with(overlay::SOLID, &section), "/quiet");
    assert_eq!(code, 1620);
    assert!(world.said.iter().any(|said| said.contains("memory")), "{:?}", world.said);
    section[20..24].copy_from_slice(&(32u32 << 20).to_le_bytes());
    assert_eq!(after(&one.setup_with(overlay::SOLID, &section), "/quiet").0, 0);
}

#[test]
fn a_package_has_one_payload() {
    let one = product(1);
    let (code, _) = after(&one.setup_with(*b"unknown\0", b""), "/quiet");
    assert_eq!(code, 1620);
    // An empty list of streams is none for an index that has files.
    let (code, _) = after(&one.setup_with(overlay::SOLID, &header(&[], &[])), "/quiet");
    assert_eq!(code, 1620);
}
