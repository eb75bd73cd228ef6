//! What the setup EXE says with its exit code, and what it leaves alone.

use std::fs;
use std::sync::OnceLock;

use packager_tests::installer::{Exe, Installer, Msi, install_dir, msiexec, setup};
use packager_tests::prefix::Prefix;
use packager_tests::product::{Release, Source, acme_42, acme_43};
use packager_tests::registry::View;
use packager_tests::state::{Entry, State, listing};

use crate::acme::{AGENT, Expected, SETUP, UNINSTALL, look};

const DIR: &str = r"C:\Program Files\Acme\Endpoint Agent";

#[test]
fn a_bad_command_line_is_1639_and_changes_nothing() {
    let mut prefix = Prefix::new();
    let before = prefix.state();
    prefix.boot();
    for arguments in [
        "/nonsense",
        "stray",
        "/uninstall /repair",
        "-f -u",
        "GROUP=neither",
        "NO_SUCH_SETTING=1",
        "/clear NO_SUCH_SETTING",
        "/site nowhere",
        "/dir",
    ] {
        let ran = setup(&prefix, &acme_42().exe("x64"), &format!("/quiet {arguments}"));
        assert_eq!(ran.code, Some(1639), "{arguments}: {}", ran.output);
    }
    assert_eq!(listing(&before.differences(&prefix.state())), "");
}

#[test]
fn nothing_to_uninstall_or_repair_is_1605() {
    let mut prefix = Prefix::new();
    let before = prefix.state();
    prefix.boot();
    setup(&prefix, &acme_42().exe("x64"), "/quiet /uninstall").expect(1605);
    setup(&prefix, &acme_42().exe("x64"), "/quiet /repair").expect(1605);
    assert_eq!(listing(&before.differences(&prefix.state())), "");
}

#[test]
fn an_older_version_is_refused() {
    let mut prefix = Prefix::new();
    prefix.boot();
    Exe.install(&prefix, acme_43(), "x64", &[]).expect(0);
    let before = prefix.state();
    prefix.boot();
    setup(&prefix, &acme_42().exe("x64"), "/quiet").expect(1638);
    assert_eq!(listing(&before.differences(&prefix.state())), "");

    let mut prefix = Prefix::new();
    prefix.boot();
    Msi.install(&prefix, acme_43(), "x64", &[]).expect(0);
    let before = prefix.state();
    prefix.boot();
    msiexec(&prefix, "/i", &acme_42().msi("x64"), "").expect(1603);
    assert_eq!(listing(&before.differences(&prefix.state())), "");
}

/// What changed, but for the folder that Wine's Windows Installer makes when it looks at a package.
fn changes(before: &State, after: &State) -> String {
    let mut all = before.differences(after);
    all.retain(|difference| difference.subject != r"file C:\windows\Installer");
    listing(&all)
}

/// 4.2.0 for Windows 10, and for all but Windows 7.
fn choosy() -> &'static (Release, Release) {
    static BUILT: OnceLock<(Release, Release)> = OnceLock::new();
    BUILT.get_or_init(|| {
        let platforms = "platforms    = { min = \"windows-xp\", server = true }";
        let arch = "arch         = [\"x64\", \"x86\"]";
        let ten = Source::new("platform-10");
        ten.edit("agent.toml", platforms, "platforms = { min = \"windows-10\", server = true }");
        let not_seven = Source::new("platform-not-7");
        let refused = "platforms = { min = \"windows-vista\", refuse = [\"windows-7\"], server = true }";
        not_seven.edit("agent.toml", platforms, refused);
        for source in [&ten, &not_seven] {
            source.edit("agent.toml", arch, "arch = [\"x64\"]");
        }
        (ten.build("agent.toml", &[]), not_seven.build("agent.toml", &[]))
    })
}

#[test]
fn a_platform_that_is_not_supported_is_1633() {
    let (ten, not_seven) = choosy();
    // Wine shows Windows 7.
    let mut prefix = Prefix::new();
    let before = prefix.state();
    prefix.boot();
    for release in [ten, not_seven] {
        setup(&prefix, &release.exe("x64"), "/quiet").expect(1633);
        msiexec(&prefix, "/i", &release.msi("x64"), "").expect(1603);
    }
    assert_eq!(changes(&before, &prefix.state()), "");

    for installer in [&Exe as &dyn Installer, &Msi] {
        for release in [ten, not_seven] {
            let mut prefix = Prefix::new();
            prefix.boot();
            prefix.run("winecfg.exe", "/v win10").expect(0);
            installer.install(&prefix, release, "x64", &[]).expect(0);
            assert!(prefix.state().file(&format!("{DIR}\\bin\\agent.exe")).is_some(), "{}", installer.name());
        }
    }
}

