//! A package in which no rule finds anything, and what rules find once something in it is changed.

use std::io::Cursor;

use crate::formats::msidb::{Column, ColumnType, Database, Row, Stream, SummaryInfo, Value, open};
use crate::row;

pub(super) const GUID: &str = "{0123ABCD-4567-89EF-0123-456789ABCDEF}";
const UPGRADE: &str = "{1123ABCD-4567-89EF-0123-456789ABCDEF}";

const EXECUTE: &[(&str, i32)] = &[
    ("FindRelatedProducts", 25),
    ("AppSearch", 50),
    ("LaunchConditions", 100),
    ("ValidateProductID", 700),
    ("CostInitialize", 800),
    ("FileCost", 900),
    ("CostFinalize", 1000),
    ("MigrateFeatureStates", 1200),
    ("InstallValidate", 1400),
    ("InstallInitialize", 1500),
    ("RemoveExistingProducts", 1501),
    ("ProcessComponents", 1600),
    ("UnpublishFeatures", 1800),
    ("StopServices", 1900),
    ("DeleteServices", 2000),
    ("RemoveRegistryValues", 2600),
    ("RemoveShortcuts", 3200),
    ("Undo", 3450),
    ("RemoveFiles", 3500),
    ("RemoveFolders", 3600),
    ("CreateFolders", 3700),
    ("InstallFiles", 4000),
    ("CreateShortcuts", 4500),
    ("WriteRegistryValues", 5000),
    ("InstallServices", 5800),
    ("StartServices", 5900),
    ("RegisterUser", 6000),
    ("RegisterProduct", 6100),
    ("PublishFeatures", 6300),
    ("PublishProduct", 6400),
    ("Do", 6500),
    ("InstallFinalize", 6600),
];

/// A package of a service with a shortcut, as it is read back.
pub(super) fn clean() -> Database {
    let mut db = Database::new(1252);
    db.summary = SummaryInfo {
        codepage: 1252,
        title: "Installation Database".into(),
        template: "x64;1033".into(),
        revision: GUID.into(),
        page_count: Some(500),
        word_count: Some(2),
        security: Some(2),
        ..SummaryInfo::default()
    };
    fill(&mut db).expect("the rows fit");
    let mut bytes = Vec::new();
    db.write(&mut bytes).expect("the package is sound");
    open(Cursor::new(bytes)).expect("it can be read").database
}

