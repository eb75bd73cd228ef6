//! What the example agent's manifest says that shall be true, as named checks.
//!
//! The expectations are written by hand from the manifest, not derived by the code under test.

use packager_tests::installer::install_dir;
use packager_tests::prefix::{Bits, Prefix};
use packager_tests::product::Release;
use packager_tests::registry::{Value, View};
use packager_tests::state::{Entry, State, sha256_of};

/// The key of the product.
pub const AGENT: &str = r"HKLM\SOFTWARE\Acme\EndpointAgent";
/// The key of the installation.
pub const SETUP: &str = r"HKLM\SOFTWARE\Acme Corporation\com.acme.endpoint-agent\Setup";
/// The machine's environment.
pub const ENVIRONMENT: &str = r"HKLM\System\CurrentControlSet\Control\Session Manager\Environment";
/// The service.
pub const SERVICE: &str = r"HKLM\System\CurrentControlSet\Services\AcmeAgent";
/// Where uninstall entries stand.
pub const UNINSTALL: &str = r"HKLM\Software\Microsoft\Windows\CurrentVersion\Uninstall";

/// What a test looks at: a Windows after it has ended, and what was running before.
#[derive(Debug)]
pub struct Seen {
    pub state: State,
    pub service: Option<String>,
}

/// Looks at a booted prefix, and ends it.
pub fn look(prefix: &mut Prefix) -> Seen {
    let service = prefix.service_state("AcmeAgent");
    Seen { service, state: prefix.state() }
}

/// Says why something does not hold.
type Holds = Box<dyn Fn(&Seen) -> Result<(), String>>;

/// One thing that shall be true.
pub struct Check {
    name: String,
    holds: Holds,
}

/// What is expected of an installation.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    pub release: &'a Release,
    pub arch: &'a str,
    /// 4.3.0, or 4.2.0.
    pub next: bool,
    pub server_url: &'a str,
    pub group: &'a str,
    pub managed_by: &'a str,
    /// Files under `conf` may have been edited: their content is not looked at.
    pub edited: bool,
}

impl<'a> Expected<'a> {
    /// 4.2.0 or 4.3.0 with the default settings.
    pub fn new(release: &'a Release, arch: &'a str, next: bool, managed_by: &'a str) -> Self {
        let server_url = "https://agents.acme.example";
        Self { release, arch, next, server_url, group: "default", managed_by, edited: false }
    }

    /// The checks on a kind of Windows.
    pub fn checks(&self, prefix: &Prefix) -> Vec<Check> {
        let dir = install_dir(prefix, self.arch);
        let view = if self.arch == "x64" { View::Bits64 } else { View::Bits32 };
        let mut list = List(Vec::new());
        self.values(&mut list, dir, view);
        self.files(&mut list, dir);
        self.system(&mut list, dir, prefix.bits);
        list.0
    }

    /// Fails with a list of all checks that do not hold.
    #[track_caller]
    pub fn assert(&self, prefix: &Prefix, seen: &Seen) {
        let failed: Vec<String> = self
            .checks(prefix)
            .iter()
            .filter_map(|check| (check.holds)(seen).err().map(|why| format!("{}: {why}\n", check.name)))
            .collect();
        assert!(failed.is_empty(), "{} checks failed:\n{}", failed.len(), failed.concat());
    }

    /// Fails with a list of all checks that hold, as on an empty Windows none may.
    #[track_caller]
    pub fn assert_nothing_holds(&self, prefix: &Prefix, seen: &Seen) {
        let checks = self.checks(prefix);
        let held: Vec<&str> = checks
            .iter()
            .filter(|check| (check.holds)(seen).is_ok())
            .map(|check| check.name.as_str())
            .collect();
        assert!(checks.len() >= 40, "only {} checks", checks.len());
        assert!(held.is_empty(), "these hold on an empty Windows: {held:?}");
    }

