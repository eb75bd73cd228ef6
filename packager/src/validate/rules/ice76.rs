//! ICE76: files of a catalog of Windows File Protection are permanent, local and not bound.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice76>

use std::collections::HashSet;

use crate::validate::{Place, Report, View};

/// Bits of a component. <https://learn.microsoft.com/windows/win32/msi/component-table>
const SOURCE_ONLY: i32 = 0x1;
const OPTIONAL: i32 = 0x2;
const PERMANENT: i32 = 0x10;

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let (files, components) = (view.by_key("File"), view.by_key("Component"));
    let bound: HashSet<&str> = view.rows("BindImage").map(|row| row.first()).collect();
    for row in view.rows("FileSFPCatalog") {
        let file = row.text("File_");
        if bound.contains(file) {
            report
                .error(Place::row(&row), format!("`{file}` is of a catalog, so it must not be in BindImage"));
        }
        let Some(component) = files.get(file).and_then(|file| components.get(file.text("Component_"))) else {
            continue;
        };
        let bits = component.bits("Attributes");
        if bits & PERMANENT == 0 || bits & (SOURCE_ONLY | OPTIONAL) != 0 {
            report.error(
                Place::row(&row),
                format!("its component `{}` has to be permanent and local", component.first()),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::formats::msidb::ColumnType;
    use crate::row;
    use crate::validate::testing::{add, found, own_table, set};

    #[test]
    fn ice76() {
        let with = |bits: i32, bound: bool| {
            found("ICE76", |db| {
                let columns = [("File_", ColumnType::Str(72)), ("SFPCatalog_", ColumnType::Str(255))];
                own_table(db, "FileSFPCatalog", 2, &columns, vec![row!["exe", "c.cat"]]);
                set(db, "Component", "exe", "Attributes", bits);
                if bound {
                    add(db, "BindImage", row!["exe", ""]);
                }
            })
        };
        let error = "error FileSFPCatalog exe.c.cat";
        assert!(with(0x110, false).is_empty());
        assert_eq!(with(0x110, true), [error]);
        for bits in [0x100, 0x111, 0x112] {
            assert_eq!(with(bits, false), [error]);
        }
    }
}
