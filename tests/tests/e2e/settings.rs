//! Which value a setting has: one table, walked under Windows for MSI and EXE alike.
//!
//! A product has a setting for every combination of what a value can come from, so that one installation asks all
//! of them at once.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use packager_tests::allowed::not_allowed;
use packager_tests::host;
use packager_tests::installer::{Exe, Installer, Msi, bring, install_dir, msiexec, setup};
use packager_tests::prefix::{Prefix, Ran};
use packager_tests::product::{Release, Source, packager};
use packager_tests::registry::{Registry, View};
use packager_tests::state::{State, listing};

use crate::acme::{AGENT, SETUP};
use crate::lifecycle::left_over;

const ARCH: &str = "x64";
const SITE: &str = "paris";
/// Where settings of their own registry value are stored, and where a predecessor stored them.
const OWN: &str = r"HKLM\SOFTWARE\Acme\Table";
const OLD: &str = r"HKLM\SOFTWARE\AcmeLegacy\Table";

/// What a source of values says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Says {
    Nothing,
    Value,
    /// An empty value: cleared.
    Empty,
    /// Of the command line: `RESET=`, `/clear`.
    Reset,
}

use Says::{Empty, Nothing, Reset, Value};

/// In a row of the table, `None` is anything.
type Row = (Option<Says>, Option<Says>, Option<Says>, Option<Says>, &'static str);

/// Command line, remembered, predecessor, site; the first row that fits says what is stored then.
const TABLE: &[Row] = &[
    (Some(Value), None, None, None, "line"),
    (Some(Empty), None, None, None, ""),
    (Some(Reset), None, None, Some(Value), "site"),
    (Some(Reset), None, None, Some(Empty), ""),
    (Some(Reset), None, None, Some(Nothing), "default"),
    (Some(Nothing), Some(Value), None, None, "kept"),
    (Some(Nothing), Some(Empty), None, None, ""),
    (Some(Nothing), Some(Nothing), Some(Value), None, "legacy"),
    (Some(Nothing), Some(Nothing), Some(Nothing), Some(Value), "site"),
    (Some(Nothing), Some(Nothing), Some(Nothing), Some(Empty), ""),
    (Some(Nothing), Some(Nothing), Some(Nothing), Some(Nothing), "default"),
];

/// A setting that stands for one combination.
#[derive(Clone, Copy, Debug)]
struct Setting {
    number: usize,
    line: Says,
    /// What an earlier installation left; `Nothing` only of settings that are new in the second release.
    kept: Says,
    old: Says,
    site: Says,
}

impl Setting {
    fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for kept in [Value, Empty, Nothing] {
            for old in [Value, Nothing] {
                for site in [Value, Empty, Nothing] {
                    for line in [Value, Empty, Reset, Nothing] {
                        all.push(Self { number: all.len(), line, kept, old, site });
                    }
                }
            }
        }
        all
    }

    fn name(self) -> String {
        format!("S{}_{:?}_{:?}_{:?}_{:?}", self.number, self.line, self.kept, self.old, self.site)
            .to_uppercase()
    }

    /// Every other one has a registry value of its own.
    fn own(self) -> bool {
        self.number.is_multiple_of(2)
    }

    fn expected(self, kept: Says, line: Says) -> &'static str {
        let fits = |row: &&Row| {
            [(row.0, line), (row.1, kept), (row.2, self.old), (row.3, self.site)]
                .iter()
                .all(|(cell, says)| cell.is_none_or(|cell| cell == *says))
        };
        TABLE.iter().find(fits).map(|row| row.4).expect("the table has a row for everything")
    }

    fn stored(self, registry: &Registry) -> Option<&str> {
        if self.own() {
            registry.text(OWN, View::Bits64, &self.name())
        } else {
            registry.text(&format!("{SETUP}\\Settings"), View::Bits64, &self.name())
        }
    }
}

