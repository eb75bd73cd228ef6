//! What is shown: facts in a line each, and tables.

use std::fmt::Write as _;

use serde_json::{Map, Value};

/// Rows of a table that are shown when it was not asked for by name.
const FEW: usize = 50;
/// Columns are not padded further than this.
const WIDEST: usize = 72;

/// What is in a file.
#[derive(Debug, Default)]
pub(super) struct Shown {
    /// What it is: `msi`, `cab`, `exe`, `share`.
    pub(super) kind: &'static str,
    /// Where.
    pub(super) path: String,
    /// Names and values.
    pub(super) facts: Vec<(String, Value)>,
    /// Tables, in the order they are shown.
    pub(super) tables: Vec<Table>,
}

/// A table.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Vec<Value>>,
    /// Only counted when it was not asked for by name.
    pub(super) counted: bool,
}

impl Table {
    pub(super) fn new(name: &str, columns: &[&str]) -> Self {
        let columns = columns.iter().map(|&column| column.to_owned()).collect();
        Self { name: name.to_owned(), columns, ..Self::default() }
    }

    pub(super) fn push<const N: usize>(&mut self, row: [Value; N]) {
        self.rows.push(row.into());
    }

    fn json(&self) -> Value {
        let row = |row: &Vec<Value>| -> Value {
            Value::Object(self.columns.iter().cloned().zip(row.iter().cloned()).collect())
        };
        let mut table = Map::new();
        table.insert("columns".into(), self.columns.iter().cloned().collect());
        table.insert("rows".into(), self.rows.iter().map(row).collect());
        Value::Object(table)
    }

    fn human(&self, out: &mut String, most: usize) {
        let cells: Vec<Vec<String>> =
            self.rows.iter().take(most).map(|row| row.iter().map(cell).collect()).collect();
        let width = |column: usize| {
            let all = cells.iter().filter_map(|row| row.get(column)).chain(self.columns.get(column));
            all.map(|text| text.chars().count()).max().unwrap_or(0).min(WIDEST)
        };
        let widths: Vec<usize> = (0..self.columns.len()).map(width).collect();
        for row in std::iter::once(&self.columns).chain(&cells) {
            let mut line = String::new();
            for (text, width) in row.iter().zip(&widths) {
                let _ = write!(line, "  {text:<width$}");
            }
            let _ = writeln!(out, "{}", line.trim_end());
        }
        if self.rows.len() > most {
            let more = self.rows.len().saturating_sub(most);
            let _ = writeln!(out, "  … and {more} more: --table {}", self.name);
        }
    }
}

/// A value on a line of text: control characters would move the cursor of whoever looks at it.
fn cell(value: &Value) -> String {
    let text = match value {
        Value::Null => return String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(cell).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    };
    if !text.contains(char::is_control) {
        return text;
    }
    text.chars().flat_map(|c| if c.is_control() { c.escape_default().collect() } else { vec![c] }).collect()
}

impl Shown {
    pub(super) fn fact(&mut self, name: &str, value: impl Into<Value>) {
        self.facts.push((name.to_owned(), value.into()));
    }

    /// For people: everything in short, or one table.
    pub(super) fn human(&self, table: Option<usize>) -> String {
        let mut out = String::new();
        if let Some(table) = table.and_then(|place| self.tables.get(place)) {
            table.human(&mut out, usize::MAX);
            return out;
        }
        let _ = writeln!(out, "{} ({})", self.path, self.kind);
        let width = self.facts.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
        for (name, value) in &self.facts {
            let _ = writeln!(out, "  {name:<width$}  {}", cell(value));
        }
        for table in self.tables.iter().filter(|table| !table.counted) {
            let _ = writeln!(out, "\n{} ({})", table.name, table.rows.len());
            table.human(&mut out, FEW);
        }
        let counted: Vec<&Table> = self.tables.iter().filter(|table| table.counted).collect();
        if !counted.is_empty() {
            let width = counted.iter().map(|table| table.name.chars().count()).max().unwrap_or(0);
            let _ = writeln!(out, "\nTables (--table NAME shows one)");
            for table in counted {
                let _ = writeln!(out, "  {:<width$}  {:>6}", table.name, table.rows.len());
            }
        }
        out
    }

    /// For programs: everything, or one table.
    pub(super) fn json(&self, table: Option<usize>) -> Value {
        let mut all = Map::new();
        all.insert("kind".into(), self.kind.into());
        all.insert("path".into(), self.path.clone().into());
        if let Some(table) = table.and_then(|place| self.tables.get(place)) {
            all.insert("table".into(), table.name.clone().into());
            if let Value::Object(fields) = table.json() {
                all.extend(fields);
            }
            return Value::Object(all);
        }
        all.insert("facts".into(), Value::Object(self.facts.iter().cloned().collect()));
        let tables = self.tables.iter().map(|table| (table.name.clone(), table.json()));
        all.insert("tables".into(), Value::Object(tables.collect()));
        Value::Object(all)
    }
}
