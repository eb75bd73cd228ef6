//! MSI and EXE leave the same state but for Windows Installer's own bookkeeping.

use packager_tests::allowed::{not_allowed, patterns};
use packager_tests::installer::{Exe, Installer, Msi};
use packager_tests::prefix::Prefix;
use packager_tests::product::{Release, Source, acme_42};
use packager_tests::state::{Difference, State, like, listing};

fn installed(installer: &dyn Installer, release: &Release, arch: &str, mut prefix: Prefix) -> State {
    prefix.boot();
    installer.install(&prefix, release, arch, &[("GROUP", "servers")]).expect(0);
    prefix.state()
}

fn differences(release: &Release, arch: &str, prefix: fn() -> Prefix) -> Vec<Difference> {
    let msi = installed(&Msi, release, arch, prefix());
    let exe = installed(&Exe, release, arch, prefix());
    msi.differences(&exe)
}

#[track_caller]
fn assert_parity(arch: &str, prefix: fn() -> Prefix) {
    let all = differences(acme_42(), arch, prefix);
    // Windows Installer did keep its books: the two were not both nothing.
    assert!(all.iter().any(|difference| difference.subject.ends_with("@ManagedBy")), "{}", listing(&all));
    let wrong = not_allowed(all);
    assert!(wrong.is_empty(), "MSI (first) and EXE (second) differ in:\n{}", listing(&wrong));
}

#[test]
fn x64() {
    assert_parity("x64", Prefix::new);
}

#[test]
fn x86_on_64_bit_windows() {
    assert_parity("x86", Prefix::new);
}

#[test]
fn x86_on_32_bit_windows() {
    assert_parity("x86", Prefix::new32);
}

/// What leaves one kind of Op out of a manifest, and a subject that must then show up as a difference.
const DROPPED: &[(&str, &str, &str)] = &[
    (
        "Legacy             = \"as in 4.1\"\n",
        "",
        r"value HKLM\Software\Acme\EndpointAgent\CurrentVersion@Legacy",
    ),
    (
        "[[directory]]\npath = '{ProgramData}\\Acme\\Endpoint Agent'\n",
        "",
        r"file C:\ProgramData\Acme\Endpoint Agent",
    ),
    (
        "append = '{InstallDir}\\bin'",
        "append = '{InstallDir}\\data'",
        r"value *\Session Manager\Environment@PATH",
    ),
    ("name        = \"Acme Agent Control\"", "name        = \"Another\"", r"file *\Acme Agent Control.lnk"),
    ("arguments   = \"--server {SERVER_URL}\"", "", r"value *\Services\AcmeAgent@ImagePath"),
    (
        "run         = \"always\"",
        "run         = \"never\"\nstart       = \"demand\"",
        r"value *\Services\AcmeAgent@Start",
    ),
    ("Port = { dword = 8443 }", "Other = { dword = 8443 }", r"value *\EndpointAgent\Discovery@Port"),
];

#[test]
fn a_step_left_out_of_one_output_is_seen() {
    let source = Source::new("parity-dropped");
    for (from, to, _) in DROPPED {
        if to.contains("demand") {
            source.edit("agent.toml", "start       = \"auto\"\n", "");
        }
        source.edit("agent.toml", from, to);
    }
    std::fs::remove_file(source.folder.join("payload/x64/data/regions/us.json"))
        .expect("a payload file less");
    let variant = source.build("agent.toml", &["--arch", "x64"]);
    let msi = installed(&Msi, acme_42(), "x64", Prefix::new());
    let exe = installed(&Exe, &variant, "x64", Prefix::new());
    let seen = not_allowed(msi.differences(&exe));
    let file = ("", "", r"file *\data\regions\us.json");
    for (_, _, subject) in DROPPED.iter().chain([&file]) {
        assert!(seen.iter().any(|d| like(subject, &d.subject)), "{subject} is not in:\n{}", listing(&seen));
    }
}

#[test]
fn the_list_of_what_may_differ_is_short() {
    // Each pattern is a promise that is not kept: a new one needs a reason in the list and a change here.
    assert_eq!(patterns().len(), 17);
}
