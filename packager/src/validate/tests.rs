use std::collections::BTreeSet;

use super::*;

#[test]
fn a_sound_package_passes() {
    let findings = run(&testing::clean(), &[]);
    assert!(
        findings.is_empty(),
        "{}",
        findings.iter().map(Finding::to_string).collect::<Vec<_>>().join("\n")
    );
}

#[test]
fn a_sound_user_interface_passes() {
    let mut db = testing::clean();
    testing::dialogs(&mut db);
    // The tables came after `_Validation` was written.
    let findings = run(&db, &[]).into_iter().filter(|finding| finding.ice != "ICE03");
    assert_eq!(findings.map(|finding| finding.to_string()).collect::<Vec<_>>(), Vec::<String>::new());
}

#[test]
fn the_registry_is_sorted_and_complete() {
    assert!(RULES.windows(2).all(|pair| number(pair[0].name) < number(pair[1].name)));
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/validate/rules");
    let files: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "mod.rs")
        .collect();
    let rules: BTreeSet<String> =
        RULES.iter().map(|rule| format!("{}.rs", rule.name.to_lowercase())).collect();
    assert_eq!(files, rules);
    for rule in RULES {
        assert!(rule.name.starts_with("ICE") && rule.name.len() >= 5 && !rule.asks.is_empty());
    }
}

/// Every rule's file has its page, and a test that has its name.
#[test]
fn every_rule_names_its_page_and_has_its_test() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/validate/rules");
    for rule in RULES {
        let name = rule.name.to_lowercase();
        let text = std::fs::read_to_string(folder.join(format!("{name}.rs"))).unwrap();
        assert!(text.starts_with("//! "), "{name}");
        let page = if name.len() > 5 { format!("ice-{}", &name[3..]) } else { name.clone() };
        assert!(text.contains(&format!("windows/win32/msi/{page}>")), "{name}");
        assert!(text.contains(&format!("fn {name}()")), "{name}");
    }
}

#[test]
fn rules_can_be_chosen() {
    let mut db = testing::clean();
    testing::remove(&mut db, "Property", "ProductName");
    testing::set(&mut db, "Property", "ProductVersion", "Value", "x");
    let run = |only: &[&str]| {
        let only: Vec<String> = only.iter().map(|name| (*name).to_owned()).collect();
        run(&db, &only).iter().map(|finding| finding.ice).collect::<Vec<_>>()
    };
    assert_eq!(run(&["ice05"]), ["ICE05"]);
    assert_eq!(run(&["24", "5"]), ["ICE05", "ICE24"]);
    assert_eq!(run(&["ICE04"]), [] as [&str; 0]);
    let names = ["ICE5", "ICE999", "x", ""].map(str::to_owned);
    assert_eq!(unknown(&names), [&names[1], &names[2], &names[3]]);
}

#[test]
fn findings_say_where() {
    let finding = Finding {
        ice: "ICE03",
        severity: Severity::Error,
        table: "File".into(),
        row: "f".into(),
        column: "FileName".into(),
        message: "no".into(),
    };
    assert_eq!(finding.to_string(), "ICE03 error: no [File.FileName, row f]");
}

/// Whatever is in the tables, rules come to an end without a panic.
#[test]
fn odd_databases_are_only_odd() {
    use crate::formats::msidb::{ColumnType, Value};
    for value in [
        Value::Null,
        Value::Int(-1),
        Value::Int(i32::MAX),
        Value::from("["),
        Value::from("a.b|c\\d:;[#"),
        Value::Stream,
    ] {
        let mut db = testing::clean();
        let names: Vec<String> = db.tables().map(|table| table.name().to_owned()).collect();
        for name in &names {
            let table = db.table(name).unwrap();
            let types: Vec<ColumnType> = table.columns().iter().map(|column| column.ty).collect();
            for row in table.rows_mut() {
                for (field, ty) in row.iter_mut().zip(&types) {
                    let fits = matches!(
                        (&value, ty),
                        (Value::Null, _)
                            | (Value::Int(_), ColumnType::Short | ColumnType::Long)
                            | (Value::Str(_), ColumnType::Str(_))
                    );
                    if fits && name != "_Validation" {
                        *field = value.clone();
                    }
                }
            }
        }
        let _ = run(&db, &[]);
        for name in &names {
            db.remove_table(name);
            let _ = run(&db, &[]);
        }
    }
    let mut db = testing::clean();
    // A circle of directories.
    testing::set(&mut db, "Directory", "TARGETDIR", "Directory_Parent", "INSTALLDIR");
    let _ = run(&db, &[]);
}
