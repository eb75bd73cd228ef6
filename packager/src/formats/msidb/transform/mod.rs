//! Transforms (`.mst`): what makes one database out of another.
//!
//! A transform is a compound file with a string pool of its own and a stream for each table that changes. The
//! stream is a list of rows, each with 16 bits before it: bit 0 says that the row is new and the high byte how many
//! fields follow; else the key fields follow and those fields whose bits are set, and without any bit the row goes.
//! (No page describes it; this is what Windows Installer writes, and what Wine reads.)

mod apply;
mod read;
#[cfg(test)]
mod tests;
mod write;

use super::{Column, Database, Error, Row, SummaryInfo, Table, Value};

pub use read::open;

/// The class of a transform's root storage, {000C1082-0000-0000-C000-000000000046}.
pub const CLSID: [u8; 16] = [0x82, 0x10, 0x0c, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46];

/// What must be so for the transform to be applied: the high 16 bits of the summary's character count.
/// <https://learn.microsoft.com/windows/win32/api/msiquery/nf-msiquery-msicreatetransformsummaryinfow>
pub mod validate {
    /// The language is that of the base.
    pub const LANGUAGE: u16 = 0x01;
    /// The product code is that of the base.
    pub const PRODUCT: u16 = 0x02;
    /// The major version is that of the base.
    pub const MAJOR_VERSION: u16 = 0x08;
    /// The version has to be the same, not lower or higher.
    pub const EQUAL_VERSION: u16 = 0x0100;
    /// The upgrade code is that of the base.
    pub const UPGRADE_CODE: u16 = 0x0800;
}

/// What does not stop a transform: the low 16 bits of the summary's character count.
/// <https://learn.microsoft.com/windows/win32/api/msiquery/nf-msiquery-msidatabaseapplytransformw>
pub mod suppress {
    /// Adding a row that is there.
    pub const ADD_EXISTING_ROW: u16 = 0x01;
    /// Removing a row that is not there.
    pub const DELETE_MISSING_ROW: u16 = 0x02;
    /// Adding a table that is there.
    pub const ADD_EXISTING_TABLE: u16 = 0x04;
    /// Removing a table that is not there.
    pub const DELETE_MISSING_TABLE: u16 = 0x08;
    /// Changing a row that is not there.
    pub const UPDATE_MISSING_ROW: u16 = 0x10;
    /// Code pages that do not match.
    pub const CHANGE_CODEPAGE: u16 = 0x20;
}

/// What makes one database out of another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transform {
    /// Code page of its strings.
    pub codepage: u32,
    /// The summary information; see [`Transform::describe`].
    pub summary: SummaryInfo,
    /// Tables that come to be, with their columns.
    pub new_tables: Vec<(String, Vec<Column>)>,
    /// Changes by table.
    pub changes: Vec<TableChanges>,
}

/// What changes in one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableChanges {
    /// The table.
    pub table: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows that change.
    pub rows: Vec<Change>,
}

/// What happens to a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is new.
    Insert(Row),
    /// Fields of it change: their columns, from 0, and what they hold then.
    Update {
        /// Its key.
        key: Row,
        /// Column, counted from 0, and new value.
        fields: Vec<(usize, Value)>,
    },
    /// It goes.
    Delete {
        /// Its key.
        key: Row,
    },
}

impl Transform {
    /// The transform that makes `target` out of `base`. Tables of `base` have to be in `target` with the same columns.
    /// Streams are not compared: a transform of settings has none.
    ///
    /// # Errors
    /// [`Error::BadTable`] when a table is missing or has other columns.
    pub fn between(base: &Database, target: &Database) -> Result<Self, Error> {
        let mut transform = Self { codepage: target.codepage, ..Self::default() };
        for table in base.tables() {
            if target.get(table.name()).is_none() {
                let why = "it is missing in the target of a transform";
                return Err(Error::BadTable { table: table.name().to_owned(), why });
            }
        }
        for table in target.tables() {
            let rows = match base.get(table.name()) {
                Some(before) if before.columns() == table.columns() => compare(before, table),
                Some(_) => {
                    let why = "it has other columns in the target of a transform";
                    return Err(Error::BadTable { table: table.name().to_owned(), why });
                }
                None => {
                    transform.new_tables.push((table.name().to_owned(), table.columns().to_vec()));
                    table.rows().iter().cloned().map(Change::Insert).collect()
                }
            };
            if !rows.is_empty() {
                transform.changes.push(TableChanges {
                    table: table.name().to_owned(),
                    columns: table.columns().to_vec(),
                    rows,
                });
            }
        }
        Ok(transform)
    }

