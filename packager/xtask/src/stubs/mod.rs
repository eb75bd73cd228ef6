//! The committed Windows programs: the stub that every output carries, and the example's agents.
//!
//! Building them takes a compiler that few machines have, so they are committed, each with a record of what it
//! was built from and with. [`check`] proves the record; [`write()`] renews programs and record.

mod build;
mod image;
mod load_config;
mod provenance;
pub mod size;
mod toolchain;
pub mod wrapper;

use std::path::{Path, PathBuf};
use std::process::Command;

use build::{Contents, Processor};
pub use provenance::hex;
use provenance::{Program, Provenance};
use toolchain::Toolchain;

use crate::failure::{Failure, Result};
use crate::{command, place};

/// One program to build.
struct Recipe {
    /// The binary's name in its crate.
    binary: &'static str,
    processor: Processor,
    /// Where it is committed, from the root of the checkout.
    path: &'static str,
    /// Its version resource.
    resources: Option<Resources>,
    /// What it exports, a `.def` file in its crate, when it is a DLL.
    exports: Option<&'static str>,
}

/// Programs of one crate, and where their record is.
struct Group {
    name: &'static str,
    crate_dir: &'static str,
    /// Folders (or files) whose sources reach the programs.
    sources: &'static [&'static str],
    record: &'static str,
    recipes: &'static [Recipe],
    /// Whether the programs may import from XP SP2's list only.
    old_windows: bool,
}

/// A version resource, made by the script `version.rc` of the crate.
struct Resources {
    version: [u16; 4],
    title: &'static str,
}

/// How programs are built is a source as well.
const FLAGS: [&str; 2] = ["packager/xtask/src/stubs/build.rs", "packager/xtask/src/stubs/load_config.rs"];

const GROUPS: &[Group] = &[
    Group {
        name: "stub",
        crate_dir: "payload/stub",
        sources: &["payload/stub", "payload/shared", "payload/engine", FLAGS[0], FLAGS[1]],
        record: "payload/prebuilt/provenance.toml",
        recipes: &[
            Recipe {
                binary: "stub",
                processor: Processor::X86,
                path: "payload/prebuilt/stub-x86.exe",
                resources: None,
                exports: None,
            },
            Recipe {
                binary: "action",
                processor: Processor::X86,
                path: "payload/prebuilt/action-x86.dll",
                resources: None,
                exports: Some("src/action/exports.def"),
            },
        ],
        old_windows: true,
    },
    Group {
        name: "example agent",
        crate_dir: "examples/acme-agent/src",
        sources: &["examples/acme-agent/src", FLAGS[0], FLAGS[1]],
        record: "examples/acme-agent/src/provenance.toml",
        recipes: &[
            agent(
                "Acme Endpoint Agent",
                Processor::X86,
                [4, 2, 0, 0],
                "examples/acme-agent/payload/x86/bin/agent.exe",
            ),
            control(
                "Acme Agent Control",
                Processor::X86,
                [4, 2, 0, 0],
                "examples/acme-agent/payload/x86/bin/agentctl.exe",
            ),
            agent(
                "Acme Endpoint Agent",
                Processor::X64,
                [4, 2, 0, 0],
                "examples/acme-agent/payload/x64/bin/agent.exe",
            ),
            control(
                "Acme Agent Control",
                Processor::X64,
                [4, 2, 0, 0],
                "examples/acme-agent/payload/x64/bin/agentctl.exe",
            ),
            agent(
                "Acme Endpoint Agent",
                Processor::X86,
                [4, 3, 0, 0],
                "examples/acme-agent/payload-4.3.0/x86/bin/agent.exe",
            ),
            control(
                "Acme Agent Control",
                Processor::X86,
                [4, 3, 0, 0],
                "examples/acme-agent/payload-4.3.0/x86/bin/agentctl.exe",
            ),
            agent(
                "Acme Endpoint Agent",
                Processor::X64,
                [4, 3, 0, 0],
                "examples/acme-agent/payload-4.3.0/x64/bin/agent.exe",
            ),
            control(
                "Acme Agent Control",
                Processor::X64,
                [4, 3, 0, 0],
                "examples/acme-agent/payload-4.3.0/x64/bin/agentctl.exe",
            ),
            agent(
                "Example Monitor Agent",
                Processor::X64,
                [7, 0, 4, 0],
                "examples/monitor-agent/payload/bin/monitor.exe",
            ),
            control(
                "Example Monitor Agent",
                Processor::X64,
                [7, 0, 4, 0],
                "examples/monitor-agent/payload/bin/monitorctl.exe",
            ),
            agent(
                "Example Guard",
                Processor::X64,
                [12, 1, 0, 0],
                "examples/guard-agent/payload/bin/guard.exe",
            ),
            agent(
                "Example Guard",
                Processor::X64,
                [12, 1, 0, 0],
                "examples/guard-agent/payload/bin/watchdog.exe",
            ),
            control(
                "Example Guard",
                Processor::X64,
                [12, 1, 0, 0],
                "examples/guard-agent/payload/bin/guardctl.exe",
            ),
            agent(
                "Example Log Forwarder",
                Processor::X64,
                [3, 2, 1, 0],
                "examples/log-forwarder/payload/bin/forwarder.exe",
            ),
            control(
                "Example Log Forwarder",
                Processor::X64,
                [3, 2, 1, 0],
                "examples/log-forwarder/payload/bin/forwarderctl.exe",
            ),
        ],
        old_windows: false,
    },
];

