//! Bad input changes nothing: neither what was built before, nor the machine that is installed on.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use packager_tests::environment;
use packager_tests::host;
use packager_tests::installer::{Exe, Installer};
use packager_tests::prefix::Prefix;
use packager_tests::product::{Source, acme_42, acme_43, copy_tree, files, packager};
use packager_tests::state::{listing, sha256_of};

use crate::share::run_bootstrap;

fn hashes(folder: &Path) -> BTreeMap<String, String> {
    files(folder).iter().map(|(path, host)| (path.clone(), sha256_of(host))).collect()
}

/// The paths that are not the same in both.
fn different(a: &BTreeMap<String, String>, b: &BTreeMap<String, String>) -> Vec<String> {
    let mut paths: Vec<String> =
        a.keys().chain(b.keys()).filter(|path| a.get(*path) != b.get(*path)).cloned().collect();
    paths.dedup();
    paths
}

#[test]
fn a_bad_manifest_is_1_and_names_the_line() {
    let source = Source::new("bad-manifest");
    for (name, text, word) in [
        ("syntax.toml", "[product\n", "syntax.toml:1"),
        ("unknown.toml", "[product]\nid = \"a.b\"\nnmae = \"x\"\n", "nmae"),
        ("empty.toml", "", "product"),
        (
            "version.toml",
            "[product]\nid='a.b'\nname='x'\nmanufacturer='y'\nversion='999.0'\n[payload]\nsource='payload/x64'\ndir='{ProgramFiles}\\x'\n",
            "version",
        ),
        (
            "payload.toml",
            "[product]\nid='a.b'\nname='x'\nmanufacturer='y'\nversion='1.0'\n[payload]\nsource='nowhere'\ndir='{ProgramFiles}\\x'\n",
            "nowhere",
        ),
    ] {
        source.write(name, text.as_bytes());
        for command in ["check", "build"] {
            let ended = packager(&source.folder, &[command, name]);
            assert_eq!(ended.code, 1, "{command} {name}: {}{}", ended.stdout, ended.stderr);
            let said = format!("{}{}", ended.stdout, ended.stderr);
            assert!(said.contains(word) && said.contains(name), "{command} {name}: {said}");
            assert!(!said.contains("panicked"), "{said}");
        }
    }
    assert!(!source.folder.join("dist").exists(), "something was written");
}

#[test]
fn a_bad_command_line_is_2() {
    let source = Source::new("bad-usage");
    let before = hashes(&source.folder);
    for arguments in [&["build", "--nonsense"][..], &["frobnicate"], &["build", "--arch", "mips"], &[]] {
        let ended = packager(&source.folder, arguments);
        assert_eq!(ended.code, 2, "{arguments:?}: {}{}", ended.stdout, ended.stderr);
    }
    assert_eq!(hashes(&source.folder), before, "something was written");
}

#[test]
fn an_environment_at_fault_is_3() {
    let source = Source::new("bad-environment");
    // A file stands where the folder shall be.
    let before = hashes(&source.folder);
    let ended = packager(&source.folder, &["build", "agent.toml", "--out", "license.txt/dist"]);
    assert_eq!(ended.code, 3, "{}{}", ended.stdout, ended.stderr);
    assert_eq!(hashes(&source.folder), before, "something was written");
}

