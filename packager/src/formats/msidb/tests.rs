use std::io::{Cursor, Read};

use super::*;
use crate::row;

const GUID: &str = "{0123ABCD-4567-89EF-0123-456789ABCDEF}";

/// A small package with a row of every kind.
pub(super) fn sample() -> Database {
    let mut db = Database::new(1252);
    db.summary = SummaryInfo {
        codepage: 1252,
        title: "Installation Database".into(),
        subject: "Prüfung".into(),
        template: "x64;1033".into(),
        revision: GUID.into(),
        page_count: Some(200),
        word_count: Some(2),
        security: Some(2),
        ..SummaryInfo::default()
    };
    db.push("Property", row!["ProductName", "Prüfung"]).unwrap();
    db.push("Property", row!["ProductCode", GUID]).unwrap();
    db.push("Directory", row!["TARGETDIR", None::<&str>, "SourceDir"]).unwrap();
    db.push("Directory", row!["INSTALLDIR", "TARGETDIR", "prfung|Prüfung mit langem Namen"]).unwrap();
    db.push("Component", row!["c1", GUID, "INSTALLDIR", 256, "", "f1"]).unwrap();
    db.push("Feature", row!["Main", "", "Main", "", 1, 1, "INSTALLDIR", 0]).unwrap();
    db.push("FeatureComponents", row!["Main", "c1"]).unwrap();
    db.push("File", row!["f1", "c1", "a.txt", 5, Value::Null, Value::Null, 512, 1]).unwrap();
    db.push("MsiFileHash", row!["f1", 0, -1, i32::MAX, -i32::MAX, 0]).unwrap();
    db.push("Media", row![1, 1, "", "#data.cab", "", ""]).unwrap();
    db.push(
        "Shortcut",
        row!["s1", "INSTALLDIR", "s", "c1", "[#f1]", "", "", Value::Null, "", Value::Null, 1, ""],
    )
    .unwrap();
    db.push_stream("Binary", "bin.dll", Stream::bytes(b"MZ".repeat(3000))).unwrap();
    db.push("CustomAction", row!["Act", 1, "bin.dll", "Entry"]).unwrap();
    db.add_stream("data.cab", Stream::bytes(vec![7; 100_000])).unwrap();
    db
}

fn written(db: &Database) -> Vec<u8> {
    let mut bytes = Vec::new();
    db.write(&mut bytes).unwrap();
    bytes
}

fn sorted(rows: &[Row]) -> Vec<Row> {
    let mut rows = rows.to_vec();
    rows.sort();
    rows
}

#[test]
fn what_is_written_comes_back() {
    let db = sample();
    let bytes = written(&db);
    let mut package = open(Cursor::new(&bytes)).unwrap();
    assert_eq!(package.clsid, ROOT_CLSID);
    assert_eq!(package.database.summary, db.summary);
    assert_eq!(package.database.codepage, 1252);
    for table in db.tables() {
        let read = package.database.get(table.name()).expect("the table is there");
        let width = read.columns().len();
        let rows: Vec<Row> = table.rows().iter().map(|row| row[..width].to_vec()).collect();
        assert_eq!(sorted(read.rows()), sorted(&rows), "{}", table.name());
    }
    assert_eq!(package.database.tables().len(), db.tables().len() + 1);
    let streams: Vec<_> =
        package.database.streams().map(|(name, stream)| (name.to_owned(), stream.len)).collect();
    assert_eq!(streams, [("Binary.bin.dll".to_owned(), 6000), ("data.cab".to_owned(), 100_000)]);
    let mut content = Vec::new();
    package.stream("data.cab").unwrap().read_to_end(&mut content).unwrap();
    assert!(content == vec![7; 100_000]);
    assert!(matches!(package.stream("nothing"), Err(Error::MissingStream { .. })));
    assert_eq!(violations(&package.database), []);
}

#[test]
fn equal_databases_give_equal_bytes() {
    assert!(written(&sample()) == written(&sample()));
}

#[test]
fn optional_columns_are_there_only_when_used() {
    let mut db = sample();
    let read = open(Cursor::new(written(&db))).unwrap().database;
    assert_eq!(read.get("Shortcut").unwrap().columns().len(), 12);
    assert!(!read.rows("_Validation").iter().any(|row| row[1] == Value::from("DisplayResourceDLL")));
    let row =
        row!["s2", "INSTALLDIR", "t", "c1", "[#f1]", "", "", Value::Null, "", Value::Null, 1, "", "[#f1]", 1];
    db.push("Shortcut", row).unwrap();
    let read = open(Cursor::new(written(&db))).unwrap().database;
    assert_eq!(read.get("Shortcut").unwrap().columns().len(), 14);
}

