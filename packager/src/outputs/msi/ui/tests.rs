use std::collections::BTreeSet;

use packager_templates::LANGUAGES;

use packager_shared::plan::{Arch, Setting};

use super::dialog::Dialog;
use super::*;
use crate::formats::msidb::codepage;
use crate::model::windows;
use crate::outputs::msi::{self, Cell, Row, Rows};
use crate::outputs::sample;
use crate::plan::Ask;

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

/// The rows of the sample with dialogs: a required setting and one of a list are asked for.
fn rows(language: u16, license: Option<&str>, asks: &[&str]) -> Rows {
    let mut package = sample::package(Arch::X64);
    package.outputs.msi.language = language;
    package.outputs.msi.dialogs = true;
    let ask = |setting: &&str| Ask { setting: (*setting).to_owned(), label: format!("Label of {setting}") };
    package.outputs.msi.asks = asks.iter().map(ask).collect();
    let files = sample::files();
    let mut release = sample::release(&package, &files);
    release.license = license;
    msi::plan(release).unwrap().rows
}

fn text(cell: &Cell) -> &str {
    match cell {
        Cell::Text(text) => text,
        _ => "",
    }
}

/// The events of a control: `event argument condition`.
fn events(rows: &Rows, dialog: &str, control: &str) -> Vec<String> {
    let own = |row: &&Row| text(&row[0]) == dialog && text(&row[1]) == control;
    let line = |row: &Row| format!("{} {} {}", text(&row[2]), text(&row[3]), text(&row[4]));
    let mut events: Vec<_> = rows.table("ControlEvent").iter().filter(own).collect();
    events.sort_by_key(|row| row[5].clone());
    events.into_iter().map(line).collect()
}

#[test]
fn every_text_is_used_and_none_is_missing() {
    let own = ["setup", "setting-missing", "setting-refused", "setting-number-sign"];
    let mut used: BTreeSet<String> = own.map(str::to_owned).into();
    for dialog in dialog::all().unwrap().into_values() {
        used.extend(dialog.heading.into_iter().chain(dialog.text));
        let keys = dialog.controls.into_iter().filter_map(|control| control.text);
        used.extend(keys.filter(|key| !key.starts_with('@')));
    }
    let there: BTreeSet<String> = all()[0].1["text"].as_table().unwrap().keys().cloned().collect();
    assert_eq!(used, there);
}

#[test]
fn the_wizard_leads_through_all_its_pages_and_back() {
    let walk = |rows: &Rows| {
        let target = |dialog: &str, control: &str| {
            let events = events(rows, dialog, control);
            events
                .iter()
                .find_map(|event| event.strip_prefix("NewDialog ")?.split(' ').next().map(str::to_owned))
        };
        let mut pages = vec!["Welcome".to_owned()];
        while let Some(next) = target(pages.last().unwrap(), "Next") {
            assert_eq!(target(&next, "Back").as_ref(), pages.last());
            pages.push(next);
        }
        pages.join(" ")
    };
    assert_eq!(walk(&rows(1033, None, &[])), "Welcome Folder Ready");
    assert_eq!(walk(&rows(1033, Some("x"), &[])), "Welcome License Folder Ready");
    let all = rows(1033, Some("x"), &["SERVER_URL", "GROUP"]);
    assert_eq!(events(&all, "License", "Next"), ["NewDialog Settings1 LicenseAccepted = \"1\""]);
    assert_eq!(walk(&all), "Welcome License Settings1 Folder Ready");
    assert_eq!(events(&rows(1033, None, &[]), "Welcome", "Back"), [""; 0]);
}

#[test]
fn a_page_has_room_for_five_settings() {
    let template = dialog::all().unwrap().remove("Settings").unwrap();
    let package = sample::package(Arch::X64);
    let mut settings = Vec::new();
    let mut asks = Vec::new();
    for number in 0..11 {
        let name = format!("S{number}");
        settings.push(Setting { name: name.clone(), ..package.target.settings[0].clone() });
        asks.push(Ask { setting: name, label: "A".into() });
    }
    let texts = Language::find(1033).unwrap();
    let pages = fields::pages(&template, &settings, &asks, &texts).unwrap();
    let fields = |page: &Dialog| page.controls.iter().filter(|c| c.name.starts_with("Field")).count();
    assert_eq!(pages.iter().map(fields).collect::<Vec<_>>(), [5, 5, 1]);
    for control in pages.iter().flat_map(|page| &page.controls).filter(|c| c.name.starts_with("Field")) {
        assert!(control.at[1] + control.at[3] <= 222, "{} is below the line", control.name);
    }
}

