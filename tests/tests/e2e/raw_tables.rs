//! Rows that the author of a manifest wrote for the MSI's tables.

use std::fs;

use packager_tests::host;
use packager_tests::installer::{install_dir, msiexec};
use packager_tests::prefix::Prefix;
use packager_tests::product::{Source, packager};

const TABLES: &str = r#"
[[output.msi.table]]
name = "IniFile"
rows = [{ IniFile = "agent", FileName = "agent.ini", DirProperty = "INSTALLDIR", Section = "Agent", Key = "Group", Value = "[GROUP]", Action = 0, Component_ = { file = 'bin\agent.exe' } }]

[[output.msi.table]]
name = "DuplicateFile"
rows = [{ FileKey = "copy", Component_ = { file = 'bin\agent.exe' }, File_ = { file = 'docs\readme.txt' }, DestName = "COPY.TXT", DestFolder = "INSTALLDIR" }]

[[output.msi.table]]
name    = "AcmeInventory"
columns = [{ name = "Id", type = "string", size = 72, key = true, category = "Identifier" }, { name = "Component_", type = "string", size = 72, category = "Identifier", refers = "Component" }]
rows    = [{ Id = "agent", Component_ = { file = 'bin\agent.exe' } }]
"#;

#[test]
fn rows_are_written_and_their_actions_run() {
    let source = Source::new("raw-tables");
    let text = fs::read_to_string(source.folder.join("agent.toml")).expect("the manifest is read");
    source.write("agent.toml", format!("{text}{TABLES}").as_bytes());
    let release = source.build("agent.toml", &["--arch", "x64", "--output", "msi"]);
    let msi = release.msi("x64");
    let export =
        host::run(&source.folder, "msiinfo", &["export", msi.to_str().expect("UTF-8"), "AcmeInventory"]);
    let export = export.expect_success("msiinfo export").stdout;
    assert!(export.starts_with("Id\tComponent_") && export.contains("\nagent\tf"), "{export}");

    let mut prefix = Prefix::new();
    prefix.boot();
    msiexec(&prefix, "/i", &msi, "GROUP=kiosk").expect(0);
    let dir = prefix.host_path(install_dir(&prefix, "x64"));
    let ini = fs::read_to_string(dir.join("agent.ini")).expect("the .ini file is there");
    assert!(ini.contains("[Agent]") && ini.contains("Group=kiosk"), "{ini}");
    let read = |name: &str| fs::read(dir.join(name)).expect("a file");
    assert_eq!(read("COPY.TXT"), read("docs/readme.txt"));
    msiexec(&prefix, "/x", &msi, "").expect(0);
    prefix.shut_down();
    assert!(!dir.join("COPY.TXT").exists());
    let ini = fs::read_to_string(dir.join("agent.ini")).unwrap_or_default();
    assert!(!ini.contains("Group"), "{ini}");
}

#[test]
fn a_row_of_packagers_own_is_named_beside_the_authors() {
    let source = Source::new("raw-clash");
    let text = fs::read_to_string(source.folder.join("agent.toml")).expect("the manifest is read");
    let row = "\n[[output.msi.table]]\nname = \"Property\"\nrows = [{ Property = \"Manufacturer\", Value = \"Me\" }]\n";
    source.write("agent.toml", format!("{text}{row}").as_bytes());
    let line = text.lines().count() + 4;
    let said = packager(&source.folder, &["build", "--output", "msi", "--out", "../dist"]);
    assert_eq!(said.code, 1, "{said:?}");
    for part in [&format!("agent.toml:{line}:"), "`Manufacturer | Acme Corporation`", "`Manufacturer | Me`"] {
        assert!(said.stderr.contains(part), "no {part} in {}", said.stderr);
    }
}