#[test]
fn sequences_past_32767_are_stored_in_four_bytes() {
    let mut db = sample();
    db.push("File", row!["f2", "c1", "b.txt", 5, Value::Null, Value::Null, 512, 32_768]).unwrap();
    let read = open(Cursor::new(written(&db))).unwrap().database;
    let file = read.get("File").unwrap();
    assert_eq!(file.columns()[7].ty, ColumnType::Long);
    assert_eq!(read.get("Media").unwrap().columns()[1].ty, ColumnType::Short);
    assert!(file.rows().iter().any(|row| row[7] == Value::Int(32_768)));
    assert_eq!(violations(&read), []);
}

#[test]
fn text_longer_than_its_column_makes_the_column_wider() {
    let mut db = sample();
    let long = "x".repeat(300);
    db.push("CustomAction", row!["Set", 51, "A", &long]).unwrap();
    let read = open(Cursor::new(written(&db))).unwrap().database;
    assert_eq!(read.get("CustomAction").unwrap().columns()[3].ty, ColumnType::Str(0));
    db.push("Property", row!["P".repeat(80), "x"]).unwrap();
    assert_eq!(problems(&db), [("Property", "Property", Problem::TooLong(72))].map(owned));
}

fn owned(problem: (&str, &str, Problem)) -> (String, String, Problem) {
    (problem.0.to_owned(), problem.1.to_owned(), problem.2)
}

fn problems(db: &Database) -> Vec<(String, String, Problem)> {
    match db.prepare() {
        Err(Error::Invalid(violations)) => {
            violations.into_iter().map(|v| (v.table, v.column, v.problem)).collect()
        }
        Err(error) => panic!("{error}"),
        Ok(_) => Vec::new(),
    }
}

#[test]
fn rows_that_break_the_rules_are_not_written() {
    let cases: Vec<(&str, Row, &str, Problem)> = vec![
        ("Property", row!["ProductName", "twice"], "", Problem::DuplicateKey),
        ("Property", row!["Empty", ""], "Value", Problem::Null),
        ("FeatureComponents", row!["Main", "c9"], "Component_", Problem::ForeignKey("Component".into())),
        ("File", row!["f 2", "c1", "a", 1, "", "", 0, 2], "File", Problem::NotA(Category::Identifier)),
        (
            "File",
            row!["f2", "c1", "a long name.txt", 1, "", "", 0, 2],
            "FileName",
            Problem::NotA(Category::Filename),
        ),
        ("File", row!["f2", "c1", "a", -1, "", "", 0, 2], "FileSize", Problem::BelowMin(0)),
        ("File", row!["f2", "c1", "a", 1, "", "", 40_000, 2], "Attributes", Problem::AboveMax(0x7fff)),
        ("File", row!["f2", "c1", "a", 1, "1.x", "", 0, 2], "Version", Problem::ForeignKey("File".into())),
        (
            "Component",
            row!["c2", GUID, "INSTALLDIR", 70_000, "", ""],
            "Attributes",
            Problem::AboveMax(0x7fff),
        ),
        (
            "Component",
            row!["c2", "{x}", "INSTALLDIR", 0, "", ""],
            "ComponentId",
            Problem::NotA(Category::Guid),
        ),
        (
            "Component",
            row!["c2", "", "INSTALLDIR", 0, "A B", ""],
            "Condition",
            Problem::NotA(Category::Condition),
        ),
        (
            "Component",
            row!["c2", "", "INSTALLDIR", 0, "", "f9"],
            "KeyPath",
            Problem::ForeignKey("File;Registry;ODBCDataSource".into()),
        ),
        (
            "Directory",
            row!["D", "TARGETDIR", "longdirectory"],
            "DefaultDir",
            Problem::NotA(Category::DefaultDir),
        ),
        ("CustomAction", row!["B", 1, "no.dll", "E"], "Source", Problem::ForeignKey("Binary".into())),
        ("CustomAction", row!["B", 18, "f9", "E"], "Source", Problem::ForeignKey("File".into())),
        (
            "Shortcut",
            row!["s2", "INSTALLDIR", "t", "c1", "NoFeature", "", "", Value::Null, "", Value::Null, 1, ""],
            "Target",
            Problem::ForeignKey("Feature".into()),
        ),
        (
            "Shortcut",
            row!["s2", "INSTALLDIR", "t", "c1", "[#f1]", "", "", Value::Null, "", Value::Null, 2, ""],
            "ShowCmd",
            Problem::NotInSet("1;3;7".into()),
        ),
        (
            "Upgrade",
            row![GUID, "1.0", "", "", 1, "", "lower"],
            "ActionProperty",
            Problem::NotA(Category::UpperCase),
        ),
    ];
    assert_eq!(problems(&sample()), []);
    for (table, row, column, problem) in cases {
        let mut db = sample();
        db.push(table, row.clone()).unwrap();
        assert_eq!(problems(&db), [(table.to_owned(), column.to_owned(), problem)], "{row:?}");
    }
}

