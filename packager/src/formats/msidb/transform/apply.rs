//! Applying a transform to a database in memory.

use super::{Change, Transform};
use crate::formats::msidb::{Database, Error, Row, Value};

impl Transform {
    /// Makes the target out of the base. Rows that are there are replaced, rows that are not are added or left out:
    /// as Windows Installer does with all errors suppressed.
    ///
    /// # Errors
    /// [`Error::UnknownTable`], [`Error::BadTable`], [`Error::BadRow`]
    pub fn apply(&self, database: &mut Database) -> Result<(), Error> {
        for (name, columns) in &self.new_tables {
            if database.get(name).is_none() {
                database.add_table(name, columns.clone())?;
            }
        }
        for changes in &self.changes {
            let table = database.table(&changes.table)?;
            let keys = table.keys();
            for change in &changes.rows {
                let key: &[Value] = match change {
                    Change::Insert(row) => row.get(..keys).unwrap_or(row),
                    Change::Update { key, .. } | Change::Delete { key } => key,
                };
                let at = table.rows().iter().position(|row: &Row| row.get(..keys) == Some(key));
                match (change, at) {
                    (Change::Insert(row), None) => table.push(row.clone())?,
                    (Change::Insert(row), Some(at)) => {
                        table.rows_mut().remove(at);
                        table.push(row.clone())?;
                    }
                    (Change::Update { fields, .. }, Some(at)) => {
                        let mut row = table.rows_mut().remove(at);
                        for (index, value) in fields {
                            if let Some(field) = row.get_mut(*index) {
                                field.clone_from(value);
                            }
                        }
                        table.push(row)?;
                    }
                    (Change::Delete { .. }, Some(at)) => {
                        table.rows_mut().remove(at);
                    }
                    (Change::Update { .. } | Change::Delete { .. }, None) => {}
                }
            }
        }
        Ok(())
    }
}
