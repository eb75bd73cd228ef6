//! Reading a database.
//!
//! What is read may be hostile: every length is held against the bytes there are, strings are shared and not
//! copied, and nothing is taken for granted.

use std::collections::BTreeMap;
use std::io::{Read, Seek};

use super::pool::Pool;
use super::{
    Column, ColumnType, Database, Error, Row, Stream, SummaryInfo, Table, Value, names, schema, summary,
};

/// A database that was read, and the file its streams are in.
pub struct Package<R> {
    /// Tables, summary, names and lengths of streams.
    pub database: Database,
    /// The class of the root storage: {000C1084-…} for packages, {000C1082-…} for transforms.
    pub clsid: [u8; 16],
    file: cfb::CompoundFile<R>,
    /// Name and packed name.
    packed: BTreeMap<String, String>,
}

/// Opens a database and reads its tables and its summary. Of a transform only the summary: [`super::transform::open`]
/// reads its rows.
///
/// # Errors
/// [`Error::Damaged`] when it is none, [`Error::Io`]
pub fn open<R: Read + Seek>(reader: R) -> Result<Package<R>, Error> {
    let mut file = cfb::CompoundFile::open(reader).map_err(Error::io("opening the compound file"))?;
    let clsid = to_guid_bytes(&file);
    let mut tables = BTreeMap::new();
    let mut packed = BTreeMap::new();
    let mut streams = Vec::new();
    let mut has_summary = false;
    let entries: Vec<(String, u64)> = file
        .read_root_storage()
        .filter(cfb::Entry::is_stream)
        .map(|entry| (entry.name().to_owned(), entry.len()))
        .collect();
    for (raw, len) in entries {
        if raw == summary::STREAM {
            has_summary = true;
            continue;
        }
        let (name, table) = names::decode(&raw);
        if table {
            tables.insert(name, raw);
        } else {
            streams.push((name.clone(), len));
            packed.insert(name, raw);
        }
    }
    let mut database = Database::default();
    if has_summary {
        database.summary = SummaryInfo::parse(&content(&mut file, summary::STREAM)?)?;
    }
    let mut table = |name: &str| match tables.get(name) {
        Some(raw) => content(&mut file, raw),
        None => Ok(Vec::new()),
    };
    if clsid == super::transform::CLSID {
        // Its rows are of another kind: `transform::open` reads them.
        database.codepage = Pool::parse(&table("_StringPool")?, &table("_StringData")?)?.codepage;
        for (name, len) in streams {
            database.insert_read_stream(name, Stream::elsewhere(len));
        }
        return Ok(Package { database, clsid, file, packed });
    }
    let pool = table("_StringPool")?;
    let pool = Pool::parse(&pool, &table("_StringData")?)?;
    database.codepage = pool.codepage;
    for (name, columns) in read_schema(&pool, &table("_Tables")?, &table("_Columns")?)? {
        let bytes = table(&name)?;
        let rows = read_rows(&name, &columns, &bytes, &pool)?;
        let mut read = Table::from_read(name, columns);
        read.rows = rows;
        database.insert_read(read);
    }
    for (name, len) in streams {
        database.insert_read_stream(name, Stream::elsewhere(len));
    }
    Ok(Package { database, clsid, file, packed })
}

impl<R: Read + Seek> Package<R> {
    /// A reader of a stream.
    ///
    /// # Errors
    /// [`Error::MissingStream`], [`Error::Io`]
    pub fn stream(&mut self, name: &str) -> Result<impl Read + Seek + '_, Error> {
        let raw = self.packed.get(name).ok_or_else(|| Error::MissingStream { name: name.to_owned() })?;
        self.file.open_stream(path(raw)).map_err(Error::io(format!("opening stream `{name}`")))
    }
}

fn path(raw: &str) -> std::path::PathBuf {
    std::path::Path::new("/").join(raw)
}

fn to_guid_bytes<R: Read + Seek>(file: &cfb::CompoundFile<R>) -> [u8; 16] {
    file.root_entry().clsid().to_bytes_le()
}

