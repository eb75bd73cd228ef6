//! What the benches share: the payload, processes of their own, time and memory.

#![allow(dead_code)]

use std::time::Instant;

use camino::{Utf8Path, Utf8PathBuf};
use packager::formats::pe;
use packager::plan::{FileVersion, PlannedFile};
use packager::report::{BuildRequest, OutputKind, Silent};

/// Runs of each case; the fastest counts.
const RUNS: usize = 3;

/// What one run took.
pub struct Measured {
    seconds: f64,
    processor: f64,
    bytes: u64,
    items: usize,
}

impl Measured {
    /// Says how many things the time went into.
    pub fn of(self, items: usize) -> Self {
        Self { items, ..self }
    }
}

/// Time from its start on.
pub struct Timer {
    wall: Instant,
    processor: f64,
}

impl Timer {
    pub fn start() -> Self {
        Self { wall: Instant::now(), processor: processor_seconds() }
    }

    pub fn stop(self, bytes: u64) -> Measured {
        Measured {
            seconds: self.wall.elapsed().as_secs_f64(),
            processor: processor_seconds() - self.processor,
            bytes,
            items: 0,
        }
    }
}

/// A case: its name, and what runs it once.
pub type Case<'a> = (&'a str, &'a dyn Fn() -> Measured);

/// Runs each case in processes of its own and prints a line for each; called again in those processes.
pub fn cases(cases: &[Case<'_>]) {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|argument| argument == "--case") {
        let (_, run) = cases
            .iter()
            .find(|(name, _)| Some(*name) == arguments.get(at + 1).map(String::as_str))
            .expect("a case");
        let measured = run();
        let Measured { seconds, processor, bytes, items } = measured;
        println!("{seconds} {processor} {bytes} {} {items}", peak_memory().unwrap_or_default());
        return;
    }
    let mut first = None;
    println!(
        "{:24} {:>9} {:>7} {:>9} {:>13} {:>9} {:>8}",
        "case", "seconds", "ratio", "cpu s", "bytes", "peak MB", "us each"
    );
    for (name, _) in cases {
        let runs = (0..RUNS).map(|_| {
            let program = std::env::current_exe().expect("this program");
            let output =
                std::process::Command::new(program).args(["--case", name]).output().expect("a process");
            assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            let numbers: Vec<f64> =
                text.split_whitespace().filter_map(|number| number.parse().ok()).collect();
            (numbers[0], numbers[1], numbers[2], numbers[3], numbers[4])
        });
        let (seconds, processor, bytes, peak, items) =
            runs.min_by(|a, b| a.0.total_cmp(&b.0)).expect("a run");
        let ratio = seconds / *first.get_or_insert(seconds);
        let each = if items > 0.0 { format!("{:8.1}", seconds * 1e6 / items) } else { String::new() };
        println!(
            "{name:24} {seconds:9.2} {ratio:7.2} {processor:9.2} {bytes:13.0} {:9.1} {each}",
            peak / 1024.0
        );
    }
}

/// Seconds of processor time the process has used, where the system tells; of all threads.
fn processor_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Behind the name in brackets, user and system time are the 12th and 13th field, in hundredths.
    let fields = text.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11).take(2);
    fields.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// The process's peak of resident memory in kilobytes, where the system tells.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// The payload's folder; `None`, with a word about it, when there is none.
pub fn payload() -> Option<Utf8PathBuf> {
    let default =
        || Some(Utf8PathBuf::from(std::env::var("HOME").ok()?).join(".cache/packager/node/unpacked"));
    let folder = std::env::var("PACKAGER_BENCH_PAYLOAD").ok().map(Utf8PathBuf::from).or_else(default);
    let folder = folder.filter(|folder| folder.is_dir());
    if folder.is_none() {
        println!("nothing to measure with: set PACKAGER_BENCH_PAYLOAD to a folder");
    }
    folder
}

/// A temporary folder for artefacts, on the disk that builds use.
pub fn out_dir() -> OutDir {
    OutDir(tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder"))
}

/// A folder that is removed in the end.
pub struct OutDir(tempfile::TempDir);

impl OutDir {
    pub fn path(&self) -> &Utf8Path {
        Utf8Path::from_path(self.0.path()).expect("UTF-8")
    }
}

/// A manifest for a payload: one product, a share signed with the example's pair of keys.
pub fn manifest(folder: &OutDir, payload: &Utf8Path) -> Utf8PathBuf {
    let keys = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/acme-agent/release");
    let text = format!(
        r#"
[product]
id           = "com.example.bench"
name         = "Bench"
manufacturer = "Example"
version      = "1.0.0"
arch         = ["x64"]
platforms    = {{ min = "windows-10" }}

[payload]
source = '{payload}'
dir    = '{{ProgramFiles}}\Example\Bench'

[bootstrap]
public-key       = '{keys}.pub'
private-key-file = '{keys}.key'
serial           = 1
"#
    );
    let path = folder.path().join("agent.toml");
    std::fs::write(&path, text).expect("a manifest");
    path
}

/// Builds the named outputs, all if none is; the bytes are those of all artefacts.
pub fn build(manifest: &Utf8Path, out: &OutDir, outputs: &[OutputKind]) -> Measured {
    let request =
        BuildRequest { outputs: outputs.to_vec(), ..BuildRequest::new(manifest, out.path().join("dist")) };
    let timer = Timer::start();
    let report = packager::build::build(&request, &mut Silent).expect("the build");
    timer.stop(report.artifacts.iter().map(|artifact| artifact.bytes).sum())
}

/// All files below a folder as a plan has them.
pub fn scan(folder: &Utf8Path) -> Vec<PlannedFile> {
    let mut files: Vec<PlannedFile> = walkdir::WalkDir::new(folder)
        .into_iter()
        .map(|entry| entry.expect("an entry"))
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let source = Utf8PathBuf::from_path_buf(entry.path().to_owned()).expect("UTF-8");
            let path = source.strip_prefix(folder).expect("below").as_str().replace('/', "\\");
            let version = std::fs::File::open(&source).and_then(pe::version_of).expect("a readable file");
            let version =
                version.map(|found| FileVersion { version: found.file, languages: found.languages });
            let size = entry.metadata().expect("metadata").len();
            PlannedFile { source, path, size, keep: false, version }
        })
        .collect();
    files.sort_by_key(|file| file.path.to_lowercase());
    files
}
