//! The build after a change of one file, with a cache of what was compressed before.

use std::fs;
use std::path::{Path, PathBuf};

use super::jobs;
use crate::bench::figures::Ratio;
use crate::bench::inputs::{self, Input};
use crate::bench::measure;
use crate::bench::ours::{Mode, Packager};
use crate::bench::table::{Check, Row};
use crate::failure::{Context, Failure, Result};
use crate::place;

/// Of the first build's time.
const AIM: f64 = 0.15;
const ROUNDS: usize = 3;

/// MSI and setup EXE together, as a release is built.
pub fn run(packager: &Packager) -> Result<Vec<Row>> {
    let original = inputs::dlls()?;
    let folder = place::build_dir("bench").join("rebuild");
    let payload = folder.join("payload");
    place::fresh_dir(&payload)?;
    for path in inputs::files(&original.folder)? {
        let name = path.file_name().unwrap_or_default();
        fs::copy(&path, payload.join(name)).context(|| format!("copying {}", path.display()))?;
    }
    let input = Input { folder: payload, ..original };
    input.warm()?;
    let rows = [[Mode::Mszip, Mode::Balanced], [Mode::Lzx, Mode::Max]].map(|modes| {
        let [msi, exe] = modes.map(Mode::shown);
        let what = format!("{msi} and {exe} of {}, one file changed", input.name);
        row(packager, &input, &folder, &modes, &what)
            .unwrap_or_else(|why| Row::failed(&what, why.to_string()))
    });
    place::remove(&folder)?;
    Ok(rows.into())
}

fn row(packager: &Packager, input: &Input, folder: &Path, modes: &[Mode], what: &str) -> Result<Row> {
    let (cache, out) = (folder.join("cache"), folder.join("dist"));
    let mut command = packager.command(&input.folder, &out, modes, jobs())?;
    command.arg("--cache").arg(&cache);
    let changed = middle(&input.folder)?;
    let build = || measure::run(&command, None)?.ok_or_else(|| Failure::new("the build did not end"));
    let (mut times, mut last) = (Vec::new(), (0.0, 0.0));
    for round in 0..ROUNDS {
        place::remove(&cache)?;
        let first = build()?;
        let mut bytes = place::read(&changed)?;
        // Past the headers, so that it stays a DLL of the same version.
        let at = bytes.len() / 2;
        bytes[at] = bytes[at].wrapping_add(1);
        bytes.extend_from_slice(format!("change {round}").as_bytes());
        place::write(&changed, &bytes)?;
        let again = build()?;
        println!("  {what}: {:.2} s, then {:.2} s", first.wall, again.wall);
        times.push(again.wall / first.wall);
        last = (first.wall, again.wall);
        if first.wall > 30.0 {
            break;
        }
    }
    for &mode in modes {
        packager.prove(&out.join(mode.file()), mode, input)?;
    }
    let part = Ratio::of(times);
    let check = Check::aimed(format!("{part} of the first build"), format!("{AIM}"), part.median < AIM);
    let (first, again) = last;
    Ok(Row::new(what, format!("{again:.2} s"), format!("first build: {first:.2} s"), vec![check]))
}

/// The file of middle size.
fn middle(folder: &Path) -> Result<PathBuf> {
    let mut sized = Vec::new();
    for path in inputs::files(folder)? {
        let size = fs::metadata(&path).context(|| format!("looking at {}", path.display()))?.len();
        sized.push((size, path));
    }
    sized.sort();
    let middle = sized.len() / 2;
    sized.into_iter().nth(middle).map(|(_, path)| path).ok_or_else(|| Failure::new("no file to change"))
}
