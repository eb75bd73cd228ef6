//! What hangs on a setting, and what stands in a configuration file because of one: by MSI and EXE alike, changed,
//! upgraded, removed.

use std::fs;

use packager_tests::allowed::not_allowed;
use packager_tests::installer::{BOTH, Installer, install_dir};
use packager_tests::prefix::Prefix;
use packager_tests::product::{Release, Source};
use packager_tests::registry::View;
use packager_tests::state::{State, listing};

use crate::lifecycle::left_over;

const TABLES: &str = r#"
[[payload.group]]
files = ["kiosk/**"]
when  = "GROUP = 'kiosk'"

[[service]]
name    = "AcmeKiosk"
exe     = 'bin\agent.exe'
start   = "demand"
run     = "never"
depends = ["AcmeAgent"]
when    = "GROUP = 'kiosk'"

[[registry]]
key    = 'HKLM\SOFTWARE\Acme\EndpointAgent\Mode'
values = { Kiosk = { dword = 1 } }
when   = "GROUP = 'kiosk'"

[[registry]]
key    = 'HKLM\SOFTWARE\Acme\EndpointAgent\Mode'
values = { Kiosk = { dword = 0 } }
when   = "GROUP <> 'kiosk'"

[[directory]]
path = '{ProgramData}\Acme\Kiosk'
when = "GROUP = 'kiosk'"

[[shortcut]]
target = 'bin\agentctl.exe'
folder = "Acme Kiosk"
name   = "Kiosk"
when   = "GROUP = 'kiosk'"

[[environment]]
name  = "ACME_KIOSK"
value = "yes"
when  = "GROUP = 'kiosk'"

[[config]]
file   = 'conf\agent.toml'
values = { "server.url" = "{SERVER_URL}", "server.group" = "{GROUP}", "log.level" = "debug" }

[[config]]
file   = 'kiosk\shell.xml'
values = { "@GROUP@" = "{GROUP} & co" }
"#;

fn released(name: &str) -> [Release; 2] {
    let source = Source::new(name);
    ["agent.toml", "agent-4.3.0.toml"].map(|manifest| {
        let text = fs::read_to_string(source.folder.join(manifest)).expect("a manifest");
        source.write(manifest, format!("{text}\n{TABLES}").as_bytes());
        let payload = if manifest == "agent.toml" { "payload" } else { "payload-4.3.0" };
        for arch in ["x64", "x86"] {
            let shell = b"<shell>\r\n  <group>@GROUP@</group>\r\n</shell>\r\n";
            source.write(&format!("{payload}/{arch}/kiosk/deep/menu.txt"), b"menu");
            source.write(&format!("{payload}/{arch}/kiosk/shell.xml"), shell);
        }
        source.build(manifest, &["--arch", "x64"])
    })
}

