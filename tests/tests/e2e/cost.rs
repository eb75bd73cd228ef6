//! What a run takes from the share when there is nothing to do, as the host's kernel sees it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use packager_tests::installer::{Exe, Installer};
use packager_tests::prefix::Prefix;
use packager_tests::product::{acme_42, copy_tree, files};
use packager_tests::{environment, host};

/// Files of a folder that were opened: how often, and how many bytes were read of each.
type Seen = BTreeMap<String, (usize, u64)>;

/// Runs a program of a prefix that is shut down, and finds what it, and the server that it starts, did with a folder.
fn watched(prefix: &Prefix, share: &Path, program: &str) -> Seen {
    let traces = tempfile::tempdir().expect("a temporary folder");
    let log = prefix.desk().join("watched.log");
    let _ = fs::remove_file(&log);
    let mut command = host::limited(180, environment::wine());
    command.arg(prefix.root()).args([
        "strace",
        "-ff",
        "-y",
        "-qq",
        "-e",
        "trace=open,openat,read,pread64,readv,preadv",
        "-o",
    ]);
    command.arg(traces.path().join("t")).args(["wine", program, "/quiet", "/log", "W:\\watched.log"]);
    let output = host::output(command.current_dir(prefix.desk()));
    let said = fs::read_to_string(&log).unwrap_or_default();
    assert!(said.contains("exit=0 action=none"), "{output:?}\n{said}");
    let names: Vec<String> = files(share).into_iter().map(|(path, _)| path.replace('\\', "/")).collect();
    let share = share.to_string_lossy();
    let mut seen = Seen::new();
    for trace in fs::read_dir(traces.path()).expect("traces").flatten() {
        for line in String::from_utf8_lossy(&fs::read(trace.path()).expect("a trace")).lines() {
            let Some((call, result)) = line.rsplit_once(" = ") else { continue };
            let Ok(count) = result.split(['<', ' ']).next().unwrap_or_default().parse::<u64>() else {
                continue;
            };
            // What was opened stands behind the result, what is read from behind the first argument.
            let opens = call.starts_with("open");
            let path = if opens { result } else { call.split("\", ").next().unwrap_or(call) };
            let Some((_, path)) = path.split_once(&format!("<{share}/")) else { continue };
            let path = path.split('>').next().unwrap_or_default();
            if names.iter().any(|name| name == path) {
                let file = seen.entry(path.to_owned()).or_default();
                *file = if opens { (file.0 + 1, file.1) } else { (file.0, file.1 + count) };
            }
        }
    }
    seen
}

#[test]
fn nothing_to_do_is_one_small_file() {
    let mut prefix = Prefix::new();
    let share = prefix.desk().join("share");
    copy_tree(&acme_42().share(), &share);
    prefix.map_share("files.acme.example", "agent", &share);
    prefix.boot();
    Exe.install(&prefix, acme_42(), "x64", &[]).expect(0);
    prefix.shut_down();
    let seen = watched(&prefix, &share, r"C:\Program Files\Acme\Endpoint Agent\autopcc.exe");
    let names: Vec<&String> = seen.keys().collect();
    assert_eq!(names, ["release.idx"], "{seen:?}");
    let (opens, bytes) = seen["release.idx"];
    assert!((1..=3).contains(&opens) && (1..=4_096).contains(&bytes), "{seen:?}");
    prefix.shut_down();
    // Its own image besides: looked at by the loader, and its package's head and identity read.
    let seen = watched(&prefix, &share, r"\\files.acme.example\agent\autopcc.exe");
    let names: Vec<&String> = seen.keys().collect();
    assert_eq!(names, ["autopcc.exe", "release.idx"], "{seen:?}");
    assert!(seen["release.idx"].1 <= 4_096, "{seen:?}");
    let whole = fs::metadata(share.join("autopcc.exe")).expect("the bootstrap").len();
    println!(
        "of {whole} bytes of the bootstrap were read: {}, opened: {}",
        seen["autopcc.exe"].1, seen["autopcc.exe"].0
    );
    assert!(seen["autopcc.exe"].1 <= 2 * whole, "{seen:?}");
}
