//! The examples that are modelled on what agents' vendors ship: each is built, found without fault, and installed and
//! removed by MSI and by EXE, with the same state in between.

use std::fs;
use std::path::PathBuf;

use packager_tests::allowed::not_allowed;
use packager_tests::installer::{BOTH, Installer, msiexec, setup};
use packager_tests::prefix::Prefix;
use packager_tests::product::{Release, Source, packager, project};
use packager_tests::registry::View;
use packager_tests::state::{State, listing};

/// An example, built as it stands.
fn built(name: &str, arguments: &[&str]) -> Release {
    let source = Source::of(name, &format!("example-{name}"));
    let release = source.build("agent.toml", arguments);
    let msi = release.msi("x64");
    let outcome = packager(&release.dist, &["validate", msi.to_str().expect("UTF-8")]);
    outcome.expect_success("packager validate");
    release
}

fn remove(installer: &dyn Installer, prefix: &Prefix, release: &Release) {
    match installer.name() {
        "MSI" => msiexec(prefix, "/x", &release.msi("x64"), ""),
        _ => setup(prefix, &release.exe("x64"), "/uninstall /quiet"),
    }
    .expect(0);
}

/// Installs with settings by MSI and by EXE, has a look, compares, removes; returns what was left, by each.
fn both_ways(
    release: &Release,
    settings: &[(&str, &str)],
    look: impl Fn(&mut Prefix),
) -> Vec<(&'static str, Vec<String>)> {
    let mut states: Vec<State> = Vec::new();
    let mut left = Vec::new();
    for installer in BOTH {
        let mut prefix = Prefix::new();
        prefix.boot();
        let before = prefix.state();
        prefix.boot();
        installer.install(&prefix, release, "x64", settings).expect(0);
        look(&mut prefix);
        states.push(prefix.state());
        prefix.boot();
        remove(installer, &prefix, release);
        let rest = not_allowed(before.differences(&prefix.state()));
        left.push((installer.name(), rest.iter().map(|difference| difference.subject.clone()).collect()));
    }
    let wrong = not_allowed(states[0].differences(&states[1]));
    assert!(wrong.is_empty(), "MSI (first) and EXE (second) differ in:\n{}", listing(&wrong));
    left
}

/// What Windows keeps, whoever was the last to use it: the Task Scheduler's folders (schtasks cannot remove them), and
/// that it runs; and a log without a source, which only Wine is without from the start.
const KEPT_BY_WINDOWS: [&str; 3] = [
    r"file C:\windows\system32\tasks\Example",
    r"value HKLM\System\CurrentControlSet\Services\Schedule@Start",
    r"key HKLM\System\CurrentControlSet\Services\Eventlog\Application",
];

/// Nothing but what stands below these folders (and they themselves) was left.
#[track_caller]
fn assert_left(left: &[(&str, Vec<String>)], folders: &[&str]) {
    for (name, subjects) in left {
        let other: Vec<&String> = subjects
            .iter()
            .filter(|subject| !KEPT_BY_WINDOWS.contains(&subject.as_str()))
            .filter(|subject| {
                !folders.iter().any(|folder| {
                    let file = format!("file {folder}");
                    subject.starts_with(&file) || file.starts_with(&format!("{subject}\\"))
                })
            })
            .collect();
        assert!(other.is_empty(), "{name} leaves {other:#?}");
    }
}

