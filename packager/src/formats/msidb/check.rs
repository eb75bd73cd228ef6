//! Rows against `_Validation`: what Windows Installer's ICE03 checks, done before a database is written and again
//! when one is validated.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice03>

use std::fmt;

use super::schema::{ColumnDef, VALIDATION};
use super::{Category, Column, ColumnType, Database, Map, Row, Set, Table, Value};

/// A field that breaks its column's rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The table.
    pub table: String,
    /// The row's key, its fields joined by dots.
    pub row: String,
    /// The column; empty when it is the row as a whole.
    pub column: String,
    /// What the field holds.
    pub value: String,
    /// What is wrong with it.
    pub problem: Problem,
}

/// How a field breaks its column's rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Another row has the same key.
    DuplicateKey,
    /// It must not be empty.
    Null,
    /// No row of these tables has it as its key.
    ForeignKey(String),
    /// It is greater than this.
    AboveMax(i32),
    /// It is less than this.
    BelowMin(i32),
    /// It is none of these.
    NotInSet(String),
    /// It is not of this category.
    NotA(Category),
    /// It has more characters than this.
    TooLong(u8),
    /// `_Validation` has no row for the column.
    NoRule,
    /// The column's row in `_Validation` makes no sense.
    BadRule(&'static str),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DuplicateKey => write!(f, "another row has the same key"),
            Self::Null => write!(f, "must not be empty"),
            Self::ForeignKey(tables) => write!(f, "is no key of {}", tables.replace(';', ", ")),
            Self::AboveMax(max) => write!(f, "is greater than {max}"),
            Self::BelowMin(min) => write!(f, "is less than {min}"),
            Self::NotInSet(set) => write!(f, "is none of {}", set.replace(';', ", ")),
            Self::NotA(category) => write!(f, "is not valid as {}", category.name()),
            Self::TooLong(width) => write!(f, "is longer than {width} characters"),
            Self::NoRule => write!(f, "has no row in _Validation"),
            Self::BadRule(why) => write!(f, "has a wrong row in _Validation: {why}"),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.table)?;
        if !self.column.is_empty() {
            write!(f, ".{}", self.column)?;
        }
        if !self.row.is_empty() {
            write!(f, ", row `{}`", self.row)?;
        }
        if !self.value.is_empty() {
            write!(f, ": `{}`", self.value.chars().take(120).collect::<String>())?;
        }
        write!(f, " {}", self.problem)
    }
}

/// A column's row in `_Validation`.
struct Rule<'a> {
    nullable: bool,
    min: Option<i32>,
    max: Option<i32>,
    key_tables: &'a str,
    key_column: usize,
    category: Option<Category>,
    set: &'a str,
}

/// Everything that ICE03 would find in a database.
#[must_use]
pub fn violations(database: &Database) -> Vec<Violation> {
    check(&database.tables().collect::<Vec<_>>())
}

pub(super) fn tables(tables: &[Table]) -> Vec<Violation> {
    check(&tables.iter().collect::<Vec<_>>())
}

fn check(tables: &[&Table]) -> Vec<Violation> {
    let mut found = Vec::new();
    let rules = Rules::new(tables);
    let mut keys =
        Keys { tables: tables.iter().map(|table| (table.name(), *table)).collect(), sets: Map::default() };
    for table in tables {
        check_table(table, &rules, &mut keys, &mut found);
    }
    found
}

fn check_table<'a>(table: &'a Table, rules: &Rules<'a>, keys: &mut Keys<'a>, found: &mut Vec<Violation>) {
    let mut report = |row: Option<&Row>, column: &str, value: &Value, problem: Problem| {
        found.push(Violation {
            table: table.name().to_owned(),
            row: row.map(|row| table.key_text(row)).unwrap_or_default(),
            column: column.to_owned(),
            value: value.to_string(),
            problem,
        });
    };
    let mut seen: Set<&[Value]> = Set::with_capacity_and_hasher(table.rows().len(), Default::default());
    for row in table.rows() {
        if let Some(key) = row.get(..table.keys())
            && !seen.insert(key)
        {
            report(Some(row), "", &Value::Null, Problem::DuplicateKey);
        }
    }
    for (index, column) in table.columns().iter().enumerate() {
        let rule = match rules.get(table.name(), &column.name) {
            Some(Ok(rule)) => rule,
            Some(Err(why)) => {
                report(None, &column.name, &Value::Null, Problem::BadRule(why));
                continue;
            }
            None => {
                report(None, &column.name, &Value::Null, Problem::NoRule);
                continue;
            }
        };
        for row in table.rows() {
            let Some(value) = row.get(index) else { continue };
            if let Some(problem) = check_field(table, row, column, value, rule, keys) {
                report(Some(row), &column.name, value, problem);
            }
        }
    }
}

