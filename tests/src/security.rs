//! What `packager/docs/security.md` says is shown by tests is shown by tests.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The functions marked `#[test]` below a folder.
fn tests(folder: &Path, into: &mut BTreeSet<String>) {
    let sources =
        walkdir::WalkDir::new(folder).into_iter().filter_entry(|entry| entry.file_name() != "target");
    for entry in sources.map(|entry| entry.expect("the sources are listed")) {
        if entry.path().extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let text = fs::read_to_string(entry.path()).expect("a source is read");
        for after in text.split("#[test]").skip(1) {
            let name = after.split_once("fn ").map(|(_, rest)| rest.split('(').next().unwrap_or_default());
            into.extend(name.map(str::to_owned));
        }
    }
}

/// The tests that the page names: what stands in its tables between back quotes, is lower case and joined by `_`.
fn named(page: &str) -> BTreeSet<&str> {
    let rows = page.lines().filter(|line| line.starts_with("| "));
    let quoted = rows.flat_map(|row| row.split('`').skip(1).step_by(2));
    let is_name = |text: &&str| {
        text.contains('_') && text.bytes().all(|b| b == b'_' || b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    quoted.filter(is_name).collect()
}

#[test]
fn every_test_that_the_page_on_security_names_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the checkout");
    let page = fs::read_to_string(root.join("packager/docs/security.md")).expect("the page is read");
    let mut known = BTreeSet::new();
    for folder in ["packager", "payload", "tests"] {
        tests(&root.join(folder), &mut known);
    }
    let named = named(&page);
    assert!(named.len() > 40, "{}: the page is not read as it is written", named.len());
    let missing: Vec<_> = named.iter().filter(|name| !known.contains(**name)).collect();
    assert!(missing.is_empty(), "no such test: {missing:?}");
    for row in page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| ---")) {
        assert!(row.starts_with("| attack") || row.contains("_"), "nothing shows this: {row}");
    }
}