/// The two releases: the second has settings that the first does not know.
fn build(name: &str) -> (Release, Release) {
    let source = Source::new(name);
    source.write("small/x64/bin/agent.txt", b"one file\n");
    for (version, known) in [("1.0.0", 48), ("2.0.0", 72)] {
        let mut text = format!(
            "[product]\nid = \"com.acme.endpoint-agent\"\nname = \"Table\"\nmanufacturer = \"Acme Corporation\"\n\
             version = \"{version}\"\narch = [\"x64\"]\nplatforms = {{ min = \"windows-xp\", server = true }}\n\
             [payload]\nsource = \"small/{{arch}}\"\ndir = '{{ProgramFiles}}\\Acme\\Endpoint Agent'\n"
        );
        let mut site = format!("[site.{SITE}]\n");
        for setting in &Setting::all()[..known] {
            let name = setting.name();
            let _ = writeln!(text, "[setting.{name}]\ndefault = \"default\"");
            if setting.own() {
                let _ = writeln!(text, "registry = '{OWN}\\{name}'");
            }
            if setting.old == Value {
                let _ = writeln!(text, "legacy = ['{OLD}\\None', '{OLD}\\{name}']");
            }
            match setting.site {
                Value => drop(writeln!(site, "{name} = \"site\"")),
                Empty => drop(writeln!(site, "{name} = \"\"")),
                _ => {}
            }
        }
        source.write(&format!("table-{version}.toml"), (text + &site).as_bytes());
    }
    let arguments = ["--output", "msi", "--output", "exe"];
    (source.build("table-1.0.0.toml", &arguments), source.build("table-2.0.0.toml", &arguments))
}

/// A way to install with a site and everything that a command line can say of a setting.
trait Walk: Installer {
    fn walk(&self, prefix: &Prefix, release: &Release, how: How, site: bool, line: &[(String, Says)]) -> Ran;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    Install,
    Repair,
}

/// `NAME=VALUE` of a command line. `empty` is an empty value there; the last of them is written as people do, `""`.
fn given(line: &[(String, Says)], value: &str, empty: &str) -> String {
    let mut out = String::new();
    let mut last = None;
    for (name, says) in line {
        match says {
            Value => drop(write!(out, " {name}={value}")),
            Empty => {
                if let Some(before) = last.replace(name) {
                    let _ = write!(out, " {before}={empty}");
                }
            }
            _ => {}
        }
    }
    if let Some(last) = last {
        let _ = write!(out, " {last}=\"\"");
    }
    out
}

/// Wine's Windows Installer takes what follows `NAME=""` for a part of it: what stands for it in the package's own
/// tables does as well.
const CLEARED: &str = "*cleared*";

fn reset(line: &[(String, Says)]) -> Vec<&str> {
    line.iter().filter(|(_, says)| *says == Reset).map(|(name, _)| name.as_str()).collect()
}

impl Walk for Msi {
    fn walk(&self, prefix: &Prefix, release: &Release, how: How, site: bool, line: &[(String, Says)]) -> Ran {
        let mut more = String::new();
        let reset = reset(line);
        if !reset.is_empty() {
            let _ = write!(more, " RESET={}", reset.join(";"));
        }
        if site {
            let _ = write!(more, " TRANSFORMS={}", bring(prefix, &transform(release)));
        }
        if how == How::Repair {
            more.push_str(" REINSTALL=ALL REINSTALLMODE=amus");
        }
        more.push_str(&given(line, "line", CLEARED));
        msiexec(prefix, "/i", &release.msi(ARCH), &more)
    }
}

impl Walk for Exe {
    fn walk(&self, prefix: &Prefix, release: &Release, how: How, site: bool, line: &[(String, Says)]) -> Ran {
        let mut arguments = format!("/quiet{}", given(line, "line", "\"\""));
        for name in reset(line) {
            let _ = write!(arguments, " /clear {name}");
        }
        if site {
            let _ = write!(arguments, " /site {SITE}");
        }
        if how == How::Repair {
            arguments.push_str(" /repair");
        }
        setup(prefix, &release.exe(ARCH), &arguments)
    }
}

fn transform(release: &Release) -> PathBuf {
    release.dist.join(format!("{}-{ARCH}-{SITE}.mst", release.stem))
}

