//! Installing: packager's setup EXE against those of NSIS, silently, under the same Wine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::jobs;
use crate::bench::contest::{self, Contender, ratio};
use crate::bench::inputs::{self, Input};
use crate::bench::measure::{self, Sample};
use crate::bench::ours::{Mode, Packager};
use crate::bench::peers::Nsis;
use crate::bench::table::{Check, Row};
use crate::failure::{Context, Failure, Result};
use crate::wine::{self, Wine};
use crate::{command, place};

const ROUNDS: usize = 5;
/// Seconds that an installation may take.
const LIMIT: u32 = 300;
/// Where all of them install to.
const INSTALLED: &str = "drive_c/Program Files/Bench";

struct Setup {
    name: String,
    program: PathBuf,
    silent: &'static str,
}

/// All setup programs in turn, each in a Windows of its own.
pub fn run(packager: &Packager) -> Result<Vec<Row>> {
    let wine = wine::prepare()?;
    let input = inputs::node()?;
    let modes = [Mode::Fast, Mode::Balanced, Mode::Max];
    let mut setups = Vec::new();
    let mut missing = Vec::new();
    for mode in modes {
        let contender = packager.contender(&input, mode, jobs())?;
        match made(contender, "/quiet") {
            Ok(setup) => setups.push((mode, setup)),
            Err(why) => missing.push(Row::failed(what(mode), why.to_string())),
        }
    }
    let peers = [Nsis::Zlib, Nsis::SolidLzma];
    let peers = [made(peers[0].contender(&input)?, "/S")?, made(peers[1].contender(&input)?, "/S")?];
    let mut samples: Vec<Vec<Sample>> = vec![Vec::new(); setups.len() + peers.len()];
    let all = || setups.iter().map(|(_, setup)| setup).chain(&peers);
    for _ in 0..ROUNDS {
        for (setup, samples) in all().zip(&mut samples) {
            let sample = install(&wine, setup, &input)?;
            println!("  {:32} {:8.2} s", setup.name, sample.wall);
            samples.push(sample);
        }
    }
    let seconds = |at: usize| {
        let walls = samples[at].iter().map(|sample| sample.wall).collect();
        format!("{:.2} s", crate::bench::figures::median(walls))
    };
    let rows = setups.iter().enumerate().map(|(at, (mode, _))| {
        let peer = setups.len() + usize::from(*mode == Mode::Max);
        let times = ratio(&samples[at], &samples[peer], |sample| sample.wall);
        let check = Check::aimed(format!("{times} of its time"), "1.0", times.median <= 1.0);
        let peer = format!("{}: {}", peers[peer - setups.len()].name, seconds(peer));
        Row::new(what(*mode), seconds(at), peer, vec![check])
    });
    Ok(rows.chain(missing).collect())
}

fn what(mode: Mode) -> String {
    format!("installing node-runtime by {}", mode.shown())
}

/// Builds the setup program, once.
fn made(contender: Contender, silent: &'static str) -> Result<Setup> {
    let program = contender.output.clone();
    let name = contender.name.clone();
    match contest::run_once(&contender)? {
        Some(_) => Ok(Setup { name, program, silent }),
        None => Err(Failure::new(format!("{name} did not end in time"))),
    }
}

/// Installs in a copy of the template, which is removed. Windows is up before the clock starts.
fn install(wine: &Wine, setup: &Setup, input: &Input) -> Result<Sample> {
    // Beside the template, so that the copy stays on its file system.
    let prefix = wine.template.with_extension("bench");
    place::remove(&prefix)?;
    command::output(Command::new("cp").args(["-a", "--reflink=auto"]).arg(&wine.template).arg(&prefix))?;
    let wined = |arguments: &[&str]| {
        let mut command = Command::new(&wine.run);
        command.arg(&prefix).args(arguments);
        command
    };
    let log = place::build_dir("bench").join("wine");
    for start in [&["wineserver", "--persistent"][..], &["wine", "cmd", "/c", "exit"]] {
        // Not `output`, which would wait for the server's end.
        command::run(measure::quiet(&mut wined(start), &log)?)?;
    }
    let program = setup.program.to_string_lossy();
    let sample = measure::run(&wined(&["wine", &program, setup.silent]), Some(LIMIT));
    command::run(measure::quiet(&mut wined(&["wineserver", "--kill"]), &log)?)?;
    let sample = sample?.ok_or_else(|| Failure::new(format!("{} did not end", setup.name)))?;
    // The exit code alone says nothing: Wine ends with 0 when it cannot load a program.
    let installed = complete(&prefix.join(INSTALLED), input)?;
    if !installed {
        return Err(Failure::new(format!("{} did not install what was packaged", setup.name)));
    }
    place::remove(&prefix)?;
    Ok(sample)
}

/// Whether each file of the input is there with its size; a setup program may add its own.
fn complete(folder: &Path, input: &Input) -> Result<bool> {
    for path in inputs::files(&input.folder)? {
        let below = path.strip_prefix(&input.folder).unwrap_or(&path);
        let size = |path: &Path| fs::metadata(path).map(|metadata| metadata.len());
        let expected = size(&path).context(|| format!("looking at {}", path.display()))?;
        if !size(&folder.join(below)).is_ok_and(|found| found == expected) {
            return Ok(false);
        }
    }
    Ok(true)
}
