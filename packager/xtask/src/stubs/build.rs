//! Building one program for Windows.

use std::path::{Path, PathBuf};

use super::toolchain::Toolchain;
use super::wrapper;
use crate::failure::{Context, Failure, Result};
use crate::{command, place};

/// A processor of the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Processor {
    /// 32 bits, from Windows XP on.
    X86,
    /// 64 bits, from Windows XP x64 on.
    X64,
}

impl Processor {
    fn triple(self) -> &'static str {
        match self {
            Self::X86 => "i686-win7-windows-gnu",
            Self::X64 => "x86_64-win7-windows-gnu",
        }
    }

    /// The prefix of MinGW's programs.
    pub fn mingw(self) -> &'static str {
        match self {
            Self::X86 => "i686-w64-mingw32",
            Self::X64 => "x86_64-w64-mingw32",
        }
    }

    /// C symbols have an underscore more on 32-bit Windows, and the size of the arguments behind them where the
    /// function removes them. With the wrong name the linker only warns, and starts the program at the first byte
    /// of its code.
    fn entry(self, library: bool) -> &'static str {
        match (self, library) {
            (Self::X86, false) => "__start",
            (Self::X64, false) => "_start",
            (Self::X86, true) => "_DllMain@12",
            (Self::X64, true) => "DllMain",
        }
    }

    /// The oldest Windows that loads the image.
    pub fn subsystem_version(self) -> (u16, u16) {
        match self {
            Self::X86 => (5, 1),
            Self::X64 => (5, 2),
        }
    }
}

/// What is left in an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contents {
    /// All that the compiler makes.
    All,
    /// Neither unwind tables nor anything that is not used.
    Small,
    /// The same code, and the names of its functions.
    SmallWithNames,
}

/// A linker script that adds to the linker's own one.
const NO_UNWINDING: &[u8] = b"SECTIONS { /DISCARD/ : { *(.eh_frame) } } INSERT BEFORE .text;\n";

/// Builds a binary of a crate. `objects` are linked into it. One with a list of `exports` (a `.def` file) is a DLL.
pub fn build(
    toolchain: &Toolchain,
    crate_dir: &Path,
    binary: &str,
    processor: Processor,
    objects: &[PathBuf],
    contents: Contents,
    exports: Option<&Path>,
) -> Result<Vec<u8>> {
    let target_dir = place::build_dir("windows");
    let small = contents != Contents::All;
    let (mut cargo, mut flags) = toolchain.cargo();
    // A stub that is started from the Explorer opens no console; it writes to the one it is started from.
    let subsystem = if small { "windows" } else { "console" };
    let (major, minor) = processor.subsystem_version();
    flags.extend([
        // Panics carry neither file names nor line numbers.
        "-Zlocation-detail=none".to_owned(),
        // SHA-256 in a sixth of the code, for processors that have no instructions for it.
        "--cfg=sha2_backend_soft=\"compact\"".to_owned(),
        "-Clink-self-contained=no".to_owned(),
        "-Clink-arg=-nostartfiles".to_owned(),
        format!("-Clink-arg=-Wl,--subsystem,{subsystem}:{major}.{minor:02}"),
        "-Clink-arg=-Wl,--no-insert-timestamp".to_owned(),
        "-Clink-arg=-Wl,--fatal-warnings".to_owned(),
    ]);
    if small {
        let script = target_dir.join("no-unwinding.ld");
        std::fs::create_dir_all(&target_dir)
            .map_err(|error| Failure::new(format!("creating {}: {error}", target_dir.display())))?;
        place::write(&script, NO_UNWINDING)?;
        flags.extend([
            // Nothing in it handles exceptions by tables, and it needs no help from Terminal Services.
            "-Clink-arg=-Wl,--no-seh,--tsaware,--nxcompat,--dynamicbase".to_owned(),
            // A panic is a crash: the stub's handler of crashes logs where, and carries no texts for it.
            "-Zunstable-options".to_owned(),
            "-Cpanic=immediate-abort".to_owned(),
            // Sequences that many functions have in common become functions.
            "-Cllvm-args=-enable-machine-outliner=always".to_owned(),
            // A function is copied into its callers only where that is no larger than the call. The threshold of
            // `opt-level = "z"`, 5, takes the copy for the smaller one too often on 32-bit processors.
            "-Cllvm-args=-inline-threshold=0".to_owned(),
            // What both ends of a branch store stays in them. As one store through a choice of two addresses it
            // keeps LLVM from seeing that nobody reads it.
            "-Cllvm-args=-sink-common-insts=false".to_owned(),
            // Each function can be left out by itself, and unwind tables, which nobody reads, are.
            "-Zfunction-sections=yes".to_owned(),
            "-Clink-arg=-Wl,--gc-sections".to_owned(),
            format!("-Clink-arg=-Wl,-T,{}", script.display()),
        ]);
    }
    let linker = format!("CARGO_TARGET_{}_LINKER", processor.triple().replace('-', "_").to_uppercase());
    let features = if small { "compiler-builtins-mem,optimize_for_size" } else { "compiler-builtins-mem" };
    cargo
        .current_dir(crate_dir)
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"))
        .env("RUSTC_WRAPPER", std::env::current_exe().context(|| "finding this program".to_owned())?)
        .env(wrapper::VARIABLE, "1")
        .env(linker, format!("{}-gcc", processor.mingw()))
        .args(["rustc", "--quiet", "--locked", "--release", "--bin", binary, "--target", processor.triple()])
        .args(["-Zbuild-std=core,alloc", format!("-Zbuild-std-features={features}").as_str()])
        .arg("--target-dir")
        .arg(&target_dir)
        // Only for the last step, so that the libraries below are built once for all binaries.
        .arg("--")
        .args(objects.iter().map(|object| format!("-Clink-arg={}", object.display())));
    if contents == Contents::SmallWithNames {
        cargo.env("CARGO_PROFILE_RELEASE_STRIP", "none");
    }
    cargo.arg(format!("-Clink-arg=-Wl,-e,{}", processor.entry(exports.is_some())));
    if let Some(exports) = exports {
        cargo.arg("-Clink-arg=-shared").arg(format!("-Clink-arg={}", exports.display()));
    }
    command::run(&mut cargo)?;
    place::read(&target_dir.join(processor.triple()).join("release").join(format!("{binary}.exe")))
}
