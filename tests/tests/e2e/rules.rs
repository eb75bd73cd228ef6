//! Firewall rules, scheduled tasks, files that are no payload. Wine's schtasks registers tasks, but keeps neither triggers nor actions: that
//! one is there is what can be seen. Its netsh takes every line and does nothing, so a rule is shown by the line it
//! gets, which the log has.

use std::fs;

use packager_tests::installer::{BOTH, Installer, install_dir, msiexec, setup};
use packager_tests::prefix::Prefix;
use packager_tests::product::{Release, Source};

const TASK: &str = r"C:\windows\system32\Tasks\Acme\Update";

const TABLES: &str = r#"
[[firewall]]
name    = "Acme Agent"
program = 'bin\agent.exe'
allow   = { protocol = "tcp", ports = "8443", remote = "10.0.0.0/8" }

[[firewall]]
name  = "Acme Agent"
block = { direction = "out", protocol = "udp", remote-ports = "53" }
when  = "GROUP = 'kiosk'"

[[task]]
name   = 'Acme\Update'
run    = '{InstallDir}\autopcc.exe'
args   = ["-u", "/quiet"]
every  = "EVERY"
jitter = "30m"
when   = "GROUP <> 'default'"
"#;

fn released(name: &str) -> [Release; 2] {
    let source = Source::new(name);
    [("agent.toml", "4h"), ("agent-4.3.0.toml", "6h")].map(|(manifest, every)| {
        let text = fs::read_to_string(source.folder.join(manifest)).expect("a manifest");
        let text = format!("{text}\n{}", TABLES.replace("EVERY", every));
        source.write(manifest, text.as_bytes()).build(manifest, &["--arch", "x64"])
    })
}

fn there(prefix: &Prefix) -> bool {
    prefix.host_path(TASK).exists()
}

#[test]
fn a_task_comes_changes_and_goes() {
    let [old, new] = &released("rules-task");
    for installer in BOTH {
        let name = installer.name();
        let mut prefix = Prefix::new();
        prefix.boot();
        assert!(!there(&prefix));
        installer.install(&prefix, old, "x64", &[("GROUP", "servers")]).expect(0);
        assert!(there(&prefix), "{name}");
        installer.install(&prefix, new, "x64", &[]).expect(0);
        assert!(there(&prefix), "{name}: the task is lost in the upgrade");
        // The condition does not hold any more.
        again(installer, &prefix, new, "default");
        assert!(!there(&prefix), "{name}: the task stays");
        again(installer, &prefix, new, "servers");
        assert!(there(&prefix), "{name}: the task does not come back");
        installer.uninstall(&prefix, new, "x64").expect(0);
        assert!(!there(&prefix), "{name}: the task is left behind");
    }
}

/// Changes a setting of the installed release.
fn again(installer: &dyn Installer, prefix: &Prefix, release: &Release, group: &str) {
    match installer.name() {
        "MSI" => msiexec(prefix, "/i", &release.msi("x64"), &format!("REINSTALL=ALL GROUP={group}")),
        _ => setup(prefix, &release.exe("x64"), &format!("/quiet GROUP={group}")),
    }
    .expect(0);
}

#[test]
fn a_rule_is_what_netsh_is_told() {
    let [old, _] = &released("rules-firewall");
    let mut prefix = Prefix::new();
    prefix.boot();
    let log = setup(&prefix, &old.exe("x64"), "/quiet GROUP=kiosk").expect(0).output;
    let program = r"C:\Program Files\Acme\Endpoint Agent\bin\agent.exe";
    for line in [
        &format!(
            "netsh advfirewall firewall add rule name=\"Acme Agent\" dir=\"in\" action=\"allow\" \
             program=\"{program}\" protocol=\"tcp\" localport=\"8443\" remoteip=\"10.0.0.0/8\" profile=\"any\""
        ),
        "netsh advfirewall firewall add rule name=\"Acme Agent\" dir=\"out\" action=\"block\" protocol=\"udp\" \
         remoteport=\"53\" profile=\"any\"",
    ] {
        assert!(log.contains(line), "{line}\n{log}");
    }
}

#[test]
fn files_that_the_product_wrote_go() {
    let source = Source::new("rules-files");
    let text = fs::read_to_string(source.folder.join("agent.toml")).expect("a manifest");
    let tables = "[[payload.remove]]\nfiles = ['logs/*.jsonl', 'logs/last.txt']\n\
                  [[payload.remove]]\nfiles = ['*.old', 'left.txt']\non = 'install'\n";
    let release = source
        .write("agent.toml", format!("{text}\n{tables}").as_bytes())
        .build("agent.toml", &["--arch", "x64"]);
    for installer in BOTH {
        let name = installer.name();
        let mut prefix = Prefix::new();
        prefix.boot();
        let file = |prefix: &Prefix, path: &str| {
            prefix.host_path(&format!("{}\\{path}", install_dir(prefix, "x64")))
        };
        fs::create_dir_all(file(&prefix, "logs")).expect("a folder");
        for path in ["a.old", "left.txt", "a.new", "logs\\a.jsonl", "logs\\last.txt", "logs\\a.txt"] {
            fs::write(file(&prefix, path), "x").expect("a file");
        }
        installer.install(&prefix, &release, "x64", &[]).expect(0);
        // Wine's RemoveFiles takes a pattern for a name; Windows' does not ("RemoveFile Table", FileName).
        let patterns = name == "EXE";
        assert!(!file(&prefix, "left.txt").exists() && file(&prefix, "a.new").exists(), "{name}");
        assert!(!patterns || !file(&prefix, "a.old").exists());
        assert!(
            file(&prefix, "logs\\last.txt").exists() && file(&prefix, "logs\\a.jsonl").exists(),
            "{name}"
        );
        installer.uninstall(&prefix, &release, "x64").expect(0);
        assert!(!file(&prefix, "logs\\last.txt").exists(), "{name}");
        assert!(!patterns || !file(&prefix, "logs\\a.jsonl").exists());
        assert!(file(&prefix, "logs\\a.txt").exists() && file(&prefix, "a.new").exists(), "{name}");
    }
}
