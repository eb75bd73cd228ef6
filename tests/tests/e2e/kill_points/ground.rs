//! A Windows with a big product on it, killed and put back as often as it takes.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use packager_tests::environment;
use packager_tests::prefix::{Prefix, wait_for};
use packager_tests::product::{builds, copy_tree, files, packager, project};
use packager_tests::registry::Registry;
use packager_tests::state::sha256_of;

use super::trace::Point;

/// The shares, as the Windows sees them.
pub const OLD: &str = "W:\\old";
/// The next release.
pub const NEW: &str = "W:\\new";
const DIR: &str = r"C:\Program Files\Example\Node Runtime";
const HIVES: &[&str] = &["system.reg", "user.reg", "userdef.reg"];

/// What is installed: paths and digests, registry values.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Host path below the install directory, and SHA-256, or `folder`.
    pub tree: BTreeMap<String, String>,
    /// What the product has in the registry.
    pub registry: BTreeMap<String, String>,
    /// Whether there is a work folder.
    pub work_folder: bool,
}

/// Which release something is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// The old one.
    Old,
    /// The new one.
    New,
    /// Neither: what is of one, and what is of the other.
    Mixed(String),
}

/// Which release a map is exactly.
pub fn which(
    seen: &BTreeMap<String, String>,
    old: &BTreeMap<String, String>,
    new: &BTreeMap<String, String>,
) -> Which {
    let unlike = |other: &BTreeMap<String, String>| {
        let gone = other.iter().filter(|(name, text)| seen.get(*name) != Some(*text));
        let more = seen.iter().filter(|(name, _)| !other.contains_key(*name));
        gone.chain(more).map(|(name, _)| name.clone()).collect::<Vec<_>>()
    };
    let (not_old, not_new) = (unlike(old), unlike(new));
    match (not_old.is_empty(), not_new.is_empty()) {
        (true, false) => Which::Old,
        (false, true) => Which::New,
        _ => Which::Mixed(format!(
            "unlike the old release in {}: {:?}; unlike the new one in {}: {:?}",
            not_old.len(),
            &not_old[..not_old.len().min(5)],
            not_new.len(),
            &not_new[..not_new.len().min(5)]
        )),
    }
}

/// Two releases of 2,184 files: 40 change, 20 go, 20 come, one of them in a new folder.
fn shares() -> &'static (PathBuf, PathBuf) {
    static BUILT: OnceLock<(PathBuf, PathBuf)> = OnceLock::new();
    BUILT.get_or_init(|| {
        let build = |name: &str, payload: &Path, release: (&str, &str)| {
            let folder = builds().join("kill-points").join(name);
            fs::create_dir_all(&folder).expect("the folder is made");
            let example = project().join("examples/node-runtime/agent.toml");
            let text = fs::read_to_string(example).expect("the example");
            let text = text
                .replace("source = \"payload\"", &format!("source = '{}'", payload.display()))
                .replace("../acme-agent", project().join("examples/acme-agent").to_str().expect("UTF-8"))
                .replace("24.19.0", release.0)
                .replace("serial           = 1", release.1);
            assert!(text.contains(release.0) && text.contains(release.1), "{text}");
            fs::write(folder.join("agent.toml"), text).expect("the manifest is written");
            packager(&folder, &["build", "--quiet", "--output", "share"]).expect_success("packager build");
            folder.join("dist/share")
        };
        let payload = environment::node_runtime();
        let next = builds().join("kill-points/payload");
        link_tree(&payload, &next);
        let all = files(&next);
        assert!(all.len() > 2_000, "only {} files", all.len());
        let of = |ending: &'static str| all.iter().filter(move |(path, _)| path.ends_with(ending));
        // Never written to in place: the files are links to the first release's.
        for (_, file) in of(".js").step_by(20).take(40) {
            let mut bytes = fs::read(file).expect("a file is read");
            bytes.extend(b"\n// changed\n");
            fs::remove_file(file).expect("the link is removed");
            fs::write(file, bytes).expect("a file is written");
        }
        for (_, file) in of(".md").take(20) {
            fs::remove_file(file).expect("a file is removed");
        }
        fs::create_dir_all(next.join("fresh/deep")).expect("a folder is made");
        for number in 0..20 {
            let file = next.join(format!("fresh/deep/{number}.txt"));
            fs::write(file, format!("new {number}\n")).expect("a file is written");
        }
        let old = build("old", &payload, ("24.19.0", "serial           = 1"));
        (old, build("new", &next, ("24.19.1", "serial           = 2")))
    })
}

