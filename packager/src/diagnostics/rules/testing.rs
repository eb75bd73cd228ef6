//! What the tests of the rules share.

use camino::{Utf8Path, Utf8PathBuf};

use crate::diagnostics::{Diagnostic, Severity};
use crate::plan;

/// A manifest without fault but for warnings; tests change it.
pub(super) const GOOD: &str = r#"
[product]
id = "com.example.agent"
name = "Agent"
manufacturer = "Example"
version = "1.2.3"
arch = ["x64", "x86"]
[payload]
source = "payload"
dir = '{ProgramFiles}\Example\Agent'
[bootstrap]
public-key = "release.pub"
private-key-file = "release.key"
"#;

/// A folder with the payload `bin/agent.exe`, `bin/ctl.exe`, `conf/agent.conf` and a pair of keys.
pub(super) struct Case {
    _temp: tempfile::TempDir,
    pub(super) dir: Utf8PathBuf,
}

impl Case {
    pub(super) fn new() -> Self {
        let temp = tempfile::tempdir().unwrap();
        let dir = Utf8PathBuf::from_path_buf(temp.path().to_owned()).unwrap();
        let case = Self { _temp: temp, dir };
        case.file("payload/conf/agent.conf");
        std::fs::create_dir_all(bin(&case.dir)).unwrap();
        for program in ["agent.exe", "ctl.exe"] {
            std::fs::write(bin(&case.dir).join(program), packager_prebuilt::STUB_X86).unwrap();
        }
        let key = crate::sign::ReleaseKey::parse(&"5a".repeat(32), "test").unwrap();
        crate::sign::write_pair(&case.dir, &key).unwrap();
        case
    }

    pub(super) fn file(&self, path: &str) -> &Self {
        let path = self.dir.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "x").unwrap();
        self
    }

    pub(super) fn run(&self, manifest: &str) -> Vec<Diagnostic> {
        let path = self.dir.join("agent.toml");
        std::fs::write(&path, manifest).unwrap();
        let loaded = plan::load(&path).unwrap();
        assert_eq!(loaded.plans.is_empty(), loaded.errors() > 0, "{:#?}", loaded.diagnostics);
        for diagnostic in &loaded.diagnostics {
            assert!(diagnostic.help.is_some(), "no way out: {diagnostic:#?}");
            assert_ne!(diagnostic.name, "unexplained");
        }
        loaded.diagnostics
    }
}

fn bin(dir: &Utf8Path) -> Utf8PathBuf {
    dir.join("payload/bin")
}

/// The good manifest with one part replaced.
pub(super) fn with(part: &str, by: &str) -> String {
    assert!(GOOD.contains(part), "{part} is not in the good manifest");
    GOOD.replace(part, by)
}

/// The good manifest with more after it.
pub(super) fn and(more: &str) -> String {
    format!("{GOOD}{more}\n")
}

/// Asserts that a manifest has this problem, once, at the line that contains `at`, and no other.
#[track_caller]
pub(super) fn one(case: &Case, manifest: &str, name: &str, severity: Severity, at: &str) {
    let found = case.run(manifest);
    let [problem] = found.as_slice() else { panic!("not one problem but {found:#?}") };
    assert_eq!((problem.name, problem.severity), (name, severity), "{problem:#?}");
    let start = problem.labels[0].span.start;
    let begin = manifest[..start].rfind('\n').map_or(0, |n| n + 1);
    let line = manifest[begin..].lines().next().unwrap();
    assert!(line.contains(at), "at {line:?}, not at {at:?}: {problem:#?}");
}

/// [`one`] error in a payload of ordinary files.
#[track_caller]
pub(super) fn error(manifest: &str, name: &str, at: &str) {
    one(&Case::new(), manifest, name, Severity::Error, at);
}

/// [`one`] warning.
#[track_caller]
pub(super) fn warning(manifest: &str, name: &str, at: &str) {
    one(&Case::new(), manifest, name, Severity::Warning, at);
}

/// Asserts that nothing is said.
#[track_caller]
pub(super) fn fine(manifest: &str) {
    assert_eq!(Case::new().run(manifest), []);
}