const fn agent(title: &'static str, processor: Processor, version: [u16; 4], path: &'static str) -> Recipe {
    let resources = Some(Resources { version, title });
    Recipe { binary: "agent", processor, path, resources, exports: None }
}

const fn control(title: &'static str, processor: Processor, version: [u16; 4], path: &'static str) -> Recipe {
    let resources = Some(Resources { version, title });
    Recipe { binary: "agentctl", processor, path, resources, exports: None }
}

const IMPORTS: &str = "payload/prebuilt/xp-sp2-imports.txt";

/// Builds everything, writes programs and records.
pub fn write() -> Result<()> {
    let toolchain = Toolchain::get()?;
    for group in GROUPS {
        // What the shared crates newly depend on gets into the lock file; nothing else in it changes.
        let crate_dir = place::root().join(group.crate_dir);
        command::run(
            Command::new("cargo").args(["update", "--quiet", "--workspace"]).current_dir(crate_dir),
        )?;
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
        let objects = match &recipe.resources {
            Some(resources) => vec![compile(&crate_dir, recipe, resources)?],
            None => Vec::new(),
        };
        let small = group.old_windows;
        let exports = recipe.exports.map(|file| crate_dir.join(file));
        let mut bytes = build::build(
            toolchain,
            &crate_dir,
            recipe.binary,
            recipe.processor,
            &objects,
            if small { Contents::Small } else { Contents::All },
            exports.as_deref(),
        )?;
        if small {
            load_config::point_to(&mut bytes, recipe.path)?;
        }
        check_image(group, recipe, &bytes)?;
        programs.push((recipe, bytes));
    }
    Ok(programs)
}

/// Compiles a version resource into an object for the linker.
fn compile(crate_dir: &Path, recipe: &Recipe, resources: &Resources) -> Result<PathBuf> {
    let folder = place::build_dir("resources");
    let [a, b, c, d] = resources.version;
    let mingw = recipe.processor.mingw();
    let name = format!("{mingw}-{}-{a}.{b}.{c}.{d}", recipe.binary);
    let (script, object) = (folder.join(format!("{name}.rc")), folder.join(format!("{name}.o")));
    let mut text = format!(
        "#define VERSION {a},{b},{c},{d}\n#define VERSION_TEXT \"{a}.{b}.{c}.{d}\"\n\
         #define NAME \"{}.exe\"\n#define TITLE \"{}\"\n",
        recipe.binary, resources.title
    )
    .into_bytes();
    text.extend(place::read(&crate_dir.join("version.rc"))?);
    place::write(&script, &text)?;
    let mut windres = Command::new(format!("{mingw}-windres"));
    windres.current_dir(&folder).arg(&script).args(["-O", "coff"]).arg(&object);
    command::output(&mut windres)?;
    Ok(object)
}