fn link_tree(from: &Path, to: &Path) {
    for (_, file) in files(from) {
        let target = to.join(file.strip_prefix(from).expect("below the folder"));
        fs::create_dir_all(target.parent().expect("a parent")).expect("a folder is made");
        if fs::hard_link(&file, &target).is_err() {
            fs::copy(&file, &target).expect("a file is copied");
        }
    }
}

/// A prefix with the old release, and what both releases look like.
pub struct Ground {
    prefix: Prefix,
    pub old: Seen,
    pub new: Seen,
    /// Digests by path, inode, change time and size: the kernel alone sets change times.
    digests: HashMap<(String, u64, i64, i64, u64), String>,
    traces: usize,
}

impl Ground {
    pub fn new() -> Self {
        let (old, new) = shares();
        let mut prefix = Prefix::new();
        for (name, share) in [("old", old), ("new", new)] {
            link_tree(share, &prefix.desk().join(name));
        }
        prefix.boot();
        prefix.run("winecfg.exe", "/v win10").expect(0);
        let mut ground =
            Self { prefix, old: Seen::default(), new: Seen::default(), digests: HashMap::new(), traces: 0 };
        let (code, log) = ground.run(OLD);
        assert_eq!(code, 0, "{log}");
        ground.old = ground.see();
        let kept = ground.kept();
        fs::create_dir_all(&kept).expect("a folder is made");
        copy_tree_with_times(&ground.dir(), &kept.join("tree"));
        for hive in HIVES {
            fs::copy(ground.prefix.root().join(hive), kept.join(hive)).expect("the registry is kept");
        }
        let (code, log) = ground.run(NEW);
        assert_eq!(code, 0, "{log}");
        ground.new = ground.see();
        ground.reset();
        ground
    }

    fn kept(&self) -> PathBuf {
        self.prefix.desk().join("kept")
    }

    /// The install directory, on the host.
    pub fn dir(&self) -> PathBuf {
        self.prefix.root().join("drive_c").join(DIR[3..].replace('\\', "/"))
    }

    /// Ends Windows and looks at files and registry.
    pub fn see(&mut self) -> Seen {
        self.prefix.shut_down();
        let root = self.dir();
        let mut seen = Seen::default();
        for entry in walkdir::WalkDir::new(&root).min_depth(1).into_iter() {
            let entry = entry.expect("the tree is read");
            let below = entry.path().strip_prefix(&root).expect("below").to_string_lossy().into_owned();
            if below == ".upd" || below.starts_with(".upd/") {
                seen.work_folder = true;
                continue;
            }
            let digest = if entry.file_type().is_file() {
                let meta = entry.metadata().expect("the file is there");
                let key = (below.clone(), meta.ino(), meta.ctime(), meta.ctime_nsec(), meta.len());
                self.digests.entry(key).or_insert_with(|| sha256_of(entry.path())).clone()
            } else {
                "folder".to_owned()
            };
            seen.tree.insert(below, digest);
        }
        let registry = Registry::read(&self.prefix.root());
        for key in registry.keys.values() {
            let lower = key.path.to_lowercase();
            let environment = lower.ends_with(r"session manager\environment");
            if lower.contains("com.example.node-runtime") || environment {
                seen.registry.insert(key.path.clone(), "key".to_owned());
                for (name, value) in key.values.values() {
                    seen.registry.insert(format!("{}@{name}", key.path), value.to_string());
                }
            }
        }
        seen
    }

    /// Puts the old release back, whatever there is: only what differs is touched, so what is known of the rest holds.
    pub fn reset(&mut self) {
        let seen = self.see();
        let (dir, kept) = (self.dir(), self.kept());
        let _ = fs::remove_dir_all(dir.join(".upd"));
        for path in seen.tree.keys().rev().filter(|path| !self.old.tree.contains_key(*path)) {
            let path = dir.join(path);
            let removed = if path.is_dir() { fs::remove_dir(&path) } else { fs::remove_file(&path) };
            removed.expect("what is new is removed");
        }
        for (path, digest) in &self.old.tree {
            if seen.tree.get(path) != Some(digest) {
                match digest.as_str() {
                    "folder" => fs::create_dir(dir.join(path)).expect("a folder is made"),
                    _ => copy_with_time(&kept.join("tree").join(path), &dir.join(path)),
                }
            }
        }
        for hive in HIVES {
            fs::copy(kept.join(hive), self.prefix.root().join(hive)).expect("the registry is put back");
        }
        let seen = self.see();
        assert_eq!(seen.tree, self.old.tree, "the old release is back");
        assert_eq!(seen.registry, self.old.registry, "the old registry is back");
    }

