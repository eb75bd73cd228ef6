//! Install, upgrade and uninstall, by MSI and by EXE: one test, run for both.

use std::fs;

use packager_tests::installer::{Exe, Installer, Msi, install_dir};
use packager_tests::prefix::Prefix;
use packager_tests::product::{acme_42, acme_43};
use packager_tests::registry::View;
use packager_tests::state::{Difference, State, like, listing};

use crate::acme::{ENVIRONMENT, Expected, look};

const URL: &str = "https://e2e.acme.example:8443/a";

/// What Windows Installer keeps of products that are gone: empty keys of its own, and who the kept files are.
const LEFT_BY_WINDOWS_INSTALLER: &[&str] = &[
    r"file C:\windows\Installer",
    r"key HKLM\Software\Classes\Installer*",
    r"* HKLM\Software\Microsoft\Windows\CurrentVersion\Installer\*",
    r"key HKLM\Software\Microsoft\Windows\CurrentVersion\Installer",
];

/// What is left after an uninstall, but for the kept files and their folders.
///
/// Windows Installer removes the folders that it made when they are empty. Wine's tries that once, when a file of
/// the folder's own goes: the empty folders that it leaves are not looked at.
pub fn left_over(before: &State, after: &State, dir: &str, by_msi: bool) -> Vec<Difference> {
    let mut left = before.differences(after);
    let parent = dir.rsplit_once('\\').map_or(dir, |(parent, _)| parent);
    let kept = [
        format!("file {parent}"),
        format!("file {dir}"),
        format!("file {dir}\\conf"),
        format!("file {dir}\\conf\\agent.toml"),
        format!("file {dir}\\conf\\rules.toml"),
    ];
    left.retain(|difference| {
        let empty_folder = by_msi
            && difference.subject.starts_with(&format!("file {dir}\\"))
            && difference.after.as_deref() == Some("directory");
        !kept.contains(&difference.subject)
            && !empty_folder
            && !LEFT_BY_WINDOWS_INSTALLER.iter().any(|pattern| like(pattern, &difference.subject))
    });
    left
}

fn whole_life(installer: &dyn Installer, arch: &str, mut prefix: Prefix, managed_by: &str) {
    let (old, new) = (acme_42(), acme_43());
    let mut expected = Expected::new(old, arch, false, managed_by);
    expected.server_url = URL;
    let mut upgraded = Expected { release: new, next: true, edited: true, ..expected };

    prefix.boot();
    let empty = look(&mut prefix);
    expected.assert_nothing_holds(&prefix, &empty);
    upgraded.assert_nothing_holds(&prefix, &empty);

    prefix.boot();
    installer.install(&prefix, old, arch, &[("SERVER_URL", URL)]).expect(0);
    let seen = look(&mut prefix);
    expected.assert(&prefix, &seen);

    // An edited file that is kept stays as it is; what is gone in the new release goes; settings are remembered.
    let dir = install_dir(&prefix, arch);
    let edited = prefix.host_path(&format!("{dir}\\conf\\agent.toml"));
    fs::write(&edited, "edited by hand\n").expect("the kept file is edited");
    prefix.boot();
    installer.install(&prefix, new, arch, &[]).expect(0);
    let seen = look(&mut prefix);
    upgraded.assert(&prefix, &seen);
    assert_eq!(fs::read_to_string(&edited).ok().as_deref(), Some("edited by hand\n"));

    // The command line is stronger than what is remembered.
    prefix.boot();
    installer.install(&prefix, new, arch, &[("GROUP", "kiosk")]).expect(0);
    upgraded.group = "kiosk";
    let seen = look(&mut prefix);
    upgraded.assert(&prefix, &seen);

    prefix.boot();
    installer.uninstall(&prefix, new, arch).expect(0);
    assert_eq!(prefix.service_state("AcmeAgent"), None);
    prefix.restart();
    let after = prefix.state();
    let left = left_over(&empty.state, &after, dir, managed_by == "msi");
    assert!(left.is_empty(), "{} left:\n{}", installer.name(), listing(&left));
    assert_eq!(fs::read_to_string(&edited).ok().as_deref(), Some("edited by hand\n"));
    assert!(after.file(&format!("{dir}\\conf\\rules.toml")).is_some(), "the kept file is gone");
    if managed_by == "engine" {
        let path = |state: &State| state.registry.value(ENVIRONMENT, View::Bits64, "PATH").cloned();
        assert_eq!(path(&after), path(&empty.state), "to the letter");
    }
}

#[test]
fn msi_x64() {
    whole_life(&Msi, "x64", Prefix::new(), "msi");
}

#[test]
fn exe_x64() {
    whole_life(&Exe, "x64", Prefix::new(), "engine");
}

#[test]
fn msi_x86_on_64_bit_windows() {
    whole_life(&Msi, "x86", Prefix::new(), "msi");
}

#[test]
fn exe_x86_on_64_bit_windows() {
    whole_life(&Exe, "x86", Prefix::new(), "engine");
}

#[test]
fn msi_x86_on_32_bit_windows() {
    whole_life(&Msi, "x86", Prefix::new32(), "msi");
}

#[test]
fn exe_x86_on_32_bit_windows() {
    whole_life(&Exe, "x86", Prefix::new32(), "engine");
}
