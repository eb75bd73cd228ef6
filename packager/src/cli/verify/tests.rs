use std::fs;

use super::*;
use crate::cli::console::MessageFormat;
use crate::outputs::share::tests::{build, key};
use crate::outputs::sink::FileSink;

struct Share {
    _dir: tempfile::TempDir,
    root: Utf8PathBuf,
}

impl Share {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(dir.path().to_owned()).unwrap();
        build(&FileSink::open(dir.path()).unwrap());
        fs::write(root.join("release.pub"), key().public().to_text()).unwrap();
        Self { _dir: dir, root }
    }

    fn verify(&self, path: &str) -> Outcome {
        let key = Some(self.root.join("release.pub"));
        let args = Args { path: self.root.join(path), key, manifest: None };
        run(&args, &mut Console::new(MessageFormat::Human, true))
    }

    /// Changes a file, expects `verify` to refuse the share, and changes it back.
    fn refused(&self, path: &str, change: impl FnOnce(&mut Vec<u8>)) {
        let file = self.root.join(path);
        let before = fs::read(&file).unwrap();
        let mut bytes = before.clone();
        change(&mut bytes);
        fs::write(&file, bytes).unwrap();
        let error = self.verify("share").expect_err(path);
        assert_eq!(error.exit_code(), 1);
        let name = file.file_name().unwrap();
        assert!(error.to_string().contains(name), "{name}: {error}");
        fs::write(&file, before).unwrap();
    }
}

#[test]
fn a_share_is_whole_or_it_is_said_which_file_is_not() {
    let share = Share::new();
    for path in ["share", "", "share/release.idx"] {
        share.verify(path).unwrap();
    }
    for path in [
        "share/autopcc.exe",
        "share/files/42/x64/files.idx",
        "share/files/42/x86/plan.bin",
        "share/files/42/x64/Bin/Agent.exe",
        "share/files/42/x86/autopcc.exe",
        "share/packages/agent-4.2.0-x64-setup.exe",
    ] {
        share.refused(path, |bytes| bytes[0] ^= 1);
        share.refused(path, |bytes| bytes.push(0));
        share.refused(path, |bytes| bytes.truncate(bytes.len() - 1));
        fs::rename(share.root.join(path), share.root.join("aside")).unwrap();
        assert!(share.verify("share").is_err(), "{path} is missing");
        fs::rename(share.root.join("aside"), share.root.join(path)).unwrap();
    }
    share.verify("share").unwrap();
    fs::write(share.root.join("share/files/42/x64/more.dll"), "").unwrap();
    share.verify("share").unwrap();
}

#[test]
fn every_changed_byte_of_the_release_is_found() {
    let share = Share::new();
    let file = share.root.join("share/release.idx");
    let good = fs::read(&file).unwrap();
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 0x20;
        fs::write(&file, bad).unwrap();
        // The first bytes say that it is a release at all.
        assert!(share.verify("share").is_err(), "byte {at}");
        fs::write(&file, &good[..at]).unwrap();
        assert!(share.verify("share").is_err(), "cut at {at}");
    }
}

#[test]
fn another_key_or_none_is_not_enough() {
    let share = Share::new();
    let other = crate::sign::ReleaseKey::generate().public();
    fs::write(share.root.join("release.pub"), other.to_text()).unwrap();
    let error = share.verify("share").unwrap_err().to_string();
    assert!(error.contains("not signed with this product's key") && error.contains("--key"), "{error}");
    let mut args = Args { path: share.root.join("share"), key: None, manifest: Some("nowhere.toml".into()) };
    let error = run(&args, &mut Console::new(MessageFormat::Human, true)).unwrap_err();
    assert!(error.to_string().contains("nowhere.toml"), "{error}");
    // The share's own key proves that it is whole, and says that it proves no more.
    args.manifest = None;
    run(&args, &mut Console::new(MessageFormat::Human, true)).unwrap();
    assert!(Trust::find(None, None, &args.path).unwrap().note().is_some());
    fs::remove_file(args.path.join("autopcc.exe")).unwrap();
    assert!(run(&args, &mut Console::new(MessageFormat::Human, true)).is_err());
}

#[test]
fn a_setup_exe_is_verified_down_to_its_files() {
    let share = Share::new();
    let path = "agent-4.2.0-x86-setup.exe";
    share.verify(path).unwrap();
    share.verify("share/autopcc.exe").unwrap();
    share.verify("share/files/42/x64/autopcc.exe").unwrap();
    let file = share.root.join(path);
    let good = fs::read(&file).unwrap();
    let start = packager_shared::pe_tail::find(&mut &good[..]).unwrap().start as usize;
    for at in (start..good.len()).step_by(997) {
        let mut bad = good.clone();
        bad[at] ^= 4;
        fs::write(&file, bad).unwrap();
        assert_eq!(share.verify(path).unwrap_err().exit_code(), 1, "byte {at}");
    }
    fs::write(&file, &good[..start]).unwrap();
    assert!(share.verify(path).unwrap_err().to_string().contains("carries no package"));
}

#[test]
fn what_carries_no_digests_is_not_called_whole() {
    let share = Share::new();
    fs::write(share.root.join("a.cab"), b"MSCF and more").unwrap();
    assert!(share.verify("a.cab").unwrap_err().to_string().contains("nothing to verify"));
    fs::write(share.root.join("text"), "text").unwrap();
    for path in ["text", "nowhere", "share/packages"] {
        assert_eq!(share.verify(path).unwrap_err().exit_code(), 1, "{path}");
    }
}
