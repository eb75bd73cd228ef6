//! `packager extract FILE --out DIR`: the files of a package with their names and folders, as they would be
//! installed. Nothing of the package is run.

mod msi;
mod target;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use camino::{Utf8Path, Utf8PathBuf};
use packager_shared::ids::file_key;
use packager_shared::index::{Entry, Index};
use packager_shared::overlay;

use self::target::Target;
use super::Outcome;
use super::console::Console;
use super::kind::{self, Kind, bad};
use crate::formats::cab::Cabinet;
use crate::outputs::bootstrap::read::Program;
use crate::outputs::share::{config, verify};
use crate::report::artifacts::{arch_name, size};
use crate::report::{BuildError, Problem};

/// Take the files out of an .msi, a .cab, a setup EXE or a share
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What to take them out of
    #[arg(value_name = "FILE")]
    pub file: Utf8PathBuf,
    /// Folder to write to, made when absent; nothing in it is overwritten
    #[arg(long, value_name = "DIR")]
    pub out: Utf8PathBuf,
}

/// Extracts everything or nothing.
pub fn run(args: &Args, console: &mut Console) -> Outcome {
    let path = args.file.as_path();
    let mut target = Target::open(&args.out)?;
    match kind::of(path)? {
        Kind::Program => program(path, &mut target)?,
        Kind::Database => msi::extract(path, &mut target)?,
        Kind::Share(root) => share(&root, &mut target)?,
        Kind::Cabinet => {
            let file = std::fs::File::open(path).map_err(|e| BuildError::io("open", path, &e))?;
            let mut cabinet = Cabinet::open(file).map_err(|e| bad(path, e))?;
            target.unpack(path, &mut cabinet, |name| Some((name.to_owned(), None)))?;
        }
    }
    let (files, bytes) = target.commit()?;
    console.say(&format!("extracted {files} files, {}, to {}", size(bytes), args.out));
    Ok(())
}

/// A setup EXE: its cabinets or streams, each file held against its index.
fn program(path: &Utf8Path, target: &mut Target) -> Result<(), BuildError> {
    let mut program = Program::open(path).map_err(|e| bad(path, e))?;
    program.verify().map_err(|e| bad(path, e))?;
    if !program.has_files() {
        return Err(BuildError::Input(
            Problem::new(format!("there are no files in {path}"))
                .why("it is the bootstrap of an installation or a share, which carries none")
                .help("extract the setup EXE, the MSI, or the share's folder"),
        ));
    }
    let (_, index) = program.release().map_err(|e| bad(path, e))?;
    if program.overlay.section(overlay::SOLID).is_some() {
        return target.unpack_solid(path, &mut program, &index);
    }
    from_index(path, program.cabinets().map_err(|e| bad(path, e))?, &index, target)
}

/// Unpacks cabinets whose members are named by [`file_key`]: all that the index has, and nothing else.
fn from_index<R: std::io::Read + std::io::Seek>(
    path: &Utf8Path,
    cabinets: Vec<Cabinet<R>>,
    index: &Index,
    target: &mut Target,
) -> Result<(), BuildError> {
    let keys: HashMap<String, &Entry> =
        index.entries.iter().map(|entry| (file_key(&entry.path), entry)).collect();
    let there: std::collections::HashSet<&str> =
        cabinets.iter().flat_map(Cabinet::files).map(|member| member.name.as_str()).collect();
    if let Some((_, entry)) = keys.iter().find(|(key, _)| !there.contains(key.as_str())) {
        return Err(bad(path, format!("`{}` is not in its cabinet", entry.path)));
    }
    let mut members = cabinets.iter().flat_map(Cabinet::files);
    if let Some(member) = members.find(|member| !keys.contains_key(&member.name)) {
        return Err(bad(path, format!("`{}` in its cabinet belongs to no file", member.name)));
    }
    for mut cabinet in cabinets {
        let wanted = |name: &str| keys.get(name).map(|entry| (entry.path.clone(), Some(entry.sha256)));
        target.unpack(path, &mut cabinet, wanted)?;
    }
    Ok(())
}

/// The newest release of a share. Several architectures get a folder each.
fn share(root: &Utf8Path, target: &mut Target) -> Result<(), BuildError> {
    let broken = |what: verify::Broken| bad(root, what);
    let (_, release) = verify::read_head(root).map_err(broken)?;
    for (place, arch) in release.archs.iter().enumerate() {
        let (_, index) = verify::read_arch(root, &release, place).map_err(broken)?;
        let folder = root.join(config::arch_folder(release.serial, arch.arch));
        for entry in &index.entries {
            let from = folder.join(entry.path.replace('\\', "/"));
            let to = match release.archs.len() {
                1 => entry.path.clone(),
                _ => format!("{}\\{}", arch_name(arch.arch), entry.path),
            };
            if !from.is_file() {
                let problem = Problem::new(format!("the share has no file {from}"))
                    .why("its release names it")
                    .help("build or publish the share anew, or copy it whole");
                return Err(BuildError::Input(problem));
            }
            target.copy(&from, &to, Some(entry.sha256))?;
        }
    }
    Ok(())
}
