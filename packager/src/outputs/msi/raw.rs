//! Rows that the author wrote: into their tables, and held against all others.

use crate::formats::msidb::schema::TableDef;
use crate::formats::msidb::{Column, ColumnType};
use crate::plan::raw::{RawCell, RawColumn, RawTable, RawType};

use super::rows::{Cell, Row, Rows, row};
use super::{Error, Result};

/// Adds the rows, and for tables of the author's own what `_Validation` says of them.
pub fn write(rows: &mut Rows, tables: &[RawTable]) {
    for table in tables {
        for column in &table.columns {
            rows.push("_Validation", validation(&table.name, column));
        }
        for raw in &table.rows {
            rows.push(table.name.clone(), raw.cells.iter().map(cell).collect());
        }
    }
}

fn cell(cell: &RawCell) -> Cell {
    match cell {
        RawCell::Null => Cell::Null,
        RawCell::Number(number) => Cell::Int(*number),
        RawCell::Text(text) => Cell::Text(text.clone()),
    }
}

fn validation(table: &str, column: &RawColumn) -> Row {
    let most = match column.ty {
        RawType::Text(_) => None,
        RawType::Short => Some(i32::from(i16::MAX)),
        RawType::Long => Some(i32::MAX),
    };
    row![
        table,
        &column.name,
        if column.nullable { "Y" } else { "N" },
        most.map(|most| -most),
        most,
        column.refers.as_deref(),
        column.refers.as_ref().map(|_| 1),
        column.category.as_deref(),
        Cell::Null, // Set
        Cell::Null, // Description
    ]
}

/// The columns of a table of the author's own, as a database has them.
pub fn columns(table: &RawTable) -> Vec<Column> {
    let column = |column: &RawColumn| Column {
        name: column.name.clone(),
        ty: match column.ty {
            RawType::Text(width) => ColumnType::Str(width),
            RawType::Short => ColumnType::Short,
            RawType::Long => ColumnType::Long,
        },
        key: column.key,
        nullable: column.nullable,
        localizable: false,
        optional: false,
    };
    table.columns.iter().map(column).collect()
}

/// Number of key columns, and of each column its place and the tables that have its values as keys.
fn shape(table: &RawTable) -> (usize, Vec<(&str, usize)>) {
    match TableDef::find(&table.name) {
        Some(def) => (
            def.columns.iter().filter(|column| column.key).count(),
            def.columns.iter().map(|column| (column.key_table, usize::from(column.key_column))).collect(),
        ),
        None => (
            table.columns.iter().filter(|column| column.key).count(),
            table.columns.iter().map(|column| (column.refers.as_deref().unwrap_or(""), 1)).collect(),
        ),
    }
}

/// Looks at the author's rows when all others are known: one that clashes with a row of packager's own is an error,
/// and so is one that refers to what is not there.
pub fn check(rows: &Rows, tables: &[RawTable]) -> Result<()> {
    for table in tables {
        let (keys, references) = shape(table);
        for raw in &table.rows {
            let mine: Row = raw.cells.iter().map(cell).collect();
            let fault = |what: String| Error::Raw { place: raw.place.clone(), what };
            let key = mine.get(..keys).unwrap_or_default();
            let same = rows.table(&table.name).iter().filter(|row| row.get(..keys) == Some(key));
            if let Some(other) = same.clone().find(|row| **row != mine).or_else(|| same.clone().nth(1)) {
                return Err(fault(format!(
                    "the row {} of table {} is packager's own: it says {}, yours says {}; give yours another key, or \
                     say what you want with the manifest's other tables",
                    shown(key),
                    table.name,
                    shown(other),
                    shown(&mine)
                )));
            }
            for (value, (targets, column)) in mine.iter().zip(&references) {
                let column = column.saturating_sub(1);
                // A file's version may also be a version: the database's own check knows.
                if targets.is_empty() || *value == Cell::Null || (table.name == "File" && *targets == "File")
                {
                    continue;
                }
                let known =
                    |target: &str| rows.table(target).iter().any(|row| row.get(column) == Some(value));
                if !targets.split(';').any(known) {
                    return Err(fault(format!(
                        "table {}: {} is no key of {}; for a file of the payload write {{ file = 'bin\\agent.exe' }}",
                        table.name,
                        shown(std::slice::from_ref(value)),
                        targets.replace(';', " or ")
                    )));
                }
            }
        }
    }
    Ok(())
}

