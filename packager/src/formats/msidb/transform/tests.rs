use std::io::Cursor;

use super::*;
use crate::formats::msidb::tests::sample;
use crate::formats::msidb::{ColumnType, open as open_database};
use crate::row;

fn written(transform: &Transform) -> Vec<u8> {
    let mut bytes = Vec::new();
    transform.write(&mut bytes).unwrap();
    bytes
}

/// The sample with something of every kind changed.
fn changed() -> Database {
    let mut db = sample();
    for row in db.table("Property").unwrap().rows_mut() {
        if row[0] == Value::from("ProductName") {
            row[1] = "Anders".into();
        }
    }
    db.push("Property", row!["SERVER_URL", "https://paris.example"]).unwrap();
    db.table("MsiFileHash").unwrap().rows_mut()[0][2] = Value::Int(77);
    db.table("Component").unwrap().rows_mut()[0][4] = "A".into();
    db.table("FeatureComponents").unwrap().rows_mut().clear();
    db.push("Error", row![9, "Neun"]).unwrap();
    db
}

#[test]
fn applying_makes_the_target() {
    let (base, target) = (sample(), changed());
    let mut transform = Transform::between(&base, &target).unwrap();
    transform.describe(&base, validate::PRODUCT | validate::UPGRADE_CODE, suppress::CHANGE_CODEPAGE);
    let read = open(Cursor::new(written(&transform)), Some(&base)).unwrap();
    assert_eq!(read.summary, transform.summary);
    let mut now = sample();
    read.apply(&mut now).unwrap();
    for table in target.tables() {
        let sorted = |rows: &[Row]| {
            let mut rows = rows.to_vec();
            rows.sort();
            rows
        };
        assert_eq!(sorted(now.rows(table.name())), sorted(table.rows()), "{}", table.name());
    }
    assert_eq!(read.new_tables.len(), 1);
    assert!(written(&transform) == written(&transform.clone()));
    assert!(Transform::between(&base, &base).unwrap().changes.is_empty());
}

#[test]
fn the_bytes_are_those_of_windows_installer() {
    let base = sample();
    let values = [("ProductName", "X"), ("NEW", "Y"), ("ProductCode", ""), ("ABSENT", "")];
    let transform = Transform::properties(&base, values).unwrap();
    let mut file = ::cfb::CompoundFile::open(Cursor::new(written(&transform))).unwrap();
    let name = crate::formats::msidb::encode_stream_name("Property", true);
    let bytes = crate::formats::msidb::read::content(&mut file, &name).unwrap();
    // Changed: bit 1, key, value. New: bit 0 and two fields. Gone: no bits, key.
    assert_eq!(bytes, [2, 0, 1, 0, 2, 0, 1, 2, 3, 0, 4, 0, 0, 0, 5, 0]);
}

#[test]
fn the_summary_names_base_and_target() {
    let base = sample();
    let mut transform = Transform::properties(&base, []).unwrap();
    transform.describe(&base, validate::PRODUCT, 0);
    assert_eq!(transform.summary.char_count, Some(0x2_0000));
    assert!(transform.summary.revision.starts_with("{0123ABCD"));
    assert_eq!(transform.summary.revision.matches(';').count(), 2);
}

#[test]
fn databases_are_no_transforms_and_the_other_way_round() {
    let mut bytes = Vec::new();
    sample().write(&mut bytes).unwrap();
    assert!(matches!(open(Cursor::new(bytes), None), Err(Error::Damaged { .. })));
    let mut transform = Transform::between(&sample(), &changed()).unwrap();
    transform.describe(&sample(), 0, 0);
    let read = open_database(Cursor::new(written(&transform))).unwrap();
    assert_eq!(read.clsid, CLSID);
    assert_eq!(read.database.summary, transform.summary);
    assert_eq!(read.database.tables().len(), 0);
}

#[test]
fn what_cannot_be_stored_is_an_error() {
    let columns = sample().get("Property").unwrap().columns().to_vec();
    for change in [
        Change::Insert(row!["a"]),
        Change::Delete { key: row![] },
        Change::Update { key: row!["a"], fields: vec![] },
        Change::Update { key: row!["a"], fields: vec![(0, "b".into())] },
        Change::Update { key: row!["a"], fields: vec![(1, Value::Int(1))] },
    ] {
        let changes = TableChanges { table: "Property".into(), columns: columns.clone(), rows: vec![change] };
        let transform = Transform { codepage: 1252, changes: vec![changes], ..Transform::default() };
        assert!(matches!(transform.write(&mut Vec::new()), Err(Error::BadRow { .. })));
    }
    let mut other = sample();
    other.remove_table("Media");
    assert!(matches!(Transform::between(&sample(), &other), Err(Error::BadTable { .. })));
}

#[test]
fn tables_of_ones_own_come_with_their_columns() {
    let mut target = sample();
    let column = |name: &str, ty, key| Column {
        name: name.into(),
        ty,
        key,
        nullable: false,
        localizable: false,
        optional: false,
    };
    let columns = vec![column("Key", ColumnType::Str(72), true), column("Number", ColumnType::Short, false)];
    target.add_table("Own", columns.clone()).unwrap().push(row!["a", 5]).unwrap();
    let transform = Transform::between(&sample(), &target).unwrap();
    let read = open(Cursor::new(written(&transform)), None).unwrap();
    assert_eq!(read.new_tables, [("Own".to_owned(), columns)]);
    assert_eq!(read.changes.len(), 1);
    assert_eq!(read.changes[0].rows, [Change::Insert(row!["a", 5])]);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(200))]

    #[test]
    fn damaged_transforms_are_errors_or_odd(
        changes in proptest::collection::vec((proptest::prelude::any::<proptest::sample::Index>(), 0u8..), 1..8),
    ) {
        let transform = Transform::between(&sample(), &changed()).unwrap();
        let mut bytes = written(&transform);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(transform) = open(Cursor::new(bytes), Some(&sample())) {
            let _ = transform.apply(&mut sample());
        }
    }
}
