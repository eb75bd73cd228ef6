//! The Windows stubs that packager puts its outputs on, as committed bytes.
//!
//! Building a stub takes a compiler and linker for old Windows, which few machines have; so the stubs are
//! committed together with [`PROVENANCE`], and `cargo xtask stubs --check` proves that they come from the
//! committed sources. `cargo xtask stubs` writes them anew.
//!
//! # What the 32-bit stub's bytes are
//!
//! `cargo xtask size` lists them by module and function. The table is of a build with 337,408 bytes (code 302,722, data
//! 24,716); today's has 372,224, of which solid streams are 21,000.
//!
//! | part | code, bytes |
//! | --- | --- |
//! | transactions: compare, stage, swap, every kind of step, undo, journal, deferral | 75,600 |
//! | flows: from a command line to an exit code | 54,400 |
//! | Win32 | 26,200 |
//! | `core`, `alloc`, the compiler's own | 24,900 |
//! | sources: folders, shares, web servers, cabinets | 21,400 |
//! | the plan with this machine put in | 18,100 |
//! | configuration files: INI, TOML, JSON, YAML, text | 17,400 |
//! | detection, secrets, predecessors, the rest of the engine | 12,200 |
//! | Ed25519, SHA-512, SHA-256 | 13,800 |
//! | decisions, paths, command line, the rest of what is shared | 10,300 |
//! | the package behind the image, and its formats | 15,500 |
//! | sequences in common, drops, window and console | 12,900 |
//!
//! What keeps it small: nothing is freed (`heap` in `payload/stub`), readers remember their error (`wire` in
//! `payload/shared`), no `core::fmt`, errors are one pointer. A test holds the size; it may only go down.
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