fn check_field<'a>(
    table: &Table,
    row: &Row,
    column: &Column,
    value: &Value,
    rule: &Rule<'a>,
    keys: &mut Keys<'a>,
) -> Option<Problem> {
    match value {
        Value::Null => (!(rule.nullable && column.nullable)).then_some(Problem::Null),
        Value::Stream => None,
        Value::Int(number) => check_number(*number, column, rule, keys),
        Value::Str(text) => {
            // `_Validation` calls its own list of tables an identifier.
            let list = table.name() == VALIDATION && column.name == "KeyTable";
            let accepts = |category: &Category| {
                if list { text.split(';').all(|part| category.accepts(part)) } else { category.accepts(text) }
            };
            let category = rule.category.filter(|category| !accepts(category));
            if !rule.set.is_empty() {
                // Values of a set may be followed by what the category allows; none of the standard columns has both.
                return (!rule.set.split(';').any(|member| member == &**text))
                    .then(|| Problem::NotInSet(rule.set.to_owned()));
            }
            if !rule.key_tables.is_empty() {
                let known = keys.has(rule, value);
                // A file's version may be a version or the file whose version is taken.
                let either = rule.category == Some(Category::Version) && category.is_none();
                return (!known && !either).then(|| Problem::ForeignKey(rule.key_tables.to_owned()));
            }
            if let Some(category) = category {
                return Some(Problem::NotA(category));
            }
            special(table, row, column, text, rule, keys).or_else(|| match column.ty {
                ColumnType::Str(width) if width > 0 && text.encode_utf16().count() > usize::from(width) => {
                    Some(Problem::TooLong(width))
                }
                _ => None,
            })
        }
    }
}

fn check_number<'a>(number: i32, column: &Column, rule: &Rule<'a>, keys: &mut Keys<'a>) -> Option<Problem> {
    // What the column can store: the lowest number stands for "empty".
    let most = if column.ty == ColumnType::Short { 0x7fff } else { i32::MAX };
    if number > most {
        return Some(Problem::AboveMax(most));
    }
    if number < -most {
        return Some(Problem::BelowMin(-most));
    }
    if !rule.set.is_empty() {
        let member = rule.set.split(';').any(|member| member.parse() == Ok(number));
        return (!member).then(|| Problem::NotInSet(rule.set.to_owned()));
    }
    if !rule.key_tables.is_empty() {
        return (!keys.has(rule, &Value::Int(number)))
            .then(|| Problem::ForeignKey(rule.key_tables.to_owned()));
    }
    match (rule.min, rule.max) {
        (Some(min), _) if number < min => Some(Problem::BelowMin(min)),
        (_, Some(max)) if number > max => Some(Problem::AboveMax(max)),
        _ => None,
    }
}

/// Kinds whose meaning hangs on the rest of the row.
fn special<'a>(
    table: &Table,
    row: &Row,
    column: &Column,
    text: &str,
    rule: &Rule<'a>,
    keys: &mut Keys<'a>,
) -> Option<Problem> {
    let mut refers = |tables: &'static str| {
        let known = keys.contains(tables, 1, &Value::from(text));
        (!known).then(|| Problem::ForeignKey(tables.to_owned()))
    };
    match rule.category? {
        // The type says where the source is: 0x00 a stream, 0x10 a file, 0x20 a directory, 0x30 a property.
        // Types 7, 23 and 39 are nested installations, whose sources are storages, folders and product codes.
        Category::CustomSource if table.name() == "CustomAction" => {
            let ty = row.get(1).and_then(Value::as_int).unwrap_or(0);
            match (ty & 0x30, ty & 7) {
                (_, 7) => None,
                (0x00, _) => refers("Binary"),
                (0x10, _) => refers("File"),
                (0x20, _) => refers("Directory"),
                // Properties may come to be at run time.
                _ => None,
            }
        }
        Category::Shortcut if !text.contains('[') => refers("Feature"),
        // The root's name is a property; all others are names of folders.
        Category::DefaultDir => {
            let parent = row.get(1).filter(|parent| !parent.is_null() && Some(*parent) != row.first());
            let folder = |part: &str| part == "." || Category::Filename.accepts(part);
            (parent.is_some() && !text.split(':').all(folder)).then_some(Problem::NotA(Category::DefaultDir))
        }
        _ => None,
    }
    .filter(|_| column.ty != ColumnType::Stream)
}

