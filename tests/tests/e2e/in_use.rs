//! Files in use when the bootstrap updates: what each policy does, and updates that are put off until a restart.
//!
//! Wine's Restart Manager knows no holder, so no name is looked for.

use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

use packager_tests::installer::{Exe, Installer};
use packager_tests::planted;
use packager_tests::prefix::{Prefix, Ran, wait_for};
use packager_tests::product::{Release, Source, copy_tree, files};
use packager_tests::registry::View;
use packager_tests::state::{identities, listing, sha256_of};

use crate::acme::{Expected, SETUP, look};
use crate::share::run_bootstrap;

const ARCH: &str = "x64";
const DIR: &str = r"C:\Program Files\Acme\Endpoint Agent";
const HELD: &str = r"C:\Program Files\Acme\Endpoint Agent\data\catalog.json";
/// A DLL of both releases; it leaves a file of the release's name where it is loaded.
const DLL: &str = r"C:\Program Files\Acme\Endpoint Agent\bin\probes\disk.dll";
const SERVICE: &str = r"HKLM\System\CurrentControlSet\Services\endpoint-agent-finish";
const RUN_ONCE: &str = r"HKLM\Software\Microsoft\Windows\CurrentVersion\RunOnce";
const FINISHER: &str = "endpoint-agent-finish";

fn build(policy: &str) -> (Release, Release) {
    let source = Source::new(&format!("in-use-{policy}"));
    for (payload, mark) in [("payload", r"W:\loaded-4.2.0"), ("payload-4.3.0", r"W:\loaded-4.3.0")] {
        source.write(&format!("{payload}/{ARCH}/bin/probes/disk.dll"), &planted::dll(mark));
    }
    for manifest in ["agent.toml", "agent-4.3.0.toml"] {
        source.edit(manifest, "in-use           = \"abort\"", &format!("in-use           = \"{policy}\""));
    }
    (source.build("agent.toml", &["--arch", ARCH]), source.build("agent-4.3.0.toml", &["--arch", ARCH]))
}

/// 4.2.0 and 4.3.0 with a policy.
fn releases(policy: &str) -> &'static (Release, Release) {
    static ABORT: OnceLock<(Release, Release)> = OnceLock::new();
    static RENAME: OnceLock<(Release, Release)> = OnceLock::new();
    static RESTART: OnceLock<(Release, Release)> = OnceLock::new();
    match policy {
        "rename" => RENAME.get_or_init(|| build(policy)),
        "restart" => RESTART.get_or_init(|| build(policy)),
        _ => ABORT.get_or_init(|| build(policy)),
    }
}

/// A machine with 4.2.0, and a share with 4.3.0.
struct Client {
    prefix: Prefix,
    share: PathBuf,
}

impl Client {
    fn new(policy: &str) -> Self {
        let (old, new) = releases(policy);
        let mut prefix = Prefix::new();
        let share = prefix.desk().join("share");
        copy_tree(&new.share(), &share);
        prefix.boot();
        Exe.install(&prefix, old, ARCH, &[]).expect(0);
        Self { prefix, share }
    }

    fn update(&self) -> Ran {
        run_bootstrap(&self.prefix, r"W:\share\autopcc.exe", "-u")
    }

    fn work(&self) -> PathBuf {
        self.prefix.host_path(DIR).join(".upd")
    }

    /// A program of the product that runs.
    fn run_program(&mut self) {
        let marker = self.prefix.desk().join("runs");
        self.prefix.start(&format!("echo 1> W:\\runs\n\"{DIR}\\bin\\agentctl.exe\" wait 600"));
        wait_for("the program runs", || marker.exists());
        std::thread::sleep(std::time::Duration::from_secs(2));
    }

    /// A program of somebody else that has loaded the DLL of the installed release.
    fn load_dll(&mut self) {
        fs::write(self.prefix.desk().join("holder.exe"), planted::holds(DLL)).expect("it is written");
        let mark = self.prefix.desk().join("loaded-4.2.0");
        self.prefix.start(r"W:\holder.exe");
        wait_for("the DLL is loaded", || mark.exists());
    }

    /// Files of drive C: with the content of a DLL of a release.
    fn copies_of_dll(&self, release: &Release) -> Vec<String> {
        let dll = release.payload.join(ARCH).join("bin/probes/disk.dll");
        let (length, sha256) = (fs::metadata(&dll).expect("it is built").len(), sha256_of(&dll));
        files(&self.prefix.root().join("drive_c"))
            .into_iter()
            .filter(|(_, host)| fs::symlink_metadata(host).is_ok_and(|data| data.len() == length))
            .filter(|(_, host)| sha256_of(host) == sha256)
            .map(|(path, _)| path)
            .collect()
    }

    fn assert_updated(&mut self, policy: &str) {
        let seen = look(&mut self.prefix);
        Expected { edited: true, ..Expected::new(&releases(policy).1, ARCH, true, "engine") }
            .assert(&self.prefix, &seen);
        self.assert_settled();
    }

    /// Nothing is left of what was put off.
    fn assert_settled(&mut self) {
        let registry = self.prefix.registry();
        assert!(registry.key(SERVICE, View::Bits64).is_none());
        assert_eq!(registry.value(RUN_ONCE, View::Bits64, FINISHER), None);
        assert!(!self.work().exists());
    }