#[test]
fn a_monitoring_agent_with_thirty_settings() {
    let manifest =
        fs::read_to_string(project().join("examples/monitor-agent/agent.toml")).expect("a manifest");
    assert!(manifest.lines().filter(|line| line.starts_with("[setting.")).count() >= 30);
    let release = built("monitor-agent", &["--output", "msi", "--output", "exe"]);
    for language in ["de-DE", "ja-JP"] {
        assert!(release.dist.join(format!("{}-x64-{language}.msi", release.stem)).exists());
    }
    let folder = r"C:\Program Files\Example\Monitor Agent";
    let settings = [
        ("SERVER", "10.1.2.3"),
        ("HOSTNAME", "host; with = odd [name]"),
        ("LISTENPORT", "20050"),
        ("TLSPSK", "0123456789abcdef"),
    ];
    let left = both_ways(&release, &settings, |prefix| {
        let conf =
            fs::read_to_string(prefix.host_path(&format!("{folder}\\conf\\monitor.conf"))).expect("there");
        for line in ["Server=10.1.2.3", "ListenPort=20050", "; Seconds that a check may take", "Size=1000"] {
            assert!(conf.lines().any(|found| found == line), "{line} is not in:\n{conf}");
        }
        assert!(conf.contains("Hostname=host; with = odd [name]"), "{conf}");
        assert!(!conf.contains("0123456789abcdef"));
        assert_eq!(prefix.service_state("ExampleMonitor").as_deref(), Some("RUNNING"));
        let service = r"HKLM\System\CurrentControlSet\Services\ExampleMonitor";
        let registry = prefix.registry();
        let line = registry.text(service, View::Bits64, "ImagePath").expect("there");
        assert!(line.ends_with(r#"conf\monitor.conf" --hostname "host; with = odd [name]""#), "{line}");
    });
    assert_left(&left, &[&format!("{folder}\\conf\\monitor.conf")]);
}

#[test]
fn a_security_agent_with_rights_and_purge() {
    let release = built("guard-agent", &["--output", "msi", "--output", "exe"]);
    let data = r"C:\ProgramData\Example\Guard";
    let settings = [("TENANT", "acme"), ("ENROLLMENT_TOKEN", "t0ken"), ("DECOYS", "yes")];
    let left = both_ways(&release, &settings, |prefix| {
        let enrolled =
            fs::read_to_string(prefix.host_path(&format!("{data}\\enrolled.txt"))).expect("enrolled");
        assert!(enrolled.contains("acme") && !enrolled.contains("t0ken"), "{enrolled}");
        assert!(prefix.host_path(r"C:\Program Files\Example\Guard\decoys\passwords.txt").exists());
        for service in ["ExampleGuard", "ExampleGuardWatch"] {
            assert_eq!(prefix.service_state(service).as_deref(), Some("RUNNING"), "{service}");
        }
        // What it caught goes with it.
        fs::write(prefix.host_path(&format!("{data}\\Quarantine\\virus.bin")), "x").expect("caught");
    });
    assert_left(&left, &[]);
    for installer in BOTH {
        let mut prefix = Prefix::new();
        prefix.boot();
        let nobody = installer.install(&prefix, &release, "x64", &[]);
        assert!(nobody.code.is_some_and(|code| code != 0), "{}: it needs a tenant", installer.name());
        let other = r"HKLM\Software\Microsoft\Windows\CurrentVersion\Uninstall\OtherGuard";
        prefix
            .batch(&format!("reg add {other} /v UninstallString /d \"C:\\other\\remove.exe\" /f"))
            .expect(0);
        let refused = installer.install(&prefix, &release, "x64", &[("TENANT", "acme")]);
        assert!(
            refused.code.is_some_and(|code| code != 0),
            "{}: it does not go with another guard",
            installer.name()
        );
        assert!(!prefix.host_path(r"C:\Program Files\Example\Guard").exists());
        assert!(prefix.registry().text(other, View::Bits64, "UninstallString").is_some());
    }
}

#[test]
fn a_log_forwarder_with_a_configuration_for_each_site() {
    let release = built("log-forwarder", &["--output", "msi", "--output", "exe"]);
    let folder = r"C:\Program Files\Example\Log Forwarder";
    let read = |prefix: &Prefix, file: &str| {
        fs::read_to_string(prefix.host_path(&format!("{folder}\\conf\\{file}"))).expect("there")
    };
    let mut results = Vec::new();
    for (name, how) in [("mst", 0), ("own", 1), ("exe", 2)] {
        let mut prefix = Prefix::new();
        prefix.boot();
        match how {
            0 => {
                let mst = release.dist.join(format!("{}-x64-tokyo.mst", release.stem));
                let mst = prefix.bring(&mst);
                msiexec(&prefix, "/i", &release.msi("x64"), &format!("TRANSFORMS={mst}")).expect(0);
            }
            1 => {
                let dist = release.dist.with_file_name("dist-sites");
                let out = dist.to_str().expect("UTF-8");
                let source: PathBuf = release.dist.with_file_name("source");
                let arguments = ["build", "--site", "all", "--output", "msi", "--out", out, "--quiet"];
                packager(&source, &arguments).expect_success("packager build --site all");
                let msi = dist.join(format!("{}-x64-tokyo.msi", release.stem));
                for site in ["berlin", "warehouse"] {
                    assert!(dist.join(format!("{}-x64-{site}.msi", release.stem)).exists());
                }
                msiexec(&prefix, "/i", &msi, "").expect(0);
            }
            _ => drop(setup(&prefix, &release.exe("x64"), "/quiet /site tokyo").expect(0)),
        }
        let yaml = read(&prefix, "forwarder.yaml");
        assert!(yaml.contains("host: \"logs.tokyo.example:6514\""), "{name}: {yaml}");
        assert!(yaml.contains("東京") && yaml.contains("  queue: 10000"), "{name}: {yaml}");
        let json = read(&prefix, "channels.json");
        assert!(json.contains("\"level\": \"warning\""), "{name}: {json}");
        results.push((yaml, json));
        prefix.shut_down();
    }
    assert!(results.windows(2).all(|pair| pair[0] == pair[1]));
    let left = both_ways(&release, &[("SITE_NAME", "Lab 7: #1")], |prefix| {
        let yaml = read(prefix, "forwarder.yaml");
        assert!(yaml.contains("site: \"Lab 7: #1\""), "{yaml}");
    });
    assert_left(
        &left,
        &[&format!("{folder}\\conf\\forwarder.yaml"), &format!("{folder}\\conf\\channels.json")],
    );
}