pub(super) fn content<R: Read + Seek>(file: &mut cfb::CompoundFile<R>, raw: &str) -> Result<Vec<u8>, Error> {
    let name = names::decode(raw).0;
    let what = || format!("reading stream `{name}`");
    let stream = file.open_stream(path(raw)).map_err(Error::io(what()))?;
    let len = stream.len();
    let mut bytes = Vec::new();
    // Grows with what there is: a length that is a lie costs nothing.
    stream.take(len).read_to_end(&mut bytes).map_err(Error::io(what()))?;
    Ok(bytes)
}

/// Tables and their columns, from `_Tables` and `_Columns`.
fn read_schema(pool: &Pool, tables: &[u8], columns: &[u8]) -> Result<BTreeMap<String, Vec<Column>>, Error> {
    let mut found: BTreeMap<String, BTreeMap<i32, Column>> = BTreeMap::new();
    for row in read_rows("_Tables", &schema::tables_columns(), tables, pool)? {
        if let Some(name) = row.first().and_then(Value::as_str) {
            found.insert(name.to_owned(), BTreeMap::new());
        }
    }
    for row in read_rows("_Columns", &schema::columns_columns(), columns, pool)? {
        let [Value::Str(table), Value::Int(number), Value::Str(name), Value::Int(bits)] = row.as_slice()
        else {
            return Err(Error::damaged("_Columns", "a row has an empty field"));
        };
        let column =
            u16::try_from(*bits).ok().and_then(|bits| Column::from_bits(name.to_string(), bits)).ok_or_else(
                || Error::damaged("_Columns", format!("{table}.{name} has the unknown type {bits:#x}")),
            )?;
        let columns = found
            .get_mut(&**table)
            .ok_or_else(|| Error::damaged("_Columns", format!("`{table}` is not in _Tables")))?;
        columns.insert(*number, column);
    }
    let mut tables = BTreeMap::new();
    for (name, columns) in found {
        if !columns.keys().copied().eq(1..=columns.len() as i32) || columns.is_empty() {
            return Err(Error::damaged(
                "_Columns",
                format!("the columns of `{name}` are not numbered from 1"),
            ));
        }
        tables.insert(name, columns.into_values().collect());
    }
    Ok(tables)
}

fn read_rows(table: &str, columns: &[Column], bytes: &[u8], pool: &Pool) -> Result<Vec<Row>, Error> {
    let reference = pool.reference_width;
    let row_width: usize = columns.iter().map(|column| column.stored_width(reference)).sum();
    let count = bytes.len().checked_div(row_width).unwrap_or(0);
    if count * row_width != bytes.len() {
        return Err(Error::damaged(
            table,
            format!("its {} bytes are no multiple of {row_width}", bytes.len()),
        ));
    }
    let mut rows: Vec<Row> = (0..count).map(|_| Vec::with_capacity(columns.len())).collect();
    let mut rest = bytes;
    for column in columns {
        let width = column.stored_width(reference);
        let (fields, after) = rest.split_at_checked(width * count).unwrap_or((rest, &[]));
        rest = after;
        for (row, field) in rows.iter_mut().zip(fields.chunks_exact(width)) {
            let stored = field.iter().rev().fold(0u32, |number, &byte| number << 8 | u32::from(byte));
            row.push(value(column.ty, stored, pool).ok_or_else(|| {
                let why = format!("column {} refers to string {stored}, which is not there", column.name);
                Error::damaged(table, why)
            })?);
        }
    }
    Ok(rows)
}

/// A field from its stored form; `None` when it refers to a string that is not there.
pub(super) fn value(ty: ColumnType, stored: u32, pool: &Pool) -> Option<Value> {
    Some(match ty {
        ColumnType::Str(_) => pool.get(stored)?,
        _ if stored == 0 => Value::Null,
        ColumnType::Short => Value::Int(i32::from(stored as u16 as i16 ^ i16::MIN)),
        ColumnType::Long => Value::Int(stored as i32 ^ i32::MIN),
        ColumnType::Stream => Value::Stream,
    })
}
