//! The harness itself: it sees what happens, and it sees when nothing happens.

use packager_tests::prefix::{Prefix, wait_for};
use packager_tests::registry::{Value, View};
use packager_tests::state::listing;

#[test]
fn a_windows_that_only_runs_has_no_differences() {
    let fresh = Prefix::new().state();
    let mut prefix = Prefix::new();
    prefix.boot();
    prefix.run("reg.exe", r"query HKLM\Software").expect(0);
    let differences = fresh.differences(&prefix.state());
    assert!(differences.is_empty(), "{}", listing(&differences));
}

#[test]
fn a_program_runs_with_its_exit_code_and_leaves_its_traces() {
    let mut prefix = Prefix::new();
    let before = prefix.state();
    assert_eq!(prefix.batch("exit /b 1638").code, Some(1638));
    assert_ne!(prefix.run("no-such-program.exe", "").code, Some(0));
    prefix.run("reg.exe", r"add HKLM\Software\Trace /v x /t REG_DWORD /d 7 /f").expect(0);
    prefix.batch(r#"echo text> "C:\Program Files\trace.txt""#).expect(0);
    let after = prefix.state();
    let shown = listing(&before.differences(&after));
    assert!(shown.contains("+ file C:\\Program Files\\trace.txt: 6 bytes"), "{shown}");
    // A 64-bit program wrote: the 32-bit view has nothing.
    assert_eq!(after.registry.value(r"HKLM\Software\Trace", View::Bits64, "x"), Some(&Value::Dword(7)));
    assert_eq!(after.registry.value(r"HKLM\Software\Trace", View::Bits32, "x"), None);
}

#[test]
fn a_32_bit_windows_is_one() {
    let mut prefix = Prefix::new32();
    prefix.run("reg.exe", r"add HKLM\Software\Trace /v x /d 7 /f").expect(0);
    let state = prefix.state();
    assert!(!state.registry.wide);
    assert!(state.registry.value(r"HKLM\Software\Trace", View::Bits32, "x").is_some());
    assert!(state.file(r"C:\Program Files (x86)").is_none());
}

#[test]
fn services_are_seen() {
    let mut prefix = Prefix::new();
    prefix.boot();
    wait_for("a service of Wine's runs", || prefix.service_state("PlugPlay").as_deref() == Some("RUNNING"));
    assert_eq!(prefix.service_state("MSIServer").as_deref(), Some("STOPPED"));
    assert_eq!(prefix.service_state("NoSuchService"), None);
}

#[test]
fn a_held_file_cannot_be_renamed() {
    let mut prefix = Prefix::new();
    prefix.boot();
    prefix.batch("echo text> C:\\held.txt").expect(0);
    prefix.hold(r"C:\held.txt");
    let _ = prefix.batch(r"ren C:\held.txt other.txt");
    assert!(prefix.host_path(r"C:\held.txt").exists());
    prefix.shut_down();
    let _ = prefix.batch(r"ren C:\held.txt other.txt");
    assert!(prefix.host_path(r"C:\other.txt").exists());
}
