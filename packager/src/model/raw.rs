//! `[[output.msi.table]]`: rows that are written as they stand, held against what is known of their table.

use std::collections::HashMap;
use std::ops::Range;

use crate::diagnostics::suggest::closest;
use crate::formats::msidb::schema::{ColumnDef, TableDef, tables};
use crate::formats::msidb::{Category, ColumnType};
use crate::manifest::types::{self, RawValue, Text};
use crate::plan::ids;
use crate::plan::raw::{RawCell, RawColumn, RawRow, RawTable, RawType};
use crate::report::Problem;

/// What is wrong, and where.
#[derive(Clone, Debug)]
pub struct Fault {
    /// The place.
    pub span: Range<usize>,
    /// Another place that belongs to it.
    pub also: Option<Range<usize>>,
    /// What.
    pub problem: Problem,
}

/// The longest name of a table ("Table Names" on Microsoft Learn).
const LONGEST_NAME: usize = 31;
/// The most columns of a table.
const MOST_COLUMNS: usize = 32;

/// What a field of one column may hold.
struct Column<'a> {
    name: &'a str,
    ty: RawType,
    stream: bool,
    key: bool,
    nullable: bool,
    category: Option<Category>,
    range: Option<(i32, i32)>,
    set: &'a str,
}

/// The tables, or all that is wrong with them.
pub fn tables_of(all: &[types::RawTable]) -> Result<Vec<RawTable>, Vec<Fault>> {
    let mut checker = Checker::default();
    let made = all.iter().filter_map(|table| checker.table(table)).collect();
    if checker.faults.is_empty() { Ok(made) } else { Err(checker.faults) }
}

#[derive(Default)]
struct Checker {
    faults: Vec<Fault>,
    /// The rows so far, by table and key.
    keys: HashMap<(String, Vec<String>), Range<usize>>,
    /// Tables of the author's own.
    own: HashMap<String, Range<usize>>,
}

impl Checker {
    fn fault(&mut self, span: Range<usize>, problem: Problem) {
        self.faults.push(Fault { span, also: None, problem });
    }

