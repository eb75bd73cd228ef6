use std::collections::BTreeMap;
use std::fs;

use camino::Utf8Path;

use super::*;
use crate::cli::console::MessageFormat;
use crate::outputs::share::tests::build;
use crate::outputs::sink::FileSink;

struct Place {
    _dir: tempfile::TempDir,
    root: Utf8PathBuf,
}

impl Place {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(dir.path().to_owned()).unwrap();
        build(&FileSink::open(root.join("dist").as_std_path()).unwrap());
        Self { _dir: dir, root }
    }

    fn publish(&self, keep: usize) -> Outcome {
        let (dir, dest) = (self.root.join("dist"), self.root.join("live"));
        let args = Args { dir, dest, keep, key: None, manifest: None };
        run(&args, &mut Console::new(MessageFormat::Human, true))
    }

    fn live(&self) -> BTreeMap<String, Vec<u8>> {
        tree(&self.root.join("live"))
    }
}

fn tree(dir: &Utf8Path) -> BTreeMap<String, Vec<u8>> {
    let files = walkdir::WalkDir::new(dir).into_iter().flatten().filter(|entry| entry.file_type().is_file());
    let name = |path: &std::path::Path| path.strip_prefix(dir).unwrap().to_str().unwrap().replace('\\', "/");
    files.map(|entry| (name(entry.path()), fs::read(entry.path()).unwrap())).collect()
}

#[test]
fn what_is_published_is_the_share() {
    let place = Place::new();
    place.publish(1).unwrap();
    let live = place.live();
    assert!(live == tree(&place.root.join("dist/share")));
    // Once more: nothing changes, and damage at the destination is mended.
    fs::write(place.root.join("live/files/42/x64/Bin/Agent.exe"), "altered").unwrap();
    fs::write(place.root.join("live/files/42/x64/more.dll"), "").unwrap();
    fs::write(place.root.join("live/autopcc.exe"), "altered").unwrap();
    fs::write(place.root.join("live/release.idx"), "altered").unwrap();
    place.publish(1).unwrap();
    assert!(place.live() == live);
}

#[test]
fn old_releases_stay_as_many_as_asked_for() {
    let place = Place::new();
    let live = place.root.join("live");
    for serial in ["7", "40", "41", "43", "007", "notes"] {
        fs::create_dir_all(live.join("files").join(serial)).unwrap();
        fs::write(live.join("files").join(serial).join("f"), serial).unwrap();
    }
    fs::create_dir_all(live.join("packages")).unwrap();
    fs::write(live.join("packages/agent-4.1.0-x64-setup.exe"), "").unwrap();
    fs::write(live.join("packages/readme.txt"), "").unwrap();
    place.publish(2).unwrap();
    let list = |folder: &str| -> Vec<String> {
        let mut names: Vec<String> = live
            .join(folder)
            .read_dir_utf8()
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_owned())
            .collect();
        names.sort();
        names
    };
    assert_eq!(list("files"), ["007", "40", "41", "42", "43", "notes"]);
    assert_eq!(list("packages"), ["agent-4.2.0-x64-setup.exe", "agent-4.2.0-x86-setup.exe", "readme.txt"]);
}

#[test]
fn a_broken_share_is_not_published() {
    let place = Place::new();
    let file = place.root.join("dist/share/files/42/x86/plan.bin");
    let good = fs::read(&file).unwrap();
    fs::write(&file, "altered").unwrap();
    assert_eq!(place.publish(1).unwrap_err().exit_code(), 1);
    assert!(!place.root.join("live").exists());
    fs::write(&file, good).unwrap();
    place.publish(1).unwrap();
}

#[test]
fn newer_and_foreign_shares_are_left_alone() {
    use packager_shared::release;
    let place = Place::new();
    let head = release::inspect(&fs::read(place.root.join("dist/share/release.idx")).unwrap()).unwrap();
    fs::create_dir_all(place.root.join("live")).unwrap();
    for (other, says) in [
        (release::Release { serial: 43, ..head.clone() }, "raise `[bootstrap] serial`"),
        (release::Release { product_id: "com.acme.other".into(), ..head }, "com.acme.other"),
    ] {
        let bytes = release::encode(&other, |_| [0; 64]);
        fs::write(place.root.join("live/release.idx"), &bytes).unwrap();
        let error = place.publish(1).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
        assert_eq!(place.live(), BTreeMap::from([("release.idx".to_owned(), bytes)]));
    }
}

#[test]
fn a_share_is_not_published_into_itself() {
    let place = Place::new();
    for dest in ["dist/share", "dist", "dist/share/files", "dist/share/new/er"] {
        let args = Args {
            dir: place.root.join("dist/share"),
            dest: place.root.join(dest),
            keep: 1,
            key: None,
            manifest: None,
        };
        assert!(run(&args, &mut Console::new(MessageFormat::Human, true)).is_err(), "{dest}");
    }
}
