//! Predecessors that are taken over, by MSI and by EXE.

use std::fs;

use packager_tests::installer::{BOTH, Installer, install_dir};
use packager_tests::prefix::Prefix;
use packager_tests::product::{Release, Source, packager, project};
use packager_tests::state::State;

const FOLDER: &str = r"C:\Program Files\Acme Legacy";
const ENTRY: &str = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\AcmeLegacy";
const TABLES: &str = r#"
[[replaces]]
name = "Acme Legacy"
service = "AcmeLegacy"
uninstall-entry = "AcmeLegacy"
files = ['{ProgramFiles}\Acme Legacy\', '{ProgramData}\legacy.ini']
keys = ['HKLM\SOFTWARE\AcmeLegacy\Agent']

[[migrate]]
from = '{ProgramFiles}\Acme Legacy\data'
to = '{ProgramData}\Acme\Endpoint Agent\data'
"#;
const FAIL: &str = "[[run]]\nprogram = 'bin\\agentctl.exe'\nat = 'after-install'\nargs = ['fail', '7']\n";

fn released(name: &str, tables: &str) -> Release {
    let source = Source::new(name);
    let text = fs::read_to_string(source.folder.join("agent.toml")).expect("a manifest");
    source.write("agent.toml", format!("{text}\n{tables}").as_bytes()).build("agent.toml", &[])
}

/// A predecessor with a service that runs, and data.
fn predecessor(entry: bool) -> Prefix {
    let mut prefix = Prefix::new();
    let folder = prefix.host_path(FOLDER);
    fs::create_dir_all(folder.join("data/deep")).expect("a folder");
    fs::copy(project().join("examples/acme-agent/payload/x64/bin/agent.exe"), folder.join("agent.exe"))
        .expect("a service");
    fs::write(folder.join("data/a.db"), "a").expect("data");
    fs::write(folder.join("data/deep/b.db"), "b").expect("data");
    fs::write(prefix.host_path(r"C:\ProgramData\legacy.ini"), "x").expect("a file");
    prefix.boot();
    let mut lines = format!(
        "sc.exe create AcmeLegacy binPath= \"\\\"{FOLDER}\\agent.exe\\\" --server x\" start= auto\n\
         sc.exe start AcmeLegacy\nreg.exe add HKLM\\SOFTWARE\\AcmeLegacy\\Agent /v a /d b /f /reg:64\n\
         reg.exe add HKLM\\SOFTWARE\\AcmeLegacy\\Agent\\Deep /v c /d d /f /reg:32"
    );
    if entry {
        // Its uninstaller removes its entry and no more.
        let uninstaller = folder.join("un.exe");
        fs::copy(prefix.host_path(r"C:\windows\system32\reg.exe"), uninstaller).expect("an uninstaller");
        let quiet = format!("\\\"{FOLDER}\\un.exe\\\" delete {ENTRY} /f /reg:64");
        lines.push_str(&format!("\nreg.exe add {ENTRY} /v QuietUninstallString /d \"{quiet}\" /f /reg:64"));
    }
    prefix.batch(&lines).expect(0);
    assert_eq!(prefix.service_state("AcmeLegacy").as_deref(), Some("RUNNING"));
    prefix
}

/// What there is of the predecessor.
fn of_predecessor(state: &State) -> Vec<String> {
    let text = format!("{state:#?}");
    text.lines().filter(|line| line.to_lowercase().contains("legacy")).map(str::to_owned).collect()
}

#[test]
fn a_predecessor_goes_and_leaves_its_data() {
    let release = &released("takeover", TABLES);
    for installer in BOTH {
        let name = installer.name();
        let prefix = predecessor(true);
        installer.install(&prefix, release, "x64", &[]).expect(0);
        assert_eq!(prefix.service_state("AcmeLegacy"), None, "{name}");
        assert_eq!(prefix.service_state("AcmeAgent").as_deref(), Some("RUNNING"), "{name}");
        let data = prefix.host_path(r"C:\ProgramData\Acme\Endpoint Agent\data");
        assert_eq!(fs::read_to_string(data.join("deep/b.db")).ok().as_deref(), Some("b"), "{name}");
        let dir = prefix.host_path(install_dir(&prefix, "x64"));
        let left = fs::read_dir(dir).expect("installed").flatten().map(|entry| entry.file_name());
        assert_eq!(left.filter(|name| name.to_string_lossy().starts_with(".upd")).count(), 0, "{name}");
        assert!(!prefix.host_path(FOLDER).exists(), "{name}");
        let there = |key: &str| prefix.batch(&format!("reg.exe query {key}")).code == Some(0);
        for view in ["/reg:64", "/reg:32"] {
            assert!(!there(&format!("HKLM\\SOFTWARE\\AcmeLegacy\\Agent {view}")), "{name}");
            assert!(!there(&format!("{ENTRY} {view}")), "{name}");
        }
        // Once more: there is nothing to take over.
        installer.install(&prefix, release, "x64", &[("GROUP", "kiosk")]).expect(0);
    }
}

#[test]
fn a_takeover_that_fails_brings_the_predecessor_back() {
    let tables = TABLES.replace("uninstall-entry = \"AcmeLegacy\"\n", "") + FAIL;
    let release = &released("takeover-fails", &tables);
    for installer in BOTH {
        let name = installer.name();
        let mut prefix = predecessor(false);
        let before = of_predecessor(&prefix.state());
        assert!(before.len() > 8, "{before:#?}");
        prefix.boot();
        let code = if name == "MSI" { 1627 } else { 1603 };
        installer.install(&prefix, release, "x64", &[]).expect(code);
        assert_eq!(prefix.service_state("AcmeLegacy").as_deref(), Some("RUNNING"), "{name}");
        let data = prefix.host_path(r"C:\ProgramData\Acme\Endpoint Agent\data");
        assert!(!data.exists(), "{name}");
        assert_eq!(before, of_predecessor(&prefix.state()), "{name}");
    }
}

#[test]
fn while_a_predecessor_is_there_nothing_is_installed() {
    let tables = "[[replaces]]\nname = 'Acme Legacy'\nservice = 'AcmeLegacy'\nthen = 'refuse'\n";
    let release = &released("takeover-refused", tables);
    for installer in BOTH {
        let prefix = predecessor(false);
        installer.install(&prefix, release, "x64", &[]).expect(1603);
        assert!(!prefix.host_path(install_dir(&prefix, "x64")).exists(), "{}", installer.name());
        prefix.batch("sc.exe stop AcmeLegacy\nsc.exe delete AcmeLegacy").expect(0);
        installer.install(&prefix, release, "x64", &[]).expect(0);
    }
}

/// `shared`: both products say where they are in the same registry key.
fn replace_product(shared: bool) {
    let source = Source::new(&format!("takeover-old-product-{shared}"));
    if !shared {
        source.edit("agent.toml", r"Acme\EndpointAgent", r"Acme\OldAgent");
    }
    let name = "Acme Endpoint Agent\"";
    source
        .edit("agent.toml", "com.acme.endpoint-agent", "com.acme.legacy.endpoint-agent")
        .edit("agent.toml", "4.2.0", "4.1.0")
        .edit("agent.toml", name, "Acme Legacy Agent\"")
        .edit("agent.toml", r"{ProgramFiles}\Acme\Endpoint Agent", r"{ProgramFiles}\Acme Legacy")
        .edit("agent.toml", "\"AcmeAgent\"", "\"AcmeLegacyAgent\"");
    let old = &source.build("agent.toml", &["--output", "msi"]);
    let msi = old.msi("x64");
    let shown = packager(&source.folder, &["inspect", msi.to_str().expect("UTF-8"), "--table", "Property"]);
    let shown = shown.expect_success("inspect");
    let line =
        shown.stdout.lines().find(|line| line.contains("UpgradeCode")).expect("an upgrade code").to_owned();
    let code = &line[line.find('{').expect("a code")..=line.find('}').expect("a code")];
    let new =
        &released(&format!("takeover-product-{shared}"), &format!("[[replaces]]\nupgrade-code = '{code}'\n"));
    for installer in BOTH {
        let mut prefix = Prefix::new();
        prefix.boot();
        packager_tests::installer::Msi.install(&prefix, old, "x64", &[]).expect(0);
        assert!(prefix.host_path(FOLDER).join("bin/agent.exe").exists());
        installer.install(&prefix, new, "x64", &[]).expect(0);
        // Where a setup program finds the product it stays; Windows Installer goes where it is told.
        let stays = shared && installer.name() == "EXE";
        assert_eq!(prefix.host_path(FOLDER).join("bin/agent.exe").exists(), stays, "{}", installer.name());
        assert_eq!(prefix.service_state("AcmeLegacyAgent"), None);
        assert_eq!(prefix.service_state("AcmeAgent").as_deref(), Some("RUNNING"));
    }
}

#[test]
fn a_product_of_windows_installer_is_replaced() {
    replace_product(false);
}

#[test]
fn a_product_that_is_found_by_the_same_key_is_replaced() {
    replace_product(true);
}
