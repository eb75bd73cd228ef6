use packager_shared::plan::Arch;

use super::*;
use crate::outputs::msi::{Rows, plan};
use crate::outputs::sample;
use crate::plan::PackagePlan;

fn secret(name: &str, required: bool) -> Setting {
    let (name, default) = (name.to_owned(), String::new());
    Setting { name, default, required, secret: true, allowed: vec![], registry: None, legacy: vec![] }
}

fn package(secrets: Vec<Setting>) -> PackagePlan {
    let mut package = sample::package(Arch::X64);
    package.target.settings.extend(secrets);
    package
}

fn rows(package: &PackagePlan) -> Rows {
    plan(sample::release(package, &sample::files())).unwrap().rows
}

fn text(cell: &Cell) -> &str {
    match cell {
        Cell::Text(text) => text,
        _ => "",
    }
}

fn int(cell: &Cell) -> i32 {
    match cell {
        Cell::Int(number) => *number,
        _ => 0,
    }
}

/// Everything in a row as one text, and the action or property it stands under.
fn holding<'a>(rows: &'a Rows, part: &str) -> Vec<(&'a str, Vec<&'a str>)> {
    let mut found = Vec::new();
    for (table, rows) in rows.tables() {
        for row in rows {
            let row: Vec<&str> = row.iter().map(text).collect();
            if row.iter().any(|text| text.contains(part)) {
                found.push((table, row));
            }
        }
    }
    found
}

#[test]
fn every_place_that_holds_a_secret_is_hidden() {
    let mut pin = secret("PIN", true);
    let key = Key { root: Root::LocalMachine, view: View::Bits64, path: r"SOFTWARE\Acme\[x]\Secrets".into() };
    pin.registry = Some((key, "Pin;".into()));
    let rows = rows(&package(vec![secret("TOKEN", false), pin]));
    for (name, place) in [
        ("TOKEN", r"HKLM;64;[RollbackDisabled];48;SOFTWARE\Acme\com.acme.agent\Setup\Secrets\TOKEN;"),
        ("PIN", r"HKLM;64;[RollbackDisabled];30;SOFTWARE\Acme\[\[]x[\]]\Secrets\Pin;;"),
    ] {
        let value = format!("[{name}]");
        let [(table, row)] = &holding(&rows, &value)[..] else { panic!("{:?}", holding(&rows, &value)) };
        assert_eq!(
            (*table, row[0], row[2]),
            ("CustomAction", &*format!("Give.{name}"), &*format!("Store.{name}"))
        );
        assert_eq!(row[3], format!("{place}[{name}]"));
        let hidden = holding(&rows, "MsiHiddenProperties");
        let hidden: Vec<&str> = hidden[0].1[1].split(';').collect();
        for property in
            [name.to_owned(), format!("Store.{name}"), format!("Undo.{name}"), format!("Forget.{name}")]
        {
            assert!(hidden.contains(&property.as_str()), "{property} is not in {hidden:?}");
        }
        for table in ["Registry", "RegLocator"] {
            for row in rows.table(table) {
                let stored = row.iter().any(|cell| text(cell).contains("Secrets"));
                assert!(!stored, "{table}: {row:?}");
            }
        }
    }
    for row in rows.table("CustomAction") {
        let of_secret = ["Give.", "Clear.", "DataOf", "Undo.", "Store.", "Forget.", "ReadSecretFiles"];
        let hides = int(&row[1]) & HIDE_TARGET != 0;
        assert_eq!(of_secret.iter().any(|prefix| text(&row[0]).starts_with(prefix)), hides, "{row:?}");
    }
    assert!(rows.table("Binary").contains(&vec![Cell::from(LIBRARY), Cell::Stream]));
}

#[test]
fn the_deed_is_deferred_with_its_undo_before_and_its_end_behind_it() {
    let rows = rows(&package(vec![secret("TOKEN", false)]));
    let kind = |action: &str| {
        let row = rows.table("CustomAction").iter().find(|row| text(&row[0]) == action).unwrap();
        (int(&row[1]) & !HIDE_TARGET, text(&row[3]).to_owned())
    };
    assert_eq!(kind("Store.TOKEN"), (1 | 0x400 | 0x800, "StoreSecret".into()));
    assert_eq!(kind("Undo.TOKEN"), (1 | 0x400 | 0x800 | 0x100 | 0x40, "RestoreSecret".into()));
    assert_eq!(kind("Forget.TOKEN"), (1 | 0x400 | 0x800 | 0x200 | 0x40, "ForgetSecret".into()));
    let mut steps: Vec<(i32, &str)> =
        rows.table("InstallExecuteSequence").iter().map(|row| (int(&row[2]), text(&row[0]))).collect();
    steps.sort();
    let order: Vec<&str> = steps.into_iter().map(|(_, action)| action).collect();
    let at =
        |action: &str| order.iter().position(|other| *other == action).unwrap_or_else(|| panic!("{action}"));
    for pair in [
        "InstallInitialize",
        "WriteRegistryValues",
        "Give.TOKEN",
        "Clear.TOKEN",
        "DataOfUndo.TOKEN",
        "DataOfForget.TOKEN",
        "Undo.TOKEN",
        "Store.TOKEN",
        "Forget.TOKEN",
        "StartServices",
        "InstallFinalize",
    ]
    .windows(2)
    {
        assert!(at(pair[0]) < at(pair[1]), "{pair:?}");
    }
    assert!(at("Cleared.TOKEN") < at("LaunchConditions") && at("File.TOKEN") < at("ReadSecretFiles"));
    assert!(at("ReadSecretFiles") < at("SecretFilesRead") && at("SecretFilesRead") < at("LaunchConditions"));
}

