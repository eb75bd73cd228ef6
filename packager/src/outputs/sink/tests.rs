use std::fs;
use std::path::Path;

use super::*;

fn tree(dir: &Path) -> Vec<String> {
    let mut all: Vec<String> = walkdir::WalkDir::new(dir)
        .min_depth(1)
        .into_iter()
        .flatten()
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let path = entry.path().strip_prefix(dir).unwrap().to_string_lossy().replace('\\', "/");
            format!("{path}={}", fs::read_to_string(entry.path()).unwrap())
        })
        .collect();
    all.sort();
    all
}

fn release(sink: &dyn Sink, text: &str) {
    sink.whole("share/files/7").unwrap();
    sink.put("share/release.idx", Kind::ReleaseIndex, text.as_bytes()).unwrap();
    sink.put("share/files/7/x64/a.dll", Kind::Release, text.as_bytes()).unwrap();
    sink.put("a-setup.exe", Kind::Setup, text.as_bytes()).unwrap();
    sink.copy("a-setup.exe", "share/packages/a-setup.exe", Kind::Package).unwrap();
}

#[test]
fn nothing_stands_under_its_name_before_commit() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("dist");
    let sink = FileSink::open(&out).unwrap();
    release(&sink, "one");
    assert!(!out.join("share/release.idx").exists() && !out.join("share/files/7").exists());
    let list = sink.commit().unwrap();
    assert_eq!(list.last().unwrap().kind, Kind::ReleaseIndex);
    drop(sink);
    assert_eq!(
        tree(&out),
        [
            "a-setup.exe=one",
            "share/files/7/x64/a.dll=one",
            "share/packages/a-setup.exe=one",
            "share/release.idx=one"
        ]
    );
}

#[test]
fn a_failed_build_leaves_the_earlier_one_and_no_trace() {
    let dir = tempfile::tempdir().unwrap();
    let sink = FileSink::open(dir.path()).unwrap();
    release(&sink, "one");
    sink.commit().unwrap();
    drop(sink);
    let before = tree(dir.path());

    let sink = FileSink::open(dir.path()).unwrap();
    release(&sink, "two");
    fs::write(sink.scratch().unwrap().join("cabinet"), "half").unwrap();
    let half = sink.create("half.msi", Kind::Msi).unwrap();
    drop(half);
    drop(sink);
    assert_eq!(tree(dir.path()), before);

    let fresh = dir.path().join("never/seen");
    drop(FileSink::open(&fresh).unwrap());
    assert!(!dir.path().join("never").exists(), "directories made for a failed build go with it");
}

#[test]
fn a_whole_directory_is_replaced_with_all_that_was_in_it() {
    let dir = tempfile::tempdir().unwrap();
    let old = dir.path().join("share/files/7/x86");
    fs::create_dir_all(&old).unwrap();
    fs::write(old.join("stale.dll"), "x").unwrap();
    fs::create_dir_all(dir.path().join("share/files/6")).unwrap();
    fs::write(dir.path().join("share/files/6/kept"), "").unwrap();
    let sink = FileSink::open(dir.path()).unwrap();
    release(&sink, "two");
    sink.commit().unwrap();
    drop(sink);
    assert_eq!(
        tree(dir.path()),
        [
            "a-setup.exe=two",
            "share/files/6/kept=",
            "share/files/7/x64/a.dll=two",
            "share/packages/a-setup.exe=two",
            "share/release.idx=two"
        ]
    );
}

