//! The standard tables: columns, keys, and what each field may hold.
//!
//! The facts are those of the "Database Reference" on Microsoft Learn and of the `_Validation` table in the Windows
//! Installer SDK's schema; the descriptions are ours. Tables of patches and merge modules are not here: packages
//! have none.

mod classes;
mod dialogs;
mod product;
mod search;
mod sequence;
mod system;
#[cfg(test)]
mod tests;

use super::category::Category;
use super::column::{Column, ColumnType};

/// The table that says what the fields of all others may hold.
pub const VALIDATION: &str = "_Validation";

/// A standard table.
#[derive(Clone, Copy, Debug)]
pub struct TableDef {
    /// Its name.
    pub name: &'static str,
    /// Its columns; the key comes first.
    pub columns: &'static [ColumnDef],
}

/// A column of a standard table: what `_Columns` and `_Validation` say of it.
///
/// <https://learn.microsoft.com/windows/win32/msi/-validation-table>
#[derive(Clone, Copy, Debug)]
pub struct ColumnDef {
    /// Its name.
    pub name: &'static str,
    /// What its fields hold.
    pub ty: ColumnType,
    /// Part of the primary key.
    pub key: bool,
    /// May be empty.
    pub nullable: bool,
    /// Meant to be translated.
    pub localizable: bool,
    /// Came to its table after the others: left out of a database while all its fields are empty.
    pub optional: bool,
    /// Lowest and highest number.
    pub range: Option<(i32, i32)>,
    /// Tables of which one has this value in its key, separated by semicolons; empty: any value.
    pub key_table: &'static str,
    /// The column of those tables, from 1; 0 without tables.
    pub key_column: u8,
    /// Kind of text.
    pub category: Option<Category>,
    /// The values there may be, separated by semicolons; empty: any.
    pub set: &'static str,
    /// What it is for.
    pub description: &'static str,
}

impl TableDef {
    /// The standard table of that name.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        tables().find(|table| table.name == name)
    }

    /// Its columns as a database has them.
    #[must_use]
    pub fn columns(&self) -> Vec<Column> {
        self.columns.iter().map(ColumnDef::column).collect()
    }

    /// The column of that name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&'static ColumnDef> {
        self.columns.iter().find(|column| column.name == name)
    }
}

impl ColumnDef {
    /// The column as a database has it.
    #[must_use]
    pub fn column(&self) -> Column {
        Column {
            name: self.name.to_owned(),
            ty: self.ty,
            key: self.key,
            nullable: self.nullable,
            localizable: self.localizable,
            optional: self.optional,
        }
    }

    const fn key(mut self) -> Self {
        self.key = true;
        self
    }

    const fn null(mut self) -> Self {
        self.nullable = true;
        self
    }

    const fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    const fn is(mut self, category: Category) -> Self {
        self.category = Some(category);
        self
    }

    const fn range(mut self, min: i32, max: i32) -> Self {
        self.range = Some((min, max));
        self
    }

    const fn refers(mut self, tables: &'static str, column: u8) -> Self {
        self.key_table = tables;
        self.key_column = column;
        self
    }

    const fn among(mut self, set: &'static str) -> Self {
        self.set = set;
        self
    }

    const fn about(mut self, description: &'static str) -> Self {
        self.description = description;
        self
    }
}

const fn table(name: &'static str, columns: &'static [ColumnDef]) -> TableDef {
    TableDef { name, columns }
}

const fn column(name: &'static str, ty: ColumnType) -> ColumnDef {
    ColumnDef {
        name,
        ty,
        key: false,
        nullable: false,
        localizable: false,
        optional: false,
        range: None,
        key_table: "",
        key_column: 0,
        category: None,
        set: "",
        description: "",
    }
}

const fn text(name: &'static str, width: u8) -> ColumnDef {
    column(name, ColumnType::Str(width))
}

const fn localized(name: &'static str, width: u8) -> ColumnDef {
    ColumnDef { localizable: true, ..column(name, ColumnType::Str(width)) }
}

const fn short(name: &'static str) -> ColumnDef {
    column(name, ColumnType::Short)
}

const fn long(name: &'static str) -> ColumnDef {
    column(name, ColumnType::Long)
}

const fn stream(name: &'static str) -> ColumnDef {
    ColumnDef { category: Some(Category::Binary), ..column(name, ColumnType::Stream) }
}

/// Every standard table, by group and name.
pub fn tables() -> impl Iterator<Item = &'static TableDef> {
    [product::TABLES, system::TABLES, sequence::TABLES, search::TABLES, dialogs::TABLES, classes::TABLES]
        .into_iter()
        .flatten()
}

/// The columns of `_Tables`, which it does not list itself.
pub(super) fn tables_columns() -> Vec<Column> {
    vec![text("Name", 64).key().column()]
}

/// The columns of `_Columns`, which it does not list itself.
pub(super) fn columns_columns() -> Vec<Column> {
    [text("Table", 64).key(), short("Number").key(), text("Name", 64), short("Type")]
        .iter()
        .map(ColumnDef::column)
        .collect()
}
