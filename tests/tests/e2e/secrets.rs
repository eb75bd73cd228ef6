//! Secret settings: where they are after an installation, and where they are never.
//!
//! Wine does not write the rights of keys to its disk, and its log is not that of Windows: that a key is closed and a
//! log silent is shown by the tables of the MSI and on the simulated machine. Here the real Windows Installer runs the
//! real DLL, and the same steps give the same registry by both ways.

use std::process::Command;

use packager_tests::host;
use packager_tests::installer::{Exe, Installer, Msi, install_dir, msiexec, setup};
use packager_tests::prefix::{Prefix, Ran};
use packager_tests::product::{Release, Source};
use packager_tests::registry::View;
use packager_tests::state::listing;

use crate::acme::SETUP;
use crate::lifecycle::left_over;

const KEY: &str = r"HKLM\SOFTWARE\Acme\EndpointAgent\Secrets";
/// With all that could be taken for something else: by Windows Installer, by a command line, by the action's data.
/// (Not `<=>`, with which Wine separates what it keeps for a deferred action.)
const SECRET: &str = "s3cr3t [X]{y};5;%PATH% [~] #1";

/// Two releases with a secret in a key of its own and one in the state key; first installs from the share run `first`.
fn releases(name: &str, first: &str) -> (Release, Release) {
    let source = Source::new(name);
    let secrets = "[setting.TOKEN]\nsecret = true\n\
                   registry = 'HKLM\\SOFTWARE\\Acme\\EndpointAgent\\Secrets\\Token'\n\n\
                   [setting.PIN]\nsecret = true\nrequired = true\n\n[setting.GROUP]";
    for manifest in ["agent.toml", "agent-4.3.0.toml"] {
        source.edit(manifest, "[setting.GROUP]", secrets);
        source.edit(manifest, "[\"x64\", \"x86\"]", "[\"x64\"]");
        source.edit(manifest, "first-install    = \"exe\"", &format!("first-install    = \"{first}\""));
    }
    (source.build("agent.toml", &[]), source.build("agent-4.3.0.toml", &[]))
}

/// Both secrets as they are stored.
fn stored(prefix: &mut Prefix) -> (Option<String>, Option<String>) {
    let registry = prefix.registry();
    let before: Vec<_> = registry
        .key(KEY, View::Bits64)
        .into_iter()
        .flat_map(|key| key.values.keys())
        .filter(|name| name.starts_with("~before~"))
        .collect();
    assert!(before.is_empty(), "left over: {before:?}");
    let text = |key: &str, name| registry.text(key, View::Bits64, name).map(str::to_owned);
    (text(KEY, "Token"), text(&format!("{SETUP}\\Secrets"), "PIN"))
}

fn both(token: &str, pin: &str) -> (Option<String>, Option<String>) {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    (some(token), some(pin))
}

fn reset(installer: &dyn Installer, prefix: &Prefix, release: &Release, name: &str) -> Ran {
    match installer.name() {
        "MSI" => msiexec(prefix, "/i", &release.msi("x64"), &format!("RESET={name}")),
        _ => setup(prefix, &release.exe("x64"), &format!("/quiet /clear {name}")),
    }
}

fn whole_life(installer: &dyn Installer, name: &str) {
    let (old, new) = releases(name, "exe");
    let mut prefix = Prefix::new();
    let empty = prefix.state();
    let install = |prefix: &mut Prefix, release: &Release, settings: &[(&str, &str)]| {
        prefix.boot();
        installer.install(prefix, release, "x64", settings)
    };

    // One is required: nothing is installed without it.
    let refused = if installer.name() == "MSI" { 1603 } else { 1639 };
    install(&mut prefix, &old, &[("TOKEN", "x")]).expect(refused);
    assert_eq!(stored(&mut prefix), both("", ""));

    install(&mut prefix, &old, &[("TOKEN", SECRET), ("PIN", "1234")]).expect(0);
    assert_eq!(stored(&mut prefix), both(SECRET, "1234"));
    // An upgrade keeps what it is not told, and does not ask again.
    if installer.name() == "MSI" {
        // Windows' RemoveExistingProducts tells the old version why it goes (Microsoft: "UPGRADINGPRODUCTCODE
        // Property"), Wine's does not: here it is told by hand, and what is looked for first is gone.
        prefix.boot();
        msiexec(
            &prefix,
            "/x",
            &old.msi("x64"),
            "UPGRADINGPRODUCTCODE={00000000-0000-0000-0000-000000000001}",
        )
        .expect(0);
        assert_eq!(stored(&mut prefix), both(SECRET, "1234"));
        install(&mut prefix, &new, &[("PIN", "1234")]).expect(0);
    } else {
        install(&mut prefix, &new, &[]).expect(0);
    }
    assert_eq!(stored(&mut prefix), both(SECRET, "1234"));
    install(&mut prefix, &new, &[("TOKEN", "another")]).expect(0);
    assert_eq!(stored(&mut prefix), both("another", "1234"));
    // Clearing, and that it stays so.
    install(&mut prefix, &new, &[("TOKEN", "")]).expect(0);
    assert_eq!(stored(&mut prefix), both("", "1234"));
    install(&mut prefix, &new, &[]).expect(0);
    assert_eq!(stored(&mut prefix), both("", "1234"));
    install(&mut prefix, &new, &[("PIN", "")]).expect(refused);
    // From a file; a second line is nobody's.
    std::fs::write(prefix.desk().join("token.txt"), "@from a file\r\nrest\r\n").expect("the file is written");
    install(&mut prefix, &new, &[("TOKEN", r"@W:\token.txt")]).expect(0);
    assert_eq!(stored(&mut prefix), both("@from a file", "1234"));
    prefix.boot();
    reset(installer, &prefix, &new, "TOKEN").expect(0);
    assert_eq!(stored(&mut prefix), both("", "1234"));
    prefix.boot();
    reset(installer, &prefix, &new, "PIN").expect(refused);
    install(&mut prefix, &new, &[("TOKEN", "last")]).expect(0);
    assert_eq!(stored(&mut prefix), both("last", "1234"));

    prefix.boot();
    installer.uninstall(&prefix, &new, "x64").expect(0);
    prefix.restart();
    let left = left_over(&empty, &prefix.state(), install_dir(&prefix, "x64"), installer.name() == "MSI");
    assert!(left.is_empty(), "{} left:\n{}", installer.name(), listing(&left));
}

