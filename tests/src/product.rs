//! Products that are built by the real `packager` and put into a Windows.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::environment;
use crate::host::{self, Output};

/// The root of the project.
pub fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate has a parent").to_owned()
}

/// A built release.
#[derive(Clone, Debug)]
pub struct Release {
    /// Where `build` wrote.
    pub dist: PathBuf,
    /// The payload, with one folder an architecture.
    pub payload: PathBuf,
    /// `{slug}-{version}` of the artefacts' names.
    pub stem: String,
}

impl Release {
    /// The MSI of an architecture.
    pub fn msi(&self, arch: &str) -> PathBuf {
        self.dist.join(format!("{}-{arch}.msi", self.stem))
    }

    /// The setup EXE of an architecture.
    pub fn exe(&self, arch: &str) -> PathBuf {
        self.dist.join(format!("{}-{arch}-setup.exe", self.stem))
    }

    /// The share.
    pub fn share(&self) -> PathBuf {
        self.dist.join("share")
    }

    /// The payload's files of an architecture: path with backslashes and host path, sorted; what `exclude`
    /// leaves out is left out.
    pub fn files(&self, arch: &str) -> Vec<(String, PathBuf)> {
        let mut files = files(&self.payload.join(arch));
        files.retain(|(path, _)| !path.ends_with(".pdb"));
        files
    }
}

/// All files below a folder: path with backslashes and host path, sorted.
pub fn files(folder: &Path) -> Vec<(String, PathBuf)> {
    let mut files: Vec<(String, PathBuf)> = walkdir::WalkDir::new(folder)
        .into_iter()
        .map(|entry| entry.unwrap_or_else(|e| panic!("cannot read {}: {e}", folder.display())))
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let below = entry.path().strip_prefix(folder).expect("walked below the folder");
            (below.to_string_lossy().replace('/', "\\"), entry.path().to_owned())
        })
        .collect();
    files.sort();
    files
}

/// The folder of all that one run of the tests builds; emptied by the next run.
pub fn builds() -> &'static Path {
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    MADE.get_or_init(|| {
        let folder = project().join("target/e2e");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap_or_else(|e| panic!("cannot make {}: {e}", folder.display()));
        folder
    })
}

/// Runs `packager` with arguments in a folder.
#[track_caller]
pub fn packager(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = host::limited(300, environment::packager());
    host::output(command.args(arguments).current_dir(folder).env("NO_COLOR", "1"))
}

/// A copy of the example agent in a folder of its own, to be changed and built.
#[derive(Debug)]
pub struct Source {
    /// The folder of the manifests.
    pub folder: PathBuf,
}

impl Source {
    /// A copy under a name of the test's choice.
    pub fn new(name: &str) -> Self {
        Self::of("acme-agent", name)
    }

    /// The same of another example.
    pub fn of(example: &str, name: &str) -> Self {
        let folder = builds().join(name).join("source");
        copy_tree(&project().join("examples").join(example), &folder);
        Self { folder }
    }

    /// Replaces text in a file; the text must be there.
    #[track_caller]
    pub fn edit(&self, file: &str, from: &str, to: &str) -> &Self {
        let path = self.folder.join(file);
        let text =
            fs::read_to_string(&path).unwrap_or_else(|e| panic!("cannot read {}: {e}", path.display()));
        assert!(text.contains(from), "{file} does not say {from:?}");
        self.write(file, text.replace(from, to).as_bytes())
    }

    /// Writes a file.
    pub fn write(&self, file: &str, bytes: &[u8]) -> &Self {
        let path = self.folder.join(file);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("the folder is made");
        fs::write(&path, bytes).unwrap_or_else(|e| panic!("cannot write {}: {e}", path.display()));
        self
    }

    /// Builds a manifest with further arguments into a folder of its own.
    #[track_caller]
    pub fn build(&self, manifest: &str, arguments: &[&str]) -> Release {
        let text = fs::read_to_string(self.folder.join(manifest)).expect("the manifest is read");
        let quoted = |key: &str| {
            let line =
                text.lines().find(|line| line.split('=').next().is_some_and(|name| name.trim() == key))?;
            line.split(['"', '\'']).nth(1).map(str::to_owned)
        };
        let version = quoted("version").expect("the manifest has a version");
        let id = quoted("id").expect("the manifest has an id");
        let slug = id.rsplit('.').next().unwrap_or_default();
        let payload = quoted("source").expect("the manifest has a payload");
        let dist = self.folder.with_file_name(format!("dist-{}", manifest.trim_end_matches(".toml")));
        let mut all = vec!["build", manifest, "--out", dist.to_str().expect("UTF-8"), "--quiet"];
        all.extend(arguments);
        packager(&self.folder, &all).expect_success("packager build");
        Release {
            dist,
            payload: self.folder.join(payload.trim_end_matches("/{arch}")),
            stem: format!("{slug}-{version}"),
        }
    }
}

/// The example agent 4.2.0, everything that `build` makes of it.
pub fn acme_42() -> &'static Release {
    static BUILT: OnceLock<Release> = OnceLock::new();
    BUILT.get_or_init(|| Source::new("acme-4.2.0").build("agent.toml", &[]))
}

/// The example agent's next release, 4.3.0.
pub fn acme_43() -> &'static Release {
    static BUILT: OnceLock<Release> = OnceLock::new();
    BUILT.get_or_init(|| Source::new("acme-4.3.0").build("agent-4.3.0.toml", &[]))
}

/// Copies a folder with all that is in it.
pub fn copy_tree(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap_or_else(|e| panic!("cannot make {}: {e}", to.display()));
    for entry in walkdir::WalkDir::new(from).min_depth(1) {
        let entry = entry.unwrap_or_else(|e| panic!("cannot read {}: {e}", from.display()));
        let target = to.join(entry.path().strip_prefix(from).expect("walked below the folder"));
        let done = if entry.file_type().is_dir() {
            fs::create_dir_all(&target)
        } else {
            fs::copy(entry.path(), &target).map(drop)
        };
        done.unwrap_or_else(|e| panic!("cannot copy {}: {e}", entry.path().display()));
    }
}
