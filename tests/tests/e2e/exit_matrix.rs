//! Every exit code of the contract that Wine can show, as one table: the same rows silent, passive, and, where a row
//! changes nothing, with all windows. A row's machine is what the rows before it left, and what it prepares itself.
//!
//! What Wine cannot show, the simulated machine does (`payload/engine/src/flows`; the last test looks that it still
//! does):
//!
//! | code | why not here | test there |
//! | --- | --- | --- |
//! | 740 | all of Wine's users are administrators | `who_lacks_the_rights_is_told_what_is_missing_on_this_windows` |
//! | 1625 | Wine enforces no software restriction | `what_a_policy_forbids_is_1625` |
//! | 112 | a Wine drive has its host's free space | `refusals_change_nothing` |

use std::collections::BTreeMap;
use std::fs;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use packager_tests::display::Display;
use packager_tests::installer::{Installer, Msi};
use packager_tests::prefix::{Prefix, wait_for};
use packager_tests::product::{Release, Source, acme_42, acme_43, copy_tree, project};
use packager_tests::state::identities;

const DIR: &str = r"C:\Program Files\Acme\Endpoint Agent";
const INSTALLED: &str = r"C:\Program Files\Acme\Endpoint Agent\autopcc.exe";
const LOCK: &str = r"C:\windows\packager-com.acme.endpoint-agent.lock";
const HELD: &str = r"C:\Program Files\Acme\Endpoint Agent\data\catalog.json";
const SHARE: &str = r"W:\share\autopcc.exe";
const TITLES: &str = "Acme|Setup|Error";

struct Row {
    name: &'static str,
    prepare: fn(&mut Machine),
    program: &'static str,
    arguments: &'static str,
    code: u32,
    action: &'static str,
}

const fn row(
    name: &'static str,
    prepare: fn(&mut Machine),
    program: &'static str,
    arguments: &'static str,
    code: u32,
    action: &'static str,
) -> Row {
    Row { name, prepare, program, arguments, code, action }
}

const AS_IT_IS: fn(&mut Machine) = |_| {};