#[test]
fn an_x64_package_on_32_bit_windows_is_1633() {
    let mut prefix = Prefix::new32();
    let before = prefix.state();
    prefix.boot();
    setup(&prefix, &acme_42().exe("x64"), "/quiet").expect(1633);
    msiexec(&prefix, "/i", &acme_42().msi("x64"), "").expect(1633);
    assert_eq!(changes(&before, &prefix.state()), "");
}

#[test]
fn whatif_says_what_it_would_do_and_does_nothing() {
    let mut prefix = Prefix::new();
    let before = prefix.state();
    prefix.boot();
    let absent = setup(&prefix, &acme_42().exe("x64"), "/quiet /whatif").expect(0);
    assert!(absent.output.contains("not installed"), "{}", absent.output);
    assert_eq!(listing(&before.differences(&prefix.state())), "");
    prefix.boot();
    Exe.install(&prefix, acme_42(), "x64", &[]).expect(0);
    let before = prefix.state();
    prefix.boot();
    setup(&prefix, &acme_43().exe("x64"), "/quiet /whatif").expect(0);
    setup(&prefix, &acme_42().exe("x64"), "/quiet /uninstall /whatif").expect(0);
    assert_eq!(listing(&before.differences(&prefix.state())), "");
}

#[test]
fn help_and_version_are_printed() {
    let mut prefix = Prefix::new();
    let before = prefix.state();
    prefix.boot();
    let exe = acme_42().exe("x64");
    let help = setup(&prefix, &exe, "/quiet /?").expect(0);
    assert!(help.output.contains("/uninstall") && help.output.contains("/extract"), "{}", help.output);
    let version = setup(&prefix, &exe, "/quiet /version").expect(0);
    assert!(version.output.contains("4.2.0"), "{}", version.output);
    assert_eq!(listing(&before.differences(&prefix.state())), "");
}

#[test]
fn a_log_says_what_was_decided_and_what_came_of_it() {
    let prefix = Prefix::new();
    let exe = prefix.bring(&acme_42().exe("x64"));
    prefix.run(&exe, "/quiet /log W:\\install.log").expect(0);
    let log = fs::read_to_string(prefix.desk().join("install.log")).expect("the log is there");
    assert!(log.contains("4.2.0") && log.contains("not installed"), "{log}");
}

#[test]
fn repair_puts_right_what_is_wrong() {
    let mut prefix = Prefix::new();
    prefix.boot();
    Exe.install(&prefix, acme_42(), "x64", &[]).expect(0);
    let dir = prefix.host_path(DIR);
    fs::write(dir.join("data/catalog.json"), "damaged").expect("the file is damaged");
    fs::remove_file(dir.join("docs/readme.txt")).expect("a file is removed");
    let key = format!("{AGENT}\\CurrentVersion").replace("HKLM", "HKEY_LOCAL_MACHINE");
    prefix.run("reg.exe", &format!("delete \"{key}\" /v Retries /f")).expect(0);
    setup(&prefix, &acme_42().exe("x64"), "/quiet /repair").expect(0);
    let seen = look(&mut prefix);
    Expected::new(acme_42(), "x64", false, "engine").assert(&prefix, &seen);
}

#[test]
fn the_uninstall_entry_uninstalls() {
    for value in ["QuietUninstallString", "UninstallString"] {
        let mut prefix = Prefix::new();
        prefix.boot();
        Exe.install(&prefix, acme_42(), "x64", &[]).expect(0);
        let registry = prefix.registry();
        let key = format!("{UNINSTALL}\\com.acme.endpoint-agent");
        let line = registry.text(&key, View::Bits64, value).expect("the entry says how").to_owned();
        // Without a person there is nobody to ask: `UninstallString` needs the switch.
        let more = if value == "UninstallString" { " /quiet" } else { "" };
        prefix.boot();
        prefix.batch(&format!("{line}{more}")).expect(0);
        let state = prefix.state();
        assert!(state.registry.key(&key, View::Bits64).is_none(), "{line}");
        assert!(state.registry.key(SETUP, View::Bits64).is_none(), "{line}");
        assert!(state.file(&format!("{DIR}\\bin\\agent.exe")).is_none(), "{line}");
    }
}

