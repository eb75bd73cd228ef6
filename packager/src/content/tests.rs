use std::collections::HashMap;
use std::io::Read as _;
use std::num::NonZeroUsize;
use std::sync::Mutex;

use camino::{Utf8Path, Utf8PathBuf};

use super::*;
use crate::formats::cab::{Cabinet, Method, Options};
use crate::plan::{FileVersion, PlannedFile};

fn planned(root: &Utf8Path, path: &str, bytes: &[u8]) -> PlannedFile {
    let source = root.join(path.replace('\\', "/"));
    std::fs::create_dir_all(source.parent().unwrap()).unwrap();
    std::fs::write(&source, bytes).unwrap();
    PlannedFile { source, path: path.to_owned(), size: bytes.len() as u64, keep: false, version: None }
}

fn key(path: &str) -> String {
    format!("f{}", path.to_lowercase().replace('\\', "."))
}

fn options(threads: usize) -> Options {
    Options { method: Method::Mszip, threads: NonZeroUsize::new(threads).unwrap() }
}

struct Place {
    _dir: tempfile::TempDir,
    root: Utf8PathBuf,
}

fn place() -> Place {
    let dir = tempfile::tempdir().unwrap();
    let root = Utf8PathBuf::from_path_buf(dir.path().to_owned()).unwrap();
    Place { _dir: dir, root }
}

fn run(
    root: &Utf8Path,
    files: &[PlannedFile],
    threads: usize,
    share: Option<&Utf8Path>,
) -> Result<Content, Error> {
    limited(root, files, threads, share, Limits::default())
}

fn limited(
    root: &Utf8Path,
    files: &[PlannedFile],
    threads: usize,
    share: Option<&Utf8Path>,
    limits: Limits,
) -> Result<Content, Error> {
    let pass = Pass {
        files,
        bootstrap: "autopcc.exe",
        key: &key,
        folder: root,
        share,
        options: options(threads),
        limits,
        progress: &|_| (),
    };
    pass.run(|files| Ok(format!("bootstrap of {} files", files.len()).into_bytes()))
}

/// Bytes that do not compress, different for each seed.
fn noise(seed: u32, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as u8
    })
    .take(length)
    .collect()
}

fn sample(root: &Utf8Path) -> Vec<PlannedFile> {
    let big = noise(1, 3 << 20);
    let mut files = vec![
        planned(root, "a.txt", b"abc"),
        planned(root, "b\\big-one.bin", &big),
        planned(root, "b\\empty", b""),
        planned(root, "b\\empty too", b""),
        planned(root, "b\\twin of a", b"abc"),
        planned(root, "c\\big-two.bin", &big),
        planned(root, "c\\same size.bin", &noise(2, 3 << 20)),
        planned(root, "d\\text.txt", "many words, many words. ".repeat(100_000).as_bytes()),
    ];
    files[0].version = Some(FileVersion { version: [1, 0, 0, 0], languages: vec![1033] });
    files
}

fn unpack(content: &Content) -> HashMap<String, Vec<u8>> {
    let mut cabinet = Cabinet::open(content.cabinet.file.reopen().unwrap()).unwrap();
    let found = Mutex::new(HashMap::new());
    struct Into<'a>(String, &'a Mutex<HashMap<String, Vec<u8>>>);
    impl std::io::Write for Into<'_> {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.1.lock().unwrap().entry(self.0.clone()).or_default().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            self.1.lock().unwrap().entry(self.0.clone()).or_default();
            Ok(())
        }
    }
    cabinet.extract(|_, file| Ok(Some(Box::new(Into(file.name.clone(), &found))))).unwrap();
    found.into_inner().unwrap()
}