/// Name, how the machine is prepared, program, arguments, exit code, action.
#[rustfmt::skip]
const ROWS: &[Row] = &[
    // Nothing is installed.
    row("version", AS_IT_IS, r"W:\42.exe", "/version", 0, "version"),
    row("help", AS_IT_IS, r"W:\42.exe", "/?", 0, "help"),
    row("extract", AS_IT_IS, r"W:\42.exe", r"/extract W:\out", 0, "extract"),
    row("whatif of a first install", AS_IT_IS, r"W:\42.exe", "/whatif", 0, "whatif"),
    row("no such switch", AS_IT_IS, r"W:\42.exe", "/nonsense", 1639, "failed"),
    row("two requests", AS_IT_IS, r"W:\42.exe", "/uninstall /repair", 1639, "failed"),
    row("no such setting", AS_IT_IS, r"W:\42.exe", "NO_SUCH=1", 1639, "failed"),
    row("a value that is not allowed", AS_IT_IS, r"W:\42.exe", "GROUP=neither", 1639, "failed"),
    row("no such site", AS_IT_IS, r"W:\42.exe", "/site nowhere", 1639, "failed"),
    row("repair of nothing", AS_IT_IS, r"W:\42.exe", "/repair", 1605, "failed"),
    row("uninstall of nothing", AS_IT_IS, r"W:\42.exe", "/uninstall", 1605, "failed"),
    row("a setup that is cut short", AS_IT_IS, r"W:\cut.exe", "", 1620, "failed"),
    row("a setup with a flipped bit", AS_IT_IS, r"W:\flipped.exe", "", 1620, "failed"),
    row("a setup for a later Windows", AS_IT_IS, r"W:\ten.exe", "", 1633, "failed"),
    row("a share for a later Windows", |m| m.publish("ten"), SHARE, "", 1633, "failed"),
    row("another run has the lock", |m| m.hold(LOCK), r"W:\42.exe", "", 1618, "failed"),
    row("a share without its release", |m| { m.let_go(); m.publish("42"); m.remove("release.idx") }, SHARE, "", 1619, "failed"),
    row("a share of another product", |m| m.foreign(), SHARE, "", 1620, "failed"),
    row("a share that was tampered with", |m| { m.publish("42"); m.flip("release.idx") }, SHARE, "", 1620, "failed"),
    row("a share without its package", |m| { m.publish("42"); m.remove("packages/endpoint-agent-4.2.0-x64-setup.exe") }, SHARE, "", 1619, "failed"),
    row("a share with a damaged package", |m| { m.publish("42"); m.flip("packages/endpoint-agent-4.2.0-x64-setup.exe") }, SHARE, "", 1620, "failed"),
    // 4.2.0 is.
    row("first install from a share", |m| m.publish("42"), SHARE, "", 0, "setup"),
    row("the share again", AS_IT_IS, SHARE, "", 0, "none"),
    row("the share again, forced", AS_IT_IS, SHARE, "-f -u", 0, "none"),
    row("its setup again", AS_IT_IS, r"W:\42.exe", "", 0, "none"),
    row("repair of what is whole", AS_IT_IS, r"W:\42.exe", "/repair", 0, "none"),
    row("repair of what is damaged", |m| m.damage(), r"W:\42.exe", "/repair", 0, "repair"),
    row("forced update of what is damaged", |m| m.damage(), SHARE, "-f -u", 0, "update"),
    row("version of what is installed", AS_IT_IS, INSTALLED, "/version", 0, "version"),
    row("no server", AS_IT_IS, INSTALLED, "-u", 1619, "failed"),
    row("a share without a file", |m| { m.publish("43"); m.remove("files/43/x64/bin/agentctl.exe") }, SHARE, "-u", 1619, "failed"),
    row("a share with a damaged index", |m| { m.publish("43"); m.flip("files/43/x64/files.idx") }, SHARE, "-u", 1620, "failed"),
    row("an update, while another run has the lock", |m| { m.publish("43"); m.hold(LOCK) }, SHARE, "-u", 1618, "failed"),
    row("an update of a file in use", |m| { m.let_go(); m.hold(HELD) }, SHARE, "-u", 32, "failed"),
    row("an upgrade of a file in use", AS_IT_IS, r"W:\43.exe", "", 32, "failed"),
    row("whatif of an update", |m| m.let_go(), SHARE, "-u /whatif", 0, "whatif"),
    // 4.3.0 is.
    row("an upgrade", AS_IT_IS, r"W:\43.exe", "", 0, "upgrade"),
    row("an older setup", AS_IT_IS, r"W:\42.exe", "", 1638, "failed"),
    row("an older share", |m| m.publish("42"), SHARE, "-u", 1638, "failed"),
    row("a share below the floor, forced", |m| m.publish("39"), SHARE, "-f -u", 1620, "failed"),
    row("an older share, forced", |m| m.publish("42"), SHARE, "-f -u", 0, "update"),
    row("the next share", |m| m.publish("43"), SHARE, "-u", 0, "update"),
    row("whatif of an uninstall", AS_IT_IS, INSTALLED, "/uninstall /whatif", 0, "whatif"),
    row("uninstall by what is installed", AS_IT_IS, INSTALLED, "/uninstall", 0, "uninstall"),
    row("uninstall once more", AS_IT_IS, r"W:\43.exe", "/uninstall", 1605, "failed"),
    // The same with `in-use = "restart"`.
    row("a first install", AS_IT_IS, r"W:\restart-42.exe", "", 0, "install"),
    row("an update that is put off", |m| { m.publish("restart-43"); m.hold(HELD) }, SHARE, "-u", 3010, "deferred"),
    row("an update that was put off", |m| m.let_go(), SHARE, "-u", 0, "update"),
    row("uninstall by its setup", AS_IT_IS, r"W:\restart-42.exe", "/uninstall", 0, "uninstall"),
    // Windows Installer manages 4.3.0.
    row("a setup over an MSI", |m| m.by_msi(), r"W:\43.exe", "", 1638, "failed"),
    row("a repair over an MSI", AS_IT_IS, r"W:\43.exe", "/repair", 1638, "failed"),
    row("an uninstall over an MSI", AS_IT_IS, r"W:\43.exe", "/uninstall", 1638, "failed"),
    row("the share of an MSI's release", |m| m.publish("43"), SHARE, "-u", 0, "none"),
    row("an older share over an MSI", |m| m.publish("42"), SHARE, "-u", 1638, "failed"),
];

struct Builds {
    ten: Release,
    floor: Release,
    foreign: Release,
    restart: (Release, Release),
}

