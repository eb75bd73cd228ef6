//! Reading a transform.

use std::collections::BTreeMap;
use std::io::{Read, Seek};

use super::{CLSID, Change, TableChanges, Transform};
use crate::formats::msidb::pool::Pool;
use crate::formats::msidb::schema::{self, TableDef};
use crate::formats::msidb::{Column, Database, Error, SummaryInfo, Value, names, read, summary};

/// Reads a transform. Rows say nothing of their columns: those come from `base`, when it is at hand, or from the
/// standard tables. Tables that neither has are an error.
///
/// # Errors
/// [`Error::Damaged`] when it is none, [`Error::UnknownTable`], [`Error::Io`]
pub fn open<R: Read + Seek>(reader: R, base: Option<&Database>) -> Result<Transform, Error> {
    let mut file = ::cfb::CompoundFile::open(reader).map_err(Error::io("opening the compound file"))?;
    if file.root_entry().clsid().to_bytes_le() != CLSID {
        return Err(Error::damaged("the root storage", "its class is not that of a transform"));
    }
    let entries: Vec<String> = file
        .read_root_storage()
        .filter(::cfb::Entry::is_stream)
        .map(|entry| entry.name().to_owned())
        .collect();
    let mut tables = BTreeMap::new();
    let mut transform = Transform::default();
    for raw in entries {
        if raw == summary::STREAM {
            transform.summary = SummaryInfo::parse(&read::content(&mut file, &raw)?)?;
            continue;
        }
        let (name, is_table) = names::decode(&raw);
        if is_table {
            tables.insert(name, read::content(&mut file, &raw)?);
        }
    }
    let pool = tables.remove("_StringPool").unwrap_or_default();
    let pool = Pool::parse(&pool, &tables.remove("_StringData").unwrap_or_default())?;
    transform.codepage = pool.codepage;

    let mut new_tables: BTreeMap<String, BTreeMap<i32, Column>> = BTreeMap::new();
    let bytes = tables.remove("_Columns").unwrap_or_default();
    for change in parse("_Columns", &schema::columns_columns(), &bytes, &pool)? {
        let Change::Insert(row) = change else { continue };
        let [Value::Str(table), Value::Int(number), Value::Str(name), Value::Int(bits)] = row.as_slice()
        else {
            return Err(Error::damaged("_Columns", "a row has an empty field"));
        };
        let column =
            u16::try_from(*bits).ok().and_then(|bits| Column::from_bits(name.to_string(), bits)).ok_or_else(
                || Error::damaged("_Columns", format!("{table}.{name} has the unknown type {bits:#x}")),
            )?;
        new_tables.entry(table.to_string()).or_default().insert(*number, column);
    }
    tables.remove("_Tables");
    transform.new_tables =
        new_tables.into_iter().map(|(name, columns)| (name, columns.into_values().collect())).collect();
    for (name, bytes) in tables {
        let columns = columns(&name, &transform.new_tables, base)?;
        let rows = parse(&name, &columns, &bytes, &pool)?;
        transform.changes.push(TableChanges { table: name, columns, rows });
    }
    Ok(transform)
}

fn columns(name: &str, new: &[(String, Vec<Column>)], base: Option<&Database>) -> Result<Vec<Column>, Error> {
    let own = new.iter().find(|table| table.0 == name).map(|table| table.1.clone());
    own.or_else(|| Some(base?.get(name)?.columns().to_vec()))
        .or_else(|| Some(TableDef::find(name)?.columns()))
        .ok_or_else(|| Error::UnknownTable { table: name.to_owned() })
}

fn parse(table: &str, columns: &[Column], bytes: &[u8], pool: &Pool) -> Result<Vec<Change>, Error> {
    let keys = columns.iter().take_while(|column| column.key).count();
    let mut rest = bytes;
    let mut rows = Vec::new();
    while !rest.is_empty() {
        let (mask, after) =
            rest.split_first_chunk::<2>().ok_or_else(|| Error::damaged(table, "it ends within a row"))?;
        rest = after;
        let mask = u16::from_le_bytes(*mask);
        let insert = mask & 1 != 0;
        let present = |index: usize| match insert {
            true => index < usize::from(mask >> 8),
            false => index < keys || (index < 16 && mask >> index & 1 != 0),
        };
        let mut fields = Vec::new();
        for (index, column) in columns.iter().enumerate().filter(|(index, _)| present(*index)) {
            fields.push((index, field(table, column, &mut rest, pool)?));
        }
        let values =
            |fields: &[(usize, Value)]| fields.iter().map(|field| field.1.clone()).collect::<Vec<_>>();
        rows.push(match fields.split_at_checked(keys) {
            _ if insert => {
                let mut row = values(&fields);
                row.resize(columns.len(), Value::Null);
                Change::Insert(row)
            }
            Some((key, [])) => Change::Delete { key: values(key) },
            Some((key, changed)) => Change::Update { key: values(key), fields: changed.to_vec() },
            None => return Err(Error::damaged(table, "a row has no key")),
        });
    }
    Ok(rows)
}

fn field(table: &str, column: &Column, rest: &mut &[u8], pool: &Pool) -> Result<Value, Error> {
    let width = column.stored_width(pool.reference_width);
    let (bytes, after) =
        rest.split_at_checked(width).ok_or_else(|| Error::damaged(table, "it ends within a row"))?;
    *rest = after;
    let stored = bytes.iter().rev().fold(0u32, |number, &byte| number << 8 | u32::from(byte));
    read::value(column.ty, stored, pool).ok_or_else(|| {
        Error::damaged(table, format!("column {} refers to string {stored}, which is not there", column.name))
    })
}
