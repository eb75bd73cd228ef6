//! From a database in memory to its file.
//!
//! Strings get their references in order of first use, over tables by name, rows as they were added, columns from
//! the left; rows are stored sorted by the stored form of their key, column after column. So equal databases give
//! equal bytes.

use std::io::Write;

use sha2::{Digest, Sha256};

use super::pool::PoolBuilder;
use super::schema::{self, TableDef};
use super::{
    Category, Column, ColumnType, Database, Error, Row, SummaryInfo, Table, Value, check, names, summary,
};
use crate::formats::cfb;

/// The class of a package's root storage, {000C1084-0000-0000-C000-000000000046}.
pub const ROOT_CLSID: [u8; 16] = [0x84, 0x10, 0x0c, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46];

/// A database that was checked and encoded; only the contents of its streams are still outside.
pub struct Prepared<'a> {
    database: &'a Database,
    summary: SummaryInfo,
    /// Packed name and bytes.
    tables: Vec<(String, Vec<u8>)>,
}

impl Database {
    /// Checks every row and encodes all but the streams.
    ///
    /// # Errors
    /// [`Error::Invalid`] when rows break the rules of `_Validation`, and what else an [`Error`] can be.
    pub fn prepare(&self) -> Result<Prepared<'_>, Error> {
        let tables = complete(self)?;
        let violations = check::tables(&tables);
        if !violations.is_empty() {
            return Err(Error::Invalid(violations));
        }
        for table in &tables {
            streams_exist(self, table)?;
        }
        let tables = encode(&tables, self.codepage)?;
        Ok(Prepared { database: self, summary: self.summary.clone(), tables })
    }

    /// Prepares and writes; the package code has to be in the summary already.
    ///
    /// # Errors
    /// As [`Self::prepare`] and [`Prepared::write`].
    pub fn write(&self, out: &mut dyn Write) -> Result<(), Error> {
        self.prepare()?.write(out)
    }
}

impl Prepared<'_> {
    /// SHA-256 of everything that will be in the file but the package code: what a package code can be made of.
    ///
    /// # Errors
    /// [`Error::CodePage`] when the summary has a character that its code page lacks.
    pub fn digest(&self) -> Result<[u8; 32], Error> {
        let mut hash = Sha256::new();
        let mut part = |name: &str, len: u64, bytes: &[u8]| {
            hash.update((name.len() as u64).to_le_bytes());
            hash.update(name);
            hash.update(len.to_le_bytes());
            hash.update(bytes);
        };
        let summary = SummaryInfo { revision: String::new(), ..self.summary.clone() }.encode()?;
        part(summary::STREAM, summary.len() as u64, &summary);
        for (name, bytes) in &self.tables {
            part(name, bytes.len() as u64, bytes);
        }
        for (name, stream) in self.database.streams() {
            part(name, stream.len, &stream.digest);
        }
        Ok(hash.finalize().into())
    }

    /// Sets the package code (the summary's revision number): a GUID in braces and capitals.
    pub fn set_package_code(&mut self, guid: &str) {
        guid.clone_into(&mut self.summary.revision);
    }

    /// Writes the file, from its first byte to its last.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::StreamLength`] when a stream has not the length it was announced with.
    pub fn write(&self, out: &mut dyn Write) -> Result<(), Error> {
        self.write_file(out, false)
    }

    /// Writes the file with nothing in its streams: what a validator needs, who looks at rows alone.
    ///
    /// # Errors
    /// [`Error::Io`]
    pub fn write_hollow(&self, out: &mut dyn Write) -> Result<(), Error> {
        self.write_file(out, true)
    }

    fn write_file(&self, out: &mut dyn Write, hollow: bool) -> Result<(), Error> {
        let summary = self.summary.encode()?;
        let mut entries = vec![cfb::Entry { name: summary::STREAM.to_owned(), len: summary.len() as u64 }];
        let mut sources: Vec<Source> = vec![Source::Bytes(&summary)];
        for (name, bytes) in &self.tables {
            entries.push(cfb::Entry { name: name.clone(), len: bytes.len() as u64 });
            sources.push(Source::Bytes(bytes));
        }
        for (name, stream) in self.database.streams() {
            let len = if hollow { 0 } else { stream.len };
            entries.push(cfb::Entry { name: names::pack_stream(name)?, len });
            sources.push(if hollow { Source::Bytes(&[]) } else { Source::Stream(name, stream) });
        }
        let layout = cfb::Layout::new(ROOT_CLSID, entries).map_err(|error| Error::Io {
            what: "laying out the compound file".to_owned(),
            source: error.into(),
        })?;
        layout
            .write(out, |index| match sources.get(index) {
                Some(Source::Bytes(bytes)) => Ok(Box::new(*bytes)),
                Some(Source::Stream(_, stream)) => stream.open(),
                None => Ok(Box::new(std::io::empty())),
            })
            .map_err(|error| match error {
                cfb::Error::Length { index, expected } => {
                    let name = match sources.get(index) {
                        Some(Source::Stream(name, _)) => (*name).to_owned(),
                        _ => String::new(),
                    };
                    Error::StreamLength { name, expected }
                }
                error => Error::Io { what: "writing the database".to_owned(), source: error.into() },
            })
    }
}

