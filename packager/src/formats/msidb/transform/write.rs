//! From a transform to its file.

use std::io::Write;

use super::{CLSID, Change, Transform};
use crate::formats::cfb;
use crate::formats::msidb::pool::PoolBuilder;
use crate::formats::msidb::{Column, ColumnType, Error, Value, names, schema, summary};

/// Columns that the bits of an update can name; bit 0 says that a row is new.
const MAX_UPDATE: usize = 16;
const INSERT: u16 = 1;

/// A field as it is stored, and its type, which says in how many bytes.
type Stored = (u32, ColumnType);
/// The bits before a row, and its fields.
type StoredRow = (u16, Vec<Stored>);

impl Transform {
    /// Writes the file.
    ///
    /// # Errors
    /// [`Error::BadRow`] for a stream or a change past the 16th column, [`Error::CodePage`], [`Error::Io`]
    pub fn write(&self, out: &mut dyn Write) -> Result<(), Error> {
        let mut pool = PoolBuilder::new();
        let mut streams: Vec<(String, Vec<StoredRow>)> = Vec::new();
        let system: Vec<_> = self.system_rows().collect();
        for (table, columns, rows) in &system {
            if !rows.is_empty() {
                let rows =
                    rows.iter().map(|row| full(&mut pool, table, columns, row)).collect::<Result<_, _>>()?;
                streams.push(((*table).to_owned(), rows));
            }
        }
        for changes in &self.changes {
            let mut rows = Vec::with_capacity(changes.rows.len());
            for change in &changes.rows {
                rows.push(encode(&mut pool, &changes.table, &changes.columns, change)?);
            }
            streams.push((changes.table.clone(), rows));
        }

        let width = pool.reference_width();
        let mut contents = vec![(summary::STREAM.to_owned(), self.summary.encode()?)];
        for (table, rows) in streams {
            let mut bytes = Vec::new();
            for (mask, fields) in rows {
                bytes.extend_from_slice(&mask.to_le_bytes());
                for (value, ty) in fields {
                    let width = match ty {
                        ColumnType::Str(_) => width,
                        ColumnType::Long => 4,
                        ColumnType::Short | ColumnType::Stream => 2,
                    };
                    bytes.extend(value.to_le_bytes().iter().take(width));
                }
            }
            contents.push((names::encode(&table, true), bytes));
        }
        let (strings, data) = pool.encode(self.codepage)?;
        contents.push((names::encode("_StringPool", true), strings));
        contents.push((names::encode("_StringData", true), data));

        let entries =
            contents.iter().map(|(name, bytes)| cfb::Entry { name: name.clone(), len: bytes.len() as u64 });
        let io = |error: cfb::Error| Error::io("writing the transform")(error.into());
        let layout = cfb::Layout::new(CLSID, entries.collect()).map_err(io)?;
        let open = |index: usize| -> std::io::Result<Box<dyn std::io::Read>> {
            // Small, and asked for once each.
            Ok(Box::new(std::io::Cursor::new(
                contents.get(index).map(|entry| entry.1.clone()).unwrap_or_default(),
            )))
        };
        layout.write(out, open).map_err(io)
    }

    /// Rows of `_Tables` and `_Columns` for the tables that come to be.
    fn system_rows(&self) -> impl Iterator<Item = (&'static str, Vec<Column>, Vec<Vec<Value>>)> {
        let tables = self.new_tables.iter().map(|(name, _)| vec![name.as_str().into()]).collect();
        let mut columns = Vec::new();
        for (name, list) in &self.new_tables {
            for (number, column) in (1..).zip(list) {
                let bits = i32::from(column.bits());
                columns.push(vec![
                    name.as_str().into(),
                    Value::Int(number),
                    column.name.as_str().into(),
                    bits.into(),
                ]);
            }
        }
        [("_Tables", schema::tables_columns(), tables), ("_Columns", schema::columns_columns(), columns)]
            .into_iter()
    }
}

fn full<'a>(
    pool: &mut PoolBuilder<'a>,
    table: &str,
    columns: &[Column],
    row: &'a [Value],
) -> Result<StoredRow, Error> {
    let fields = row.iter().zip(columns).map(|(value, column)| store(pool, table, value, column));
    let mask = INSERT | (columns.len() as u16) << 8;
    Ok((mask, fields.collect::<Result<_, _>>()?))
}

fn encode<'a>(
    pool: &mut PoolBuilder<'a>,
    table: &str,
    columns: &[Column],
    change: &'a Change,
) -> Result<StoredRow, Error> {
    let bad = |why: &str| Error::BadRow { table: table.to_owned(), row: String::new(), why: why.to_owned() };
    let keys = columns.iter().take_while(|column| column.key).count();
    let key = match change {
        Change::Insert(row) => {
            if row.len() != columns.len() {
                return Err(bad("it has not as many fields as its table"));
            }
            return full(pool, table, columns, row);
        }
        Change::Update { key, .. } | Change::Delete { key } => key,
    };
    if key.len() != keys {
        return Err(bad("it has not as many key fields as its table"));
    }
    let mut mask = 0;
    let mut stored = Vec::new();
    for (value, column) in key.iter().zip(columns) {
        stored.push(store(pool, table, value, column)?);
    }
    if let Change::Update { fields, .. } = change {
        let mut fields: Vec<_> = fields.iter().collect();
        fields.sort_by_key(|field| field.0);
        for (index, value) in fields {
            let column = columns
                .get(*index)
                .filter(|column| !column.key && *index < MAX_UPDATE)
                .ok_or_else(|| bad("a change of this column cannot be stored"))?;
            mask |= 1u16 << index;
            stored.push(store(pool, table, value, column)?);
        }
        if mask == 0 {
            return Err(bad("nothing in it changes"));
        }
    }
    Ok((mask, stored))
}

fn store<'a>(
    pool: &mut PoolBuilder<'a>,
    table: &str,
    value: &'a Value,
    column: &Column,
) -> Result<Stored, Error> {
    let number = match (value, column.ty) {
        (Value::Null, _) => 0,
        (Value::Str(text), ColumnType::Str(_)) => pool.intern(text)?,
        (Value::Int(number), ColumnType::Short) => u32::from(*number as u16 ^ 0x8000),
        (Value::Int(number), ColumnType::Long) => *number as u32 ^ 0x8000_0000,
        _ => {
            let why = format!("`{value}` cannot stand in column {} ({})", column.name, column.definition());
            return Err(Error::BadRow { table: table.to_owned(), row: String::new(), why });
        }
    };
    Ok((number, column.ty))
}