#[test]
fn msi() {
    whole_life(&Msi, "secrets-msi");
}

#[test]
fn exe() {
    whole_life(&Exe, "secrets-exe");
}

#[test]
fn an_msi_that_fails_gives_the_old_secret_back() {
    let (old, new) = releases("secrets-rollback", "exe");
    // After everything that stores, something that fails.
    let msi = new.msi("x64");
    for row in [
        "INSERT INTO `CustomAction` (`Action`, `Type`, `Source`, `Target`) VALUES ('Fail', 1074, 'Shell', '/c exit 7')",
        "INSERT INTO `InstallExecuteSequence` (`Action`, `Condition`, `Sequence`) VALUES ('Fail', 'NOT REMOVE', 6500)",
        "INSERT INTO `Property` (`Property`, `Value`) VALUES ('Shell', 'C:\\windows\\system32\\cmd.exe')",
        // Wine does not roll back what it removes there.
        "DELETE FROM `InstallExecuteSequence` WHERE `Action` = 'RemoveExistingProducts'",
    ] {
        host::output(Command::new("msibuild").arg(&msi).args(["-q", row])).expect_success("msibuild");
    }
    for (token, expected) in [(Some("new"), "old"), (Some(""), "old"), (None, "old")] {
        let mut prefix = Prefix::new();
        prefix.boot();
        Msi.install(&prefix, &old, "x64", &[("TOKEN", "old"), ("PIN", "1234")]).expect(0);
        let settings: Vec<(&str, &str)> = token.into_iter().map(|token| ("TOKEN", token)).collect();
        // Windows says 1603, Wine what became of the action.
        Msi.install(&prefix, &new, "x64", &settings).expect(1627);
        assert_eq!(stored(&mut prefix), both(expected, "1234"), "{token:?}");
    }
}

#[test]
fn our_log_holds_no_secret_and_windows_installer_takes_it_over() {
    let (old, new) = releases("secrets-log", "exe");
    let mut prefix = Prefix::new();
    prefix.boot();
    let given = "TOKEN=QQSECRETQQ PIN=QQSECRETQQ";
    let ran = setup(&prefix, &old.exe("x64"), &format!("/quiet {given}")).expect(0);
    assert!(ran.output.contains("set secret") && !ran.output.contains("QQSECRETQQ"), "{}", ran.output);
    let ran = setup(&prefix, &old.exe("x64"), &format!("/quiet /whatif {given}"));
    assert!(!ran.output.contains("QQSECRETQQ"), "{}", ran.output);
    assert_eq!(stored(&mut prefix), both("QQSECRETQQ", "QQSECRETQQ"));
    // Windows Installer takes over what the engine stored, and does not ask for it again.
    prefix.boot();
    Msi.install(&prefix, &new, "x64", &[("TOKEN", "QQ2")]).expect(0);
    assert_eq!(stored(&mut prefix), both("QQ2", "QQSECRETQQ"));
}

#[test]
fn a_share_hands_secrets_on_in_files() {
    for first in ["exe", "msi"] {
        let (old, _) = releases(&format!("secrets-share-{first}"), first);
        let mut prefix = Prefix::new();
        prefix.map_share("server", "share", &old.share());
        prefix.boot();
        let quoted = format!("/quiet \"TOKEN={SECRET}\" PIN=1234 /log W:\\share.log");
        prefix.run(r"\\server\share\autopcc.exe", &quoted).expect(0);
        let log = std::fs::read_to_string(prefix.desk().join("share.log")).expect("a log");
        assert!(log.contains("exit=0") && !log.contains("s3cr3t"), "{log}");
        let temp = prefix.host_path(r"C:\windows\temp");
        let left: Vec<_> =
            std::fs::read_dir(temp).expect("a folder").flatten().map(|entry| entry.file_name()).collect();
        assert!(left.iter().all(|name| !name.to_string_lossy().starts_with("~install-")), "{left:?}");
        assert_eq!(stored(&mut prefix), both(SECRET, "1234"), "{first}");
    }
}