/// What a predecessor left, half of it in the 32-bit view.
fn predecessor(prefix: &Prefix) {
    let mut text = "REGEDIT4\r\n".to_owned();
    for (half, key) in
        [OLD.to_owned(), OLD.replace("SOFTWARE", r"SOFTWARE\Wow6432Node")].into_iter().enumerate()
    {
        let _ = write!(
            text,
            "\r\n[{}]\r\n\"None\"=dword:00000005\r\n",
            key.replace("HKLM", "HKEY_LOCAL_MACHINE")
        );
        for setting in Setting::all().iter().filter(|s| s.old == Value && s.number / 2 % 2 == half) {
            let _ = write!(text, "\"{}\"=\"legacy\"\r\n", setting.name());
        }
    }
    std::fs::write(prefix.desk().join("old.reg"), text).expect("the file is written");
    prefix.run("regedit.exe", "/S W:\\old.reg").expect(0);
}

#[track_caller]
fn assert_stored(
    prefix: &mut Prefix,
    by: &str,
    settings: &[Setting],
    value: impl Fn(&Setting) -> &'static str,
) {
    let registry = prefix.registry();
    let mut wrong = String::new();
    let mut cleared = String::new();
    for setting in settings {
        let expected = value(setting);
        if expected.is_empty() {
            let _ = write!(cleared, "{};", setting.name());
        }
        let stored = setting.stored(&registry);
        if stored != Some(expected) {
            let _ = writeln!(wrong, "{}: {stored:?}, not {expected:?}", setting.name());
        }
    }
    assert!(wrong.is_empty(), "by {by}:\n{wrong}");
    let state = |name| registry.text(SETUP, View::Bits64, name);
    assert_eq!((state("Cleared"), state("Site")), (Some(cleared.as_str()), Some(SITE)), "by {by}");
}

fn walk_all(by: &dyn Walk, releases: &(Release, Release)) {
    let all = Setting::all();
    let (known, _) = all.split_at(48);
    let line = |settings: &[Setting]| settings.iter().map(|s| (s.name(), s.line)).collect::<Vec<_>>();
    // What is remembered was once given.
    let before: Vec<(String, Says)> = known.iter().map(|s| (s.name(), s.kept)).collect();
    let keep = |prefix: &Prefix| {
        match by.name() {
            "MSI" => {
                let transform = bring(prefix, &transform(&releases.0));
                let more = format!("TRANSFORMS={transform}{}", given(&before, "kept", CLEARED));
                msiexec(prefix, "/i", &releases.0.msi(ARCH), &more)
            }
            _ => {
                let given = given(&before, "kept", "\"\"");
                setup(prefix, &releases.0.exe(ARCH), &format!("/quiet{given} /site {SITE}"))
            }
        }
        .expect(0);
    };
    let name = by.name();

    // A first install: nothing is remembered.
    let mut prefix = Prefix::new();
    predecessor(&prefix);
    let empty = prefix.state();
    prefix.boot();
    by.walk(&prefix, &releases.1, How::Install, true, &line(&all)).expect(0);
    assert_stored(&mut prefix, name, &all, |s| s.expected(Nothing, s.line));
    // Uninstalling leaves nothing, so that the next install is a first one again.
    prefix.boot();
    by.uninstall(&prefix, &releases.1, ARCH).expect(0);
    prefix.restart();
    let left = left_over(&empty, &prefix.state(), install_dir(&prefix, ARCH), name == "MSI");
    assert!(left.is_empty(), "{name} left:\n{}", listing(&left));

    // The same release again, and its repair: what is remembered beats the site, which is asked again.
    for how in [How::Install, How::Repair] {
        let mut prefix = Prefix::new();
        predecessor(&prefix);
        prefix.boot();
        keep(&prefix);
        assert_stored(&mut prefix, name, known, |s| if s.kept == Value { "kept" } else { "" });
        prefix.boot();
        by.walk(&prefix, &releases.0, how, true, &line(known)).expect(0);
        assert_stored(&mut prefix, name, known, |s| s.expected(s.kept, s.line));
        // Once more without a word: nothing changes.
        prefix.boot();
        by.walk(&prefix, &releases.0, how, true, &[]).expect(0);
        assert_stored(&mut prefix, name, known, |s| s.expected(s.kept, s.line));
    }

    // An upgrade, with settings that are new in it.
    let mut prefix = Prefix::new();
    predecessor(&prefix);
    prefix.boot();
    keep(&prefix);
    by.walk(&prefix, &releases.1, How::Install, true, &line(&all)).expect(0);
    assert_stored(&mut prefix, name, &all, |s| s.expected(s.kept, s.line));
}

