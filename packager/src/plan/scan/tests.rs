use super::*;

fn folder(files: &[&str]) -> (tempfile::TempDir, Utf8PathBuf) {
    let temp = tempfile::tempdir().unwrap();
    let dir = Utf8PathBuf::from_path_buf(temp.path().to_owned()).unwrap();
    for file in files {
        let path = dir.join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, file).unwrap();
    }
    (temp, dir)
}

fn paths(scan: &Scan) -> Vec<&str> {
    scan.files.iter().map(|f| f.path.as_str()).collect()
}

#[test]
fn files_come_in_the_order_of_windows_names_whatever_the_disk_says() {
    let (_temp, dir) = folder(&["b.txt", "A/z.txt", "a-1/x.txt", "B/y.txt", "a0", "Ä.txt"]);
    let scan = scan(&dir, &GlobSet::empty()).unwrap();
    assert!(scan.files.is_sorted_by(|a, b| path::compare(&a.path, &b.path).is_lt()), "{:?}", paths(&scan));
    assert_eq!(scan.files.len(), 6);
    assert!(scan.problems.is_empty());
    assert_eq!(scan.files.iter().find(|f| f.path == "b.txt").map(|f| f.size), Some(5));
}

#[test]
fn globs_are_relative_without_case_and_stop_at_slashes() {
    let files = ["a.pdb", "bin/b.PDB", "bin/deep/c.pdb", "keep.txt"];
    for (glob, left) in [
        ("*.pdb", vec!["bin\\b.PDB", "bin\\deep\\c.pdb", "keep.txt"]),
        ("**/*.pdb", vec!["keep.txt"]),
        ("BIN/**", vec!["a.pdb", "keep.txt"]),
        ("bin\\*", vec!["a.pdb", "bin\\deep\\c.pdb", "keep.txt"]),
        ("bin/{b,c}.pdb", vec!["a.pdb", "bin\\deep\\c.pdb", "keep.txt"]),
    ] {
        let (_temp, dir) = folder(&files);
        let found = scan(&dir, &globs([glob]).unwrap()).unwrap();
        assert_eq!(paths(&found), left, "{glob}");
        assert!(found.idle_excludes.is_empty());
    }
    let (_temp, dir) = folder(&files);
    let found = scan(&dir, &globs(["**/*.pdb", "*.obj"]).unwrap()).unwrap();
    assert_eq!(found.idle_excludes, [1]);
}

#[test]
fn programs_have_a_processor_and_what_only_looks_like_one_has_none() {
    let (_temp, dir) = folder(&["short", "empty.exe"]);
    std::fs::write(dir.join("stub.exe"), packager_prebuilt::STUB_X86).unwrap();
    std::fs::write(dir.join("cut.exe"), &packager_prebuilt::STUB_X86[..100]).unwrap();
    std::fs::write(dir.join("empty.exe"), "").unwrap();
    std::fs::write(dir.join("short"), "M").unwrap();
    let found = scan(&dir, &GlobSet::empty()).unwrap();
    let machine = |path: &str| found.files.iter().find(|f| f.path == path).unwrap().machine;
    assert_eq!(machine("stub.exe"), Some(Machine::X86));
    for path in ["cut.exe", "empty.exe", "short"] {
        assert_eq!(machine(path), None, "{path}");
    }
}