enum Source<'a> {
    Bytes(&'a [u8]),
    Stream(&'a str, &'a super::Stream),
}

/// The tables as they are stored: optional columns only where used, integers wide enough, `_Validation` complete.
fn complete(database: &Database) -> Result<Vec<Table>, Error> {
    let mut tables: Vec<Table> =
        database.tables().filter(|table| table.name() != schema::VALIDATION).map(stored_form).collect();
    let def = TableDef::find(schema::VALIDATION)
        .ok_or_else(|| Error::UnknownTable { table: schema::VALIDATION.to_owned() })?;
    let mut validation = Table::from_read(schema::VALIDATION.to_owned(), def.columns());
    for table in &tables {
        for column in table.columns() {
            let authored = authored_rule(database, table.name(), &column.name);
            match (authored, TableDef::find(table.name()).and_then(|def| def.column(&column.name))) {
                (Some(row), _) => validation.push(row.clone())?,
                (None, Some(rule)) => validation.push(check::validation_row(table.name(), column, rule))?,
                (None, None) => {
                    return Err(Error::BadTable {
                        table: table.name().to_owned(),
                        why: "it is no standard table and `_Validation` has no rows for all of its columns",
                    });
                }
            }
        }
    }
    for rule in def.columns {
        validation.push(check::validation_row(def.name, &rule.column(), rule))?;
    }
    let place = tables.partition_point(|table| table.name() < schema::VALIDATION);
    tables.insert(place, validation);
    Ok(tables)
}

/// The row for a column that was put into `_Validation` by hand, which is how tables of one's own get theirs.
fn authored_rule<'a>(database: &'a Database, table: &str, column: &str) -> Option<&'a Row> {
    database.rows(schema::VALIDATION).iter().find(|row| {
        row.first().and_then(Value::as_str) == Some(table)
            && row.get(1).and_then(Value::as_str) == Some(column)
    })
}

/// Columns that become 4-byte integers when 2 bytes are too few.
/// <https://learn.microsoft.com/windows/win32/msi/authoring-a-large-package>
const WIDENED: [(&str, &str); 2] = [("File", "Sequence"), ("Media", "LastSequence")];

/// Without optional columns that are empty in every row, and with columns as wide as what they hold.
fn stored_form(table: &Table) -> Table {
    let mut columns = table.columns().to_vec();
    while let Some(last) = columns.last()
        && last.optional
        && table.rows().iter().all(|row| row.get(columns.len() - 1).is_none_or(Value::is_null))
    {
        columns.pop();
    }
    for (index, column) in columns.iter_mut().enumerate() {
        let mut values = table.rows().iter().filter_map(|row| row.get(index));
        match column.ty {
            ColumnType::Short if WIDENED.contains(&(table.name(), &column.name)) && values.any(is_long) => {
                column.ty = ColumnType::Long;
            }
            // The width is only for validation, and the one part of a standard table that authors may change
            // (Learn, "Column Definition Format"). Keys keep theirs: names have to stay within bounds.
            ColumnType::Str(width) if width > 0 && may_grow(table.name(), column) => {
                let too_long =
                    |text: &str| text.len() > width.into() && text.encode_utf16().count() > width.into();
                if values.any(|value| value.as_str().is_some_and(too_long)) {
                    column.ty = ColumnType::Str(0);
                }
            }
            _ => {}
        }
    }
    let mut stored = Table::from_read(table.name().to_owned(), columns);
    stored.rows = table
        .rows()
        .iter()
        .map(|row| {
            let mut row = row.clone();
            row.truncate(stored.columns().len());
            row
        })
        .collect();
    stored
}