#[test]
fn the_table_holds_when_windows_installer_takes_over_from_the_exe() {
    let releases = build("settings-takeover");
    let all = Setting::all();
    let (known, _) = all.split_at(48);
    let mut prefix = Prefix::new();
    predecessor(&prefix);
    prefix.boot();
    let before: Vec<(String, Says)> = known.iter().map(|s| (s.name(), s.kept)).collect();
    let given = given(&before, "kept", "\"\"");
    setup(&prefix, &releases.0.exe(ARCH), &format!("/quiet{given} /site {SITE}")).expect(0);
    // The site is remembered, its values are in the transform alone.
    let line: Vec<(String, Says)> = all.iter().map(|s| (s.name(), s.line)).collect();
    Msi.walk(&prefix, &releases.1, How::Install, false, &line).expect(0);
    assert_stored(&mut prefix, "MSI over EXE", &all, |s| {
        Setting { site: Nothing, ..*s }.expected(s.kept, s.line)
    });
}

#[test]
fn the_table_holds_for_the_msi() {
    walk_all(&Msi, &build("settings-msi"));
}

#[test]
fn the_table_holds_for_the_exe() {
    walk_all(&Exe, &build("settings-exe"));
}

/// The example agent, with packages of its own for each site beside those for all of them.
fn with_packages_of_sites() -> &'static (Release, Release) {
    static BUILT: OnceLock<(Release, Release)> = OnceLock::new();
    BUILT.get_or_init(|| {
        let source = Source::new("settings-sites");
        let base = source.build("agent.toml", &["--arch", ARCH]);
        let text = std::fs::read(source.folder.join("agent.toml")).expect("the manifest is read");
        source.write("sites.toml", &text);
        (base, source.build("sites.toml", &["--arch", ARCH, "--site", "all"]))
    })
}

fn of_site(release: &Release, end: &str) -> PathBuf {
    release.dist.join(format!("{}-{ARCH}-{SITE}{end}", release.stem))
}

#[test]
fn a_build_of_sites_makes_their_packages_and_no_other() {
    let (base, sites) = with_packages_of_sites();
    let list = |release: &Release| -> Vec<String> {
        let names = std::fs::read_dir(&release.dist).expect("the folder is read");
        let mut names: Vec<String> =
            names.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names.retain(|name| name.starts_with("endpoint-agent-"));
        names.iter().map(|name| name.replace("endpoint-agent-4.2.0-x64", "")).collect()
    };
    assert_eq!(list(base), ["-paris.mst", "-setup.exe", "-tokyo.mst", ".msi"]);
    // The base does not know its sites.
    let source = Source::new("settings-no-sites");
    let text = std::fs::read_to_string(source.folder.join("agent.toml")).expect("the manifest is read");
    let start = text.find("[site.paris]").expect("the manifest has sites");
    let end = text[start..].find("\n[output").map_or(text.len(), |end| start + end);
    source.write("agent.toml", (text[..start].to_owned() + &text[end..]).as_bytes());
    let without = source.build("agent.toml", &["--arch", ARCH, "--output", "msi"]);
    assert_eq!(list(&without), [".msi"]);
    assert!(
        std::fs::read(without.msi(ARCH)).expect("an MSI") == std::fs::read(base.msi(ARCH)).expect("an MSI")
    );
    assert_eq!(list(sites), ["-paris-setup.exe", "-paris.msi", "-tokyo-setup.exe", "-tokyo.msi"]);
    let folder = &base.payload;
    let manifest = base.dist.with_file_name("source").join("agent.toml");
    let manifest = manifest.to_str().expect("UTF-8");
    let build = |more: &[&str]| {
        let out = base.dist.with_file_name("none");
        let all = [&["build", manifest, "--out", out.to_str().expect("UTF-8")], more].concat();
        let ran = packager(folder, &all);
        assert!(!out.exists(), "something was built");
        (ran.code, ran.stderr)
    };
    let (code, text) = build(&["--site", "pariss"]);
    assert!(code == 1 && text.contains("did you mean paris?"), "{code}: {text}");
    let (code, text) = build(&["--site", "all", "--output", "share"]);
    assert!(code == 2 && text.contains("/site NAME"), "{code}: {text}");
    // A transform says what it changes.
    let shown = packager(folder, &["inspect", of_site(base, ".mst").to_str().expect("UTF-8")]);
    let text = shown.expect_success("packager inspect").stdout;
    for part in ["same upgrade code", "SiteName", "https://paris.acme.example"] {
        assert!(text.contains(part), "no {part:?} in:\n{text}");
    }
    for (tool, arguments) in [("msiinfo", vec!["suminfo"]), ("msiinfo", vec!["tables"])] {
        let mst = of_site(base, ".mst");
        let all: Vec<&str> = arguments.into_iter().chain(mst.to_str()).collect();
        host::run(folder, tool, &all).expect_success("msitools read the transform");
    }
}