#[test]
fn a_site_and_another_folder_can_be_chosen() {
    let mut prefix = Prefix::new();
    prefix.boot();
    setup(&prefix, &acme_42().exe("x64"), "/quiet /site paris /dir \"C:\\Agents\\Acme\"").expect(0);
    let state = prefix.state();
    assert!(matches!(state.file(r"C:\Agents\Acme\bin\agent.exe"), Some(Entry::File { .. })));
    assert!(state.file(DIR).is_none());
    let settings = format!("{AGENT}\\Settings");
    let text = |name| state.registry.text(&settings, View::Bits64, name);
    assert_eq!(text("ServerUrl"), Some("https://paris.acme.example"));
    assert_eq!(text("Group"), Some("servers"));
    let current = format!("{AGENT}\\CurrentVersion");
    assert_eq!(state.registry.text(&current, View::Bits64, "Application Path"), Some(r"C:\Agents\Acme\"));

    // The command line is stronger than the site.
    let mut prefix = Prefix::new();
    prefix.boot();
    setup(&prefix, &acme_42().exe("x64"), "/quiet /site paris GROUP=kiosk").expect(0);
    let registry = prefix.registry();
    assert_eq!(registry.text(&settings, View::Bits64, "Group"), Some("kiosk"));
    assert_eq!(registry.text(&settings, View::Bits64, "ServerUrl"), Some("https://paris.acme.example"));
}

#[test]
fn an_empty_setting_is_remembered_as_empty() {
    let mut prefix = Prefix::new();
    let settings = format!("{AGENT}\\Settings");
    for release in [acme_42(), acme_43()] {
        let given: &[(&str, &str)] =
            if std::ptr::eq(release, acme_42()) { &[("SERVER_URL", "")] } else { &[] };
        prefix.boot();
        Exe.install(&prefix, release, "x64", given).expect(0);
        let url = prefix.registry().text(&settings, View::Bits64, "ServerUrl").map(str::to_owned);
        assert_eq!(url.as_deref(), Some(""), "{}", release.stem);
    }
}

#[test]
fn a_setting_is_remembered_until_it_is_reset() {
    for installer in [&Exe as &dyn Installer, &Msi] {
        let mut prefix = Prefix::new();
        prefix.boot();
        let settings = format!("{AGENT}\\Settings");
        installer.install(&prefix, acme_42(), "x64", &[("SERVER_URL", "https://one.example")]).expect(0);
        match installer.name() {
            "EXE" => setup(&prefix, &acme_43().exe("x64"), "/quiet /clear SERVER_URL").expect(0),
            _ => msiexec(&prefix, "/i", &acme_43().msi("x64"), "RESET=SERVER_URL").expect(0),
        };
        let url = prefix.registry().text(&settings, View::Bits64, "ServerUrl").map(str::to_owned);
        assert_eq!(url.as_deref(), Some("https://agents.acme.example"), "{}", installer.name());
    }
}

#[test]
fn a_second_run_at_the_same_time_is_1618() {
    let mut prefix = Prefix::new();
    prefix.boot();
    let exe = prefix.bring(&acme_42().exe("x64"));
    // Both at once: one installs, the other is told to wait, or finds it done.
    prefix.start(&format!("\"{exe}\" /quiet\n> W:\\first.txt echo %errorlevel%"));
    let second = prefix.run(&exe, "/quiet").code;
    let first = prefix.desk().join("first.txt");
    packager_tests::prefix::wait_for("the other run ends", || {
        fs::read_to_string(&first).is_ok_and(|text| !text.trim().is_empty())
    });
    let first = fs::read_to_string(&first).unwrap_or_default().trim().parse::<u32>().ok();
    for code in [first, second] {
        assert!(matches!(code, Some(0 | 1618)), "{first:?} and {second:?}");
    }
    assert!(first == Some(0) || second == Some(0), "{first:?} and {second:?}");
    let seen = look(&mut prefix);
    Expected::new(acme_42(), "x64", false, "engine").assert(&prefix, &seen);
    assert_eq!(install_dir(&prefix, "x64"), DIR);
}
