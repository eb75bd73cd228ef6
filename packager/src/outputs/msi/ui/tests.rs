use std::collections::BTreeSet;

use packager_templates::LANGUAGES;

use super::*;
use crate::formats::msidb::codepage;
use crate::model::windows;

fn all() -> Vec<(&'static str, toml::Table)> {
    LANGUAGES.iter().map(|(name, text)| (*name, text.parse().unwrap())).collect()
}

fn keys(language: &toml::Table) -> BTreeSet<(String, String)> {
    let keys = |(section, table): (&String, &toml::Value)| {
        let section = section.clone();
        table.as_table().unwrap().keys().map(move |key| (section.clone(), key.clone())).collect::<Vec<_>>()
    };
    language.iter().flat_map(keys).collect()
}

/// Everything in brackets and braces, which a translation must keep.
fn places(text: &str) -> BTreeSet<String> {
    let pattern = regex::Regex::new(r"\[[A-Za-z0-9]+\]|\{[a-z]+\}").unwrap();
    pattern.find_iter(text).map(|found| found.as_str().to_owned()).collect()
}

#[test]
fn every_text_is_there_in_every_language() {
    let all = all();
    for (name, language) in &all {
        assert_eq!(keys(language), keys(&all[0].1), "{name}");
        assert_eq!(windows::language(name), language["language"]["id"].as_integer().map(|id| id as u16));
    }
}

#[test]
fn translations_keep_what_is_filled_in() {
    let all = all();
    for section in ["message", "text", "error", "ui", "action"] {
        for (key, text) in all[0].1[section].as_table().unwrap() {
            for (name, language) in &all {
                let other = &language[section][key];
                assert_eq!(places(&other.to_string()), places(&text.to_string()), "{name} {section}.{key}");
                assert!(!other.to_string().replace('"', "").trim().is_empty(), "{name} {section}.{key}");
            }
        }
    }
}

#[test]
fn every_language_fits_into_its_own_code_page() {
    for (name, text) in LANGUAGES {
        let codepage = codepage::of_language(windows::language(name).unwrap());
        assert_ne!(codepage, codepage::UTF8, "{name}");
        assert!(codepage::encode(codepage, text).is_some(), "{name} in {codepage}");
    }
}

#[test]
fn neutral_packages_speak_the_first_language() {
    let product = [("product", "X")];
    let message = |id| Language::find(id).unwrap().message("newer-version", &product).unwrap();
    assert_eq!(message(0), message(1033));
    assert_eq!(message(1031), "Eine neuere Version von X ist bereits installiert.");
    assert!(Language::find(1036).is_err());
}

#[test]
fn what_is_filled_in_is_not_filled_again() {
    let language = Language::find(1033).unwrap();
    let places = [("setting", "{values}"), ("values", "[\\{]a[\\}]")];
    let message = language.message("allowed", &places).unwrap();
    assert_eq!(message, "{values} is \"[{values}]\" and must be one of: [\\{]a[\\}]");
    assert!(language.message("nothing", &[]).is_err());
}
