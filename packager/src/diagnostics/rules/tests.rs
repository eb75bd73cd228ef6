use camino::Utf8PathBuf;

use super::{MODULES, RULES};

#[test]
fn rules_are_sorted_and_named_as_their_files() {
    assert!(MODULES.is_sorted());
    for (rule, module) in RULES.iter().zip(MODULES) {
        assert_eq!(rule.name.replace('-', "_"), *module);
        assert!(!rule.summary.is_empty());
    }
}

#[test]
fn every_file_is_a_registered_rule_with_doc_and_test_of_its_name() {
    let folder = Utf8PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/diagnostics/rules");
    let mut files: Vec<String> = folder
        .read_dir_utf8()
        .unwrap()
        .map(|entry| entry.unwrap().file_name().trim_end_matches(".rs").to_owned())
        .filter(|name| !["mod", "testing", "tests"].contains(&name.as_str()))
        .collect();
    files.sort();
    assert_eq!(files, MODULES);
    for module in MODULES {
        let text = std::fs::read_to_string(folder.join(format!("{module}.rs"))).unwrap();
        assert!(text.starts_with(&format!("//! `{}`: ", module.replace('_', "-"))), "{module} has no doc");
        assert!(text.contains(&format!("    fn {module}() {{")), "{module} has no test of its name");
    }
}
