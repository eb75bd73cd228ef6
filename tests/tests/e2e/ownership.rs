//! One product, two owners: what the EXE does to Windows Installer's, and Windows Installer to the engine's.

use std::fs;

use packager_tests::host;
use packager_tests::installer::{Exe, Installer, Msi, install_dir, msiexec, setup};
use packager_tests::prefix::Prefix;
use packager_tests::product::{acme_42, acme_43, builds};
use packager_tests::registry::View;
use packager_tests::state::{like, listing};

use crate::acme::{Expected, SETUP, look, uninstall_entries};
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
    for release in [acme_42(), acme_43()] {
        let mut prefix = Prefix::new();
        let empty = prefix.state();
        prefix.boot();
        Exe.install(&prefix, acme_42(), ARCH, &[("GROUP", "kiosk")]).expect(0);
        Msi.install(&prefix, release, ARCH, &[]).expect(0);
        let seen = look(&mut prefix);
        let next = std::ptr::eq(release, acme_43());
        // One uninstall entry, the state key says msi, and the settings were remembered.
        let expected = Expected { group: "kiosk", edited: true, ..Expected::new(release, ARCH, next, "msi") };
        expected.assert(&prefix, &seen);
        assert_ne!(uninstall_entries(&seen.state, View::Bits64), ["com.acme.endpoint-agent"]);

        prefix.boot();
        Msi.uninstall(&prefix, release, ARCH).expect(0);
        prefix.restart();
        let left = left_over(&empty, &prefix.state(), install_dir(&prefix, ARCH), true);
        assert!(left.is_empty(), "left:\n{}", listing(&left));
    }
}

#[test]
fn a_failed_takeover_gives_the_product_back() {
    // The same MSI with an action at its end that fails.
    let msi = builds().join("takeover-fails.msi");
    fs::copy(acme_42().msi(ARCH), &msi).expect("the MSI is copied");
    let rows = [
        "INSERT INTO `CustomAction` (`Action`, `Type`, `Source`, `Target`) VALUES ('Fails', 1058, 'INSTALLDIR', \
         '\"C:\\windows\\system32\\cmd.exe\" /c exit 5')",
        "INSERT INTO `InstallExecuteSequence` (`Action`, `Condition`, `Sequence`) VALUES ('Fails', '', 6590)",
    ];
    let mut arguments = vec![msi.to_string_lossy().into_owned()];
    for row in rows {
        arguments.extend(["-q".to_owned(), row.to_owned()]);
    }
    host::run(builds(), "msibuild", &arguments).expect_success("msibuild");

    let mut prefix = Prefix::new();
    prefix.boot();
    Exe.install(&prefix, acme_42(), ARCH, &[]).expect(0);
    let before = prefix.state();
    prefix.boot();
    // Windows says 1603, Wine 1627.
    let code = msiexec(&prefix, "/i", &msi, "").code;
    assert!(matches!(code, Some(1603 | 1627)), "{code:?}");
    let after = prefix.state();
    // Wine's Windows Installer rolls custom actions back, but neither files nor services: what is its own
    // business is not looked at here.
    assert_eq!(uninstall_entries(&after, View::Bits64), ["com.acme.endpoint-agent"]);
    assert_eq!(after.registry.text(SETUP, View::Bits64, "ManagedBy"), Some("engine"));
    let mut lost = before.differences(&after);
    lost.retain(|difference| like(r"*com.acme.endpoint-agent*", &difference.subject));
    assert!(lost.is_empty(), "not as before:\n{}", listing(&lost));
}
