use std::fs;

use camino::Utf8Path;
use proptest::prelude::*;

use super::*;
use crate::report::{BuildRequest, Silent};

fn built() -> (tempfile::TempDir, Utf8PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let root = Utf8PathBuf::from_path_buf(dir.path().to_owned()).unwrap();
    let example =
        Utf8PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/acme-agent/agent.toml"));
    crate::build::build(&BuildRequest::new(example, &root), &mut Silent).unwrap();
    (dir, root)
}

fn show(file: &Utf8Path) -> Result<Shown, BuildError> {
    look(&Args { file: file.to_owned(), table: None, format: Format::Human })
}

fn rows<'a>(shown: &'a Shown, table: &str) -> &'a [Vec<Value>] {
    &shown.tables.iter().find(|found| found.name == table).expect(table).rows
}

#[test]
fn everything_that_is_built_can_be_looked_into() {
    let (_dir, root) = built();
    let msi = show(&root.join("endpoint-agent-4.2.0-x64.msi")).unwrap();
    assert_eq!(msi.kind, "msi");
    assert!(msi.facts.contains(&("ProductVersion".into(), json!("4.2.0"))));
    let files = rows(&msi, "File").len();
    assert!(files > 5);
    assert_eq!(rows(&msi, "Component").len() - rows(&msi, "Component").len().saturating_sub(files), files);
    assert!(rows(&msi, "_Streams").iter().any(|row| row[0] == json!("payload.cab")));

    for setup in ["endpoint-agent-4.2.0-x64-setup.exe", "share/packages/endpoint-agent-4.2.0-x64-setup.exe"] {
        let exe = show(&root.join(setup)).unwrap();
        assert_eq!((exe.kind, rows(&exe, "Files").len()), ("exe", files));
        assert_eq!(rows(&exe, "Overlay").len(), 3);
        assert!(!rows(&exe, "Operations").is_empty() && !rows(&exe, "Imports").is_empty());
        assert!(exe.facts.contains(&("Serial".into(), json!(42))));
    }
    let installed = show(&root.join("share/files/42/x64/autopcc.exe")).unwrap();
    assert_eq!(rows(&installed, "Files").len(), files - 1);
    let share = show(&root).unwrap();
    assert_eq!((share.kind, rows(&share, "Files").len()), ("share", 2 * files));
    assert_eq!(rows(&share, "Packages").len(), 4);
    assert!(show(&root.join("share/autopcc.exe")).unwrap().tables.iter().any(|t| t.name == "Architectures"));
    let foreign = show(&root.join("share/files/42/x64/bin/agent.exe")).unwrap();
    assert!(
        foreign
            .facts
            .iter()
            .any(|(name, value)| name == "Package" && value.as_str().unwrap().contains("none"))
    );
}

#[test]
fn tables_are_found_by_name_and_shown_for_both_readers() {
    let (_dir, root) = built();
    let file = root.join("endpoint-agent-4.2.0-x86.msi");
    let args = Args { file: file.clone(), table: Some("property".into()), format: Format::Json };
    let shown = look(&args).unwrap();
    let place = find(&shown, "property", &args).unwrap();
    let json = shown.json(Some(place));
    assert_eq!(json["table"], "Property");
    assert!(json["rows"].as_array().unwrap().iter().any(|row| row["Property"] == "ProductCode"));
    assert_eq!(shown.json(None)["tables"]["Property"]["rows"], json["rows"]);
    let human = shown.human(Some(place));
    assert!(human.contains("ProductCode") && !human.contains("ServiceInstall"), "{human}");
    let all = shown.human(None);
    assert!(all.contains("_SummaryInformation") && all.contains("ServiceInstall"), "{all}");
    let error = find(&shown, "Propertie", &args).unwrap_err().to_string();
    assert!(error.contains("did you mean `Property`"), "{error}");
    assert!(find(&shown, "xyzzy", &args).unwrap_err().to_string().contains("Property"));
}

#[test]
fn what_stands_in_a_file_cannot_move_the_cursor() {
    let mut shown = Shown { kind: "cab", path: "a".into(), ..Shown::default() };
    shown.fact("Name", "x\u{1b}[2Jy\nz");
    let text = shown.human(None);
    assert!(!text.contains('\u{1b}') && text.lines().count() == 2, "{text}");
}

/// A file of each kind.
fn samples() -> Vec<Vec<u8>> {
    let (_dir, root) = built();
    let mut samples: Vec<Vec<u8>> =
        ["endpoint-agent-4.2.0-x64.msi", "endpoint-agent-4.2.0-x64-setup.exe", "share/autopcc.exe"]
            .iter()
            .map(|file| fs::read(root.join(file)).unwrap())
            .collect();
    let mut program =
        crate::outputs::bootstrap::read::Program::open(&root.join("endpoint-agent-4.2.0-x64-setup.exe"))
            .unwrap();
    program.verify().unwrap();
    let (section, mut file) = program.cabinet().unwrap().unwrap();
    let mut cabinet = Vec::new();
    std::io::Read::read_to_end(&mut std::io::Read::take(&mut file, section.length), &mut cabinet).unwrap();
    samples.push(cabinet);
    samples
}

/// Reads it in every way there is; only a panic is a failure.
fn survive(bytes: &[u8]) {
    let dir = tempfile::tempdir().unwrap();
    let root = Utf8PathBuf::from_path_buf(dir.path().to_owned()).unwrap();
    let file = root.join("file");
    fs::write(&file, bytes).unwrap();
    if let Ok(shown) = show(&file) {
        let _ = (shown.human(None), shown.json(None));
    }
    let mut console = Console::new(crate::cli::console::MessageFormat::Human, true);
    let extract = crate::cli::extract::Args { file: file.clone(), out: root.join("out") };
    let _ = crate::cli::extract::run(&extract, &mut console);
    let verify = crate::cli::verify::Args { path: file, key: None, manifest: None };
    let _ = crate::cli::verify::run(&verify, &mut console);
}

#[test]
fn damaged_files_of_every_kind_are_survived() {
    let samples = samples();
    // The usual 256 cases take long, as each reads a whole package several times; PROPTEST_CASES asks for more.
    let asked = std::env::var_os("PROPTEST_CASES").is_some();
    let config = if asked { ProptestConfig::default() } else { ProptestConfig::with_cases(64) };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let damage = proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6);
    let cut = prop::option::weighted(0.3, any::<prop::sample::Index>());
    runner
        .run(&(0..samples.len(), damage, cut, any::<bool>()), |(sample, damage, cut, front)| {
            let mut bytes = samples[sample].clone();
            for (at, value) in damage {
                // Most of what can go wrong is decided in the first bytes.
                let room = if front { bytes.len().min(2048) } else { bytes.len() };
                let at = at.index(room);
                bytes[at] = value;
            }
            if let Some(cut) = cut {
                bytes.truncate(cut.index(bytes.len()));
            }
            survive(&bytes);
            Ok(())
        })
        .unwrap();
}

#[test]
fn damaged_shares_are_survived() {
    let (_dir, root) = built();
    let share = root.join("share");
    for name in ["release.idx", "files/42/x64/files.idx", "files/42/x64/plan.bin"] {
        let file = share.join(name);
        let good = fs::read(&file).unwrap();
        for at in (0..good.len()).step_by(7) {
            let mut bad = good.clone();
            bad[at] ^= 0xff;
            fs::write(&file, &bad).unwrap();
            let _ = show(&share);
            fs::write(&file, &good[..at]).unwrap();
            let _ = show(&share);
        }
        fs::write(&file, &good).unwrap();
    }
    show(&share).unwrap();
}