fn builds() -> &'static Builds {
    static BUILT: OnceLock<Builds> = OnceLock::new();
    BUILT.get_or_init(|| {
        let x64 = &["--arch", "x64"];
        let edited = |name: &str, edits: &[(&str, &str)]| {
            let source = Source::new(&format!("matrix-{name}"));
            for (from, to) in edits {
                source.edit("agent.toml", from, to);
            }
            source.build("agent.toml", x64)
        };
        let restart = Source::new("matrix-restart");
        for manifest in ["agent.toml", "agent-4.3.0.toml"] {
            restart.edit(manifest, "in-use           = \"abort\"", "in-use           = \"restart\"");
        }
        Builds {
            ten: edited("ten", &[("{ min = \"windows-xp\",", "{ min = \"windows-10\",")]),
            floor: edited(
                "floor",
                &[
                    ("serial           = 42", "serial           = 39"),
                    ("floor            = 40", "floor            = 39"),
                ],
            ),
            foreign: edited(
                "foreign",
                &[("\"com.acme.endpoint-agent\"", "\"com.acme.another.endpoint-agent\"")],
            ),
            restart: (restart.build("agent.toml", x64), restart.build("agent-4.3.0.toml", x64)),
        }
    })
}

fn release(name: &str) -> &'static Release {
    match name {
        "42" => acme_42(),
        "43" => acme_43(),
        "ten" => &builds().ten,
        "39" => &builds().floor,
        "foreign" => &builds().foreign,
        "restart-42" => &builds().restart.0,
        "restart-43" => &builds().restart.1,
        other => panic!("no release {other}"),
    }
}

/// A machine with setups on its desk, and a share that changes.
struct Machine {
    prefix: Prefix,
}

impl Machine {
    fn new(display: &Display) -> Self {
        let mut prefix = Prefix::new();
        prefix.show_on(display);
        let desk = prefix.desk();
        for name in ["42", "43", "ten", "restart-42"] {
            fs::copy(release(name).exe("x64"), desk.join(format!("{name}.exe"))).expect("a setup is copied");
        }
        let mut bytes = fs::read(acme_42().exe("x64")).expect("the setup is read");
        fs::write(desk.join("cut.exe"), &bytes[..bytes.len() - 100]).expect("it is written");
        let middle = bytes.len() / 10 * 9;
        bytes[middle] ^= 1;
        fs::write(desk.join("flipped.exe"), &bytes).expect("it is written");
        prefix.boot();
        Self { prefix }
    }

    fn publish(&mut self, name: &str) {
        let share = self.prefix.desk().join("share");
        let _ = fs::remove_dir_all(&share);
        copy_tree(&release(name).share(), &share);
    }

    /// The bootstrap of one product, the release of another.
    fn foreign(&mut self) {
        self.publish("42");
        let to = self.prefix.desk().join("share/release.idx");
        fs::copy(release("foreign").share().join("release.idx"), to).expect("the release is copied");
    }

    fn remove(&mut self, file: &str) {
        fs::remove_file(self.prefix.desk().join("share").join(file)).expect("a file is removed");
    }

    fn flip(&mut self, file: &str) {
        let file = self.prefix.desk().join("share").join(file);
        let mut bytes = fs::read(&file).expect("a file is read");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&file, bytes).expect("a file is damaged");
    }

    fn damage(&mut self) {
        fs::write(self.prefix.host_path(HELD), "damaged").expect("a file is damaged");
    }

    fn hold(&mut self, file: &str) {
        let host = self.prefix.host_path(file);
        if !host.exists() {
            fs::write(&host, "").expect("a file is made");
        }
        self.prefix.hold(file);
    }

    fn let_go(&mut self) {
        self.prefix.run("taskkill.exe", "/f /im ping.exe").expect(0);
    }

    fn by_msi(&mut self) {
        Msi.install(&self.prefix, acme_43(), "x64", &[]).expect(0);
    }

    /// Runs a row; `level` is its switch for how much is shown.
    fn run(&self, row: &Row, level: &str) -> Result<(), String> {
        let _ = fs::remove_file(self.prefix.desk().join("row.log"));
        let _ = fs::remove_dir_all(self.prefix.desk().join("out"));
        let installed = || {
            let dir = self.prefix.host_path(DIR);
            let mut files = if dir.exists() { identities(&dir) } else { BTreeMap::default() };
            // What is staged stays for the next run.
            files.retain(|path, _| !path.starts_with(".upd"));
            files
        };
        let before = installed();
        let ran = self.prefix.run(row.program, &format!("{} {level} /log W:\\row.log", row.arguments));
        let log = fs::read_to_string(self.prefix.desk().join("row.log")).unwrap_or_default();
        let last = log.lines().last().and_then(|line| line.get(20..)).unwrap_or_default();
        let words = last.split(' ').take(2).collect::<Vec<_>>().join(" ");
        let expected = format!("exit={} action={}", row.code, row.action);
        let silent = level == "/quiet";
        if ran.code != Some(row.code) || words != expected {
            return Err(format!("{:?} and {words:?}, not {expected:?}\n{}\n{log}", ran.code, ran.output));
        }
        if silent != ran.output.trim().is_empty() {
            return Err(format!("said {:?}", ran.output));
        }
        if !row.changes() && installed() != before {
            return Err(format!("files were changed\n{log}"));
        }
        Ok(())
    }
}

