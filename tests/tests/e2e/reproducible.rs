//! The same input makes the same bytes, wherever, whenever and however fast it is built.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use packager_tests::environment;
use packager_tests::host;
use packager_tests::product::{Source, acme_42, files};
use packager_tests::state::sha256_of;

fn hashes(folder: &Path) -> BTreeMap<String, String> {
    files(folder).iter().map(|(path, host)| (path.clone(), sha256_of(host))).collect()
}

#[test]
fn two_builds_under_other_circumstances_are_equal() {
    let first = hashes(&acme_42().dist);
    assert!(first.len() > 20, "{first:?}");
    let source = Source::new("reproducible/elsewhere, with a space");
    // Written again in the opposite order, with other times.
    let all = files(&source.folder);
    for (index, (_, file)) in all.iter().rev().enumerate() {
        let bytes = fs::read(file).expect("the file is read");
        fs::remove_file(file).expect("the file is removed");
        fs::write(file, bytes).expect("the file is written");
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(500_000_000 + index as u64 * 86_401);
        fs::File::options()
            .write(true)
            .open(file)
            .and_then(|file| file.set_modified(time))
            .expect("its time is set");
    }
    for (name, jobs, zone, locale) in
        [("a", "1", "Asia/Tokyo", "tr_TR.UTF-8"), ("b", "7", "America/St_Johns", "C")]
    {
        let dist = source.folder.with_file_name(name);
        let mut command = host::limited(300, environment::packager());
        command.args(["build", "agent.toml", "--quiet", "--jobs", jobs, "--out"]).arg(&dist);
        command.current_dir(&source.folder).env("TZ", zone).env("LANG", locale).env("LC_ALL", locale);
        command.env("HOME", "/nonexistent").env("USER", "someone-else").env("TMPDIR", &source.folder);
        host::output(&mut command).expect_success("packager build");
        let second = hashes(&dist);
        let names: Vec<&String> = first.keys().collect();
        assert_eq!(second.keys().collect::<Vec<_>>(), names);
        let different: Vec<&String> =
            first.keys().filter(|path| first.get(*path) != second.get(*path)).collect();
        assert!(different.is_empty(), "{name}: these differ: {different:?}");
    }
}
