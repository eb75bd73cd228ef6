//! The command as scripts see it: exit codes, streams, JSON lines, and what it leaves on disk.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn packager(dir: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_packager")).args(arguments).current_dir(dir).output().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Every line is an object with a reason; the last is `finished` with the exit code.
fn json(output: &Output) -> Vec<Value> {
    let lines: Vec<Value> = text(&output.stdout)
        .lines()
        .map(|l| serde_json::from_str(l).unwrap_or_else(|e| panic!("{e}: {l}")))
        .collect();
    assert!(lines.iter().all(|l| l["reason"].is_string()));
    let last = lines.last().unwrap();
    assert_eq!(last["reason"], "finished");
    assert_eq!(last["exit_code"], code(output));
    assert_eq!(lines.iter().filter(|l| l["reason"] == "finished").count(), 1);
    lines
}

/// All paths below a folder, sorted.
fn tree(dir: &Path) -> Vec<String> {
    let mut all: Vec<String> = walkdir::WalkDir::new(dir)
        .into_iter()
        .map(|e| e.unwrap().path().strip_prefix(dir).unwrap().to_str().unwrap().to_owned())
        .collect();
    all.sort();
    all
}

fn project() -> tempfile::TempDir {
    let temp = tempfile::tempdir().unwrap();
    let output = packager(temp.path(), &["init", "."]);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    temp
}

#[test]
fn a_new_project_is_checked_and_built_without_a_word_of_complaint() {
    let temp = project();
    let check = packager(temp.path(), &["check"]);
    assert_eq!((code(&check), text(&check.stderr)), (0, String::new()));
    let build = packager(temp.path(), &["build"]);
    assert_eq!((code(&build), text(&build.stderr)), (0, String::new()));
    let out = temp.path().join("dist");
    for file in ["share/autopcc.exe", "share/release.idx", "checksums.txt", "build.json"] {
        assert!(out.join(file).is_file(), "{file}");
    }
    assert!(text(&build.stdout).contains("share/"));
    let again = packager(temp.path(), &["--quiet", "build", "--out", "again", "--jobs", "1"]);
    assert_eq!((code(&again), text(&again.stdout), text(&again.stderr)), (0, String::new(), String::new()));
    assert_eq!(tree(&out), tree(&temp.path().join("again")));
    let sums = |dir: &str| std::fs::read_to_string(temp.path().join(dir).join("checksums.txt")).unwrap();
    assert_eq!(sums("dist"), sums("again"));
}

#[test]
fn json_names_each_artefact_with_its_size_and_digest() {
    let temp = project();
    let output = packager(temp.path(), &["build", "--message-format", "json", "--output", "exe"]);
    let lines = json(&output);
    assert_eq!(code(&output), 0);
    let artifacts: Vec<&Value> = lines.iter().filter(|l| l["reason"] == "artifact").collect();
    assert!(artifacts.iter().any(|a| a["kind"] == "exe"));
    for artifact in artifacts {
        let path = temp.path().join("dist").join(artifact["path"].as_str().unwrap());
        assert_eq!(path.metadata().unwrap().len(), artifact["bytes"].as_u64().unwrap());
        assert_eq!(artifact["sha256"].as_str().unwrap().len(), 64);
    }
    assert!(!temp.path().join("dist/share").exists());
}

#[test]
fn everything_that_is_wrong_comes_out_in_one_run_and_nothing_is_written() {
    let temp = project();
    let manifest = temp.path().join("agent.toml");
    let good = std::fs::read_to_string(&manifest).unwrap();
    let bad = good
        .replace("1.0.0", "1.0.0.0.0")
        .replace("manufacturer", "manufaturer")
        .replace("HKLM\\SOFTWARE\\Example", "HKEY\\SOFTWARE\\Example")
        .replace("https://agents.example", "agents.example");
    std::fs::write(&manifest, &bad).unwrap();
    let before = tree(temp.path());
    for command in ["check", "build"] {
        let output = packager(temp.path(), &[command, "--message-format=json"]);
        assert_eq!(code(&output), 1);
        let mut names = Vec::new();
        for line in json(&output).iter().filter(|l| l["reason"] == "diagnostic") {
            assert_eq!(line["file"], "agent.toml");
            for key in ["line", "column"] {
                assert!(line[key].as_u64().unwrap() >= 1, "{line}");
            }
            assert!(line["message"].is_string() && line["help"].is_string(), "{line}");
            names.push(line["name"].as_str().unwrap().to_owned());
        }
        for name in ["bad-version", "unknown-key", "missing-key", "bad-registry-key", "bad-setting-value"] {
            assert!(names.iter().any(|n| n == name), "{name} is missing in {names:?}");
        }
    }
    let human = packager(temp.path(), &["build"]);
    assert_eq!(code(&human), 1);
    let said = text(&human.stderr);
    for part in ["error[bad-version]", "agent.toml:", "help: ", "nothing was built: the manifest has"] {
        assert!(said.contains(part), "{part} is missing in\n{said}");
    }
    assert!(!said.contains('\u{1b}') && human.stdout.is_empty());
    assert_eq!(tree(temp.path()), before);
}