impl Row {
    fn changes(&self) -> bool {
        !["failed", "none", "version", "help", "whatif", "extract"].contains(&self.action)
    }
}

/// Runs all rows; returns whether a window was seen meanwhile.
fn every_row(levels: &[&str]) -> bool {
    let display = Display::new();
    let mut machine = Machine::new(&display);
    let ended = AtomicBool::new(false);
    let mut wrong = Vec::new();
    let shown = std::thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let mut shown = false;
            while !ended.load(Ordering::Relaxed) {
                shown |= !display.windows(TITLES).is_empty();
                std::thread::sleep(std::time::Duration::from_millis(50));
            }
            shown
        });
        for row in ROWS {
            (row.prepare)(&mut machine);
            for level in levels {
                // With all windows only what changes nothing: the next row needs what this one leaves.
                if (!level.is_empty() || !row.changes())
                    && let Err(what) = machine.run(row, level)
                {
                    wrong.push(format!("{} {level}: {what}", row.name));
                }
            }
        }
        ended.store(true, Ordering::Relaxed);
        watcher.join().expect("the watcher ends")
    });
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    shown
}

#[test]
fn every_row_silent() {
    assert!(!every_row(&["/quiet"]), "a window was shown");
}

/// A question would wait for an answer that nobody gives.
#[test]
fn every_row_passive_and_with_windows() {
    assert!(every_row(&["/passive", ""]), "no window was seen: nobody would have seen one of a silent run");
}

/// 1602: a person says no.
#[test]
fn a_person_who_does_not_want_to_uninstall_is_1602() {
    let display = Display::new();
    let mut machine = Machine::new(&display);
    machine.prefix.run(r"W:\42.exe", "/quiet").expect(0);
    let line = format!("\"{INSTALLED}\" /uninstall /log W:\\row.log\n> W:\\ended.txt echo %errorlevel%");
    machine.prefix.start(&line);
    let ended = machine.prefix.desk().join("ended.txt");
    let mut asked = false;
    wait_for("it ends", || {
        if !display.windows(TITLES).is_empty() {
            asked = true;
            display.press(&["n"]);
        }
        fs::read_to_string(&ended).is_ok_and(|text| text.trim() == "1602")
    });
    assert!(asked, "nobody was asked");
    let log = fs::read_to_string(machine.prefix.desk().join("row.log")).unwrap_or_default();
    assert!(log.trim_end().ends_with(" exit=1602 action=failed"), "{log}");
    assert!(machine.prefix.host_path(INSTALLED).exists());
}

#[test]
fn every_code_of_the_contract_has_a_row_or_a_simulated_test() {
    let flows = project().join("payload/engine/src/flows");
    let simulated = [
        (740, "tests/rights.rs", "who_lacks_the_rights_is_told_what_is_missing_on_this_windows"),
        (1625, "tests/record.rs", "what_a_policy_forbids_is_1625"),
        (112, "tests.rs", "refusals_change_nothing"),
    ];
    for (code, file, test) in simulated {
        let text = fs::read_to_string(flows.join(file)).expect("the tests are read");
        let body = text.split(&format!("fn {test}()")).nth(1).unwrap_or_default();
        let body = body.split("\n#[test]").next().unwrap_or_default();
        assert!(body.contains(&code.to_string()), "{test} in {file} does not show {code}");
    }
    // 1602 has the test above; 1603 is what no other code says.
    let elsewhere = [740, 1625, 112, 1602, 1603];
    for code in [0, 3010, 1602, 1603, 1605, 1618, 1619, 1620, 1625, 1633, 1638, 1639, 740, 32, 112] {
        assert!(elsewhere.contains(&code) || ROWS.iter().any(|row| row.code == code), "{code} has no row");
    }
}