#[test]
fn a_full_disk_and_a_killed_build_leave_the_previous_artefacts_whole() {
    let source = Source::new("interrupted");
    let dist = source.build("agent.toml", &[]).dist;
    let old = hashes(&dist);
    // The next build would make other bytes of the same names.
    for arch in ["x64", "x86"] {
        source.write(&format!("payload/{arch}/data/catalog.json"), &vec![b'x'; 300_000]);
    }
    let out = dist.to_str().expect("UTF-8").to_owned();

    // No file may grow beyond some blocks of 1,024 bytes: a disk that fills up while something is written.
    for blocks in [0, 1, 16, 64, 128] {
        let mut command = host::limited(120, "bash");
        let line =
            format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" build agent.toml --quiet --out \"$1\"");
        command.args(["-c", &line]).arg(environment::packager()).arg(&out).current_dir(&source.folder);
        let ended = host::output(&mut command);
        assert_eq!(ended.code, 3, "{blocks} blocks: {}{}", ended.stdout, ended.stderr);
        assert_eq!(different(&hashes(&dist), &old), Vec::<String>::new(), "{blocks} blocks");
    }

    let whole = Source::new("interrupted-whole");
    for arch in ["x64", "x86"] {
        whole.write(&format!("payload/{arch}/data/catalog.json"), &vec![b'x'; 300_000]);
    }
    let start = Instant::now();
    let new = hashes(&whole.build("agent.toml", &[]).dist);
    let took = start.elapsed();
    assert!(new.iter().any(|(path, hash)| path.ends_with(".msi") && old.get(path) != Some(hash)));

    let mut killed = 0;
    for part in 1..=12 {
        let mut command = std::process::Command::new(environment::packager());
        command.args(["build", "agent.toml", "--quiet", "--out", &out]).current_dir(&source.folder);
        let mut child = command.spawn().expect("packager is started");
        std::thread::sleep(took.mul_f64(f64::from(part) / 12.0).max(Duration::from_millis(1)));
        killed += i32::from(child.try_wait().is_ok_and(|status| status.is_none()));
        let _ = child.kill();
        let _ = child.wait();
        let now = hashes(&dist);
        for path in old.keys().filter(|path| !path.starts_with("share\\files\\")) {
            let found = now.get(path);
            let whole = found.is_some() && (found == old.get(path) || found == new.get(path));
            assert!(whole, "{path} is neither the old nor the new one after {part}/12 of {took:?}");
        }
    }
    assert!(killed > 3, "only {killed} builds were killed before their end");
    // The next build that ends leaves what a first one leaves.
    packager(&source.folder, &["build", "agent.toml", "--quiet", "--out", &out])
        .expect_success("packager build");
    assert_eq!(different(&hashes(&dist), &new), Vec::<String>::new());
}

#[test]
fn a_damaged_setup_exe_is_1620_and_changes_nothing() {
    let mut prefix = Prefix::new();
    let before = prefix.state();
    let whole = fs::read(acme_42().exe("x64")).expect("the EXE is read");
    let start = overlay_start(&whole);
    let overlay = whole.len() - start;
    let mut variants = Vec::new();
    for part in 0..24 {
        let mut bytes = whole.clone();
        bytes[start + overlay * part / 24 + part % 7] ^= 1 << (part % 8);
        variants.push((format!("flipped-{part}"), bytes));
    }
    let last = whole.len() - 1;
    variants.push(("flipped-last".into(), {
        let mut b = whole.clone();
        b[last] ^= 128;
        b
    }));
    for (name, length) in
        [("bare", start), ("header", start + 20), ("half", start + overlay / 2), ("short", last)]
    {
        variants.push((format!("cut-{name}"), whole[..length].to_vec()));
    }
    variants.push(("longer".into(), [whole.as_slice(), b"more"].concat()));
    prefix.boot();
    for (name, bytes) in &variants {
        let file = prefix.desk().join(format!("{name}.exe"));
        fs::write(&file, bytes).expect("the variant is written");
        let ran = prefix.run(&format!("W:\\{name}.exe"), "/quiet");
        assert_eq!(ran.code, Some(1620), "{name}: {}", ran.output);
        fs::remove_file(&file).expect("the variant is removed");
    }
    assert_eq!(listing(&before.differences(&prefix.state())), "");
    // The whole one does install: the variants were not refused for another reason.
    prefix.boot();
    Exe.install(&prefix, acme_42(), "x64", &[]).expect(0);
}