fn is_long(value: &Value) -> bool {
    value.as_int().is_some_and(|number| number > 0x7fff)
}

fn may_grow(table: &str, column: &Column) -> bool {
    let def = TableDef::find(table).and_then(|table| table.column(&column.name));
    !column.key
        && def.is_some_and(|def| {
            def.key_table.is_empty()
                && !matches!(
                    def.category,
                    None | Some(Category::Identifier | Category::Guid | Category::Version)
                )
        })
}

fn streams_exist(database: &Database, table: &Table) -> Result<(), Error> {
    for row in table.rows() {
        if row.contains(&Value::Stream) {
            let name = names::row_stream(table.name(), table.keys(), row);
            if database.stream(&name).is_none() {
                return Err(Error::MissingStream { name });
            }
        }
    }
    Ok(())
}

fn encode(tables: &[Table], codepage: u32) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let mut pool = PoolBuilder::new();
    let system = [system_tables(tables), system_columns(tables)];
    let mut stored = Vec::with_capacity(tables.len() + system.len());
    for table in tables.iter().chain(&system) {
        stored.push(intern(&mut pool, table)?);
    }
    let width = pool.reference_width();
    let mut streams = Vec::with_capacity(stored.len() + 2);
    for (table, rows) in tables.iter().chain(&system).zip(&mut stored) {
        // A table without rows has no stream.
        if !rows.is_empty() {
            streams.push((names::encode(table.name(), true), table_bytes(table.columns(), rows, width)));
        }
    }
    let (strings, data) = pool.encode(codepage)?;
    streams.push((names::encode("_StringPool", true), strings));
    streams.push((names::encode("_StringData", true), data));
    Ok(streams)
}

/// `_Tables`: a row per table.
fn system_tables(tables: &[Table]) -> Table {
    let mut system = Table::from_read("_Tables".to_owned(), schema::tables_columns());
    system.rows = tables.iter().map(|table| vec![table.name().into()]).collect();
    system
}

/// `_Columns`: a row per column.
fn system_columns(tables: &[Table]) -> Table {
    let mut system = Table::from_read("_Columns".to_owned(), schema::columns_columns());
    for table in tables {
        for (number, column) in (1..).zip(table.columns()) {
            // The type bits are stored like any number of two bytes.
            let bits = i32::from(column.bits());
            system.rows.push(vec![
                table.name().into(),
                Value::Int(number),
                column.name.as_str().into(),
                bits.into(),
            ]);
        }
    }
    system
}

/// Fields in their stored form: references, and integers with the sign bit turned, so that 0 is empty and unsigned
/// comparison sorts.
fn intern<'a>(pool: &mut PoolBuilder<'a>, table: &'a Table) -> Result<Vec<Vec<u32>>, Error> {
    let mut rows = Vec::with_capacity(table.rows().len());
    for row in table.rows() {
        let mut stored = Vec::with_capacity(row.len());
        for (value, column) in row.iter().zip(table.columns()) {
            stored.push(match (value, column.ty) {
                (Value::Null, _) => 0,
                (Value::Str(text), _) => pool.intern(text)?,
                (Value::Int(number), ColumnType::Short) => u32::from(*number as u16 ^ 0x8000),
                (Value::Int(number), _) => *number as u32 ^ 0x8000_0000,
                (Value::Stream, _) => 1,
            });
        }
        rows.push(stored);
    }
    let keys = table.keys();
    rows.sort_by(|a, b| a.iter().take(keys).cmp(b.iter().take(keys)));
    Ok(rows)
}

fn table_bytes(columns: &[Column], rows: &[Vec<u32>], reference: usize) -> Vec<u8> {
    let row_width: usize = columns.iter().map(|column| column.stored_width(reference)).sum();
    let mut bytes = Vec::with_capacity(row_width * rows.len());
    for (index, column) in columns.iter().enumerate() {
        let width = column.stored_width(reference);
        for row in rows {
            let value = row.get(index).copied().unwrap_or_default().to_le_bytes();
            bytes.extend_from_slice(value.get(..width).unwrap_or(&value));
        }
    }
    bytes
}