fn fill(db: &mut Database) -> Result<(), crate::formats::msidb::Error> {
    for (name, value) in [
        ("ProductName", "Agent"),
        ("ProductCode", GUID),
        ("ProductVersion", "2.1.0"),
        ("ProductLanguage", "1033"),
        ("Manufacturer", "Acme"),
        ("UpgradeCode", UPGRADE),
        ("ALLUSERS", "1"),
        ("ARPPRODUCTICON", "Product.ico"),
        ("SecureCustomProperties", "NEWERFOUND;OLDERFOUND;FOUND_DIR"),
    ] {
        db.push("Property", row![name, value])?;
    }
    for (key, parent, name) in [
        ("TARGETDIR", "", "SourceDir"),
        ("ProgramFiles64Folder", "TARGETDIR", "PFiles64"),
        ("ProgramMenuFolder", "TARGETDIR", "Menu"),
        ("INSTALLDIR", "ProgramFiles64Folder", "acme|Acme Agent"),
        ("MenuDir", "ProgramMenuFolder", "acme"),
        ("DataDir", "INSTALLDIR", "data"),
    ] {
        db.push("Directory", row![key, parent, name])?;
    }
    db.push("Feature", row!["Main", "", "Main", "", 1, 1, "INSTALLDIR", 0])?;
    for (index, (key, directory, bits, path)) in (0..).zip([
        ("exe", "INSTALLDIR", 256, "exe"),
        ("txt", "INSTALLDIR", 256, "txt"),
        ("reg", "INSTALLDIR", 260, "reg"),
        ("menu", "MenuDir", 260, "menu"),
        ("data", "DataDir", 256, ""),
    ]) {
        let id = format!("{{2{index:03}ABCD-4567-89EF-0123-456789ABCDEF}}");
        db.push("Component", row![key, id, directory, bits, "", path])?;
        db.push("FeatureComponents", row!["Main", key])?;
    }
    db.push("File", row!["exe", "exe", "agent.exe", 5000, "2.1.0.0", "1033", 512, 1])?;
    db.push("File", row!["txt", "txt", "readme.txt|read me.text", 5, "", "", 512, 2])?;
    db.push("MsiFileHash", row!["txt", 0, 1, 2, 3, 4])?;
    db.push("Media", row![1, 2, "", "#data.cab", "", ""])?;
    db.push("CreateFolder", row!["DataDir", "data"])?;
    db.push("Registry", row!["reg", 2, "SOFTWARE\\Acme", "Path", "[INSTALLDIR]", "reg"])?;
    db.push("Registry", row!["menu", 1, "SOFTWARE\\Acme", "Menu", "#1", "menu"])?;
    db.push("RemoveFile", row!["MenuDir", "menu", "", "MenuDir", 2])?;
    let target = "[INSTALLDIR]agent.exe";
    db.push("Shortcut", row!["s", "MenuDir", "Agent", "menu", target, "", "", "", "", "", "", "INSTALLDIR"])?;
    let name = "AcmeAgent";
    db.push("ServiceInstall", row!["svc", name, name, 16, 2, 1, "", "", "", "", "", "exe", ""])?;
    db.push("ServiceControl", row!["svc", name, 0xa3, "", 1, "exe"])?;
    db.push_stream("Icon", "Product.ico", Stream::bytes(vec![0; 10]))?;
    db.push("CustomAction", row!["Do", 18 + 0xc00, "exe", "/msi install"])?;
    db.push("CustomAction", row!["Undo", 18 + 0xd00, "exe", "/msi rollback-install"])?;
    db.push("CustomAction", row!["SetPath", 51, "FOUND_DIR", "[INSTALLDIR]"])?;
    db.push("LaunchCondition", row!["VersionNT >= 601 OR Installed", "[ProductName] needs Windows 7."])?;
    db.push("AppSearch", row!["FOUND_DIR", "search"])?;
    db.push("RegLocator", row!["search", 2, "SOFTWARE\\Acme", "Path", 18])?;
    db.push("Upgrade", row![UPGRADE, "", "2.1.0", "", 256, "", "OLDERFOUND"])?;
    db.push("Upgrade", row![UPGRADE, "2.1.0", "", "", 2, "", "NEWERFOUND"])?;
    for &(action, number) in EXECUTE {
        let condition = if action == "Do" { "NOT REMOVE" } else { "" };
        db.push("InstallExecuteSequence", row![action, condition, number])?;
    }
    for (action, number) in
        [("CostInitialize", 800), ("FileCost", 900), ("CostFinalize", 1000), ("ExecuteAction", 1300)]
    {
        db.push("InstallUISequence", row![action, "", number])?;
        db.push("AdminUISequence", row![action, "", number])?;
    }
    for action in [
        "CostInitialize",
        "FileCost",
        "CostFinalize",
        "InstallValidate",
        "InstallInitialize",
        "InstallAdminPackage",
        "InstallFiles",
        "InstallFinalize",
    ] {
        let number = if action == "InstallAdminPackage" { 3900 } else { number(action) };
        db.push("AdminExecuteSequence", row![action, "", number])?;
    }
    for action in [
        "CostInitialize",
        "CostFinalize",
        "InstallValidate",
        "InstallInitialize",
        "CreateShortcuts",
        "PublishFeatures",
        "PublishProduct",
        "InstallFinalize",
    ] {
        db.push("AdvtExecuteSequence", row![action, "", number(action)])?;
    }
    db.add_stream("data.cab", Stream::bytes(vec![0; 5000]))
}

fn number(action: &str) -> i32 {
    EXECUTE.iter().find(|(name, _)| *name == action).map_or(0, |entry| entry.1)
}

/// What a rule finds once the clean package is changed: `severity Table key column`, as far as each is there.
pub(super) fn found(ice: &str, change: impl FnOnce(&mut Database)) -> Vec<String> {
    let mut db = clean();
    change(&mut db);
    super::run(&db, &[ice.to_owned()])
        .into_iter()
        .map(|finding| {
            assert_eq!(finding.ice, ice);
            assert!(!finding.message.is_empty());
            let parts = [finding.severity.to_string(), finding.table, finding.row, finding.column];
            parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
        })
        .collect()
}