/// The end of a PE image by its section table ([MS-PE], "Section Table").
fn overlay_start(bytes: &[u8]) -> usize {
    let number = |at: usize, size: usize| {
        bytes[at..at + size].iter().rev().fold(0usize, |sum, byte| sum << 8 | usize::from(*byte))
    };
    let pe = number(0x3c, 4);
    let sections = pe + 24 + number(pe + 20, 2);
    let ends = (0..number(pe + 6, 2)).map(|index| {
        let header = sections + index * 40;
        number(header + 16, 4) + number(header + 20, 4)
    });
    ends.max().unwrap_or(0)
}

#[test]
fn a_damaged_share_is_1620_and_changes_nothing() {
    let unc = r"\\files.acme.example\agent\autopcc.exe";
    let mut prefix = Prefix::new();
    let share = prefix.desk().join("share");
    copy_tree(&acme_43().share(), &share);
    prefix.map_share("files.acme.example", "agent", &share);
    prefix.boot();
    Exe.install(&prefix, acme_42(), "x64", &[]).expect(0);
    let before = prefix.state();
    prefix.boot();
    // All that an update of this machine reads. What it does not read cannot harm it.
    let mut damaged = 0;
    for (path, file) in files(&share) {
        let needed = path == "release.idx" || path == "autopcc.exe" || path.starts_with("files\\43\\x64\\");
        let same = path.strip_prefix("files\\43\\x64\\").is_some_and(|payload| {
            let old = acme_42().share().join("files/42/x64").join(payload.replace('\\', "/"));
            let kept = payload.starts_with("conf\\");
            kept || (old.exists() && sha256_of(&old) == sha256_of(&file))
        });
        if !needed || same {
            continue;
        }
        let whole = fs::read(&file).expect("the file is read");
        // The bootstrap's own code is Windows' to check; what it carries is its own.
        let from = if path == "autopcc.exe" { overlay_start(&whole) } else { 0 };
        let mut positions = vec![from, from + (whole.len() - from) / 2, whole.len().saturating_sub(1)];
        positions.dedup();
        for position in positions.into_iter().filter(|at| *at < whole.len()) {
            let mut bytes = whole.clone();
            bytes[position] ^= 4;
            fs::write(&file, bytes).expect("the file is damaged");
            let ran = run_bootstrap(&prefix, unc, "");
            assert_eq!(ran.code, Some(1620), "{path} at {position}: {}", ran.output);
            damaged += 1;
        }
        if !whole.is_empty() {
            fs::write(&file, &whole[..whole.len() - 1]).expect("the file is cut");
            let ran = run_bootstrap(&prefix, unc, "");
            assert_eq!(ran.code, Some(1620), "{path}, one byte less: {}", ran.output);
        }
        fs::write(&file, whole).expect("the file is whole again");
    }
    assert!(damaged > 20, "only {damaged} were damaged");
    assert_eq!(listing(&before.differences(&prefix.state())), "");
    prefix.boot();
    run_bootstrap(&prefix, unc, "").expect(0);
}

#[test]
fn a_damaged_package_on_the_share_installs_nothing() {
    let mut prefix = Prefix::new();
    let share = prefix.desk().join("share");
    copy_tree(&acme_42().share(), &share);
    prefix.map_share("files.acme.example", "agent", &share);
    let before = prefix.state();
    prefix.boot();
    let mut damaged = 0;
    for (path, file) in files(&share) {
        // `first-install` is the setup EXE: nothing reads the MSI here.
        if !path.starts_with("packages\\") || !path.ends_with("x64-setup.exe") {
            continue;
        }
        let mut bytes = fs::read(&file).expect("the package is read");
        for position in [0x80, bytes.len() / 2, bytes.len() - 1] {
            bytes[position] ^= 1;
            fs::write(&file, &bytes).expect("the package is damaged");
            let ran = run_bootstrap(&prefix, r"\\files.acme.example\agent\autopcc.exe", "");
            assert_eq!(ran.code, Some(1620), "{path} at {position}: {}", ran.output);
            bytes[position] ^= 1;
            damaged += 1;
        }
        fs::write(&file, &bytes).expect("the package is whole again");
    }
    assert!(damaged > 0, "there are no packages on the share");
    assert_eq!(listing(&before.differences(&prefix.state())), "");
}
