//! The log of runs that nobody asked for one: where an administrator finds it, and what never makes one.

use std::fs;

use packager_tests::installer::{Exe, Installer, bring};
use packager_tests::prefix::{Prefix, Ran};
use packager_tests::product::{acme_42, acme_43, copy_tree};
use packager_tests::state::listing;

const LOG: &str = r"C:\windows\logs\com.acme.endpoint-agent.log";
const OLD: &str = r"C:\windows\logs\com.acme.endpoint-agent.old.log";
const INSTALLED: &str = r"C:\Program Files\Acme\Endpoint Agent\autopcc.exe";

/// A Windows with 4.2.0 and its share.
fn installed() -> Prefix {
    let mut prefix = Prefix::new();
    prefix.map_share("files.acme.example", "agent", &prefix.desk().join("share"));
    copy_tree(&acme_42().share(), &prefix.desk().join("share"));
    prefix.boot();
    Exe.install(&prefix, acme_42(), "x64", &[]).expect(0);
    prefix
}

fn publish_43(prefix: &Prefix) {
    fs::remove_dir_all(prefix.desk().join("share")).expect("the old release is removed");
    copy_tree(&acme_43().share(), &prefix.desk().join("share"));
}

fn update(prefix: &Prefix, more: &str) -> Ran {
    prefix.run(r"W:\share\autopcc.exe", &format!("-u /quiet {more}"))
}

fn log(prefix: &Prefix) -> String {
    fs::read_to_string(prefix.host_path(LOG)).unwrap_or_default()
}

#[test]
fn runs_that_change_or_fail_leave_a_trace_and_others_none() {
    let mut prefix = installed();
    let before = prefix.state();
    prefix.boot();
    update(&prefix, "").expect(0);
    update(&prefix, "-f").expect(0);
    update(&prefix, "/whatif").expect(0);
    prefix.run(&bring(&prefix, &acme_42().exe("x64")), "/quiet").expect(0);
    assert_eq!(listing(&before.differences(&prefix.state())), "", "nothing to do");

    publish_43(&prefix);
    prefix.boot();
    update(&prefix, "TOKEN=hush /whatif").expect(0);
    assert!(!prefix.host_path(LOG).exists(), "a look leaves no trace");
    update(&prefix, "").expect(0);
    let text = log(&prefix);
    for words in [
        "packager ",
        r"W:\share\autopcc.exe",
        "command line: -u /quiet",
        "as administrator",
        "com.acme.endpoint-agent",
        "managed by setup, version 4.2.0.0, serial 42",
        "offered: version 4.3.0.0",
        "asked: update",
        "decision: the release differs",
        "commit",
    ] {
        assert!(text.contains(words), "no {words:?} in:\n{text}");
    }
    let last = |text: &str| text.lines().last().map(|line| line[20..].to_owned());
    assert_eq!(last(&text).as_deref(), Some("exit=0 action=update"), "{text}");
    let time = |line: &str| line.as_bytes().get(4) == Some(&b'-') && line.as_bytes().get(13) == Some(&b':');
    assert!(text.lines().all(time), "a line without its time:\n{text}");

    // A refusal is added, the values of settings are not.
    let older = bring(&prefix, &acme_42().exe("x64"));
    prefix.run(&older, "/quiet SERVER_URL=https://hush.example").expect(1638);
    let both = log(&prefix);
    assert!(both.starts_with(&text) && both.contains("SERVER_URL=***"), "{both}");
    assert!(!both.contains("hush"), "{both}");
    assert_eq!(last(&both).as_deref(), Some("exit=1638 action=failed"));

    // With the product its log goes.
    prefix.run(INSTALLED, "/uninstall /quiet").expect(0);
    assert!(!prefix.host_path(LOG).exists());
}

#[test]
fn it_is_bounded_and_no_link_is_followed() {
    let mut prefix = installed();
    publish_43(&prefix);
    prefix.boot();
    let logs = prefix.root().join("drive_c/windows/logs");
    fs::write(prefix.host_path(LOG), vec![b'x'; 600 << 10]).expect("a long log");
    fs::write(prefix.host_path(OLD), "older").expect("an old log");
    let older = bring(&prefix, &acme_42().exe("x64"));
    prefix.run(&older, "/quiet /repair /site nowhere").expect(1639);
    assert_eq!(fs::metadata(prefix.host_path(OLD)).expect("it is there").len(), 600 << 10);
    assert!(log(&prefix).contains("exit=1639 action=failed"), "{}", log(&prefix));

    // A second name for another file: the run goes on without a log, and that file is as it was.
    fs::remove_file(prefix.host_path(LOG)).expect("it is removed");
    let victim = prefix.desk().join("victim");
    fs::write(&victim, "precious").expect("it is written");
    fs::hard_link(&victim, logs.join("com.acme.endpoint-agent.log")).expect("a link is made");
    prefix.run(&older, "/quiet /repair /site nowhere").expect(1639);
    assert_eq!(fs::read_to_string(&victim).expect("it is read"), "precious");

    // A folder that others can write into.
    fs::remove_dir_all(&logs).expect("it is removed");
    fs::create_dir(&logs).expect("a folder is made");
    let open = <fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o777);
    fs::set_permissions(&logs, open).expect("everybody may write");
    prefix.run(&older, "/quiet /repair /site nowhere").expect(1639);
    assert_eq!(fs::read_dir(&logs).expect("it is listed").count(), 0);
}
