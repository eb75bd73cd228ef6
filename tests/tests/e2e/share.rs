//! The share: what `autopcc.exe` does on machines without, with the same, and with another release.

use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

use packager_tests::allowed::not_allowed;
use packager_tests::installer::{Exe, Installer, Msi, install_dir};
use packager_tests::prefix::{Prefix, Ran};
use packager_tests::product::{Release, Source, acme_42, acme_43, copy_tree};
use packager_tests::registry::{Value, View};
use packager_tests::state::{identities, listing};

use crate::acme::{AGENT, Expected, SETUP, look};

const ARCH: &str = "x64";
const DIR: &str = r"C:\Program Files\Acme\Endpoint Agent";
const UNC: &str = r"\\files.acme.example\agent\autopcc.exe";
const LOCAL: &str = r"W:\share\autopcc.exe";

/// The two releases with `first-install = "msi"`.
fn with_msi() -> &'static (Release, Release) {
    static BUILT: OnceLock<(Release, Release)> = OnceLock::new();
    BUILT.get_or_init(|| {
        let source = Source::new("share-msi");
        for manifest in ["agent.toml", "agent-4.3.0.toml"] {
            source.edit(manifest, "first-install    = \"exe\"", "first-install    = \"msi\"");
        }
        (source.build("agent.toml", &[]), source.build("agent-4.3.0.toml", &[]))
    })
}

/// A client and the share it sees, both ways: mapped as a server's, and as a local folder.
struct Client {
    prefix: Prefix,
    share: PathBuf,
}

impl Client {
    fn new(release: &Release) -> Self {
        let prefix = Prefix::new();
        let share = prefix.desk().join("share");
        copy_tree(&release.share(), &share);
        prefix.map_share("files.acme.example", "agent", &share);
        Self { prefix, share }
    }

    /// The server has another release now.
    fn publish(&self, release: &Release) {
        fs::remove_dir_all(&self.share).expect("the old release is removed");
        copy_tree(&release.share(), &self.share);
    }

    fn run(&self, program: &str, arguments: &str) -> Ran {
        run_bootstrap(&self.prefix, program, arguments)
    }

    fn install_dir(&self) -> PathBuf {
        self.prefix.host_path(DIR)
    }

    fn installed_with(mut self, installer: &dyn Installer, release: &Release) -> Self {
        self.prefix.boot();
        installer.install(&self.prefix, release, ARCH, &[]).expect(0);
        self
    }
}

/// Runs a bootstrap without a window; its log is added to the output.
pub fn run_bootstrap(prefix: &Prefix, program: &str, arguments: &str) -> Ran {
    let log = prefix.desk().join("autopcc.log");
    let _ = fs::remove_file(&log);
    let mut ran = prefix.run(program, &format!("{arguments} /quiet /log W:\\autopcc.log"));
    ran.output.push_str(&String::from_utf8_lossy(&fs::read(&log).unwrap_or_default()));
    ran
}

fn absent_then_equal_then_next(
    program: &str,
    old: &Release,
    new: &Release,
    installer: &dyn Installer,
    by: &str,
) {
    let mut client = Client::new(old);
    client.prefix.boot();
    client.run(program, "").expect(0);
    let seen = look(&mut client.prefix);
    Expected::new(old, ARCH, false, by).assert(&client.prefix, &seen);

    // The state is what the installer leaves when it is run by hand.
    let mut fresh = Client::new(old).installed_with(installer, old);
    let mut differences = fresh.prefix.state().differences(&seen.state);
    if by == "msi" {
        // Windows Installer's books name the package's place and the number of its copy.
        differences = not_allowed(differences);
    }
    let difference = listing(&differences);
    assert!(difference.is_empty(), "by hand (first) and from the share (second):\n{difference}");

    // The same release: nothing is written.
    let written = identities(&client.prefix.root().join("drive_c"));
    client.prefix.boot();
    client.run(program, "").expect(0);
    let again = client.prefix.state();
    assert_eq!(listing(&seen.state.differences(&again)), "");
    let rewritten = identities(&client.prefix.root().join("drive_c"));
    let changed: Vec<_> = written.iter().filter(|(path, id)| rewritten.get(*path) != Some(id)).collect();
    assert!(changed.is_empty(), "written again: {changed:#?}");

    // The next release: files, service, registry and PATH become those of a fresh install of it.
    client.publish(new);
    client.prefix.boot();
    client.run(program, "").expect(0);
    let seen = look(&mut client.prefix);
    let expected = Expected { edited: true, ..Expected::new(new, ARCH, true, by) };
    expected.assert(&client.prefix, &seen);
    let mut fresh = Client::new(new);
    fresh.prefix.boot();
    installer.install(&fresh.prefix, new, ARCH, &[]).expect(0);
    let mut differences = fresh.prefix.state().differences(&seen.state);
    if by == "msi" {
        differences = not_allowed(differences);
    }
    differences.retain(|difference| !difference.subject.starts_with(&format!("file {DIR}\\conf\\")));
    let difference = listing(&differences);
    assert!(difference.is_empty(), "fresh (first) and updated (second):\n{difference}");
}

