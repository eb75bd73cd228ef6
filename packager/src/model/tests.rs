use packager_shared::plan::{Root, Scope};
use packager_shared::template::{Dir, Part};

use super::places::{Names, directory, install_dir};
use super::{registry, values, windows};

#[test]
fn versions_are_padded_and_bounded() {
    assert_eq!(values::version("1"), Ok([1, 0, 0, 0]));
    assert_eq!(values::version("255.255.65535.65535"), Ok([255, 255, 65_535, 65_535]));
    let year = values::version("2026.1").unwrap_err();
    assert_eq!(year.help.as_deref(), Some("write the year with two digits: 26.1"));
    assert!(values::version("256.1").unwrap_err().help.unwrap().starts_with("write two to four numbers"));
    assert_eq!(values::version("4.02.0"), Ok([4, 2, 0, 0]));
    for bad in ["", ".", "1.", "+1", "1.2.3.4.5", "256", "0.256", "0.0.65536", "0x1", "1 ", "\u{0661}"] {
        assert!(values::version(bad).is_err(), "{bad}");
    }
}

#[test]
fn slugs_come_from_the_last_label() {
    assert_eq!(values::slug_of("com.Acme.Endpoint-Agent"), "endpoint-agent");
    assert_eq!(values::slug_of("x"), "x");
}

#[test]
fn classes_of_files_have_legal_names() {
    assert_eq!(values::prog_id("endpoint-agent", ".acme"), "EndpointAgent.acme");
    assert_eq!(values::prog_id("7-zip", ".7z_x"), "P7Zip.7zx");
    assert!(values::prog_id(&"a-".repeat(40), &".b".repeat(40)).len() <= 39);
}

#[test]
fn keys_and_values_are_taken_apart() {
    assert_eq!(registry::key("hklm\\A\\B"), Ok((Root::LocalMachine, "A\\B".into())));
    assert_eq!(registry::key("HKEY_USERS\\.DEFAULT"), Ok((Root::Users, ".DEFAULT".into())));
    assert_eq!(registry::value("HKCU\\A\\B"), Ok((Root::CurrentUser, "A".into(), "B".into())));
    assert!(registry::value("HKCU\\A").is_err());
    assert_eq!(registry::hex("00 fF\n10"), Ok(vec![0, 255, 16]));
    assert!(registry::hex("0").is_err());
}

#[test]
fn folders_start_with_a_known_one_and_stay_in_it() {
    let names = Names::of("1.2", "Agent", "Acme", vec!["GROUP".into()]);
    let dir = install_dir("{ProgramFiles}/{Manufacturer}/{Name} {Version}/", Scope::Machine, &names).unwrap();
    assert_eq!(dir.0, [Part::Dir(Dir::ProgramFiles), Part::Text("Acme\\Agent 1.2".into())]);
    assert!(install_dir("{LocalAppData}\\Acme", Scope::User, &names).is_ok());
    assert!(install_dir("{LocalAppData}\\Acme", Scope::Machine, &names).is_err());
    assert!(install_dir("{ProgramFiles}\\{GROUP}", Scope::Machine, &names).is_err());
    assert!(directory("{InstallDir}\\log", Scope::Machine, &names).is_ok());
    // A product's own name may be one that a folder cannot have.
    let odd = Names::of("1", "a:b", "..", vec![]);
    assert!(install_dir("{ProgramFiles}\\{Name}", Scope::Machine, &odd).is_err());
    assert!(install_dir("{ProgramFiles}\\{Manufacturer}\\x", Scope::Machine, &odd).is_err());
}

#[test]
fn every_windows_of_the_vocabulary_has_a_version_and_they_grow() {
    let schema = crate::manifest::schema::schema();
    let words = &schema["properties"]["product"]["properties"]["platforms"]["properties"]["min"]["enum"];
    let words: Vec<&str> = words.as_array().unwrap().iter().map(|w| w.as_str().unwrap()).collect();
    let versions: Vec<_> = words.iter().map(|w| windows::windows(w).unwrap()).collect();
    assert_eq!(versions[0], windows::OLDEST);
    assert!(versions.iter().zip(&versions[1..]).all(|(a, b)| (a.0, a.1) <= (b.0, b.1)));
}

#[test]
fn texts_in_messages_are_short_and_visible() {
    assert_eq!(values::short(r#"C:\x "y""#), r#"C:\x "y""#);
    assert_eq!(values::short("a\tb\u{202e}"), "a\\tb\\u{202e}");
    assert_eq!(values::short(&"é".repeat(81)), format!("{}…", "é".repeat(80)));
}
