//! A database in memory: tables, summary, streams.

use std::collections::BTreeMap;

use super::schema::TableDef;
use super::{Column, ColumnType, Error, Row, Stream, SummaryInfo, Value, codepage};

/// The most columns a table may have.
/// <https://learn.microsoft.com/windows/win32/msi/create-table> limits keys and columns alike.
const MAX_COLUMNS: usize = 32;

/// A database: one that is being built, or one that was read.
#[derive(Debug, Default)]
pub struct Database {
    /// Code page of its strings.
    pub codepage: u32,
    /// The summary information.
    pub summary: SummaryInfo,
    tables: BTreeMap<String, Table>,
    streams: BTreeMap<String, Stream>,
}

/// A table: columns and rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    name: String,
    columns: Vec<Column>,
    pub(super) rows: Vec<Row>,
}

impl Database {
    /// An empty database whose strings are in this code page. [`codepage::choose`] finds the right one.
    #[must_use]
    pub fn new(codepage: u32) -> Self {
        Self { codepage, ..Self::default() }
    }

    /// The tables, sorted by name.
    pub fn tables(&self) -> impl ExactSizeIterator<Item = &Table> {
        self.tables.values()
    }

    /// The table of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Table> {
        self.tables.get(name)
    }

    /// The rows of the table of that name; none when there is no such table.
    #[must_use]
    pub fn rows(&self, name: &str) -> &[Row] {
        self.tables.get(name).map_or(&[], |table| &table.rows)
    }

    /// The table of that name; a standard table is added when the database does not have it yet.
    ///
    /// # Errors
    /// [`Error::UnknownTable`]
    pub fn table(&mut self, name: &str) -> Result<&mut Table, Error> {
        if !self.tables.contains_key(name) {
            let def = TableDef::find(name).ok_or_else(|| Error::UnknownTable { table: name.to_owned() })?;
            self.tables.insert(name.to_owned(), Table::new(name.to_owned(), def.columns())?);
        }
        self.tables.get_mut(name).ok_or_else(|| Error::UnknownTable { table: name.to_owned() })
    }

    /// Adds a table that is not a standard one, or one with other columns than the standard's.
    ///
    /// # Errors
    /// [`Error::BadTable`]
    pub fn add_table(&mut self, name: &str, columns: Vec<Column>) -> Result<&mut Table, Error> {
        if self.tables.contains_key(name) {
            return Err(Error::BadTable { table: name.to_owned(), why: "it is there already" });
        }
        let table = Table::new(name.to_owned(), columns)?;
        Ok(self.tables.entry(name.to_owned()).or_insert(table))
    }

    /// Takes a table out.
    pub fn remove_table(&mut self, name: &str) -> Option<Table> {
        self.tables.remove(name)
    }

    /// Adds a row to a table, and a standard table with it.
    ///
    /// # Errors
    /// [`Error::UnknownTable`], [`Error::BadRow`]
    pub fn push(&mut self, table: &str, row: Row) -> Result<(), Error> {
        self.table(table)?.push(row)
    }

    /// Streams by name, sorted. The summary information and the tables are not among them.
    pub fn streams(&self) -> impl ExactSizeIterator<Item = (&str, &Stream)> {
        self.streams.iter().map(|(name, stream)| (name.as_str(), stream))
    }

    /// The stream of that name.
    #[must_use]
    pub fn stream(&self, name: &str) -> Option<&Stream> {
        self.streams.get(name)
    }

    /// Adds a stream: an embedded cabinet under the name that `Media.Cabinet` has after its `#`, or what a row's
    /// [`Value::Stream`] stands for under its [`super::stream_name`].
    ///
    /// # Errors
    /// [`Error::StreamName`], [`Error::DuplicateStream`]
    pub fn add_stream(&mut self, name: &str, stream: Stream) -> Result<(), Error> {
        super::names::pack_stream(name)?;
        if self.streams.contains_key(name) {
            return Err(Error::DuplicateStream { name: name.to_owned() });
        }
        self.streams.insert(name.to_owned(), stream);
        Ok(())
    }

    /// Adds a row `key, stream` to a table of such rows (`Binary`, `Icon`), and its stream.
    ///
    /// # Errors
    /// As [`Self::push`] and [`Self::add_stream`].
    pub fn push_stream(&mut self, table: &str, key: &str, stream: Stream) -> Result<(), Error> {
        self.push(table, vec![key.into(), Value::Stream])?;
        self.add_stream(&super::stream_name(table, [&Value::from(key)]), stream)
    }

    /// Every string of its rows and of its summary, to choose a code page by.
    pub fn strings(&self) -> impl Iterator<Item = &str> {
        let rows = self.tables.values().flat_map(|table| &table.rows).flatten().filter_map(Value::as_str);
        rows.chain(self.summary.texts().map(|text| text.2))
    }

    /// Sets the code page of database and summary: `preferred` if it can hold everything, else UTF-8.
    pub fn choose_codepage(&mut self, preferred: u32) {
        let chosen = codepage::choose(preferred, self.strings());
        self.codepage = chosen;
        self.summary.codepage = chosen;
    }

    /// What a reader found; checks nothing, what is read may be odd.
    pub(super) fn insert_read(&mut self, table: Table) {
        self.tables.insert(table.name.clone(), table);
    }

    pub(super) fn insert_read_stream(&mut self, name: String, stream: Stream) {
        self.streams.insert(name, stream);
    }
}

