//! A database as text, for people and for comparing two of them.

use super::{Database, SummaryInfo, Table, Value};

/// A table as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// The table's name.
    pub name: String,
    /// Column names.
    pub columns: Vec<String>,
    /// Column definitions: `s72`, `L0`, `i2`, …
    pub definitions: Vec<String>,
    /// How many columns, from the first, are the key.
    pub keys: usize,
    /// Fields, sorted by key: numbers by value, text by character.
    pub rows: Vec<Vec<String>>,
}

/// The names of all sheets: the tables in their order, then `_SummaryInformation` and `_Streams`.
#[must_use]
pub fn names(database: &Database) -> Vec<String> {
    let tables = database.tables().map(|table| table.name().to_owned());
    tables.chain([SUMMARY, STREAMS].map(str::to_owned)).collect()
}

const SUMMARY: &str = "_SummaryInformation";
const STREAMS: &str = "_Streams";

/// The sheet of that name.
#[must_use]
pub fn sheet(database: &Database, name: &str) -> Option<Sheet> {
    match name {
        SUMMARY => Some(plain(
            SUMMARY,
            ["Property", "Value"],
            ["s0", "s0"],
            summary(&database.summary, database.codepage),
        )),
        STREAMS => {
            let rows = database.streams().map(|(name, stream)| vec![name.to_owned(), stream.len.to_string()]);
            Some(plain(STREAMS, ["Name", "Bytes"], ["s62", "i4"], rows.collect()))
        }
        _ => database.get(name).map(table),
    }
}

fn plain(name: &str, columns: [&str; 2], definitions: [&str; 2], rows: Vec<Vec<String>>) -> Sheet {
    Sheet {
        name: name.to_owned(),
        columns: columns.map(str::to_owned).to_vec(),
        definitions: definitions.map(str::to_owned).to_vec(),
        keys: 1,
        rows,
    }
}

fn table(table: &Table) -> Sheet {
    let keys = table.keys();
    let mut rows: Vec<&Vec<Value>> = table.rows().iter().collect();
    rows.sort_by(|a, b| a.iter().take(keys).cmp(b.iter().take(keys)));
    Sheet {
        name: table.name().to_owned(),
        columns: table.columns().iter().map(|column| column.name.clone()).collect(),
        definitions: table.columns().iter().map(super::Column::definition).collect(),
        keys,
        rows: rows.into_iter().map(|row| row.iter().map(Value::to_string).collect()).collect(),
    }
}

fn summary(info: &SummaryInfo, database_codepage: u32) -> Vec<Vec<String>> {
    let mut rows = vec![(-1, "Database Codepage", database_codepage.to_string())];
    if info.codepage != 0 {
        rows.push((1, "Codepage", info.codepage.to_string()));
    }
    let texts = info.texts().map(|(id, name, text)| (id, name, (!text.is_empty()).then(|| text.to_owned())));
    let times = info.times().map(|(id, name, time)| (id, name, time.map(filetime)));
    let numbers =
        info.numbers().map(|(id, name, number)| (id, name, number.map(|number| number.to_string())));
    for (id, name, value) in texts.into_iter().chain(times).chain(numbers) {
        if let Some(value) = value {
            rows.push((id as i32, name, value));
        }
    }
    rows.sort_by_key(|row| row.0);
    rows.into_iter().map(|(_, name, value)| vec![name.to_owned(), value]).collect()
}

/// Seconds from 1601 to 1970.
const UNIX_EPOCH: i64 = 11_644_473_600;

/// 100 ns since 1601 as `2020-01-31T12:00:00Z`; the number itself when no calendar has it.
fn filetime(time: u64) -> String {
    let seconds = i64::try_from(time / 10_000_000).ok().and_then(|seconds| seconds.checked_sub(UNIX_EPOCH));
    match seconds.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok()) {
        Some(time) => time.to_string(),
        None => time.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::row;

    #[test]
    fn every_table_the_summary_and_the_streams_are_shown() {
        let mut db = super::super::tests::sample();
        db.summary.created = Some(132_223_104_000_000_000);
        assert_eq!(names(&db).len(), db.tables().len() + 2);
        for name in names(&db) {
            let sheet = sheet(&db, &name).expect("it is there");
            assert!(sheet.rows.iter().all(|row| row.len() == sheet.columns.len()));
        }
        assert_eq!(sheet(&db, "Nothing"), None);
        let summary = sheet(&db, SUMMARY).expect("it is there");
        assert!(
            summary.rows.contains(&vec!["Create Time/Date".to_owned(), "2020-01-01T00:00:00Z".to_owned()])
        );
        assert_eq!(filetime(u64::MAX), u64::MAX.to_string());
    }

    #[test]
    fn rows_are_sorted_by_key() {
        let mut db = Database::new(1252);
        for id in [10, 9, 2] {
            db.push("Error", row![id, "x"]).unwrap();
        }
        let rows = sheet(&db, "Error").expect("it is there").rows;
        assert_eq!(rows.iter().map(|row| row[0].as_str()).collect::<Vec<_>>(), ["2", "9", "10"]);
    }
}
