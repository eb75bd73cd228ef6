//! A Windows Installer database: summary, tables, streams.

use camino::Utf8Path;
use serde_json::{Value, json};

use super::super::kind::bad;
use super::shown::{Shown, Table};
use crate::formats::msidb::transform::{self, Change};
use crate::formats::msidb::{self, Value as Field};
use crate::report::BuildError;

pub(super) fn look(path: &Utf8Path) -> Result<Shown, BuildError> {
    let file = std::fs::File::open(path).map_err(|e| BuildError::io("open", path, &e))?;
    let package = msidb::open(std::io::BufReader::new(file)).map_err(|e| bad(path, e))?;
    let database = &package.database;
    let transform = package.clsid == transform::CLSID;
    let kind = if transform { "mst" } else { "msi" };
    let mut shown = Shown { kind, path: path.to_string(), ..Shown::default() };
    for property in ["ProductName", "Manufacturer", "ProductVersion", "ProductCode", "UpgradeCode"] {
        let row = database
            .rows("Property")
            .iter()
            .find(|row| row.first().and_then(Field::as_str) == Some(property));
        if let Some(value) = row.and_then(|row| row.get(1)) {
            shown.fact(property, value.as_str());
        }
    }
    shown.fact("Code page", database.codepage);

    let summary = &database.summary;
    let mut table = Table::new("_SummaryInformation", &["Id", "Property", "Value"]);
    if summary.codepage != 0 {
        table.push([json!(1), json!("Code Page"), json!(summary.codepage)]);
    }
    for (id, name, text) in summary.texts().into_iter().filter(|(_, _, text)| !text.is_empty()) {
        table.push([json!(id), json!(name), json!(text)]);
    }
    for (id, name, time) in summary.times() {
        if let Some(time) = time {
            table.push([json!(id), json!(name), json!(moment(time))]);
        }
    }
    for (id, name, number) in summary.numbers() {
        if let Some(number) = number {
            table.push([json!(id), json!(name), json!(number)]);
        }
    }
    table.rows.sort_by_key(|row| row.first().and_then(Value::as_u64));
    shown.tables.push(table);

    let mut streams = Table::new("_Streams", &["Name", "Bytes"]);
    for (name, stream) in database.streams() {
        streams.push([json!(name), json!(stream.len)]);
    }
    shown.tables.push(streams);
    if transform {
        changes(path, &mut shown)?;
        return Ok(shown);
    }

    for table in database.tables() {
        let rows = table.rows().iter().map(|row| row.iter().map(value).collect()).collect();
        let columns = table.columns().iter().map(|column| column.name.clone()).collect();
        shown.tables.push(Table { name: table.name().to_owned(), columns, rows, counted: true });
    }
    Ok(shown)
}

/// What a transform changes, table by table: `+` a new row, `~` one that changes, `-` one that goes.
fn changes(path: &Utf8Path, shown: &mut Shown) -> Result<(), BuildError> {
    let file = std::fs::File::open(path).map_err(|e| BuildError::io("open", path, &e))?;
    let transform = match transform::open(std::io::BufReader::new(file), None) {
        Ok(transform) => transform,
        Err(unknown @ msidb::Error::UnknownTable { .. }) => {
            shown.fact("Changes", format!("not shown: only its base says what is in them ({unknown})"));
            return Ok(());
        }
        Err(error) => return Err(bad(path, error)),
    };
    let flags = transform.summary.char_count.unwrap_or_default();
    shown.fact("Applies to", conditions((flags >> 16) as u16));
    for table in &transform.changes {
        let names = table.columns.iter().map(|column| column.name.clone());
        let columns: Vec<String> = std::iter::once("Change".to_owned()).chain(names).collect();
        let row = |change: &Change| -> Vec<Value> {
            let (sign, key, fields) = match change {
                Change::Insert(row) => ("+", row, [].as_slice()),
                Change::Update { key, fields } => ("~", key, fields.as_slice()),
                Change::Delete { key } => ("-", key, [].as_slice()),
            };
            let mut row: Vec<Value> = std::iter::once(json!(sign)).chain(key.iter().map(value)).collect();
            row.resize(columns.len(), Value::Null);
            for (column, field) in fields {
                if let Some(cell) = row.get_mut(column.saturating_add(1)) {
                    *cell = value(field);
                }
            }
            row
        };
        let rows = table.rows.iter().map(row).collect();
        shown.tables.push(Table { name: table.table.clone(), columns, rows, counted: false });
    }
    Ok(())
}

/// What a package must have in common with a transform's base.
fn conditions(flags: u16) -> String {
    let known = [
        (transform::validate::LANGUAGE, "language"),
        (transform::validate::PRODUCT, "product code"),
        (transform::validate::MAJOR_VERSION, "major version"),
        (transform::validate::EQUAL_VERSION, "version"),
        (transform::validate::UPGRADE_CODE, "upgrade code"),
    ];
    let same: Vec<&str> = known.iter().filter(|(bit, _)| flags & bit != 0).map(|(_, name)| *name).collect();
    if same.is_empty() {
        "every package".to_owned()
    } else {
        format!("packages of the same {}", same.join(", "))
    }
}

fn value(field: &Field) -> Value {
    match field {
        Field::Null => Value::Null,
        Field::Int(number) => json!(number),
        other => json!(other.to_string()),
    }
}

/// A FILETIME as text.
fn moment(time: u64) -> String {
    // 1601-01-01 to 1970-01-01 in units of 100 ns.
    const EPOCH: i128 = 116_444_736_000_000_000;
    i64::try_from((i128::from(time) - EPOCH) / 10_000_000)
        .ok()
        .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok())
        .map_or_else(|| format!("{time} (FILETIME)"), |time| time.to_string())
}
