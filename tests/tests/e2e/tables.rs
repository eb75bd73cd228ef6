//! What a product tells Windows about itself: values of the registry that others share, event sources, fonts,
//! associations, its entry in the list of programs. By MSI and by EXE alike, and gone again.

use packager_tests::allowed::not_allowed;
use packager_tests::installer::{BOTH, Installer, install_dir, msiexec};
use packager_tests::prefix::Prefix;
use packager_tests::product::{Release, Source};
use packager_tests::registry::{Registry, Value, View};
use packager_tests::state::{State, listing};

use crate::lifecycle::left_over;

/// What is added to the example agent.
const MORE: &str = r#"
[[registry]]
key    = 'HKLM\SOFTWARE\Foreign'
values = { Last = { append = ["ours", "{GROUP}"] }, First = { prepend = ["ours"] }, New = { append = ["alone"] } }
remove = ["Old"]

[[registry]]
key    = 'HKLM\SOFTWARE\Predecessor\Agent'
remove = true

[[registry]]
key    = 'HKLM\SOFTWARE\Predecessor\Narrow'
view   = 32
remove = true

[[registry]]
key    = 'HKLM\SOFTWARE\Acme\EndpointAgent\Cache'
remove-on-uninstall = true

[[registry]]
key    = 'HKLM\SOFTWARE\Acme\EndpointAgent\Marks'
remove-on-uninstall = ["Seen"]

[[registry]]
key    = 'HKLM\SOFTWARE\Acme\EndpointAgent\Empty\Deep'

[[registry]]
key    = 'HKCR\Acme.Shared'
values = { "" = "from the agent" }

[[ini]]
file    = '{Windows}\foreign.ini'
section = "agents"
values  = { acme = "{InstallDir}", group = "{GROUP}" }

[[ini]]
file    = '{ProgramData}\Acme Shared\new one.ini'
section = "agents"
values  = { acme = '"{InstallDir}"' }

[[shortcut]]
target = 'bin\agentctl.exe'
folder = "Acme"
name   = "Acme with icon"
icon   = 'bin\agent.exe'

[[event-source]]
name       = "AcmeAgent"
file       = 'bin\agent.exe'
categories = 3

[[event-source]]
log  = "Acme"
name = "AcmeScripts"

[[font]]
file = 'fonts\acme.ttf'

[[association]]
extension    = ".acme"
program      = 'bin\agentctl.exe'
args         = '--open "%1" --group {GROUP}'
description  = "Acme report"
content-type = "application/vnd.acme.report"

[[association]]
protocol = "acme"
program  = 'bin\agentctl.exe'
icon     = 'bin\agent.exe'
"#;

/// What is on the machine before.
const BEFORE: &str = r#"reg add HKLM\Software\Foreign /v Last /t REG_MULTI_SZ /d theirs\0more /f /reg:64
reg add HKLM\Software\Foreign /v First /t REG_MULTI_SZ /d theirs /f /reg:64
reg add HKLM\Software\Foreign /v Old /d x /f /reg:64
echo ; a comment> C:\windows\foreign.ini
echo [agents]>> C:\windows\foreign.ini
echo other=1>> C:\windows\foreign.ini
echo ACME = old>> C:\windows\foreign.ini
reg add HKLM\Software\Predecessor /v Stays /d x /f /reg:64
reg add HKLM\Software\Predecessor\Agent\Deep /v Goes /d x /f /reg:64
reg add HKLM\Software\Predecessor\Narrow\Deep /v Goes /d x /f /reg:32
reg add HKLM\Software\Predecessor\Narrow /v Stays /d x /f /reg:64
reg add HKLM\System\CurrentControlSet\Services\EventLog\Application /v Retention /t REG_DWORD /d 0 /f
"#;

/// What the agent writes while it runs.
const MEANWHILE: &str = r#"reg add HKLM\Software\Acme\EndpointAgent\Cache\Deep /v x /d x /f /reg:64
reg add HKLM\Software\Acme\EndpointAgent\Marks /v Seen /d x /f /reg:64
"#;