#[test]
fn everything_comes_out_again() {
    let place = place();
    let files = sample(&place.root);
    let share = place.root.join("share");
    let content = run(&place.root, &files, 2, Some(&share)).unwrap();

    let members = unpack(&content);
    assert_eq!(members.len(), files.len() + 1);
    for (file, hashed) in files.iter().zip(&content.files) {
        let bytes = std::fs::read(&file.source).unwrap();
        assert_eq!(members[&hashed.cab_key], bytes, "{}", file.path);
        assert_eq!(std::fs::read(share.join(file.path.replace('\\', "/"))).unwrap(), bytes);
        assert_eq!((hashed.path.as_str(), hashed.size), (file.path.as_str(), file.size));
        assert_eq!(hashed.msi_hash, file.version.is_none().then(|| msi_hash(&bytes)));
    }
    let bootstrap = content.files.last().unwrap();
    assert_eq!(bootstrap.path, "autopcc.exe");
    assert_eq!(members[&bootstrap.cab_key], b"bootstrap of 8 files");
    assert_eq!(std::fs::read(share.join("autopcc.exe")).unwrap(), b"bootstrap of 8 files");
}

#[test]
fn hashes_are_those_of_the_bytes() {
    use sha2::Digest as _;
    let place = place();
    let files = sample(&place.root);
    let mut content = run(&place.root, &files, 2, None).unwrap();
    for (file, hashed) in files.iter().zip(&content.files) {
        let digest: [u8; 32] = sha2::Sha256::digest(std::fs::read(&file.source).unwrap()).into();
        assert_eq!(hashed.sha256, digest, "{}", file.path);
    }
    let mut cabinet = Vec::new();
    content.cabinet.file.as_file_mut().read_to_end(&mut cabinet).unwrap();
    let digest: [u8; 32] = sha2::Sha256::digest(&cabinet).into();
    assert_eq!((content.cabinet.size, content.cabinet.sha256), (cabinet.len() as u64, digest));
}

#[test]
fn msi_hashes_of_known_bytes() {
    // MD5 of "abc" is 900150983cd24fb0d6963f7d28e17f72.
    let words = [0x9850_0190_u32, 0xb04f_d23c, 0x7d3f_96d6, 0x727f_e128].map(|word| word as i32);
    assert_eq!(msi_hash(b"abc"), words);
    assert_eq!(msi_hash(b""), [0; 4]);
}

#[test]
fn equal_content_is_stored_once_and_stands_together() {
    let place = place();
    let files = sample(&place.root);
    let content = run(&place.root, &files, 2, None).unwrap();
    assert!(content.cabinet.size < (6 << 20) + (1 << 19), "{}", content.cabinet.size);
    let by_name = |name: &str| content.files.iter().find(|file| file.path == name).unwrap().sequence;
    assert_eq!(by_name("b\\twin of a"), by_name("a.txt") + 1);
    assert_eq!(by_name("c\\big-two.bin"), by_name("b\\big-one.bin") + 1);
    assert_eq!(by_name("autopcc.exe") as usize, content.files.len());
    let cabinet = Cabinet::open(content.cabinet.file.reopen().unwrap()).unwrap();
    for hashed in &content.files {
        assert_eq!(cabinet.files()[hashed.sequence as usize - 1].name, hashed.cab_key);
    }
    assert!(cabinet.files().is_sorted_by_key(|file| (file.folder, file.offset)));
}

#[test]
fn threads_do_not_show() {
    let place = place();
    let files = sample(&place.root);
    let one = run(&place.root, &files, 1, None).unwrap();
    let many = run(&place.root, &files, 7, Some(&place.root.join("share"))).unwrap();
    assert_eq!((one.files, one.cabinet.sha256), (many.files, many.cabinet.sha256));
}