    fn table(&mut self, table: &types::RawTable) -> Option<RawTable> {
        let name = table.name.as_ref()?;
        let standard = TableDef::find(name.get_ref());
        if name.get_ref().starts_with('_') {
            self.fault(
                name.span(),
                Problem::new(format!("{} is a table of the database itself", name.get_ref()))
                    .why("it follows from the other tables")
                    .help("name another table"),
            );
            return None;
        }
        let columns = match standard {
            Some(_) if !table.columns.is_empty() => {
                self.fault(
                    name.span(),
                    Problem::new(format!("{} is one of Windows Installer's own tables", name.get_ref()))
                        .why("its columns are known")
                        .help("leave `columns` out, or give a table of your own another name"),
                );
                return None;
            }
            Some(_) => Vec::new(),
            None => self.own_columns(table, name)?,
        };
        let shapes: Vec<Column<'_>> = match standard {
            Some(def) => def.columns.iter().map(of_standard).collect(),
            None => columns.iter().map(of_own).collect(),
        };
        let rows = table.rows.iter().filter_map(|row| self.row(name.get_ref(), &shapes, row)).collect();
        Some(RawTable { name: name.get_ref().clone(), columns, rows })
    }

    fn own_columns(&mut self, table: &types::RawTable, name: &Text) -> Option<Vec<RawColumn>> {
        let text = name.get_ref();
        if table.columns.is_empty() {
            let help = match closest(text, tables().map(|table| table.name)) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => "say what its columns are: columns = [{ name = \"Key\", type = \"string\", key = true }, …]".into(),
            };
            let problem = Problem::new(format!("Windows Installer has no table {text}"));
            self.fault(name.span(), problem.why("a table of your own needs `columns`").help(help));
            return None;
        }
        if !is_name(text) {
            let problem = Problem::new(format!("`{text}` cannot be the name of a table"));
            self.fault(
                name.span(),
                problem.help(format!("write up to {LONGEST_NAME} letters, digits and underscores")),
            );
            return None;
        }
        if let Some(first) = self.own.insert(text.clone(), name.span()) {
            let problem = Problem::new(format!("the columns of {text} are declared twice"));
            let problem = problem.help("put all of its rows into one [[output.msi.table]]");
            self.faults.push(Fault { span: name.span(), also: Some(first), problem });
            return None;
        }
        let before = self.faults.len();
        let columns: Vec<RawColumn> =
            table.columns.iter().filter_map(|column| self.own_column(column)).collect();
        let keys = columns.iter().take_while(|column| column.key).count();
        let problem = if keys == 0 || columns.iter().skip(keys).any(|column| column.key) {
            Some(
                Problem::new("the columns of the key have to come first")
                    .help("give the first columns `key = true`"),
            )
        } else if columns.len() > MOST_COLUMNS {
            Some(Problem::new(format!("a table has up to {MOST_COLUMNS} columns")).help("make two tables"))
        } else {
            None
        };
        if self.faults.len() == before
            && let Some(problem) = problem
        {
            self.fault(name.span(), problem);
        }
        (self.faults.len() == before).then_some(columns)
    }

    fn own_column(&mut self, column: &types::RawColumn) -> Option<RawColumn> {
        let name = column.name.as_ref()?;
        let ty = column.ty.as_ref()?;
        if !is_name(name.get_ref()) {
            let problem = Problem::new(format!("`{}` cannot be the name of a column", name.get_ref()));
            self.fault(
                name.span(),
                problem.help(format!("write up to {LONGEST_NAME} letters, digits and underscores")),
            );
            return None;
        }
        let size = column.size.as_ref().map(|size| *size.get_ref());
        let ty = match (ty.get_ref().as_str(), size) {
            ("string", size) => RawType::Text(size.unwrap_or(255)),
            ("int", Some(2)) => RawType::Short,
            ("int", None | Some(4)) => RawType::Long,
            _ => {
                let problem = Problem::new("an int has 2 or 4 bytes").help("write `size = 2` or `size = 4`");
                self.fault(column.span.clone(), problem);
                return None;
            }
        };
        if let Some(category) = &column.category
            && (Category::find(category.get_ref()).is_none() || !matches!(ty, RawType::Text(_)))
        {
            let names = Category::ALL.iter().map(|category| category.name());
            let problem = Problem::new(format!("`{}` is no category of this column", category.get_ref()));
            let help = match closest(category.get_ref(), names) {
                Some(near) => format!("did you mean \"{near}\"? An int has none"),
                None => "such as \"Text\", \"Formatted\" or \"Identifier\"; an int has none".into(),
            };
            self.fault(category.span(), problem.help(help));
            return None;
        }
        let category = column.category.as_ref().and_then(|c| Category::find(c.get_ref()));
        let category = match ty {
            RawType::Text(_) => Some(category.unwrap_or(Category::Text).name().to_owned()),
            RawType::Short | RawType::Long => None,
        };
        let flag = |flag: &Option<serde_spanned::Spanned<bool>>| flag.as_ref().is_some_and(|f| *f.get_ref());
        Some(RawColumn {
            name: name.get_ref().clone(),
            ty,
            key: flag(&column.key),
            nullable: flag(&column.nullable),
            category,
            refers: column.refers.as_ref().map(|t| t.get_ref().clone()),
        })
    }

    fn row(&mut self, table: &str, columns: &[Column<'_>], row: &types::RawRow) -> Option<RawRow> {
        let before = self.faults.len();
        for (name, _) in &row.cells {
            if !columns.iter().any(|column| column.name == name.get_ref()) {
                let names = || columns.iter().map(|column| column.name);
                let help = match closest(name.get_ref(), names()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("there are {}", names().collect::<Vec<_>>().join(", ")),
                };
                let problem = Problem::new(format!("{table} has no column {}", name.get_ref()));
                self.fault(name.span(), problem.help(help));
            }
        }
        // A column with a typing error in its name is missing too: that is said once.
        let misspelt = self.faults.len() > before;
        let mut cells = Vec::with_capacity(columns.len());
        for column in columns {
            let written = row.cells.iter().find(|(name, _)| name.get_ref() == column.name);
            let cell = match written {
                Some((_, value)) => field(table, column, value).map_err(|problem| (value.span(), problem)),
                None if column.nullable || misspelt => Ok(RawCell::Null),
                None => Err((row.span.clone(), {
                    Problem::new(format!("a row of {table} needs the column {}", column.name))
                        .help("write it; an empty field is left out only where a column may be empty")
                })),
            };
            match cell {
                Ok(cell) => cells.push(cell),
                Err((span, problem)) => self.fault(span, problem),
            }
        }
        if self.faults.len() > before {
            return None;
        }
        let key = cells.iter().zip(columns).filter(|(_, column)| column.key);
        let key: Vec<String> = key.map(|(cell, _)| format!("{cell:?}")).collect();
        if let Some(first) = self.keys.insert((table.to_owned(), key), row.span.clone()) {
            let problem = Problem::new(format!("two rows of {table} have the same key"))
                .why("Windows Installer tells rows by their keys")
                .help("remove one, or give it another key");
            self.faults.push(Fault { span: row.span.clone(), also: Some(first), problem });
            return None;
        }
        Some(RawRow { at: row.span.start, place: String::new(), cells })
    }
}