/// Changes a field.
pub(super) fn set(db: &mut Database, table: &str, key: &str, column: &str, value: impl Into<Value>) {
    let table = db.table(table).expect("there is such a table");
    let index = table.column(column).expect("there is such a column");
    let at = table.rows().iter().position(|row| table.key_text(row) == key).expect("there is such a row");
    table.rows_mut()[at][index] = value.into();
}

/// Takes a row away.
pub(super) fn remove(db: &mut Database, table: &str, key: &str) {
    let table = db.table(table).expect("there is such a table");
    let at = table.rows().iter().position(|row| table.key_text(row) == key).expect("there is such a row");
    table.rows_mut().remove(at);
}

/// Adds a row.
pub(super) fn add(db: &mut Database, table: &str, row: Vec<Value>) {
    db.push(table, row).expect("the row fits");
}

/// Adds a table that the standard does not have, or not so; the first so many of its columns are its key.
pub(super) fn own_table(
    db: &mut Database,
    name: &str,
    keys: usize,
    columns: &[(&str, ColumnType)],
    rows: Vec<Row>,
) {
    let column = |(index, &(name, ty)): (usize, &(&str, ColumnType))| Column {
        name: name.to_owned(),
        ty,
        key: index < keys,
        nullable: index >= keys,
        localizable: false,
        optional: false,
    };
    let columns = columns.iter().enumerate().map(column).collect();
    let table = db.add_table(name, columns).expect("there is no such table yet");
    for row in rows {
        table.push(row).expect("the row fits");
    }
}

/// Adds a user interface that no rule finds anything in: an error dialog `Trouble`, the dialog of files in use, and
/// last dialogs.
pub(super) fn dialogs(db: &mut Database) {
    let dialog = |db: &mut Database, name: &str, bits: i32, first: &str| {
        add(db, "Dialog", row![name, 50, 50, 200, 100, bits, "Agent", first, "", ""]);
    };
    let control = |db: &mut Database, at: [&str; 3], property: &str, text: &str, next: &str| {
        let [dialog, name, kind] = at;
        add(db, "Control", row![dialog, name, kind, 10, 80, 50, 17, 3, property, text, next, ""]);
    };
    let ends = |db: &mut Database, dialog: &str, button: &str, argument: &str| {
        add(db, "ControlEvent", row![dialog, button, "EndDialog", argument, "1", 1]);
    };
    for (name, value) in [("DefaultUIFont", "body"), ("ErrorDialog", "Trouble"), ("CHOICE", "1")] {
        add(db, "Property", row![name, value]);
    }
    add(db, "TextStyle", row!["body", "Tahoma", 8, Value::Null, 0]);

    dialog(db, "Trouble", 0x1_0003, "ErrorText");
    control(db, ["Trouble", "ErrorText", "Text"], "", "", "ErrorText");
    for (button, argument) in [
        ("A", "ErrorAbort"),
        ("C", "ErrorCancel"),
        ("I", "ErrorIgnore"),
        ("N", "ErrorNo"),
        ("O", "ErrorOk"),
        ("R", "ErrorRetry"),
        ("Y", "ErrorYes"),
    ] {
        control(db, ["Trouble", button, "PushButton"], "", button, "");
        ends(db, "Trouble", button, argument);
    }

    dialog(db, "FilesInUse", 3, "List");
    control(db, ["FilesInUse", "List", "ListBox"], "FileInUseProcess", "", "Retry");
    for (button, next) in [("Retry", "Ignore"), ("Ignore", "Exit"), ("Exit", "List")] {
        control(db, ["FilesInUse", button, "PushButton"], "", button, next);
        ends(db, "FilesInUse", button, button);
    }
    db.table("ListBox").expect("it is a standard table");

    for (name, number) in [("Done", -1), ("Stopped", -2), ("Failed", -3)] {
        dialog(db, name, 3, "Ok");
        control(db, [name, "Ok", "PushButton"], "", "OK", if name == "Done" { "Choice" } else { "Ok" });
        ends(db, name, "Ok", "Exit");
        for table in ["InstallUISequence", "AdminUISequence"] {
            add(db, table, row![name, "", number]);
        }
    }
    control(db, ["Done", "Note", "Text"], "", "{\\body}That is all.", "");
    control(db, ["Done", "Choice", "RadioButtonGroup"], "CHOICE", "", "Ok");
    for (order, value) in [(1, "1"), (2, "2")] {
        add(db, "RadioButton", row!["CHOICE", order, value, 0, 0, 9, 9, value, ""]);
    }
}
