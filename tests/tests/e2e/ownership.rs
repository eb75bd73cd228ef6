//! One product, two owners: what the EXE does to Windows Installer's, and Windows Installer to the engine's.

use packager_tests::host;
use packager_tests::installer::{Exe, Installer, Msi, install_dir, setup};
use packager_tests::prefix::Prefix;
use packager_tests::product::{acme_42, acme_43, builds};
use packager_tests::registry::View;
use packager_tests::state::{Entry, listing, sha256_of};

use crate::acme::{AGENT, Expected, SETUP, look, uninstall_entries};
use crate::lifecycle::left_over;

const ARCH: &str = "x64";

#[test]
fn the_exe_leaves_windows_installers_product_alone() {
    let mut prefix = Prefix::new();
    let empty = prefix.state();
    prefix.boot();
    Msi.install(&prefix, acme_42(), ARCH, &[]).expect(0);
    let before = prefix.state();
    prefix.boot();
    for arguments in ["/quiet", "/quiet /repair", "/quiet /uninstall"] {
        let ran = setup(&prefix, &acme_43().exe(ARCH), arguments).expect(1638);
        assert!(ran.output.to_lowercase().contains("msiexec"), "no word of msiexec in:\n{}", ran.output);
    }
    let dir = install_dir(&prefix, ARCH);
    prefix.run(&format!("{dir}\\autopcc.exe"), "/uninstall /quiet").expect(1638);
    assert_eq!(listing(&before.differences(&prefix.state())), "");
    prefix.boot();
    Msi.uninstall(&prefix, acme_42(), ARCH).expect(0);
    let left = left_over(&empty, &prefix.state(), dir, true);
    assert!(left.is_empty(), "left:\n{}", listing(&left));
}

#[test]
fn windows_installer_takes_over_what_the_engine_installed() {
    let mut prefix = Prefix::new();
    let empty = prefix.state();
    prefix.boot();
    Exe.install(&prefix, acme_42(), ARCH, &[("GROUP", "kiosk")]).expect(0);
    Msi.install(&prefix, acme_42(), ARCH, &[]).expect(0);
    let seen = look(&mut prefix);
    // One uninstall entry, the state key says msi, and the settings were remembered.
    let expected = Expected { group: "kiosk", ..Expected::new(acme_42(), ARCH, false, "msi") };
    expected.assert(&prefix, &seen);
    assert_ne!(uninstall_entries(&seen.state, View::Bits64), ["com.acme.endpoint-agent"]);

    prefix.boot();
    Msi.uninstall(&prefix, acme_42(), ARCH).expect(0);
    prefix.restart();
    let left = left_over(&empty, &prefix.state(), install_dir(&prefix, ARCH), true);
    assert!(left.is_empty(), "left:\n{}", listing(&left));
}

#[test]
fn windows_installer_takes_over_an_older_release_of_the_engines() {
    let mut prefix = Prefix::new();
    prefix.boot();
    Exe.install(&prefix, acme_42(), ARCH, &[("GROUP", "kiosk")]).expect(0);
    Msi.install(&prefix, acme_43(), ARCH, &[]).expect(0);
    let state = prefix.state();
    let dir = install_dir(&prefix, ARCH);
    let text = |name| state.registry.text(SETUP, View::Bits64, name);
    assert_eq!((text("ManagedBy"), text("Version")), (Some("msi"), Some("4.3.0")));
    let entries = uninstall_entries(&state, View::Bits64);
    assert!(entries.len() == 1 && entries != ["com.acme.endpoint-agent"], "{entries:?}");
    let group = state.registry.text(&format!("{AGENT}\\Settings"), View::Bits64, "Group");
    assert_eq!(group, Some("kiosk"), "settings are remembered");
    // Every file is the new release's, also those of no other version; kept files are the person's.
    for (path, host) in acme_43().files(ARCH) {
        let expected = sha256_of(&host);
        match state.file(&format!("{dir}\\{path}")) {
            Some(Entry::File { sha256, .. }) if *sha256 == expected || path.starts_with("conf\\") => {}
            other => panic!("{path} is {other:?}"),
        }
    }
}

#[test]
fn a_failed_takeover_gives_the_product_back() {
    // Wine's Windows Installer rolls back no registry: that Windows' does is shown by what it is told. The
    // entry goes by a row of a standard table, and no action of the package's own touches it.
    let msi = acme_42().msi(ARCH);
    let rows = |table: &str| {
        host::run(builds(), "msiinfo", &["export", msi.to_str().expect("UTF-8"), table])
            .expect_success("msiinfo export")
            .stdout
    };
    let entry = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\com.acme.endpoint-agent";
    let removed = rows("RemoveRegistry");
    assert!(removed.lines().any(|row| row.contains(&format!("{entry}\t-\t"))), "{removed}");
    let state = rows("Registry");
    assert!(state.lines().any(|row| row.contains("\tManagedBy\tmsi\t")), "{state}");
    assert!(!rows("CustomAction").contains("Uninstall\\"));
}
