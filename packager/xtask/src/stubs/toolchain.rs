//! The compiler and linker for the Windows stub.
//!
//! Rust ships no ready library for Windows XP, so `core` and `alloc` are built from their source. That takes a
//! rustc with its `library/` source, and MinGW's linker. Looked for in this order: the cache; packages of the
//! system, unpacked into the cache (they are not installed: they would replace other compilers); a nightly of
//! rustup with the component `rust-src`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::{Deserialize, Serialize};

use crate::failure::{Context, Failure, Result};
use crate::{apt, command, place};

/// What the packages of the compiler are called on Debian.
const COMPILER: &[&str] =
    &["rustc-web", "libstd-rust-web-dev", "libstd-rust-web-1.96", "libllvm22", "rust-web-src"];

/// A compiler and linker that can build the stub.
pub struct Toolchain {
    rustc: PathBuf,
    libraries: Option<PathBuf>,
    sysroot: PathBuf,
    /// What it is made of.
    pub versions: Versions,
}

/// The programs whose versions decide over the bytes of a stub.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versions {
    /// `rustc --version`
    pub rustc: String,
    /// The LLVM in it.
    pub llvm: String,
    /// `cargo --version`
    pub cargo: String,
    /// `i686-w64-mingw32-gcc --version`
    pub gcc: String,
    /// `i686-w64-mingw32-ld --version`
    pub ld: String,
}

impl Toolchain {
    /// The toolchain, got if need be.
    pub fn get() -> Result<Self> {
        linker()?;
        let cached = place::cache()?.join("toolchain");
        if let Some(found) = Self::unpacked(&cached) {
            return Ok(found);
        }
        let unpacked =
            if apt::is_here() { unpack(&cached) } else { Err(Failure::new("there is no apt here")) };
        if let (Ok(()), Some(found)) = (&unpacked, Self::unpacked(&cached)) {
            return Ok(found);
        }
        if let Some(found) = Self::nightly() {
            return Ok(found);
        }
        let why = unpacked.err().map(|failure| failure.to_string()).unwrap_or_default();
        Err(Failure::new(format!(
            "no compiler for the Windows stub ({}).\nOn Debian the packages {} do; elsewhere: \
             rustup toolchain install nightly --component rust-src",
            why.trim(),
            COMPILER.join(" ")
        )))
    }

    fn unpacked(folder: &Path) -> Option<Self> {
        let libraries = folder.join("usr/lib/x86_64-linux-gnu");
        Self::at(folder.join("usr/bin/rustc"), Some(libraries), folder.join("usr"))
    }

    fn nightly() -> Option<Self> {
        let rustc =
            command::output(Command::new("rustup").args(["which", "rustc", "--toolchain", "nightly"]))
                .ok()?;
        let rustc = PathBuf::from(rustc.trim());
        let sysroot = rustc.parent()?.parent()?.to_path_buf();
        Self::at(rustc, None, sysroot)
    }

    fn at(rustc: PathBuf, libraries: Option<PathBuf>, sysroot: PathBuf) -> Option<Self> {
        if !sysroot.join("lib/rustlib/src/rust/library/core/Cargo.toml").is_file() {
            return None;
        }
        let mut asked = Command::new(&rustc);
        if let Some(path) = &libraries {
            asked.env("LD_LIBRARY_PATH", path);
        }
        let text = command::output(asked.arg("-vV")).ok()?;
        let versions = Versions {
            rustc: text.lines().next()?.to_owned(),
            llvm: text.lines().find_map(|line| line.strip_prefix("LLVM version: "))?.to_owned(),
            cargo: command::version("cargo")?,
            gcc: command::version("i686-w64-mingw32-gcc")?,
            ld: command::version("i686-w64-mingw32-ld")?,
        };
        Some(Self { rustc, libraries, sysroot, versions })
    }

    /// `cargo` set up to build with this compiler, and the flags that keep paths out of its output.
    pub fn cargo(&self) -> (Command, Vec<String>) {
        let mut cargo = Command::new("cargo");
        // What the task itself was started with (flags, wrappers, …) must not reach the build.
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("CARGO_") && text != "CARGO_HOME"
                || text.starts_with("RUSTC")
                || text == "RUSTFLAGS"
            {
                cargo.env_remove(&name);
            }
        }
        // `-Zbuild-std` needs the consent that a nightly gives by itself.
        cargo.env("RUSTC", &self.rustc).env("RUSTC_BOOTSTRAP", "1").env("SOURCE_DATE_EPOCH", "0");
        if let Some(path) = &self.libraries {
            cargo.env("LD_LIBRARY_PATH", path);
        }
        let mut flags = Vec::new();
        let mut remap = |path: &Path, name: &str| {
            flags.push(format!("--remap-path-prefix={}={name}", path.display()));
            if let Ok(real) = path.canonicalize().as_deref()
                && real != path
            {
                flags.push(format!("--remap-path-prefix={}={name}", real.display()));
            }
        };
        remap(&place::root(), "/packager");
        if let Some(home) = cargo_home() {
            remap(&home, "/cargo");
        }
        remap(&self.sysroot, "/sysroot");
        remap(&self.sysroot.join("lib/rustlib/src/rust"), "/rust");
        (cargo, flags)
    }
}

fn cargo_home() -> Option<PathBuf> {
    let home = || Some(Path::new(&std::env::var_os("HOME")?).join(".cargo"));
    std::env::var_os("CARGO_HOME").map(PathBuf::from).or_else(home)
}

/// MinGW: its linker is used for both processors, its dlltool makes the import libraries.
fn linker() -> Result<()> {
    let missing: Vec<&str> = [
        ("i686-w64-mingw32-gcc", "gcc-mingw-w64-i686-win32"),
        ("x86_64-w64-mingw32-gcc", "gcc-mingw-w64-x86-64-win32"),
    ]
    .into_iter()
    .filter(|(program, _)| command::version(program).is_none())
    .map(|(_, package)| package)
    .collect();
    if missing.is_empty() { Ok(()) } else { apt::install(&missing) }
}

fn unpack(target: &Path) -> Result<()> {
    println!("unpacking {} into {}", COMPILER.join(", "), target.display());
    let partial = target.with_extension("partial");
    place::fresh_dir(&partial)?;
    let debs = partial.join("debs");
    place::fresh_dir(&debs)?;
    apt::download(COMPILER, &debs)?;
    for deb in fs::read_dir(&debs).context(|| format!("listing {}", debs.display()))? {
        let deb = deb.context(|| format!("listing {}", debs.display()))?.path();
        command::output(Command::new("dpkg").arg("-x").arg(&deb).arg(&partial))?;
    }
    place::remove(&debs)?;
    // Of the source only the library is needed; the compiler's own is half a gigabyte.
    let sources = partial.join("usr/src");
    for source in fs::read_dir(&sources).context(|| format!("listing {}", sources.display()))? {
        let source = source.context(|| format!("listing {}", sources.display()))?.path();
        for folder in ["compiler", "src", "tests"] {
            place::remove(&source.join(folder))?;
        }
    }
    place::remove(target)?;
    fs::rename(&partial, target).context(|| format!("renaming {}", partial.display()))
}
