//! A package of several cabinets: read by other tools, installed by MSI and by EXE.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use packager_tests::host;
use packager_tests::installer::{BOTH, install_dir};
use packager_tests::prefix::Prefix;
use packager_tests::product::{Release, Source, files, packager};
use packager_tests::state::sha256_of;

/// Bytes that do not compress.
pub fn noise(mut state: u32, length: usize) -> Vec<u8> {
    std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as u8
    })
    .take(length)
    .collect()
}

fn release() -> Release {
    let source = Source::new("cabinets");
    let twin = noise(7, 50_000);
    for number in 1..6_u32 {
        // The first and the last are alike and stand in different cabinets.
        let bytes = if number % 4 == 1 { twin.clone() } else { noise(number, 50_000) };
        source.write(&format!("payload/x64/data/noise {number}.bin"), &bytes);
    }
    source.edit("agent.toml", "[bootstrap]", "[output.msi]\ncabinet-size = \"64 KB\"\n\n[bootstrap]");
    source.build("agent.toml", &["--arch", "x64", "--output", "msi", "--output", "exe"])
}

#[test]
fn several_cabinets_are_read_by_other_tools_and_installed() {
    let release = release();
    let out = release.dist.with_file_name("read");
    fs::create_dir_all(&out).expect("the folder is made");
    let msi = release.msi("x64");
    let msi = msi.to_str().expect("UTF-8");
    let media = host::run(&out, "msiinfo", &["export", msi, "Media"]).expect_success("msiinfo export").stdout;
    let media: Vec<Vec<&str>> = media.lines().skip(3).map(|line| line.split('\t').collect()).collect();
    assert!(media.len() >= 5, "{media:?}");
    let (mut members, mut last) = (0, 0);
    for row in &media {
        let stream = row[3].strip_prefix('#').expect("a stream");
        others_read_cabinet(&release, stream, &out);
        let listed = host::run(&out, "cabextract", &["-l", "-q", stream]).expect_success("cabextract -l");
        let here = listed.stdout.lines().filter(|line| line.contains(" | ") && !line.contains("File size"));
        members += here.count();
        let next: usize = row[1].parse().expect("a sequence");
        assert_eq!(members, next, "the cabinets before {next} hold as many files");
        last = next;
    }
    assert_eq!(last, release.files("x64").len() + 1);

    comes_out_whole(&release, &out, "data/noise 1.bin");
}

/// Takes a cabinet out of an MSI into a folder, where other tools read it to its end.
pub fn others_read_cabinet(release: &Release, stream: &str, folder: &Path) {
    let msi = release.msi("x64");
    let mut extract = host::limited(60, "msiinfo");
    extract.args(["extract", msi.to_str().expect("UTF-8"), stream]).current_dir(folder);
    extract.stdout(fs::File::create(folder.join(stream)).expect("the cabinet is made"));
    assert!(extract.status().expect("msiinfo runs").success());
    host::run(folder, "cabextract", &["-t", stream]).expect_success("cabextract -t");
    host::run(folder, "7z", &["t", stream]).expect_success("7z t");
}

/// MSI and EXE are verified, extracted, installed, and removed again, with one of the files.
pub fn comes_out_whole(release: &Release, folder: &Path, one: &str) {
    for (name, file) in [("from-msi", release.msi("x64")), ("from-exe", release.exe("x64"))] {
        let file = file.to_str().expect("UTF-8");
        if name == "from-exe" {
            packager(folder, &["verify", file]).expect_success("packager verify");
        }
        packager(folder, &["extract", file, "--out", name]).expect_success("packager extract");
        assert_holds(release, &folder.join(name));
    }
    for installer in BOTH {
        let mut prefix = Prefix::new();
        prefix.boot();
        installer.install(&prefix, release, "x64", &[]).expect(0);
        let dir = prefix.host_path(install_dir(&prefix, "x64"));
        assert_holds(release, &dir);
        installer.uninstall(&prefix, release, "x64").expect(0);
        prefix.shut_down();
        assert!(!dir.join(one).exists(), "{}", installer.name());
    }
}

/// The payload and the bootstrap, and nothing else.
#[track_caller]
fn assert_holds(release: &Release, folder: &Path) {
    let digests = |list: Vec<(String, PathBuf)>| -> BTreeMap<String, String> {
        list.iter().map(|(path, host)| (path.to_lowercase(), sha256_of(host))).collect()
    };
    let mut found = digests(files(folder));
    assert!(found.remove("autopcc.exe").is_some(), "{found:?}");
    found.retain(|path, _| !path.starts_with(".upd"));
    assert_eq!(found, digests(release.files("x64")));
}