#[test]
fn rows_that_do_not_fit_their_table_are_refused_at_once() {
    let mut db = sample();
    for row in [row!["a"], row!["a", "b", "c"], row![1, "b"], row!["a", Value::Stream], row!["a", "b\0c"]] {
        assert!(matches!(db.push("Property", row), Err(Error::BadRow { .. })));
    }
    assert!(matches!(db.push("Nonsense", row!["a"]), Err(Error::UnknownTable { .. })));
}

#[test]
fn streams_have_to_be_there_and_as_long_as_announced() {
    let mut db = sample();
    db.push("Binary", row!["other", Value::Stream]).unwrap();
    assert!(matches!(db.prepare(), Err(Error::MissingStream { name }) if name == "Binary.other"));
    for len in [2, 9000] {
        let mut db = sample();
        db.add_stream("x", Stream::open_with(len, [0; 32], || Ok(Box::new(&b"abc"[..])))).unwrap();
        assert!(matches!(db.write(&mut Vec::new()), Err(Error::StreamLength { name, .. }) if name == "x"));
    }
    assert!(matches!(db.add_stream("data.cab", Stream::bytes(vec![])), Err(Error::DuplicateStream { .. })));
    assert!(matches!(db.add_stream(&"x".repeat(63), Stream::bytes(vec![])), Err(Error::StreamName { .. })));
}

#[test]
fn tables_of_ones_own_need_rows_in_validation() {
    let mut db = sample();
    let columns = vec![Column {
        name: "Key".into(),
        ty: ColumnType::Str(72),
        key: true,
        nullable: false,
        localizable: false,
        optional: false,
    }];
    db.add_table("Own", columns.clone()).unwrap().push(row!["a"]).unwrap();
    assert!(matches!(db.prepare(), Err(Error::BadTable { .. })));
    let rule = row!["Own", "Key", "N", Value::Null, Value::Null, "", Value::Null, "Identifier", "", "Mine."];
    db.push("_Validation", rule).unwrap();
    let read = open(Cursor::new(written(&db))).unwrap().database;
    assert_eq!(read.rows("Own"), [row!["a"]]);
    for columns in [vec![], vec![columns[0].clone(); 33], vec![Column { key: false, ..columns[0].clone() }]] {
        assert!(matches!(db.add_table("Other", columns), Err(Error::BadTable { .. })));
    }
    assert!(matches!(db.add_table("Own", columns), Err(Error::BadTable { .. })));
}

#[test]
fn the_digest_covers_everything_but_the_package_code() {
    let digest = |db: &Database| db.prepare().unwrap().digest().unwrap();
    let first = digest(&sample());
    let mut db = sample();
    db.summary.revision = "{FFFFFFFF-4567-89EF-0123-456789ABCDEF}".into();
    assert_eq!(digest(&db), first);
    let mut prepared = db.prepare().unwrap();
    prepared.set_package_code(GUID);
    let mut bytes = Vec::new();
    prepared.write(&mut bytes).unwrap();
    assert!(bytes == written(&sample()));
    let changes: [fn(&mut Database); 4] = [
        |db| db.summary.subject.push('x'),
        |db| db.push("Property", row!["New", "1"]).unwrap(),
        |db| db.add_stream("new", Stream::bytes(vec![1])).unwrap(),
        |db| db.codepage = 65001,
    ];
    for change in changes {
        let mut db = sample();
        change(&mut db);
        assert_ne!(digest(&db), first);
    }
}

/// The `msi` crate reads what we write.
#[test]
fn another_reader_agrees() {
    let db = sample();
    let mut package = msi::Package::open(Cursor::new(written(&db))).unwrap();
    assert_eq!(package.summary_info().subject(), Some("Prüfung"));
    for table in db.tables() {
        let rows = package.select_rows(msi::Select::table(table.name())).unwrap();
        assert_eq!(rows.len(), table.rows().len());
        let mut theirs: Vec<Row> = rows
            .map(|row| {
                (0..row.len())
                    .map(|index| match &row[index] {
                        msi::Value::Binary => Value::Stream,
                        msi::Value::Null => Value::Null,
                        msi::Value::Int(number) => Value::Int(*number),
                        msi::Value::Str(text) => Value::from(text),
                    })
                    .collect()
            })
            .collect();
        theirs.sort();
        let width = theirs[0].len();
        let ours: Vec<Row> = table.rows().iter().map(|row| row[..width].to_vec()).collect();
        assert_eq!(theirs, sorted(&ours), "{}", table.name());
    }
    let mut content = Vec::new();
    package.read_stream("data.cab").unwrap().read_to_end(&mut content).unwrap();
    assert!(content == vec![7; 100_000]);
}

