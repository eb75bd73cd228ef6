//! A package as rules look at it: rows with named columns.

use crate::formats::msidb::{Category, Database, Map, Row, SummaryInfo, Table, Value};

use super::directories::Directories;

/// A package.
pub struct View<'a> {
    database: &'a Database,
    /// Where its directories are.
    pub directories: Directories<'a>,
}

/// A row.
#[derive(Clone, Copy)]
pub struct Record<'a> {
    table: &'a Table,
    row: &'a Row,
}

impl<'a> View<'a> {
    pub(crate) fn new(database: &'a Database) -> Self {
        Self { database, directories: Directories::new(database) }
    }

    /// The database itself.
    #[must_use]
    pub const fn database(&self) -> &'a Database {
        self.database
    }

    /// The summary information.
    #[must_use]
    pub const fn summary(&self) -> &'a SummaryInfo {
        &self.database.summary
    }

    /// Whether there is such a table.
    #[must_use]
    pub fn has(&self, table: &str) -> bool {
        self.database.get(table).is_some()
    }

    /// The rows of a table; none when there is no such table.
    pub fn rows(&self, table: &str) -> impl Iterator<Item = Record<'a>> + use<'a> {
        let table = self.database.get(table);
        table.into_iter().flat_map(|table| table.rows().iter().map(move |row| Record { table, row }))
    }

    /// The rows of a table by the first field of their key. Of several, the last one stays.
    #[must_use]
    pub fn by_key(&self, table: &str) -> Map<&'a str, Record<'a>> {
        self.rows(table).map(|record| (record.first(), record)).collect()
    }

    /// The rows of a table by a field.
    #[must_use]
    pub fn grouped(&self, table: &str, column: &str) -> Map<&'a str, Vec<Record<'a>>> {
        let mut groups: Map<_, Vec<_>> = Map::default();
        for record in self.rows(table) {
            groups.entry(record.text(column)).or_default().push(record);
        }
        groups
    }

    /// The value of a property; empty when it has none.
    #[must_use]
    pub fn property(&self, name: &str) -> &'a str {
        self.rows("Property").find(|record| record.first() == name).map_or("", |record| record.text("Value"))
    }

    /// The actions of a sequence table by name, with their numbers. Rows without a number are never run.
    #[must_use]
    pub fn sequence(&self, table: &str) -> Map<&'a str, i32> {
        self.rows(table)
            .filter_map(|record| Some((record.first(), record.int("Sequence").filter(|&number| number > 0)?)))
            .collect()
    }

    /// Every field that `_Validation` says holds text of these categories.
    #[must_use]
    pub fn texts(&self, categories: &[Category]) -> Vec<(Record<'a>, &'a str, &'a str)> {
        let mut found = Vec::new();
        for rule in self.rows("_Validation") {
            if !Category::find(rule.text("Category")).is_some_and(|category| categories.contains(&category)) {
                continue;
            }
            let column = rule.text("Column");
            for record in self.rows(rule.text("Table")) {
                let text = record.text(column);
                if !text.is_empty() {
                    found.push((record, column, text));
                }
            }
        }
        found
    }
}

impl<'a> Record<'a> {
    /// The name of its table.
    #[must_use]
    pub fn table(&self) -> &'a str {
        self.table.name()
    }

    /// Its key fields, joined by dots.
    #[must_use]
    pub fn key(&self) -> String {
        self.table.key_text(self.row)
    }

    /// Its first field, when that is text.
    #[must_use]
    pub fn first(&self) -> &'a str {
        self.row.first().and_then(Value::as_str).unwrap_or("")
    }

    fn value(&self, column: &str) -> Option<&'a Value> {
        self.row.get(self.table.column(column)?)
    }

    /// A text; empty when it is empty, or there is no such column.
    #[must_use]
    pub fn text(&self, column: &str) -> &'a str {
        self.value(column).and_then(Value::as_str).unwrap_or("")
    }

    /// A number; `None` when it is empty, or there is no such column.
    #[must_use]
    pub fn int(&self, column: &str) -> Option<i32> {
        self.value(column).and_then(Value::as_int)
    }

    /// A number of bits; 0 when it is empty.
    #[must_use]
    pub fn bits(&self, column: &str) -> i32 {
        self.int(column).unwrap_or(0)
    }

    /// Whether the field holds something.
    #[must_use]
    pub fn is_set(&self, column: &str) -> bool {
        self.value(column).is_some_and(|value| !value.is_null())
    }
}
