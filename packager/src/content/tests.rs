use std::collections::HashMap;
use std::io::Read as _;
use std::num::NonZeroUsize;
use std::sync::Mutex;

use camino::{Utf8Path, Utf8PathBuf};
use packager_shared::index::{Entry, Index};
use packager_shared::read_at::ReadAt as _;
use packager_shared::solid::Solid;

use super::cabinets::{CabinetFile, Layout};
use super::divide::Limits;
use super::solid::{Effort, SolidFile};
use super::*;
use crate::formats::cab::{Cabinet, Method};
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

fn threads(count: usize) -> NonZeroUsize {
    NonZeroUsize::new(count).unwrap()
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

/// What a build makes of files, and of a bootstrap of a few bytes.
#[derive(Debug)]
struct Content {
    survey: Survey,
    layout: Layout,
    cabinet: CabinetFile,
}

impl Content {
    fn files(&self) -> &[Hashed] {
        &self.survey.files
    }

    fn sequence(&self, path: &str) -> u32 {
        let number = self.files().iter().position(|file| file.path == path);
        self.layout.sequence(number.unwrap_or_else(|| panic!("no {path}")))
    }
}

fn survey(files: &[PlannedFile], workers: usize, share: Option<&Utf8Path>) -> Result<Survey, Error> {
    let mut survey = Survey::of(files, share, threads(workers), &|_| ())?;
    let bytes = format!("bootstrap of {} files", files.len()).into_bytes();
    survey.add("autopcc.exe", &bytes, share)?;
    Ok(survey)
}

fn packing<'a>(root: &'a Utf8Path, workers: usize, cache: Option<&'a Cache>) -> Packing<'a> {
    Packing { folder: root, threads: threads(workers), cache, progress: &|_| () }
}

fn run(
    root: &Utf8Path,
    files: &[PlannedFile],
    workers: usize,
    share: Option<&Utf8Path>,
) -> Result<Content, Error> {
    limited(root, files, workers, share, Limits::default())
}

fn limited(
    root: &Utf8Path,
    files: &[PlannedFile],
    workers: usize,
    share: Option<&Utf8Path>,
    limits: Limits,
) -> Result<Content, Error> {
    let survey = survey(files, workers, share)?;
    let layout = Layout::of(&survey.files, limits);
    let cabinet = cabinets::pack(&survey, &layout, Method::Mszip, &key, packing(root, workers, None))?;
    Ok(Content { survey, layout, cabinet })
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
    let mut cabinet = Cabinet::open(content.cabinet.packed.file.reopen().unwrap()).unwrap();
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
    for (file, hashed) in files.iter().zip(content.files()) {
        let bytes = std::fs::read(&file.source).unwrap();
        assert_eq!(members[&key(&hashed.path)], bytes, "{}", file.path);
        assert_eq!(std::fs::read(share.join(file.path.replace('\\', "/"))).unwrap(), bytes);
        assert_eq!((hashed.path.as_str(), hashed.size), (file.path.as_str(), file.size));
        assert_eq!(hashed.msi_hash, file.version.is_none().then(|| msi_hash(&bytes)));
    }
    let bootstrap = content.files().last().unwrap();
    assert_eq!(bootstrap.path, "autopcc.exe");
    assert_eq!(members[&key(&bootstrap.path)], b"bootstrap of 8 files");
    assert_eq!(std::fs::read(share.join("autopcc.exe")).unwrap(), b"bootstrap of 8 files");
}

#[test]
fn hashes_are_those_of_the_bytes() {
    use sha2::Digest as _;
    let place = place();
    let files = sample(&place.root);
    let content = run(&place.root, &files, 2, None).unwrap();
    for (file, hashed) in files.iter().zip(content.files()) {
        let digest: [u8; 32] = sha2::Sha256::digest(std::fs::read(&file.source).unwrap()).into();
        assert_eq!(hashed.sha256, digest, "{}", file.path);
    }
    let mut cabinet = Vec::new();
    content.cabinet.packed.file.reopen().unwrap().read_to_end(&mut cabinet).unwrap();
    let digest: [u8; 32] = sha2::Sha256::digest(&cabinet).into();
    assert_eq!(
        (content.cabinet.packed.size, content.cabinet.packed.sha256().unwrap()),
        (cabinet.len() as u64, digest)
    );
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
    assert!(content.cabinet.packed.size < (6 << 20) + (1 << 19), "{}", content.cabinet.packed.size);
    assert_eq!(content.sequence("b\\twin of a"), content.sequence("a.txt") + 1);
    assert_eq!(content.sequence("c\\big-two.bin"), content.sequence("b\\big-one.bin") + 1);
    let cabinet = Cabinet::open(content.cabinet.packed.file.reopen().unwrap()).unwrap();
    for hashed in content.files() {
        let place = content.sequence(&hashed.path) as usize - 1;
        assert_eq!(cabinet.files()[place].name, key(&hashed.path));
    }
    assert!(cabinet.files().is_sorted_by_key(|file| (file.folder, file.offset)));
}

#[test]
fn threads_do_not_show() {
    let place = place();
    let files = sample(&place.root);
    let one = run(&place.root, &files, 1, None).unwrap();
    let many = run(&place.root, &files, 7, Some(&place.root.join("share"))).unwrap();
    assert_eq!(
        (one.survey.files, one.layout, one.cabinet.digest()),
        (many.survey.files, many.layout, many.cabinet.digest())
    );
}

#[test]
fn a_limit_makes_several_cabinets_that_need_nothing_of_each_other() {
    let place = place();
    let files = sample(&place.root);
    let limits = Limits { bytes: 4 << 20, files: 4 };
    let content = limited(&place.root, &files, 3, None, limits).unwrap();
    // empty, empty too, the two of abc | the two big ones | same size, bootstrap | text
    let lasts: Vec<u32> = content.cabinet.parts.iter().map(|part| part.last).collect();
    assert_eq!(lasts, [4, 6, 8, 9]);
    assert_eq!(lasts, content.layout.lasts());
    let mut at = 0;
    for (number, part) in content.cabinet.parts.iter().enumerate() {
        use sha2::Digest as _;
        assert_eq!(part.start, at);
        at += part.size;
        let mut bytes = vec![0; part.size as usize];
        let mut file = content.cabinet.packed.file.reopen().unwrap();
        std::io::Seek::seek(&mut file, std::io::SeekFrom::Start(part.start)).unwrap();
        file.read_exact(&mut bytes).unwrap();
        // The first folder's data starts behind the tables ([MS-CAB] 2.2: coffCabStart).
        let tables = u32::from_le_bytes(bytes[36..40].try_into().unwrap()) as usize;
        let digest = sha2::Sha256::new().chain_update(&bytes[tables..]).chain_update(&bytes[..tables]);
        assert_eq!(part.digest, <[u8; 32]>::from(digest.finalize()));
        // Alone, and by another reader.
        let mut theirs = cab::Cabinet::new(std::io::Cursor::new(bytes)).unwrap();
        let first = if number == 0 { 0 } else { lasts[number - 1] };
        let is_here = |file: &&Hashed| (first + 1..=part.last).contains(&content.sequence(&file.path));
        let here: Vec<&Hashed> = content.files().iter().filter(is_here).collect();
        let names: Vec<String> = theirs
            .folder_entries()
            .flat_map(|folder| folder.file_entries().map(|file| file.name().to_owned()).collect::<Vec<_>>())
            .collect();
        assert_eq!(names.len(), here.len());
        for hashed in here {
            assert_eq!(names[(content.sequence(&hashed.path) - first) as usize - 1], key(&hashed.path));
            let mut bytes = Vec::new();
            theirs.read_file(&key(&hashed.path)).unwrap().read_to_end(&mut bytes).unwrap();
            let digest: [u8; 32] = sha2::Sha256::digest(&bytes).into();
            assert_eq!(digest, hashed.sha256, "{}", hashed.path);
        }
    }
    assert_eq!(at, content.cabinet.packed.size);
    let again = limited(&place.root, &files, 1, None, limits).unwrap();
    assert_eq!(again.cabinet.packed.sha256().unwrap(), content.cabinet.packed.sha256().unwrap());
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
fn a_file_that_changes_after_it_was_surveyed_is_named() {
    let place = place();
    // Several pieces, and a part of a cabinet that begins in the middle of one.
    let files = [planned(&place.root, "large", &noise(5, 9_000_000)), planned(&place.root, "b", b"small")];
    let survey = survey(&files, 2, None).unwrap();
    let layout = Layout::of(&survey.files, Limits::default());
    let pack = || cabinets::pack(&survey, &layout, Method::Mszip, &key, packing(&place.root, 2, None));
    let solid = || solid::pack(&survey, &index(&survey), Effort::Balanced, packing(&place.root, 2, None));
    pack().unwrap();
    solid().unwrap();
    let good = std::fs::read(&files[0].source).unwrap();
    for at in [0, 1_048_575, 1_048_576, 4_194_303, 4_194_304, 8_999_999] {
        let mut bad = good.clone();
        bad[at] ^= 1;
        std::fs::write(&files[0].source, &bad).unwrap();
        for error in [pack().unwrap_err(), solid().unwrap_err()] {
            assert!(
                matches!(&error, Error::Changed { path, .. } if *path == files[0].source),
                "{at}: {error}"
            );
        }
    }
    std::fs::write(&files[0].source, &good[..8_000_000]).unwrap();
    assert!(pack().unwrap_err().to_string().contains("shorter"));
    std::fs::remove_file(&files[0].source).unwrap();
    assert!(matches!(pack(), Err(Error::Io { action: "cannot open", .. })));
}

#[test]
fn nothing_is_left_behind_after_an_error() {
    let place = place();
    let files = vec![planned(&place.root, "a", b"abc")];
    let survey = survey(&files, 1, None).unwrap();
    std::fs::remove_file(&files[0].source).unwrap();
    let layout = Layout::of(&survey.files, Limits::default());
    let made = cabinets::pack(&survey, &layout, Method::Mszip, &key, packing(&place.root, 1, None));
    assert!(made.is_err());
    assert!(solid::pack(&survey, &index(&survey), Effort::Max, packing(&place.root, 1, None)).is_err());
    assert_eq!(std::fs::read_dir(&place.root).unwrap().count(), 0);
}

#[test]
fn progress_counts_each_byte_once() {
    let place = place();
    let files = sample(&place.root);
    let sum = std::cell::Cell::new(0);
    let progress = |bytes| sum.set(sum.get() + bytes);
    let share = place.root.join("share");
    let mut survey = Survey::of(&files, Some(&share), threads(2), &progress).unwrap();
    assert_eq!(sum.take(), files.iter().map(|file| file.size).sum::<u64>());
    survey.add("autopcc.exe", b"bootstrap", None).unwrap();
    let layout = Layout::of(&survey.files, Limits::default());
    let packing = Packing { progress: &progress, ..packing(&place.root, 2, None) };
    let cabinet = cabinets::pack(&survey, &layout, Method::Mszip, &key, packing).unwrap();
    // One of the two large files, and one of the two of three bytes, are copies.
    let distinct = survey.bytes() - (3 << 20) - 3;
    assert_eq!((sum.take(), cabinet.packed.tally.plain), (distinct, distinct));
    solid::pack(&survey, &index(&survey), Effort::Balanced, packing).unwrap();
    assert_eq!(sum.take(), distinct);
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

/// The index that an EXE with these files has.
fn index(survey: &Survey) -> Index {
    let entry = |file: &Hashed| Entry {
        path: file.path.clone(),
        size: file.size,
        sha256: file.sha256,
        pe_version: None,
        keep: false,
    };
    let mut index = Index { entries: survey.files.iter().map(entry).collect() };
    index.sort();
    index
}

/// All files of a section, by their paths.
fn unpack_solid(solid: &SolidFile, index: &Index) -> HashMap<String, Vec<u8>> {
    let mut bytes = Vec::new();
    solid.packed.file.reopen().unwrap().read_to_end(&mut bytes).unwrap();
    let mut reader = &bytes[..];
    let length = reader.length().unwrap();
    let opened = Solid::open(&mut reader, 0, length, index).unwrap();
    assert_eq!(opened.heap(), solid.heap);
    let plain = opened.streams.iter().map(|(start, stream)| {
        let mut plain = Vec::new();
        let mut packed = &bytes[*start as usize..];
        crate::formats::solid::decode(&mut packed, stream).unwrap().read_to_end(&mut plain).unwrap();
        assert_eq!(plain.len() as u64, stream.plain);
        plain
    });
    let plain: Vec<Vec<u8>> = plain.collect();
    let content = |(entry, place): (&Entry, &Option<packager_shared::solid::Place>)| {
        let content = place.map_or(&[][..], |place| {
            &plain[place.stream as usize][place.offset as usize..][..entry.size as usize]
        });
        (entry.path.clone(), content.to_vec())
    };
    index.entries.iter().zip(&opened.places).map(content).collect()
}

#[test]
fn streams_hold_every_file_and_do_not_show_threads() {
    let place = place();
    let mut files = sample(&place.root);
    let stub = packager_prebuilt::STUB_X86;
    files.push(planned(&place.root, "e\\program.exe", stub));
    let survey = survey(&files, 2, None).unwrap();
    assert!(survey.files[8].code && survey.files.iter().filter(|file| file.code).count() == 1);
    let index = index(&survey);
    for effort in [Effort::Balanced, Effort::Max] {
        let one = solid::pack(&survey, &index, effort, packing(&place.root, 1, None)).unwrap();
        let many = solid::pack(&survey, &index, effort, packing(&place.root, 5, None)).unwrap();
        assert_eq!(one.packed.sha256().unwrap(), many.packed.sha256().unwrap());
        let found = unpack_solid(&one, &index);
        assert_eq!(found.len(), survey.files.len());
        for file in &files {
            assert!(found[&file.path] == std::fs::read(&file.source).unwrap(), "{}", file.path);
        }
        assert_eq!(found["autopcc.exe"], b"bootstrap of 9 files");
    }
}

#[test]
fn streams_of_noise_are_no_trouble() {
    let place = place();
    for size in [1, 4_096, 60_000, 70_000, 300_000] {
        let files = [planned(&place.root, "noise", &noise(7, size))];
        let survey = survey(&files, 1, None).unwrap();
        let index = index(&survey);
        for effort in [Effort::Balanced, Effort::Max] {
            let made = solid::pack(&survey, &index, effort, packing(&place.root, 1, None)).unwrap();
            assert!(unpack_solid(&made, &index)["noise"] == noise(7, size), "{size}");
        }
    }
}

#[test]
fn what_is_cached_is_not_made_again_and_makes_the_same_bytes() {
    let place = place();
    let cache = Cache::open(&place.root.join("cache")).unwrap();
    let mut files = sample(&place.root);
    let pack = |files: &[PlannedFile], cache: Option<&Cache>| {
        let survey = survey(files, 2, None).unwrap();
        let layout = Layout::of(&survey.files, Limits::default());
        let packing = packing(&place.root, 2, cache);
        let cabinet = cabinets::pack(&survey, &layout, Method::Mszip, &key, packing).unwrap();
        let solid = solid::pack(&survey, &index(&survey), Effort::Balanced, packing).unwrap();
        [cabinet.packed, solid.packed]
            .map(|packed| (packed.sha256().unwrap(), packed.tally.cached, packed.tally.units))
    };
    let [(cabinet, _, parts), (solid, _, streams)] = pack(&files, None);
    assert!(parts > 1 && streams > 0);
    assert_eq!(pack(&files, Some(&cache)), [(cabinet, 0, parts), (solid, 0, streams)]);
    assert_eq!(pack(&files, Some(&cache)), [(cabinet, parts, parts), (solid, streams, streams)]);
    // Another content changes what is made, and it is the same as without a cache.
    files[7] = planned(&place.root, "d\\text.txt", b"other words");
    let [(cabinet, ..), (solid, ..)] = pack(&files, None);
    let [(with, hits, parts), (with_solid, ..)] = pack(&files, Some(&cache));
    assert_eq!((with, with_solid), (cabinet, solid));
    assert!(hits < parts);
}