impl Table {
    fn new(name: String, columns: Vec<Column>) -> Result<Self, Error> {
        let keys = columns.iter().take_while(|column| column.key).count();
        let why = if !super::names::fits(&super::names::encode(&name, true)) {
            Some("its name does not fit into a stream name")
        } else if columns.len() > MAX_COLUMNS {
            Some("it has more than 32 columns")
        } else if keys == 0 {
            Some("its first column is not a key")
        } else if columns.iter().skip(keys).any(|column| column.key) {
            Some("its key columns do not come first")
        } else {
            None
        };
        match why {
            Some(why) => Err(Error::BadTable { table: name, why }),
            None => Ok(Self::from_read(name, columns)),
        }
    }

    /// A table as it was found.
    pub(super) const fn from_read(name: String, columns: Vec<Column>) -> Self {
        Self { name, columns, rows: Vec::new() }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its columns.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// How many of its columns, from the first, are its key.
    #[must_use]
    pub fn keys(&self) -> usize {
        self.columns.iter().take_while(|column| column.key).count()
    }

    /// Where the column of that name stands.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// Its rows, in the order they were added or read.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Its rows, to change them; what they hold is checked when the database is written.
    pub const fn rows_mut(&mut self) -> &mut Vec<Row> {
        &mut self.rows
    }

    /// Makes room for more rows.
    pub fn reserve(&mut self, rows: usize) {
        self.rows.reserve(rows);
    }

    /// Adds a row. Optional columns at its end may be missing.
    ///
    /// # Errors
    /// [`Error::BadRow`] when it has too many or too few fields or one of the wrong kind. What the fields hold is
    /// checked when the database is written.
    pub fn push(&mut self, mut row: Row) -> Result<(), Error> {
        if let Some(why) = self.misfit(&row) {
            let row = row.first().map(Value::to_string).unwrap_or_default();
            return Err(Error::BadRow { table: self.name.clone(), row, why });
        }
        row.resize(self.columns.len(), Value::Null);
        self.rows.push(row);
        Ok(())
    }

    fn misfit(&self, row: &Row) -> Option<String> {
        let most = self.columns.len();
        let least = self.columns.iter().rposition(|column| !column.optional).map_or(0, |last| last + 1);
        if row.len() < least || row.len() > most {
            return Some(format!("it has {} fields, the table has {least} to {most}", row.len()));
        }
        for (column, value) in self.columns.iter().zip(row) {
            let fits = match (value, column.ty) {
                (Value::Null, _) => true,
                (Value::Int(_), ColumnType::Short | ColumnType::Long) => true,
                (Value::Str(text), ColumnType::Str(_)) => !text.contains('\0'),
                (Value::Stream, ColumnType::Stream) => true,
                _ => false,
            };
            if !fits {
                return Some(format!(
                    "`{value}` cannot stand in column {} ({})",
                    column.name,
                    column.definition()
                ));
            }
        }
        None
    }

    /// The key of a row as one text: its key fields joined by dots, as in stream names and in ICE messages.
    #[must_use]
    pub fn key_text(&self, row: &Row) -> String {
        row.iter().take(self.keys()).map(Value::to_string).collect::<Vec<_>>().join(".")
    }
}