const LISTING: &str = r#"listing = { help = "https://acme.example/help", updates = "https://acme.example/new", contact = "Acme Support", phone = "+1 555", comments = "Watches", no-remove = true }
[payload]"#;

/// A font that is only a name.
fn font(name: &str) -> Vec<u8> {
    let text: Vec<u8> = name.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let mut out = b"\0\x01\0\0\0\x01\0\x10\0\0\0\0name\0\0\0\0\0\0\0\x1c".to_vec();
    out.extend((18 + text.len() as u32).to_be_bytes());
    for number in [0, 1, 18, 3, 1, 0x409, 4, text.len() as u16, 0] {
        out.extend(number.to_be_bytes());
    }
    out.extend(text);
    out
}

fn release(name: &str) -> Release {
    let source = Source::new(name);
    for arch in ["x64", "x86"] {
        source.write(&format!("payload/{arch}/fonts/acme.ttf"), &font("Acme Sans"));
    }
    source.edit("agent.toml", "[payload]", LISTING);
    source.edit("agent.toml", "[detect] ", &format!("{MORE}\n[detect] "));
    source.build("agent.toml", &["--arch", "x64"])
}

fn strings(registry: &Registry, name: &str) -> Vec<String> {
    match registry.value(r"HKLM\Software\Foreign", View::Bits64, name) {
        Some(Value::MultiSz(list)) => list.clone(),
        _ => Vec::new(),
    }
}

