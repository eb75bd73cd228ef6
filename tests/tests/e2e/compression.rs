//! Every compression: read by other tools, installed by the real Windows Installer and the real bootstrap, and the same
//! with a cache.

use std::fs;
use std::path::Path;

use packager_tests::host;
use packager_tests::installer::{install_dir, setup};
use packager_tests::prefix::Prefix;
use packager_tests::product::{Release, Source, packager};

use crate::cabinets::{comes_out_whole, noise, others_read_cabinet};

/// Files in which matches reach far, calls abound, and nothing is found.
fn source(name: &str) -> Source {
    let source = Source::new(name);
    let far = noise(3, 900_000);
    let mut calls = Vec::new();
    for number in 0..40_000_u32 {
        calls.extend([0x55, 0xE8]);
        calls.extend((number.wrapping_mul(2_654_435_761) % 50_000).wrapping_sub(number * 6).to_le_bytes());
    }
    let words = "a configuration of many words, most of them often. ".repeat(20_000);
    source.write("payload/x64/data/calls.bin", &calls);
    source.write("payload/x64/data/far.bin", &[&far[..], &vec![0; 1_500_000], &far].concat());
    source.write("payload/x64/data/far again.bin", &far);
    source.write("payload/x64/data/noise.bin", &noise(5, 100_000));
    source.write("payload/x64/data/words.txt", words.as_bytes());
    source.write("payload/x64/data/words too.txt", words.as_bytes());
    source
}

fn build(source: &Source, compression: [&str; 2]) -> Release {
    let [msi, exe] = compression;
    let arguments = ["--compression", msi, "--compression", exe, "--output", "msi", "--output", "exe"];
    source.build("agent.toml", &[&arguments[..], &["--arch", "x64"]].concat())
}

fn installs(compression: [&str; 2], method: Option<&str>) {
    let source = source(&format!("compression-{}-{}", compression[0], compression[1]));
    let release = build(&source, compression);
    let out = release.dist.with_file_name("read");
    fs::create_dir_all(&out).expect("the folder is made");
    let cabinet = "payload.cab";
    others_read_cabinet(&release, cabinet, &out);
    if let Some(method) = method {
        let listed = host::run(&out, "7z", &["l", "-slt", cabinet]).expect_success("7z l").stdout;
        assert!(listed.contains(&format!("Method = {method}")), "{listed}");
    }
    comes_out_whole(&release, &out, "data/far.bin");
}

#[test]
fn lzx_and_balanced_install_what_was_packaged() {
    installs(["lzx", "balanced"], Some("LZX:21"));
}

#[test]
fn stored_and_max_install_what_was_packaged() {
    installs(["none", "max"], None);
}

#[test]
fn what_shrinks_does_so_by_the_word() {
    let source = source("compression-sizes");
    let sizes = |compression| {
        let release = build(&source, compression);
        [release.msi("x64"), release.exe("x64")].map(|file| file.metadata().expect("an artefact").len())
    };
    let [none, stored] = sizes(["none", "fast"]);
    let [mszip, fast] = sizes(["mszip", "fast"]);
    let [lzx, balanced] = sizes(["lzx", "balanced"]);
    let [_, max] = sizes(["lzx", "max"]);
    assert!(none > mszip && mszip > lzx, "MSI: {none}, {mszip}, {lzx}");
    assert!(stored > fast && fast > balanced && balanced > max, "EXE: {stored}, {fast}, {balanced}, {max}");
    // 900 KB of noise stand there three times, twice beside each other and once farther away than LZX looks.
    assert!(mszip - lzx > 850_000 && fast - max > 1_700_000, "{mszip}, {lzx}, {fast}, {max}");
}

#[test]
fn a_solid_setup_exe_that_was_changed_is_refused() {
    let release = build(&source("compression-changed"), ["mszip", "max"]);
    let exe = release.exe("x64");
    let mut bytes = fs::read(&exe).expect("the EXE is read");
    let at = bytes.len() - 5_000;
    bytes[at] ^= 0x20;
    fs::write(&exe, bytes).expect("the EXE is written");
    let refused = packager(&release.dist, &["verify", exe.to_str().expect("UTF-8")]);
    assert_eq!(refused.code, 1, "{}{}", refused.stdout, refused.stderr);
    let mut prefix = Prefix::new();
    prefix.boot();
    setup(&prefix, &exe, "/quiet").expect(1620);
    assert!(!prefix.host_path(install_dir(&prefix, "x64")).exists());
}

/// The digests of the artefacts, and what of the parts came from a cache.
fn cached(source: &Source, cache: Option<&Path>, site: bool) -> (String, u64, u64) {
    let mut arguments = vec!["build", "--arch", "x64", "--out", "cached", "--message-format", "json"];
    arguments.extend([
        "--compression",
        "lzx",
        "--compression",
        "balanced",
        "--output",
        "msi",
        "--output",
        "exe",
    ]);
    if let Some(cache) = cache {
        arguments.extend(["--cache", cache.to_str().expect("UTF-8")]);
    }
    if site {
        arguments.extend(["--site", "all"]);
    }
    let said = packager(&source.folder, &arguments).expect_success("packager build").stdout;
    let line = said.lines().find(|line| line.contains(r#""reason":"compressed""#)).expect("what it took");
    let number = |key: &str| -> u64 {
        let rest = line.split(&format!("\"{key}\":")).nth(1).expect("a number");
        rest.split([',', '}']).next().and_then(|digits| digits.parse().ok()).unwrap_or_default()
    };
    let sums = fs::read_to_string(source.folder.join("cached/checksums.txt")).expect("the sums");
    (sums, number("cached_units"), number("units"))
}

#[test]
fn a_cache_changes_how_long_a_build_takes_and_nothing_else() {
    let source = source("compression-cache");
    let cache = source.folder.with_file_name("cache");
    let (without, _, units) = cached(&source, None, false);
    assert!(units >= 2, "{units}");
    assert_eq!(cached(&source, Some(&cache), false), (without.clone(), 0, units));
    assert_eq!(cached(&source, Some(&cache), false), (without.clone(), units, units));
    // Packages of each site are made of the same.
    let (_, hits, all) = cached(&source, Some(&cache), true);
    assert_eq!((hits, all), (units, units));
    // A damaged cache is none.
    let entries = walkdir::WalkDir::new(&cache).into_iter().flatten();
    for entry in entries.filter(|entry| entry.file_type().is_file()) {
        let mut bytes = fs::read(entry.path()).expect("an entry");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(entry.path(), bytes).expect("an entry");
    }
    assert_eq!(cached(&source, Some(&cache), false), (without, 0, units));
}