/// Windows with the example agent of a site, and what is expected of it.
fn site_installed(install: impl FnOnce(&Prefix)) -> State {
    let mut prefix = Prefix::new();
    prefix.boot();
    install(&prefix);
    let state = prefix.state();
    let text = |key: &str, name: &str| state.registry.text(key, View::Bits64, name).map(str::to_owned);
    let settings = format!("{AGENT}\\Settings");
    assert_eq!(text(&settings, "ServerUrl").as_deref(), Some("https://paris.acme.example"));
    assert_eq!(text(&settings, "Group").as_deref(), Some("servers"));
    assert_eq!(text(SETUP, "Site").as_deref(), Some(SITE));
    state
}

#[test]
fn every_way_to_a_site_leaves_the_same() {
    let (base, sites) = with_packages_of_sites();
    type Way<'a> = (&'a str, &'a dyn Fn(&Prefix));
    let ways: [Way<'_>; 4] = [
        ("transform", &|prefix| {
            let transforms = format!("TRANSFORMS={}", bring(prefix, &transform(base)));
            msiexec(prefix, "/i", &base.msi(ARCH), &transforms).expect(0);
        }),
        ("MSI of the site", &|prefix| drop(msiexec(prefix, "/i", &of_site(sites, ".msi"), "").expect(0))),
        ("/site", &|prefix| drop(setup(prefix, &base.exe(ARCH), "/quiet /site PARIS").expect(0))),
        ("EXE of the site", &|prefix| {
            drop(setup(prefix, &of_site(sites, "-setup.exe"), "/quiet").expect(0));
        }),
    ];
    let states: Vec<(&str, State)> =
        ways.into_iter().map(|(name, way)| (name, site_installed(way))).collect();
    for (name, state) in &states[1..] {
        let wrong = not_allowed(states[0].1.differences(state));
        assert!(
            wrong.is_empty(),
            "{} (first) and {name} (second) differ in:\n{}",
            states[0].0,
            listing(&wrong)
        );
    }
}

#[test]
fn a_transform_is_refused_by_another_product() {
    let (base, _) = with_packages_of_sites();
    let source = Source::new("settings-other");
    source.edit("agent.toml", "com.acme.endpoint-agent", "com.acme.other-agent");
    source.build("agent.toml", &["--arch", ARCH, "--output", "msi"]);
    let upgrade_code = |mst: &Path| {
        let shown = host::run(&base.dist, "msiinfo", &["suminfo", mst.to_str().expect("UTF-8")]);
        let text = shown.expect_success("msiinfo").stdout;
        let line = text.lines().find(|line| line.starts_with("Revision")).expect("a revision").to_owned();
        line.rsplit(';').next().expect("an upgrade code").to_owned()
    };
    // Wine applies any transform to any package: that Windows does not is in what the transform asks for.
    let other = source.folder.with_file_name("dist-agent").join("other-agent-4.2.0-x64-paris.mst");
    assert_ne!(upgrade_code(&of_site(base, ".mst")), upgrade_code(&other));
}

