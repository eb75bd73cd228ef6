//! A product of one user: MSI and EXE leave the same in the profile, and nothing behind.

use std::sync::OnceLock;

use packager_tests::allowed::not_allowed;
use packager_tests::installer::{BOTH, Exe, Installer, Msi};
use packager_tests::prefix::Prefix;
use packager_tests::product::{Release, Source};
use packager_tests::state::{Difference, State, like, listing};

const MANIFEST: &str = r#"
[product]
id           = "com.acme.endpoint-agent"
name         = "Acme Endpoint Agent"
manufacturer = "Acme Corporation"
version      = "4.2.0"
scope        = "user"
platforms    = { min = "windows-7" }

[payload]
source = "payload/x64"
dir    = '{ProgramFiles}\Acme\Agent'

[[payload.keep]]
files = ["conf/*.toml"]

[[directory]]
path = '{LocalAppData}\Acme\Agent Data'

[setting.THEME]
default  = "dark"
registry = 'HKCU\SOFTWARE\Acme\Agent\Theme'

[setting.LEVEL]
default = "1"

[[registry]]
key    = 'HKCU\SOFTWARE\Acme\Agent'
values = { Home = '{InstallDir}', Programs = '{ProgramFiles}', Big = { qword = 5000000000 }, Number = { dword = 4 } }

[[environment]]
name   = "ACME_AGENT"
value  = '{InstallDir}'

[[shortcut]]
target = 'bin\agentctl.exe'
folder = "Acme"
name   = "Acme Agent Control"

[[shortcut]]
target = 'bin\agentctl.exe'
in     = "desktop"
name   = "Acme Agent Control"
"#;

fn release() -> &'static Release {
    static BUILT: OnceLock<Release> = OnceLock::new();
    BUILT.get_or_init(|| {
        let source = Source::new("per-user");
        source.write("user.toml", MANIFEST.as_bytes());
        let mut release = source.build("user.toml", &["--output", "msi", "--output", "exe"]);
        // Its payload has no folder of its own for each architecture.
        release.payload.pop();
        release
    })
}

fn installed(installer: &dyn Installer) -> State {
    let mut prefix = Prefix::new();
    prefix.boot();
    installer.install(&prefix, release(), "x64", &[("LEVEL", "3")]).expect(0);
    prefix.state()
}

#[test]
fn msi_and_exe_leave_the_same_in_the_profile() {
    let (msi, exe) = (installed(&Msi), installed(&Exe));
    let all = msi.differences(&exe);
    assert!(all.iter().any(|difference| difference.subject.ends_with("@ManagedBy")), "{}", listing(&all));
    let wrong = not_allowed(all);
    assert!(wrong.is_empty(), "MSI (first) and EXE (second) differ in:\n{}", listing(&wrong));
}

/// What is left of a product whose kept files stay.
fn left(before: &State, after: &State) -> Vec<Difference> {
    let mut left = before.differences(after);
    const KEPT: &[&str] = &[
        r"file C:\users\*\AppData\Local\Programs",
        r"file C:\users\*\AppData\Local\Programs\Acme",
        r"file C:\users\*\AppData\Local\Programs\Acme\Agent",
        r"file C:\users\*\AppData\Local\Programs\Acme\Agent\conf",
        r"file C:\users\*\AppData\Local\Programs\Acme\Agent\conf\*.toml",
        // The kept files' components, and what Windows Installer remembers of them.
        r"key HKCU\Software\Acme Corporation",
        r"key HKCU\Software\Acme Corporation\com.acme.endpoint-agent",
        r"* HKCU\Software\Acme Corporation\com.acme.endpoint-agent\Components*",
        r"* HKLM\Software\Microsoft\Windows\CurrentVersion\Installer*",
        r"* HKCU\Software\Microsoft\Installer*",
        r"file C:\windows\Installer",
        r"key HK*\Software\Microsoft\Windows\CurrentVersion\Uninstall",
    ];
    left.retain(|difference| !KEPT.iter().any(|pattern| like(pattern, &difference.subject)));
    left
}

#[test]
fn nothing_but_kept_files_is_left() {
    for installer in BOTH {
        let mut prefix = Prefix::new();
        prefix.boot();
        let before = prefix.state();
        prefix.boot();
        installer.install(&prefix, release(), "x64", &[]).expect(0);
        let there = prefix.state();
        let changed = before.differences(&there);
        for expected in [
            r"file C:\users\*\AppData\Local\Programs\Acme\Agent\bin\agent.exe",
            r"file C:\users\*\AppData\Local\Acme\Agent Data",
            r"file C:\users\*Start Menu\Programs\Acme\Acme Agent Control.lnk",
            r"file C:\users\*\Desktop\Acme Agent Control.lnk",
            r"value HKCU\Software\Acme\Agent@Theme",
            r"value HKCU\Software\Acme\Agent@Big",
            r"value HKCU\Environment@ACME_AGENT",
        ] {
            assert!(
                changed.iter().any(|difference| like(expected, &difference.subject)),
                "{}: no {expected} in\n{}",
                installer.name(),
                listing(&changed)
            );
        }
        assert!(
            !changed.iter().any(|difference| difference.subject.starts_with(r"file C:\Program")),
            "{}: {}",
            installer.name(),
            listing(&changed)
        );
        prefix.boot();
        if installer.name() == "EXE" {
            let bootstrap = r"%LOCALAPPDATA%\Programs\Acme\Agent\autopcc.exe";
            prefix.run(bootstrap, "/uninstall /quiet").expect(0);
        } else {
            installer.uninstall(&prefix, release(), "x64").expect(0);
        }
        prefix.restart();
        let left = left(&before, &prefix.state());
        assert!(left.is_empty(), "{}: left over\n{}", installer.name(), listing(&left));
    }
}
