use super::super::shape::Available;
use super::super::vocabulary::ROOT;

const DOCS: &str = include_str!("../../../docs/manifest.md");

/// The first cells of the table: what it says about which keys.
fn keys() -> Vec<&'static str> {
    let rows = DOCS.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.filter_map(|row| row.split(" | ").next()).collect()
}

#[test]
fn every_table_of_a_manifest_is_in_the_documentation() {
    let keys = keys();
    for field in ROOT.iter().filter(|field| field.available == Available::Now) {
        let name = |key: &str| {
            let key = key.trim_start_matches('`');
            key == field.key
                || key.strip_prefix(field.key).is_some_and(|rest| rest.starts_with(['.', '`', ' ']))
        };
        let named = keys.iter().any(|cell| cell.split(", ").any(name));
        assert!(named, "docs/manifest.md says nothing about `{}`", field.key);
    }
    assert!(keys.len() > 30, "{}", keys.len());
}