#[test]
fn first_install_by_exe_from_a_server() {
    absent_then_equal_then_next(UNC, acme_42(), acme_43(), &Exe, "engine");
}

#[test]
fn first_install_by_exe_from_a_local_folder() {
    absent_then_equal_then_next(LOCAL, acme_42(), acme_43(), &Exe, "engine");
}

#[test]
fn first_install_by_msi_from_a_server() {
    let (old, new) = with_msi();
    absent_then_equal_then_next(UNC, old, new, &Msi, "msi");
}

/// 4.2.0 with one other file and the next serial.
fn one_file_changed() -> &'static Release {
    static BUILT: OnceLock<Release> = OnceLock::new();
    BUILT.get_or_init(|| {
        let source = Source::new("share-one-file");
        source.edit("agent.toml", "serial           = 42", "serial           = 44");
        source.write("payload/x64/data/catalog.json", b"{\"changed\": \"on the server\"}\n");
        source.build("agent.toml", &["--arch", "x64"])
    })
}

#[test]
fn one_changed_file_is_the_one_that_is_copied() {
    let mut client = Client::new(acme_42()).installed_with(&Exe, acme_42());
    client.prefix.shut_down();
    let before = identities(&client.install_dir());
    client.publish(one_file_changed());
    client.prefix.boot();
    let installed = format!("{DIR}\\autopcc.exe");
    client.run(&installed, "-u").expect(0);
    client.prefix.shut_down();
    let after = identities(&client.install_dir());
    let changed: Vec<&str> = before
        .iter()
        .filter(|(path, id)| after.get(*path) != Some(id))
        .map(|(path, _)| path.as_str())
        .collect();
    // The bootstrap carries the installed index: it changes with each release.
    assert_eq!(changed, ["autopcc.exe", r"data\catalog.json"]);
    assert_eq!(after.len(), before.len());
    let text = fs::read_to_string(client.install_dir().join("data/catalog.json")).expect("the file is read");
    assert_eq!(text, "{\"changed\": \"on the server\"}\n");
    let registry = client.prefix.registry();
    assert_eq!(registry.value(SETUP, View::Bits64, "Serial"), Some(&Value::Dword(44)));
}

#[test]
fn windows_installer_updates_what_it_manages() {
    let mut client = Client::new(acme_42()).installed_with(&Msi, acme_42());
    client.publish(one_file_changed());
    client.run(UNC, "").expect(0);
    let text = fs::read_to_string(client.install_dir().join("data/catalog.json")).expect("the file is read");
    assert_eq!(text, "{\"changed\": \"on the server\"}\n");
    let registry = client.prefix.registry();
    assert_eq!(registry.value(SETUP, View::Bits64, "Serial"), Some(&Value::Dword(44)));
    assert_eq!(registry.text(SETUP, View::Bits64, "ManagedBy"), Some("msi"));
}

fn damage_is_repaired(installer: &dyn Installer, by: &str) {
    let mut client = Client::new(acme_42()).installed_with(installer, acme_42());
    for file in ["data/catalog.json", "bin/probes/net.dat"] {
        let file = client.install_dir().join(file);
        let mut bytes = fs::read(&file).expect("the file is read");
        bytes[0] ^= 1;
        fs::write(&file, bytes).expect("the file is damaged");
    }
    fs::remove_file(client.install_dir().join("docs/readme.txt")).expect("a file is removed");
    client.run(UNC, "-f -u").expect(0);
    let seen = look(&mut client.prefix);
    Expected::new(acme_42(), ARCH, false, by).assert(&client.prefix, &seen);
}

#[test]
fn a_forced_update_repairs_what_the_engine_manages() {
    damage_is_repaired(&Exe, "engine");
}