fn config(prefix: &Prefix, file: &str) -> String {
    let path = prefix.host_path(&format!("{}\\{file}", install_dir(prefix, "x64")));
    fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// What only kiosks have of what the tables make, and what is there in turns.
fn assert_kiosk(state: &State, expected: bool, name: &str) {
    let dir = r"C:\Program Files\Acme\Endpoint Agent";
    let there = [
        state.file(&format!("{dir}\\kiosk\\deep\\menu.txt")).is_some(),
        state.file(r"C:\ProgramData\Acme\Kiosk").is_some(),
        state.file(r"C:\ProgramData\Microsoft\Windows\Start Menu\Programs\Acme Kiosk\Kiosk.lnk").is_some(),
        state.registry.value(crate::acme::ENVIRONMENT, View::Bits64, "ACME_KIOSK").is_some(),
    ];
    assert_eq!(there, [expected; 4], "{name}");
}

#[test]
fn kiosks_and_others_are_the_same_by_msi_and_exe() {
    let [old, _] = &released("when-parity");
    for group in ["kiosk", "servers"] {
        let mut states = Vec::new();
        for installer in BOTH {
            let mut prefix = Prefix::new();
            prefix.boot();
            installer.install(&prefix, old, "x64", &[("GROUP", group)]).expect(0);
            assert_eq!(prefix.service_state("AcmeKiosk").is_some(), group == "kiosk", "{}", installer.name());
            let text = config(&prefix, r"conf\agent.toml");
            for line in ["[server]\n", &format!("group = \"{group}\"\n"), "level = \"debug\"\n"] {
                assert!(text.contains(line), "{}: {text}", installer.name());
            }
            assert!(text.starts_with("# Settings of the agent; "), "{text}");
            if group == "kiosk" {
                assert_eq!(
                    config(&prefix, r"kiosk\shell.xml"),
                    "<shell>\r\n  <group>kiosk &amp; co</group>\r\n</shell>\r\n"
                );
            }
            let state = prefix.state();
            assert_kiosk(&state, group == "kiosk", installer.name());
            states.push(state);
        }
        let wrong = not_allowed(states[0].differences(&states[1]));
        assert!(wrong.is_empty(), "{group}: MSI (first) and EXE (second) differ in:\n{}", listing(&wrong));
    }
}

fn change_upgrade_and_remove(installer: &dyn Installer) {
    let [old, new] = &released(&format!("when-{}", installer.name()));
    let name = installer.name();
    let by_msi = name == "MSI";
    let mut prefix = Prefix::new();
    prefix.boot();
    let empty = prefix.state();
    prefix.boot();
    installer.install(&prefix, old, "x64", &[("GROUP", "servers")]).expect(0);

    // The same package with another setting.
    installer.install(&prefix, old, "x64", &[("GROUP", "kiosk")]).expect(0);
    assert!(prefix.service_state("AcmeKiosk").is_some(), "{name}");
    let text = config(&prefix, r"conf\agent.toml");
    assert!(text.contains("group = \"kiosk\"\n"), "{name}: {text}");
    let state = prefix.state();
    assert_kiosk(&state, true, name);

    // What people write stays in an upgrade, and so does the setting.
    let file = prefix.host_path(&format!("{}\\conf\\agent.toml", install_dir(&prefix, "x64")));
    fs::write(&file, text.replace("group = \"kiosk\"", "group = \"mine\" # by hand")).expect("written");
    prefix.boot();
    installer.install(&prefix, new, "x64", &[]).expect(0);
    assert!(prefix.service_state("AcmeKiosk").is_some(), "{name}");
    // Wine does not tell the MSI that goes that another comes: it forgets what it has written.
    let group = if by_msi { "kiosk" } else { "mine" };
    let text = config(&prefix, r"conf\agent.toml");
    assert!(text.contains(&format!("group = \"{group}\" # by hand\n")), "{name}: {text}");
    let state = prefix.state();
    assert_kiosk(&state, true, name);

    // And back again.
    prefix.boot();
    installer.install(&prefix, new, "x64", &[("GROUP", "default")]).expect(0);
    assert_eq!(prefix.service_state("AcmeKiosk"), None, "{name}");
    assert!(config(&prefix, r"conf\agent.toml").contains("group = \"default\" # by hand\n"), "{name}");
    let state = prefix.state();
    // Wine's msiexec does not look again at the conditions of components that are installed: what the tables made
    // stays until the product goes.
    assert_kiosk(&state, by_msi, name);

    prefix.boot();
    installer.uninstall(&prefix, new, "x64").expect(0);
    prefix.restart();
    let after = prefix.state();
    let dir = install_dir(&prefix, "x64");
    let mut left = left_over(&empty, &after, dir, by_msi);
    // A file that takes values is kept.
    left.retain(|difference| !difference.subject.starts_with(&format!("file {dir}\\kiosk")));
    assert!(left.is_empty(), "{name} left:\n{}", listing(&left));
}

#[test]
fn a_setting_is_changed_by_the_msi() {
    change_upgrade_and_remove(&packager_tests::installer::Msi);
}

#[test]
fn a_setting_is_changed_by_the_exe() {
    change_upgrade_and_remove(&packager_tests::installer::Exe);
}
