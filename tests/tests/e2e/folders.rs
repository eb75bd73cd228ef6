//! Folders with rights of their own, and folders that go with all that is in them.

use std::fs;

use packager_tests::allowed::not_allowed;
use packager_tests::installer::{BOTH, Exe, Installer};
use packager_tests::prefix::Prefix;
use packager_tests::product::{Release, Source};
use packager_tests::state::{State, listing};

const FOLDERS: &str = r#"
[[directory]]
path  = '{ProgramData}\Acme\Cache'
acl   = "admins-and-system"
purge = true

[[directory]]
path = '{ProgramData}\Acme\Exchange'
acl  = "users-modify"

[[payload.rights]]
files = ["bin/agent.exe"]
acl   = "users-read"

[[registry]]
key    = 'HKLM\SOFTWARE\Acme\Locked'
acl    = "admins-and-system"
values = { Inside = "1" }
"#;

const CACHE: &str = r"C:\ProgramData\Acme\Cache";

fn releases(name: &str) -> [Release; 2] {
    let source = Source::new(name);
    for manifest in ["agent.toml", "agent-4.3.0.toml"] {
        source.edit(manifest, "[[environment]]", &format!("{FOLDERS}\n[[environment]]"));
    }
    [source.build("agent.toml", &["--arch", "x64"]), source.build("agent-4.3.0.toml", &["--arch", "x64"])]
}

/// Fills the folder, deep and read-only files among it.
fn fill(prefix: &Prefix) {
    let cache = prefix.host_path(CACHE);
    fs::create_dir_all(cache.join("deep/er")).expect("folders are made");
    for file in ["a.log", "deep/b.log", "deep/er/c.log"] {
        fs::write(cache.join(file), file).expect("a file is written");
    }
    let mut rights = fs::metadata(cache.join("a.log")).expect("it is there").permissions();
    rights.set_readonly(true);
    fs::set_permissions(cache.join("a.log"), rights).expect("it is read-only");
}

fn life(installer: &dyn Installer, [old, new]: &[Release; 2]) -> State {
    let mut prefix = Prefix::new();
    let who = installer.name();
    prefix.boot();
    installer.install(&prefix, old, "x64", &[]).expect(0);
    let state = prefix.state();
    assert!(state.file(CACHE).is_some(), "{who}");
    fill(&prefix);
    let mut installed = old;
    // Wine's RemoveExistingProducts does not say UPGRADINGPRODUCTCODE, by which an MSI tells an upgrade from a removal.
    if who == Exe.name() {
        prefix.boot();
        installer.install(&prefix, new, "x64", &[]).expect(0);
        installed = new;
        assert!(prefix.host_path(CACHE).join("deep/er/c.log").exists(), "{who}: an update keeps it");
    }
    prefix.boot();
    installer.uninstall(&prefix, installed, "x64").expect(0);
    assert!(!prefix.host_path(CACHE).exists(), "{who}: it went with all that was in it");
    state
}

#[test]
fn a_purged_folder_goes_on_uninstall_alone() {
    let releases = releases("folders");
    let [msi, exe] = BOTH.map(|installer| life(installer, &releases));
    let wrong = not_allowed(msi.differences(&exe));
    assert!(wrong.is_empty(), "MSI (first) and EXE (second) differ in:\n{}", listing(&wrong));
}

/// Wine makes Unix permissions of the rights that a folder is made with; its msiexec makes none.
#[cfg(unix)]
#[test]
fn the_setup_exe_makes_a_folder_with_its_rights() {
    use std::os::unix::fs::PermissionsExt;

    let [old, _] = releases("folders-rights");
    let mut prefix = Prefix::new();
    prefix.boot();
    Exe.install(&prefix, &old, "x64", &[]).expect(0);
    let mode = |path: &str| {
        let metadata = fs::metadata(prefix.host_path(path)).expect("it is there");
        metadata.permissions().mode() & 0o007
    };
    assert_eq!(mode(CACHE), 0, "others have no rights");
    assert_ne!(mode(r"C:\ProgramData\Acme\Endpoint Agent"), 0, "others have the rights that are passed on");
}