#[test]
fn values_that_windows_installer_reads_otherwise_are_refused_by_both() {
    let (base, _) = with_packages_of_sites();
    for (by, code) in [(&Msi as &dyn Installer, 1603), (&Exe, 1639)] {
        let mut prefix = Prefix::new();
        prefix.boot();
        for setting in [("SERVER_URL", "#5"), ("GROUP", "nobody")] {
            by.install(&prefix, base, ARCH, &[setting]).expect(code);
        }
        by.install(&prefix, base, ARCH, &[("SERVER_URL", "5#")]).expect(0);
        let state = prefix.state();
        let url = state.registry.text(&format!("{AGENT}\\Settings"), View::Bits64, "ServerUrl");
        assert_eq!(url, Some("5#"), "by {}", by.name());
    }
}

#[test]
fn a_long_list_of_allowed_values_is_asked_whole() {
    let source = Source::new("settings-long");
    let list: Vec<String> = (0..40).map(|n| format!("'group-{n:0>40}'")).collect();
    source.edit(
        "agent.toml",
        r#"["default", "servers", "kiosk"]"#,
        &format!("['default', {}]", list.join(", ")),
    );
    source.edit("agent.toml", "GROUP      = \"servers\"", "");
    let release = source.build("agent.toml", &["--arch", ARCH, "--output", "msi", "--output", "exe"]);
    let last = format!("group-{:0>40}", 39);
    for (by, code) in [(&Msi as &dyn Installer, 1603), (&Exe, 1639)] {
        let mut prefix = Prefix::new();
        prefix.boot();
        by.install(&prefix, &release, ARCH, &[("GROUP", "group-39")]).expect(code);
        by.install(&prefix, &release, ARCH, &[("GROUP", &last)]).expect(0);
        let state = prefix.state();
        let group = state.registry.text(&format!("{AGENT}\\Settings"), View::Bits64, "Group");
        assert_eq!(group, Some(last.as_str()), "by {}", by.name());
    }
}

#[test]
fn a_cleared_setting_passes_from_the_user_interface_to_the_installation() {
    let source = Source::new("settings-ui");
    source.edit("agent.toml", "[setting.GROUP]", "[setting.NOTE]\ndefault = \"note\"\n\n[setting.GROUP]");
    let release = source.build("agent.toml", &["--arch", ARCH, "--output", "msi"]);
    let mut prefix = Prefix::new();
    prefix.boot();
    // Windows passes public properties that are not empty: the last of the first sequence's actions fills them, and
    // the first of the second empty them. Without `/qn` both sequences run.
    let msi = bring(&prefix, &release.msi(ARCH));
    prefix.run("msiexec.exe", &format!("/i {msi} /l*v W:\\ui.log NOTE=\"\"")).expect(0);
    let log = std::fs::read(prefix.desk().join("ui.log")).expect("the log is read");
    let log = String::from_utf8_lossy(&log).replace('\0', "");
    assert!(log.contains("Pass_NOTE"), "no sequence with a user interface ran:\n{log}");
    let state = prefix.state();
    let text = |key: &str, name: &str| state.registry.text(key, View::Bits64, name).map(str::to_owned);
    assert_eq!(text(&format!("{SETUP}\\Settings"), "NOTE").as_deref(), Some(""));
    assert_eq!(text(SETUP, "Cleared").as_deref(), Some("NOTE;"));
    let rows = host::run(
        &release.dist,
        "msiinfo",
        &["export", release.msi(ARCH).to_str().expect("UTF-8"), "InstallUISequence"],
    )
    .expect_success("msiinfo export")
    .stdout;
    let number = |action: &str| -> u32 {
        let row = rows.lines().find(|row| row.starts_with(&format!("{action}\t"))).expect(action);
        row.trim_end().rsplit('\t').next().and_then(|number| number.parse().ok()).expect("a number")
    };
    let passes: Vec<&str> = rows.lines().filter(|row| row.starts_with("Pass_NOTE\tNOT NOTE\t")).collect();
    assert_eq!(passes.len(), 1, "{rows}");
    let last = rows
        .lines()
        .filter_map(|row| row.trim_end().rsplit_once('\t')?.1.parse().ok())
        .filter(|n| *n < number("Pass_SERVER_URL"))
        .max();
    assert!(last < Some(number("Pass_NOTE")) && number("Pass_NOTE") < number("ExecuteAction"), "{rows}");
}

