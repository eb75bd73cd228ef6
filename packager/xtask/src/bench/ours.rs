//! Packager as a contender.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::contest::Contender;
use super::inputs::{self, Input};
use crate::failure::{Failure, Result};
use crate::{command, place};

/// What packager adds to the files of a product.
const BOOTSTRAP: &str = "autopcc.exe";

/// The compression of an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Mszip,
    Lzx,
    Fast,
    Balanced,
    Max,
}

impl Mode {
    /// All of them.
    pub const ALL: [Mode; 5] = [Mode::Mszip, Mode::Lzx, Mode::Fast, Mode::Balanced, Mode::Max];

    /// Its word on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Mode::Mszip => "mszip",
            Mode::Lzx => "lzx",
            Mode::Fast => "fast",
            Mode::Balanced => "balanced",
            Mode::Max => "max",
        }
    }

    /// The output that it is of.
    pub fn output(self) -> &'static str {
        match self {
            Mode::Mszip | Mode::Lzx => "msi",
            Mode::Fast | Mode::Balanced | Mode::Max => "exe",
        }
    }

    /// Output and word, for the table.
    pub fn shown(self) -> String {
        format!("{} {}", self.output().to_uppercase(), self.word())
    }

    /// The name of the artefact.
    pub fn file(self) -> &'static str {
        if self.output() == "msi" { "bench-1.0.0-x64.msi" } else { "bench-1.0.0-x64-setup.exe" }
    }
}

/// The program, as it is released.
pub struct Packager {
    program: PathBuf,
    /// Where manifests and artefacts go.
    work: PathBuf,
}

impl Packager {
    /// Builds it.
    pub fn build() -> Result<Self> {
        let mut cargo = Command::new("cargo");
        cargo.args(["build", "--quiet", "--release", "--locked", "--package", "packager"]);
        command::run(cargo.current_dir(place::root()))?;
        let name = format!("packager{}", std::env::consts::EXE_SUFFIX);
        let program = place::target_dir()?.join("release").join(name);
        Ok(Self { program, work: place::build_dir("bench").join("packager") })
    }

    /// A build of outputs, each in one mode.
    pub fn command(&self, payload: &Path, out: &Path, modes: &[Mode], jobs: usize) -> Result<Command> {
        let manifest = self.work.join("agent.toml");
        place::write(&manifest, manifest_of(payload)?.as_bytes())?;
        let mut build = Command::new(&self.program);
        build.arg("--quiet").arg("build").arg(&manifest).arg("--out").arg(out);
        build.args(["--jobs", &jobs.to_string()]);
        for mode in modes {
            build.args(["--output", mode.output(), "--compression", mode.word()]);
        }
        Ok(build)
    }

    /// A contender that builds one output, with as many threads as asked for.
    pub fn contender(&self, input: &Input, mode: Mode, jobs: usize) -> Result<Contender> {
        let out = self.work.join(format!("{}-{jobs}", mode.word()));
        // A manifest of its own: the contenders of one contest may package different folders.
        let own = Self { program: self.program.clone(), work: out.clone() };
        let dist = out.join("dist");
        Ok(Contender {
            name: format!("packager {} on {jobs} threads", mode.word()),
            command: own.command(&input.folder, &dist, &[mode], jobs)?,
            output: dist.join(mode.file()),
            limit: None,
        })
    }

    /// Whether an artefact holds what was packaged: by its own digests, and extracted again.
    pub fn prove(&self, artefact: &Path, mode: Mode, input: &Input) -> Result<()> {
        let folder = self.work.join("extracted");
        if mode.output() == "exe" {
            command::output(Command::new(&self.program).arg("verify").arg(artefact))?;
        } else {
            // A second opinion on the cabinet.
            place::fresh_dir(&folder)?;
            command::output(Command::new("msiextract").arg("--directory").arg(&folder).arg(artefact))?;
            same(&folder, input, "msiextract")?;
        }
        place::remove(&folder)?;
        command::output(Command::new(&self.program).arg("extract").arg(artefact).arg("--out").arg(&folder))?;
        same(&folder, input, "packager extract")?;
        place::remove(&folder)
    }
}

fn same(folder: &Path, input: &Input, with: &str) -> Result<()> {
    // The bootstrap is installed too; no input has a file of its name.
    if inputs::contents(folder, BOOTSTRAP)? == inputs::contents(&input.folder, BOOTSTRAP)? {
        return Ok(());
    }
    Err(Failure::new(format!(
        "what {with} takes out of the artefact is not what was packaged: {}",
        input.name
    )))
}

/// A product that is a folder of files and no more, as those of the peers are. Wine says that it is Windows 7.
fn manifest_of(payload: &Path) -> Result<String> {
    let payload = payload.to_string_lossy();
    if payload.contains('\'') {
        return Err(Failure::new(format!("{payload}: a path with a quote cannot stand in the manifest")));
    }
    Ok(format!(
        r#"[product]
id           = "com.example.bench"
name         = "Bench"
manufacturer = "Example"
version      = "1.0.0"
arch         = ["x64"]
platforms    = {{ min = "windows-7" }}

[payload]
source = '{payload}'
dir    = '{{ProgramFiles}}\Bench'
"#
    ))
}