/// `_Validation` by table and column.
struct Rules<'a>(Map<&'a str, Map<&'a str, Result<Rule<'a>, &'static str>>>);

impl<'a> Rules<'a> {
    fn new(tables: &[&'a Table]) -> Self {
        let mut rules: Map<_, Map<_, _>> = Map::default();
        let validation = tables.iter().find(|table| table.name() == VALIDATION);
        for row in validation.map(|table| table.rows()).unwrap_or_default() {
            let text = |index: usize| row.get(index).and_then(Value::as_str).unwrap_or("");
            rules.entry(text(0)).or_default().insert(text(1), Self::rule(row));
        }
        Self(rules)
    }

    fn rule(row: &'a Row) -> Result<Rule<'a>, &'static str> {
        let text = |index: usize| row.get(index).and_then(Value::as_str).unwrap_or("");
        let number = |index: usize| row.get(index).and_then(Value::as_int);
        let (min, max) = (number(3), number(4));
        if let (Some(min), Some(max)) = (min, max)
            && max < min
        {
            return Err("MaxValue is less than MinValue");
        }
        let category = match text(7) {
            "" => None,
            name => Some(Category::find(name).ok_or("its category is unknown")?),
        };
        let nullable = match text(2) {
            "Y" | "y" => true,
            "N" | "n" => false,
            _ => return Err("Nullable is neither Y nor N"),
        };
        let key_column = match (text(5), number(6)) {
            ("", _) => 0,
            (_, Some(column @ 1..=32)) => column as usize,
            _ => return Err("KeyTable without KeyColumn"),
        };
        Ok(Rule { nullable, min, max, key_tables: text(5), key_column, category, set: text(8) })
    }

    fn get(&self, table: &str, column: &str) -> Option<Result<&Rule<'a>, &'static str>> {
        self.0.get(table)?.get(column).map(|rule| rule.as_ref().map_err(|why| *why))
    }
}

/// The values that columns have, collected when first asked for.
struct Keys<'a> {
    tables: Map<&'a str, &'a Table>,
    sets: Map<(&'a str, usize), Set<&'a Value>>,
}

impl<'a> Keys<'a> {
    fn has(&mut self, rule: &Rule<'a>, value: &Value) -> bool {
        self.contains(rule.key_tables, rule.key_column, value)
    }

    fn contains(&mut self, tables: &'a str, column: usize, value: &Value) -> bool {
        tables.split(';').any(|name| {
            let Some(&table) = self.tables.get(name) else { return false };
            let set = self.sets.entry((name, column)).or_insert_with(|| {
                table.rows().iter().filter_map(|row| row.get(column.checked_sub(1)?)).collect()
            });
            set.contains(value)
        })
    }
}

/// The row of `_Validation` for a column of a standard table.
pub(super) fn validation_row(table: &str, column: &Column, def: &ColumnDef) -> Row {
    let range = def.range.map(|(min, max)| {
        // A column that was widened may hold what it was widened for.
        let widened = column.ty == ColumnType::Long && def.ty == ColumnType::Short;
        (min, if widened { i32::MAX } else { max })
    });
    vec![
        table.into(),
        column.name.as_str().into(),
        if def.nullable { "Y" } else { "N" }.into(),
        range.map(|range| range.0).into(),
        range.map(|range| range.1).into(),
        def.key_table.into(),
        (def.key_column > 0).then(|| i32::from(def.key_column)).into(),
        def.category.map(Category::name).into(),
        def.set.into(),
        def.description.into(),
    ]
}