#[test]
fn leftovers_of_killed_builds_go_and_of_living_ones_stay() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path();
    fs::create_dir_all(out.join("share/files/.7.DeadDead.packager-new/x64")).unwrap();
    fs::write(out.join("share/files/.7.DeadDead.packager-new/x64/a"), "").unwrap();
    fs::write(out.join(".a.msi.DeadDead.packager-new"), "half").unwrap();
    fs::write(out.join(".DeadDead.packager-lock"), "").unwrap();
    // Killed between the two renames of a directory: the old one comes back.
    fs::create_dir_all(out.join("share/files/.5.DeadDead.packager-old")).unwrap();
    fs::write(out.join("share/files/.5.DeadDead.packager-old/f"), "old").unwrap();
    fs::write(out.join(".hidden"), "not ours").unwrap();

    let living = FileSink::open(out).unwrap();
    let mut item = living.create("b.msi", Kind::Msi).unwrap();
    item.write_all(b"b").unwrap();
    let second = FileSink::open(out).unwrap();
    drop(second);
    item.finish().unwrap();
    living.commit().unwrap();
    drop(living);
    assert_eq!(tree(out), [".hidden=not ours", "b.msi=b", "share/files/5/f=old"]);
    assert_eq!(fs::read_dir(out.join("share/files")).unwrap().count(), 1);
}

#[test]
fn what_is_in_the_way_is_said_before_anything_changes() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("share/release.idx")).unwrap();
    fs::write(dir.path().join("a-setup.exe"), "old").unwrap();
    let sink = FileSink::open(dir.path()).unwrap();
    release(&sink, "new");
    let error = sink.commit().unwrap_err();
    assert!(matches!(error, Error::InTheWay { .. }), "{error}");
    drop(sink);
    assert_eq!(tree(dir.path()), ["a-setup.exe=old"]);
}

#[test]
fn every_sink_tells_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let (file, memory, list) = (FileSink::open(dir.path()).unwrap(), MemorySink::new(), ListSink::new());
    let sinks: [&dyn Sink; 3] = [&file, &memory, &list];
    let told: Vec<_> = sinks
        .iter()
        .map(|sink| {
            release(*sink, "bytes");
            assert!(matches!(sink.create("A-SETUP.EXE", Kind::Setup), Err(Error::Twice { .. })));
            assert!(matches!(sink.copy("nothing", "x", Kind::Setup), Err(Error::Missing { .. })));
            for path in ["", "/a", "a/../b", "a\\b", "c:d", "a/", "a. "] {
                assert!(matches!(sink.create(path, Kind::Setup), Err(Error::Path { .. })), "{path}");
            }
            sink.commit().unwrap()
        })
        .collect();
    assert_eq!(told[0].len(), 4);
    assert_eq!(told[0], told[1]);
    assert_eq!(told[1], told[2]);
    assert_eq!(memory.get("share/release.idx").unwrap(), b"bytes");
}

#[test]
fn an_error_keeps_its_path_on_the_way_through_write() {
    let full = Error::io("write", "dist/a.msi", io::ErrorKind::StorageFull.into());
    let text = Error::io("write", "elsewhere", full.into_io()).to_string();
    assert!(text.contains("dist/a.msi") && text.contains("--out"), "{text}");
}

#[test]
fn files_written_straight_into_the_staging_folder_are_adopted() {
    let dir = tempfile::tempdir().unwrap();
    let sink = FileSink::open(dir.path()).unwrap();
    sink.whole("share/files/7").unwrap();
    let folder = sink.staging("share/files/7/x64").unwrap().unwrap();
    fs::write(folder.join("a"), "aa").unwrap();
    let written =
        |path: &str, bytes| Written { path: path.into(), kind: Kind::Release, bytes, sha256: [0; 32] };
    assert!(sink.adopt(written("share/files/7/x64/a", 3)).is_err(), "cut off");
    assert!(sink.adopt(written("share/files/7/x64/b", 3)).is_err(), "not there");
    sink.adopt(written("share/files/7/x64/a", 2)).unwrap();
    assert!(sink.staging("share/packages").is_err(), "would show before the switch");
    assert!(matches!(sink.adopt(written("share/files/7/x64/A", 2)), Err(Error::Twice { .. })));
    assert_eq!(sink.commit().unwrap().len(), 1);
    drop(sink);
    assert_eq!(tree(dir.path()), ["share/files/7/x64/a=aa"]);
    assert_eq!(MemorySink::new().staging("share").unwrap(), None);
}