fn shown(cells: &[Cell]) -> String {
    let text = |cell: &Cell| match cell {
        Cell::Null | Cell::Stream => String::new(),
        Cell::Int(number) => number.to_string(),
        Cell::Text(text) => text.clone(),
    };
    format!("`{}`", cells.iter().map(text).collect::<Vec<_>>().join(" | "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outputs::msi::plan;
    use crate::outputs::sample;
    use crate::plan::Arch;
    use crate::plan::raw::RawRow;

    fn table(name: &str, columns: Vec<RawColumn>, cells: Vec<RawCell>) -> RawTable {
        let row = RawRow { at: 0, place: "agent.toml:7:1".into(), cells };
        RawTable { name: name.into(), columns, rows: vec![row] }
    }

    fn text(text: &str) -> RawCell {
        RawCell::Text(text.into())
    }

    fn made(tables: Vec<RawTable>) -> Result<crate::outputs::msi::MsiPlan> {
        let mut package = sample::package(Arch::X64);
        // So that a row of IniFile is the only one.
        package.target.ops.retain(|op| !matches!(op, packager_shared::plan::Op::Ini { .. }));
        package.outputs.msi.tables = tables;
        let files = sample::files();
        plan(sample::release(&package, &files))
    }

    #[test]
    fn rows_bring_the_actions_that_work_on_them() {
        let ini = |component: &str| {
            let cells = ["a", "a.ini", "INSTALLDIR", "S", "K", "[GROUP]"].map(text).to_vec();
            let cells = [cells, vec![RawCell::Number(0), text(component)]].concat();
            vec![table("IniFile", vec![], cells)]
        };
        let key = crate::plan::ids::file_key("autopcc.exe");
        let plan = made(ini(&key)).unwrap();
        assert!(plan.rows.table("IniFile").iter().any(|row| row[0] == "a".into()));
        let actions = plan.rows.table("InstallExecuteSequence");
        for action in ["WriteIniValues", "RemoveIniValues"] {
            assert!(actions.iter().any(|row| row[0] == action.into()), "{action}");
        }
        let without = made(vec![]).unwrap();
        assert!(
            !without.rows.table("InstallExecuteSequence").iter().any(|row| row[0] == "WriteIniValues".into())
        );
        assert_ne!(plan.product_code, without.product_code);
        let error = made(ini("nobody")).unwrap_err().to_string();
        assert!(
            error.starts_with("agent.toml:7:1: table IniFile: `nobody` is no key of Component"),
            "{error}"
        );
    }

    #[test]
    fn what_packager_makes_itself_is_not_made_twice() {
        for value in ["Acme", "Somebody else"] {
            let error =
                made(vec![table("Property", vec![], vec![text("Manufacturer"), text(value)])]).unwrap_err();
            let error = error.to_string();
            assert!(
                error.starts_with("agent.toml:7:1: the row `Manufacturer` of table Property is"),
                "{error}"
            );
            assert!(error.contains("`Manufacturer | Acme`") && error.contains(value), "{error}");
        }
        made(vec![table("Property", vec![], vec![text("MyOwn"), text("x")])]).unwrap();
    }

    #[test]
    fn a_table_of_ones_own_is_validated_like_all_others() {
        let column = |name: &str, ty, key, refers: Option<&str>| RawColumn {
            name: name.into(),
            ty,
            key,
            nullable: false,
            category: matches!(ty, RawType::Text(_)).then(|| "Identifier".to_owned()),
            refers: refers.map(str::to_owned),
        };
        let columns = vec![
            column("Id", RawType::Text(72), true, None),
            column("Component_", RawType::Text(72), false, Some("Component")),
            column("Count", RawType::Short, false, None),
        ];
        let cells = |component: &str| vec![text("a"), text(component), RawCell::Number(3)];
        let key = crate::plan::ids::file_key("autopcc.exe");
        let plan = made(vec![table("Mine", columns.clone(), cells(&key))]).unwrap();
        assert_eq!(plan.rows.table("_Validation").len(), 3);
        assert!(made(vec![table("Mine", columns, cells("nobody"))]).is_err());
    }
}