#[test]
fn an_upgrade_does_not_remove_what_the_new_version_keeps() {
    let rows = rows(&package(vec![secret("TOKEN", false)]));
    let condition = |action: &str| {
        let row = rows.table("InstallExecuteSequence").iter().find(|row| text(&row[0]) == action).unwrap();
        text(&row[1]).to_owned()
    };
    assert!(condition("Clear.TOKEN").ends_with("OR (REMOVE~=\"ALL\" AND NOT UPGRADINGPRODUCTCODE)"));
    assert_eq!(condition("Give.TOKEN"), "NOT (TOKEN=\"*unset*\") AND NOT REMOVE~=\"ALL\"");
    assert_eq!(condition("Store.TOKEN"), "Store.TOKEN");
}

#[test]
fn a_required_secret_is_asked_for_once() {
    let rows = rows(&package(vec![secret("TOKEN", true)]));
    let conditions: Vec<&str> = rows
        .table("LaunchCondition")
        .iter()
        .map(|row| text(&row[0]))
        .filter(|condition| condition.contains("TOKEN"))
        .collect();
    assert_eq!(
        conditions,
        [
            "REMOVE~=\"ALL\" OR TOKEN",
            "Installed OR TOKEN<>\"*unset*\" OR REMEMBERED_TOKEN",
            "TOKEN<>\"*unset*\" OR NOT (SettingsToReset><\";TOKEN;\")",
        ]
    );
    let marker: Vec<_> = rows.table("Registry").iter().filter(|row| text(&row[3]) == "TOKEN").collect();
    assert_eq!(marker.len(), 1);
    assert_eq!(
        (text(&marker[0][2]), text(&marker[0][4])),
        (r"SOFTWARE\Acme\com.acme.agent\Setup\Given", "#1")
    );
    let plain = self::rows(&package(vec![secret("TOKEN", false)]));
    assert!(plain.table("Registry").iter().all(|row| text(&row[3]) != "TOKEN"));
}

#[test]
fn the_longest_names_fit_and_too_many_are_an_error() {
    let names = (0..MOST).map(|n| format!("{:A<48}{n:02}", ""));
    let many: Vec<Setting> = names.map(|name| secret(&name, true)).collect();
    let rows = rows(&package(many.clone()));
    for (table, columns) in [("LaunchCondition", 1), ("InstallExecuteSequence", 2), ("CustomAction", 4)] {
        for row in rows.table(table) {
            let width = if table == "CustomAction" { 72 } else { 255 };
            assert!(row.iter().take(columns.min(3)).all(|cell| text(cell).len() <= width), "{row:?}");
        }
    }
    let too_many = package(many.into_iter().chain([secret("ONE_MORE", false)]).collect());
    let outcome = plan(sample::release(&too_many, &sample::files()));
    assert!(matches!(outcome, Err(Error::Secrets { count }) if count == MOST + 1));
}

#[test]
fn without_secrets_there_is_no_library() {
    let rows = rows(&package(vec![]));
    assert!(!rows.table("Binary").iter().any(|row| row[0] == Cell::from(LIBRARY)));
    assert_eq!(holding(&rows, "MsiHiddenProperties").len(), 0);
}

#[test]
fn the_field_of_a_secret_is_empty_and_leaving_it_so_keeps_what_is_there() {
    let mut package = package(vec![secret("TOKEN", true)]);
    package.outputs.msi.dialogs = true;
    package.outputs.msi.asks = vec![crate::plan::Ask { setting: "TOKEN".into(), label: "Token".into() }];
    let rows = rows(&package);
    let action = |name: &str| {
        let row = rows.table("CustomAction").iter().find(|row| text(&row[0]) == name).unwrap();
        (text(&row[2]), text(&row[3]))
    };
    assert_eq!(action("Blank.TOKEN"), ("TOKEN", ""));
    assert_eq!(action("Pass_TOKEN"), ("TOKEN", UNSET));
    let ui: Vec<&str> = rows.table("InstallUISequence").iter().map(|row| text(&row[0])).collect();
    assert!(ui.contains(&"Blank.TOKEN") && ui.contains(&"Pass_TOKEN"));
    let execute: Vec<&str> = rows.table("InstallExecuteSequence").iter().map(|row| text(&row[0])).collect();
    assert!(!execute.contains(&"Blank.TOKEN") && !execute.contains(&"Pass_TOKEN"));
    let asks_once = holding(&rows, "NOT REMEMBERED_TOKEN");
    assert!(asks_once.iter().any(|(table, _)| *table == "ControlEvent"), "{asks_once:?}");
    let conditions = holding(&rows, "OR UILevel = 5");
    assert!(conditions.iter().any(|(_, row)| row[0].starts_with("Installed OR TOKEN<>")), "{conditions:?}");
}

#[test]
fn windows_installers_own_validation_finds_no_error() {
    let mut package = package(vec![secret("TOKEN", true), secret("PIN", false)]);
    for dialogs in [false, true] {
        package.outputs.msi.dialogs = dialogs;
        package.outputs.msi.asks = vec![crate::plan::Ask { setting: "TOKEN".into(), label: "Token".into() }];
        let files = sample::files();
        let found = super::super::tests::findings(sample::release(&package, &files));
        assert_eq!(found, Vec::<String>::new());
    }
}
