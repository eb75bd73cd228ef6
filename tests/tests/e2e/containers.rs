//! What other tools say of the MSI, its cabinet and the EXE's.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use packager_tests::host;
use packager_tests::installer::setup;
use packager_tests::prefix::Prefix;
use packager_tests::product::{Release, acme_42, builds, files};
use packager_tests::state::{sha256, sha256_of};

fn folder(name: &str) -> PathBuf {
    let folder = builds().join("containers").join(name);
    fs::create_dir_all(&folder).expect("the folder is made");
    folder
}

/// The payload's files and their hashes, by lower-case path, and that of the installed bootstrap if known.
fn payload(release: &Release, arch: &str) -> BTreeMap<String, String> {
    release.files(arch).iter().map(|(path, host)| (path.to_lowercase(), sha256_of(host))).collect()
}

#[track_caller]
fn assert_payload(release: &Release, arch: &str, found: Vec<(String, PathBuf)>) -> String {
    let mut found: BTreeMap<String, String> =
        found.iter().map(|(path, host)| (path.to_lowercase(), sha256_of(host))).collect();
    let bootstrap = found.remove("autopcc.exe").expect("the installed bootstrap is there");
    assert_eq!(found, payload(release, arch));
    bootstrap
}

#[test]
fn msitools_and_7z_read_the_msi() {
    for arch in ["x64", "x86"] {
        let msi = acme_42().msi(arch);
        let msi = msi.to_str().expect("UTF-8");
        let out = folder(&format!("msi-{arch}"));
        let said = host::run(&out, "msiinfo", &["suminfo", msi]).expect_success("msiinfo suminfo");
        let template = if arch == "x64" { "x64;" } else { "Intel;" };
        assert!(said.stdout.contains(template), "{}", said.stdout);
        let tables = host::run(&out, "msiinfo", &["tables", msi]).expect_success("msiinfo tables").stdout;
        for table in
            ["File", "Component", "Registry", "ServiceInstall", "Environment", "Shortcut", "_Validation"]
        {
            assert!(tables.lines().any(|line| line == table), "no table {table} in {tables}");
        }
        let streams = host::run(&out, "msiinfo", &["streams", msi]).expect_success("msiinfo streams").stdout;
        host::run(&out, "7z", &["t", msi]).expect_success("7z t");

        let cabinets: Vec<&str> =
            streams.lines().map(str::trim).filter(|name| name.ends_with(".cab")).collect();
        let [cabinet] = cabinets.as_slice() else { panic!("the streams are {streams}") };
        let file = out.join("embedded.cab");
        let mut extract = host::limited(60, "msiinfo");
        extract.args(["extract", msi, cabinet]).current_dir(&out);
        extract.stdout(fs::File::create(&file).expect("the cabinet is made"));
        assert!(extract.status().expect("msiinfo runs").success());
        test_cabinet(&out, &file, acme_42(), arch);

        let tree = out.join("tree");
        fs::create_dir_all(&tree).expect("the folder is made");
        host::run(&out, "msiextract", &["-C", "tree", msi]).expect_success("msiextract");
        let below = |(path, host): (String, PathBuf)| {
            let (_, rest) =
                path.split_once("Endpoint Agent\\").unwrap_or_else(|| panic!("{path} is elsewhere"));
            (rest.to_owned(), host)
        };
        assert_payload(acme_42(), arch, files(&tree).into_iter().map(below).collect());
    }
}

fn test_cabinet(folder: &Path, cabinet: &Path, release: &Release, arch: &str) {
    let name = cabinet.to_str().expect("UTF-8");
    host::run(folder, "cabextract", &["-t", name]).expect_success("cabextract -t");
    host::run(folder, "7z", &["t", name]).expect_success("7z t of the cabinet");
    let listed = host::run(folder, "cabextract", &["-l", "-q", name]).expect_success("cabextract -l").stdout;
    let members = listed.lines().filter(|line| line.contains(" | ") && !line.contains("File size")).count();
    assert_eq!(members, release.files(arch).len() + 1, "{listed}");
}

#[test]
fn cabextract_reads_the_exes_cabinet_and_it_is_the_msis() {
    let release = acme_42();
    for arch in ["x64", "x86"] {
        let bytes = fs::read(release.exe(arch)).expect("the EXE is read");
        let cabinet = cabinet_in(&bytes).expect("a cabinet in the EXE");
        let out = folder(&format!("exe-{arch}"));
        let file = out.join("overlay.cab");
        fs::write(&file, cabinet).expect("the cabinet is written");
        test_cabinet(&out, &file, release, arch);
        let msi = fs::read(release.msi(arch)).expect("the MSI is read");
        // A stream of a compound file may be in pieces: the first is enough to know it.
        let start = &cabinet[..cabinet.len().min(512)];
        assert!(msi.windows(start.len()).any(|window| window == start), "the MSI has another cabinet");
    }
}

/// The cabinet that lies somewhere in a file: signature `MSCF`, a zero, its size, a zero ([MS-CAB], CFHEADER).
fn cabinet_in(bytes: &[u8]) -> Option<&[u8]> {
    let field = |at: usize| bytes.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes);
    (0..bytes.len()).find_map(|at| {
        if bytes.get(at..at + 4)? != b"MSCF" || field(at + 4)? != 0 || field(at + 12)? != 0 {
            return None;
        }
        bytes.get(at..at.checked_add(field(at + 8)? as usize)?).filter(|cabinet| cabinet.len() > 36)
    })
}

#[test]
fn the_exe_extracts_its_payload_and_installs_nothing() {
    for arch in ["x64", "x86"] {
        let mut prefix = Prefix::new();
        let before = prefix.state();
        setup(&prefix, &acme_42().exe(arch), "/quiet /extract W:\\out").expect(0);
        let installed = assert_payload(acme_42(), arch, files(&prefix.desk().join("out")));
        assert_eq!(before.differences(&prefix.state()), vec![]);
        // It is the same bootstrap as the MSI's.
        let out = folder(&format!("bootstrap-{arch}"));
        let msi = acme_42().msi(arch);
        host::run(&out, "msiextract", &[msi.to_str().expect("UTF-8")]).expect_success("msiextract");
        let (_, bootstrap) = files(&out)
            .into_iter()
            .find(|(path, _)| path.to_lowercase().ends_with("autopcc.exe"))
            .expect("the MSI has the bootstrap");
        assert_eq!(sha256(&fs::read(bootstrap).expect("it is read")), installed);
    }
}