#[test]
fn a_limit_makes_several_cabinets_that_need_nothing_of_each_other() {
    let place = place();
    let files = sample(&place.root);
    let limits = Limits { bytes: 4 << 20, files: 4 };
    let content = limited(&place.root, &files, 3, None, limits).unwrap();
    // a, big-one, empty, empty too | twin, big-two | same size | text and the bootstrap
    let lasts: Vec<u32> = content.cabinet.parts.iter().map(|part| part.last).collect();
    assert_eq!(lasts, [4, 6, 7, 9]);
    let mut at = 0;
    for (number, part) in content.cabinet.parts.iter().enumerate() {
        use sha2::Digest as _;
        assert_eq!(part.start, at);
        at += part.size;
        let mut bytes = vec![0; part.size as usize];
        let mut file = content.cabinet.file.reopen().unwrap();
        std::io::Seek::seek(&mut file, std::io::SeekFrom::Start(part.start)).unwrap();
        file.read_exact(&mut bytes).unwrap();
        let digest: [u8; 32] = sha2::Sha256::digest(&bytes).into();
        assert_eq!(digest, part.sha256);
        // Alone, and by another reader.
        let mut theirs = cab::Cabinet::new(std::io::Cursor::new(bytes)).unwrap();
        let first = if number == 0 { 0 } else { lasts[number - 1] };
        let here: Vec<&Hashed> =
            content.files.iter().filter(|file| (first + 1..=part.last).contains(&file.sequence)).collect();
        let names: Vec<String> = theirs
            .folder_entries()
            .flat_map(|folder| folder.file_entries().map(|file| file.name().to_owned()).collect::<Vec<_>>())
            .collect();
        assert_eq!(names.len(), here.len());
        for hashed in here {
            assert_eq!(names[(hashed.sequence - first) as usize - 1], hashed.cab_key);
            let mut bytes = Vec::new();
            theirs.read_file(&hashed.cab_key).unwrap().read_to_end(&mut bytes).unwrap();
            let digest: [u8; 32] = sha2::Sha256::digest(&bytes).into();
            assert_eq!(digest, hashed.sha256, "{}", hashed.path);
        }
    }
    assert_eq!(at, content.cabinet.size);
    let again = limited(&place.root, &files, 1, None, limits).unwrap();
    assert_eq!((again.files, again.cabinet.sha256), (content.files, content.cabinet.sha256));
}

#[test]
fn a_file_that_changed_is_named() {
    let place = place();
    let files = sample(&place.root);
    for (length, word) in [(2, "shorter"), (4, "longer")] {
        std::fs::write(&files[4].source, vec![0; length]).unwrap();
        let error = run(&place.root, &files, 2, None).unwrap_err().to_string();
        assert!(error.contains("twin of a") && error.contains(word), "{error}");
    }
    std::fs::remove_file(&files[4].source).unwrap();
    assert!(matches!(run(&place.root, &files, 2, None), Err(Error::Io { action: "cannot open", .. })));
}

#[test]
fn nothing_is_left_behind_after_an_error() {
    let place = place();
    let files = vec![planned(&place.root, "a", b"abc")];
    let pass = Pass {
        files: &files,
        bootstrap: "autopcc.exe",
        key: &key,
        folder: &place.root,
        share: None,
        options: options(1),
        limits: Limits::default(),
        progress: &|_| (),
    };
    let error = pass.run(|_| Err("no stub".into())).unwrap_err();
    assert!(error.to_string().contains("no stub"));
    assert_eq!(std::fs::read_dir(&place.root).unwrap().count(), 1);
}

#[test]
fn progress_counts_each_byte_once() {
    let place = place();
    let files = sample(&place.root);
    let sum = std::cell::Cell::new(0);
    let pass = Pass {
        files: &files,
        bootstrap: "autopcc.exe",
        key: &key,
        folder: &place.root,
        share: Some(&place.root.join("share")),
        options: options(2),
        limits: Limits::default(),
        progress: &|bytes| sum.set(sum.get() + bytes),
    };
    pass.run(|_| Ok(Vec::new())).unwrap();
    assert_eq!(sum.get(), files.iter().map(|file| file.size).sum::<u64>());
}

#[test]
fn paths_do_not_leave_the_share() {
    let place = place();
    for path in ["..\\x", "a\\..\\..\\x", "\\x", "a\\\\b", "c:x", "a/b"] {
        let mut file = planned(&place.root, "a", b"abc");
        file.path = path.to_owned();
        let share = place.root.join("share");
        let result = run(&place.root, &[file], 1, Some(&share));
        assert!(matches!(result, Err(Error::Path { .. })), "{path}");
    }
}
