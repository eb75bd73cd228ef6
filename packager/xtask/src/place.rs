//! Where things are: the checkout, and the cache that outlives it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{Context, Failure, Result};

/// The root of the checkout.
pub fn root() -> PathBuf {
    // packager/xtask/ is two below it.
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap_or(Path::new(".")).to_path_buf()
}

/// A folder of the checkout for what tasks build.
pub fn build_dir(name: &str) -> PathBuf {
    root().join("target").join("xtask").join(name)
}

/// Cargo's folder for what it builds.
pub fn target_dir() -> Result<PathBuf> {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(path) => std::path::absolute(&path).context(|| format!("finding {}", path.to_string_lossy())),
        None => Ok(root().join("target")),
    }
}

/// The cache for what is expensive to make: `$PACKAGER_CACHE`, else `~/.cache/packager`.
pub fn cache() -> Result<PathBuf> {
    let path = match (std::env::var_os("PACKAGER_CACHE"), std::env::var_os("HOME")) {
        (Some(path), _) if !path.is_empty() => PathBuf::from(path),
        (_, Some(home)) => Path::new(&home).join(".cache").join("packager"),
        _ => {
            return Err(Failure::new(
                "neither PACKAGER_CACHE nor HOME is set: there is no place for a cache",
            ));
        }
    };
    fs::create_dir_all(&path).context(|| format!("creating the cache {}", path.display()))?;
    path.canonicalize().context(|| format!("finding the cache {}", path.display()))
}

/// Reads a file.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).context(|| format!("reading {}", path.display()))
}

/// Writes a file, its folder too.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).context(|| format!("creating {}", parent.display()))?;
    }
    fs::write(path, bytes).context(|| format!("writing {}", path.display()))
}

/// Empties a folder, or makes it.
pub fn fresh_dir(path: &Path) -> Result<()> {
    remove(path)?;
    fs::create_dir_all(path).context(|| format!("creating {}", path.display()))
}

/// Removes a folder and what is in it, if it is there.
pub fn remove(path: &Path) -> Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Failure::new(format!("removing {}: {error}", path.display())))
        }
        _ => Ok(()),
    }
}
