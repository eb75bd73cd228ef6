use std::collections::HashSet;

use super::*;

#[test]
fn tables_are_named_once_and_their_keys_come_first() {
    let mut names = HashSet::new();
    for table in tables() {
        assert!(names.insert(table.name), "{} is there twice", table.name);
        assert!(table.columns.len() <= 32);
        let keys = table.columns.iter().take_while(|column| column.key).count();
        assert!(keys > 0, "{} has no key", table.name);
        assert!(table.columns.iter().skip(keys).all(|column| !column.key), "{}: keys come first", table.name);
        let mut columns = HashSet::new();
        for column in table.columns {
            assert!(columns.insert(column.name), "{}.{} is there twice", table.name, column.name);
            assert!(!column.description.is_empty() && column.description.is_ascii());
            assert!(
                column.set.len() <= 255 && column.description.len() <= 255 && column.key_table.len() <= 255
            );
        }
    }
    assert!(names.len() > 80);
}

#[test]
fn references_lead_to_tables() {
    for table in tables() {
        for column in table.columns {
            assert_eq!(column.key_table.is_empty(), column.key_column == 0, "{}.{}", table.name, column.name);
            for target in column.key_table.split(';').filter(|name| !name.is_empty()) {
                let target = TableDef::find(target).unwrap_or_else(|| panic!("{target} is not there"));
                let key = &target.columns[usize::from(column.key_column) - 1];
                assert!(key.key, "{}.{} refers to no key", table.name, column.name);
            }
        }
    }
}

/// Type bits as they are in databases of the Windows Installer SDK.
#[test]
fn type_bits_are_those_of_windows_installer() {
    for (table, column, bits) in [
        ("_Validation", "Table", 11552),
        ("_Validation", "Nullable", 3332),
        ("_Validation", "MinValue", 4356),
        ("Property", "Property", 11592),
        ("Property", "Value", 3840),
        ("File", "FileName", 4095),
        ("File", "FileSize", 260),
        ("File", "Version", 7496),
        ("File", "Sequence", 1282),
        ("Media", "DiskId", 9474),
        ("Media", "DiskPrompt", 8000),
        ("Binary", "Data", 2304),
        ("MsiDigitalSignature", "Hash", 6400),
        ("DrLocator", "Parent", 15688),
        ("ControlEvent", "Condition", 15871),
        ("Control", "Text", 7936),
        ("Control", "X", 1282),
        ("CustomAction", "Target", 7679),
        ("Upgrade", "Attributes", 8452),
        ("Registry", "Key", 4095),
        ("Registry", "Value", 7936),
        ("MsiFileHash", "HashPart1", 260),
        ("ServiceInstall", "Name", 3583),
        ("Error", "Message", 7936),
        ("Feature", "Title", 8000),
    ] {
        let def = TableDef::find(table).and_then(|table| table.column(column)).unwrap();
        assert_eq!(def.column().bits(), bits, "{table}.{column}");
        let read = Column::from_bits(column.to_owned(), bits).unwrap();
        assert_eq!(read, Column { optional: false, ..def.column() });
    }
}

/// What refers to a key is of its type and width.
/// Source: "ICE32", <https://learn.microsoft.com/windows/win32/msi/ice32>.
#[test]
fn keys_and_what_refers_to_them_have_one_type() {
    let mut pairs = 0;
    for table in tables() {
        for column in table.columns.iter().filter(|column| column.key_column > 0) {
            for key in column.key_table.split(';').filter_map(TableDef::find) {
                let key_column = &key.columns[usize::from(column.key_column) - 1];
                let names = (table.name, column.name, key.name, key_column.name);
                assert_eq!(column.ty, key_column.ty, "{names:?}");
                pairs += 1;
            }
        }
    }
    assert!(pairs > 50, "{pairs}");
}
