//! One MSI a language: what it says, in which bytes, and that one takes the place of another.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use packager_tests::host;
use packager_tests::installer::msiexec;
use packager_tests::prefix::Prefix;
use packager_tests::product::{Release, Source, builds};
use packager_tests::registry::View;

use crate::acme::{AGENT, SETUP};

/// Language, Windows' id of it, its code page, what its MSI says of a newer version, and of an action's end.
const LANGUAGES: [(&str, &str, &str, &str); 3] = [
    ("", "1033", "1252", "A newer version of Acme Endpoint Agent is already installed."),
    ("-de-DE", "1031", "1252", "Eine neuere Version von Acme Endpoint Agent ist bereits installiert."),
    ("-ja-JP", "1041", "932", "Acme Endpoint Agent の新しいバージョンが既にインストールされています。"),
];

/// The example agent in three languages, with dialogs, and its next release.
pub fn releases() -> &'static [Release; 2] {
    static BUILT: OnceLock<[Release; 2]> = OnceLock::new();
    BUILT.get_or_init(|| {
        let source = Source::new("languages");
        for manifest in ["agent.toml", "agent-4.3.0.toml"] {
            // An umlaut in a file's name is in no Japanese code page.
            source.edit(manifest, "[\"**/*.pdb\"]", "[\"**/*.pdb\", \"**/*nderungen.txt\"]");
            source.edit(manifest, "matches  =", "ask      = \"Server address\"\nrequired = true\nmatches  =");
            source.edit(manifest, "allowed  =", "ask      = \"Group\"\nallowed  =");
            let more = "[output.msi]\ndialogs = \"minimal\"\nlanguage = [\"en-US\", \"de-DE\", \"ja-JP\"]\n\n\
                        [setting.PROXY]\nask = \"Proxy\"\ndefault = \"proxy.example\"\n\
                        registry = 'HKLM\\SOFTWARE\\Acme\\EndpointAgent\\Settings\\Proxy'\n";
            source.edit(manifest, "[site.paris]", &format!("{more}\n[site.paris]"));
        }
        let arguments = ["--output", "msi", "--arch", "x64"];
        [source.build("agent.toml", &arguments), source.build("agent-4.3.0.toml", &arguments)]
    })
}

fn msi(release: &Release, language: &str) -> PathBuf {
    release.dist.join(format!("{}-x64{language}.msi", release.stem))
}

fn table(msi: &Path, name: &str) -> String {
    let msi = msi.to_str().expect("UTF-8");
    host::run(builds(), "msiinfo", &["export", msi, name]).expect_success("msiinfo export").stdout
}

#[test]
fn every_language_has_its_own_texts_and_code_page() {
    let [release, _] = releases();
    let mut codes = Vec::new();
    for (language, id, codepage, newer) in LANGUAGES {
        let msi = msi(release, language);
        let summary = host::run(builds(), "msiinfo", &["suminfo", msi.to_str().expect("UTF-8")]).stdout;
        assert!(summary.contains(&format!("Template: x64;{id}")), "{summary}");
        let forced = table(&msi, "_ForceCodepage");
        assert!(forced.contains(&format!("{codepage}\t_ForceCodepage")), "{language}: {forced}");
        let conditions = table(&msi, "LaunchCondition");
        assert!(conditions.contains(&format!("NOT NEWER_VERSION_FOUND\t{newer}")), "{conditions}");
        let properties = table(&msi, "Property");
        assert!(properties.contains(&format!("ProductLanguage\t{id}")), "{properties}");
        let of = |name: &str| properties.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
        codes.push(of("ProductCode\t"));
        assert_eq!(of("UpgradeCode\t").len(), "UpgradeCode\t".len() + 38);
        let listed = table(&msi, "File");
        assert!(listed.lines().count() > 5, "{listed}");
        let name = msi.file_name().expect("a name").to_string_lossy().into_owned();
        for list in ["checksums.txt", "build.json"] {
            let text = std::fs::read_to_string(release.dist.join(list)).expect("it is read");
            assert!(text.contains(&name), "{name} is not in {list}");
        }
    }
    codes.sort();
    codes.dedup();
    assert_eq!(codes.len(), 3, "every language is a product of its own");
}

#[test]
fn one_language_takes_the_place_of_another() {
    let mut prefix = Prefix::new();
    prefix.boot();
    let [release, _] = releases();
    let settings = format!("{AGENT}\\Settings");
    for ((language, ..), given) in LANGUAGES.into_iter().zip(["GROUP=kiosk", "", ""]) {
        msiexec(&prefix, "/i", &msi(release, language), given).expect(0);
        let registry = prefix.registry();
        assert_eq!(registry.text(&settings, View::Bits64, "Group"), Some("kiosk"), "{language}");
        assert_eq!(registry.text(SETUP, View::Bits64, "ManagedBy"), Some("msi"));
        let uninstall = r"HKLM\Software\Microsoft\Windows\CurrentVersion\Uninstall";
        let entries = registry.children(uninstall, View::Bits64);
        let ours = |key: &&String| {
            registry.text(&format!("{uninstall}\\{key}"), View::Bits64, "DisplayName")
                == Some("Acme Endpoint Agent")
        };
        assert_eq!(entries.iter().filter(ours).count(), 1, "{language}: {entries:?}");
        prefix.boot();
    }
}

#[test]
fn an_older_version_is_refused_in_the_language_of_its_package() {
    let mut prefix = Prefix::new();
    prefix.boot();
    let [older, newer] = releases();
    msiexec(&prefix, "/i", &msi(newer, ""), "").expect(0);
    msiexec(&prefix, "/i", &msi(older, "-de-DE"), "/l*v W:\\refused.log").expect(1603);
    // In the code page of this Windows, 1252. (Wine shows a launch condition's own words and does not log them.)
    let log = std::fs::read(prefix.desk().join("refused.log")).expect("there is a log");
    let said = b"Aktion beendet";
    assert!(log.windows(said.len()).any(|window| window == said), "{}", String::from_utf8_lossy(&log));
    let registry = prefix.registry();
    assert_eq!(registry.text(SETUP, View::Bits64, "Version"), Some("4.3.0"));
}
