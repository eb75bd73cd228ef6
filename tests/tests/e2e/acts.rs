//! What is done once: programs of the payload that are run and closed, by MSI and by EXE.

use std::fs;

use packager_tests::installer::{BOTH, Installer, Msi, install_dir, msiexec, setup};
use packager_tests::prefix::{Prefix, Ran, wait_for};
use packager_tests::product::{Release, Source};

const NOTES: &str = r"C:\ran.txt";

/// A program that is run: when, and what it notes.
fn note(at: &str, word: &str, more: &str) -> String {
    format!(
        "[[run]]\nprogram = 'bin\\agentctl.exe'\nat = {at}\n\
         args = ['note', '{NOTES}', '{{Version}} {word}', '{{GROUP}}']\n{more}\n"
    )
}

fn released(name: &str, tables: &str) -> [Release; 2] {
    let source = Source::new(name);
    ["agent.toml", "agent-4.3.0.toml"].map(|manifest| {
        let text = fs::read_to_string(source.folder.join(manifest)).expect("a manifest");
        source.write(manifest, format!("{text}\n{tables}").as_bytes()).build(manifest, &[])
    })
}

/// What was noted since the last time.
fn noted(prefix: &Prefix) -> Vec<String> {
    let file = prefix.host_path(NOTES);
    let lines = fs::read_to_string(&file).unwrap_or_default().lines().map(str::to_owned).collect();
    let _ = fs::remove_file(file);
    lines
}

fn repair(installer: &dyn Installer, prefix: &Prefix, release: &Release) {
    match installer.name() {
        "MSI" => msiexec(prefix, "/i", &release.msi("x64"), "REINSTALL=ALL REINSTALLMODE=amus"),
        _ => setup(prefix, &release.exe("x64"), "/repair /quiet"),
    }
    .expect(0);
}

#[test]
fn programs_are_run_at_their_times() {
    let tables = [
        note("'after-install'", "installed", ""),
        note("'after-install'", "kiosk", "when = \"GROUP = 'kiosk'\""),
        note("['after-upgrade', 'after-repair']", "changed", ""),
        note("'before-upgrade'", "leaves", ""),
        note("'before-uninstall'", "goes", ""),
    ];
    let [old, new] = &released("acts-times", &tables.concat());
    for installer in BOTH {
        let name = installer.name();
        let mut prefix = Prefix::new();
        prefix.boot();
        assert!(noted(&prefix).is_empty());
        installer.install(&prefix, old, "x64", &[("GROUP", "kiosk")]).expect(0);
        assert_eq!(noted(&prefix), ["\"4.2.0 installed\" kiosk", "\"4.2.0 kiosk\" kiosk"], "{name}");
        repair(installer, &prefix, old);
        assert_eq!(noted(&prefix), ["\"4.2.0 changed\" kiosk"], "{name}");
        installer.install(&prefix, new, "x64", &[("GROUP", "servers")]).expect(0);
        // Wine's RemoveExistingProducts does not tell the old version that it is replaced (UPGRADINGPRODUCTCODE).
        let word = if name == "MSI" { "goes" } else { "leaves" };
        let left = format!("\"4.2.0 {word}\" kiosk");
        assert_eq!(noted(&prefix), [left.as_str(), "\"4.3.0 changed\" servers"], "{name}");
        installer.uninstall(&prefix, new, "x64").expect(0);
        assert_eq!(noted(&prefix), ["\"4.3.0 goes\" servers"], "{name}");
    }
    // As Windows' RemoveExistingProducts removes the old version.
    let mut prefix = Prefix::new();
    prefix.boot();
    Msi.install(&prefix, old, "x64", &[]).expect(0);
    noted(&prefix);
    let by = "UPGRADINGPRODUCTCODE={00000000-0000-0000-0000-000000000001}";
    msiexec(&prefix, "/x", &old.msi("x64"), by).expect(0);
    assert_eq!(noted(&prefix), ["\"4.2.0 leaves\" default"]);
}

/// A run that fails and is rolled back. Wine's Windows Installer has another code for a failed action than Windows'.
#[track_caller]
fn fails(installer: &dyn Installer, ran: Ran) {
    ran.expect(if installer.name() == "MSI" { 1627 } else { 1603 });
}

#[test]
fn what_was_run_is_taken_back_when_something_fails() {
    let undo = format!("undo = ['note', '{NOTES}', 'taken back', '{{GROUP}}']");
    let fail = "[[run]]\nprogram = 'bin\\agentctl.exe'\nat = 'after-install'\nargs = ['fail', '7']\n";
    let harmless = format!("{fail}on-failure = 'continue'\n");
    let slow = fail.replace("'fail', '7'", "'wait', '100'") + "timeout = '1s'\n";
    let done = note("'after-install'", "done", &undo);
    for (case, bad) in [("fail", fail), ("slow", slow.as_str())] {
        let [release, _] = &released(&format!("acts-{case}"), &[&done, harmless.as_str(), bad].concat());
        for installer in BOTH {
            let mut prefix = Prefix::new();
            prefix.boot();
            fails(installer, installer.install(&prefix, release, "x64", &[("GROUP", "kiosk")]));
            let name = installer.name();
            assert_eq!(noted(&prefix), ["\"4.2.0 done\" kiosk", "\"taken back\" kiosk"], "{case} {name}");
            let dir = install_dir(&prefix, "x64");
            assert!(!prefix.host_path(&format!("{dir}\\bin\\agentctl.exe")).exists(), "{case} {name}");
        }
    }
}