#[test]
fn next_looks_at_what_was_typed() {
    let rows = rows(1033, None, &["SERVER_URL", "GROUP"]);
    assert_eq!(
        events(&rows, "Settings1", "Next"),
        [
            "[SettingProblem] {} 1",
            "[SettingProblem] Please enter a value: Label of SERVER_URL NOT SettingProblem AND NOT SERVER_URL",
            "[SettingProblem] Please enter a value that does not start with #: Label of SERVER_URL \
             NOT SettingProblem AND SERVER_URL<<\"#\"",
            "[SettingProblem] Please enter a value that does not start with #: Label of GROUP \
             NOT SettingProblem AND GROUP<<\"#\"",
            "[SettingRefused] 1 GROUP",
            "[SettingRefused] {} NOT GROUP",
            "[SettingRefused] {} GROUP=\"default\"",
            "[SettingRefused] {} GROUP=\"servers\"",
            "[SettingProblem] Please choose one of the values offered: Label of GROUP \
             NOT SettingProblem AND SettingRefused",
            "SpawnDialog SettingProblem SettingProblem",
            "NewDialog Folder NOT SettingProblem",
        ]
    );
    let lists: Vec<_> = rows.table("ComboBox").iter().map(|row| text(&row[2])).collect();
    assert_eq!(lists, ["default", "servers"]);
}

#[test]
fn what_was_emptied_is_handed_over_when_all_dialogs_are_over() {
    let rows = rows(1033, None, &["SERVER_URL"]);
    let number = |action: &str| {
        let mut steps = rows.table("InstallUISequence").iter();
        steps.find(|row| text(&row[0]) == action).map(|row| row[2].clone()).unwrap()
    };
    let dialogs = ["Welcome", "Resume", "Maintenance", "Progress"].map(number);
    assert!(number("CostFinalize") < dialogs[0]);
    assert!(dialogs.iter().all(|dialog| *dialog < number("Pass_SERVER_URL")));
    assert!(number("Pass_SERVER_URL") < number("ExecuteAction"));
    let property = |name: &str| rows.table("Property").iter().find(|row| text(&row[0]) == name).cloned();
    let secure = property("SecureCustomProperties").unwrap();
    for name in ["INSTALLDIR", "SERVER_URL"] {
        assert!(text(&secure[1]).split(';').any(|secure| secure == name), "{name}");
    }
}

#[test]
fn what_a_person_is_asked_for_need_not_be_on_the_command_line() {
    let end = |asks: &[&str]| {
        let rows = rows(1033, None, asks);
        let of_setting = |row: &&Row| text(&row[1]).starts_with("SERVER_URL must be given");
        let row = rows.table("LaunchCondition").iter().find(of_setting).unwrap();
        text(&row[0]).split_once("OR SERVER_URL").unwrap().1.to_owned()
    };
    assert_eq!(end(&["SERVER_URL"]), " OR UILevel = 5 AND NOT SERVER_URL");
    assert_eq!(end(&[]), "");
}

#[test]
fn secrets_are_typed_unseen() {
    let template = dialog::all().unwrap().remove("Settings").unwrap();
    let package = sample::package(Arch::X64);
    let settings = [Setting { secret: true, ..package.target.settings[1].clone() }];
    let asks = [Ask { setting: "GROUP".into(), label: "A".into() }];
    let pages = fields::pages(&template, &settings, &asks, &Language::find(1033).unwrap()).unwrap();
    let field = pages[0].controls.iter().find(|control| control.name == "Field1").unwrap();
    assert_eq!((field.kind.as_str(), dialog::control_bits(&field.is).unwrap()), ("Edit", 0x20_0007));
    let mut rows = Rows::default();
    fields::write_lists(&mut rows, &settings, &asks);
    assert!(rows.table("ComboBox").is_empty());
}

#[test]
fn no_key_has_two_meanings_on_a_page() {
    for (name, _) in LANGUAGES {
        let rows = rows(windows::language(name).unwrap(), Some("x"), &["SERVER_URL", "GROUP"]);
        let mut seen = BTreeSet::new();
        for row in rows.table("Control") {
            let bits = match row[7] {
                Cell::Int(bits) => bits,
                _ => 0,
            };
            let no_prefix = text(&row[2]) == "Text" && bits & 0x2_0000 != 0;
            let Some((_, key)) = text(&row[9]).split_once('&') else { continue };
            let key = key.chars().next().unwrap().to_lowercase().to_string();
            if !no_prefix && text(&row[0]) != "ErrorMessage" {
                assert!(
                    seen.insert((text(&row[0]).to_owned(), key.clone())),
                    "{name}: {} {key}",
                    text(&row[0])
                );
            }
        }
        assert!(seen.len() > 20, "{name}");
    }
}

