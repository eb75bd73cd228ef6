use std::collections::BTreeMap;
use std::fs;

use super::*;
use crate::cli::console::MessageFormat;
use crate::formats::cab::{Coder, Folder, Member, Method, tables};
use crate::report::{BuildRequest, Silent};

/// A folder with everything that can be extracted: the example, built.
fn built() -> (tempfile::TempDir, Utf8PathBuf, Utf8PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let root = Utf8PathBuf::from_path_buf(dir.path().to_owned()).unwrap();
    let example = Utf8PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/acme-agent"));
    let request = BuildRequest::new(example.join("agent.toml"), root.join("dist"));
    crate::build::build(&request, &mut Silent).unwrap();
    (dir, root, example)
}

fn extract(file: &Utf8Path, out: &Utf8Path) -> Outcome {
    let args = Args { file: file.to_owned(), out: out.to_owned() };
    run(&args, &mut Console::new(MessageFormat::Human, true))
}

fn tree(dir: &Utf8Path) -> BTreeMap<String, Vec<u8>> {
    let files = walkdir::WalkDir::new(dir).into_iter().flatten().filter(|entry| entry.file_type().is_file());
    let name = |path: &std::path::Path| path.strip_prefix(dir).unwrap().to_str().unwrap().replace('\\', "/");
    files.map(|entry| (name(entry.path()), fs::read(entry.path()).unwrap())).collect()
}

#[test]
fn msi_exe_and_share_give_the_payload_and_the_bootstrap() {
    let (_dir, root, example) = built();
    for arch in ["x86", "x64"] {
        let mut payload = tree(&example.join("payload").join(arch));
        payload.retain(|path, _| !path.ends_with(".pdb"));
        let share = tree(&root.join("dist/share/files/42").join(arch));
        payload.insert("autopcc.exe".into(), share.get("autopcc.exe").unwrap().clone());
        for kind in [".msi", "-setup.exe"] {
            let out = root.join(format!("out{arch}{kind}"));
            extract(&root.join(format!("dist/endpoint-agent-4.2.0-{arch}{kind}")), &out).unwrap();
            assert_eq!(tree(&out).keys().collect::<Vec<_>>(), payload.keys().collect::<Vec<_>>());
            assert!(tree(&out) == payload, "{arch}{kind}");
        }
        let out = root.join("share");
        if arch == "x86" {
            extract(&root.join("dist"), &out).unwrap();
        }
        assert!(tree(&out.join(arch)) == payload);
    }
}

#[test]
fn nothing_is_overwritten_and_nothing_half_done() {
    let (_dir, root, _) = built();
    let out = root.join("out");
    fs::create_dir_all(out.join("data")).unwrap();
    fs::write(out.join("data/catalog.json"), "mine").unwrap();
    let before = tree(&out);
    for file in ["endpoint-agent-4.2.0-x64.msi", "endpoint-agent-4.2.0-x64-setup.exe"] {
        assert_eq!(extract(&root.join("dist").join(file), &out).unwrap_err().exit_code(), 1);
        assert_eq!(tree(&out), before);
    }
    let setup = root.join("dist/endpoint-agent-4.2.0-x64-setup.exe");
    let mut bytes = fs::read(&setup).unwrap();
    let last = bytes.len() - 100;
    bytes[last] ^= 1;
    fs::write(&setup, bytes).unwrap();
    assert_eq!(extract(&setup, &root.join("new")).unwrap_err().exit_code(), 1);
    assert!(!root.join("new").exists());
    let share = root.join("dist/share/files/42/x64/data/catalog.json");
    fs::write(&share, "altered").unwrap();
    let error = extract(&root.join("dist"), &root.join("new")).unwrap_err();
    assert!(error.to_string().contains("catalog.json"), "{error}");
    fs::remove_file(&share).unwrap();
    let error = extract(&root.join("dist"), &root.join("new")).unwrap_err();
    assert_eq!(error.exit_code(), 1, "{error}");
    assert!(!root.join("new").exists());
}

fn cabinet(path: &Utf8Path, names: &[&'static str]) {
    let mut data = Vec::new();
    let method = Method::Mszip;
    let plain = b"abc".repeat(names.len());
    let mut coder = Coder::new(method);
    coder.begin(plain.len() as u64);
    let blocks = coder.encode(&plain, 0, &mut data, &mut |_| ());
    let member = |(number, name): (usize, &&'static str)| Member {
        name,
        size: 3,
        folder: 0,
        offset: 3 * number as u64,
    };
    let members: Vec<_> = names.iter().enumerate().map(member).collect();
    let folder = Folder { method, packed: data.len() as u64, blocks };
    fs::write(path, [tables(&[folder], &members).unwrap(), data].concat()).unwrap();
}

#[test]
fn a_plain_cabinet_gives_its_members_and_their_folders() {
    let dir = tempfile::tempdir().unwrap();
    let root = Utf8PathBuf::from_path_buf(dir.path().to_owned()).unwrap();
    let file = root.join("a.cab");
    cabinet(&file, &["top.txt", r"folder\below.txt", "other/slash.txt"]);
    extract(&file, &root.join("out")).unwrap();
    let found = tree(&root.join("out"));
    assert_eq!(found.keys().collect::<Vec<_>>(), ["folder/below.txt", "other/slash.txt", "top.txt"]);
    assert!(found.values().all(|bytes| bytes == b"abc"));
}

#[test]
fn names_that_leave_the_folder_or_clash_write_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let root = Utf8PathBuf::from_path_buf(dir.path().to_owned()).unwrap();
    let file = root.join("a.cab");
    for names in [
        &[r"..\evil.txt"][..],
        &["good", r"a\..\..\evil"],
        &[r"\evil"],
        &[r"C:\evil"],
        &["/evil"],
        &["nul.txt"],
        &["a:stream"],
        &["dot."],
        &["Same", "same"],
        &["file", r"FILE\below"],
        &["a", "a"],
    ] {
        cabinet(&file, names);
        let error = extract(&file, &root.join("out")).unwrap_err();
        assert_eq!(error.exit_code(), 1, "{names:?}: {error}");
        assert_eq!(tree(&root).keys().collect::<Vec<_>>(), ["a.cab"], "{names:?}");
    }
}

#[test]
fn what_has_no_files_says_what_has() {
    let (_dir, root, _) = built();
    let error = extract(&root.join("dist/share/autopcc.exe"), &root.join("out")).unwrap_err().to_string();
    assert!(error.contains("setup EXE"), "{error}");
    for (file, exit) in [("dist/build.json", 1), ("nowhere", 1), ("dist/share/packages", 1)] {
        assert_eq!(extract(&root.join(file), &root.join("out")).unwrap_err().exit_code(), exit, "{file}");
    }
}
