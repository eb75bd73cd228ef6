//! The Windows stubs that packager puts its outputs on, as committed bytes.
//!
//! Building a stub takes a compiler and linker for old Windows, which few machines have; so the stubs are
//! committed together with [`PROVENANCE`], and `cargo xtask stubs --check` proves that they come from the
//! committed sources. `cargo xtask stubs` writes them anew.
#![no_std]

/// The 32-bit stub: it runs on every Windows from XP SP2 on, on x86, x64 and (emulated) ARM64.
pub const STUB_X86: &[u8] = include_bytes!("../stub-x86.exe");

/// The 32-bit DLL with the custom actions of an MSI that no EXE can do: those with secrets.
pub const ACTION_X86: &[u8] = include_bytes!("../action-x86.dll");

/// What the stubs were built from and with: TOML with `sources` (SHA-256 over the source files), `toolchain`
/// (versions) and one `[[program]]` a stub (`path`, `size`, `sha256`).
pub const PROVENANCE: &str = include_str!("../provenance.toml");

/// What a stub may import, one `dll!Name` a line: all exported by Windows XP SP2.
pub const XP_SP2_IMPORTS: &str = include_str!("../xp-sp2-imports.txt");

#[cfg(test)]
mod tests;