/// A letter is about four and a half units wide. Text that is too long by that measure is cut.
#[test]
fn buttons_and_lines_have_room_for_their_texts() {
    let mut cut = Vec::new();
    for (name, _) in LANGUAGES {
        for row in rows(windows::language(name).unwrap(), None, &[]).table("Control") {
            let (Cell::Int(width), Cell::Int(height)) = (&row[5], &row[6]) else { continue };
            // Letters of Chinese and Japanese are twice as wide.
            let letters = |text: &str| text.chars().map(|c| if c > '\u{2e80}' { 2 } else { 1 }).sum::<i32>();
            let shown =
                text(&row[9]).replace("[ProductName]", "A product's name").replace(['&', '{', '}'], "");
            let lines: i32 = shown.split("\r\n").map(|line| (letters(line) * 9 / 2 / width) + 1).sum();
            let room = (height / 10).max(1);
            let fits = text(&row[2]) == "VolumeCostList" || lines <= room || shown.starts_with("\\heading");
            if !fits {
                cut.push(format!("{name} {}.{}: {lines} lines of {room}", text(&row[0]), text(&row[1])));
            }
        }
    }
    assert_eq!(cut, Vec::<String>::new());
}

#[test]
fn a_package_without_dialogs_has_no_table_of_them() {
    let package = sample::package(Arch::X64);
    let files = sample::files();
    let rows = msi::plan(sample::release(&package, &files)).unwrap().rows;
    for table in ["Dialog", "Control", "ControlEvent", "TextStyle", "ListBox"] {
        assert!(rows.table(table).is_empty() && rows.tables().all(|(name, _)| name != table), "{table}");
    }
    assert!(!rows.table("ActionText").is_empty() && !rows.table("Error").is_empty());
}

/// What is where and does what, without texts: they are compared elsewhere. After a change on purpose,
/// `PACKAGER_WRITE_GOLDEN=1 cargo test -p packager --lib the_dialogs_of_the_sample` writes the file anew.
#[test]
fn the_dialogs_of_the_sample_are_those_that_were_looked_at() {
    let rows = rows(1033, Some("terms"), &["SERVER_URL", "GROUP"]);
    let mut out = String::new();
    let columns: [(&str, &[usize]); 7] = [
        ("TextStyle", &[0, 1, 2, 4]),
        ("Dialog", &[0, 3, 4, 5, 7, 8, 9]),
        ("Control", &[0, 1, 2, 3, 4, 5, 6, 7, 8, 10]),
        ("ControlCondition", &[0, 1, 2, 3]),
        ("ControlEvent", &[0, 1, 5, 2, 3, 4]),
        ("EventMapping", &[0, 1, 2, 3]),
        ("ComboBox", &[0, 1, 2, 3]),
    ];
    for (table, columns) in columns {
        out.push_str(&format!("{table}\n"));
        for row in rows.table(table) {
            let cell = |column: &usize| match &row[*column] {
                Cell::Text(text) => text.clone(),
                Cell::Int(number) => number.to_string(),
                _ => "-".to_owned(),
            };
            let line: Vec<String> = columns.iter().map(cell).collect();
            out.push_str(&format!("  {}\n", line.join(" | ")));
        }
    }
    for table in ["InstallUISequence", "AdminUISequence"] {
        out.push_str(&format!("{table}\n"));
        let dialogs: BTreeSet<&str> = rows.table("Dialog").iter().map(|row| text(&row[0])).collect();
        for row in rows.table(table).iter().filter(|row| dialogs.contains(text(&row[0]))) {
            let Cell::Int(number) = row[2] else { continue };
            out.push_str(&format!("  {number} {} | {}\n", text(&row[0]), text(&row[1])));
        }
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/outputs/msi/ui/dialogs.golden");
    if std::env::var_os("PACKAGER_WRITE_GOLDEN").is_some() {
        std::fs::write(path, &out).unwrap();
    }
    assert_eq!(out, std::fs::read_to_string(path).unwrap());
}