    /// An update that is put off, because somebody holds a file.
    fn put_off(&mut self) {
        self.prefix.hold(HELD);
        self.update().expect(3010);
        assert!(self.work().join("D").exists());
    }

    /// Nobody holds it any more, and Windows runs on.
    fn let_go(&self) {
        self.prefix.run("taskkill.exe", "/f /im ping.exe").expect(0);
    }
}

/// The update ends with 32 and changes nothing.
fn refuses(policy: &str, in_use: fn(&mut Client)) {
    let mut client = Client::new(policy);
    let before = client.prefix.state();
    let files = identities(&client.prefix.host_path(DIR));
    client.prefix.boot();
    in_use(&mut client);
    let ran = client.update().expect(32);
    assert!(ran.output.contains("in use by a program that Windows does not name"), "{}", ran.output);
    assert_eq!(client.prefix.service_state("AcmeAgent").as_deref(), Some("RUNNING"));
    assert_eq!(listing(&before.differences(&client.prefix.state())), "");
    assert_eq!(identities(&client.prefix.host_path(DIR)), files, "files were written");
}

#[test]
fn abort_counts_a_program_that_runs() {
    refuses("abort", Client::run_program);
}

#[test]
fn abort_counts_a_dll_that_is_loaded() {
    refuses("abort", Client::load_dll);
}

#[test]
fn rename_cannot_move_what_is_held() {
    refuses("rename", |client| client.prefix.hold(HELD));
}

#[test]
fn rename_and_restart_move_a_running_program_aside() {
    for policy in ["rename", "restart"] {
        let mut client = Client::new(policy);
        client.run_program();
        client.update().expect(3010);
        client.prefix.restart();
        client.prefix.boot();
        wait_for("the service runs", || {
            client.prefix.service_state("AcmeAgent").as_deref() == Some("RUNNING")
        });
        client.assert_updated(policy);
    }
}

#[test]
fn rename_and_restart_move_a_loaded_dll_aside() {
    for policy in ["rename", "restart"] {
        let (old, new) = releases(policy);
        let mut client = Client::new(policy);
        client.load_dll();
        client.update().expect(3010);
        let placed = DLL.strip_prefix("C:\\").expect("on drive C:");
        assert_eq!(client.copies_of_dll(new), [placed], "{policy}: the new one is not in its place");
        let aside = client.copies_of_dll(old);
        assert!(aside.len() == 1 && aside[0] != placed, "{policy}: the old one, aside: {aside:?}");
        // Whoever asks for the DLL now gets the new one, while the holder still runs with the old.
        fs::write(client.prefix.desk().join("asks.exe"), planted::asks_for(&[DLL])).expect("it is written");
        client.prefix.run(r"W:\asks.exe", "").expect(0);
        assert!(client.prefix.desk().join("loaded-4.3.0").exists(), "{policy}");
        client.prefix.run("taskkill.exe", "/f /im holder.exe").expect(0);
        client.prefix.restart();
        assert_eq!(client.copies_of_dll(old), [""; 0], "{policy}: the old one is still there");
        client.prefix.boot();
        wait_for("the service runs", || {
            client.prefix.service_state("AcmeAgent").as_deref() == Some("RUNNING")
        });
        client.assert_updated(policy);
    }
}

#[test]
fn restart_puts_the_whole_update_off() {
    let mut client = Client::new("restart");
    let before = client.prefix.state();
    client.prefix.boot();
    client.put_off();
    assert_eq!(client.prefix.service_state("AcmeAgent").as_deref(), Some("RUNNING"));
    let state = client.prefix.state();
    let mut differences = before.differences(&state);
    differences.retain(|d| !d.subject.contains(r"\.upd") && !d.subject.to_lowercase().contains("runonce"));
    differences.retain(|d| !d.subject.contains(FINISHER));
    assert_eq!(listing(&differences), "", "nothing else changed");
    let registry = client.prefix.registry();
    let program = format!("\"{DIR}\\autopcc.exe\"");
    let image = registry.text(SERVICE, View::Bits64, "ImagePath").map(str::to_owned);
    assert_eq!(image, Some(format!("{program} /finish-service")));
    assert_eq!(registry.text(RUN_ONCE, View::Bits64, FINISHER), Some(&*format!("{program} /finish")));
    // Nobody holds the file any more, and the share is gone.
    fs::remove_dir_all(&client.share).expect("the share is gone");
    client.prefix.restart();
    client.prefix.boot();
    let work = client.work();
    wait_for("the update is done", || !work.exists());
    wait_for("the service runs", || client.prefix.service_state("AcmeAgent").as_deref() == Some("RUNNING"));
    client.assert_updated("restart");
}

#[test]
fn an_uninstall_takes_back_what_was_put_off() {
    let mut client = Client::new("restart");
    client.put_off();
    client.let_go();
    run_bootstrap(&client.prefix, &format!("{DIR}\\autopcc.exe"), "/uninstall").expect(0);
    client.assert_settled();
    assert!(client.prefix.registry().key(SETUP, View::Bits64).is_none());
}

#[test]
fn the_next_update_does_what_was_put_off() {
    let mut client = Client::new("restart");
    client.put_off();
    client.let_go();
    let ran = client.update().expect(0);
    assert!(ran.output.contains("files staged by an earlier run: "), "{}", ran.output);
    assert!(ran.output.contains("staging files: 0"), "{}", ran.output);
    client.assert_updated("restart");
}