#[test]
fn the_own_msi_of_a_site_has_its_files() {
    let source = Source::new("settings-files");
    source.edit("agent.toml", "[site.paris]", "[site.paris]\nfiles = 'sites/paris'");
    source.edit("agent.toml", "[site.tokyo]", "[site.tokyo]\nfiles = 'sites/tokyo'");
    // A new one, one in the place of the payload's, and the program of the service.
    let agent = std::fs::read(source.folder.join("payload/x64/bin/agent.exe")).expect("the agent is read");
    for site in ["paris", "tokyo"] {
        source.write(
            &format!("sites/{site}/data/{site}.txt"),
            format!("files of {site}\n").repeat(9).as_bytes(),
        );
        source.write(&format!("sites/{site}/DATA/Catalog.json"), format!("{{ \"{site}\": 1 }}").as_bytes());
        source.write(&format!("sites/{site}/bin/agent.exe"), &[&agent[..], site.as_bytes()].concat());
    }
    let sites = source.build("agent.toml", &["--arch", ARCH, "--site", "all", "--output", "msi"]);
    let refused = packager(&source.folder, &["build", "--arch", ARCH, "--site", "paris", "--out", "../none"]);
    assert!(refused.code == 1 && refused.stderr.contains("files of its own"), "{}", refused.stderr);

    // The sites' MSIs differ in their own cabinet alone, which holds the files as they are.
    let [paris, tokyo] = ["paris", "tokyo"].map(|site| {
        let msi = sites.dist.join(format!("{}-{ARCH}-{site}.msi", sites.stem));
        packager(&source.folder, &["validate", msi.to_str().expect("UTF-8")])
            .expect_success("packager validate");
        let stream = |name: &str| {
            let to = msi.with_extension(name);
            let mut command = host::limited(60, "msiinfo");
            let out = std::fs::File::create(&to).expect("a file is made");
            let msi = msi.to_str().expect("UTF-8");
            let status = command.args(["extract", msi, name]).stdout(out).status().expect("msiinfo runs");
            assert!(status.success(), "{name} of {msi}");
            std::fs::read(&to).expect("the stream is read")
        };
        (stream("payload.cab"), stream("site.cab"))
    });
    assert!(paris.0 == tokyo.0 && paris.1 != tokyo.1);
    let plain = "files of paris\n".repeat(9);
    assert!(paris.1.windows(plain.len()).any(|part| part == plain.as_bytes()));

    let mut prefix = Prefix::new();
    let empty = prefix.state();
    prefix.boot();
    msiexec(&prefix, "/i", &of_site(&sites, ".msi"), "").expect(0);
    let dir = install_dir(&prefix, ARCH);
    let read = |path: &str| std::fs::read(prefix.host_path(&format!("{dir}\\{path}"))).unwrap_or_default();
    assert_eq!(read("data\\paris.txt"), plain.as_bytes());
    assert_eq!(read("data\\catalog.json"), b"{ \"paris\": 1 }");
    assert!(read("bin\\agent.exe").ends_with(b"paris"));
    let (_, known) =
        sites.files(ARCH).into_iter().find(|(path, _)| path == "data\\regions\\us.json").expect("us");
    assert_eq!(read("data\\regions\\us.json"), std::fs::read(known).expect("the payload is read"));
    assert_eq!(prefix.service_state("AcmeAgent").as_deref(), Some("RUNNING"));

    // The MSI for all sites goes over it: the payload's files are back, the site's are gone, the site is remembered.
    let base = source.build("agent.toml", &["--arch", ARCH, "--output", "msi"]);
    msiexec(&prefix, "/i", &base.msi(ARCH), "").expect(0);
    assert!(!read("bin\\agent.exe").ends_with(b"paris") && read("data\\paris.txt").is_empty());
    assert_ne!(read("data\\catalog.json"), b"{ \"paris\": 1 }");
    assert_eq!(prefix.registry().text(SETUP, View::Bits64, "Site"), Some(SITE));
    prefix.boot();
    Msi.uninstall(&prefix, &base, ARCH).expect(0);
    prefix.restart();
    let left = left_over(&empty, &prefix.state(), install_dir(&prefix, ARCH), true);
    assert!(left.is_empty(), "left:\n{}", listing(&left));
}