/// Past 32,767 rows sequences are wider, past 65,535 strings references are; how long it takes is a benchmark's
/// business.
#[test]
fn forty_thousand_files_come_back() {
    let mut db = sample();
    let before = db.rows("File").len();
    for n in 0..40_000 {
        let (key, component) = (format!("f_{n}"), format!("c_{n}"));
        db.push("Component", row![&component, GUID, "INSTALLDIR", 256, "", &key]).unwrap();
        db.push(
            "File",
            row![&key, &component, format!("{n}.dat|file number {n}.dat"), n, "", "", 512, n + 2],
        )
        .unwrap();
        db.push("FeatureComponents", row!["Main", &component]).unwrap();
    }
    let read = open(Cursor::new(written(&db))).unwrap().database;
    assert_eq!(read.rows("File").len(), before + 40_000);
    let last = read.rows("File").iter().find(|row| row[0] == Value::from("f_39999")).unwrap();
    assert_eq!((&last[3], &last[7]), (&Value::Int(39_999), &Value::Int(40_001)));
}

/// `msiinfo` of msitools, where it is installed, reads what we write.
#[test]
fn msitools_agree() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("sample.msi");
    std::fs::write(&path, written(&sample())).unwrap();
    let run = |args: &[&str]| {
        // Exporting leaves streams in the current folder.
        let mut command = std::process::Command::new("msiinfo");
        let output =
            command.arg(args[0]).arg(&path).args(&args[1..]).current_dir(dir.path()).output().ok()?;
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        Some(String::from_utf8_lossy(&output.stdout).replace('\r', ""))
    };
    let Some(tables) = run(&["tables"]) else { return };
    for table in sample().tables() {
        assert!(tables.lines().any(|line| line == table.name()));
        let export = run(&["export", table.name()]).unwrap();
        let mut lines = export.lines();
        let names: Vec<_> = lines.next().unwrap().split('\t').collect();
        let columns = &table.columns()[..names.len()];
        assert_eq!(names, columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>());
        let types: Vec<_> = columns.iter().map(Column::definition).collect();
        assert_eq!(lines.next().unwrap().split('\t').collect::<Vec<_>>(), types);
        assert_eq!(lines.count(), table.rows().len() + 1, "{}", table.name());
    }
    assert!(run(&["suminfo"]).unwrap().contains("Template: x64;1033"));
    assert!(run(&["streams"]).unwrap().lines().any(|line| line == "data.cab"));
}

/// Reads all there is, and must come to an end without a panic.
fn read_all(bytes: &[u8]) {
    let Ok(mut package) = open(Cursor::new(bytes)) else { return };
    let _ = violations(&package.database);
    let names: Vec<String> = package.database.streams().map(|(name, _)| name.to_owned()).collect();
    for name in names {
        if let Ok(stream) = package.stream(&name) {
            let _ = std::io::copy(&mut stream.take(bytes.len() as u64), &mut std::io::sink());
        }
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(400))]

    #[test]
    fn damaged_files_are_errors_or_odd_databases(
        changes in proptest::collection::vec((proptest::prelude::any::<proptest::sample::Index>(), 0u8..), 1..12),
        cut in proptest::option::of(proptest::prelude::any::<proptest::sample::Index>()),
    ) {
        static FILE: std::sync::LazyLock<Vec<u8>> = std::sync::LazyLock::new(|| written(&sample()));
        let mut bytes = FILE.clone();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        read_all(&bytes);
    }

    /// The same with the changes where they hurt: header, FAT, directory, string pool, columns.
    #[test]
    fn damaged_structure_is_an_error_or_an_odd_database(
        changes in proptest::collection::vec((0usize..4096, proptest::prelude::any::<u32>(), 0usize..4), 1..6),
    ) {
        static FILE: std::sync::LazyLock<(Vec<u8>, Vec<usize>)> = std::sync::LazyLock::new(|| {
            let bytes = written(&sample());
            let find = |needle: &[u8]| bytes.windows(needle.len()).position(|window| window == needle).unwrap_or(0);
            let places = vec![0, 512, find(b"R\0o\0o\0t\0"), find(&[0xe4, 0x04, 0, 0])];
            (bytes, places)
        });
        let (bytes, places) = &*FILE;
        let mut bytes = bytes.clone();
        for (offset, word, place) in changes {
            // Small numbers do more harm than random ones.
            let word = if word & 1 == 0 { word } else { (word >> 1) % 64 };
            let at = places[place] + offset / 4 * 4;
            if let Some(field) = bytes.get_mut(at..at + 4) {
                field.copy_from_slice(&word.to_le_bytes());
            }
        }
        read_all(&bytes);
    }
}
