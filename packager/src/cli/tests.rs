use std::ffi::OsString;

use camino::Utf8PathBuf;
use clap::CommandFactory as _;

use super::*;

fn run(arguments: &[&str]) -> u8 {
    main(std::iter::once("packager").chain(arguments.iter().copied()).map(OsString::from).collect())
}

#[test]
fn the_command_line_is_sound() {
    Cli::command().debug_assert();
}

#[test]
fn exit_codes_say_whose_fault_it_is() {
    assert_eq!(run(&["check", "--no-such-option"]), 2);
    assert_eq!(run(&["build", "--arch", "sparc"]), 2);
    assert_eq!(run(&["build", "--output", "dmg"]), 2);
    assert_eq!(run(&["--version"]), 0);
    assert_eq!(run(&["--quiet", "check", "/no/such/agent.toml"]), 1);
    assert_eq!(run(&["--quiet", "check", "/"]), 1);
}

#[test]
fn what_init_writes_is_without_a_word_of_complaint_and_never_overwritten() {
    let temp = tempfile::tempdir().unwrap();
    let dir = Utf8PathBuf::from_path_buf(temp.path().join("My Agent")).unwrap();
    assert_eq!(run(&["--quiet", "init", dir.as_str()]), 0);
    let loaded = crate::plan::load(&dir.join("agent.toml")).unwrap();
    assert_eq!(loaded.diagnostics, []);
    assert_eq!(loaded.plans.len(), 1);
    assert_eq!(loaded.plans[0].target.product.slug, "my-agent");
    let before = std::fs::read(dir.join("release.key")).unwrap();
    assert_eq!(run(&["--quiet", "init", dir.as_str()]), 1);
    assert_eq!(std::fs::read(dir.join("release.key")).unwrap(), before);
}

#[test]
fn an_init_that_finds_one_file_writes_none() {
    let temp = tempfile::tempdir().unwrap();
    let dir = Utf8PathBuf::from_path_buf(temp.path().to_owned()).unwrap();
    std::fs::write(dir.join("release.pub"), "mine").unwrap();
    assert_eq!(run(&["--quiet", "init", dir.as_str()]), 1);
    assert_eq!(std::fs::read_dir(&dir).unwrap().count(), 1);
}