    fn values(&self, list: &mut List, dir: &str, view: View) {
        let text = |text: &str| Value::Sz(text.to_owned());
        let multi = |parts: &[&str]| Value::MultiSz(parts.iter().map(|part| (*part).to_owned()).collect());
        let version = if self.next { "4.3.0" } else { "4.2.0" };
        let current = format!("{AGENT}\\CurrentVersion");
        list.value(&current, view, "Application Path", text(&format!("{dir}\\")));
        list.value(&current, view, "Version", text(version));
        list.value(&current, view, "Home", text(&format!("{dir}\\data\\{}", self.group)));
        list.value(&current, view, "Retries", Value::Dword(if self.next { 7 } else { 5 }));
        list.value(&current, view, "Big", Value::Qword(5_000_000_000));
        list.value(&current, view, "Tags", multi(&["a", "b"]));
        list.value(&current, view, "Cache", Value::ExpandSz(r"%ProgramData%\Acme\cache".to_owned()));
        list.value(&current, view, "Magic", Value::Binary(vec![0, 255, 16]));
        if self.next {
            list.value(&current, view, "Probes", multi(&["cpu", "disk", "net", "gpu"]));
            let key = current.clone();
            list.add("the value that 4.3.0 has no more is gone, the key is there", move |seen| {
                let key = seen.state.registry.key(&key, view).ok_or("no key")?;
                if key.values.contains_key("legacy") { Err("Legacy is there".to_owned()) } else { Ok(()) }
            });
        } else {
            list.value(&current, view, "Legacy", text("as in 4.1"));
        }
        list.value(&format!("{AGENT}\\Settings"), view, "ServerUrl", text(self.server_url));
        list.value(&format!("{AGENT}\\Settings"), view, "Group", text(self.group));
        let discovery = format!("{AGENT}\\Discovery");
        list.value(&discovery, View::Bits32, "Path", text(&format!("{dir}\\bin\\agent.exe")));
        list.value(&discovery, View::Bits32, "Port", Value::Dword(8443));
        list.value(SETUP, view, "ManagedBy", text(self.managed_by));
        list.value(SETUP, view, "Version", text(version));
        list.value(SETUP, view, "Serial", Value::Dword(if self.next { 43 } else { 42 }));
        list.value(SETUP, view, "InstallDir", text(&format!("{dir}\\")));
        let index = self.release.share().join("files").join(if self.next { "43" } else { "42" });
        let digest = sha256_of(&index.join(self.arch).join("files.idx"));
        list.value(SETUP, view, "Digest", text(&digest));
    }

    fn files(&self, list: &mut List, dir: &str) {
        let mut all = vec![format!("{dir}\\autopcc.exe").to_lowercase()];
        for (path, host) in self.release.files(self.arch) {
            let target = format!("{dir}\\{path}");
            all.push(target.to_lowercase());
            let sha256 = sha256_of(&host);
            let edited = self.edited && path.starts_with("conf\\");
            list.add(&format!("{target} is the payload's"), move |seen| match seen.state.file(&target) {
                Some(Entry::File { sha256: found, .. }) if *found == sha256 || edited => Ok(()),
                other => Err(format!("it is {other:?}, and not {sha256}")),
            });
        }
        all.sort();
        let dir = dir.to_owned();
        list.add("the install directory has these files and no others", move |seen| {
            let inside = seen.state.below(&dir);
            let files = inside.iter().filter(|(_, entry)| **entry != Entry::Directory);
            let files: Vec<String> = files.map(|(path, _)| path.to_lowercase()).collect();
            if files == all { Ok(()) } else { Err(format!("it has {files:#?}")) }
        });
    }

