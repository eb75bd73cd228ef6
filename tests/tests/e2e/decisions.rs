//! The table of decisions under Wine, in both registry views, on 32-bit Windows, and on every Windows that Wine shows.
//! The simulated machine runs the same rows: `tests/decisions.txt`.

use std::fs;

use packager_tests::installer::{Exe, Installer, Msi, bring, install_dir};
use packager_tests::prefix::{Bits, Prefix};
use packager_tests::product::{Release, acme_42, acme_43, copy_tree};

use crate::acme::AGENT;

const ROWS: &str = include_str!("../../decisions.txt");

/// The release that is installed, if any, and the one that is offered.
fn releases(state: &str) -> (Option<&'static Release>, &'static Release) {
    match state.split_once('-') {
        Some((_, "older")) => (Some(acme_42()), acme_43()),
        Some((_, "same")) => (Some(acme_43()), acme_43()),
        Some((_, "newer")) => (Some(acme_43()), acme_42()),
        _ => (None, acme_43()),
    }
}

/// Brings a fresh prefix into a state.
fn prepare(prefix: &mut Prefix, state: &str, arch: &str) {
    let (installed, offered) = releases(state);
    let dir = install_dir(prefix, arch);
    let view = if arch == "x86" && prefix.bits == Bits::Windows64 { "32" } else { "64" };
    let view = if prefix.bits == Bits::Windows32 { String::new() } else { format!("/reg:{view}") };
    copy_tree(&offered.share(), &prefix.desk().join("share"));
    prefix.boot();
    match (state.split('-').next(), installed) {
        (Some("engine"), Some(release)) => drop(Exe.install(prefix, release, arch, &[]).expect(0)),
        (Some("msi"), Some(release)) => drop(Msi.install(prefix, release, arch, &[]).expect(0)),
        (Some("broken"), _) => {
            Exe.install(prefix, acme_42(), arch, &[]).expect(0);
            prefix.run("net.exe", "stop AcmeAgent").expect(0);
            fs::remove_dir_all(prefix.host_path(dir)).expect("the folder is removed");
        }
        (Some("keyless"), _) => {
            fs::create_dir_all(prefix.root().join("drive_c").join(dir[3..].replace('\\', "/")))
                .expect("a folder is made");
            let key = format!("{AGENT}\\CurrentVersion").replace("HKLM", "HKEY_LOCAL_MACHINE");
            let add = format!("add \"{key}\" /v \"Application Path\" /d \"{dir}\" /f {view}");
            prefix.run("reg.exe", &add).expect(0);
        }
        _ => {}
    }
}

fn every_row(make: fn() -> Prefix, arch: &str) {
    let mut prefix: Option<(String, Prefix)> = None;
    let mut rows = 0;
    for row in ROWS.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [state, request, exit, reason] = cells[..] else { panic!("not four cells: {row}") };
        if prefix.as_ref().is_none_or(|(prepared, _)| prepared != state) {
            let mut fresh = make();
            prepare(&mut fresh, state, arch);
            prefix = Some((state.to_owned(), fresh));
        }
        let Some((_, prefix)) = &prefix else { continue };
        let exe = bring(prefix, &releases(state).1.exe(arch));
        let share = "W:\\share\\autopcc.exe";
        let (program, arguments) = match request {
            "setup" => (exe.as_str(), ""),
            "repair" => (exe.as_str(), "/repair"),
            "uninstall" => (exe.as_str(), "/uninstall"),
            "update" => (share, "-u"),
            "forced" => (share, "-f -u"),
            other => panic!("no request {other}"),
        };
        // Without a state of its own, a share takes the best for this processor.
        if arch == "x86" && prefix.bits == Bits::Windows64 && state == "keyless" && program == share {
            continue;
        }
        let file = prefix.desk().join("decision.log");
        let _ = fs::remove_file(&file);
        prefix.run(program, &format!("{arguments} /quiet /whatif /log W:\\decision.log"));
        let log = fs::read_to_string(&file).unwrap_or_default();
        let last = log.lines().last().unwrap_or_default();
        assert!(last.contains(&format!(" exit={exit} action=")), "{arch}: {row}:\n{log}");
        assert!(
            log.lines().any(|line| line.ends_with(&format!("decision: {reason}"))),
            "{arch}: {row}:\n{log}"
        );
        rows += 1;
    }
    assert!(rows > 35, "{rows} rows");
}

#[test]
fn every_row_in_the_64_bit_view() {
    every_row(Prefix::new, "x64");
}

#[test]
fn every_row_in_the_32_bit_view() {
    every_row(Prefix::new, "x86");
}

#[test]
fn every_row_on_32_bit_windows() {
    every_row(Prefix::new32, "x86");
}

/// What `winecfg /v` knows on 32-bit Windows, and how its number begins in the log. Wine 8 knows no Windows 11.
const WINDOWS: &[(&str, &str)] = &[
    ("winxp", "Windows 5.1."),
    ("win2003", "Windows 5.2."),
    ("vista", "Windows 6.0."),
    ("win2008", "Windows 6.0."),
    ("win7", "Windows 6.1."),
    ("win2008r2", "Windows 6.1."),
    ("win8", "Windows 6.2."),
    ("win81", "Windows 6.3."),
    ("win10", "Windows 10.0."),
];

#[test]
fn every_windows_decides_alike() {
    let mut prefix = Prefix::new32();
    copy_tree(&acme_43().share(), &prefix.desk().join("share"));
    prefix.boot();
    Exe.install(&prefix, acme_42(), "x86", &[]).expect(0);
    for (name, shown) in WINDOWS {
        let set = prefix.run("winecfg.exe", &format!("/v {name}"));
        assert_eq!(set.code, Some(0), "winecfg /v {name}");
        let file = prefix.desk().join("decision.log");
        for (arguments, words) in [("-u /whatif", "would update"), ("/version", "4.3.0")] {
            let _ = fs::remove_file(&file);
            let program = "W:\\share\\autopcc.exe";
            prefix.run(program, &format!("{arguments} /quiet /log W:\\decision.log")).expect(0);
            let log = fs::read_to_string(&file).unwrap_or_default();
            assert!(log.contains(shown) && log.contains(words), "{name}, {arguments}:\n{log}");
        }
    }
}