#[test]
fn exit_codes_say_who_is_at_fault() {
    let temp = project();
    let run = |arguments: &[&str]| code(&packager(temp.path(), arguments));
    assert_eq!(run(&["check", "agent.toml"]), 0);
    assert_eq!(run(&["check", "other.toml"]), 1);
    assert_eq!(run(&["check", "payload"]), 1);
    assert_eq!(run(&["build", "--arch", "arm64"]), 1);
    assert_eq!(run(&["build", "--out", "payload/dist"]), 0);
    assert_eq!(run(&["build", "--out", "payload/dist"]), 1);
    assert_eq!(run(&["build", "--jobs", "0"]), 2);
    assert_eq!(run(&["biuld"]), 2);
    assert_eq!(run(&[]), 2);
    assert_eq!(run(&["--help"]), 0);
    std::fs::write(temp.path().join("file"), "").unwrap();
    assert_eq!(run(&["build", "--out", "file/dist", "--output", "exe"]), 3);
    let usage = packager(temp.path(), &["check", "--message-format", "json", "--colour"]);
    json(&usage);
    assert_eq!(code(&usage), 2);
}

#[test]
fn manifests_that_are_no_text_are_refused_with_their_place() {
    let temp = project();
    std::fs::write(temp.path().join("bytes.toml"), b"[product]\nname = \"\xff\"\n").unwrap();
    let output = packager(temp.path(), &["check", "bytes.toml"]);
    assert_eq!(code(&output), 1);
    assert!(text(&output.stderr).contains("bytes.toml:2:9"), "{}", text(&output.stderr));
    let file = std::fs::File::create(temp.path().join("large.toml")).unwrap();
    file.set_len(1 << 30).unwrap();
    assert_eq!(code(&packager(temp.path(), &["check", "large.toml"])), 1);
    std::fs::write(temp.path().join("deep.toml"), format!("{}a = 1", "a.".repeat(100_000))).unwrap();
    assert_eq!(code(&packager(temp.path(), &["check", "deep.toml"])), 1);
    std::fs::write(temp.path().join("wide.toml"), format!("a = {}", "[".repeat(500_000))).unwrap();
    assert_eq!(code(&packager(temp.path(), &["check", "wide.toml"])), 1);
}

#[cfg(unix)]
#[test]
fn a_pipe_is_no_manifest() {
    let temp = project();
    let made = Command::new("mkfifo").arg(temp.path().join("pipe.toml")).status();
    if made.is_ok_and(|s| s.success()) {
        assert_eq!(code(&packager(temp.path(), &["check", "pipe.toml"])), 1);
    }
}

#[test]
fn schema_completions_and_manual_are_documents() {
    let temp = tempfile::tempdir().unwrap();
    let schema = packager(temp.path(), &["schema", "--quiet"]);
    let value: Value = serde_json::from_slice(&schema.stdout).unwrap();
    assert!(value["properties"]["product"].is_object());
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = packager(temp.path(), &["completions", shell]);
        assert!(code(&script) == 0 && text(&script.stdout).contains("build"), "{shell}");
    }
    let man = packager(temp.path(), &["man"]);
    assert!(text(&man.stdout).contains(".SH SYNOPSIS"));
    json(&packager(temp.path(), &["man", "--message-format", "json"]));
}

#[test]
fn an_upgrade_from_an_earlier_msi_is_looked_at() {
    let temp = project();
    let manifest = temp.path().join("agent.toml");
    let text = std::fs::read_to_string(&manifest).unwrap();
    let line = text.lines().find(|line| line.trim_start().starts_with("version")).unwrap().to_owned();
    let at_version = |version: &str| {
        std::fs::write(&manifest, text.replace(&line, &format!("version = \"{version}\""))).unwrap();
    };
    let msi = |folder: &str| {
        let mut all = std::fs::read_dir(temp.path().join(folder)).unwrap().map(|entry| entry.unwrap().path());
        let msi = all.find(|path| path.extension().is_some_and(|extension| extension == "msi")).unwrap();
        msi.to_str().unwrap().to_owned()
    };
    let build = |out: &str, previous: &str| {
        packager(temp.path(), &["build", "--output", "msi", "--out", out, "--previous", previous])
    };
    at_version("2.1.0");
    assert_eq!(code(&packager(temp.path(), &["build", "--output", "msi", "--out", "old"])), 0);
    let old = msi("old");

    at_version("2.2.0");
    let newer = build("newer", &old);
    assert_eq!(
        (code(&newer), text_of(&newer).contains("warning[previous]")),
        (0, false),
        "{}",
        text_of(&newer)
    );
    // The fourth part does not count.
    at_version("2.1.0.7");
    let fourth = build("fourth", &old);
    assert_eq!(code(&fourth), 0, "{}", text_of(&fourth));
    assert!(
        text_of(&fourth).contains("warning[previous]: the version is not greater"),
        "{}",
        text_of(&fourth)
    );
    // The installed program has the product's version.
    at_version("2.0.9");
    let falling = build("falling", &old);
    assert_eq!(code(&falling), 1);
    for part in
        ["would leave a file out", "autopcc.exe was 2.1.0.0 and is 2.0.9.0", "give the file a version"]
    {
        assert!(text_of(&falling).contains(part), "no {part} in {}", text_of(&falling));
    }
    assert!(!temp.path().join("falling/build.json").exists());
    let none = build("none", "agent.toml");
    assert_eq!(code(&none), 1, "{}", text_of(&none));
    assert_eq!(code(&build("none", "no-such.msi")), 3);

    // The same product code with other bytes: somebody changed the old one.
    let mut bytes = std::fs::read(&old).unwrap();
    let end = bytes.len() - 1;
    bytes[end] ^= 1;
    std::fs::write(&old, bytes).unwrap();
    at_version("2.1.0");
    let changed = build("changed", &old);
    assert_eq!(code(&changed), 1);
    assert!(
        text_of(&changed).contains("has the product code of the new MSI and other content"),
        "{}",
        text_of(&changed)
    );
}

fn text_of(output: &Output) -> String {
    text(&output.stderr)
}
