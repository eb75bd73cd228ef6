//! The committed Windows programs: the stub that every output carries, and the example's agents.
//!
//! Building them takes a compiler that few machines have, so they are committed, each with a record of what it
//! was built from and with. [`check`] proves the record; [`write()`] renews programs and record.

mod build;
mod image;
mod provenance;
mod toolchain;
pub mod wrapper;

use std::path::{Path, PathBuf};

use build::Processor;
use provenance::{Program, Provenance};
use toolchain::Toolchain;

use crate::failure::{Failure, Result};
use crate::place;

/// One program to build.
struct Recipe {
    /// The binary's name in its crate.
    binary: &'static str,
    processor: Processor,
    /// Where it is committed, from the root of the checkout.
    path: &'static str,
    /// The resource script that gives it its version, in the crate.
    resources: Option<&'static str>,
}

/// Programs of one crate, and where their record is.
struct Group {
    name: &'static str,
    crate_dir: &'static str,
    /// Folders whose sources reach the programs.
    sources: &'static [&'static str],
    record: &'static str,
    recipes: &'static [Recipe],
    /// Whether the programs may import from XP SP2's list only.
    old_windows: bool,
}

const GROUPS: &[Group] = &[Group {
    name: "stub",
    crate_dir: "payload/stub",
    sources: &["payload/stub", "payload/shared", "payload/engine"],
    record: "payload/prebuilt/provenance.toml",
    recipes: &[Recipe {
        binary: "stub",
        processor: Processor::X86,
        path: "payload/prebuilt/stub-x86.exe",
        resources: None,
    }],
    old_windows: true,
}];

const IMPORTS: &str = "payload/prebuilt/xp-sp2-imports.txt";

/// Builds everything, writes programs and records.
pub fn write() -> Result<()> {
    let toolchain = Toolchain::get()?;
    for group in GROUPS {
        let sources = provenance::sources(group.sources)?;
        let mut programs = Vec::new();
        for (recipe, bytes) in built(group, &toolchain)? {
            place::write(&place::root().join(recipe.path), &bytes)?;
            println!("{} {} bytes", recipe.path, bytes.len());
            programs.push(Program::of(recipe.path, &bytes));
        }
        let record = Provenance { sources, toolchain: toolchain.versions.clone(), program: programs };
        record.write(&place::root().join(group.record))?;
    }
    Ok(())
}

/// Proves the committed programs. Nothing is written.
pub fn check() -> Result<()> {
    for group in GROUPS {
        check_record(group)?;
    }
    let toolchain = match Toolchain::get() {
        Ok(toolchain) => toolchain,
        Err(failure) => {
            println!("not rebuilt: {failure}");
            return Ok(());
        }
    };
    for group in GROUPS {
        check_rebuild(group, &toolchain)?;
    }
    Ok(())
}

/// The record belongs to the sources, and the programs to the record.
fn check_record(group: &Group) -> Result<()> {
    let record = Provenance::read(&place::root().join(group.record))?;
    if record.sources != provenance::sources(group.sources)? {
        return Err(Failure::new(format!(
            "the sources of the {} ({}) are not those it was built from: run `cargo xtask stubs` and commit",
            group.name,
            group.sources.join(", ")
        )));
    }
    let mut committed = Vec::new();
    for recipe in group.recipes {
        let bytes = place::read(&place::root().join(recipe.path))?;
        check_image(group, recipe, &bytes)?;
        committed.push(Program::of(recipe.path, &bytes));
    }
    if committed != record.program {
        return Err(Failure::new(format!(
            "{} does not fit the committed programs of the {}: run `cargo xtask stubs` and commit",
            group.record, group.name
        )));
    }
    println!("{}: built from these sources, images as they must be", group.name);
    Ok(())
}

/// Building again gives the same bytes, where compiler and linker are the recorded ones.
fn check_rebuild(group: &Group, toolchain: &Toolchain) -> Result<()> {
    let record = Provenance::read(&place::root().join(group.record))?;
    let built = built(group, toolchain)?;
    let again: Vec<Program> = built.iter().map(|(recipe, bytes)| Program::of(recipe.path, bytes)).collect();
    if again == record.program {
        println!("{}: built again, same bytes", group.name);
        return Ok(());
    }
    if toolchain.versions == record.toolchain {
        return Err(Failure::new(format!(
            "building the {} again with the recorded compiler and linker gives other bytes: \
             recorded {:?}, now {again:?}",
            group.name, record.program
        )));
    }
    println!(
        "{}: built again, other bytes; so is the toolchain: recorded {:?}, here {:?}",
        group.name, record.toolchain, toolchain.versions
    );
    Ok(())
}

fn check_image(group: &Group, recipe: &Recipe, bytes: &[u8]) -> Result<()> {
    let list = place::read(&place::root().join(IMPORTS))?;
    let allowed = image::allowed(&String::from_utf8_lossy(&list));
    image::check(recipe.path, bytes, recipe.processor, group.old_windows.then_some(&allowed))
}

fn built<'a>(group: &'a Group, toolchain: &Toolchain) -> Result<Vec<(&'a Recipe, Vec<u8>)>> {
    let crate_dir = place::root().join(group.crate_dir);
    let mut programs = Vec::new();
    for recipe in group.recipes {
        let objects = match recipe.resources {
            Some(script) => vec![resources(&crate_dir, script, recipe.processor)?],
            None => Vec::new(),
        };
        let bytes = build::build(toolchain, &crate_dir, recipe.binary, recipe.processor, &objects)?;
        check_image(group, recipe, &bytes)?;
        programs.push((recipe, bytes));
    }
    Ok(programs)
}

/// Compiles a resource script into an object for the linker.
fn resources(crate_dir: &Path, script: &str, processor: Processor) -> Result<PathBuf> {
    let folder = place::build_dir("resources");
    std::fs::create_dir_all(&folder)
        .map_err(|error| Failure::new(format!("creating {}: {error}", folder.display())))?;
    let object = folder.join(format!("{}-{script}.o", processor.mingw()));
    let mut windres = std::process::Command::new(format!("{}-windres", processor.mingw()));
    crate::command::output(windres.current_dir(crate_dir).arg(script).arg(&object))?;
    Ok(object)
}
