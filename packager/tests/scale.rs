//! A payload of a hundred thousand files: more strings than two bytes can count, more files than a cabinet holds,
//! sequences past 16 bits, names in many scripts.

use std::collections::HashSet;
use std::fs;
use std::process::Command;

use camino::{Utf8Path, Utf8PathBuf};
use packager::build::build;
use packager::formats::cab::Cabinet;
use packager::formats::msidb::{self, Value};
use packager::report::{BuildRequest, OutputKind, Silent};

const FILES: usize = 100_000;
const SCRIPTS: [&str; 8] = ["file", "Datei ä", "файл", "αρχείο", "ファイル", "文件", "파일", "קובץ"];

/// In memory where the system has such a folder.
fn folder() -> tempfile::TempDir {
    let memory = std::path::Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.expect("a folder")
}

fn payload(root: &Utf8Path) -> Utf8PathBuf {
    let payload = root.join("payload");
    for number in 0..FILES {
        let folder = payload.join(format!("{} {}", SCRIPTS[number / 500 % SCRIPTS.len()], number / 500));
        if number % 500 == 0 {
            fs::create_dir_all(&folder).expect("a folder");
        }
        let name = format!("{} {number}.dat", SCRIPTS[number % SCRIPTS.len()]);
        fs::write(folder.join(name), number.to_le_bytes()).expect("a file");
    }
    payload
}

fn msiinfo(arguments: &[&str]) -> String {
    let output = Command::new("msiinfo").args(arguments).output().expect("msiinfo runs (Debian: msitools)");
    assert!(output.status.success(), "msiinfo {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn a_hundred_thousand_files_become_an_msi() {
    let temp = folder();
    let root = Utf8Path::from_path(temp.path()).expect("UTF-8");
    let payload = payload(root);
    let manifest = root.join("agent.toml");
    let text = format!(
        "[product]\nid = 'com.example.many'\nname = 'Many'\nmanufacturer = 'Example'\nversion = '1.0.0'\n\
         [payload]\nsource = '{payload}'\ndir = '{{ProgramFiles}}\\Example\\Many'\n"
    );
    fs::write(&manifest, text).expect("a manifest");
    let out = root.join("dist");
    let request = BuildRequest { outputs: vec![OutputKind::Msi], ..BuildRequest::new(&manifest, &out) };
    build(&request, &mut Silent).unwrap_or_else(|error| panic!("{error:?}"));

    let path = out.join("many-1.0.0-x64.msi");
    let mut package = msidb::open(fs::File::open(&path).expect("the MSI")).expect("an MSI");
    let files = package.database.rows("File");
    assert_eq!(files.len(), FILES + 1);
    let number = |row: &[Value], column: usize| row[column].as_int().expect("a number");
    let mut sequences: Vec<i32> = files.iter().map(|row| number(row, 7)).collect();
    sequences.sort_unstable();
    assert!(sequences.iter().copied().eq(1..=FILES as i32 + 1));
    let names: HashSet<&str> =
        files.iter().filter_map(|row| row[2].as_str()?.split('|').next_back()).collect();
    for script in SCRIPTS {
        assert!(names.iter().any(|name| name.starts_with(&format!("{script} "))), "{script}");
    }
    let strings: HashSet<&str> = package.database.strings().collect();
    assert!(strings.len() > 65_535, "{}", strings.len());
    let media: Vec<(i32, String)> = package
        .database
        .rows("Media")
        .iter()
        .map(|row| (number(row, 1), row[3].to_string().trim_start_matches('#').to_owned()))
        .collect();
    assert_eq!(media.iter().map(|(last, _)| *last).collect::<Vec<_>>(), [65_535, FILES as i32 + 1]);
    let keys: Vec<HashSet<String>> = [1..=65_535, 65_536..=i32::MAX]
        .map(|range| {
            let rows = files.iter().filter(|row| range.contains(&number(row, 7)));
            rows.map(|row| row[0].to_string()).collect()
        })
        .to_vec();
    for ((_, name), keys) in media.iter().zip(keys) {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut package.stream(name).expect("a stream"), &mut bytes)
            .expect("its bytes");
        let cabinet = Cabinet::open(std::io::Cursor::new(bytes)).expect("a cabinet");
        let members: HashSet<String> = cabinet.files().iter().map(|file| file.name.clone()).collect();
        assert!(members == keys, "{name} holds other files than its rows say");
    }

    // Another reader of three-byte references and wide sequences.
    let exported = msiinfo(&["export", path.as_str(), "File"]);
    let rows: Vec<&str> = exported.lines().skip(3).collect();
    assert_eq!(rows.len(), FILES + 1);
    assert!(rows.iter().any(|row| row.ends_with(&format!("\t{}", FILES + 1))));
    assert!(SCRIPTS.iter().all(|script| exported.contains(&format!("|{script} "))));
}