fn is_name(text: &str) -> bool {
    text.len() <= LONGEST_NAME
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn of_standard(def: &'static ColumnDef) -> Column<'static> {
    let ty = match def.ty {
        ColumnType::Str(width) => RawType::Text(width),
        ColumnType::Short => RawType::Short,
        ColumnType::Long => RawType::Long,
        ColumnType::Stream => RawType::Text(0),
    };
    // A width is only enforced where names have to stay within bounds.
    let ty = match (ty, def.category) {
        (RawType::Text(_), Some(category)) if !matches!(category, Category::Identifier | Category::Guid) => {
            RawType::Text(0)
        }
        (ty, _) => ty,
    };
    let stream = def.ty == ColumnType::Stream;
    // A foreign key may be anything that is there: it is looked for when all rows are known.
    let category = def.category.filter(|_| def.key_table.is_empty());
    Column {
        name: def.name,
        ty,
        stream,
        key: def.key,
        nullable: def.nullable,
        category,
        range: def.range,
        set: def.set,
    }
}

fn of_own(column: &RawColumn) -> Column<'_> {
    let category = column.category.as_deref().and_then(Category::find);
    Column {
        name: &column.name,
        ty: column.ty,
        stream: false,
        key: column.key,
        nullable: column.nullable,
        category,
        range: None,
        set: "",
    }
}

fn field(table: &str, column: &Column<'_>, value: &RawValue) -> Result<RawCell, Problem> {
    let Column { name, .. } = column;
    if column.stream {
        return Err(Problem::new(format!("{table}.{name} holds a stream"))
            .why("a row of a manifest has text and numbers")
            .help("leave the row out"));
    }
    let out_of = |low: i32, high: i32| {
        Problem::new(format!("{table}.{name} is out of bounds"))
            .why(format!("it goes from {low} to {high}"))
            .help("write another number")
    };
    match (value, column.ty) {
        (RawValue::Number(number), RawType::Short | RawType::Long) => {
            let most = if column.ty == RawType::Short { i32::from(i16::MAX) } else { i32::MAX };
            let (low, high) = column.range.unwrap_or((-most, most));
            let number = i32::try_from(*number.get_ref()).map_err(|_| out_of(low, high))?;
            if number < low.max(-most) || number > high.min(most) {
                return Err(out_of(low, high));
            }
            among(table, column, &number.to_string())?;
            Ok(RawCell::Number(number))
        }
        (RawValue::File(path), RawType::Text(_)) => {
            let path = super::values::below_install_dir(path.get_ref())?;
            Ok(RawCell::Text(ids::file_key(&path)))
        }
        (RawValue::Text(text), RawType::Text(width)) => {
            let text = text.get_ref();
            if text.is_empty() {
                return match column.nullable {
                    true => Ok(RawCell::Null),
                    false => {
                        Err(Problem::new(format!("{table}.{name} cannot be empty")).help("write a value"))
                    }
                };
            }
            if width > 0 && text.encode_utf16().count() > usize::from(width) {
                return Err(Problem::new(format!("{table}.{name} is longer than {width} characters"))
                    .help("make it shorter"));
            }
            among(table, column, text)?;
            if let Some(category) = column.category
                && !category.accepts(text)
            {
                return Err(Problem::new(format!("{table}.{name} is not valid as {}", category.name()))
                    .why("Windows Installer says so of the column in its _Validation table")
                    .help(format!("see \"{}\" on Microsoft Learn", category.name())));
            }
            Ok(RawCell::Text(text.clone()))
        }
        (_, RawType::Text(_)) => {
            Err(Problem::new(format!("{table}.{name} holds text")).help("write it in quotes"))
        }
        (_, RawType::Short | RawType::Long) => {
            Err(Problem::new(format!("{table}.{name} holds a number")).help("write it without quotes"))
        }
    }
}

fn among(table: &str, column: &Column<'_>, text: &str) -> Result<(), Problem> {
    if column.set.is_empty() || column.set.split(';').any(|member| member == text) {
        return Ok(());
    }
    let set = column.set.replace(';', ", ");
    Err(Problem::new(format!("{table}.{} cannot be {text}", column.name)).help(format!("write one of {set}")))
}
