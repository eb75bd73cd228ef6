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
        if let Ok(found) = Self::unpacked(&cached) {
            return Ok(found);
        }
        let from_packages = if apt::is_here() {
            unpack(&cached).and_then(|()| Self::unpacked(&cached))
        } else {
            Err(Failure::new("there is no apt here"))
        };
        from_packages.or_else(|why| {
            Self::nightly().map_err(|nightly| {
                Failure::new(format!(
                    "no compiler for the Windows stub. On Debian the packages {} do: {why}\nElsewhere \
                     `rustup toolchain install nightly --component rust-src` does: {nightly}",
                    COMPILER.join(" ")
                ))
            })
        })
    }

    fn unpacked(folder: &Path) -> Result<Self> {
        let libraries = folder.join("usr/lib/x86_64-linux-gnu");
        Self::at(folder.join("usr/bin/rustc"), Some(libraries), folder.join("usr"))
    }

    fn nightly() -> Result<Self> {
        let mut rustup = Command::new("rustup");
        let rustc =
            PathBuf::from(command::output(rustup.args(["which", "rustc", "--toolchain", "nightly"]))?.trim());
        let sysroot = rustc.ancestors().nth(2).unwrap_or(&rustc).to_path_buf();
        Self::at(rustc, None, sysroot)
    }

    fn at(rustc: PathBuf, libraries: Option<PathBuf>, sysroot: PathBuf) -> Result<Self> {
        let library = sysroot.join("lib/rustlib/src/rust/library");
        if !library.join("core/Cargo.toml").is_file() {
            return Err(Failure::new(format!(
                "there is no source of Rust's library in {}",
                library.display()
            )));
        }
        let mut asked = Command::new(&rustc);
        if let Some(path) = &libraries {
            asked.env("LD_LIBRARY_PATH", path);
        }
        let text = command::output(asked.arg("-vV"))?;
        let version = |program: &str| {
            command::version(program)
                .ok_or_else(|| Failure::new(format!("`{program} --version` says nothing")))
        };
        let versions = Versions {
            rustc: text.lines().next().unwrap_or_default().to_owned(),
            llvm: text
                .lines()
                .find_map(|line| line.strip_prefix("LLVM version: "))
                .unwrap_or_default()
                .to_owned(),
            cargo: version("cargo")?,
            gcc: version("i686-w64-mingw32-gcc")?,
            ld: version("i686-w64-mingw32-ld")?,
        };
        Ok(Self { rustc, libraries, sysroot, versions })
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
    fs::rename(&partial, target).context(|| format!("renaming {}", partial.display()))?;
    if Toolchain::unpacked(target).is_err() {
        // What LLVM needs are libraries like any other: they are installed.
        let needed = apt::dependencies("libllvm22")?;
        apt::install(&needed.iter().map(String::as_str).collect::<Vec<_>>())?;
    }
    Ok(())
}