    fn system(&self, list: &mut List, dir: &str, bits: Bits) {
        let sz = |text: &str| Value::Sz(text.to_owned());
        let interval = if self.next { " --interval 30" } else { "" };
        let image = format!("\"{dir}\\bin\\agent.exe\" --server {}{interval}", self.server_url);
        // Windows Installer quotes the program, as CreateService's documentation asks for; Wine's does not.
        let bare = (self.managed_by == "msi").then(|| image.replace('"', ""));
        list.add("the service's program and arguments are right", move |seen| {
            match seen.state.registry.text(SERVICE, View::Bits64, "ImagePath") {
                Some(found) if found == image || Some(found) == bare.as_deref() => Ok(()),
                other => Err(format!("it is {other:?} and not {image:?}")),
            }
        });
        list.value(SERVICE, View::Bits64, "DisplayName", sz("Acme Endpoint Agent"));
        list.value(SERVICE, View::Bits64, "Description", sz("Watches this computer"));
        list.value(SERVICE, View::Bits64, "Start", Value::Dword(2));
        list.value(SERVICE, View::Bits64, "Type", Value::Dword(0x10));
        list.value(SERVICE, View::Bits64, "ObjectName", sz("LocalSystem"));
        list.add("the service runs", |seen| match seen.service.as_deref() {
            Some("RUNNING") => Ok(()),
            other => Err(format!("it is {other:?}")),
        });
        let (part, other) = if self.next { ("tools", "bin") } else { ("bin", "tools") };
        let (part, other) = (format!("{dir}\\{part}"), format!("{dir}\\{other}"));
        list.add("PATH has the one part", move |seen| {
            let path = seen.state.registry.text(ENVIRONMENT, View::Bits64, "PATH").unwrap_or_default();
            let parts: Vec<&str> = path.split(';').collect();
            let good = parts.last() == Some(&part.as_str()) && !parts.contains(&other.as_str());
            // Windows' own parts are still there.
            if good && parts.len() > 2 { Ok(()) } else { Err(format!("it is {path}")) }
        });
        list.add("the shortcut stands in the start menu of all users", |seen| {
            let end = r"\start menu\programs\acme\acme agent control.lnk";
            match seen.state.files.keys().find(|path| path.ends_with(end)) {
                Some(path)
                    if path.starts_with(r"c:\programdata\") || path.starts_with(r"c:\users\public\") =>
                {
                    Ok(())
                }
                other => Err(format!("it is at {other:?}")),
            }
        });
        list.add("the empty directory is there", |seen| {
            match seen.state.file(r"C:\ProgramData\Acme\Endpoint Agent") {
                Some(Entry::Directory) => Ok(()),
                other => Err(format!("it is {other:?}")),
            }
        });
        let version = if self.next { "4.3.0" } else { "4.2.0" };
        let wide = bits == Bits::Windows64 && self.arch == "x64";
        list.add("there is one uninstall entry", move |seen| {
            let view = if wide { View::Bits64 } else { View::Bits32 };
            let entries = uninstall_entries(&seen.state, view);
            let [entry] = entries.as_slice() else { return Err(format!("there are {entries:?}")) };
            let value =
                |name| seen.state.registry.value(&format!("{UNINSTALL}\\{entry}"), view, name).cloned();
            let expected = [
                ("DisplayVersion", sz(version)),
                ("Publisher", sz("Acme Corporation")),
                ("URLInfoAbout", sz("https://acme.example/agent")),
                ("NoModify", Value::Dword(1)),
                ("NoRepair", Value::Dword(1)),
            ];
            for (name, expected) in expected {
                if value(name) != Some(expected) {
                    return Err(format!("{name} is {:?}", value(name)));
                }
            }
            Ok(())
        });
    }
}

/// The names of the product's uninstall entries in a view.
pub fn uninstall_entries(state: &State, view: View) -> Vec<String> {
    let mut names = state.registry.children(UNINSTALL, view);
    names.retain(|name| {
        let shown = state.registry.text(&format!("{UNINSTALL}\\{name}"), view, "DisplayName");
        shown == Some("Acme Endpoint Agent")
    });
    names
}

struct List(Vec<Check>);

impl List {
    fn add(&mut self, name: &str, holds: impl Fn(&Seen) -> Result<(), String> + 'static) {
        self.0.push(Check { name: name.to_owned(), holds: Box::new(holds) });
    }

    fn value(&mut self, key: &str, view: View, name: &str, expected: Value) {
        let (key, value) = (key.to_owned(), name.to_owned());
        self.add(&format!("{key} ({view:?}) {name} is {expected}"), move |seen| {
            match seen.state.registry.value(&key, view, &value) {
                Some(found) if *found == expected => Ok(()),
                Some(found) => Err(format!("it is {found}")),
                None => Err("it is absent".to_owned()),
            }
        });
    }
}
