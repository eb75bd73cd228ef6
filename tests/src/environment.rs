//! What `cargo xtask test` prepares and tells through environment variables.

use std::path::PathBuf;

/// The script `$PACKAGER_WINE PREFIX PROGRAM ARGS…` that runs a program of the Wine installation.
pub fn wine() -> PathBuf {
    path("PACKAGER_WINE")
}

/// A 64-bit prefix that was never used: every test gets a copy.
pub fn template() -> PathBuf {
    path("PACKAGER_WINE_TEMPLATE")
}

/// The `packager` binary under test.
pub fn packager() -> PathBuf {
    path("PACKAGER_BIN")
}

/// The unpacked Node.js runtime, a real payload of some thousand files.
pub fn node_runtime() -> PathBuf {
    path("PACKAGER_NODE_RUNTIME")
}

fn path(variable: &str) -> PathBuf {
    match std::env::var_os(variable) {
        Some(value) => PathBuf::from(value),
        None => panic!(
            "{variable} is not set. `cargo xtask test` prepares Wine and the payloads and sets it; \
             run the end-to-end tests through that command"
        ),
    }
}