#[test]
fn a_forced_update_repairs_what_windows_installer_manages() {
    damage_is_repaired(&Msi, "msi");
}

#[test]
fn a_key_without_its_folder_is_a_broken_install() {
    let mut client = Client::new(acme_42());
    client.prefix.boot();
    let key = format!("{AGENT}\\CurrentVersion").replace("HKLM", "HKEY_LOCAL_MACHINE");
    client.prefix.run("reg.exe", &format!("add \"{key}\" /v \"Application Path\" /d \"{DIR}\" /f")).expect(0);
    client.run(UNC, "").expect(0);
    let seen = look(&mut client.prefix);
    Expected::new(acme_42(), ARCH, false, "engine").assert(&client.prefix, &seen);
}

#[test]
fn a_removed_folder_is_installed_again() {
    let mut client = Client::new(acme_42()).installed_with(&Exe, acme_42());
    client.prefix.run("net.exe", "stop AcmeAgent").expect(0);
    fs::remove_dir_all(client.install_dir()).expect("the folder is removed");
    client.run(UNC, "").expect(0);
    let seen = look(&mut client.prefix);
    Expected::new(acme_42(), ARCH, false, "engine").assert(&client.prefix, &seen);
}

#[test]
fn a_file_in_use_stops_the_update_and_everything_is_as_before() {
    let mut client = Client::new(acme_42()).installed_with(&Exe, acme_42());
    let before = client.prefix.state();
    let files = identities(&client.install_dir());
    client.publish(acme_43());
    client.prefix.boot();
    client.prefix.hold(&format!("{DIR}\\data\\catalog.json"));
    client.run(UNC, "").expect(32);
    assert_eq!(
        client.prefix.service_state("AcmeAgent").as_deref(),
        Some("RUNNING"),
        "the service runs again"
    );
    let after = client.prefix.state();
    assert_eq!(listing(&before.differences(&after)), "");
    assert_eq!(identities(&client.install_dir()), files, "files were written");
    // Nobody holds it any more: the same command updates.
    client.prefix.boot();
    client.run(UNC, "").expect(0);
    let seen = look(&mut client.prefix);
    Expected { edited: true, ..Expected::new(acme_43(), ARCH, true, "engine") }.assert(&client.prefix, &seen);
}

#[test]
fn an_older_release_needs_force_and_the_floor_holds() {
    let mut client = Client::new(acme_43()).installed_with(&Exe, acme_43());
    client.publish(acme_42());
    let before = client.prefix.state();
    client.prefix.boot();
    client.run(UNC, "-u").expect(1638);
    assert_eq!(listing(&before.differences(&client.prefix.state())), "");
    client.prefix.boot();
    client.run(UNC, "-f -u").expect(0);
    let seen = look(&mut client.prefix);
    Expected { edited: true, ..Expected::new(acme_42(), ARCH, false, "engine") }
        .assert(&client.prefix, &seen);

    let source = Source::new("share-below-floor");
    source.edit("agent.toml", "serial           = 42", "serial           = 39");
    source.edit("agent.toml", "floor            = 40", "floor            = 39");
    client.publish(&source.build("agent.toml", &["--arch", "x64"]));
    let before = client.prefix.state();
    client.prefix.boot();
    client.run(&format!("{DIR}\\autopcc.exe"), "-f -u").expect(1620);
    assert_eq!(listing(&before.differences(&client.prefix.state())), "");
}

#[test]
fn the_right_architecture_is_chosen() {
    let mut prefix = Prefix::new32();
    prefix.map_share("files.acme.example", "agent", &acme_42().share());
    prefix.boot();
    run_bootstrap(&prefix, UNC, "").expect(0);
    let seen = look(&mut prefix);
    Expected::new(acme_42(), "x86", false, "engine").assert(&prefix, &seen);
    assert!(seen.state.file(install_dir(&prefix, "x86")).is_some());
}

#[test]
fn a_share_that_is_not_there_is_1619() {
    let mut client = Client::new(acme_42()).installed_with(&Exe, acme_42());
    let before = client.prefix.state();
    fs::remove_dir_all(&client.share).expect("the share is gone");
    client.prefix.boot();
    client.run(&format!("{DIR}\\autopcc.exe"), "-u").expect(1619);
    assert_eq!(listing(&before.differences(&client.prefix.state())), "");
}