    /// A transform that sets properties, whether the base has them or not.
    ///
    /// # Errors
    /// [`Error::UnknownTable`] when the base has no Property table.
    pub fn properties<'a>(
        base: &Database,
        values: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, Error> {
        let table =
            base.get("Property").ok_or_else(|| Error::UnknownTable { table: "Property".to_owned() })?;
        let mut rows = Vec::new();
        for (name, value) in values {
            let key = vec![Value::from(name)];
            let before = table.rows().iter().find(|row| row.first() == key.first());
            rows.push(match (before, value) {
                // A property without a value is a property that is not there.
                (None, "") => continue,
                (None, _) => Change::Insert(vec![name.into(), value.into()]),
                (Some(_), "") => Change::Delete { key },
                (Some(_), _) => Change::Update { key, fields: vec![(1, value.into())] },
            });
        }
        let mut transform = Self { codepage: base.codepage, ..Self::default() };
        if !rows.is_empty() {
            let columns = table.columns().to_vec();
            transform.changes.push(TableChanges { table: "Property".to_owned(), columns, rows });
        }
        Ok(transform)
    }

    /// Fills in the summary information for a transform of `base` that keeps its codes and its version.
    ///
    /// <https://learn.microsoft.com/windows/win32/msi/summary-property-descriptions>, "Transforms"
    pub fn describe(&mut self, base: &Database, validate: u16, suppress: u16) {
        let property = |name: &str| {
            let rows = base.rows("Property").iter();
            let mut found = rows.filter(|row| row.first().and_then(Value::as_str) == Some(name));
            found.next().and_then(|row| row.get(1)).and_then(Value::as_str).unwrap_or("")
        };
        let product = format!("{}{}", property("ProductCode"), property("ProductVersion"));
        self.summary = SummaryInfo {
            codepage: base.summary.codepage,
            title: "Transform".to_owned(),
            subject: base.summary.subject.clone(),
            author: base.summary.author.clone(),
            keywords: base.summary.keywords.clone(),
            comments: "Contains settings for an installation".to_owned(),
            template: base.summary.template.clone(),
            last_author: base.summary.template.clone(),
            revision: format!("{product};{product};{}", property("UpgradeCode")),
            created: base.summary.created,
            saved: base.summary.saved,
            page_count: base.summary.page_count,
            char_count: Some((i32::from(validate) << 16) | i32::from(suppress)),
            application: base.summary.application.clone(),
            security: base.summary.security,
            ..SummaryInfo::default()
        };
    }
}

fn compare(before: &Table, after: &Table) -> Vec<Change> {
    let keys = after.keys();
    let key = |row: &Row| -> Row { row.iter().take(keys).cloned().collect() };
    let old: std::collections::BTreeMap<Row, &Row> =
        before.rows().iter().map(|row| (key(row), row)).collect();
    let mut new: std::collections::BTreeMap<Row, &Row> =
        after.rows().iter().map(|row| (key(row), row)).collect();
    let mut changes = Vec::new();
    for (key, row) in old {
        match new.remove(&key) {
            None => changes.push(Change::Delete { key }),
            Some(now) => {
                let pairs = row.iter().zip(now).enumerate().skip(keys);
                let fields: Vec<_> = pairs
                    .filter(|(_, (a, b))| a != b)
                    .map(|(index, (_, now))| (index, now.clone()))
                    .collect();
                if !fields.is_empty() {
                    changes.push(Change::Update { key, fields });
                }
            }
        }
    }
    changes.extend(new.into_values().cloned().map(Change::Insert));
    changes
}