fn assert_installed(state: &State, dir: &str) {
    let registry = &state.registry;
    let text = |key: &str, name: &str| registry.text(key, View::Bits64, name).unwrap_or_default().to_owned();
    assert_eq!(strings(registry, "Last"), ["theirs", "more", "ours", "servers"]);
    assert_eq!(strings(registry, "First"), ["ours", "theirs"]);
    assert_eq!(strings(registry, "New"), ["alone"]);
    assert_eq!(registry.value(r"HKLM\Software\Foreign", View::Bits64, "Old"), None);
    assert_eq!(text(r"HKLM\Software\Predecessor", "Stays"), "x");
    assert_eq!(text(r"HKLM\Software\Predecessor\Narrow", "Stays"), "x");
    assert_eq!(registry.key(r"HKLM\Software\Predecessor\Agent", View::Bits64), None);
    assert_eq!(registry.key(r"HKLM\Software\Predecessor\Narrow", View::Bits32), None);
    assert!(registry.key(r"HKLM\Software\Acme\EndpointAgent\Empty\Deep", View::Bits64).is_some());
    assert_eq!(text(r"HKLM\Software\Classes\Acme.Shared", ""), "from the agent");

    let source = r"HKLM\System\CurrentControlSet\Services\EventLog\Application\AcmeAgent";
    assert_eq!(text(source, "EventMessageFile"), format!(r"{dir}\bin\agent.exe"));
    assert_eq!(registry.value(source, View::Bits64, "CategoryCount"), Some(&Value::Dword(3)));
    let source = r"HKLM\System\CurrentControlSet\Services\EventLog\Acme\AcmeScripts";
    assert_eq!(
        registry.value(source, View::Bits64, "EventMessageFile"),
        Some(&Value::ExpandSz(r"%SystemRoot%\System32\EventCreate.exe".into()))
    );
    let fonts = r"HKLM\Software\Microsoft\Windows NT\CurrentVersion\Fonts";
    assert_eq!(text(fonts, "Acme Sans (TrueType)"), format!(r"{dir}\fonts\acme.ttf"));
    assert_eq!(text(r"HKLM\Software\Classes\.acme", ""), "EndpointAgent.acme");
    assert_eq!(
        text(r"HKLM\Software\Classes\EndpointAgent.acme\shell\open\command", ""),
        format!(r#""{dir}\bin\agentctl.exe" --open "%1" --group servers"#)
    );
    let protocol = r"HKLM\Software\Classes\acme";
    assert_eq!(
        (text(protocol, ""), registry.value(protocol, View::Bits64, "URL Protocol")),
        ("URL:Acme Endpoint Agent".to_owned(), Some(&Value::Sz(String::new())))
    );
    assert_eq!(text(&format!(r"{protocol}\DefaultIcon"), ""), format!(r#""{dir}\bin\agent.exe",0"#));
}

/// The lines of an INI file of the prefix, without empty ones.
fn lines(prefix: &Prefix, path: &str) -> Vec<String> {
    let bytes = std::fs::read(prefix.host_path(path)).unwrap_or_default();
    let text = String::from_utf8(bytes).expect("an ANSI file");
    text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

const FOREIGN: &str = r"C:\windows\foreign.ini";
const NEW: &str = r"C:\ProgramData\Acme Shared\new one.ini";

fn assert_ini(prefix: &Prefix, dir: &str) {
    let lines = |path| lines(prefix, path);
    let acme = format!(r"ACME={dir}\");
    assert_eq!(lines(FOREIGN), ["; a comment", "[agents]", "other=1", &acme, "group=servers"]);
    assert_eq!(lines(NEW), ["[agents]", &format!("acme=\"{dir}\\\"")]);
}

/// What people see of the product in the list of installed programs. (Wine's Windows Installer does not write NoModify
/// and NoRepair.)
fn shown(state: &State) -> Vec<(String, String)> {
    let list = r"HKLM\Software\Microsoft\Windows\CurrentVersion\Uninstall";
    let mut shown = Vec::new();
    for entry in state.registry.children(list, View::Bits64) {
        let key = format!("{list}\\{entry}");
        if state.registry.text(&key, View::Bits64, "DisplayName") != Some("Acme Endpoint Agent") {
            continue;
        }
        for name in [
            "DisplayName",
            "DisplayVersion",
            "Publisher",
            "URLInfoAbout",
            "HelpLink",
            "URLUpdateInfo",
            "Contact",
            "HelpTelephone",
            "Comments",
            "NoRemove",
            "SystemComponent",
            "InstallLocation",
        ] {
            let value = state.registry.value(&key, View::Bits64, name);
            shown.push((name.to_owned(), value.map(ToString::to_string).unwrap_or_default()));
        }
    }
    shown
}

/// The next release, without one of the strings and one of the INI values.
fn next_release() -> Release {
    let source = Source::new("tables-next");
    source.write("payload/x64/fonts/acme.ttf", &font("Acme Sans"));
    source.write("payload/x86/fonts/acme.ttf", &font("Acme Sans"));
    source.edit("agent.toml", "\"4.2.0\"", "\"4.2.1\"");
    source.edit("agent.toml", "[payload]", LISTING);
    source.edit("agent.toml", "[detect] ", &format!("{MORE}\n[detect] "));
    source.edit("agent.toml", "[\"ours\", \"{GROUP}\"]", "[\"ours\"]");
    source.edit("agent.toml", ", group = \"{GROUP}\"", "");
    source.build("agent.toml", &["--arch", "x64"])
}

fn assert_upgraded(prefix: &Prefix, state: &State) {
    let registry = &state.registry;
    assert_eq!(strings(registry, "Last"), ["theirs", "more", "ours"]);
    assert_eq!(strings(registry, "First"), ["ours", "theirs"]);
    let there =
        |key: &str| registry.key(&format!(r"HKLM\Software\Acme\EndpointAgent\{key}"), View::Bits64).is_some();
    assert!(there(r"Cache\Deep") && there("Marks"), "an upgrade is no uninstall");
    assert_eq!(lines(prefix, FOREIGN)[..3], ["; a comment", "[agents]", "other=1"]);
    assert!(!lines(prefix, FOREIGN).iter().any(|line| line.starts_with("group")));
    assert_eq!(shown(state).iter().filter(|(name, _)| name == "DisplayVersion").count(), 1);
}

fn life(installer: &dyn Installer, release: &Release, next: &Release) -> State {
    let mut prefix = Prefix::new();
    prefix.boot();
    prefix.batch(BEFORE).expect(0);
    let before = prefix.state();
    prefix.boot();
    installer.install(&prefix, release, "x64", &[("GROUP", "servers")]).expect(0);
    let installed = prefix.state();
    assert_installed(&installed, install_dir(&prefix, "x64"));
    assert_ini(&prefix, install_dir(&prefix, "x64"));

    prefix.boot();
    prefix.batch(MEANWHILE).expect(0);
    if installer.name() == "MSI" {
        // Wine's RemoveExistingProducts does not tell the old version that it is replaced: done by hand as Windows does.
        let by = "UPGRADINGPRODUCTCODE={00000000-0000-0000-0000-000000000001}";
        msiexec(&prefix, "/x", &release.msi("x64"), by).expect(0);
    }
    installer.install(&prefix, next, "x64", &[]).expect(0);
    let upgraded = prefix.state();
    assert_upgraded(&prefix, &upgraded);

    prefix.boot();
    installer.uninstall(&prefix, next, "x64").expect(0);
    prefix.restart();
    let after = prefix.state();
    let mut left = left_over(&before, &after, install_dir(&prefix, "x64"), installer.name() == "MSI");
    // What was removed on install is removed.
    let gone = [
        r"value HKLM\Software\Foreign@Old",
        r"key HKLM\Software\Predecessor\Agent",
        r"key HKLM\Software\Wow6432Node\Predecessor",
        r"value HKLM\Software\Predecessor\Agent\Deep@Goes",
    ];
    let removed = left.len();
    left.retain(|d| d.after.is_some() || !gone.iter().any(|gone| d.subject.starts_with(gone)));
    assert!(removed > left.len());
    left.retain(|d| {
        !(d.after.is_none() && d.subject.starts_with(r"value HKLM\Software\Wow6432Node\Predecessor"))
    });
    left.retain(|d| !(d.after.is_none() && d.subject.starts_with(r"key HKLM\Software\Predecessor\Agent")));
    // Wine's Windows Installer leaves the section, and so the file and its folder.
    assert_eq!(lines(&prefix, FOREIGN), ["; a comment", "[agents]", "other=1"]);
    left.retain(|d| !d.subject.ends_with(r"\foreign.ini"));
    if installer.name() == "MSI" {
        left.retain(|d| !d.subject.starts_with(r"file C:\ProgramData\Acme Shared"));
    }
    assert!(left.is_empty(), "{} leaves:\n{}", installer.name(), listing(&left));
    installed
}

#[test]
fn everything_that_is_registered_is_there_and_goes_again() {
    let release = release("tables");
    let next = next_release();
    let [msi, exe] = BOTH.map(|installer| life(installer, &release, &next));
    let wrong = not_allowed(msi.differences(&exe));
    assert!(wrong.is_empty(), "MSI (first) and EXE (second) differ in:\n{}", listing(&wrong));
    assert!(msi.files.keys().any(|path| path.ends_with("acme with icon.lnk")));
    assert_eq!(shown(&msi).len(), 12);
    assert_eq!(shown(&msi), shown(&exe));
}

#[test]
fn a_machine_without_the_net_framework_is_refused_until_it_has_it() {
    let source = Source::new("dotnet");
    source.edit("agent.toml", "min = \"windows-xp\"", "min = \"windows-xp\", dotnet = \"4.7.2\"");
    let release = source.build("agent.toml", &["--arch", "x64"]);
    for (installer, refused) in BOTH.into_iter().zip([1603, 1633]) {
        let mut prefix = Prefix::new();
        prefix.boot();
        installer.install(&prefix, &release, "x64", &[]).expect(refused);
        for (number, code) in [(461_807, refused), (461_808, 0)] {
            let key = r"HKLM\Software\Microsoft\NET Framework Setup\NDP\v4\Full";
            prefix
                .batch(&format!("reg add \"{key}\" /v Release /t REG_DWORD /d {number} /f /reg:64\n"))
                .expect(0);
            installer.install(&prefix, &release, "x64", &[]).expect(code);
        }
    }
}
