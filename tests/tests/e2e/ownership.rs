//! One product, two owners: what the EXE does to Windows Installer's, and Windows Installer to the engine's.

use std::fs;
use std::sync::OnceLock;

use packager_tests::allowed::not_allowed;
use packager_tests::host;
use packager_tests::installer::{Exe, Installer, Msi, install_dir, setup};
use packager_tests::prefix::Prefix;
use packager_tests::product::{Release, Source, acme_42, acme_43, builds};
use packager_tests::registry::View;
use packager_tests::state::{Entry, listing, sha256_of};

use crate::acme::{AGENT, ENVIRONMENT, Expected, SETUP, look, uninstall_entries};
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
    prefix.run(&format!("{dir}\\autopcc.exe"), "/uninstall /quiet /log W:\\own.log").expect(1638);
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

/// What 4.2.0 has here that 4.3.0 lacks.
const MORE: &str = r#"
[[registry]]
key    = 'HKLM\SOFTWARE\Acme\Former'
values = { Value = "former" }

[[service]]
name = "AcmeFormer"
exe  = 'former\deep\former.exe'
arguments = "--server x"

[[environment]]
name   = "PATH"
append = '{InstallDir}\former'

[[task]]
name  = 'Acme Former'
run   = '{InstallDir}\bin\agentctl.exe'
every = "4h"
"#;

/// 4.2.0 with [`MORE`], and a 4.3.0 that fails when everything is there.
fn older_and_failing() -> &'static (Release, Release) {
    static BUILT: OnceLock<(Release, Release)> = OnceLock::new();
    BUILT.get_or_init(|| {
        let source = Source::new("ownership-older");
        let agent = fs::read(source.folder.join("payload/x86/bin/agent.exe")).expect("a service");
        for arch in [ARCH, "x86"] {
            source.write(&format!("payload/{arch}/former/deep/former.exe"), &agent);
        }
        let add = |manifest: &str, tables: &str| {
            let text = fs::read_to_string(source.folder.join(manifest)).expect("a manifest");
            source.write(manifest, format!("{text}\n{tables}").as_bytes());
        };
        add("agent.toml", MORE);
        add(
            "agent-4.3.0.toml",
            "[[run]]\nprogram = 'bin\\agentctl.exe'\nat = 'after-upgrade'\nargs = ['fail', '7']\n",
        );
        let arch = ["--arch", ARCH];
        (source.build("agent.toml", &arch), source.build("agent-4.3.0.toml", &arch))
    })
}

/// What there is of [`MORE`]: its file, value, service, part of PATH, task.
fn former(prefix: &mut Prefix) -> [bool; 5] {
    let service = prefix.service_state("AcmeFormer").as_deref() == Some("RUNNING");
    let state = prefix.state();
    let path = state.registry.text(ENVIRONMENT, View::Bits64, "PATH").unwrap_or_default().to_owned();
    let file = format!("{}\\former\\deep\\former.exe", install_dir(prefix, ARCH));
    [
        state.file(&file).is_some(),
        state.registry.text(r"HKLM\SOFTWARE\Acme\Former", View::Bits64, "Value") == Some("former"),
        service,
        path.to_lowercase().contains("\\former"),
        prefix.host_path(r"C:\windows\system32\Tasks\Acme Former").exists(),
    ]
}

#[test]
fn windows_installer_leaves_nothing_of_an_older_release_of_the_engines() {
    let (older, _) = older_and_failing();
    let mut prefix = Prefix::new();
    prefix.boot();
    Exe.install(&prefix, older, ARCH, &[]).expect(0);
    assert_eq!(former(&mut prefix), [true; 5]);
    prefix.boot();
    Msi.install(&prefix, acme_43(), ARCH, &[]).expect(0);
    assert_eq!(prefix.service_state("AcmeAgent").as_deref(), Some("RUNNING"));
    let mut fresh = Prefix::new();
    fresh.boot();
    Msi.install(&fresh, acme_43(), ARCH, &[]).expect(0);
    prefix.restart();
    fresh.restart();
    let mut left = not_allowed(fresh.state().differences(&prefix.state()));
    let conf = format!("file {}\\conf\\", install_dir(&prefix, ARCH));
    // Wine's Task Scheduler starts by itself from its first task on.
    let schedule = r"value HKLM\System\CurrentControlSet\Services\Schedule@Start";
    left.retain(|difference| !difference.subject.starts_with(&conf) && difference.subject != schedule);
    assert!(left.is_empty(), "fresh (first) and taken over (second):\n{}", listing(&left));
    assert_eq!(former(&mut prefix), [false; 5]);
}

#[test]
fn a_failed_takeover_of_an_older_release_brings_back_what_only_that_had() {
    let (older, failing) = older_and_failing();
    let mut prefix = Prefix::new();
    prefix.boot();
    Exe.install(&prefix, older, ARCH, &[]).expect(0);
    Msi.install(&prefix, failing, ARCH, &[]).expect(1627);
    // But for the task: Wine does not tell what it was.
    assert_eq!(former(&mut prefix), [true, true, true, true, false]);
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