#[test]
fn an_uninstall_that_fails_takes_back_what_was_run_before_it() {
    let undo = format!("undo = ['note', '{NOTES}', 'back']");
    let tables = [
        note("'before-uninstall'", "goes", &undo),
        "[[run]]\nprogram = 'bin\\agentctl.exe'\nat = 'before-uninstall'\nargs = ['fail', '9']\n".into(),
    ];
    let [release, _] = &released("acts-before", &tables.concat());
    for installer in BOTH {
        let mut prefix = Prefix::new();
        prefix.boot();
        installer.install(&prefix, release, "x64", &[]).expect(0);
        fails(installer, installer.uninstall(&prefix, release, "x64"));
        assert_eq!(noted(&prefix), ["\"4.2.0 goes\" default", "back"], "{}", installer.name());
        let program = format!("{}\\bin\\agentctl.exe", install_dir(&prefix, "x64"));
        assert!(prefix.host_path(&program).exists());
    }
}

#[test]
fn what_a_program_prints_is_in_the_log() {
    let [release, _] = &released("acts-output", &note("'after-install'", "said", ""));
    let mut prefix = Prefix::new();
    prefix.boot();
    let ran = setup(&prefix, &release.exe("x64"), "/quiet").expect(0);
    assert!(ran.output.contains("it says: \"4.2.0 said\" default"), "{}", ran.output);
    assert!(ran.output.contains("it ended after"), "{}", ran.output);
}

#[test]
fn a_program_that_runs_is_closed() {
    let close = "[[close]]\nprogram = 'bin\\agentctl.exe'\nwithin = '1s'\n";
    let releases = released("acts-close", close);
    for installer in BOTH {
        let mut prefix = Prefix::new();
        prefix.boot();
        let [old, new] = &releases;
        installer.install(&prefix, old, "x64", &[]).expect(0);
        let program = format!("{}\\bin\\agentctl.exe", install_dir(&prefix, "x64"));
        for (step, by) in [("upgrade", new), ("uninstall", new)] {
            // It holds a file as long as it lives.
            let held = prefix.desk().join(format!("held-{step}"));
            fs::write(&held, "x").expect("a file to hold");
            let ended = prefix.desk().join(format!("ended-{step}"));
            prefix.start(&format!(
                "\"{program}\" hold W:\\held-{step} 200 > W:\\said-{step}\necho x > W:\\ended-{step}"
            ));
            let said = prefix.desk().join(format!("said-{step}"));
            let holds = || fs::read_to_string(&said).is_ok_and(|text| text.contains("holding"));
            wait_for("the program runs", holds);
            assert!(!ended.exists());
            match step {
                "upgrade" => installer.install(&prefix, by, "x64", &[]).expect(0),
                _ => installer.uninstall(&prefix, by, "x64").expect(0),
            };
            wait_for("the program is closed", || ended.exists());
        }
    }
}

#[test]
fn manifests_of_events_are_registered() {
    // Wine's wevtutil changes nothing: what it is told is all there is to see.
    let source = Source::new("acts-events");
    let text = fs::read_to_string(source.folder.join("agent.toml")).expect("a manifest");
    let table = "[[event-provider]]\nmanifest = 'bin\\agent.man'\nfile = 'bin\\agent.exe'\n";
    let release = &source
        .write("payload/x64/bin/agent.man", b"<instrumentationManifest/>")
        .write("payload/x86/bin/agent.man", b"<instrumentationManifest/>")
        .write("agent.toml", format!("{text}\n{table}").as_bytes())
        .build("agent.toml", &[]);
    let mut prefix = Prefix::new();
    prefix.boot();
    let ran = setup(&prefix, &release.exe("x64"), "/quiet").expect(0);
    let dir = install_dir(&prefix, "x64");
    let line = format!(
        "System32\\wevtutil.exe im \"{dir}\\bin\\agent.man\" \"/rf:{dir}\\bin\\agent.exe\" \"/mf:{dir}\\bin\\agent.exe\""
    );
    assert!(ran.output.contains(&line), "{}", ran.output);
    let ran = setup(&prefix, &release.exe("x64"), "/uninstall /quiet").expect(0);
    let line = format!("System32\\wevtutil.exe um \"{dir}\\bin\\agent.man\"");
    assert!(ran.output.contains(&line), "{}", ran.output);
    let mut prefix = Prefix::new();
    prefix.boot();
    Msi.install(&prefix, release, "x64", &[]).expect(0);
    Msi.uninstall(&prefix, release, "x64").expect(0);
}