    /// Runs the bootstrap of a share to its end: exit code by its log, and the log.
    pub fn run(&mut self, share: &str) -> (u32, String) {
        let program = format!("{share}\\autopcc.exe");
        let arguments = ["wine", &program, "/quiet", "/log", "W:\\run.log"];
        let log = self.prefix.desk().join("run.log");
        let _ = fs::remove_file(&log);
        // Wine itself may not come up when its server is just going: then there is no log.
        for _ in 0..2 {
            let _ = self.prefix.unix(&arguments).status().expect("Wine is started");
            if log.exists() {
                break;
            }
        }
        let log = fs::read_to_string(log).unwrap_or_default();
        let last = log.lines().last().unwrap_or_default();
        let code = last.split_whitespace().find_map(|word| word.strip_prefix("exit="));
        let code = code.and_then(|code| code.parse().ok());
        (code.unwrap_or_else(|| panic!("the run did not end:\n{log}")), log)
    }

    /// Starts Windows, and everything that the first program with windows brings with it.
    fn warm_up(&mut self) {
        self.prefix.boot();
        let (code, log) = self.run(OLD);
        assert!(code == 0 && log.contains("action=none"), "the old release is not there:\n{log}");
    }

    /// The trace of an update that nobody disturbs.
    pub fn measure_program(&mut self) -> String {
        self.trace_program(&[])
    }

    /// Kills the program at a point; its trace.
    pub fn kill_program(&mut self, point: &Point) -> String {
        let (journal, inject) = (self.dir().join(".upd/J"), inject(point));
        let mut options = vec!["-e", &inject];
        if point.on_journal {
            options.extend(["-P", journal.to_str().expect("UTF-8")]);
        }
        self.trace_program(&options)
    }

    fn trace_program(&mut self, options: &[&str]) -> String {
        self.warm_up();
        let (name, file) = self.trace();
        let program = format!("{NEW}\\autopcc.exe");
        let mut arguments = strace(&name, "write,writev,fsync,openat");
        arguments.extend(options);
        arguments.extend(["wine", &program, "/quiet"]);
        let _ = self.prefix.unix(&arguments).status().expect("strace is started");
        fs::read_to_string(file).expect("there is a trace")
    }

    /// What Wine's server does in an update that nobody disturbs.
    pub fn measure_server(&mut self) -> String {
        self.trace_server(&[])
    }

    /// Kills Wine's server at a point, and with it everything that runs.
    pub fn cut_power(&mut self, point: &Point) -> String {
        self.trace_server(&["-e", &inject(point)])
    }

    fn trace_server(&mut self, options: &[&str]) -> String {
        self.prefix.shut_down();
        let (name, file) = self.trace();
        let mut arguments = strace(&name, "rename,unlink,mkdir,rmdir,openat,listen");
        arguments.extend(options);
        arguments.extend(["wineserver", "-f"]);
        let mut server = self.prefix.unix(&arguments).spawn().expect("strace is started");
        wait_for("the server listens", || {
            fs::read_to_string(&file).is_ok_and(|trace| trace.contains("listen("))
        });
        self.warm_up();
        let program = format!("{NEW}\\autopcc.exe");
        let mut update = self.prefix.unix(&["wine", &program, "/quiet"]).spawn().expect("Wine is started");
        while update.try_wait().expect("it was started").is_none() {
            if server.try_wait().expect("it was started").is_some() {
                self.prefix.cut_power();
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        self.prefix.shut_down();
        let _ = (update.wait(), server.wait());
        fs::read_to_string(file).expect("there is a trace")
    }

    /// A new trace's name, for the programs in the sandbox and for this one.
    fn trace(&mut self) -> (String, PathBuf) {
        self.traces += 1;
        let file = self.prefix.desk().join(format!("trace-{}", self.traces));
        (file.to_str().expect("UTF-8").to_owned(), file)
    }
}

fn inject(point: &Point) -> String {
    format!("inject={}:signal=SIGKILL:when={}", point.call, point.ordinal)
}

fn strace<'a>(file: &'a str, calls: &'a str) -> Vec<&'a str> {
    vec!["strace", "-f", "-y", "-s", "0", "-o", file, "-e", calls]
}

fn copy_with_time(from: &Path, to: &Path) {
    fs::copy(from, to).unwrap_or_else(|e| panic!("cannot copy to {}: {e}", to.display()));
    let time = from.metadata().and_then(|meta| meta.modified()).expect("a file has a time");
    let set = fs::File::options().write(true).open(to).and_then(|file| file.set_modified(time));
    set.unwrap_or_else(|e| panic!("cannot set the time of {}: {e}", to.display()));
}

fn copy_tree_with_times(from: &Path, to: &Path) {
    copy_tree(from, to);
    for (_, file) in files(from) {
        copy_with_time(&file, &to.join(file.strip_prefix(from).expect("below the folder")));
    }
}
