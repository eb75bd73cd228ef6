//! The dialogs of the MSI, used as a person would: by keyboard, on a screen of their own.

use std::cell::RefCell;
use std::collections::BTreeSet;

use packager_tests::display::Display;
use packager_tests::installer::msiexec;
use packager_tests::prefix::{Prefix, wait_for};
use packager_tests::registry::View;

use crate::acme::AGENT;
use crate::languages::releases;

/// Pages as they come: each is a window of its own.
struct Pages<'a> {
    display: &'a Display,
    title: &'a str,
    seen: RefCell<BTreeSet<String>>,
}

impl Pages<'_> {
    /// Waits for a page that was not there before.
    #[track_caller]
    fn next(&self, what: &str) -> String {
        let mut found = None;
        wait_for(what, || {
            let mut seen = self.seen.borrow_mut();
            found = self.display.windows(self.title).into_iter().find(|window| seen.insert(window.clone()));
            found.is_some()
        });
        // It is shown before it listens to keys.
        std::thread::sleep(std::time::Duration::from_millis(500));
        found.expect("it was found")
    }
}

/// Starts `msiexec /i` with all its dialogs.
fn open(prefix: &mut Prefix, msi: &str) {
    prefix.start(&format!("msiexec /i {msi}\n> W:\\ended.txt echo %errorlevel%"));
}

/// Its exit code, when it ends.
#[track_caller]
fn ended(prefix: &Prefix) -> String {
    let ended = prefix.desk().join("ended.txt");
    wait_for("msiexec ends", || std::fs::read_to_string(&ended).is_ok_and(|text| !text.trim().is_empty()));
    std::fs::read_to_string(&ended).expect("it is read").trim().to_owned()
}

/// Removing itself is proven from the command line: in Wine 8 the control event `Remove` does not reach components.
#[test]
fn what_is_installed_is_offered_for_removal_and_left_alone_when_a_person_cancels() {
    let display = Display::new();
    let mut prefix = Prefix::new();
    prefix.show_on(&display);
    let [release, _] = releases();
    msiexec(&prefix, "/i", &release.msi("x64"), "").expect(0);
    let program = prefix.host_path(r"C:\Program Files\Acme\Endpoint Agent\bin\agent.exe");
    open(&mut prefix, "W:\\endpoint-agent-4.2.0-x64.msi");
    let pages = Pages { display: &display, title: "Acme Endpoint Agent Setup", seen: RefCell::default() };
    pages.next("the choices");
    display.press(&["space"]);
    pages.next("the last page before it is removed");
    // Back has the focus: nothing is removed by holding Enter down.
    display.press(&["Return"]);
    pages.next("the choices again");
    display.press(&["Escape"]);
    pages.next("the question");
    display.press(&["y"]);
    pages.next("the end");
    display.press(&["Return"]);
    assert_eq!(ended(&prefix), "1602");
    assert!(program.is_file());
}

#[test]
fn nobody_goes_on_without_a_value_that_is_required() {
    let display = Display::new();
    let mut prefix = Prefix::new();
    prefix.show_on(&display);
    let [release, _] = releases();
    let msi = prefix.bring(&release.msi("x64"));
    open(&mut prefix, &msi);
    let pages = Pages { display: &display, title: "Acme Endpoint Agent Setup", seen: RefCell::default() };
    pages.next("the welcome page");
    display.press(&["Return"]);
    pages.next("the licence");
    display.press(&["space", "Return"]);
    let settings = display.size(&pages.next("the settings"));
    display.press(&["ctrl+a", "BackSpace", "Return"]);
    // A message in front of the page, not the next page.
    let message = display.size(&pages.next("what is wrong"));
    assert!(message.0 < settings.0 && message.1 < settings.1 / 2, "{message:?} and {settings:?}");
    display.press(&["Return", "Escape"]);
    pages.next("the question");
    display.press(&["y"]);
    pages.next("the end");
    display.press(&["Return"]);
    assert_eq!(ended(&prefix), "1602");
}

#[test]
fn what_is_typed_chosen_and_emptied_is_installed() {
    let display = Display::new();
    let mut prefix = Prefix::new();
    prefix.show_on(&display);
    let [release, _] = releases();
    let msi = prefix.bring(&release.msi("x64"));
    open(&mut prefix, &msi);
    let pages = Pages { display: &display, title: "Acme Endpoint Agent Setup", seen: RefCell::default() };
    pages.next("the welcome page");
    display.press(&["Return"]);
    pages.next("the licence");
    // Next is disabled until it is accepted.
    display.press(&["Return", "space", "Return"]);
    pages.next("the settings");
    display.press(&["ctrl+a"]);
    display.write("https://typed.example");
    display.press(&["Tab", "Down", "Tab", "ctrl+a", "BackSpace", "Return"]);
    pages.next("the folder");
    display.press(&["Return"]);
    pages.next("the last page before it begins");
    display.press(&["Return"]);
    pages.next("the progress");
    pages.next("the end");
    display.press(&["Return"]);
    assert_eq!(ended(&prefix), "0");
    let registry = prefix.registry();
    let settings = format!("{AGENT}\\Settings");
    let text = |name| registry.text(&settings, View::Bits64, name);
    assert_eq!(text("ServerUrl"), Some("https://typed.example"));
    assert_eq!(text("Group"), Some("servers"));
    assert_eq!(text("Proxy"), Some(""));
}
