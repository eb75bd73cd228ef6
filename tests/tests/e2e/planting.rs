//! DLLs laid beside the setup program and the bootstrap: none gets into them.
//!
//! Wine has its own DLLs and takes those by default: every run here has it look for others first, and the first test
//! of all is that it finds them.

use std::collections::BTreeSet;
use std::fs;

use packager_tests::display::Display;
use packager_tests::planted;
use packager_tests::prefix::{Prefix, wait_for};
use packager_tests::product::{Release, acme_42, acme_43, copy_tree};

const DIR: &str = r"C:\Program Files\Acme\Endpoint Agent";
const MARKS: &str = r"W:\marks";

/// A Windows in which planted DLLs are taken, and a folder `W:\in` full of them.
struct Trap {
    prefix: Prefix,
}

impl Trap {
    fn new() -> Self {
        let mut prefix = Prefix::new();
        prefix.override_dlls(&planted::overrides());
        for folder in ["marks", "in"] {
            fs::create_dir(prefix.desk().join(folder)).expect("a folder is made");
        }
        let trap = Self { prefix };
        trap.plant("W:\\in");
        trap
    }

    fn plant(&self, folder: &str) {
        planted::plant(&self.prefix.host_path(folder), MARKS);
    }

    /// Which of them were loaded since this was asked last.
    fn loaded(&self) -> BTreeSet<String> {
        let marks = self.prefix.desk().join("marks");
        let names: BTreeSet<String> = fs::read_dir(&marks)
            .expect("the marks are listed")
            .map(|entry| entry.expect("a mark").file_name().to_string_lossy().into_owned())
            .collect();
        for name in &names {
            fs::remove_file(marks.join(name)).expect("the mark is removed");
        }
        names
    }

    fn bring(&self, release: &Release) {
        fs::copy(release.exe("x64"), self.prefix.desk().join("in/setup.exe")).expect("the setup is copied");
    }

    /// Runs a program of ours, and nothing of what is beside it.
    #[track_caller]
    fn run(&self, program: &str, arguments: &str, expected: &str) {
        let log = self.prefix.desk().join("planted.log");
        let _ = fs::remove_file(&log);
        self.prefix.run(program, &format!("{arguments} /log W:\\planted.log")).expect(0);
        self.ended(expected);
        assert_eq!(self.loaded(), BTreeSet::new(), "{program} {arguments}");
    }

    /// What the log says at its end: that the program ran at all, and what it did.
    #[track_caller]
    fn ended(&self, expected: &str) {
        let log = fs::read_to_string(self.prefix.desk().join("planted.log")).unwrap_or_default();
        let last = log.lines().last().unwrap_or_default();
        assert!(last.contains(&format!("exit=0 action={expected}")), "{log}");
    }
}

/// Without this all others would pass in a Windows that loads no planted DLL at all.
#[test]
fn a_program_that_asks_by_name_loads_what_is_planted_beside_it() {
    let trap = Trap::new();
    let names = planted::names();
    fs::write(trap.prefix.desk().join("in/asks.exe"), planted::asks_for(&names)).expect("it is written");
    trap.prefix.run("W:\\in\\asks.exe", "").expect(0);
    let loaded = trap.loaded();
    let missing: Vec<_> = names.iter().filter(|name| !loaded.contains(**name)).collect();
    assert!(missing.is_empty(), "never loaded: {missing:?}");
}

#[test]
fn nothing_planted_gets_into_install_update_and_uninstall() {
    let mut trap = Trap::new();
    trap.prefix.boot();
    let (old, new) = (acme_42(), acme_43());
    trap.bring(old);
    trap.run("W:\\in\\setup.exe", "/quiet", "install");
    // Whoever starts it stands in the folder with the DLLs.
    let ran = trap.prefix.batch("cd /d W:\\in\nsetup.exe /quiet /log W:\\planted.log");
    ran.expect(0);
    trap.ended("none");
    assert_eq!(trap.loaded(), BTreeSet::new());
    let share = trap.prefix.desk().join("share");
    copy_tree(&new.share(), &share);
    trap.plant("W:\\share");
    trap.plant(DIR);
    trap.run("W:\\share\\autopcc.exe", "/quiet", "update");
    trap.run(&format!("{DIR}\\autopcc.exe"), "/uninstall /quiet", "uninstall");
    // A first install from the share: the setup program runs from a folder of its own.
    trap.run("W:\\share\\autopcc.exe", "/quiet", "setup");
}

#[test]
fn nothing_planted_gets_into_a_setup_with_a_window() {
    let display = Display::new();
    let mut trap = Trap::new();
    trap.prefix.show_on(&display);
    trap.bring(acme_42());
    trap.prefix.start("W:\\in\\setup.exe /log W:\\planted.log\n> W:\\ended.txt echo %errorlevel%");
    let ended = trap.prefix.desk().join("ended.txt");
    let mut shown = false;
    wait_for("the setup ends", || {
        shown |= !display.windows("Acme Endpoint Agent").is_empty();
        // A message at its end waits for somebody.
        if shown {
            display.press(&["Return"]);
        }
        fs::read_to_string(&ended).is_ok_and(|text| text.trim() == "0")
    });
    assert!(shown, "no window was seen");
    trap.ended("install");
    assert_eq!(trap.loaded(), BTreeSet::new());
}

/// Windows takes DLLs from where such a file says: the program does nothing then.
#[test]
fn a_local_file_beside_the_program_is_refused() {
    let prefix = Prefix::new();
    let setup = prefix.bring(&acme_42().exe("x64"));
    let local = prefix.host_path(&format!("{setup}.local"));
    fs::write(&local, "").expect("it is written");
    prefix.run(&setup, "/quiet /log W:\\planted.log").expect(1603);
    assert!(!prefix.host_path(DIR).exists() && !prefix.desk().join("planted.log").exists());
    fs::remove_file(&local).expect("it is removed");
    prefix.run(&setup, "/quiet").expect(0);
    assert!(prefix.host_path(DIR).exists());
}
